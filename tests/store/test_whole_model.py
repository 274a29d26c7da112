"""A saved model answers everything as before: every table, question and picture of topics, and says what it lost."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from corpora import Sample, sample
from themata import StoreError, TopicModel


@pytest.fixture(scope="module")
def given() -> Sample:
    return sample(240)


@pytest.fixture(scope="module")
def fitted(given: Sample) -> TopicModel:
    """A model with everything a person may have given it."""
    dates = np.datetime64("2020-01-01") + np.arange(240)
    columns = {"title": [f"Report {i}" for i in range(240)], "class": [f"c{label}" for label in given.labels]}
    model = TopicModel(embedder="lexical", aspects={"KeyBERT": "keybert"}, random_state=1, top_n_words=7)
    model.fit(given.texts, times=dates, columns=columns, lay_out=True)
    model.reassign([-1 if i < 5 else topic for i, topic in enumerate(model.topics_)])
    model.relabel({1: "Mine"}).split(0, into=2).merge([2, 3])
    return model


ASKED: dict[str, Any] = {
    "topic_info": lambda model, given: model.get_topic_info(),
    "document_info": lambda model, given: model.get_document_info(),
    "topics": lambda model, given: model.get_topics(full=True),
    "freq": lambda model, given: model.get_topic_freq(),
    "representative_docs": lambda model, given: model.get_representative_docs(),
    "labels": lambda model, given: model.result_.labels,
    "layers": lambda model, given: [layer.tolist() for layer in model.result_.layers],
    "probabilities": lambda model, given: model.probabilities_.tolist(),
    "transform": lambda model, given: [list(part) for part in model.transform(given.texts[::-1])],
    "find_topics": lambda model, given: model.find_topics("rocket orbit"),
    "search": lambda model, given: model.search("garlic soup"),
    "over_time": lambda model, given: model.over_time(bins="month").to_frame(),
    "by_class": lambda model, given: model.by_class().to_frame(),
    "hierarchy": lambda model, given: model.hierarchy().to_frame(),
    "distribution": lambda model, given: model.distribution().weights.tolist(),
    "outliers": lambda model, given: model.reduce_outliers().assignment.tolist(),
    "coords": lambda model, given: model.lay_out().tolist(),
    "evaluate": lambda model, given: model.evaluate(seeds=1).to_frame(),
    "barchart": lambda model, given: model.visualize_barchart().to_json(),
    "documents": lambda model, given: model.visualize_documents().to_json(),
    "parameters": lambda model, given: repr(model),
}


@pytest.fixture(scope="module")
def again(fitted: TopicModel, tmp_path_factory: pytest.TempPathFactory) -> TopicModel:
    folder = tmp_path_factory.mktemp("whole") / "model"
    fitted.save(folder)
    return TopicModel.load(folder)


@pytest.mark.parametrize("question", ASKED)
def test_a_loaded_model_answers_the_same(
    question: str, fitted: TopicModel, again: TopicModel, given: Sample
) -> None:
    before, after = ASKED[question](fitted, given), ASKED[question](again, given)
    assert before.equals(after) if hasattr(before, "equals") else before == after


def test_edits_are_saved_and_their_history_is_not(fitted: TopicModel, again: TopicModel) -> None:
    assert len(fitted.history) == 4 and again.history == []
    one, other = fitted.result_, again.merge([0, 1]).result_
    assert other.n_topics == one.n_topics - 1
    assert again.undo().get_topic_info().equals(fitted.get_topic_info())


def shout(text: str) -> list[str]:
    return [word.strip(".").upper() for word in text.split()]


def test_a_function_of_ones_own_is_missed_aloud_and_handed_over_again(
    given: Sample, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = CountVectorizer(tokenizer=shout, token_pattern=None)
    model = TopicModel(embedder="lexical", vectorizer=own, labeler=None).fit(given.texts)
    with caplog.at_level(logging.WARNING):
        model.save(tmp_path / "model")
    assert "vectorizer's tokenizer (shout)" in caplog.text
    caplog.clear()
    TopicModel.load(tmp_path / "model")
    assert "saved without vectorizer's tokenizer (shout)" in caplog.text
    again = TopicModel.load(
        tmp_path / "model", vectorizer=CountVectorizer(tokenizer=shout, token_pattern=None)
    )
    assert (
        again._fitted.space.words(given.texts).toarray().tolist()
        == model._fitted.space.words(given.texts).toarray().tolist()
    )
    assert again.find_topics("rocket") == model.find_topics("rocket")


def test_what_can_be_saved_is_not_warned_about(
    fitted: TopicModel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        fitted.save(tmp_path / "model")
    assert caplog.text == ""


def test_keys_are_in_no_file(given: Sample, tmp_path: Path) -> None:
    from themata import OpenAIEmbedder

    secret = "sk-0123456789abcdef"
    model = TopicModel(embedder=OpenAIEmbedder("any", api_key=secret), labeler=None)
    model.fit(given.texts, given.embeddings).save(tmp_path / "model")
    assert not any(secret.encode() in path.read_bytes() for path in (tmp_path / "model").iterdir())


def test_only_our_own_files_are_opened(fitted: TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    manifest = json.loads((tmp_path / "model" / "model.json").read_text())
    manifest["files"]["../../secret"] = {"size": 0, "blake2b": ""}
    (tmp_path / "model" / "model.json").write_text(json.dumps(manifest))
    assert TopicModel.load(tmp_path / "model").topics_ == fitted.topics_  # the odd entry was not looked at
    del manifest["files"]["topics.json"]
    (tmp_path / "model" / "model.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=r"topics\.json"):
        TopicModel.load(tmp_path / "model")


def test_a_model_saved_again_and_again_does_not_grow(fitted: TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "one")
    TopicModel.load(tmp_path / "one").save(tmp_path / "two")
    one, two = ((tmp_path / name / "model.json").stat().st_size for name in ("one", "two"))
    assert two <= one + 200


class Loud:
    """A vectorizer of one's own, which no file may name."""

    def __init__(self) -> None:
        self.inner = CountVectorizer()

    def fit_transform(self, texts: list[str]) -> Any:
        return self.inner.fit_transform(texts)

    def transform(self, texts: list[str]) -> Any:
        return self.inner.transform(texts)

    def get_feature_names_out(self) -> Any:
        return self.inner.get_feature_names_out()


def test_a_vectorizer_of_ones_own_has_ours_in_its_place_and_is_named(
    given: Sample, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = TopicModel(embedder="lexical", vectorizer=Loud(), labeler=None).fit(given.texts)
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert "saved without vectorizer (Loud)" in caplog.text
    assert again.find_topics("rocket orbit")[0] == model.find_topics("rocket orbit")[0]
    mine = CountVectorizer()
    TopicModel.load(tmp_path / "model", vectorizer=mine)
    assert mine.vocabulary is None  # what is handed over is not written to


def test_a_seeded_model_answers_the_same_after_loading(given: Sample, tmp_path: Path) -> None:
    from themata import ZeroShot

    seeder = ZeroShot(["space", "cooking"], 0.3, embeddings=given.embeddings[:2])
    model = TopicModel(embedder=None, labeler=None, seeder=seeder).fit(given.texts, given.embeddings)
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert again.result_.labels == model.result_.labels
    assert {"space", "cooking"} <= set(again.result_.names)
    new = sample(80, seed=5)
    for one, other in zip(
        again.transform(new.texts, new.embeddings), model.transform(new.texts, new.embeddings), strict=True
    ):
        assert list(one) == list(other)
