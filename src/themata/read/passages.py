"""Long documents as passages, and their topics put together again."""

from __future__ import annotations

import numpy as np
import regex
from scipy import sparse

from themata.documents import Documents
from themata.graph import Csr, Float1d, Int1d

_BREAK = regex.compile(r"(?<=\n\s*\n)|(?<=[.!?…][\"”»)]?\s)|(?<=[。！？])|(?<=\n)")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")


def split(docs: Documents, *, n_words: int = 200) -> Documents:
    """Cut documents longer than n_words at ends of paragraphs and sentences.

    returns : passages; columns["document"] is the row of the document each comes from. No text is lost: the passages
        of a document joined are the document

    >>> split(Documents(["One two. Three four."]), n_words=2).texts
    ['One two. ', 'Three four.']
    """
    pieces: list[str] = []
    rows: list[int] = []
    for row, text in enumerate(docs.texts):
        for piece in _passages(text, n_words):
            pieces.append(piece)
            rows.append(row)
    taken = docs.having(embeddings=None, terms=None, vocabulary=None, coords=None).take(rows)
    return taken.having(texts=pieces, columns={**taken.columns, "document": rows})


def join(assignment: Int1d, strength: Float1d, document: Int1d) -> tuple[Int1d, Float1d, Csr]:
    """The topic of each whole document: the one most of its passages have, by their strength.

    document : (n_passages,) row of the document of each
    returns : (n_docs,) topics, (n_docs,) strength and the share of each topic in each document, (n_docs, n_topics)
    """
    document = np.asarray(document, dtype=np.int64)
    n_docs, n_topics = int(document.max(initial=-1)) + 1, int(assignment.max(initial=-1)) + 1
    inside = assignment >= 0
    weight = np.maximum(strength[inside], 1e-6)
    shape = (n_docs, max(1, n_topics))
    mass = sparse.csr_matrix((weight, (document[inside], assignment[inside])), shape=shape)
    totals = np.asarray(mass.sum(axis=1)).ravel()
    counts = np.bincount(document, minlength=n_docs)
    shares = sparse.csr_matrix(sparse.diags(1 / np.where(totals > 0, totals, 1)) @ mass)
    # a document none of whose passages has a topic has none itself
    best = np.where(totals > 0, np.asarray(mass.argmax(axis=1)).ravel(), -1)
    return best, (totals / np.maximum(counts, 1)).astype(np.float32), shares


def _passages(text: str, n_words: int) -> list[str]:
    if _length(text) <= n_words:
        return [text]
    found, here, size = [], "", 0
    for sentence in (piece for piece in _BREAK.split(text) if piece):
        for piece in _pieces(sentence, n_words):
            length = _length(piece)
            if here and size + length > n_words:
                found.append(here)
                here, size = "", 0
            here, size = here + piece, size + length
    return [*found, here] if here else found


def _pieces(sentence: str, n_words: int) -> list[str]:
    """A sentence longer than a passage is cut between words, or between characters where there are none."""
    if _length(sentence) <= n_words:
        return [sentence]
    words = regex.findall(r"\s*\S+\s*", sentence)
    if len(words) <= 1 or _UNSPACED.search(sentence):
        width = 2 * n_words
        return [sentence[i : i + width] for i in range(0, len(sentence), width)]
    return ["".join(words[i : i + n_words]) for i in range(0, len(words), n_words)]


def _length(text: str) -> int:
    """Words; two characters of a script without spaces, or thirty of a word without end, are about one."""
    unspaced = len(_UNSPACED.findall(text))
    return max(len(text.split()), len(text) // 30) + unspaced // 2
