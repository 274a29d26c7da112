"""What commands tell of their input: columns, answers that are none, documents that are cut."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pandas as pd
import pytest

from bert import small_bert
from command_line import themata, themata_process
from corpora import sample
from themata import TopicModel
from themata.cli.run_results import whole_document_sizes
from themata.languages.nonanswers import says_nothing
from themata.read import read
from themata.read.column_names import role_of


def write(path: Path, names: list[str], rows: list[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    return path


def survey(names: tuple[str, str, str] = ("id", "kind", "Kommentar")) -> tuple[list[str], list[list[object]]]:
    """120 answers of one word, half of which are none."""
    rng = random.Random(0)
    kinds, words = ["question", "complaint", "praise"], ["yes", "no", "n/a", "-", "NULL", "good"]
    return list(names), [[i, kinds[rng.randrange(3)], words[i % 6]] for i in range(120)]


@pytest.mark.parametrize(
    "name",
    ["Kommentar", "Antwort", "comentario", "avis", "texto", "текст", "コメント", "Q1: Kommentar", "customerComment", "评论内容",
     "Kundenkommentar", "Comentario del cliente", "Odpowiedź", "Vélemény", "yorum", "σχόλια", "تعليقات", "टिप्पणी", "의견"],
)  # fmt: skip
def test_the_text_is_known_by_its_name_in_any_language(name: str, tmp_path: Path) -> None:
    corpus = read(write(tmp_path / "a.csv", *survey(("id", "kind", name))))
    assert corpus.columns == {"text": name, "id": "id", "class": "kind"}
    assert {*corpus.documents.texts} == {"yes", "no", "good"}


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["Zeitstempel", "Was gefällt Ihnen?"], {"date": "Zeitstempel", "text": "Was gefällt Ihnen?"}),
        (["Horodateur", "Votre avis"], {"date": "Horodateur", "text": "Votre avis"}),
        (["Carimbo de data/hora", "Resposta"], {"date": "Carimbo de data/hora", "text": "Resposta"}),
        (["Дата", "Отзыв"], {"date": "Дата", "text": "Отзыв"}),
        (["comment date", "comment"], {"date": "comment date", "text": "comment"}),
    ],
)
def test_dates_are_known_by_their_names_too(names: list[str], roles: dict[str, str], tmp_path: Path) -> None:
    rows: list[list[object]] = [[f"2024-05-{day:02}", f"answer number {day}"] for day in range(1, 30)]
    assert read(write(tmp_path / "a.csv", names, rows)).columns == roles


@pytest.mark.parametrize(
    "shape", ["2024-05-{:02}", "2024-05-{:02}T10:15:00", "{:02}.05.2024", "{:02}/05/2024 10:15"]
)
def test_a_column_of_nothing_but_dates_is_the_date_whatever_its_name(shape: str, tmp_path: Path) -> None:
    rows: list[list[object]] = [[shape.format(day), f"answer number {day}", "v1"] for day in range(1, 29)]
    path = write(tmp_path / "a.csv", ["opened", "comment", "version"], rows)
    assert read(path).columns == {"text": "comment", "date": "opened"}
    two = write(tmp_path / "b.csv", ["opened", "closed", "comment"], [[*row[:1], *row[:2]] for row in rows])
    assert "date" not in read(two).columns, "of two none is surer than the other"


def test_a_name_that_says_more_than_its_role_is_no_text() -> None:
    for name in ("comment_length", "answer language", "review score", "author"):
        assert role_of(name) is None, name
    assert role_of("comment_id") == ("id", False)


def test_without_telling_names_short_answers_are_the_text_rather_than_their_class(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [("Health and Safety", "Food and Drink")[i % 2], f"fine {'abcdefghij'[i // 10]}{'klmnopqrst'[i % 10]}"] for i in range(100)
    ]  # fmt: skip
    assert read(write(tmp_path / "a.csv", ["x1", "x2"], rows)).columns["text"] == "x2"


def test_a_column_called_data_may_hold_texts(tmp_path: Path) -> None:
    rows: list[list[object]] = [[i, f"some words about {i} cats"] for i in range(30)]
    assert read(write(tmp_path / "a.csv", ["n", "data"], rows)).columns["text"] == "data"


@pytest.mark.parametrize(
    "text",
    ["n/a", "N.A.", "-", "--", "…", "?", "NULL", "none", "don't know", "Don’t know.", "keine Angabe", "k. A.", "ninguno", "Aucun",
     "sin comentarios", "não sei", "nessuno", "nie wiem", "nevím", "nem tudom", "не знаю", "δεν ξέρω", "لا أعرف", "לא יודע", "पता नहीं",
     "没有", "特になし", "없음", "bilmiyorum", "en tiedä", "geen idee", "vet ej"],
)  # fmt: skip
def test_an_answer_that_is_none_is_known(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text", ["yes", "no", "nein", "good", "👍", "5", "nothing works", "none of it was good", "C++", "R"]
)
def test_a_short_answer_is_an_answer(text: str) -> None:
    assert not says_nothing(text)


def test_columns_and_non_answers_are_told(tmp_path: Path) -> None:
    write(tmp_path / "survey.csv", *survey())
    done = themata_process("fit", "survey.csv", "--embedder", "lexical", "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "columns: text 'Kommentar', id 'id', class 'kind' (--text" in done.stderr
    assert "60 rows set aside (60 no answer, such as n/a)" in done.stderr
    assert "Warning" not in done.stderr
    facts = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert (facts["n_non_answers"], facts["n_docs"]) == (60, 60)
    write(
        tmp_path / "new.csv",
        ["Kommentar", "a longer column of something else"],
        [["good", "and much more than that"], ["n/a", "as before"]],
    )
    done = themata("assign", "run", "new.csv", cwd=tmp_path)
    assert "columns: text 'Kommentar'" in done.stderr and "1 rows set aside" in done.stderr
    assert len(done.stdout.splitlines()) == 3  # the row that was set aside is there, with its reason
    assert "columns: text 'Kommentar'" in themata("update", "run", "new.csv", cwd=tmp_path).stderr


def test_quiet_says_nothing_but_warnings(tmp_path: Path) -> None:
    write(tmp_path / "survey.csv", *survey())
    done = themata("fit", "survey.csv", "--embedder", "none", "--out", "run", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [line.split(" (")[0] for line in done.stderr.splitlines()] == ["60 rows set aside"]


def test_a_document_longer_than_the_embedder_reads_is_told(tmp_path: Path) -> None:
    texts = sample(120).texts
    model = small_bert(tmp_path / "bert", texts[:40])
    long = " ".join([*["filler words"] * 1700, *texts[:80]])
    (tmp_path / "docs.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in [*texts, long]))
    done = themata_process("fit", "docs.jsonl", "--embedder", model, "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = "1 document is longer than the embedder reads"
    assert told in done.stderr and "--passages" in done.stderr
    assert "loading the embedder" in done.stderr and "Loading weights" not in done.stderr
    assert json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["n_cut"] == 1
    again = themata("fit", "docs.jsonl", "--embedder", model, "--out", "run", cwd=tmp_path)
    assert told in again.stderr and "loading the embedder" not in again.stderr  # nothing is embedded anew

    done = themata("fit", "docs.jsonl", "--embedder", model, "--out", "split", "--passages", 40, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert told not in done.stderr
    assert "in 121 documents" in done.stdout
    facts = json.loads((tmp_path / "split" / "run.json").read_text(encoding="utf-8"))
    assert (facts["n_docs"], facts["n_cut"]) == (121, 0) and facts["n_passages"] > 121
    counts = pd.read_csv(tmp_path / "split" / "topics.csv")["Count"]
    shown = json.loads(themata("show", "split", "--json", cwd=tmp_path).stdout)
    assert counts.sum() == shown["n_docs"] == 121
    assert sum(topic["size"] for topic in shown["topics"]) + shown["n_outliers"] == 121
    loaded = TopicModel.load(tmp_path / "split" / "model")
    table = pd.read_parquet(tmp_path / "split" / "documents.parquet")
    sizes = table["topic"].value_counts()
    assert [sizes.get(topic, 0) for topic in [*range(loaded.result_.n_topics), -1]] == whole_document_sizes(
        loaded
    ).tolist()
