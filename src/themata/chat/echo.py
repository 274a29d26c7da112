"""A chat that is no model: it says the prompt's own keywords back, for docs, dry runs and tests of the way there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import regex

from themata.chat.in_process import delivered
from themata.core.protocols import Answer, OnAnswer, Outcome, Prompt

_KEYWORDS = regex.compile(r"(?im)^.*\bkeywords\b[^:\n]*:[ \t]*(\S.*)$")


@dataclass(eq=False, repr=False)
class Echo:
    """Answers with the first keywords it finds in the prompt, in title case. It understands nothing.

    n_words : keywords said back

    >>> Echo().complete([Prompt.of("Keywords: whales, sea, ships, harpoon")])[0].text
    'Label: Whales, Sea and Ships'
    """

    n_words: int = 3

    name = "echo"
    holds = True

    @property
    def identity(self) -> dict[str, Any]:
        return {"model": self.name, "n_words": self.n_words}

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """returns : an answer for each prompt; JSON where a schema asks for it"""
        return delivered(map(self._answer, prompts), len(prompts), on_answer)

    def _answer(self, prompt: Prompt) -> Answer:
        schema = prompt.schema
        asked = [text for role, text in prompt.messages if role == "user"][-1]
        label = self._label([text for role, text in prompt.messages if role == "user"])
        text = f"Label: {label}" if label else asked.strip().split("\n")[0]
        if schema is not None and label:
            fields = schema.get("properties", {})
            text = json.dumps(
                {field: label if field == "label" else "" for field in fields}, ensure_ascii=False
            )
        words = text.split(" ")[: prompt.max_tokens]
        n_prompt = sum(len(text.split()) for _, text in prompt.messages)
        return Answer(" ".join(words), n_prompt, len(words))

    def _label(self, asked: Sequence[str]) -> str:
        """From the last message that has keywords: a second round asks without them."""
        for text in reversed(asked):
            lines = _KEYWORDS.findall(text)
            if lines:
                words = [word.strip().title() for word in lines[0].split(",") if word.strip()][: self.n_words]
                return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
        return ""
