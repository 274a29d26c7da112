"""Texts on disk behave like the list they came from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from themata.core.documents import Documents
from themata.core.text_column import BATCH, TextColumn, TextFile
from themata.store import document_table

WORDS = [f"text {i} ü ☃" for i in range(BATCH + 7)]


@pytest.fixture(scope="module")
def column() -> TextColumn:
    file = TextFile()
    for word in WORDS:
        file.append(word)
    return file.column()


def test_a_column_on_disk_answers_as_the_list_does(column: TextColumn) -> None:
    assert len(column) == len(WORDS) and list(column) == WORDS and column == WORDS
    assert column[-1] == WORDS[-1] and column[np.int64(BATCH)] == WORDS[BATCH]
    for place in (
        slice(3),
        slice(-5, None),
        slice(None, None, 100),
        slice(BATCH - 2, BATCH + 2),
        slice(5, 2),
    ):
        assert column[place] == WORDS[place]
    assert column.take([5, 5, 0]) == [WORDS[5], WORDS[5], WORDS[0]]
    assert column.lengths().tolist() == list(map(len, WORDS))


def test_a_row_that_is_not_there_is_an_index_error(column: TextColumn) -> None:
    with pytest.raises(IndexError, match="none has the number"):
        column[len(WORDS)]


def test_columns_differ_in_any_text() -> None:
    assert TextColumn(pa.chunked_array([["a"], ["b"]])) == TextColumn(pa.chunked_array([["a", "b"]]))
    assert TextColumn(pa.chunked_array([["a", "b"]])) != ["a", "c"]


def test_texts_on_disk_are_saved_and_read_again(
    column: TextColumn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = document_table.write(tmp_path, Documents(column))
    assert document_table.read(path).texts == WORDS
    monkeypatch.setattr(document_table, "MANY", 10)
    again = document_table.read(path).texts
    assert isinstance(again, TextColumn) and again == WORDS
    document_table.write(tmp_path, Documents([*WORDS[:20], "half \ud800"]))
    assert document_table.read(path).texts == [*WORDS[:20], "half \ud800"]
