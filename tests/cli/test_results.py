"""Results as people want them: every row of the input with its topics, as a workbook, CSV or Parquet."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from corpora import sample
from themata import TopicModel
from themata.cli.app import app
from themata.core.errors import InputError
from themata.store import result_files

N = 160
ASIDE = {20: "n/a", 21: "", 90: "-"}
LONG = "=1+1 looked at " + "x" * 40_000


def themata(*arguments: object) -> str:
    done = CliRunner().invoke(app, [*map(str, arguments)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def _workbook(path: Path) -> tuple[list[str], Any]:
    """A workbook as people have it: a title above the table, dates, numbers, codes, answers that are none."""
    given = sample(N)
    texts = list(given.texts)
    texts[5] = LONG
    for row, text in ASIDE.items():
        texts[row] = text
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet("Survey 2024")
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.merge_range(0, 0, 0, 4, "Customer survey")
    for column, name in enumerate(["Nr", "topic", "Eingang", "PLZ", "Kommentar"]):
        sheet.write(2, column, name)
    for row, text in enumerate(texts):
        sheet.write_number(row + 3, 0, row + 1)
        sheet.write_string(row + 3, 1, "service" if row % 2 else "price")
        sheet.write_datetime(row + 3, 2, datetime(2024, 5, 1 + row % 28), day)
        sheet.write_string(row + 3, 3, f"0{row % 9000:04}")
        sheet.write_string(row + 3, 4, text[: result_files.MOST_CHARACTERS])
    book.close()
    return texts, given.embeddings


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("results")
    _, points = _workbook(folder / "survey.xlsx")
    np.save(folder / "points.npy", points)
    source = folder / "survey.xlsx"
    told = themata("fit", source, "--embeddings", folder / "points.npy", "--out", folder / "run")
    return folder / "run", told


def _sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_what_was_taken_for_what_and_the_other_columns_are_told(run: tuple[Path, str]) -> None:
    assert "text 'Kommentar'" in run[1] and "date 'Eingang'" in run[1] and "--text" in run[1]
    assert "3 rows set aside" in run[1]


def test_every_row_is_in_the_workbook_with_its_own_columns_in_order(run: tuple[Path, str]) -> None:
    folder = run[0]
    out = folder.parent / "results.xlsx"
    told = themata("export", folder, "--to", out)
    assert "160 rows, 3 of them set aside" in told
    sheets = _sheets(out)
    assert list(sheets) == ["documents", "topics"]
    names, *rows = sheets["documents"]
    assert names[:5] == ["Nr", "topic", "Eingang", "PLZ", "Kommentar"]
    ours = [name.removeprefix("themata_") for name in names[5:]]  # the input has a column called topic
    assert all(name.startswith("themata_") for name in names[5:])
    assert ours[:9] == [
        "topic", "topic_name", "strength", "topic_2", "topic_2_name", "topic_2_weight", "topic_3", "topic_3_name", "topic_3_weight",
    ]  # fmt: skip
    assert [row[0] for row in rows] == list(range(1, N + 1))
    assert (
        rows[7][3] == "00007" and rows[0][2].isoformat()[:10] == "2024-05-01"
    )  # codes stay texts, dates dates
    assert rows[5][4].startswith("=1+1 looked at")
    model = TopicModel.load(folder / "model")
    cells = [dict(zip(ours, row[5:], strict=True)) for row in rows]
    for row, text in ASIDE.items():
        assert cells[row]["topic"] == "" and cells[row]["set_aside"] == (
            "no text" if not text else "no answer, such as n/a"
        )
    good = [one for one in cells if not one["set_aside"]]
    assert [one["topic"] for one in good] == model.topics_
    assert [one["topic_name"] for one in good] == [
        model.result_.names[topic] if topic >= 0 else "" for topic in model.topics_
    ]
    topics = sheets["topics"]
    assert topics[0][:4] == ["topic", "topic_name", "documents", "share"]
    assert sum(row[2] for row in topics[1:]) == len(good) - model.result_.n_outliers


def test_csv_opens_in_excel_and_runs_nothing(run: tuple[Path, str]) -> None:
    out = run[0].parent / "results.csv"
    told = themata("export", run[0], "--to", out)
    assert "would take for a formula" in told and str(out.with_name("results.topics.csv")) in told.replace(
        "\n", ""
    )
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == N
    assert rows[5]["Kommentar"].startswith("'=1+1") and rows[0]["Eingang"] == "2024-05-01"
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())
    with out.with_name("results.topics.csv").open(encoding="utf-8-sig") as file:
        assert next(csv.reader(file))[:3] == ["topic", "topic_name", "documents"]


def test_parquet_and_the_run_folder_say_the_same(run: tuple[Path, str]) -> None:
    themata("export", run[0], "--to", run[0].parent / "results.parquet")
    written = pd.read_parquet(run[0].parent / "results.parquet")
    pd.testing.assert_frame_equal(written, pd.read_parquet(run[0] / "documents.parquet"))
    assert (
        len(pd.read_parquet(run[0].parent / "results.topics.parquet"))
        == TopicModel.load(run[0] / "model").result_.n_topics
    )


def test_names_given_later_are_in_what_is_exported(run: tuple[Path, str], tmp_path: Path) -> None:
    model = TopicModel.load(run[0] / "model")
    model.set_topic_labels({0: "Mine"})
    model.save(run[0] / "model", overwrite=True)
    themata("export", run[0], "--to", tmp_path / "r.parquet")
    assert "Mine" in {*pd.read_parquet(tmp_path / "r.parquet")["themata_topic_name"]}


def test_new_rows_get_the_same_columns(run: tuple[Path, str], tmp_path: Path) -> None:
    new = sample(N + 40)
    rows = [["who", "Kommentar"], *([f"p{i}", text] for i, text in enumerate(new.texts[N:])), ["p40", "k.A."]]
    with (tmp_path / "new.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    np.save(tmp_path / "new.npy", np.vstack([new.embeddings[N:], new.embeddings[:1]]))
    command = ("assign", run[0], tmp_path / "new.csv", "--embeddings", tmp_path / "new.npy")
    themata(*command, "--out", tmp_path / "new.xlsx")
    names, *found = _sheets(tmp_path / "new.xlsx")["documents"]
    assert names[:5] == ["who", "Kommentar", "topic", "topic_name", "strength"] and len(found) == 41
    assert found[40][0] == "p40" and found[40][names.index("set_aside")] == "no answer, such as n/a"
    assert all(row[2] != "" for row in found[:40])
    with pytest.raises(InputError, match="the input itself"):
        themata(*command, "--out", tmp_path / "new.csv")


def test_an_updated_run_holds_the_rows_of_both(run: tuple[Path, str], tmp_path: Path) -> None:
    import shutil

    shutil.copytree(run[0], tmp_path / "run")
    new = sample(N + 40)
    (tmp_path / "new.jsonl").write_text(
        "\n".join(
            pd.DataFrame({"Kommentar": new.texts[N:]}).to_json(orient="records", lines=True).splitlines()
        )
    )
    np.save(tmp_path / "new.npy", new.embeddings[N:])
    themata(
        "update",
        tmp_path / "run",
        tmp_path / "new.jsonl",
        "--embeddings",
        tmp_path / "new.npy",
        "--keep",
        100,
    )
    table = pd.read_parquet(tmp_path / "run" / "documents.parquet")
    assert (table["themata_set_aside"] == "").sum() == 100
    assert table["Kommentar"].tolist()[-40:] == new.texts[N:]
    assert table["Nr"].isna().sum() == 40


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["out.ods"], r"\.xlsx, \.csv, \.parquet"), (["there.csv"], "--overwrite"), ([], "give --to FILE")],
)
def test_what_cannot_be_written_is_said(
    arguments: list[str], told: str, run: tuple[Path, str], tmp_path: Path
) -> None:
    (tmp_path / "there.csv").write_text("mine")
    to = [part for one in arguments for part in ("--to", tmp_path / one)]
    with pytest.raises(InputError, match=told):
        themata("export", run[0], *to)
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_a_workbook_holds_what_excel_can_and_says_what_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_files, "MOST_ROWS", 3)
    table = pd.DataFrame(
        {
            "text": ["a\x0bb", "🙂" * 20_000, "=SUM(A1)", "http://x.org/a", "\x1b half"],
            "id": pd.array([1_234_567_890_123_456_789, 2, 3, None, 5], dtype="Int64"),
            "n": ["1.5", "2", "", None, "-3"],
            "plz": ["01234", "1", "2", "3", "4"],
            "ok": pd.array([True, False, None, True, True], dtype="boolean"),
            "at": pd.to_datetime(
                ["2024-05-01 10:00", "2024-05-02", None, "2024-05-01", "2024-05-01"], format="mixed"
            ),
        }
    )
    told = " ".join(result_files.write(tmp_path / "r.xlsx", table, pd.DataFrame({"topic": [0]})))
    assert (
        "1 cell are cut" not in told
        and "1 cell" in told
        and "control characters" in told
        and "'documents 2'" in told
    )
    sheets = _sheets(tmp_path / "r.xlsx")
    assert list(sheets) == ["documents", "documents 2", "documents 3", "topics"]
    rows = [row for name in list(sheets)[:3] for row in sheets[name][1:]]
    assert [row[0] for row in rows][:1] + [row[0] for row in rows][2:] == [
        "a b",
        "=SUM(A1)",
        "http://x.org/a",
        "  half",
    ]
    assert rows[1][0].endswith("…") and len(rows[1][0].encode("utf-16-le")) // 2 <= 32_767
    assert rows[0][1] == "1234567890123456789" and rows[1][1] == 2  # Excel would forget the last digits
    assert [row[2] for row in rows] == [1.5, 2, "", "", -3] and rows[0][3] == "01234"
    assert rows[0][4] is True and rows[0][5] == datetime(2024, 5, 1, 10)


def test_second_topics_are_those_of_the_neighbors() -> None:
    given = sample(120)
    model = TopicModel(embedder=None).fit(given.texts, given.embeddings)
    found = model.results()
    assert found["topic"].tolist() == model.topics_
    there = found[found["topic_2"].notna()]
    assert ((there["topic_2"] != there["topic"]) & (there["topic_2_weight"] <= 1)).all()
    both = found[found["topic_3"].notna()]
    assert (both["topic_2_weight"] >= both["topic_3_weight"]).all()
    new = model.results(given.texts[:5], given.embeddings[:5])
    assert new["topic"].tolist() == model.topics_[:5] and list(new.columns) == list(found.columns)


def test_a_run_of_passages_may_be_updated_and_exported(tmp_path: Path) -> None:
    given = sample(100).texts
    texts = [" ".join(given[row : row + 6]) + "." for row in range(60)]
    for name, rows in (("a", texts[:50]), ("b", texts[50:])):
        pd.DataFrame({"nr": range(len(rows)), "text": rows}).to_json(
            tmp_path / f"{name}.jsonl", orient="records", lines=True
        )
    fit = ("fit", tmp_path / "a.jsonl", "--embedder", "none", "--passages", 30, "--out", tmp_path / "run")
    assert "in 50 documents" in themata(*fit)
    themata("update", tmp_path / "run", tmp_path / "b.jsonl")
    themata("export", tmp_path / "run", "--to", tmp_path / "all.csv")
    table = pd.read_csv(tmp_path / "all.csv")
    assert table["text"].tolist() == texts and table["nr"].tolist() == [*range(50), *range(10)]
    assert table["topic"].notna().all()
