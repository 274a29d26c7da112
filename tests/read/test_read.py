from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.passages import join
from themata.read import read
from themata.read.passages import split

ROWS = [
    {"id": "a", "title": "Cats", "abstract": "Cats sleep, “a lot”;\nand purr.", "date": "2020-01-02"},
    {"id": "b", "title": "", "abstract": "Hunde schlafen über Nacht", "date": "2021"},
]
TEXTS = ["Cats. Cats sleep, “a lot”;\nand purr.", "Hunde schlafen über Nacht"]

WRITERS: dict[str, Callable[[], bytes]] = {
    "csv": lambda: pd.DataFrame(ROWS).to_csv(index=False).encode(),
    "tsv": lambda: pd.DataFrame(ROWS).to_csv(index=False, sep="\t").encode(),
    "json": lambda: json.dumps(ROWS).encode(),
    "jsonl": lambda: "\n".join(map(json.dumps, ROWS)).encode(),
    "parquet": lambda: pd.DataFrame(ROWS).to_parquet(index=False),
}


def packed(data: bytes, packing: str) -> bytes:
    if packing == ".gz":
        return gzip.compress(data)
    if packing == ".zst":
        zstandard = pytest.importorskip("zstandard")
        return bytes(zstandard.ZstdCompressor().compress(data))
    return data


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_reads_the_same(kind: str, packing: str, tmp_path: Path) -> None:
    path = tmp_path / f"docs.{kind}{packing}"
    path.write_bytes(packed(WRITERS[kind](), packing))
    corpus = read(path)
    assert corpus.documents.texts == TEXTS
    assert list(corpus.documents.columns["id"]) == ["a", "b"]
    assert corpus.documents.times is not None
    assert [str(t)[:10] for t in corpus.documents.times] == ["2020-01-02", "2021-01-01"]
    assert corpus.columns == {"text": "abstract", "title": "title", "id": "id", "date": "date"}
    assert corpus.rejected == ()


def test_a_folder_of_texts(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_text("plain text")
    (tmp_path / "sub" / "a.md").write_text("# Heading\n\nBody of it")
    (tmp_path / "c.txt").write_bytes(b"broken \xff\xfe\xfa")
    (tmp_path / "picture.png").write_bytes(b"no text")
    corpus = read(tmp_path)
    assert list(corpus.documents.columns["id"]) == ["b.txt", "sub/a.md"]
    assert corpus.documents.columns["title"][1] == "Heading"
    assert [row.reason for row in corpus.rejected] == ["broken UTF-8"]


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"first line\nsecond line\n", ["first line", "second line"]),
        (b'{"text": "a b"}\n{"text": "c d"}\n', ["a b", "c d"]),
        (b'["a b", "c d"]', ["a b", "c d"]),
        (b"id,text\n1,a b\n2,c d\n", ["a b", "c d"]),
    ],
)
def test_standard_input_in_any_form(data: bytes, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(data)

    monkeypatch.setattr("sys.stdin", Stdin)
    assert read("-").documents.texts == texts


def test_bad_rows_are_named_and_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "docs.jsonl"
    good = {"id": 1, "text": "good"}
    lines = [
        json.dumps(good).encode(),
        b'{"id": 2, "text": "broken \xff"}',
        b'{"id": 3, "text": ',
        json.dumps({"id": 4, "text": 17}).encode(),
        json.dumps({"id": 5, "text": "  "}).encode(),
        json.dumps({"id": 6}).encode(),
        json.dumps({"id": 1, "text": "the same id"}).encode(),
        b"[1, 2]",
        json.dumps({"id": 7, "text": "also good"}).encode(),
    ]
    path.write_bytes(b"\n".join(lines))
    corpus = read(path)
    assert corpus.documents.texts == ["good", "also good"]
    assert corpus.rows.tolist() == [0, 8]
    assert corpus.n_rows == 9
    reasons = {row.line: row.reason for row in corpus.rejected}
    assert reasons[2] == "broken UTF-8"
    assert reasons[3].startswith("malformed JSON")
    assert reasons[4] == "text is not a string"
    assert reasons[5] == reasons[6] == "no text"
    assert reasons[7] == "duplicate id"
    assert reasons[8].startswith("expected an object")
    corpus.write_rejected(tmp_path / "rejected.jsonl")
    told = [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert [row["line"] for row in told] == [2, 3, 4, 5, 6, 7, 8]
    with pytest.raises(InputError, match=r"docs\.jsonl, line 2: broken UTF-8"):
        read(path, strict=True)


def test_a_broken_csv_row_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "docs.csv"
    path.write_bytes(b'\xef\xbb\xbfid,text\n1,"two\nlines"\n2,a,b\n3,caf\xe9\n4,last one\n')
    corpus = read(path)
    assert corpus.documents.texts == ["two\nlines", "last one"]
    assert [(row.line, row.reason) for row in corpus.rejected] == [
        (4, "3 cells, expected 2"),
        (5, "broken UTF-8"),
    ]


def test_semicolons_and_utf16_are_understood(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id;text\n1;one, two\n")
    assert read(tmp_path / "a.csv").documents.texts == ["one, two"]
    (tmp_path / "b.csv").write_bytes("id,text\n1,größer\n".encode("utf-16"))
    assert read(tmp_path / "b.csv").documents.texts == ["größer"]


def test_the_longest_column_is_the_text_when_no_name_tells(tmp_path: Path) -> None:
    rows = [{"x": "short", "y": "a much longer piece of writing", "z": 3}]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    assert read(tmp_path / "a.json").columns["text"] == "y"


@pytest.mark.parametrize(
    ("name", "content", "options", "told"),
    [
        ("docs.jsonl", "", {}, "no documents in"),
        ("docs.csv", "", {}, "the table is empty"),
        ("docs.csv", "id,text\n", {}, "no documents in"),
        ("docs.csv", "id,text\n1,a\n", {"text": "txet"}, "did you mean 'text'"),
        ("docs.jsonl", '{"a": 1}', {}, "holds text"),
        ("docs.jsonl", '{"text": ""}', {}, "all 1 rows were set aside"),
        ("docs.json", "[1,", {}, "malformed JSON in line 1"),
        ("docs.json", '"text"', {}, "expected a JSON list"),
        ("docs.xyz", "a", {}, "expected .csv"),
        ("docs.parquet", "not parquet", {}, "is not a Parquet file"),
        ("docs.jsonl.gz", "not packed", {}, "cannot be read|breaks off"),
        ("docs.jsonl.zst", "not packed", {}, "not a zstd file"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(
    name: str, content: str, options: dict[str, str], told: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=told):
        read(tmp_path / name, **options)  # type: ignore[arg-type]


def test_a_missing_file_says_which_was_perhaps_meant(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("text\na\n")
    with pytest.raises(InputError, match=r"did you mean .*reviews\.csv"):
        read(tmp_path / "review.csv")
    with pytest.raises(InputError, match=r"no \.txt.* files"):
        read(tmp_path)


def test_a_data_set_of_the_hub_that_cannot_be_had_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    # The environment is read at import, and without this the library would try the network for half a minute
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match="hf:nobody/nothing cannot be loaded"):
        read("hf:nobody/nothing")


def test_a_data_set_is_read_through_datasets(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    (tmp_path / "train.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    assert read(f"hf:{tmp_path}").documents.texts == TEXTS


LONG = (
    "First sentence here. Second one follows!\n\nA new paragraph begins. " * 30
    + "x" * 5000
    + " 短い文。" * 400
)


@pytest.mark.parametrize("n_words", [20, 50, 200])
def test_passages_lose_nothing(n_words: int) -> None:
    docs = split(Documents([LONG, "short", ""], columns={"id": [1, 2, 3]}), n_words=n_words)
    rows = np.array(docs.columns["document"])
    for row, text in enumerate([LONG, "short", ""]):
        assert "".join(docs.texts[i] for i in np.flatnonzero(rows == row)) == text
    assert list(docs.columns["id"]) == (rows + 1).tolist()
    assert max(len(text.split()) for text in docs.texts) <= n_words + 1


def test_passages_are_put_together_again() -> None:
    topics, strength, shares = join(
        np.array([0, 1, 1, -1, -1]),
        np.array([0.9, 0.5, 0.6, 0, 0], dtype=np.float32),
        np.array([0, 0, 0, 1, 2]),
    )
    assert topics.tolist() == [1, -1, -1]
    assert shares.toarray()[0].tolist() == pytest.approx([0.45, 0.55])
    assert strength[1] == 0
