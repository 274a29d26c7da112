"""Corpora nobody plans for end in a good result or a clear error, on every road and from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpora import SUBJECTS
from themata import AlignmentError, InputError, ReduceThenCluster, TopicModel
from themata.cli.main import main
from themata.core.registry import make

CORPORA: dict[str, list[str]] = {
    "1": ["one document"],
    "2": ["one document", "another one"],
    "5": [f"document number {i} about cats" for i in range(5)],
    "15": [f"document number {i} about {'cats' if i % 2 else 'dogs'}" for i in range(15)],
    "identical": ["the same document"] * 50,
    "empty": ["", "", " ", "\n\t"],
    "one word": ["a"] * 3 + ["b"] * 3 + ["cat"] * 3,
    "emoji": ["😀", "🎉 🎉", "😀 🎉", "👩‍👩‍👧", "🇩🇪"],
    "1 MB": ["word " * 200_000, "short one", "another short one", "x" * 1_000_000],
    "hostile": ["\ud800 lone", "nul \x00 byte", "<script>alert(1)</script>", "%s {0} \\n", "=1+1"],
}


def points_of(texts: Sequence[str], dim: int = 8) -> np.ndarray:
    """Equal points for equal texts."""
    rows = np.unique(texts, return_inverse=True)[1]
    return np.random.default_rng(0).standard_normal((len(texts), dim)).astype(np.float32)[rows]


def questioned(model: TopicModel, texts: list[str], points: np.ndarray | None) -> None:
    """Every question and a round of edits: none of them may fail, and every edit can be taken back."""
    n = model.result_.n_topics
    assert len(model.topics_) == len(texts)
    assert len(model.get_document_info()) == len(texts)
    assert len(set(model.result_.names)) == n
    assert np.isfinite(model.lay_out()).all()
    placed = model._fitted.space.known.any(axis=1)  # a text of unknown words alone is like no other
    assert (np.array(model.transform(texts, points)[0]) == model.topics_)[placed].all()
    assert model.search("cats").shape[1] == 5
    model.find_topics("cats")
    assert model.over_time([2020] * len(texts), bins="year").sizes.sum() == len(texts)
    assert model.by_class(["x"] * len(texts)).sizes.sum() == len(texts)
    assert len(model.hierarchy().to_frame()) == max(0, n - 1)
    assert model.distribution().weights.shape == (len(texts), n)
    for strategy in ("neighbors", "c-tf-idf", "distributions"):
        assert len(model.reduce_outliers(strategy).assignment) == len(texts)
    before = model.topics_
    model.reduce("auto").reduce(1)
    if model.result_.n_topics:
        model.relabel({0: "All of it"}).delete(0)
        assert set(model.topics_) == {-1}
    while model.history:
        model.undo()
    assert model.topics_ == before


@pytest.mark.parametrize("texts", CORPORA.values(), ids=CORPORA)
@pytest.mark.parametrize("road", ["points", "words", "lexical"])
def test_the_usual_road_answers_everything(texts: list[str], road: str, tmp_path: Path) -> None:
    points = points_of(texts) if road == "points" else None
    model = TopicModel(embedder="lexical" if road == "lexical" else None).fit(texts, points)
    questioned(model, texts, points)
    model.save(tmp_path / "model")
    assert TopicModel.load(tmp_path / "model").topics_ == model.topics_
    model.report(tmp_path / "report.html")


@pytest.mark.parametrize("texts", CORPORA.values(), ids=CORPORA)
@pytest.mark.parametrize("clusterer", ["kmeans", "hdbscan"])
def test_the_classic_road_answers_everything_or_says_why_not(texts: list[str], clusterer: str) -> None:
    options: dict[str, Any] = {"n_clusters": 2} if clusterer == "kmeans" else {"min_cluster_size": 3}
    if clusterer == "hdbscan":
        pytest.importorskip("hdbscan")
    road = ReduceThenCluster(make("reducer", "pca", n_components=3), make("clusterer", clusterer, **options))
    model = TopicModel(embedder=None, grouper=road).fit(texts, points_of(texts))
    questioned(model, texts, points_of(texts))


def ran(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["themata", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def written(folder: Path, texts: Sequence[Any]) -> Path:
    path = folder / "docs.jsonl"
    path.write_text("\n".join(json.dumps({"text": text}) for text in texts))
    return path


@pytest.mark.parametrize("name", CORPORA)
def test_the_command_line_ends_in_a_run_or_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, CORPORA[name])
    code = ran(monkeypatch, "fit", path, "--embedder", "lexical", "--out", tmp_path / "run")
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err
    if name == "empty":  # rows without a word are no documents
        assert code == 1
        assert "4 rows" in told.err or "no documents" in told.err
        return
    assert code == 0, told.err
    assert ran(monkeypatch, "show", tmp_path / "run", "--json") == 0
    shown = json.loads(capfd.readouterr().out)
    broken = name == "hostile"  # half a character: the row is set aside and told
    assert shown["n_docs"] + broken == len(CORPORA[name])
    assert ("1 rows set aside" in told.err) == broken
    assert sum(topic["size"] for topic in shown["topics"]) + shown["n_outliers"] == shown["n_docs"]
    assert ran(monkeypatch, "search", tmp_path / "run", "cats") == 0
    assert ran(monkeypatch, "assign", tmp_path / "run", path) == 0
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (np.full((15, 4), np.nan), "NaN"),
        (np.zeros((3, 4)), "15"),
        (np.zeros(15), "table of numbers"),
        (np.zeros((15, 0)), "dimension"),
        (np.array([["a", "b"]] * 15), "numbers"),
    ],
    ids=["NaN", "too few", "flat", "no columns", "letters"],
)
def test_embeddings_that_do_not_fit_are_one_sentence(
    points: np.ndarray,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises((InputError, AlignmentError), match=told):
        TopicModel().fit(CORPORA["15"], points)
    np.save(tmp_path / "points.npy", points)
    path = written(tmp_path, CORPORA["15"])
    code = ran(monkeypatch, "fit", path, "--embeddings", tmp_path / "points.npy", "--out", tmp_path / "run")
    said = capfd.readouterr().err
    assert code == 1
    assert "Traceback" not in said and told in said


def test_nothing_at_all_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for road in (None, ReduceThenCluster(make("reducer", "pca"), make("clusterer", "kmeans"))):
        with pytest.raises(InputError, match="the corpus is empty"):
            TopicModel(grouper=road).fit([])
    (tmp_path / "docs.jsonl").write_text("")
    assert ran(monkeypatch, "fit", tmp_path / "docs.jsonl", "--out", tmp_path / "run") == 1
    said = capfd.readouterr().err
    assert "Traceback" not in said and len(said.strip().splitlines()) <= 3


def test_tens_of_thousands_of_duplicates_are_a_few_topics_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    texts = [f"message {i % 40} about {list(SUBJECTS)[i % 4]}" for i in range(30_000)]
    path = written(tmp_path, texts)
    assert ran(monkeypatch, "fit", path, "--embedder", "lexical", "--out", tmp_path / "run") == 0
    capfd.readouterr()
    assert ran(monkeypatch, "show", tmp_path / "run", "--json") == 0
    shown = json.loads(capfd.readouterr().out)
    assert shown["n_docs"] == 30_000 and 1 <= shown["n_topics"] <= 40
    assert (tmp_path / "run" / "report.html").stat().st_size < 10_000_000
