"""Long documents as passages; core/passages.py puts their topics together again."""

from __future__ import annotations

from itertools import pairwise

import regex

from themata.core.documents import Documents
from themata.core.passages import DOCUMENT

# Where a passage may end: after a paragraph, a sentence, a line. Each match takes all white space it begins, so that
# a megabyte of empty lines is one match and not a search from every one of them
_END = regex.compile(r"\n\s*\n|[.!?…][\"”»’)]*\s+|[。！？][”」』]*|\n")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_WIDE = 30  # characters of a word without end (a key, a sequence of bases) that count as one word


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
    return taken.having(texts=pieces, columns={**taken.columns, DOCUMENT: rows})


def _passages(text: str, n_words: int) -> list[str]:
    if _length(text) <= n_words:
        return [text]
    # Passages of about the same length, rather than full ones and a rest of three words
    total = _length(text)
    enough = total / -(-total // n_words)
    passages, here, size = [], "", 0
    for sentence in _sentences(text):
        for piece in _pieces(sentence, n_words):
            length = _length(piece)
            if here and (size + length > n_words or size >= enough):
                passages.append(here)
                here, size = "", 0
            here, size = here + piece, size + length
    return [*passages, here] if here else passages


def _sentences(text: str) -> list[str]:
    ends = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(ends) if end > start]


def _pieces(sentence: str, n_words: int) -> list[str]:
    """A sentence longer than a passage is cut between words, or between characters where there are none."""
    if _length(sentence) <= n_words:
        return [sentence]
    words = regex.findall(r"\s*\S+\s*", sentence)
    unspaced = _UNSPACED.search(sentence)
    if len(words) <= 1 or unspaced:
        characters = regex.findall(r"\X", sentence)  # as people see them: no accent without its letter
        width = n_words * (2 if unspaced else _WIDE)
        return ["".join(characters[i : i + width]) for i in range(0, len(characters), width)]
    return ["".join(words[i : i + n_words]) for i in range(0, len(words), n_words)]


def _length(text: str) -> int:
    """Words; two characters of a script without spaces, or thirty of a word without end, are about one."""
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
    return max(len(text.split()), len(text) // _WIDE) + unspaced // 2
