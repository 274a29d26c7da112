"""What `themata fit` is told of words: kinds to ignore, and stop words of one's own."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from themata import TopicModel, Words
from themata.cli.app import app
from themata.core.errors import InputError

THEMES = (
    "garlic onion simmer soup broth",
    "rocket orbit engine launch fuel",
    "goal referee striker penalty match",
)


def _documents(n: int = 90) -> list[str]:
    rng = random.Random(0)
    return [
        f"{'The Acme customer' if i % 3 else 'An'} <b>says</b> {' '.join(rng.choices(THEMES[i % 3].split(), k=7))} cafe5bad00beef11"
        for i in range(n)
    ]


def _fit(folder: Path, *options: str) -> TopicModel:
    (folder / "docs.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in _documents()))
    command = [
        "fit",
        str(folder / "docs.jsonl"),
        "--embedder",
        "lexical",
        "--out",
        str(folder / "run"),
        *options,
    ]
    done = CliRunner().invoke(app, command)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return TopicModel.load(folder / "run" / "model")


@pytest.mark.parametrize("given", ["Acme, customer", "own.txt"])
def test_stop_words_of_ones_own_are_neither_keywords_nor_in_names(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.txt").write_text("# the firm\nAcme\ncustomer\n", encoding="utf-8")
    model = _fit(tmp_path, "--stop-words", given)
    told = {word for words in model.result_.keywords for word, _ in words}
    told |= {word for name in model.result_.names for word in name.lower().split()}
    assert not told & {"acme", "customer", "the"}
    assert model.get_params()["more_stop_words"] == [
        "Acme",
        "customer",
    ]  # and so for documents that come later


def test_what_is_ignored_can_be_said(tmp_path: Path) -> None:
    for asked, there in (("none", True), ("markup,codes", False)):
        (tmp_path / asked).mkdir()
        counted = _fit(tmp_path / asked, "--ignore", asked).result_.vocabulary
        assert ("cafe5bad00beef11" in counted) is there


@pytest.mark.parametrize(
    ("option", "given"), [("--ignore", "emails"), ("--ignore", ""), ("--stop-words", "gone.txt")]
)
def test_what_is_not_known_is_said_before_anything_is_done(option: str, given: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ignore|--stop-words"):
        _fit(tmp_path, option, given)
    assert not (tmp_path / "run").exists()


def test_phrases_of_ones_own_are_left_out_beside_the_words_of_the_language() -> None:
    words = Words("en", more_stop_words=["new york times"], keep_stop_words=False)
    words.fit(["The New York Times wrote of the times in New York"] * 3)
    assert [*words.get_feature_names_out()] == ["new", "times", "wrote", "york"]
