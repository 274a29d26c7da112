"""A language model that fails at the command line: told once, in its own words, and nothing that was there is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from batch_server import BatchServer, serving_batches
from chat_server import Reply, refusal, serving
from corpora import sample
from themata import ChatError, InputError, TopicModel
from themata.cli.app import app

REFUSAL = refusal(400, "the filter says no")


def said(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def named(number: int, body: dict[str, Any]) -> Reply:
    """A name of the first keywords."""
    asked = str(body["messages"][-1]["content"])
    words = asked.partition("Keywords of the ")[2].split("\n")[0].partition(": ")[2].split(", ")
    return Reply(json.dumps({"label": f"{words[0]} and {words[1]} of {words[2]}", "summary": "So it is."}))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = sample(120).write(tmp_path_factory.mktemp("failures"))
    fit = ["fit", folder / "docs.txt", "--embeddings", folder / "points.npy", "--out", folder / "run"]
    assert said(*fit).exit_code == 0
    return folder / "run"


@pytest.fixture
def run(fitted: Path, tmp_path: Path) -> Path:
    return shutil.copytree(fitted, tmp_path / "run")


def sources(run: Path) -> list[str]:
    return [label.source if label else "" for label in TopicModel.load(run / "model").result_.labels]


@pytest.mark.parametrize(
    "asked", [[], ["--aspect", "Summary=summary"], ["--no-names", "--aspect", "Summary=summary"]]
)
def test_a_model_that_says_nothing_at_all_is_an_error_in_its_own_words(run: Path, asked: list[str]) -> None:
    before = {path.name: path.read_bytes() for path in (run / "model").iterdir() if path.is_file()}
    with serving(lambda number, body: refusal(401, "your key is no key")) as server:
        done = said("label", run, "--llm", "openai:tiny", "--base-url", server.url, *asked)
    assert isinstance(done.exception, ChatError)  # which ends the command with 1
    told = str(done.exception)
    assert told.startswith("no answer came: ") and "your key is no key (status 401)" in told
    assert "the same command asks again" in told and told.count("no key") == 1
    assert "no key" not in done.stderr
    assert {path.name: path.read_bytes() for path in (run / "model").iterdir() if path.is_file()} == before


def test_some_answers_that_do_not_come_are_told_and_asked_for_again(run: Path) -> None:
    asked = ["label", run, "--llm", "openai:tiny", "--aspect", "Summary=summary", "--base-url"]
    with serving(lambda number, body: named(number, body) if number % 2 else REFUSAL) as server:
        done = said(*asked, server.url)
        assert done.exit_code == 0, done.output
        assert "the filter says no" in done.stderr and "not named by tiny: topic " in done.stderr
        assert "Summary: some answers did not come" in done.stderr
        assert "the same command asks again for what is lacking" in done.stderr
        assert {source.partition(" ")[0] for source in sources(run)} == {"tiny", "phrases"}
        server.behave, before = named, len(server.asked)
        done = said(*asked, server.url)
        assert done.exit_code == 0 and "not named" not in done.stderr
        assert 0 < len(server.asked) - before < before
        assert set(sources(run)) == {"tiny"}


def test_a_second_model_that_fails_leaves_the_names_of_the_first(run: Path) -> None:
    with serving(named) as server:
        assert said("label", run, "--llm", "openai:first", "--base-url", server.url).exit_code == 0
        before = TopicModel.load(run / "model").result_
        server.behave = lambda number, body: (
            Reply('{"label": "Kept by nobody else"}') if not number else REFUSAL
        )
        server.asked.clear()
        done = said("label", run, "--llm", "openai:second", "--base-url", server.url)
    assert done.exit_code == 0 and "not named by second" in done.stderr
    after = TopicModel.load(run / "model").result_
    kept = [label for label in after.labels if label and label.source == "first"]
    assert len(kept) >= 3 and all(label in before.labels for label in kept)
    assert not any("failed" in source for source in sources(run))


def test_a_saved_model_is_asked_once_too(run: Path) -> None:
    saved = run / "model"  # a saved model as well as a part of the run
    with serving(named) as server:
        for _ in range(2):
            assert said("label", saved, "--llm", "openai:tiny", "--base-url", server.url).exit_code == 0
            n_asked = len(server.asked)
        assert len(server.asked) == n_asked == len({str(body) for body in server.asked})
    assert (run / "model.answers.sqlite").exists()


def test_names_of_a_model_on_the_hub_are_not_written_to_a_folder_of_its_name() -> None:
    done = said("label", "hf:me/topics", "--llm", "echo")
    assert isinstance(done.exception, InputError) and "save(FOLDER) first" in str(done.exception)


def test_a_fit_is_whole_though_nobody_answers(fitted: Path, tmp_path: Path) -> None:
    texts, points = fitted.parent / "docs.txt", fitted.parent / "points.npy"
    with serving(lambda number, body: refusal(402, "no credit is left")) as server:
        done = said(
            "fit", texts, "--embeddings", points, "--out", tmp_path / "run",
            "--llm", "openai:tiny", "--base-url", server.url,
        )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "no credit is left (status 402)" in done.stderr
    assert "the same command asks again for what is lacking" in done.stderr
    assert (tmp_path / "run" / "report.html").exists()
    assert all("phrases (tiny failed: " in source for source in sources(tmp_path / "run"))


def test_names_by_a_job_whose_command_was_killed_come_by_the_same_command(run: Path) -> None:
    def names(body: dict[str, Any]) -> str | None:
        return named(0, body).text or json.dumps(named(0, body).body)

    with serving_batches(BatchServer(names, "in_progress")) as server:
        command = ["label", str(run), "--llm", "openai:tiny", "--base-url", server.url, "--batch"]
        process = subprocess.Popen([sys.executable, "-m", "themata", *command], stderr=subprocess.DEVNULL)
        assert server.looked.wait(60)
        process.kill()
        process.wait(30)
        server.status = "completed"
        assert said(*command).exit_code == 0
        n_paid = len(server.paid)
        assert said(*command).exit_code == 0
    assert n_paid == len(server.paid) == len(set(server.paid))
    assert set(sources(run)) == {"tiny"}
    wrong = said("label", run, "--llm", "echo", "--batch")
    assert isinstance(wrong.exception, InputError) and "--batch goes with openai:MODEL" in str(
        wrong.exception
    )
