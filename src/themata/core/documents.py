"""Documents: the first of the two tables, one row per document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from themata.core.arrays import MANY, Csr, Float1d, Float2d, Int1d
from themata.core.errors import AlignmentError, InputError
from themata.core.membership import middle
from themata.core.text_column import TextColumn


@dataclass(frozen=True)
class Documents:
    """A row per document; every field but the texts may be absent.

    texts : n_docs strings
    embeddings : (n_docs, dim) float32, or of half precision or int8 where they are many
    terms : (n_docs, n_terms) CSR counts
    vocabulary : (n_terms,) strings, the columns of `terms`
    coords : (n_docs, 2) float32, for maps only
    times : (n_docs,) datetime64
    columns : anything else known of each document, by name (title, id, class)

    >>> Documents(["a cat", "a dog"], columns={"id": [7, 8]}).take([1]).columns["id"]
    [8]
    """

    texts: Sequence[str]
    embeddings: Float2d | None = None
    terms: Csr | None = None
    vocabulary: np.ndarray[Any, Any] | None = None
    coords: Float2d | None = None
    times: np.ndarray[Any, Any] | None = None
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.texts, str) or hasattr(self.texts, "columns"):
            raise InputError(
                f"texts must be a list or a column of strings, got a {type(self.texts).__name__}: give frame['text']"
            )
        object.__setattr__(self, "texts", _by_place(self.texts))
        columns = {name: _by_place(values) for name, values in self.columns.items()}
        object.__setattr__(self, "columns", columns)
        for name, rows in self._by_document().items():
            n_rows = rows.shape[0] if hasattr(rows, "shape") else len(rows)
            if n_rows != self.n_docs:
                raise AlignmentError(
                    f"one row per document is needed: {self.n_docs} texts came with {n_rows} rows of {name}"
                )
        if self.terms is not None and self.vocabulary is None:
            raise AlignmentError("counts of terms need their vocabulary, one string per column")
        if self.terms is not None and self.terms.shape[1] != len(self.vocabulary):  # type: ignore[arg-type]
            raise AlignmentError(
                f"one string per column of counts is needed: {self.terms.shape[1]} columns came "
                f"with a vocabulary of {len(self.vocabulary)}"  # type: ignore[arg-type]
            )

    @property
    def n_docs(self) -> int:
        return len(self.texts)

    @property
    def is_bare(self) -> bool:
        """Whether nothing is known of the documents but how many they are, as after reading a folder of BERTopic's."""
        known = self.terms is not None or self.embeddings is not None
        return self.n_docs > 0 and not known and not any(self.texts)

    @cached_property
    def center(self) -> Float1d:
        """(dim,) float32 mean of the embeddings, which are looked through once; none without embeddings."""
        return np.empty(0, dtype=np.float32) if self.embeddings is None else middle(self.embeddings)

    def __len__(self) -> int:
        return self.n_docs

    def having(self, **fields: Any) -> Documents:
        """The same documents with some fields replaced."""
        return replace(self, **fields)

    def take(self, rows: Sequence[int] | Int1d) -> Documents:
        """Some of the documents, in the order asked, or repeated."""
        index = np.asarray(rows, dtype=np.int64)
        chosen = {name: _taken(value, index) for name, value in self._by_document().items()}
        columns = {name: chosen.pop(name) for name in self.columns}
        return Documents(self._texts_of(index), vocabulary=self.vocabulary, columns=columns, **chosen)

    def _texts_of(self, index: Int1d) -> Sequence[str]:
        if not isinstance(self.texts, TextColumn):
            return [self.texts[i] for i in index]
        return TextColumn(self.texts.column.take(index)) if len(index) >= MANY else self.texts.take(index)

    def rows_of(self, texts: Sequence[str]) -> Int1d:
        """The row of each text, -1 for one that is not here; a text that is here twice is first the one, then the other.

        >>> Documents(["a", "b", "a"]).rows_of(["a", "a", "c", "a"]).tolist()
        [0, 2, -1, 2]
        """
        places: dict[str, list[int]] = {}
        for row in range(self.n_docs - 1, -1, -1):
            places.setdefault(self.texts[row], []).append(row)
        left = {text: list(rows) for text, rows in places.items()}
        places_of_texts = [
            left[text].pop() if left.get(text) else places.get(text, [-1])[0] for text in texts
        ]
        return np.array(places_of_texts, dtype=np.int64)

    def shown(self, row: int) -> str:
        """What a reader sees first of a document: its title where it has one, else its text."""
        titles = self.columns.get("title")
        title = titles[row] if titles is not None else None
        return title if isinstance(title, str) and title.strip() else self.texts[row]

    def _by_document(self) -> dict[str, Any]:
        fields = {name: getattr(self, name) for name in ("embeddings", "terms", "coords", "times")}
        return {name: value for name, value in {**fields, **self.columns}.items() if value is not None}


def _by_place(values: Any) -> Any:
    """A column whose entries are had by their place: a series of pandas has them by its index."""
    return values.tolist() if hasattr(values, "iloc") else values


def _taken(rows: Any, index: Int1d) -> Any:
    return rows[index] if hasattr(rows, "shape") else [rows[i] for i in index]
