"""Online learning as BERTopic's guide does it: batches, clusterers that grow, counts that fade."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA, IncrementalPCA
from sklearn.metrics import adjusted_mutual_info_score

from corpora import Sample, sample
from themata.familiar import BERTopic
from themata.familiar.vectorizers import OnlineCountVectorizer


class Growing:
    """A clusterer of streams, as river's are wrapped in BERTopic's guide: it learns and labels batch by batch.

    A point further than `radius` from every center begins a cluster of its own.
    """

    def __init__(self, radius: float) -> None:
        self.radius = radius
        self.centers: list[np.ndarray] = []

    def partial_fit(self, points: Any) -> Growing:
        for point in points:
            if not self.centers or np.linalg.norm(self.centers - point, axis=1).min() > self.radius:
                self.centers.append(point)
        self.labels_ = self.predict(points)
        return self

    def predict(self, points: Any) -> list[int]:
        return [int(np.linalg.norm(self.centers - point, axis=1).argmin()) for point in points]


class Themes:
    """A clusterer that knows the themes of the corpus beforehand, so that two libraries have the same topics."""

    def __init__(self, corpus: Sample) -> None:
        found = [corpus.embeddings[corpus.labels == theme].mean(axis=0) for theme in np.unique(corpus.labels)]
        self.centers = np.array(found)

    def partial_fit(self, points: Any) -> Themes:
        self.labels_ = np.linalg.norm(np.asarray(points)[:, None] - self.centers, axis=2).argmin(axis=1)
        return self

    def predict(self, points: Any) -> Any:
        return self.partial_fit(points).labels_


class Untouched:
    """A reducer that learns batch by batch, and reduces nothing."""

    def partial_fit(self, points: Any) -> Untouched:
        return self

    def transform(self, points: Any) -> Any:
        return points


@pytest.fixture(scope="module")
def corpus() -> Sample:
    return sample(600)


def grown(corpus: Sample, n_batches: int, **parts: Any) -> BERTopic:
    model = BERTopic(**parts)
    for rows in np.array_split(np.arange(len(corpus.texts)), n_batches):
        model.partial_fit([corpus.texts[row] for row in rows], corpus.embeddings[rows])
    return model


@pytest.mark.parametrize("reducer", [PCA(5), IncrementalPCA(5)])
def test_each_cluster_is_one_topic_however_many_batches_it_is_seen_in(corpus: Sample, reducer: Any) -> None:
    model = grown(corpus, 20, umap_model=reducer, hdbscan_model=MiniBatchKMeans(20, n_init=1, random_state=0))
    mappings = model.topic_mapper_.get_mappings()
    n_topics = len(mappings)
    assert set(mappings) <= set(range(20)) and n_topics > 15  # some cluster may never have had a document
    assert sorted(mappings.values()) == sorted(set(model.topics_)) == list(range(n_topics))
    last = model.topics_[-30:]
    assert [mappings[cluster] for cluster in model.hdbscan_model.labels_.tolist()] == last
    assert model._map_predictions([*mappings, 99]) == [*mappings.values(), -1]


def test_twenty_batches_agree_with_one_fit(corpus: Sample) -> None:
    def made() -> dict[str, Any]:
        return {"umap_model": PCA(5), "hdbscan_model": MiniBatchKMeans(4, n_init=3, random_state=0)}

    batches = grown(corpus, 20, **made())
    whole = BERTopic(**made()).fit(corpus.texts, corpus.embeddings)
    assert adjusted_mutual_info_score(whole.topics_, batches.topics_) > 0.8


def test_a_clusterer_that_has_partial_fit_alone_grows_topics(corpus: Sample) -> None:
    model = grown(corpus, 6, umap_model=Untouched(), hdbscan_model=Growing(9.0))
    n_clusters = len(model.hdbscan_model.centers)
    assert n_clusters > 3
    assert len(model.topic_mapper_.mappings_) == n_clusters
    mappings = model.topic_mapper_.get_mappings()
    assert [mappings[label] for label in model.hdbscan_model.labels_] == model.topics_[-100:]


def test_a_merged_cluster_stays_merged_and_a_deleted_one_deleted_in_later_batches(corpus: Sample) -> None:
    model = grown(corpus, 3, umap_model=Untouched(), hdbscan_model=Themes(corpus))
    model.merge_topics(None, [0, 1])
    kept = model.topic_mapper_.get_mappings()
    model.delete_topics([1])
    mappings = model.topic_mapper_.get_mappings()
    gone = [cluster for cluster, topic in kept.items() if topic == 1]
    model.partial_fit(corpus.texts[:200], corpus.embeddings[:200])
    clusters = Themes(corpus).predict(corpus.embeddings[:200]).tolist()
    assert model.topics_[-200:] == [mappings[cluster] for cluster in clusters]
    assert {
        topic for cluster, topic in zip(clusters, model.topics_[-200:], strict=True) if cluster in gone
    } == {-1}


def test_zero_shot_names_and_clusters_are_not_mixed_up_in_later_batches(corpus: Sample) -> None:
    points = np.array([corpus.embeddings[corpus.labels == theme].mean(axis=0) for theme in range(4)])
    model = BERTopic(
        embedding_model=lambda texts: points[[0] * len(texts)],
        umap_model=Untouched(),
        hdbscan_model=Themes(corpus),
        zeroshot_topic_list=["The first theme"],
        zeroshot_min_similarity=0.5,
    )
    for rows in np.array_split(np.arange(600), 3):
        model.partial_fit([corpus.texts[row] for row in rows], corpus.embeddings[rows])
    agreement = adjusted_mutual_info_score(corpus.labels, model.topics_)
    assert agreement > 0.9 and len(set(model.topics_)) == 4
    assert "The first theme" in model.topic_labels_.values()


def test_reduced_clusters_stay_reduced_in_later_batches(corpus: Sample) -> None:
    model = grown(corpus, 3, umap_model=Untouched(), hdbscan_model=Themes(corpus), nr_topics=2)
    mappings = model.topic_mapper_.get_mappings()
    clusters = Themes(corpus).predict(corpus.embeddings).tolist()
    assert sorted(mappings) == [0, 1, 2, 3]
    assert model.topics_ == [mappings[cluster] for cluster in clusters]
    assert len(set(model.topics_)) == 2


# Counts that fade


def triples(table: Any) -> list[tuple[int, int, float]]:
    found = zip(table.row.tolist(), table.col.tolist(), table.data.tolist(), strict=True)
    return [(row, column, value) for row, column, value in found if value]


def by_word(model: BERTopic, table: Any) -> dict[tuple[int, str], float]:
    """A table of topics and terms by the clusterer's own number and the word."""
    cluster_of = {topic: cluster for cluster, topic in model.topic_mapper_.get_mappings().items()}
    names = model.vectorizer_model.get_feature_names_out()
    return {(cluster_of[row], names[column]): value for row, column, value in triples(table)}


@pytest.mark.bertopic
@pytest.mark.parametrize(
    "options", [{}, {"decay": 0.1}, {"decay": 0.3, "delete_min_df": 4}, {"delete_min_df": 9}]
)
def test_counts_fade_as_bertopics_do(corpus: Sample, options: dict[str, Any]) -> None:
    """Theirs are those of its vectorizer; its model writes over them, since c-TF-IDF norms them in place."""
    theirs_too = pytest.importorskip("bertopic.vectorizers")
    theirs = theirs_too.OnlineCountVectorizer(**options)
    batches = np.array_split(np.arange(600), 10)
    for rows in batches:
        own = [[corpus.texts[row] for row in rows if corpus.labels[row] == theme] for theme in range(4)]
        together = [" ".join(texts) for texts in own]
        expected = theirs.partial_fit(together).update_bow(together)
    names = theirs.get_feature_names_out()
    keywords = theirs_too.ClassTfidfTransformer().fit(expected.copy()).transform(expected.copy()).tocoo()
    for vectorizer in (OnlineCountVectorizer(**options), theirs_too.OnlineCountVectorizer(**options)):
        model = grown(corpus, 10, umap_model=Untouched(), hdbscan_model=Themes(corpus), vectorizer_model=vectorizer)  # fmt: skip
        assert by_word(model, model.vectorizer_model.X_.tocoo()) == pytest.approx(
            {(row, names[column]): n for row, column, n in triples(expected.tocoo())}, abs=1e-9
        )
        assert by_word(model, model.c_tf_idf_.tocoo()) == pytest.approx(
            {(row, names[column]): weight for row, column, weight in triples(keywords)}, abs=1e-9
        )
        shown = {(0, word): weight for word, weight in model.get_topic(model._map_predictions([0])[0])}
        assert shown.items() <= by_word(model, model.c_tf_idf_.tocoo()).items()


def test_fading_is_taken_back_and_the_vectorizer_is_that_of_the_topics(corpus: Sample) -> None:
    model = grown(corpus, 3, umap_model=Untouched(), hdbscan_model=Themes(corpus),
                  vectorizer_model=OnlineCountVectorizer(decay=0.5, delete_min_df=2))  # fmt: skip
    before = model.c_tf_idf_.toarray()
    model.partial_fit(["quite other words"] * 5, corpus.embeddings[:5])
    assert "quite" in model.vectorizer_model.get_feature_names_out()
    assert model.c_tf_idf_.shape == (4, len(model.vectorizer_model.get_feature_names_out()))
    assert model.vectorizer_model.X_.shape == model.c_tf_idf_.shape
    model.undo()
    assert "quite" not in model.vectorizer_model.get_feature_names_out()
    assert model.c_tf_idf_.toarray() == pytest.approx(before)


def test_a_vectorizer_whose_every_term_is_too_rare_says_so(corpus: Sample) -> None:
    with pytest.raises(ValueError, match="delete_min_df"):
        grown(corpus, 2, umap_model=Untouched(), hdbscan_model=Themes(corpus),
              vectorizer_model=OnlineCountVectorizer(delete_min_df=10_000))  # fmt: skip
