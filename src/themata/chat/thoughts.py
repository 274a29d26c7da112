"""What a model said aloud, apart from what it thought: models that think first write both into one answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import regex

from themata.core.errors import ChatError
from themata.core.protocols import Answer, Prompt

ROOMIEST = 16  # times max_tokens, for models that think before they speak
STEP = 4  # times as much room, each time an answer was cut before anything was said

_TAGS = "think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad"
_THOUGHT = regex.compile(rf"(?is)<({_TAGS})>.*?(?:</\1>|\Z)|\[THINK\].*?(?:\[/THINK\]|\Z)")
_THOUGHT_END = regex.compile(rf"(?is)\A.*(?:</(?:{_TAGS})>|\[/THINK\])")
_CHANNEL = regex.compile(r"(?s)\A.*<\|channel\|>final<\|message\|>")
_UNFINISHED_CHANNEL = regex.compile(r"(?s)<\|channel\|>(?!final)\w+<\|message\|>.*\Z")
_MARKS = regex.compile(
    r"<\|[^|>]{0,40}\|>|</?s>|\[/?INST\]|</?(?:label|topic|answer|doc|name|title|start_of_turn|end_of_turn)>"
)
_MUSING = regex.compile(
    r"(?i)^\W*(?:(?:okay|ok|alright|all right|hmm+|well|right|so|now|first|wait|let(?:'|’)?s see)\b[\s,.:;!…-]*){0,4}"
    r"(?:the user (?:wants|is asking|asks|asked|needs|has (?:given|asked|provided)|gave|provided)|"
    r"let me (?:think|see|look|start|analy[sz]e|consider|read|go|figure|try|break|check)|"
    r"let(?:'|’)?s (?:think|look|start|analy[sz]e|consider|read|break|check)|"
    r"(?:i|we) (?:need to|have to|should|must|are asked|am asked|are given|am given)|"
    r"(?:i(?:'|’)m|we(?:'|’)re) (?:asked|given|looking)|my task|the task (?:is|here))\b|^\W*hmm+\b"
)


def spoken(text: str) -> str:
    """What was said aloud: no thoughts, no marks of a chat template.

    >>> spoken("<think>Whales?</think>Whales"), spoken("<think>Whales or"), spoken("Ships, so </think> Whales")
    ('Whales', '', 'Whales')
    """
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    text = _UNFINISHED_CHANNEL.sub("", _CHANNEL.sub("", text))
    text = _THOUGHT_END.sub("", _THOUGHT.sub("", text))
    return str(_MARKS.sub(" ", text).strip())


def is_musing(text: str) -> bool:
    """Whether a line thinks aloud, as models do whose server or template has lost the tag that opens their thoughts.

    >>> is_musing("Okay, so the user wants a label. Let me think"), is_musing("Okay, here is a label:")
    (True, False)
    """
    return bool(_MUSING.match(text))


def is_silent(answer: Answer) -> bool:
    """Whether the limit of tokens cut an answer before anything but thoughts was said."""
    if answer.cut_at is None:
        return False
    said = spoken(answer.text)
    return not said or is_musing(said)


class Room:
    """How much room a model needs for its answers, learned from those that were cut while it was thinking.

    times : max_tokens are given
    """

    def __init__(self) -> None:
        self.times = 1

    def answer(self, prompt: Prompt, ask: Callable[[Prompt], Answer]) -> Answer:
        """Ask, and again with more room as long as that helps; what more room breaks is the answer before."""
        answer = ask(roomier(prompt, self.times))
        while is_silent(answer) and self.times < ROOMIEST:
            self.times *= STEP
            try:
                longer = ask(roomier(prompt, self.times))
            except ChatError:  # no room for more
                break
            if is_silent(longer) and (longer.cut_at or 0) <= (answer.cut_at or 0):  # another limit holds it
                break
            answer = longer
        return answer


def roomier(prompt: Prompt, times: int) -> Prompt:
    """The same prompt with so many times the tokens for its answer."""
    return replace(prompt, max_tokens=prompt.max_tokens * times)
