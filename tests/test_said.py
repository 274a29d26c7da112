"""What is less than was asked for, or other than it looks, is said; tables have a row for every document asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA

from corpora import Sample, sample
from themata import TopicModel
from themata.core.errors import InputError, UnknownTopicError
from themata.familiar import BERTopic
from themata.seed.zero_shot import ZeroShot


def classic(**options: Any) -> BERTopic:
    given = {
        "umap_model": PCA(5),
        "hdbscan_model": KMeans(4, n_init=2, random_state=0),
        "embedding_model": "lexical",
    }
    return BERTopic(**{**given, **options})


@pytest.fixture(params=["native", "familiar"])
def model(request: pytest.FixtureRequest, corpus: Sample) -> Any:
    """Four topics; its embedder reads new texts."""
    if request.param == "native":
        return TopicModel(embedder="lexical", labeler=None, n_topics=4).fit(corpus.texts)
    return classic().fit(corpus.texts)


# Less than was asked for


def test_more_topics_than_there_are_is_said_with_what_to_change(
    corpus: Sample, model: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert model.reduce(4).result_.n_topics == 4 and not caplog.text
    assert model.reduce(9).result_.n_topics == 4
    assert "9 topics were asked for and there are 4" in caplog.text and "min_topic_size" in caplog.text
    caplog.clear()
    assert len(classic(nr_topics=4).fit(corpus.texts).get_topics()) == 4 and not caplog.text
    assert len(classic(nr_topics=9).fit(corpus.texts).get_topics()) == 4
    assert "9 topics were asked for (nr_topics=9) and 4 were found" in caplog.text


def test_no_topic_at_all_is_said_with_what_to_change(caplog: pytest.LogCaptureFixture) -> None:
    texts = sample(20).texts
    model = classic(hdbscan_model=DBSCAN(eps=1e-9, min_samples=10)).fit(texts)
    assert set(model.topics_) == {-1}
    assert "no topic was found, all 20 documents are outliers (-1): ask for smaller topics" in caplog.text
    caplog.clear()
    hdbscan = pytest.importorskip("hdbscan")
    points = np.random.default_rng(0).standard_normal((20, 8)).astype(np.float32)
    model = BERTopic(umap_model=PCA(5), hdbscan_model=hdbscan.HDBSCAN(min_cluster_size=10)).fit(texts, points)
    assert set(model.topics_) == {-1} and "min_topic_size is 10" in caplog.text


def test_names_that_no_document_is_near_are_said(corpus: Sample, caplog: pytest.LogCaptureFixture) -> None:
    points = np.vstack([corpus.embeddings[:4], -corpus.embeddings[:1]])
    names = ["space", "cooking", "football", "money", "nothing of it"]
    model = TopicModel(embedder=None, labeler=None, seeder=ZeroShot(names, 0.5, points))
    model.fit(corpus.texts, corpus.embeddings)
    assert "no document is near 1 of 5 names: nothing of it; a lower min_similarity" in caplog.text
    assert set(names[:4]) == set(model.result_.names)


# Lists that overlap


def test_lists_that_share_a_topic_are_merged_and_it_is_said(
    model: Any, caplog: pytest.LogCaptureFixture
) -> None:
    model.merge([[0, 1], [2, 3]])
    assert not caplog.text and model.undo().result_.n_topics == 4
    model.merge([[0, 1], [1, 2]])
    assert "topics [1] are in more than one list" in caplog.text and model.result_.n_topics == 2
    for mixed in ([[0, 1], 1], [0, [1]]):
        with pytest.raises(InputError, match="one list of numbers, or lists of them"):
            model.merge(mixed)


# Topics that are not there, and names that show nothing


def test_a_number_that_is_no_topics_is_refused_everywhere(model: Any) -> None:
    for call in (
        model.get_topic_freq,
        model.get_representative_docs,
        lambda topic: model.visualize_documents(topics=[topic]),
        lambda topic: model.visualize_barchart(topics=topic),
        lambda topic: model.visualize_hierarchical_documents(
            None, model.hierarchy().to_frame(), topics=[topic]
        ),
    ):
        with pytest.raises(UnknownTopicError, match="no topic 99: this model's topics are 0 to 3"):
            call(99)
    assert model.get_topic(99) is False  # as BERTopic has it
    assert len(model.get_topic_info(-1)) == 0
    assert len(model.visualize_heatmap(topics=2).data) == 1


@pytest.mark.parametrize("name", ["", "  ", "\n\t", "\u200b\u200f"])
def test_a_name_that_shows_nothing_is_refused_and_changes_nothing(name: str, model: Any) -> None:
    model.set_topic_labels({0: "Mine"})
    before = model.get_topic_info()
    for edit in (
        lambda: model.set_topic_labels({1: name}),
        lambda: model.set_topic_labels(["a", name, "c", "d"]),
        lambda: model.set_topic_labels({-1: name}),
        lambda: model.relabel({1: name}),
    ):
        with pytest.raises(InputError, match="a topic's name must show something"):
            edit()
    pd.testing.assert_frame_equal(model.get_topic_info(), before)
    model.relabel({0: None})
    assert "Mine" not in model.result_.names


# Words that are looked for together


def test_topics_are_found_for_a_list_of_words_together(model: Any, corpus: Sample) -> None:
    together = model.find_topics(["rocket", "moon", "orbit"])
    assert together == model.find_topics("rocket moon orbit") and together[0][0] == model.topics_[0]
    assert model.find_topics(("rocket",))[0][0] == model.topics_[0]
    assert model.search(["rocket", "moon"], n=3).equals(model.search("rocket moon", n=3))
    for nothing in ([], "", "  ", [""]):
        with pytest.raises(InputError, match="nothing to look for"):
            model.find_topics(nothing)
    with pytest.raises(InputError, match="nothing to look for"):
        model.search([])
    with pytest.raises(InputError, match=r"search terms must be strings: 1 of 2 are not \(1 None\)"):
        model.find_topics(["rocket", None])


# Tables of documents


def test_new_documents_have_a_table_of_their_own_topics(model: Any, corpus: Sample, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    again = type(model).load(tmp_path / "model")
    new = [
        "A rocket in orbit around the moon, a satellite.",
        "Bread, butter and garlic soup.",
        corpus.texts[3],
    ]
    frame = pd.DataFrame({"year": [2019, 2020, 2021]})
    table = again.get_document_info(new, df=frame, metadata={"n": [1, 2, 3]})
    assert table["Document"].tolist() == new and table.columns[0] == "year" and table.columns[-1] == "n"
    assert table["Topic"].tolist() == [model.topics_[0], model.topics_[1], model.topics_[3]]
    assert table["Name"].tolist() == [again.get_topic_info(topic).Name[0] for topic in table["Topic"]]
    assert table["Probability"][2] == pytest.approx(model.result_.strength[3])
    assert not table["Representative_document"][:2].any()


def test_documents_of_the_fit_keep_their_topics_in_any_order(model: Any, corpus: Sample) -> None:
    whole = model.get_document_info(corpus.texts)
    turned = model.get_document_info(corpus.texts[::-1])
    assert turned["Topic"].tolist() == model.topics_[::-1]
    pd.testing.assert_frame_equal(turned[::-1].reset_index(drop=True), whole)
    assert len(model.get_document_info(corpus.texts[:5])) == 5


def test_as_many_other_texts_are_taken_for_those_of_the_fit_and_it_is_said(
    model: Any, corpus: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    raw = [text.upper() for text in corpus.texts]
    table = model.get_document_info(raw)
    assert table["Topic"].tolist() == model.topics_ and table["Document"].tolist() == raw
    assert "240 of 240 documents are not among those of the fit" in caplog.text


def test_what_is_no_frame_and_no_columns_is_told(model: Any) -> None:
    with pytest.raises(InputError, match="df must be a pandas DataFrame, got dict"):
        model.get_document_info(df={"year": [1] * 240})
    with pytest.raises(InputError, match="metadata must be columns by name"):
        model.get_document_info(metadata=[1] * 240)
