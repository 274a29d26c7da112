"""Folders that BERTopic wrote: one made by hand, so that nobody needs BERTopic, and one of its own beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file
from scipy import sparse

from corpora import sample
from themata import AlignmentError, InputError, StoreError, TopicModel, Weighting
from themata.store.bertopic_folder import counts_behind

VOCABULARY = ["cat", "dog", "moon", "sun", "the"]
COUNTS = np.array([[0, 0, 0, 0, 3], [4, 2, 0, 0, 6], [0, 0, 3, 1, 2]])  # outliers, then two topics
POINTS = np.array([[0.6, 0.6, 0.5], [1, 0, 0], [0, 1, 0]], dtype=np.float32)


def write(folder: Path, *, ctfidf: bool = True, outliers: bool = True, **told: Any) -> Path:
    """A folder as BERTopic 0.17.4 writes it."""
    first = 0 if outliers else 1
    counts, points = COUNTS[first:], POINTS[first:]
    ids = [-1, 0, 1][first:]
    folder.mkdir()
    weights = Weighting().weigh(sparse.csr_matrix(COUNTS[1:]), counts.sum(axis=0), np.array(VOCABULARY))
    words = {
        "-1": [["the", 0.1], ["", 1e-05]],
        "0": [["cat", 0.5], ["dog", 0.25]],
        "1": [["moon", 0.5], ["sun", 0.2]],
    }
    topics = {
        "topic_representations": {str(topic): words[str(topic)] for topic in ids},
        "topics": [0, 1, -1, 0, 1, 0] if outliers else [0, 1, 1, 0, 1, 0],
        "topic_sizes": {"0": 3, "1": 2, "-1": 1},
        "topic_mapper": [[-1, -1], [0, 0], [1, 1]],
        "topic_labels": {"-1": "-1_the", "0": "0_cat_dog", "1": "1_moon_sun"},
        "custom_labels": None,
        "_outliers": int(outliers),
        "topic_aspects": {"Llama": {str(topic): [[f"name {topic}", 1], ["", 0]] for topic in ids}},
        **told,
    }
    (folder / "topics.json").write_text(json.dumps(topics))
    (folder / "config.json").write_text(
        json.dumps({"top_n_words": 2, "language": "english", "verbose": False})
    )
    save_file({"topic_embeddings": points}, folder / "topic_embeddings.safetensors")
    if ctfidf:
        idf = np.log(1 + int(counts.sum(axis=1).mean()) / counts.sum(axis=0))
        share = counts / counts.sum(axis=1, keepdims=True)
        rows = sparse.csr_matrix(share * idf)
        np.testing.assert_allclose(rows[-2:].toarray(), weights.toarray())
        shape = np.array(rows.shape)
        arrays = {
            "indptr": rows.indptr,
            "indices": rows.indices,
            "data": rows.data,
            "shape": shape,
            "diag": idf,
        }
        save_file(arrays, folder / "ctfidf.safetensors")
        params = {"ngram_range": [1, 1], "stop_words": None, "lowercase": True, "input": "content", "gone": 1}
        config = {
            "ctfidf_model": {"bm25_weighting": False, "reduce_frequent_words": False},
            "vectorizer_model": {"params": params, "vocab": {term: i for i, term in enumerate(VOCABULARY)}},
        }
        (folder / "ctfidf_config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize("ctfidf", [True, False])
@pytest.mark.parametrize("outliers", [True, False])
def test_tables_tell_what_the_folder_tells(tmp_path: Path, ctfidf: bool, outliers: bool) -> None:
    model = TopicModel.load(write(tmp_path / "theirs", ctfidf=ctfidf, outliers=outliers))
    info = model.get_topic_info()
    assert info["Topic"].tolist() == ([-1, 0, 1] if outliers else [0, 1])
    assert info["Count"].tolist() == ([1, 3, 2] if outliers else [3, 3])
    assert info["Name"].tolist()[-2:] == ["0_cat_dog", "1_moon_sun"]
    assert "CustomName" not in info
    assert info["Llama"].tolist()[-1] == ["name 1"]
    assert model.get_topic(0) == [("cat", 0.5), ("dog", 0.25)]
    assert model.get_representative_docs() == {row: [] for row in info["Topic"]}
    assert model.get_document_info(list("abcdef"))["Document"].tolist() == list("abcdef")
    assert model.top_n_words == 2


def test_counts_are_made_again_exactly(tmp_path: Path) -> None:
    topics = TopicModel.load(write(tmp_path / "theirs")).result_
    # the second topic's counts, 4 2 6, are known but for a factor that all of them share
    np.testing.assert_array_equal(topics.term_counts.toarray(), [[2, 1, 0, 0, 3], [0, 0, 3, 1, 2]])
    assert topics.vocabulary.tolist() == VOCABULARY
    shares = sparse.csr_matrix(np.array([[0.25, 0.5, 0.25], [0.4, 0.6, 0.0]]))
    reduced = shares.copy()
    reduced.data = np.sqrt(reduced.data)
    found = counts_behind(sparse.csr_matrix(reduced * 3.0), np.full(3, 3.0), reduced=True)
    np.testing.assert_array_equal(found.toarray(), [[1, 2, 1], [2, 3, 0]])
    decayed = counts_behind(sparse.csr_matrix([[0.31234, 0.68766]]), np.ones(2))
    np.testing.assert_allclose(decayed.toarray(), [[1, 0.68766 / 0.31234]])


def test_new_documents_get_the_nearest_centroid(tmp_path: Path) -> None:
    model = TopicModel.load(write(tmp_path / "theirs"))
    new = np.array([[0.9, 0.1, 0], [0.1, 2, 0], [1, 1, 0.9]], dtype=np.float32)
    topics, strength = model.transform(["a", "b", "c"], new)
    assert topics == [0, 1, -1]
    assert strength[:2] == pytest.approx([0.9939, 0.9988], abs=1e-3)
    with pytest.raises(InputError, match=r"load\(folder, embedder=\)"):
        model.transform(["a cat"])
    with pytest.raises(AlignmentError, match="3 dimensions"):
        model.transform(["a cat"], np.ones((1, 5)))


def test_with_its_embedder_texts_are_enough(tmp_path: Path) -> None:
    class Embedder:
        def encode(self, texts: list[str]) -> np.ndarray:
            return np.array([[1, 0, 0] if "cat" in text else [0, 1, 0] for text in texts], dtype=np.float32)

    model = TopicModel.load(write(tmp_path / "theirs", ctfidf=False), embedder=Embedder())
    assert model.transform(["my cat", "the moon"])[0] == [0, 1]
    assert model.find_topics("moon", top_n=1) == ([1], [1.0])


def test_words_find_topics_without_an_embedder(tmp_path: Path) -> None:
    assert TopicModel.load(write(tmp_path / "theirs")).find_topics("moon")[0] == [1]
    with pytest.raises(InputError, match="embedder"):
        TopicModel.load(write(tmp_path / "less", ctfidf=False)).find_topics("moon")


@pytest.mark.parametrize("ctfidf", [True, False])
def test_pictures_of_topics_are_drawn(tmp_path: Path, ctfidf: bool) -> None:
    model = TopicModel.load(write(tmp_path / "theirs", ctfidf=ctfidf))
    for draw in ("topics", "barchart", "heatmap", "hierarchy", "term_rank"):
        assert getattr(model, f"visualize_{draw}")().data, draw
    assert model.hierarchy(by="embeddings").n_topics == 2


def test_what_needs_documents_says_that_there_are_none(tmp_path: Path) -> None:
    model = TopicModel.load(write(tmp_path / "theirs"))
    asked = [
        lambda: model.search("cat"),
        lambda: model.over_time(range(6)),
        lambda: model.by_class(list("aabbcc")),
        lambda: model.distribution(),
        lambda: model.reduce_outliers(),
        lambda: model.evaluate(),
        lambda: model.visualize_documents(),
        lambda: model.split(0, into=2),
        lambda: model.reassign([0] * 6),
        lambda: model.redescribe(top_n_words=1),
    ]
    for ask in asked:
        with pytest.raises(InputError, match="topics and no documents"):
            ask()
    assert model.history == []


def test_edits_go_as_far_as_the_counts(tmp_path: Path) -> None:
    model = TopicModel.load(write(tmp_path / "theirs"))
    model.relabel({1: "Sky"})
    assert model.get_topic(0) == [("cat", 0.5), ("dog", 0.25)]  # naming one topic describes none anew
    model.merge([0, 1])
    assert model.get_topic_info()["Count"].tolist() == [1, 5]
    assert {word for word, _ in model.get_topic(0)} <= set(VOCABULARY) and model.get_topic(0)
    assert model.undo().result_.names == ("cat, dog", "Sky")

    less = TopicModel.load(write(tmp_path / "less", ctfidf=False))
    with pytest.raises(InputError, match="save_ctfidf=True"):
        less.merge([0, 1])
    assert less.relabel({0: "Pets"}).delete(1).result_.names == ("Pets",)


def test_names_that_people_gave_or_looked_for_are_labels(tmp_path: Path) -> None:
    given = write(tmp_path / "given", custom_labels=["-1_the", "Pets", "1_moon_sun"])
    assert [label and label.name for label in TopicModel.load(given).result_.labels] == ["Pets", None]
    made = {"-1": "-1_the", "0": "0_cat_dog", "1": "Astronomy"}
    label = TopicModel.load(write(tmp_path / "zero", topic_labels=made)).result_.labels[1]
    assert label is not None
    assert (label.name, label.source) == ("Astronomy", "zero-shot")


@pytest.mark.parametrize("ctfidf", [True, False])
def test_it_can_be_saved_as_ours_and_answers_the_same(tmp_path: Path, ctfidf: bool) -> None:
    model = TopicModel.load(write(tmp_path / "theirs", ctfidf=ctfidf))
    model.save(tmp_path / "ours")
    again = TopicModel.load(tmp_path / "ours")
    assert again.get_topic_info().equals(model.get_topic_info())
    new = np.random.default_rng(0).standard_normal((20, 3)).astype(np.float32)
    assert again.transform([""] * 20, new)[0] == model.transform([""] * 20, new)[0]


def test_damage_is_a_clear_error(tmp_path: Path) -> None:
    folder = write(tmp_path / "theirs")
    topics = json.loads((folder / "topics.json").read_text())
    (folder / "topics.json").write_text(json.dumps({**topics, "topics": [0, 7]}))
    with pytest.raises(StoreError, match="topic 7, of which nothing is told"):
        TopicModel.load(folder)
    (folder / "topics.json").write_text("{")
    with pytest.raises(StoreError, match="cannot be read as a model of BERTopic's"):
        TopicModel.load(folder)
    (folder / "topics.json").write_text(json.dumps(topics))
    (folder / "topic_embeddings.safetensors").write_bytes(b"junk")
    with pytest.raises(StoreError, match="cannot be read as a model of BERTopic's"):
        TopicModel.load(folder)
    (folder / "topic_embeddings.safetensors").rename(folder / "topic_embeddings.bin")
    with pytest.raises(StoreError, match='serialization="safetensors"'):
        TopicModel.load(folder)


def test_a_pickle_is_refused_without_being_opened(tmp_path: Path) -> None:
    (tmp_path / "pickled").write_bytes(b"cos\nsystem\n(S'touch opened'\ntR.")
    with pytest.raises(StoreError, match=r'runs code when it is opened.*serialization="safetensors"'):
        TopicModel.load(tmp_path / "pickled")


class Fixed:
    """A clusterer that knows the answer."""

    def __init__(self, labels: np.ndarray) -> None:
        self.labels = labels

    def fit(self, points: np.ndarray, y: Any = None) -> Fixed:
        self.labels_ = self.labels
        return self


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A model of BERTopic's, and where it saved itself."""
    bertopic = pytest.importorskip("bertopic")
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    given = sample(240)
    labels = given.labels.copy()
    labels[:12] = -1
    model = bertopic.BERTopic(
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=Fixed(labels),
        vectorizer_model=CountVectorizer(stop_words="english", ngram_range=(1, 2)),
        ctfidf_model=ClassTfidfTransformer(bm25_weighting=True, reduce_frequent_words=True),
    ).fit(given.texts, given.embeddings)
    model.set_topic_labels({2: "Third"})
    folder = tmp_path_factory.mktemp("bertopic")
    for ctfidf in (True, False):
        model.save(folder / str(ctfidf), "safetensors", save_ctfidf=ctfidf, save_embedding_model=False)
    return model, folder


@pytest.mark.bertopic
def test_its_own_folder_answers_as_it_does(theirs: tuple[Any, Path]) -> None:
    model, folder = theirs
    new = sample(60, seed=9)
    for ctfidf in (True, False):
        ours = TopicModel.load(folder / str(ctfidf))
        reloaded = type(model).load(str(folder / str(ctfidf)))
        expected, cosines = reloaded.transform(new.texts, new.embeddings)
        topics, strength = ours.transform(new.texts, new.embeddings)
        assert topics == list(expected)
        np.testing.assert_allclose(strength, cosines, atol=1e-6)
        assert ours.topics_ == model.topics_
        assert ours.get_topic_freq().set_index("Topic")["Count"].to_dict() == dict(model.topic_sizes_)
        for topic in range(4):
            assert ours.get_topic(topic) == [tuple(pair) for pair in reloaded.get_topic(topic)]
        assert [label and label.name for label in ours.result_.labels] == [None, None, "Third", None]
    weights = TopicModel.load(folder / "True").term_weights()
    np.testing.assert_allclose(weights.toarray(), model.c_tf_idf_.toarray()[1:], atol=1e-12)


def test_the_familiar_class_reads_it_too(tmp_path: Path) -> None:
    from themata.familiar import BERTopic

    for ctfidf in (True, False):
        model = BERTopic.load(write(tmp_path / str(ctfidf), ctfidf=ctfidf))
        np.testing.assert_array_equal(model.topic_embeddings_, POINTS)
        assert (model.topics_, dict(model.topic_sizes_)) == ([0, 1, -1, 0, 1, 0], {0: 3, 1: 2, -1: 1})
        assert model.get_topic(1)[0] == ("moon", 0.5)
        assert list(model.transform(["a"], np.array([[0, 1.0, 0]]))[0]) == [1]
        assert model.visualize_topics().data
