"""Sources that say little of themselves, or the wrong thing."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from themata.core.errors import InputError
from themata.read import Corpus, read

TABLE = "id,text\n1,hello world\n2,second one\n"
TEXTS = ["hello world", "second one"]


def reading(path: Path, data: bytes | str, **options: Any) -> Corpus:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(path, **options)


# Tables


def test_the_unnamed_column_of_pandas_is_neither_title_nor_id(tmp_path: Path) -> None:
    pd.DataFrame({"text": ["hello you", "bye you"]}, index=["a", "a"]).to_csv(tmp_path / "a.csv")
    assert read(tmp_path / "a.csv").documents.texts == ["hello you", "bye you"]


def test_a_table_without_names_of_columns_does_not_lose_its_first_document(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="looks like a document"):
        reading(tmp_path / "a.csv", "1,all of it was good\n2,none of it was good\n")
    wide = "Name of the country,1999,2000\nhello world,1,2\n"
    with pytest.raises(InputError, match="looks like a document"):
        reading(tmp_path / "a.csv", wide)
    assert reading(tmp_path / "a.csv", wide.replace("of the ", "")).documents.texts == ["hello world"]


# JSON


@pytest.mark.parametrize("orient", ["records", "columns", "index", "split", "table"])
def test_every_table_that_pandas_writes_as_json(orient: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": TEXTS, "n": [1, 2]}, index=["x", "y"])
    assert reading(tmp_path / "a.json", frame.to_json(orient=orient)).documents.texts == TEXTS


@pytest.mark.parametrize(
    "value",
    [
        {"response": {"status": 1, "docs": [{"text": "hello world"}, {"text": "second one"}]}},
        {"meta": {"n": 2}, "hits": {"hits": [{"text": "hello world"}, {"text": "second one"}]}},
        {"x": "hello world", "y": "second one"},
        {"x": {"text": "hello world"}, "y": {"text": "second one", "more": 1}},
        {"description": "a data set", "tags": ["a", "b", "c"], "data": [{"text": one} for one in TEXTS]},
    ],
)
def test_rows_are_found_wherever_an_object_holds_them(value: Any, tmp_path: Path) -> None:
    assert reading(tmp_path / "a.json", json.dumps(value)).documents.texts == TEXTS


def test_keys_of_rows_are_their_ids(tmp_path: Path) -> None:
    corpus = reading(tmp_path / "a.json", json.dumps({"x": {"text": "a b"}, "y": {"text": "c d", "id": 7}}))
    assert corpus.documents.columns["id"] == ["x", 7]


def test_one_object_is_one_document(tmp_path: Path) -> None:
    one = {"text": "only one", "tags": ["a", "b"]}
    assert reading(tmp_path / "a.json", json.dumps(one)).documents.texts == ["only one"]


@pytest.mark.parametrize("value", [{}, 5, None, "words", {"a": 1}, {"a": {"b": {}}}])
def test_json_without_documents_is_a_clear_error(value: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.json: expected a JSON list of documents, got"):
        reading(tmp_path / "a.json", json.dumps(value))


# Endings


def zst(data: bytes) -> bytes:
    return bytes(pytest.importorskip("zstandard").ZstdCompressor().compress(data))


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.csv.zst", "a", "a.gz"])
def test_what_is_packed_is_unpacked_whatever_its_ending(name: str, tmp_path: Path) -> None:
    assert reading(tmp_path / name, gzip.compress(TABLE.encode())).documents.texts == TEXTS
    assert reading(tmp_path / name, zst(TABLE.encode())).documents.texts == TEXTS


def test_an_ending_that_promises_a_packing_is_held_to_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.csv\.gz cannot be read"):
        reading(tmp_path / "a.csv.gz", TABLE)
    with pytest.raises(InputError, match=r"a\.csv\.zst is not a zstd file"):
        reading(tmp_path / "a.csv.zst", TABLE)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(encoding: str, tmp_path: Path) -> None:
    data = "id,text\n1,größer 😀\n".encode(encoding)
    assert reading(tmp_path / "a.csv", data).documents.texts == ["größer 😀"]


def parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"text": TEXTS}), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (TABLE.encode(), TEXTS),
        (parquet(), TEXTS),
        (b'[{"text": "hello world"}, "second one"]', TEXTS),
        (b"Nr;Meinung\n1;sehr gut alles\n2;schlecht war es\n", ["sehr gut alles", "schlecht war es"]),
        (b"Well, hello\nOh, you\nAh, me\n", ["Well, hello", "Oh, you", "Ah, me"]),
        (b"2,hello\n3,you\n4,me\n", ["2,hello", "3,you", "4,me"]),
    ],
)
def test_a_file_without_an_ending_and_standard_input_are_told_by_how_they_begin(
    data: bytes, texts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stdin:
        buffer = io.BytesIO(data)

    monkeypatch.setattr("sys.stdin", Stdin)
    assert reading(tmp_path / "export", data).documents.texts == texts
    assert read("-").documents.texts == texts


def test_parquet_that_does_not_say_its_bytes_are_text(tmp_path: Path) -> None:
    column = pa.array([b"hello world", b"tw\xff", b"second one"], pa.binary())
    pq.write_table(pa.table({"text": column}), tmp_path / "a.parquet")
    corpus = read(tmp_path / "a.parquet")
    assert corpus.documents.texts == TEXTS
    assert [(row.line, row.reason) for row in corpus.rejected] == [(2, "text is not a string")]


# Places


def test_no_name_is_not_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "note.txt").write_text("private")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no file is named"):
        read("")


def test_an_address_and_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="addresses are not read, download it first"):
        read("https://example.org/a.csv")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.csv").write_text(TABLE)
    assert read("~/a.csv").documents.texts == TEXTS
