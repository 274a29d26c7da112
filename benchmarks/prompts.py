"""What each piece of the prompt for small models brings: names of the same topics, each time with one thing changed.

python benchmarks/prompts.py QWEN.gguf SMOLLM2.gguf --corpora demo arxiv clinc150 titles --topics 8    writes results/prompts.json
python benchmarks/prompts.py --table    shows what is in it

Scored is what the model says at once, before anything is asked again or gives way: whether its name is nearest to its own
topic (a name that cannot be used is nearest to none), likeness to it, and the share that can be used at all. What is in
results/prompts.json already is not asked again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from common import RESULTS, write
from names import first, fitted

from themata import LLM
from themata.chat.transformers import Transformers
from themata.core import powers
from themata.core.graph import unit_rows
from themata.core.protocols import Answer
from themata.core.topics import MAIN
from themata.core.weighting import each_once
from themata.embed.sentence_transformer import Sentence
from themata.evaluate.labels import label_scores
from themata.naming.llm.answer_format import USUAL, Form
from themata.naming.llm.answers import read_answer
from themata.naming.llm.brief import Shape
from themata.naming.llm.llm_labeler import N_CANDIDATES, SHORT_DOCS, SMALL_SHAPE, TINY_SHAPE
from themata.naming.llm.prompt_templates import (
    SMALL_STYLE,
    TINY_STYLE,
    Wording,
    _ours,
    _shot,
    prompt_text,
    wording,
)
from themata.naming.phrases.phrase_labeler import Phrases

SYSTEM = "You name groups of documents. Your titles are short and specific."
NEAR = "Groups close to this one, which the label should not fit: [SIBLINGS]\n"


@dataclass(frozen=True)
class Variant:
    """One wording of the prompt.

    example : documents of the worked example; None: none is shown
    held : to JSON
    backwards : the most telling keyword comes last
    tiny : by our own examples for the smallest models
    pool : documents are chosen among many of the nearer half of a topic, and not among ten
    """

    main: str = prompt_text(None, "small.md")
    system: str = ""
    example: int | None = 1
    fields: tuple[str, ...] = ("label", "summary")
    held: bool = True
    words: str = Form.words
    backwards: bool = False
    pool: bool = False
    shape: Shape = field(default_factory=lambda: Shape(*SMALL_SHAPE, short_docs=SHORT_DOCS))

    tiny: bool = False

    def wording(self) -> Wording:
        form = Form(self.fields, self.held, self.words)
        if self.tiny:
            return wording(form=form, style=TINY_STYLE)
        main = form.asks(self.main)
        before = [("system", self.system)] if self.system else []
        if self.example is not None:
            (shown,) = _ours(replace(SMALL_STYLE, n_docs=self.example))
            question, answer = _shot(shown, main, form, None)
            before += [("user", question), ("assistant", form.put(answer))]
        return Wording(tuple(before), main, (), form)


BASE = Variant()
TITLED = BASE.main.replace("Say what these documents have in common.", "Give these documents one title.")
TINY = Variant(
    main=prompt_text(None, "tiny.md"),
    fields=("label",),
    tiny=True,
    shape=Shape(*TINY_SHAPE, short_docs=SHORT_DOCS),
)
VARIANTS = {
    "as it is": BASE,
    "no worked example": replace(BASE, example=None),
    "example of three documents": replace(BASE, example=3),
    "no phrases": replace(BASE, main=BASE.main.replace("Phrases: [CANDIDATES]\n", "")),
    "siblings": replace(BASE, main=BASE.main.replace("\nWrite in", f"{NEAR}\nWrite in")),
    "system text": replace(BASE, system=SYSTEM),
    "no documents": replace(BASE, main=BASE.main.replace("Documents:\n[DOCUMENTS]\n", "")),
    "no more documents where they are short": replace(BASE, shape=Shape(3, 60)),
    "one document": replace(BASE, shape=Shape(1, 60)),
    "five documents": replace(BASE, shape=Shape(5, 60)),
    "documents of 25 tokens": replace(BASE, shape=Shape(3, 25)),
    "documents of 120 tokens": replace(BASE, shape=Shape(3, 120)),
    "documents of the nearer half": replace(BASE, pool=True),
    "documents of the nearer half, less alike": replace(
        BASE, pool=True, shape=replace(BASE.shape, diversity=0.3)
    ),
    "documents before keywords": replace(
        BASE,
        main=BASE.main.replace(
            "Keywords: [KEYWORDS]\nPhrases: [CANDIDATES]\nDocuments:\n[DOCUMENTS]",
            "Documents:\n[DOCUMENTS]\nKeywords: [KEYWORDS]\nPhrases: [CANDIDATES]",
        ),
    ),
    "five keywords": replace(BASE, shape=replace(BASE.shape, n_keywords=5)),
    "keywords in the reverse order": replace(BASE, backwards=True),
    "name alone": replace(BASE, fields=("label",)),
    "summary before name": replace(BASE, fields=("summary", "label")),
    "lines in place of JSON": replace(BASE, held=False),
    "for tiny models": TINY,
    "for tiny models, with a summary": replace(TINY, fields=("label", "summary")),
    "two to four words": replace(BASE, words="two to four words"),
    "one title": replace(BASE, main=TITLED),
}  # fmt: skip


class Worded(LLM):
    """The labeler in another wording.

    phrases : of each topic, which take a while and are the same for every wording
    """

    def __init__(self, chat: Any, variant: Variant, phrases: Sequence[Sequence[str]]) -> None:
        self.variant, self.phrases = variant, phrases
        super().__init__(chat)

    def _suggested(self, topics: Any, docs: Any, words: Wording) -> Sequence[Sequence[str]]:
        return self.phrases if "[CANDIDATES]" in words.main else ()

    @property
    def _shown(self) -> Shape:
        return self.variant.shape

    def _wordings(self, style: Any) -> tuple[Wording, Wording]:
        return (self.variant.wording(),) * 2


def asked(
    chat: Any, model: Any, rows: list[int], variant: Variant, phrases: Sequence[Sequence[str]], embedder: Any
) -> dict[str, Any]:
    """Names of some topics by one wording, and how they fit."""
    topics = unnamed(model)
    shown = topics.keywords
    if variant.backwards:
        shown = tuple([(word, 1.0) for word in each_once([word for word, _ in own])[9::-1]] for own in shown)
    if variant.pool:
        topics = topics.having(
            exemplars=tuple(among(topics, model.documents_, row) for row in range(len(shown)))
        )
    labeler = Worded(chat, variant, phrases)
    prompts = labeler.prompts(topics.with_aspect(MAIN, shown), model.documents_)
    schema = brief_schema(variant)
    n_tokens = 60 if variant.fields[0] == "label" else 160  # a summary that comes first is written in full
    sent = [replace(prompts[row], schema=schema, max_tokens=n_tokens) for row in rows]
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


def among(topics: Any, docs: Any, row: int, n: int = 40) -> np.ndarray:
    """Documents of the nearer half of a topic, evenly drawn from the nearest on."""
    members = topics.members(row)
    points = unit_rows(docs.embeddings[members])
    order = np.argsort(-(points @ unit_rows(points.mean(axis=0)[None])[0]), kind="stable")
    half = members[order[: max(n, len(order) // 2)]]
    return half[np.linspace(0, len(half) - 1, min(n, len(half))).round().astype(int)]


def brief_schema(variant: Variant) -> dict[str, Any] | None:
    """The schema of an answer, with no summary after the name, which needs not be written.

    It cannot be left out: many a model has one token for the end of a name and the comma after it, and where that is
    forbidden it says more words.
    """
    if not variant.held:
        return None
    schema = variant.wording().form.schema  # type: ignore[union-attr]
    if variant.fields == ("label", "summary"):
        schema["properties"]["summary"]["maxLength"] = 0
    return schema


@cache
def of_corpus(name: str) -> tuple[Any, Sequence[Sequence[str]]]:
    """A fitted model and the phrases of its topics."""
    model = fitted(name)
    return model, powers.candidates(Phrases(), unnamed(model), model.documents_, N_CANDIDATES)


def unnamed(model: Any) -> Any:
    return model.result_.having(labels=(None,) * model.result_.n_topics)


def table(told: dict[str, Any]) -> str:
    """A row for each wording: of all corpora, and the hits of each."""
    lines = []
    for model, by_variant in told.items():
        corpora = list(by_variant["as it is"])
        lines += [
            f"| {model} | own topic first | usable | likeness | words | tokens | {' | '.join(corpora)} |"
        ]
        lines += ["|---" * (6 + len(corpora)) + "|"]
        for variant, by_corpus in by_variant.items():
            found = list(by_corpus.values())
            n = sum(one["topics"] for one in found)
            hits, usable = (sum(one[key] for one in found) for key in ("hits", "usable"))
            likeness, words, tokens = (
                np.mean([one[key] for one in found]) for key in ("likeness", "words", "tokens")
            )
            each = " | ".join(f"{by_corpus[name]['hits']}" if name in by_corpus else "-" for name in corpora)
            lines.append(
                f"| {variant} | {hits} of {n} | {usable} | {likeness:.3f} | {words:.1f} | {tokens:.0f} | {each} |"
            )
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--corpora", nargs="+", default=["demo", "arxiv", "clinc150", "titles"])
    parser.add_argument("--topics", type=int, default=8)
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS))
    parser.add_argument("--into", default="prompts")
    given = parser.parse_args()
    kept = RESULTS / f"{given.into}.json"
    told: dict[str, Any] = json.loads(kept.read_text())["measured"] if kept.exists() else {}
    if given.table:
        print(table(told))
        return
    embedder = Sentence("minilm")
    for path in given.models:
        chat = Transformers(path, device="cpu")
        chat.load()
        for variant in given.variants:
            for corpus in given.corpora:
                by_corpus = told.setdefault(chat.name, {}).setdefault(variant, {})
                if corpus in by_corpus:
                    continue
                model, phrases = of_corpus(corpus)
                rows = first(model, given.topics)
                found = asked(chat, model, rows, VARIANTS[variant], phrases, embedder)
                by_corpus[corpus] = found
                print(chat.name, variant, corpus, json.dumps(found, ensure_ascii=False), flush=True)
                write(given.into, told)
        chat.close()


if __name__ == "__main__":
    main()
