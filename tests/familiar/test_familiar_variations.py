"""Zero-shot, guided, semi-supervised and online topics, several models made one, and images, by BERTopic's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA, IncrementalPCA
from sklearn.feature_extraction.text import CountVectorizer

from corpora import SUBJECTS, Sample
from themata.familiar import BERTopic
from themata.familiar.backend import MultiModalBackend
from themata.familiar.representation import VisualRepresentation
from themata.familiar.vectorizers import OnlineCountVectorizer


class Known:
    """Embeds the sample's documents, and the names of its subjects, where they lie."""

    def __init__(self, few: Sample) -> None:
        self.points = dict(zip(few.texts, few.embeddings, strict=True))
        for row, name in enumerate(SUBJECTS):
            self.points[name] = few.embeddings[few.labels == row].mean(axis=0)

    def encode(self, texts: list[str]) -> np.ndarray:
        words = {word: name for name, said in SUBJECTS.items() for word in said.split()}
        return np.array(
            [self.points.get(text, self.points[words.get(text.split()[0], "space")]) for text in texts]
        )


@pytest.mark.parametrize("nr_topics", [None, 5])
def test_names_asked_for_are_kept_and_the_rest_discovered(few: Sample, nr_topics: int | None) -> None:
    model = BERTopic(
        zeroshot_topic_list=["space", "money"],
        zeroshot_min_similarity=0.6,
        embedding_model=Known(few),
        umap_model=PCA(5),
        hdbscan_model=KMeans(4, random_state=0),
        nr_topics=nr_topics,
    )
    topics, _ = model.fit_transform(few.texts)
    names = model.topic_labels_
    space = few.labels == list(SUBJECTS).index("space")
    assert {"space", "money"} <= set(names.values()) and {"space", "money"} <= set(
        model.get_topic_info().Name
    )
    assert np.mean([names[topic] == "space" for topic in np.array(topics)[space]]) > 0.9
    assert len(names) == (nr_topics or 6) and model.custom_labels_ is None
    assert names[model.transform([few.texts[0]])[0][0]] == names[topics[0]]
    model.set_topic_labels({0: "mine"})
    assert "mine" in model.custom_labels_


def test_seed_topics_guide_and_write_to_nothing(few: Sample) -> None:
    before = few.embeddings.copy()
    model = BERTopic(
        seed_topic_list=[["rocket", "orbit"], ["recipe", "oven"]],
        embedding_model=Known(few),
        umap_model=PCA(5),
        hdbscan_model=KMeans(4, random_state=0),
    )
    model.fit(few.texts, few.embeddings)
    plain = BERTopic(umap_model=PCA(5), hdbscan_model=KMeans(4, random_state=0)).fit(
        few.texts, few.embeddings
    )
    assert (few.embeddings == before).all() and (model.documents_.embeddings == before).all()
    column = plain.vectorizer_model.vocabulary_["orbit"]
    heavier, lighter = (one.c_tf_idf_[:, column].max() for one in (model, plain))
    assert heavier == pytest.approx(1.2 * lighter)


def test_batches_are_added_and_no_document_loses_its_topic(few: Sample) -> None:
    model = BERTopic(
        umap_model=IncrementalPCA(5),
        hdbscan_model=MiniBatchKMeans(4, random_state=0, n_init=3),
        vectorizer_model=OnlineCountVectorizer(stop_words="english", decay=0.01),
    )
    points = few.embeddings.astype(np.float64)
    for start in (0, 60, 90):
        model.partial_fit(
            few.texts[start : start + (60 if start == 0 else 30)],
            points[start : start + (60 if start == 0 else 30)],
        )
    assert len(model.topics_) == 120 and len(model.get_topic_info()) >= 4
    assert model.get_topic_info().Count.sum() == 120 and "the" not in dict(model.get_topic(0))


def test_several_models_become_one(few: Sample) -> None:
    def half(rows: slice) -> BERTopic:
        parts: dict[str, Any] = {"umap_model": PCA(5), "hdbscan_model": KMeans(4, random_state=0)}
        model = BERTopic(vectorizer_model=CountVectorizer(stop_words="english"), **parts)
        return model.fit(few.texts[rows], few.embeddings[rows])

    one = BERTopic.merge_models([half(slice(60)), half(slice(60, 120))], min_similarity=0.8)
    assert len(one.topics_) == 120 and len(one.get_topics()) == 4
    assert one.c_tf_idf_.shape[0] == 4 and len(one.hierarchical_topics()) == 3
    assert all(len(docs) == 3 for docs in one.representative_docs_.values())


def test_images_show_topics_and_may_be_captioned(tmp_path: Path) -> None:
    library = pytest.importorskip("PIL.Image")

    class Colors:
        def encode(self, given: list[Any]) -> np.ndarray:
            return np.array([np.asarray(one).reshape(-1, 3).mean(axis=0) for one in given], dtype=np.float32)

    images = []
    for row in range(40):
        path = tmp_path / f"{row}.png"
        library.new("RGB", (20, 16), (200 - row, row, 0) if row % 2 else (0, row, 200 - row)).save(path)
        images.append(str(path))

    def captions(shown: list[Any]) -> list[str]:
        return ["a red picture" if np.asarray(one)[0, 0, 0] > 100 else "some blue water" for one in shown]

    model = BERTopic(
        embedding_model=MultiModalBackend(Colors()),
        umap_model=PCA(2),
        hdbscan_model=KMeans(2, random_state=0),
        representation_model={
            "Visual_Aspect": VisualRepresentation(nr_repr_images=4, image_to_text_model=captions)
        },
        min_topic_size=2,
    )
    topics, _ = model.fit_transform(documents=None, images=images)
    assert len(set(topics)) == 2 and {words[0][0] for words in model.get_topics().values()} <= {
        "red",
        "picture",
        "blue",
        "some",
        "water",
    }
    info = model.get_topic_info()
    assert info.Visual_Aspect[0].size[0] > 20 and set(info.Representative_Images[0]) <= set(images)
    assert model.find_topics(image=images[0], top_n=1)[0] == [topics[0]]
    assert model.transform(None, images=images[:4])[0] == topics[:4]
