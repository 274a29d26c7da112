"""Every command that README and docs name is one that themata takes, and what needs neither network nor model runs."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer

from chat_server import Reply, serving
from command_line import themata
from corpora import sample
from themata.cli.app import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OLLAMA = "http://localhost:11434/v1"
# What another machine, or gigabytes of a model, would have to be there for
ELSEWHERE = ("hf:", "s3://", "themata push", "meta-llama/", "--engine ray", "--quantize", "fast:")
GIVEN = ("--embedder", "--embeddings", "--engine")


def commands(page: Path) -> list[str]:
    """The commands of a page, in their order: lines of code blocks, without what is said of them."""
    lines = re.findall(r"^(?: {4}|\t|)(?:\$ )?(themata [^\n]*)", _code(page), re.MULTILINE)
    return [shlex.join(shlex.split(line, comments=True)) for line in lines]


def _code(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    fenced = re.findall(r"^ *```(?:bash|console)\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^ {4}(?:\$ )?themata [^\n]*", text, re.MULTILINE)
    return "\n".join([*(re.sub(r"^ +", "", block, flags=re.MULTILINE) for block in fenced), *indented])


WITH_COMMANDS = [page for page in PAGES if commands(page)]


def _id(page: Path) -> str:
    return page.name


def test_pages_name_commands() -> None:
    assert {"README.md", "your-files.md", "large.md", "evaluation.md"} <= {
        page.name for page in WITH_COMMANDS
    }


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=_id)
def test_every_command_is_one_that_themata_takes(page: Path) -> None:
    group = typer.main.get_group(app)
    for line in commands(page):
        name, *rest = shlex.split(line)[1:]
        command = group.get_command(group.make_context("themata", [], resilient_parsing=True), name)
        assert command is not None, line
        command.make_context(name, rest)  # raises UsageError for what it does not know


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every file that the pages name."""
    folder = tmp_path_factory.mktemp("files")
    made = sample(120)
    rows = pd.DataFrame(
        {
            "id": range(120),
            "text": made.texts,
            "date": pd.date_range("2024-01-01", periods=120),
            "PLZ": [f"0{row % 9}999" for row in range(120)],
            "city": [("Rome", "Oslo", "Lima")[row % 3] for row in range(120)],
            "rating": [row % 17 / 4 for row in range(120)],
        }
    )
    rows.to_csv(folder / "reviews.csv", index=False)
    rows.to_parquet(folder / "reviews.parquet", index=False)
    np.save(folder / "reviews.npy", made.embeddings)
    np.save(folder / "new.npy", made.embeddings[:20])
    for name in ("reviews.xlsx", "survey.xlsx"):
        rows.to_excel(folder / name, index=False, engine="xlsxwriter")
    new = rows.head(20).assign(text=[f"{text} Again." for text in made.texts[:20]])
    new.to_csv(folder / "new.csv", index=False)
    new.to_excel(folder / "new.xlsx", index=False, engine="xlsxwriter")
    new.to_json(folder / "new.jsonl", orient="records", lines=True)
    rows.assign(section=made.labels)[["id", "section"]].to_csv(folder / "labels.csv", index=False)
    (folder / "tone.md").write_text("In what tone do these documents speak? [KEYWORDS] [DOCUMENTS]", "utf-8")
    done = themata("fit", "reviews.csv", "--embedder", "lexical", "--out", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=_id)
def test_commands_run_one_after_the_other(
    page: Path, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    shutil.copytree(files, folder)
    lines = [line for line in commands(page) if not any(there in line for there in ELSEWHERE)]
    if lines and lines[0].startswith("themata fit"):
        shutil.rmtree(folder / "run")
    with serving(lambda *_: Reply("topic: Rockets and moons")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        for line in lines:
            given = shlex.split(line.replace(OLLAMA, server.url))[1:]
            if given[0] == "fit":
                shutil.rmtree(folder / "run", ignore_errors=True)
                given += [] if {*GIVEN} & {*given} else ["--embedder", "lexical"]
            done = themata(*given, cwd=folder)
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            for out in re.findall(r"(?:--to|--out) (\S+\.\w+)", line):
                assert (folder / out).stat().st_size > 0, line
    if (folder / "run" / "run.json").exists():
        assert json.loads((folder / "run" / "run.json").read_text("utf-8"))["n_docs"] > 0
