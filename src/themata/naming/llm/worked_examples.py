"""Worked examples: topics with the answers wanted for them, which a language model reads before it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themata.core import encodings
from themata.core.errors import InputError
from themata.naming.llm.answer_format import Form


@dataclass(frozen=True)
class Example:
    """A topic and the answer wanted for it: one shot of a few-shot prompt, in the form that the prompt asks for.

    keywords, documents : what the prompt would show of the topic
    name : the name wanted
    summary : a sentence, where one is asked for
    phrases : that may be its name, or part of one

    >>> Example(["cat", "dog"], ["My dog chased a cat."], "Pets").answer(Form(("label",)))
    'Label: Pets'
    """

    keywords: Sequence[str]
    documents: Sequence[str]
    name: str
    summary: str = ""
    phrases: Sequence[str] = ()

    def answer(self, form: Form) -> str:
        return form.answer({"label": self.name, "summary": self.summary})


def examples_of(given: Iterable[Any] | str | Path) -> list[Any]:
    """Examples, and pairs of question and answer, each checked.

    given : Example values, mappings with their fields and pairs of texts, or the path of a JSON file that holds a list
        of such mappings and pairs

    >>> examples_of([{"keywords": ["oven"], "documents": ["How to bake"], "name": "Baking"}])[0].name
    'Baking'
    """
    if isinstance(given, str | Path):
        given = _listed(Path(given))
    return [_checked(example) for example in given]


def _listed(path: Path) -> list[Any]:
    try:
        entries = json.loads(encodings.read_small_text(path, "the file"))
    except ValueError as error:
        raise InputError(f"the examples {str(path)!r} cannot be read: {error}") from error
    if not isinstance(entries, list):
        raise InputError(f"the examples {str(path)!r} are not a JSON list")
    return entries


def _checked(given: Any) -> Any:
    if isinstance(given, Mapping):
        try:
            given = Example(**given)
        except TypeError as error:
            raise InputError(
                f"an example has keywords, documents, name, summary and phrases, got {', '.join(map(str, given))}"
            ) from error
    if isinstance(given, Example):
        lists = all(map(_texts, (given.keywords, given.documents, given.phrases)))
        if not lists or not isinstance(given.name, str) or not isinstance(given.summary, str):
            raise InputError(
                f"an example has lists of texts as keywords, documents and phrases, and a text as name, got {given!r:.80}"
            )
        return given
    if _texts(given) and len(given) == 2:
        return given
    raise InputError(f"an example is an Example or a pair of texts, question and answer, got {given!r:.80}")


def _texts(given: Any) -> bool:
    return (
        isinstance(given, Sequence)
        and not isinstance(given, str)
        and all(isinstance(text, str) for text in given)
    )
