"""What each piece of the prompt for small models brings: names of the same topics, each time with one thing changed.

python benchmarks/prompts.py QWEN.gguf SMOLLM2.gguf --corpora demo arxiv clinc150 titles --topics 8    writes results/prompts.json

Scored is what the model says at once, before anything is asked again or gives way: whether its name is nearest to its own
topic (a name that cannot be used is nearest to none), likeness to it, and the share that can be used at all. What is in
results/prompts.json already is not asked again.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from common import RESULTS, write
from names import first, fitted

from themata import LLM
from themata.chat.transformers import Transformers
from themata.core.protocols import Answer
from themata.embed.sentence_transformer import Sentence
from themata.evaluate.labels import label_scores
from themata.naming.llm.answer_format import USUAL, Form
from themata.naming.llm.answers import read_answer
from themata.naming.llm.brief import Shape
from themata.naming.llm.prompt_templates import Wording, _ours, _shot, prompt_text

SYSTEM = "You name groups of documents. Your titles are short and specific."
NEAR = "Groups close to this one, which the label should not fit: [SIBLINGS]\n"


@dataclass(frozen=True)
class Variant:
    """One wording of the prompt.

    example : documents of the worked example; None: none is shown
    held : to JSON
    """

    main: str = prompt_text(None, "small.md")
    system: str = ""
    example: int | None = 1
    fields: tuple[str, ...] = ("label", "summary")
    held: bool = True
    words: str = Form.words
    shape: Shape = field(default_factory=lambda: Shape(3, 60))

    def wording(self) -> Wording:
        form = Form(self.fields, self.held, self.words)
        main = form.asks(self.main)
        before = [("system", self.system)] if self.system else []
        if self.example is not None:
            shown = _ours(self.example)
            question, answer = _shot(shown, main, form, None)
            before += [("user", question), ("assistant", form.put(answer))]
        return Wording(tuple(before), main, (), form)


BASE = Variant()
TITLED = BASE.main.replace("Say what these documents have in common.", "Give these documents one title.")
VARIANTS = {
    "as it is": BASE,
    "no worked example": replace(BASE, example=None),
    "example of three documents": replace(BASE, example=3),
    "no phrases": replace(BASE, main=BASE.main.replace("Phrases: [CANDIDATES]\n", "")),
    "siblings": replace(BASE, main=BASE.main.replace("\nWrite in", f"{NEAR}\nWrite in")),
    "system text": replace(BASE, system=SYSTEM),
    "no documents": replace(BASE, main=BASE.main.replace("Documents:\n[DOCUMENTS]\n", "")),
    "one document": replace(BASE, shape=Shape(1, 60)),
    "five documents": replace(BASE, shape=Shape(5, 60)),
    "documents of 25 tokens": replace(BASE, shape=Shape(3, 25)),
    "documents of 120 tokens": replace(BASE, shape=Shape(3, 120)),
    "documents before keywords": replace(
        BASE,
        main=BASE.main.replace(
            "Keywords: [KEYWORDS]\nPhrases: [CANDIDATES]\nDocuments:\n[DOCUMENTS]",
            "Documents:\n[DOCUMENTS]\nKeywords: [KEYWORDS]\nPhrases: [CANDIDATES]",
        ),
    ),
    "five keywords": replace(BASE, shape=Shape(3, 60, n_keywords=5)),
    "name alone": replace(BASE, fields=("label",)),
    "summary before name": replace(BASE, fields=("summary", "label")),
    "lines in place of JSON": replace(BASE, held=False),
    "two to four words": replace(BASE, words="two to four words"),
    "one title": replace(BASE, main=TITLED),
}  # fmt: skip


class Worded(LLM):
    """The labeler in another wording."""

    def __init__(self, chat: Any, variant: Variant) -> None:
        self.variant = variant
        super().__init__(chat)

    @property
    def _shown(self) -> Shape:
        return self.variant.shape

    def _wordings(self, *, small: bool) -> tuple[Wording, Wording]:
        return (self.variant.wording(),) * 2


def asked(chat: Any, model: Any, rows: list[int], variant: Variant, embedder: Any) -> dict[str, Any]:
    """Names of some topics by one wording, and how they fit."""
    topics = model.result_
    labels = [None if row in rows else label for row, label in enumerate(topics.labels)]
    labeler = Worded(chat, variant)
    prompts = labeler.prompts(topics.having(labels=tuple(labels)), model.documents_)
    # What comes after the name has no influence on it, and need not be written
    alone = (
        Form(("label",), variant.held).schema
        if variant.fields[0] == "label"
        else variant.wording().form.schema
    )  # type: ignore[union-attr]
    room = 40 if variant.fields[0] == "label" else 160
    sent = [replace(prompts[row], schema=alone if variant.held else None, max_tokens=room) for row in rows]
    started = time.process_time()
    answers = chat.complete(sent)
    seconds = time.process_time() - started
    readings = [
        read_answer(
            answer.text if isinstance(answer, Answer) else "",
            keywords=[word for word, _ in topics.keywords[row]],
            words=USUAL,
            wording=variant.wording().main,
        )
        for row, answer in zip(rows, answers, strict=True)
    ]
    names = list(topics.names)
    for row, reading in zip(rows, readings, strict=True):
        names[row] = reading.name or names[row]
    scores = label_scores(topics, model.documents_, embedder, names=names)
    usable = np.array([not reading.fault for reading in readings])
    rank = np.where(usable, scores.rank[rows], np.inf)
    return {
        "hits": int((rank == 1).sum()), "topics": len(rows), "usable": int(usable.sum()),
        "likeness": round(float(np.where(usable, scores.own[rows], 0).mean()), 3),
        "tokens": round(float(np.mean([answer.n_prompt_tokens or 0 for answer in answers]))),
        "words": round(float(np.mean([len(reading.name.split()) for reading in readings])), 1),
        "processor_seconds": round(seconds, 1), "names": [reading.name or answer.text[:80] for reading, answer in zip(readings, answers, strict=True)],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--corpora", nargs="+", default=["demo", "arxiv", "clinc150", "titles"])
    parser.add_argument("--topics", type=int, default=8)
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS))
    parser.add_argument("--into", default="prompts")
    given = parser.parse_args()
    kept = RESULTS / f"{given.into}.json"
    told: dict[str, Any] = json.loads(kept.read_text())["measured"] if kept.exists() else {}
    embedder = Sentence("minilm")
    for path in given.models:
        chat = Transformers(path, device="cpu")
        chat.load()
        for variant in given.variants:
            for corpus in given.corpora:
                by_corpus = told.setdefault(chat.name, {}).setdefault(variant, {})
                if corpus in by_corpus:
                    continue
                model = fitted(corpus)
                found = asked(chat, model, first(model, given.topics), VARIANTS[variant], embedder)
                by_corpus[corpus] = found
                print(chat.name, variant, corpus, json.dumps(found, ensure_ascii=False), flush=True)
                write(given.into, told)
        chat.close()


if __name__ == "__main__":
    main()
