"""The form that our own prompts ask an answer in: lines, or JSON with these very keys where the chat is held to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from themata.naming.llm.answers import MAX_SUMMARY, read_answer

_NUMBERS = {1: "one line", 2: "two lines"}


ASKED = (2, 6)  # words of a name that a model is asked for, unless other numbers are given
USUAL = (1, 8)  # words of a name that are let pass, unless other numbers are given
# Words more than are asked for that the schema lets pass: held to no more than those, small models write what they had
# left without blanks between them. What is too long is read, and asked for again
SPARE_WORDS = 2


@dataclass(frozen=True)
class Form:
    """What an answer holds, and how it is written.

    fields : "label", and "summary" where one is wanted
    held : as JSON, since the chat holds the model to `schema`
    words : how long a label is to be
    name_words : fewest and most words of a label that are asked for; the schema lets a few more pass

    >>> said = {"label": "Pets", "summary": "Cats and dogs."}
    >>> print(Form(("label", "summary")).answer(said))
    Label: Pets
    Summary: Cats and dogs.
    >>> print(Form(("label", "summary"), held=True).answer(said))
    {"label":"Pets","summary":"Cats and dogs."}
    """

    fields: tuple[str, ...]
    held: bool = False
    words: str = "two to six words"
    name_words: tuple[int, int] = ASKED

    @property
    def schema(self) -> dict[str, Any]:
        """JSON schema of an answer."""
        least, most = self.name_words
        fields: dict[str, Any] = {
            "label": {"type": "string", "pattern": name_pattern((least, most + SPARE_WORDS))},
            "summary": {"type": "string", "maxLength": MAX_SUMMARY},
        }
        return {
            "type": "object",
            "properties": {field: fields[field] for field in self.fields},
            "required": list(self.fields),
            "additionalProperties": False,
        }

    def answer(self, said: Mapping[str, str]) -> str:
        """An answer as it is wanted, without the fields that say nothing."""
        fields = {field: said[field] for field in self.fields if said.get(field)}
        if self.held:  # without blanks, as constrained decoding writes it
            return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        return "\n".join(f"{field.capitalize()}: {text}" for field, text in fields.items())

    def put(self, text: str) -> str:
        """An answer that somebody wrote, in this form; as it is where it holds no name.

        >>> Form(("label", "summary"), held=True).put("Pets\\nCats and dogs.")
        '{"label":"Pets","summary":"Cats and dogs."}'
        >>> Form(("label",)).put('{"label": "Pets"}')
        'Label: Pets'
        """
        parsed = read_answer(text)
        lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
        summary = parsed.summary or (lines[1] if len(lines) == 2 and lines[0] == parsed.name else "")
        return self.answer({"label": parsed.name, "summary": summary}) if parsed.name else text

    def asks(self, prompt: str) -> str:
        """One of our prompts with [FIELDS] and [FORM] filled; what comes after [FORM] says what goes into each field.

        A prompt without [FORM] leaves it to the worked examples.
        """
        question, form, rest = prompt.replace("[WORDS]", self.words).partition("[FORM]")
        if not form:  # which worked examples show
            return question
        lines = dict(line.split(": ", 1) for line in rest.strip().splitlines())
        fields = " and ".join(self.fields) if len(self.fields) > 1 else f"the {self.fields[0]}"
        how = "with one JSON object" if self.held else f"in {_NUMBERS[len(self.fields)]}"
        asked = f"Answer {how} and nothing else:\n{self.answer(lines)}"
        return question.replace("[FIELDS]", fields) + asked

    @property
    def again(self) -> str:
        """How a further answer is asked for."""
        keys = " and ".join(f'"{field}"' for field in self.fields)
        return f"as one JSON object with {keys}" if self.held else AS_BEFORE


# Of a word in a name: no blank, and nothing that parts a list or ends a sentence. llama.cpp's grammars know no \s
_IN_WORD = r"""[^ \t\r\n.,;:!?"\\(){}\[\]|<>*_#`]"""
_UNSPACED = (
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]"  # scripts that write words without blanks between them
)
LONGEST_WORD, LONGEST_UNSPACED = 30, 24  # letters


def name_pattern(words: tuple[int, int]) -> str:
    """What a model that is held writes as a name: so many words, no list, no sentence, and none cut in the middle.

    >>> import re
    >>> named = lambda text: bool(re.search(name_pattern((2, 6)), text))
    >>> [named(text) for text in ("U.S. elections", "Whales", "Whales, ships", "a b c d e f g", "深海鲸鱼")]
    [True, False, False, False, True]
    """
    least, most = words
    word = rf"(([A-Z]\.){{2,4}}|{_IN_WORD}{{1,{LONGEST_WORD}}}(\.{_IN_WORD}{{1,9}})?)"
    return f"^({word}( {word}){{{least - 1},{most - 1}}}|{_UNSPACED}{{2,{LONGEST_UNSPACED}}})$"


def length(words: tuple[int, int], usual: str = Form.words) -> str:
    """How a model is told how long a name is to be.

    >>> length((1, 8)), length((2, 3)), length((1, 1))
    ('two to six words', '2 to 3 words', '1 word')
    """
    least, most = words
    if tuple(words) == USUAL:
        return usual
    return f"{least} to {most} words" if least < most else f"{most} word{'s' if most > 1 else ''}"


def fewer_words(words: tuple[int, int]) -> str:
    """How a model is told that a name is to be shorter than it was.

    >>> fewer_words((2, 6)), fewer_words((1, 1))
    ('at most 5 words', 'at most 1 word')
    """
    most = max(words[0], words[1] - 1)
    return f"at most {most} word{'s' if most > 1 else ''}"


AS_BEFORE = "in the form that was asked for"
