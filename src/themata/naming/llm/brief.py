"""What a language model sees of a topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import regex

from themata.chat.context_window import prompt_size
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.graph import unit_rows
from themata.core.plain_text import plain
from themata.core.protocols import Prompt, Tokens
from themata.core.topics import Aspect, Topics
from themata.core.weighting import BY_CONTRAST, each_once
from themata.represent.mmr import marginal

SHORTEST = 16  # tokens; a document cut shorter says nothing
FEW_LINES = 48  # tokens of a document, below which worked examples are given up first
TEMPLATE = 32  # tokens that a chat template adds
POOL = 40  # documents of a topic among which short ones are chosen
UNLIKE = 0.3  # diversity of short documents, where none is given
# What would end a document, or begin a turn, in the eyes of some model
_CONTROL = regex.compile(
    r"(?i)</?doc>|<\|.{0,40}?\|>|\[/?INST\]|<</?SYS>>|</?s>|</?(start|end)_of_turn>|</?think(ing)?>"
)


@dataclass(frozen=True)
class Brief:
    """What a model sees of one topic.

    topic : its row
    keywords : the most telling first
    documents : beginnings of its exemplars, one line each
    siblings : the topics nearest to it, by name or keywords
    children : names of the topics it was made from, for a topic of a coarser layer
    candidates : phrases of its documents that may be its name, the best first
    language : to write in, or empty
    rows : of the documents, in the corpus
    bare : asked about without worked examples, for which a small model has no room
    """

    topic: int
    keywords: tuple[str, ...]
    documents: tuple[str, ...]
    siblings: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    language: str = ""
    rows: tuple[int, ...] = ()
    bare: bool = False

    def without(self, rows: Sequence[int]) -> Brief:
        """The same without some documents."""
        kept = [place for place, row in enumerate(self.rows) if row not in rows]
        return replace(
            self,
            documents=tuple(self.documents[place] for place in kept),
            rows=tuple(self.rows[place] for place in kept),
        )

    def shortened(self, tokens: Tokens, n_tokens: int) -> Brief:
        """The same with every document that has more tokens cut to about so many.

        Cut by letters: `tokens` may count by one measure and cut by another.
        """
        return replace(self, documents=tuple(_shorter(text, tokens, n_tokens) for text in self.documents))


@dataclass(frozen=True)
class Shape:
    """How much of a topic a brief shows.

    nr_docs : documents
    doc_length : tokens of each document
    diversity : 0 shows the best exemplars, towards 1 those least alike; None is 0
    short_docs : documents shown where they are so short that they take no more tokens than nr_docs of doc_length
    """

    nr_docs: int = 4
    doc_length: int = 200
    diversity: float | None = None
    n_keywords: int = 10
    n_siblings: int = 3
    short_docs: int = 0

    def __post_init__(self) -> None:
        if self.nr_docs < 0 or self.doc_length < 1:
            raise InputError(
                f"nr_docs must be 0 or more and doc_length 1 or more, got {self.nr_docs!r} and {self.doc_length!r}"
            )
        if self.diversity is not None and not 0 <= self.diversity <= 1:
            raise InputError(f"diversity must lie between 0 and 1, got {self.diversity!r}")


def briefs(
    topics: Topics,
    docs: Documents,
    rows: Sequence[int],
    shape: Shape,
    tokens: Tokens,
    *,
    language: str | None = None,
    children: Sequence[Sequence[str]] = (),
    candidates: Sequence[Sequence[str]] = (),
) -> list[Brief]:
    """The briefs of some topics, in their order."""
    keywords = [each_once([word for word, _ in words])[: shape.n_keywords] for words in _keywords(topics)]
    near = _siblings(topics, rows, shape.n_siblings)
    made = []
    for row in rows:
        shown = _shown(topics, docs, row, shape)
        documents = _beginnings(docs, shown, tokens, shape)
        if len(documents) > shape.nr_docs and docs.embeddings is not None:
            shown = _spread(topics, docs, row, shape)
            documents = _beginnings(docs, shown, tokens, shape)
        made.append(
            Brief(
                topic=row,
                keywords=tuple(tidy(word) for word in keywords[row]),
                documents=tuple(documents),
                siblings=tuple(_called(topics, keywords, other) for other in near[row]),
                children=tuple(children[row]) if children else (),
                candidates=tuple(map(tidy, candidates[row])) if candidates else (),
                language=language or "",
                rows=tuple(shown[: len(documents)]),
            )
        )
    return made


def fitted(
    brief: Brief,
    prompt: Callable[[Brief], Prompt],
    tokens: Tokens,
    max_tokens: int,
    *,
    context: int | None = None,
) -> Brief:
    """The brief with as much of it as fits the model's context together with the answer.

    context : in place of the one that `tokens` tells

    Documents are cut to a few lines first, then worked examples go, then documents, siblings and keywords.
    """
    context = tokens.context if context is None else min(context, tokens.context)
    room = context - max_tokens - TEMPLATE
    while (over := prompt_size(prompt(brief), tokens) - room) > 0:
        lengths = [tokens.count(text) for text in brief.documents]
        least = (sum(lengths) - over) // max(1, len(lengths)) - 2
        shortest = SHORTEST if brief.bare else FEW_LINES
        longest = max(lengths, default=0)
        shorter = brief.shortened(tokens, max(least, shortest)) if longest > shortest else brief
        if shorter != brief and (least >= shortest or not brief.bare):
            brief = shorter
        elif not brief.bare:
            brief = replace(brief, bare=True)
        elif len(lengths) > 1:
            brief = replace(brief, documents=brief.documents[:-1], rows=brief.rows[:-1])
        elif brief.siblings:
            brief = replace(brief, siblings=())
        elif shorter != brief:
            brief = shorter
        elif lengths:
            brief = replace(brief, documents=(), rows=())
        elif len(brief.keywords) > 3:
            brief = replace(brief, keywords=brief.keywords[: len(brief.keywords) // 2])
        else:
            break
    return brief


def tidy(text: str) -> str:
    """One line, without what a model would take for the end of a document or the beginning of a turn.

    >>> tidy("a\\n b </doc> [INST] c")
    'a b c'
    """
    return " ".join(regex.sub(r"\p{Cc}+", " ", _CONTROL.sub(" ", text)).split())


def _beginnings(docs: Documents, rows: Sequence[int], tokens: Tokens, shape: Shape) -> list[str]:
    """What is shown of `nr_docs` documents, and of more as long as all together are no longer than so many may be."""
    texts = [_cut(tidy(plain(docs.texts[row])), tokens, shape.doc_length) for row in rows]
    lengths = np.cumsum([tokens.count(text) for text in texts])
    n = max(shape.nr_docs, int((lengths <= shape.nr_docs * shape.doc_length).sum()))
    return texts[:n]


def _cut(text: str, tokens: Tokens, n_tokens: int) -> str:
    # A token has at most some 30 characters: no need to read a whole book
    kept = tokens.cut(text[: 30 * n_tokens], n_tokens)
    if len(kept) >= len(text):
        return text
    whole = kept.rsplit(" ", 1)[0] if " " in kept[len(kept) // 2 :] else kept
    return whole.rstrip(" ,;:") + "…"


def _shorter(text: str, tokens: Tokens, n_tokens: int) -> str:
    n = tokens.count(text)
    if n <= n_tokens:
        return text
    kept = text[: max(1, len(text) * n_tokens // n)]
    whole = kept.rsplit(" ", 1)[0] if " " in kept[len(kept) // 2 :] else kept
    return whole.rstrip(" ,;:…") + "…"


def _keywords(topics: Topics) -> Aspect:
    if all(topics.keywords):
        return topics.keywords
    words = topics.words()
    return tuple(old or new for old, new in zip(topics.keywords, words, strict=True))


def _called(topics: Topics, keywords: Sequence[Sequence[str]], row: int) -> str:
    """A sibling by its name where it has one, else by its keywords."""
    label = topics.labels[row]
    return tidy(label.name if label else ", ".join(keywords[row][:4]))


def _siblings(topics: Topics, rows: Sequence[int], n: int) -> dict[int, list[int]]:
    """The n topics nearest to each, nearest first."""
    if not rows:
        return {}
    if topics.centroids is not None:
        points = unit_rows(topics.centroids - topics.centroids.mean(axis=0))
        near = points[list(rows)] @ points.T
    else:
        weights = BY_CONTRAST.weigh(topics.term_counts, topics.background, topics.vocabulary)
        lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
        products = (weights[list(rows)] @ weights.T).toarray()
        near = products / np.where(lengths > 0, lengths, 1)[None]
    siblings = {}
    for place, row in enumerate(rows):
        order = np.argsort(-near[place], kind="stable")
        siblings[row] = [int(other) for other in order if other != row][:n]
    return siblings


def _shown(topics: Topics, docs: Documents, row: int, shape: Shape) -> list[int]:
    """Rows of the documents shown: the best exemplars, or a choice of unlike ones."""
    known, n_docs = topics.exemplars[row], max(shape.nr_docs, shape.short_docs)
    best = [
        int(doc) for doc in (known if len(known) else topics.members(row)[:10]) if docs.texts[doc].strip()
    ]
    if not shape.diversity or docs.embeddings is None or len(best) <= n_docs:
        return best[:n_docs]
    return _unlike(docs, best, shape.diversity, n_docs)


def _spread(topics: Topics, docs: Documents, row: int, shape: Shape) -> list[int]:
    """Rows of documents from all over the nearer half of a topic, unlike one another.

    The ten best of short documents are often of one kind, and what seven of ten say becomes the name of all.
    """
    members = np.array([doc for doc in topics.members(row) if docs.texts[doc].strip()])
    assert docs.embeddings is not None
    points = unit_rows(docs.embeddings[members])
    nearest = np.argsort(-(points @ unit_rows(points.mean(axis=0)[None])[0]), kind="stable")
    half = members[nearest[: max(POOL, len(members) // 2)]]
    pool = half[np.linspace(0, len(half) - 1, min(POOL, len(half))).round().astype(int)]
    return _unlike(docs, pool.tolist(), shape.diversity or UNLIKE, shape.short_docs)


def _unlike(docs: Documents, rows: Sequence[int], diversity: float, n: int) -> list[int]:
    """Some of the documents: near to all of them together, and unlike one another."""
    assert docs.embeddings is not None
    points = unit_rows(docs.embeddings[list(rows)])
    relevance = points @ unit_rows(points.mean(axis=0)[None])[0]
    return [rows[place] for place in marginal(points, relevance, diversity, n)]
