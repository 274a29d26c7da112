"""Folders that earlier versions wrote, each written by the version it is named after, still load.

0.1 : commit 4dcb370, a model with a part of each kind, saved under the paths that its files had
0.1-familiar : commit 4dcb370, themata.familiar's BERTopic with PCA, KMeans and two chains of representations
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from corpora import sample
from themata import (
    MMR,
    PCA,
    Ask,
    Example,
    Failure,
    KeyBERT,
    KMeans,
    Label,
    Multilevel,
    Origin,
    ReduceThenCluster,
    SeedWords,
    TopicModel,
    Weighting,
)
from themata.core.weighting import BY_CONTRAST
from themata.familiar import BERTopic
from themata.familiar.representation import KeyBERTInspired, MaximalMarginalRelevance
from themata.store.migrations import label_of_4

FOLDERS = Path(__file__).parent / "folders"
TEXTS = ["garlic bread from the oven", "the judge and the verdict", "a rocket to the moon"]


def test_every_part_of_an_older_folder_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        model = TopicModel.load(FOLDERS / "0.1")
    assert caplog.text == ""
    assert isinstance(model.grouper, ReduceThenCluster) and isinstance(model.layout, Multilevel)
    assert isinstance(model.grouper.reducer, PCA) and isinstance(model.grouper.clusterer, KMeans)
    assert isinstance(model.seeder, SeedWords) and model.weighting.bm25
    assert [type(one) for one in model.aspects["MMR"]] == [KeyBERT, MMR]
    assert isinstance(model.aspects["Tone"], Ask) and isinstance(model.labeler.examples[0], Example)
    numbers, _ = model.transform(TEXTS)
    assert [model.result_.names[number] for number in numbers] == [
        "Garlic, Soup and Bread",
        "Court, Appeal and Judge",
        "Rocket, Launch and Moon",
    ]


def test_an_older_familiar_folder_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        model = BERTopic.load(FOLDERS / "0.1-familiar")
    assert caplog.text == ""
    assert isinstance(model.umap_model, PCA) and model.ctfidf_model.reduce_frequent_words
    assert [type(one) for one in model.representation_model["Other"]] == [
        KeyBERTInspired,
        MaximalMarginalRelevance,
    ]
    assert len(set(model.transform(TEXTS)[0])) == 3


@pytest.mark.parametrize("name", ["0.1", "0.1-familiar"])
def test_an_older_folder_saved_again_names_no_file(name: str, tmp_path: Path) -> None:
    TopicModel.load(FOLDERS / name).save(tmp_path / "again")
    told = json.loads((tmp_path / "again" / "model.json").read_text())
    before = json.loads((FOLDERS / name / "model.json").read_text())
    assert "themata.parts." in json.dumps(before) and "themata.parts." not in json.dumps(told)
    assert TopicModel.load(tmp_path / "again").topics_ == TopicModel.load(FOLDERS / name).topics_


def test_an_older_model_that_was_told_no_weighting_keeps_ctfidf(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    model = TopicModel(embedder="lexical", weighting=Weighting()).fit(sample(80).texts)
    model.save(folder)
    told = json.loads((folder / "model.json").read_text())
    told["format"], told["parameters"]["weighting"] = (
        2,
        None,
    )  # as format 2 wrote a weighting that was left out
    (folder / "model.json").write_text(json.dumps(told))
    loaded = TopicModel.load(folder)
    assert loaded.weighting == Weighting()
    assert loaded.merge([0, 1]).result_.keywords == model.merge([0, 1]).result_.keywords


def test_a_model_saved_now_is_weighed_by_contrast_again(tmp_path: Path) -> None:
    TopicModel(embedder="lexical").fit(sample(80).texts).save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    assert loaded.weighting is None and loaded._fitted.description.weighting == BY_CONTRAST


@pytest.mark.parametrize("source", ["person", "echo", "phrases", "children", "zero-shot"])
@pytest.mark.parametrize("failed", ["", " (org/llama failed: no (real) connection: m failed: why)"])
def test_the_origin_of_an_older_label_is_made_values_and_told_in_the_same_words(
    source: str, failed: str
) -> None:
    text = source + failed
    label = Label.from_dict(label_of_4({"name": "Cats · Dogs …", "summary": "Pets.", "source": text}))
    assert (label.source, label.origin.author, label.name) == (text, source, "Cats · Dogs …")
    assert label.parts == (("Cats", "Dogs") if source == "children" else ())
    reason = "no (real) connection: m failed: why"
    assert label.origin.failure == (Failure("org/llama", reason) if failed else None)


def test_the_labels_of_an_older_folder_come_back(tmp_path: Path) -> None:
    model = TopicModel.load(FOLDERS / "0.1")
    assert {label.origin for label in model.result_.labels if label} == {Origin.by_model("echo")}
    model.save(tmp_path / "again")
    assert TopicModel.load(tmp_path / "again").result_.labels == model.result_.labels
