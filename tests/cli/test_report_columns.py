"""Columns of the input in the report of a run: told, chosen, kept for later reports, exact to the digit."""

from __future__ import annotations

import base64
import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from command_line import themata
from corpora import sample

N = 120
LONG = "a remark that somebody made about this ticket, which is too long for a column of the report " * 2
HEAD = ["ticket", "opened", "region", "agent", "price", "order", "zip", "remark", "message"]


def _tickets(path: Path) -> Path:
    rows = [
        [f"T-{row:03}", f"2024-05-{1 + row % 28:02}", ("north", "south", "west")[row % 3], f"Agent {row % 50}",
         f"{row}.5", 7_000_000 + 7919 * row, f"0{1000 + row}", LONG, text]
        for row, text in enumerate(sample(N).texts)
    ]  # fmt: skip
    rows[4][-1] = "n/a"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("columns")
    _tickets(folder / "tickets.csv")
    done = themata("fit", "tickets.csv", "--embedder", "lexical", "--out", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "run", done.stderr


def facts(page: Path) -> dict[str, Any]:
    """What a report knows at once."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"))
    assert found is not None
    known: dict[str, Any] = json.loads(found[1])
    return known


def texts(page: Path, name: str) -> set[str]:
    """The values of a column that a report shows as they were written."""
    packed = re.findall(r'<script type="text/plain" class="texts">(.*?)</script>', page.read_text("utf-8"))
    blocks = [json.loads(gzip.decompress(base64.b64decode(block))) for block in packed]
    return {value for block in blocks for value in block.get(name, ())}


def names(page: Path) -> list[str]:
    return [column["name"] for column in facts(page)["columns"]]


def test_short_columns_are_in_the_report_and_which_is_told(run: tuple[Path, str]) -> None:
    folder, told = run
    shown = ["ticket", "region", "agent", "price", "order", "zip"]
    assert names(folder / "report.html") == shown
    assert f"in the report: {', '.join(map(repr, shown))}, without 'remark' (--columns names others)" in told


def test_codes_stay_texts_and_numbers_keep_their_digits(run: tuple[Path, str]) -> None:
    page = run[0] / "report.html"
    kinds = {column["name"]: column["kind"] for column in facts(page)["columns"]}
    assert kinds == {
        "ticket": "text", "region": "class", "agent": "class", "price": "number", "order": "number", "zip": "text",
    } or kinds["agent"] == "text"  # fmt: skip
    assert "7007919" in texts(page, "column:order") and "0.5" in texts(page, "column:price")
    assert "01000" in texts(page, "column:zip")
    assert len(texts(page, "column:ticket")) == N - 1  # the row that was set aside is not shown


def test_the_report_is_written_anew_with_columns_marks_and_a_title_that_stay(
    run: tuple[Path, str], tmp_path: Path
) -> None:
    folder = run[0]
    asked = ["--columns", "agent, REMARK", "--marks", "region", "--title", "Tickets of May"]
    done = themata("report", folder, *asked)
    assert done.returncode == 0, done.stderr
    page = folder / "report.html"
    assert names(page) == ["agent", "remark", "region"] and facts(page)["marked"] == "region"
    assert '<h1 dir="auto">Tickets of May</h1>' in page.read_text("utf-8")
    named = themata("label", folder, "--llm", "echo")
    assert named.returncode == 0, named.stderr
    assert names(page) == ["agent", "remark", "region"] and facts(page)["marked"] == "region"
    assert "Tickets of May" in page.read_text("utf-8")
    other = themata("report", folder, "--columns", "none", "--color", "date", "--out", tmp_path / "own.html")
    assert other.returncode == 0, other.stderr
    assert names(tmp_path / "own.html") == ["region"] and facts(tmp_path / "own.html")["color"] == "date"
    assert names(page) == ["agent", "remark", "region"], "a file of its own changes nothing in the run"


def test_rows_that_come_later_have_their_values_too(run: tuple[Path, str], tmp_path: Path) -> None:
    folder = run[0].parent
    themata("fit", folder / "tickets.csv", "--embedder", "lexical", "--out", "run", cwd=tmp_path)
    with (tmp_path / "later.csv").open("w", encoding="utf-8", newline="") as file:
        text = sample(N).texts[0] + " once more"
        csv.writer(file).writerows([HEAD, ["T-900", "2024-06-01", "east", "Ann", "3", 9, "1", "", text]])
    done = themata("update", "run", "later.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = tmp_path / "run" / "report.html"
    assert "T-900" in texts(page, "column:ticket") and facts(page)["n_docs"] == N
    region = next(column for column in facts(page)["columns"] if column["name"] == "region")
    assert "east" in region["values"]


def test_passages_have_the_values_of_their_document(run: tuple[Path, str], tmp_path: Path) -> None:
    source = run[0].parent / "tickets.csv"
    done = themata("fit", source, "--embedder", "lexical", "--passages", 20, "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = tmp_path / "run" / "report.html"
    assert names(page)[:3] == ["ticket", "region", "agent"]
    assert len(texts(page, "column:ticket")) == N - 1


def test_pictures_beside_the_input_are_shown(run: tuple[Path, str], tmp_path: Path) -> None:
    pillow = pytest.importorskip("PIL.Image")
    (tmp_path / "photos").mkdir()
    for row in range(N):
        pillow.new("RGB", (20, 20), (2 * row, 0, 0)).save(tmp_path / "photos" / f"{row}.png")
    rows = [["photo", "message"], *([f"photos/{row}.png", text] for row, text in enumerate(sample(N).texts))]
    with (tmp_path / "with.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    asked = ["fit", tmp_path / "with.csv", "--embedder", "lexical", "--out", tmp_path / "run", "--picture"]
    done = themata(*asked, "photo")
    assert done.returncode == 0, done.stderr
    images = [
        image for topic in facts(tmp_path / "run" / "report.html")["topics"] for image in topic["images"]
    ]
    assert images and all(image["src"].startswith("data:image/jpeg;base64,") for image in images)
    wrong = themata(*asked, "message")
    assert wrong.returncode != 0 and "no file of column 'message' is there" in " ".join(wrong.stderr.split())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--columns", "agnt"], "no further column 'agnt': did you mean 'agent'?"),
        (["--columns", "message"], "no further column 'message': it has 'ticket'"),
        (["--marks", "ticket"], "marks is a column of the report with 6 values at most, got 'ticket'"),
        (["--color", "zip"], "color is a column of the report with classes or numbers, got 'zip'"),
    ],
)
def test_what_a_report_cannot_have_is_said_before_anything_is_done(
    run: tuple[Path, str], tmp_path: Path, asked: list[str], said: str
) -> None:
    source = run[0].parent / "tickets.csv"
    done = themata("fit", source, "--embedder", "lexical", "--out", tmp_path / "run", *asked)
    assert done.returncode != 0 and said in " ".join(done.stderr.split()), done.stderr
    assert not (tmp_path / "run").exists()
    again = themata("report", run[0], *asked)
    assert again.returncode != 0 and said in " ".join(again.stderr.split())
