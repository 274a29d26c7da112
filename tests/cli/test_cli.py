"""The command line, run as a user runs it; what importing or dying may change of it, in its own process."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bert import small_bert
from command_line import themata, themata_process
from corpora import sample
from themata.cli.doctor import USES


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    given = sample(240)
    lines = [
        json.dumps({"id": i, "title": f"Report {i}", "text": text}) for i, text in enumerate(given.texts)
    ]
    lines.insert(100, "{broken")
    (folder / "docs.jsonl").write_text("\n".join(lines))
    points = np.insert(
        given.embeddings, 100, np.nan, axis=0
    )  # a row per input row, the broken one among them
    np.save(folder / "points.npy", points)
    done = themata_process(
        "fit", folder / "docs.jsonl", "--embeddings", folder / "points.npy", "--out", folder / "run"
    )
    assert done.returncode == 0, done.stderr
    assert "4 topics in 240 documents" in done.stdout
    assert "1 rows set aside" in done.stderr
    return folder / "run"


def test_fit_writes_everything(run: Path) -> None:
    assert "<canvas" in (run / "report.html").read_text()
    assert len(pd.read_csv(run / "topics.csv")) == 4
    documents = pd.read_parquet(run / "documents.parquet")
    assert list(documents.columns[:6]) == ["id", "title", "text", "topic", "topic_name", "strength"]
    assert list(documents.columns[-3:]) == ["set_aside", "x", "y"]
    assert len(documents) == 241  # every row of the input, the broken one too
    assert documents["set_aside"][100].startswith("line 101: malformed JSON")
    assert json.loads((run / "rejected.jsonl").read_text())["line"] == 101
    facts = json.loads((run / "run.json").read_text())
    assert (facts["n_rows"], facts["n_rejected"]) == (241, 1)
    assert facts["common_terms"] == ["discussed", "report"]  # "... were discussed in report 7"


def test_show_as_json_is_json_and_nothing_else(run: Path) -> None:
    done = themata_process("show", run, "--json")
    told = json.loads(done.stdout)
    assert done.stderr == ""
    assert (told["n_docs"], told["n_topics"], told["n_outliers"]) == (240, 4, 0)
    assert sum(topic["size"] for topic in told["topics"]) == 240
    for topic in told["topics"]:
        assert {"id", "size", "name", "keywords", "exemplars"} <= set(topic)
        assert len(topic["keywords"]) == 10
        assert set(topic["aspects"]) == {"KeyBERT", "MMR"}
    assert len({topic["name"] for topic in told["topics"]}) == 4


def test_show_and_topic_are_readable(run: Path) -> None:
    assert themata("show", run).stdout.count("\n") >= 5
    told = themata("topic", run, 2)
    assert "60 documents" in told.stdout
    assert "•" in told.stdout
    assert json.loads(themata("topic", run, 2, "--json").stdout)["id"] == 2


def test_evaluate_tells_what_its_numbers_mean(run: Path, tmp_path: Path) -> None:
    done = themata("evaluate", run)
    assert done.returncode == 0, done.stderr
    assert "NPMI" in done.stdout and "higher" in done.stdout and "than by chance" in done.stdout
    assert "--seeds 3" in done.stderr  # what else could be asked
    labels = sample(240).labels.tolist()
    rows = [json.dumps({"id": i, "subject": f"s{labels[i]}"}) for i in reversed(range(240))]
    (tmp_path / "classes.jsonl").write_text("\n".join(rows))
    asked = (
        "evaluate",
        run,
        "--against",
        tmp_path / "classes.jsonl",
        "--class",
        "subject",
        "--seeds",
        1,
        "--json",
    )
    told = json.loads(themata(*asked).stdout)
    assert told["scores"]["ami"] == told["scores"]["harmonic_purity"] == 1
    assert told["scores"]["stability_ami"] > 0.9
    assert [topic["id"] for topic in told["topics"]] == [0, 1, 2, 3]
    done = themata("evaluate", run, "--class", "subject")
    assert done.returncode == 1
    assert "the run has no column 'subject', it has 'title', 'id'" in done.stderr


def test_search_finds_documents(run: Path) -> None:
    told = json.loads(themata("search", run, "garlic soup", "--json").stdout)
    assert told["documents"]
    assert told["topics"][0]["score"] >= told["topics"][-1]["score"]
    assert "Report" in themata("search", run, "rocket").stdout


def test_assign_gives_new_documents_a_topic(run: Path, tmp_path: Path) -> None:
    new = sample(300)
    (tmp_path / "new.csv").write_text("text\n" + "\n".join(new.texts[240:]))
    np.save(tmp_path / "new.npy", new.embeddings[240:])
    told = themata("assign", run, tmp_path / "new.csv", "--embeddings", tmp_path / "new.npy")
    rows = list(csv.DictReader(io.StringIO(told.stdout)))
    assert len(rows) == 60
    assert {row["topic"] for row in rows} == {"0", "1", "2", "3"}


def test_map_is_one_html_file(run: Path, tmp_path: Path) -> None:
    assert themata("map", run, "--out", tmp_path / "map.html").returncode == 0
    assert "Plotly" in (tmp_path / "map.html").read_text()


def test_the_same_command_again_reuses_its_steps(run: Path) -> None:
    before = themata("show", run, "--json").stdout
    found = themata("search", run, "rocket orbit", "--json").stdout
    again = themata("fit", run.parent / "docs.jsonl", "--embeddings", run.parent / "points.npy", "--out", run)
    assert again.returncode == 0
    assert again.stderr.count("kept from the last run") == 6  # count, relate, group, describe, label, lay out
    assert themata("show", run, "--json").stdout == before
    assert themata("search", run, "rocket orbit", "--json").stdout == found


def test_doctor_tells_what_is_there() -> None:
    told = json.loads(themata("doctor", "--json").stdout)
    assert told["extras"]["classic"]["umap-learn"] is not None
    assert told["machine"]["processors"] >= 1
    shown = themata("doctor").stdout
    assert "default embedder" in shown
    assert set(USES) == set(told["extras"]), "the use of every extra is said"
    assert all(use in shown for use in USES.values())


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["show", "nowhere"], 1, "no run folder at nowhere"),
        (["fit", "missing.csv", "--out", "x"], 1, "no file missing.csv"),
        (["fit", "missing.csv"], 2, "Missing option"),
        (["fly"], 2, "No such command"),
        (["topic"], 2, "Missing argument"),
    ],
)
def test_errors_are_sentences_with_their_exit_code(
    arguments: list[str], code: int, told: str, tmp_path: Path
) -> None:
    done = themata(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_error_of_a_process_is_a_sentence_and_nothing_else(tmp_path: Path) -> None:
    done = themata_process("show", "nowhere", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no run folder at nowhere" in done.stderr and "Traceback" not in done.stderr


def test_an_unknown_topic_is_an_error(run: Path) -> None:
    done = themata("topic", run, 99)
    assert done.returncode == 1
    assert "no topic 99: this model's topics are 0 to 3" in done.stderr


def test_classic_and_exact_numbers_and_passages(tmp_path: Path) -> None:
    given = sample(60)
    (tmp_path / "docs.txt").write_text("\n".join(" ".join(given.texts[i::4]) for i in range(4)))
    done = themata(
        "fit",
        tmp_path / "docs.txt",
        "--embedder",
        "lexical",
        "--passages",
        20,
        "--n-topics",
        4,
        "--out",
        tmp_path / "run",
    )
    assert done.returncode == 0, done.stderr
    assert len(pd.read_parquet(tmp_path / "run" / "documents.parquet")) == 4


def test_standard_input_is_read(tmp_path: Path) -> None:
    done = themata_process(
        "fit", "-", "--embedder", "none", "--out", tmp_path / "run", stdin="\n".join(sample(80).texts)
    )
    assert done.returncode == 0, done.stderr


def test_the_demo_reads_a_part_and_estimates_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("themata.cli.demo.READ", 60)
    done = themata("demo", "--n-docs", 150, "--out", tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    assert "the model read 60 of 150" in " ".join(done.stderr.split())


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "themata", "demo", "--out", str(tmp_path / "run")]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job of the background ignores it
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    signal.signal(signal.SIGINT, before)
    end = time.monotonic() + 60
    while not (tmp_path / "run").exists() and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "The same command goes on" in told
    assert "Traceback" not in told


def test_a_run_killed_midway_goes_on(tmp_path: Path) -> None:
    texts = sample(2400).texts
    (tmp_path / "docs.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts))
    model = small_bert(tmp_path / "bert", texts[:40])
    command = ["fit", tmp_path / "docs.jsonl", "--embedder", model, "--out", tmp_path / "run"]
    process = subprocess.Popen(
        [sys.executable, "-m", "themata", *map(str, command)],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 120
    while not list((tmp_path / "run").rglob("work/embed/*/*.npy")) and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    chunk = next((tmp_path / "run").rglob("work/embed/*/*.npy"))
    before = chunk.stat().st_mtime_ns
    done = themata(*command)
    assert done.returncode == 0, done.stderr
    assert chunk.stat().st_mtime_ns == before  # finished work was not done again
