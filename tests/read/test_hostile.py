"""Sources as the world makes them: one bad row never takes others with it, and nothing is lost without a word."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from themata.core.errors import InputError
from themata.read import Corpus, read


def reading(path: Path, data: bytes | str, **options: Any) -> Corpus:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(path, **options)


def told(corpus: Corpus) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in corpus.rejected]


# Tables


def test_a_quote_that_never_closes_costs_its_own_row(tmp_path: Path) -> None:
    rows = "".join(f"{i},row number {i}\n" for i in range(3, 300))
    corpus = reading(tmp_path / "a.csv", f'id,text\n1,good\n2,"oops\n{rows}')
    assert corpus.documents.n_docs == 298
    assert told(corpus) == [(3, "a quote that is not closed")]
    assert corpus.rejected[0].raw == '2,"oops'
    assert corpus.rows[-1] == corpus.n_rows - 1 == 298


def test_two_stray_quotes_do_not_swallow_what_lies_between(tmp_path: Path) -> None:
    rows = [f"{i},row number {i}" for i in range(20)]
    rows[4], rows[15] = '4,"stray', '15,"stray again'
    corpus = reading(tmp_path / "a.csv", "id,text\n" + "\n".join(rows))
    assert [row.line for row in corpus.rejected] == [6, 17]
    assert corpus.documents.n_docs == 18


def test_quotes_inside_quotes_and_empty_cells_of_spreadsheets_are_forgiven(tmp_path: Path) -> None:
    corpus = reading(tmp_path / "a.csv", 'id,text\n1,"she said "hi" there"\n2,padded,,\n3,"a ""b"" c"\n')
    assert corpus.documents.texts == ['she said hi" there"', "padded", 'a "b" c']


def test_tsv_that_means_nothing_by_quotes(tmp_path: Path) -> None:
    corpus = reading(tmp_path / "a.tsv", 'id\ttext\n1\t"open only\n2\t5" pipe, 6" pipe\n3\t"a" or "b"\n')
    assert corpus.documents.texts == ['"open only', '5" pipe, 6" pipe', '"a" or "b"']
    assert corpus.rejected == ()


def test_a_table_of_one_column_may_hold_commas(tmp_path: Path) -> None:
    corpus = reading(tmp_path / "a.csv", 'review\ngood, cheap\n"bad, dear"\nfine\n')
    assert corpus.documents.texts == ["good, cheap", "bad, dear", "fine"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end(mark: str, end: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [1, 2], "Text ": [f"first{mark} part; of, it|", "second\nline"]})
    data = frame.to_csv(index=False, sep=mark, lineterminator=end, quoting=csv.QUOTE_ALL)
    corpus = reading(tmp_path / "a.csv", data)
    assert corpus.documents.texts == list(frame["Text "])
    assert corpus.columns["text"] == "Text"


def test_cells_of_a_megabyte_and_nul_bytes(tmp_path: Path) -> None:
    long = "word " * 200_000 + "\x00end"
    assert reading(tmp_path / "a.csv", f'text\n"{long}"\n').documents.texts == [long]


def test_a_header_that_is_missing_or_double(tmp_path: Path) -> None:
    text = "this is plainly the first of the documents and not the name of any column of a table " * 2
    with pytest.raises(InputError, match="looks like a document"):
        reading(tmp_path / "a.csv", f"1,{text}\n2,another\n")
    corpus = reading(tmp_path / "b.csv", "text,text\nfirst,second\n")
    assert corpus.documents.texts == ["first"]
    assert reading(tmp_path / "b.csv", "text,text\nfirst,second\n", text="text.1").documents.texts == [
        "second"
    ]


# JSON


def test_a_broken_byte_or_half_a_character_costs_its_own_row(tmp_path: Path) -> None:
    corpus = reading(
        tmp_path / "a.json", b'[{"text": "good"}, {"text": "broken \xff"}, {"text": "also \\ud83d"}, "plain"]'
    )
    assert corpus.documents.texts == ["good", "plain"]
    assert told(corpus) == [(2, "broken UTF-8"), (3, "half a character (a lone surrogate)")]
    corpus.write_rejected(tmp_path / "rejected.jsonl")
    assert len((tmp_path / "rejected.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    both = reading(tmp_path / "a.jsonl", '{"text": "\\ud83d\\ude00 whole", "title": "T\\udc00"}\n"b"\n')
    assert both.documents.texts == ["b"]


@pytest.mark.parametrize("bad", ["[" * 100_000, "1" * 5000, "nul", '{"text": 1e999}', "NaN", '"cut', "{}{}"])
def test_json_lines_that_are_none_cost_their_own_row(bad: str, tmp_path: Path) -> None:
    corpus = reading(tmp_path / "a.jsonl", f'{{"text": "good"}}\n{bad}\n{{"text": "last"}}\n')
    assert corpus.documents.texts == ["good", "last"]
    assert [row.line for row in corpus.rejected] == [2]
    assert corpus.rejected[0].raw == bad


def test_the_columns_are_found_behind_hundreds_of_bad_lines(tmp_path: Path) -> None:
    corpus = reading(tmp_path / "a.jsonl", "# comment\n" * 500 + '{"abstract": "good"}\n')
    assert corpus.columns["text"] == "abstract"
    assert (len(corpus.rejected), corpus.n_rows) == (500, 501)


@pytest.mark.parametrize(
    "value",
    [
        {"data": [{"text": "a b"}, {"text": "c d"}], "version": 2},
        {"text": ["a b", "c d"], "id": [1, 2]},
        {"text": {"0": "a b", "1": "c d"}, "id": {"0": 1, "1": 2}},
        ["a b", "c d"],
    ],
)
def test_every_shape_of_json(value: Any, tmp_path: Path) -> None:
    assert reading(tmp_path / "a.json", json.dumps(value, indent=1)).documents.texts == ["a b", "c d"]


# Ids, titles, dates


def test_ids_of_any_kind(tmp_path: Path) -> None:
    rows = [
        {"id": id, "text": f"text {i}"}
        for i, id in enumerate([[1], [1], None, None, 1.5, 1.5, {"a": 1}, "x"])
    ]
    corpus = reading(tmp_path / "a.json", json.dumps(rows))
    assert told(corpus) == [(6, "duplicate id")]


def test_a_column_that_repeats_is_no_id_unless_asked_for(tmp_path: Path) -> None:
    rows = [{"id": i % 3, "text": f"text {i}"} for i in range(60)]
    corpus = reading(tmp_path / "a.json", json.dumps(rows))
    assert (corpus.documents.n_docs, "id" in corpus.columns) == (60, False)
    assert reading(tmp_path / "a.json", json.dumps(rows), id="id").documents.n_docs == 3


@pytest.mark.parametrize(
    ("title", "text", "whole"),
    [
        ("Cats", "They sleep.", "Cats. They sleep."),
        ("Cats?", "They sleep.", "Cats? They sleep."),
        ("猫。", "よく眠る", "猫。 よく眠る"),
        ("Cats", "Cats. They sleep.", "Cats. They sleep."),
        ("Cats", "# Cats\n\nThey sleep.", "# Cats\n\nThey sleep."),
        ("Cats", "**Cats**: They sleep.", "Cats: They sleep."),
        ("Cats?", "Cats? They sleep.", "Cats? They sleep."),
        ("Cat", "Cats sleep.", "Cat. Cats sleep."),
        ("  ", "They sleep.", "They sleep."),
        (7, "They sleep.", "They sleep."),
        (None, "They sleep.", "They sleep."),
    ],
)
def test_a_title_goes_before_the_text_once(title: Any, text: str, whole: str, tmp_path: Path) -> None:
    rows = [{"title": title, "text": text}, {"title": "Dogs", "text": "They bark."}]
    assert reading(tmp_path / "a.json", json.dumps(rows)).documents.texts[0] == whole


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2020-02-29T23:30:00-02:00", "2020-03-01"),
        (2020, "2020-01-01"),
        ("2020.0", "2020-01-01"),
        (1582934400, "2020-02-29"),
        ("1582934400000", "2020-02-29"),
        (20200229, "2020-02-29"),
        ("202002", "2020-02-01"),
        ("29.02.2020", "2020-02-29"),
        ("Sat, 29 Feb 2020 10:00:00 GMT", "2020-02-29"),
        (True, "NaT"),
        (-5, "NaT"),
        ("1066-10-14", "NaT"),  # before what nanoseconds reach, and not some other day
        ("9999-12-31", "NaT"),
        ("soon", "NaT"),
        (["2020"], "NaT"),
    ],
)
def test_dates_as_they_are_written(value: Any, day: str, tmp_path: Path) -> None:
    rows = [{"text": "a b", "date": value}, {"text": "c d", "date": "2001-01-01"}]
    times = reading(tmp_path / "a.json", json.dumps(rows)).documents.times
    assert times is not None
    assert times.dtype == "datetime64[ns]"
    assert times.astype("datetime64[D]").astype(str).tolist() == [day, "2001-01-01"]


def test_days_and_months_are_not_mixed_up(tmp_path: Path) -> None:
    corpus = reading(tmp_path / "a.csv", "text,date\na,01/02/2020\nb,25/12/2020\n")
    assert corpus.documents.times is not None
    assert corpus.documents.times.astype("datetime64[D]").astype(str).tolist() == ["2020-02-01", "2020-12-25"]
    corpus = reading(tmp_path / "a.csv", "text,date\na,01/02/2020\nb,12/25/2020\n")
    assert corpus.documents.times is not None
    assert corpus.documents.times.astype("datetime64[D]").astype(str).tolist() == ["2020-01-02", "2020-12-25"]


def test_dates_that_are_none_are_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        reading(tmp_path / "a.csv", "text,date\na,2020\nb,later\n")
    assert "1 values of column 'date' are no dates, the first is 'later'" in caplog.text
    corpus = reading(tmp_path / "a.csv", "text,time\na,fast\nb,slow\n")
    assert corpus.documents.times is None
    assert "date" not in corpus.columns
    assert reading(tmp_path / "b.csv", "text,date\na,\nb,\n").documents.times is None
    with pytest.raises(InputError, match="column 'time' holds no dates"):
        read(tmp_path / "a.csv", date="time")


# Columns


def test_what_is_no_text_is_not_taken_for_one(tmp_path: Path) -> None:
    rows = [
        {
            "url": f"https://example.org/{'x' * 80}/{i}",
            "n": "1234567890" * 5,
            "words": f"some words {i}",
            "d": "2020-01-01",
        }
        for i in range(5)
    ]
    assert reading(tmp_path / "a.json", json.dumps(rows)).columns["text"] == "words"
    assert reading(tmp_path / "b.csv", "text,note\n1,some words\n2,more\n").columns["text"] == "note"
    with pytest.raises(InputError, match=r"no column of .* holds text"):
        reading(tmp_path / "c.csv", "a,b\n1,2020-01-01\n2,2020-01-02\n")


def test_titles_alone_are_texts(tmp_path: Path) -> None:
    corpus = reading(tmp_path / "a.csv", "title,year\nA study of cats,1999\nA study of dogs,2001\n")
    assert corpus.documents.texts == ["A study of cats", "A study of dogs"]
    assert "title" not in corpus.documents.columns


# Packed, cut and wrongly encoded files


def zst(data: bytes) -> bytes:
    zstandard = pytest.importorskip("zstandard")
    return bytes(zstandard.ZstdCompressor().compress(data))


LINES = "".join(json.dumps({"id": i, "text": f"text {i} {'x' * 50}"}) + "\n" for i in range(3000)).encode()


@pytest.mark.parametrize("kind", ["jsonl", "csv", "txt", "json", "parquet"])
def test_a_packed_file_cut_short_or_garbled_is_a_clear_error(kind: str, tmp_path: Path) -> None:
    for ending, data in ((".gz", gzip.compress(LINES)), (".zst", zst(LINES))):
        garbled = bytearray(data)
        garbled[len(data) // 2] ^= 0xFF
        for broken in (data[: len(data) // 2], bytes(garbled)):
            with pytest.raises(InputError, match=rf"a\.{kind}{ending}"):
                reading(tmp_path / f"a.{kind}{ending}", broken)


def test_every_frame_of_a_packed_file_is_read(tmp_path: Path) -> None:
    half = LINES.index(b"\n", len(LINES) // 2) + 1
    for ending, pack in ((".gz", gzip.compress), (".zst", zst)):
        corpus = reading(tmp_path / f"a.jsonl{ending}", pack(LINES[:half]) + pack(LINES[half:]))
        assert corpus.documents.n_docs == 3000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_marks_tell_the_encoding(encoding: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding.endswith(("le", "be")) else ""
    data = (mark + "id,text\n1,größer 😀\n").encode(encoding)
    assert reading(tmp_path / "a.csv", data).documents.texts == ["größer 😀"]


def test_another_encoding_is_named_as_the_likely_cause(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="another encoding"):
        reading(tmp_path / "a.csv", b"id,text\n1,\xff\xfe\xfd\n2,\xf0\xff\n", text="text")


# Parquet, folders, standard input, data sets


def test_parquet_without_its_vectors_and_with_a_broken_string(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 3, pa.array([b"one", b"tw\xff", b"three"], pa.binary()).buffers()
    )
    vectors = pa.array(np.zeros((3, 4)).tolist(), pa.list_(pa.float32()))
    pq.write_table(pa.table({"text": broken, "vector": vectors, "id": [1, 2, 3]}), tmp_path / "a.parquet")
    corpus = read(tmp_path / "a.parquet")
    assert corpus.documents.texts == ["one", "three"]
    assert told(corpus) == [(2, "broken UTF-8")]
    data = (tmp_path / "a.parquet").read_bytes()
    with pytest.raises(InputError, match=r"b\.parquet is not a Parquet file"):
        reading(tmp_path / "b.parquet", data[: len(data) // 2])


def test_hidden_files_are_no_documents_and_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    for name in (".git/notes.md", "a.md", ".hidden.txt", "sub/B.TXT"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(
            "![badge](x)\n\n```\n# no heading\n```\n\n# Late\n" if name == "a.md" else "plain"
        )
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "windows.txt").write_bytes("größer".encode("utf-16"))
    (tmp_path / "empty.txt").write_text("")
    corpus = read(tmp_path)
    assert list(corpus.documents.columns["id"]) == ["a.md", "sub/B.TXT", "windows.txt"]
    assert corpus.documents.texts[2] == "größer"
    assert list(corpus.documents.columns["title"]) == ["Late", None, None]
    assert [reason.split(":")[0] for _, reason in told(corpus)] == ["no text", "cannot be read"]
    assert all(name in row.raw for name, row in zip(("empty.txt", "gone.txt"), corpus.rejected, strict=True))


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b'\xef\xbb\xbf{"text": "a b"}\n', ["a b"]),
        (b'{"data": [\n{"text": "a b"}\n]}\n', ["a b"]),
        (b"id;text\n1;a, b\n", ["a, b"]),
        ("größer\nschöner\n".encode("utf-16"), ["größer", "schöner"]),
        (gzip.compress(b"text\na b\nc, d\n", mtime=0), ["a b", "c, d"]),
        (b"what is text, really\na line, another\n", ["what is text, really", "a line, another"]),
    ],
)
def test_standard_input_however_it_comes(
    data: bytes, texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stdin:
        buffer = io.BytesIO(data)

    monkeypatch.setattr("sys.stdin", Stdin)
    assert read("-").documents.texts == texts


def test_a_format_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "export.dat").write_text('{"text": "a b"}\n')
    with pytest.raises(InputError, match=r"expected \.csv"):
        read(tmp_path / "export.dat")
    assert read(tmp_path / "export.dat", format="jsonl").documents.texts == ["a b"]
    with pytest.raises(InputError, match="got 'xml'"):
        read(tmp_path / "export.dat", format="xml")


def test_data_sets_with_splits_and_saved_to_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    datasets = pytest.importorskip("datasets")
    both = datasets.DatasetDict(
        {name: datasets.Dataset.from_dict({"text": [f"{name} text"]}) for name in ("test", "train")}
    )
    both.save_to_disk(tmp_path / "both")
    with caplog.at_level(logging.WARNING):
        assert read(f"hf:{tmp_path}/both").documents.texts == ["train text"]
    assert "test, train: reading train" in caplog.text
    assert read(f"hf:{tmp_path}/both:test").documents.texts == ["test text"]
    with pytest.raises(InputError, match="no split 'dev': it has test, train"):
        read(f"hf:{tmp_path}/both:dev")
    both["test"].save_to_disk(tmp_path / "one")
    assert read(f"hf:{tmp_path}/one").documents.texts == ["test text"]


def test_embeddings_of_the_source_follow_the_rows_that_stay(tmp_path: Path) -> None:
    lines = ['{"text": "zero"}', "broken", "", '{"text": "two"}', '{"text": " "}', '{"text": "four"}']
    corpus = reading(tmp_path / "a.jsonl", "\n".join(lines))
    points = np.arange(corpus.n_rows)[corpus.rows]  # a row per row of the source; blank lines are none
    assert points.tolist() == [0, 2, 4]
    assert reading(tmp_path / "a.jsonl", "\n".join(lines), limit=3).rows.tolist() == [0, 2]
