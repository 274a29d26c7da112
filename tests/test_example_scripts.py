"""The examples run, on small data, and each notebook has the cells of its script."""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that runs an example in a folder of its own, and returns its variables."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLES / "data", tmp_path / "data")

    def run_example(name: str) -> dict[str, Any]:
        small = (
            (EXAMPLES / f"{name}.py").read_text(encoding="utf-8").replace("docstrings(400", "docstrings(120")
        )
        (tmp_path / "example.py").write_text(small, encoding="utf-8")
        return runpy.run_path("example.py")

    return run_example


def test_survey_gives_every_row_its_topic(run: Any) -> None:
    names = run("survey")
    table = pd.read_csv("survey_with_topics.csv")
    said = table.dropna(subset=["Topic"])
    assert len(table) == 240 and len(said) == names["corpus"].documents.n_docs == 218
    late = said[said["What could we do better?"].str.contains("parcel|courier")]
    assert (late["Topic name"] == "Delivery").mean() > 0.9
    assert Path("survey.html").stat().st_size > 10_000


def test_tickets_find_the_topic_that_grows(run: Any) -> None:
    names = run("tickets")
    model, growth = names["model"], names["growth"]
    assert "sync" in [word for word, _ in model.get_topic(int(growth.argmax()))]
    sign_in, twice = names["topics"]
    assert {"password", "login", "code"} & {word for word, _ in model.get_topic(sign_in)}
    assert "invoice" in {word for word, _ in model.get_topic(twice)}
    assert Path("tickets_over_time.html").exists() and Path("tickets_model").is_dir()


def test_abstracts_are_read_closely(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    names = run("abstracts")
    assert names["model"].documents_.n_docs == 120
    assert names["model"].result_.names[names["topic"]] in capsys.readouterr().out


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_notebook_has_the_scripts_cells(script: Path) -> None:
    make = runpy.run_path(str(ROOT / "docs" / ".hooks" / "examples.py"))["notebook"]
    kept = json.loads(script.with_suffix(".ipynb").read_text(encoding="utf-8"))
    assert kept == make(script.read_text(encoding="utf-8")), "run make examples"
    assert f"<!-- example {script.stem} -->" in (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")
