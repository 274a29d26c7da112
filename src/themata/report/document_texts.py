"""What the report shows of each document, and what its search finds beyond that."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import regex

from themata.core.arrays import Int1d
from themata.core.documents import Documents
from themata.core.progress_reports import reported, share
from themata.core.server_addresses import is_link
from themata.core.text_layout import UNSPACED, cut

# Characters of all texts together that are in the page: about 3 MB
SHOWN = 8_000_000
# Characters of each document that are shown even where the texts together have more than SHOWN
LEAST = 200
# Characters of all titles and texts together that are never surpassed: about 30 MB, of a million documents
MOST = 80_000_000
# Characters of all texts together whose words the search knows: 56,000 abstracts are half of it
SEARCHED = 120_000_000
# Characters that are unpacked at once
BLOCK = 400_000
# Documents whose texts are unpacked as soon as the page is open; of more, when they are wanted
EAGER = 30_000

# Words with what stands inside them (state-of-the-art, 2021-03-01), runs of a script without blanks; as in search.js
_SPACED = rf"(?:(?![{UNSPACED}])[\p{{L}}\p{{N}}_])+"
_WORD = regex.compile(rf"[{UNSPACED}]+|{_SPACED}(?:[^\p{{L}}\p{{N}}_\s]+{_SPACED})*")
_ASCII_WORD = re.compile(r"[a-z0-9_]+(?:[^a-z0-9_\s]+[a-z0-9_]+)*")  # the same, ten times as fast
_UNSPACED = regex.compile(f"[{UNSPACED}]")


@dataclass(frozen=True)
class PageTexts:
    """What the page holds of the documents' texts.

    columns : (n_docs,) strings each, by name: "titles", "texts", "links" and those that were given
    words : what was cut off of the texts, in words
    documents : those of each word: gaps between their rows, from 1, a 0 after each word
    """

    columns: Mapping[str, Sequence[str]]
    words: Sequence[str]
    documents: bytes

    def blocks(self, order: Int1d) -> tuple[int, list[dict[str, list[str]]]]:
        """The columns in pieces that can be unpacked one by one, and how many documents each but the last has.

        order : (n_docs,) rows as they stand in the pieces, what is read together side by side
        """
        n_docs = len(order)
        n_characters = sum(len(value) for values in self.columns.values() for value in values)
        size = int(np.clip(BLOCK * n_docs // max(1, n_characters), 50, 5000))
        taken = [order[start : start + size].tolist() for start in range(0, n_docs, size)]
        return size, [
            {name: [values[row] for row in rows] for name, values in self.columns.items()} for rows in taken
        ]


def texts_for_page(docs: Documents, others: Mapping[str, Sequence[str]] | None = None) -> PageTexts:
    """Of each document its title, text and link, other columns of strings, and the words of what was cut off."""
    n_characters = SEARCHED // max(1, docs.n_docs)
    titles = _strings(docs, "title")
    with share(0.0, 0.2):
        whole = [
            _below(titles[row], text[:n_characters])
            for row, text in enumerate(reported(docs.texts, docs.n_docs))
        ]
    # Of very many documents a title and the first words; of fewer, as much text as the page bears
    together = MOST // max(1, docs.n_docs)
    most = max(LEAST, SHOWN // max(1, docs.n_docs))
    if together < most:
        titles = [cut(title, together) for title in titles]
        texts = [cut(text, max(1, together - len(title))) for title, text in zip(titles, whole, strict=True)]
    else:
        texts = [cut(text, most) for text in whole]
    with share(0.2, 1.0):
        words, documents = _index(texts, whole)
    links = [link if is_link(link) else "" for link in _strings(docs, "link")]
    columns = {"titles": titles, "texts": texts, "links": links}
    kept = {name: values for name, values in columns.items() if name == "texts" or any(values)}
    return PageTexts({**kept, **(others or {})}, words, documents)


def fold(text: str) -> str:
    """A text as the search compares it: case and accents do not matter; assets/search.js does the same.

    >>> fold("Café")
    'cafe'
    """
    return str(regex.sub(r"\p{M}", "", unicodedata.normalize("NFD", text.lower())))


def _strings(docs: Documents, name: str) -> list[str]:
    """(n_docs,) strings of a column, empty where it has none."""
    values = docs.columns.get(name)
    if values is None:
        return [""] * docs.n_docs
    return [" ".join(value.split())[:1000] if isinstance(value, str) else "" for value in values]


def _below(title: str, text: str) -> str:
    """A text without the title that it opens with: `read` puts it there."""
    flat = " ".join(text.split())
    after = flat[len(title) :]
    if not title or not flat.startswith(title) or after[:1].isalnum():
        return flat
    return after.lstrip(" .:;,!?") if after.strip(" .:;,!?") else ""


def _index(texts: Sequence[str], whole: Sequence[str]) -> tuple[list[str], bytes]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, (shown, text) in enumerate(reported(zip(texts, whole, strict=True), len(texts))):
        if len(shown) < len(text) or shown.endswith("…"):
            start = text.rfind(" ", 0, len(shown)) + 1 if " " in shown else max(0, len(shown) - 2)
            for word in sorted(_words(text[start:]) - _words(shown)):
                rows[word].append(row)
    gaps = [np.diff(rows[word], prepend=-1, append=rows[word][-1]) for word in rows]
    return list(rows), _bytes(np.concatenate(gaps)) if gaps else b""


def _words(text: str) -> set[str]:
    """Folded words; of scripts without blanks every two neighbors, since nobody knows what will be asked for."""
    if text.isascii():
        return set(_ASCII_WORD.findall(text.lower()))
    words: set[str] = set()
    for word in _WORD.findall(fold(text)):
        if len(word) > 2 and _UNSPACED.match(word):
            words.update(map("".join, pairwise(word)))
        else:
            words.add(word)
    return words


def _bytes(numbers: Any) -> bytes:
    """Each number in as few bytes as it needs: seven bits in each, the eighth says that more follow."""
    sevens = np.stack([(numbers >> shift) & 127 for shift in (0, 7, 14, 21)], axis=1)
    more = np.stack([numbers >> shift > 0 for shift in (7, 14, 21, 28)], axis=1)
    kept = np.concatenate([np.ones((len(numbers), 1), dtype=bool), more[:, :3]], axis=1)
    return bytes((sevens | (more << 7)).astype(np.uint8)[kept].tobytes())
