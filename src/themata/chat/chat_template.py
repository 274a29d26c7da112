"""Messages as one text, for models whose tokenizer brings no template of its own.

llama2 : [INST] <<SYS>> as Llama 2's chat models were taught
plain : for base models, which only go on writing
raw : the messages as they stand, for prompts that bring the marks of a template themselves
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import regex

from themata.core.errors import InputError
from themata.core.protocols import Prompt

# Where a model that goes on writing would begin the next turn
STOPS = {"llama2": ("[INST]", "</s>"), "plain": ("\n### ",)}


def without_system(prompt: Prompt) -> Prompt:
    """The system message said by the user, for models that know no system.

    >>> without_system(Prompt.of("Name it.", system="Be brief.")).messages
    (('user', 'Be brief.\\n\\nName it.'),)
    """
    system = "\n\n".join(text for role, text in prompt.messages if role == "system")
    rest = [(role, text) for role, text in prompt.messages if role != "system"]
    if system:
        place = next((i for i, (role, _) in enumerate(rest) if role == "user"), 0)
        rest[place] = ("user", f"{system}\n\n{rest[place][1]}")
    return replace(prompt, messages=tuple(rest))


_NO_SYSTEM = regex.compile(
    r"(?i)\b(?:system|developer)\b\W{0,3}(?:role|message|prompt|instruction|turn)|role\W{1,4}system\b|"
    r"\b(?:unsupported|unknown|invalid|unexpected|supported) roles?\b|roles? (?:must|should) alternate|"
    r"only (?:the )?\W?user\W? and \W?(?:assistant|model)|should be \W{0,2}user\W{0,2} or|"
    r"(?:first|1st) message .{0,20}\buser\b|jinja|chat.?template"
)


def refuses_system(said: str) -> bool:
    """Whether an error of a server, a client or a chat template may mean that it knows no system message.

    >>> refuses_system('"system" role unsupported'), refuses_system("Only user and assistant roles are supported!")
    (True, True)
    >>> refuses_system("temperature must be 1")
    False
    """
    return bool(_NO_SYSTEM.search(said))


def has_system(prompt: Prompt) -> bool:
    return any(role == "system" for role, _ in prompt.messages)


def llama2(prompt: Prompt) -> str:
    """Llama 2's format; the tokenizer puts the first <s> itself.

    >>> llama2(Prompt.of("Name it.", system="Be brief."))
    '[INST] <<SYS>>\\nBe brief.\\n<</SYS>>\\n\\nName it. [/INST]'
    """
    system = "\n\n".join(text for role, text in prompt.messages if role == "system")
    head = f"<<SYS>>\n{system}\n<</SYS>>\n\n" if system else ""
    written = ""
    for role, text in prompt.messages:
        if role == "user":
            written += f"[INST] {head}{text} [/INST]"
            head = ""
        elif role == "assistant":
            written += f" {text} </s><s>"
    return written


def headed_paragraphs(prompt: Prompt) -> str:
    """Headed paragraphs, ending where the answer begins.

    >>> print(headed_paragraphs(Prompt.of("Name it.", system="Be brief.")))
    Be brief.
    <BLANKLINE>
    ### Task
    Name it.
    <BLANKLINE>
    ### Answer
    <BLANKLINE>
    """
    heads = {"system": "", "user": "### Task\n", "assistant": "### Answer\n"}
    return "\n\n".join([heads[role] + text for role, text in prompt.messages]) + "\n\n### Answer\n"


def raw(prompt: Prompt) -> str:
    """The messages one after another, with nothing added.

    >>> raw(Prompt.of("<|user|>Name it.<|assistant|>"))
    '<|user|>Name it.<|assistant|>'
    """
    return "\n".join(text for _, text in prompt.messages)


TEMPLATES: dict[str, Callable[[Prompt], str]] = {"llama2": llama2, "plain": headed_paragraphs, "raw": raw}


def render(prompt: Prompt, template: str) -> str:
    """A prompt as one text, in a template known by name."""
    if template not in TEMPLATES:
        raise InputError(f"no template is called {template!r}: known are {', '.join(TEMPLATES)}")
    return TEMPLATES[template](prompt)
