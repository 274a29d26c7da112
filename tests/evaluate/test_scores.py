"""Diversity, agreement with classes, stability, and all of them in one value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import Sample, sample
from themata import TopicModel
from themata.core.errors import AlignmentError, InputError
from themata.evaluate.clusters import agreement
from themata.evaluate.diversity import inverted_rbo, unique_share
from themata.evaluate.scores import MEASURES
from themata.evaluate.stability import UNSEEN, refits, stability
from themata.pipeline.regrouping import reseeded

GROUPS = st.lists(st.integers(-1, 4), min_size=2, max_size=40)


def test_diversity_is_one_when_topics_share_nothing_and_least_when_all_are_the_same() -> None:
    apart, same = [["a", "b"], ["c", "d"]], [["a", "b"], ["a", "b"]]
    assert (unique_share(apart), inverted_rbo(apart)) == (1, 1)
    assert (unique_share(same), inverted_rbo(same)) == (0.5, pytest.approx(0))
    assert inverted_rbo([["x", "b"], ["x", "d"]]) < inverted_rbo([["b", "x"], ["d", "x"]])  # heads weigh more


def test_diversity_of_nothing_is_not_a_number() -> None:
    assert np.isnan([unique_share([[], []]), inverted_rbo([["a"]]), inverted_rbo([])]).all()


@settings(deadline=None, max_examples=50)
@given(GROUPS)
def test_a_grouping_agrees_with_itself_under_any_names(groups: list[int]) -> None:
    found = agreement(groups, [f"class {group}" for group in groups])
    assert (found.ami, found.ari, found.purity, found.harmonic_purity) == pytest.approx((1, 1, 1, 1))


def test_purities_are_those_counted_by_hand() -> None:
    found = agreement([0, 0, 0, 1, 1, 2], ["a", "a", "b", "b", "b", "b"])
    assert found.purity == pytest.approx(5 / 6)  # 2 of a, 2 of b, 1 of b
    assert found.inverse_purity == pytest.approx(4 / 6)  # a is wholly in 0, b has 2 of 4 in 1
    assert found.harmonic_purity == pytest.approx(2 * 5 * 4 / (6 * 9))


def test_outliers_are_treated_as_asked() -> None:
    topics, classes = [0, 0, -1, -1], ["a", "a", "b", "c"]
    assert agreement(topics, classes, outliers="drop").n_docs == 2
    assert agreement(topics, classes, outliers="drop").purity == 1
    assert agreement(topics, classes, outliers="group").purity == 0.75
    assert agreement(topics, classes, outliers="single").ami == 1
    with pytest.raises(InputError, match="group, drop, single"):
        agreement(topics, classes, outliers="ignore")


def test_documents_without_a_class_are_left_out() -> None:
    found = agreement([0, 0, 1, 1], ["a", None, "b", float("nan")])
    assert (found.n_docs, found.ami) == (2, 1)
    assert np.isnan(agreement([0], [None]).ami)
    with pytest.raises(AlignmentError, match="2 documents, 1 classes"):
        agreement([0, 1], ["a"])


@settings(deadline=None, max_examples=50)
@given(GROUPS)
def test_the_same_topics_under_other_numbers_are_stable(groups: list[int]) -> None:
    topics = np.array(groups)
    other = np.where(topics < 0, -1, 4 - topics)
    found = stability(topics, [other], 5)
    assert (found.ami, found.ari) == pytest.approx((1, 1))
    there = np.isin(np.arange(5), topics)
    assert (found.per_topic[there] == 1).all()
    assert np.isnan(found.per_topic[~there]).all()


def test_a_topic_that_falls_apart_is_told_from_one_that_holds() -> None:
    topics = np.repeat([0, 1, -1], 10)
    again = topics.copy()
    again[10:] = np.arange(20) % 2 + 1  # the second topic and the outliers were shuffled together
    found = stability(topics, [again, np.where(np.arange(30) < 5, UNSEEN, again)], 2)
    assert found.per_topic[0] == 1
    assert found.per_topic[1] < 0.5
    assert found.n_topics == (3, 3)


def test_refits_get_another_seed_and_another_sample_each_time() -> None:
    given: list[tuple[int, ...]] = []
    seeds: list[int] = []

    def group(rows: np.ndarray, seed: int) -> np.ndarray:
        given.append(tuple(rows))
        seeds.append(seed)
        return np.zeros(len(rows), dtype=int)

    found = refits(group, 50, n_refits=3, share=0.5)
    assert len(set(given)) == len(set(seeds)) == 3
    assert [(topics == UNSEEN).sum() for topics in found] == [25, 25, 25]
    for share, n in ((0.0, 1), (1.5, 1), (0.5, 0)):
        with pytest.raises(InputError):
            refits(group, 50, n_refits=n, share=share)


def test_reseeding_copies_the_parts_within() -> None:
    from themata.cluster.kmeans import KMeans
    from themata.group.reduce_then_cluster import ReduceThenCluster
    from themata.reduce.pca import PCA

    road = ReduceThenCluster(PCA(2, random_state=1), KMeans(3, random_state=1))
    other = reseeded(road, 7)
    assert (other.reducer.random_state, other.clusterer.random_state) == (7, 7)
    assert (road.reducer.random_state, road.clusterer.random_state) == (1, 1)


@pytest.fixture(scope="module")
def fitted() -> tuple[TopicModel, Sample]:
    given = sample(240)
    return TopicModel(embedder=None, random_state=1).fit(given.texts, given.embeddings), given


def test_a_model_that_finds_the_known_subjects_scores_best(fitted: tuple[TopicModel, Sample]) -> None:
    model, given = fitted
    scores = model.evaluate(given.labels, seeds=2)
    assert set(scores.values) == set(MEASURES)
    for name in ("ami", "ari", "harmonic_purity", "stability_ami"):
        assert scores[name] == pytest.approx(1), name
    assert scores["n_topics"] == 4
    assert (scores.per_topic["stability"] == 1).all()
    frame = scores.to_frame()
    assert list(frame.columns) == ["Measure", "Value", "Range", "Better", "Meaning"]
    assert frame.loc["ami", "Better"] == "higher"
    assert list(scores.topics_frame().columns) == ["Topic", "Name", "NPMI", "C_v", "UMass", "Stability"]


def test_shuffled_topics_score_worse(fitted: tuple[TopicModel, Sample]) -> None:
    model, given = fitted
    good = model.evaluate(given.labels)
    model.reassign(np.random.default_rng(0).permutation(model.topics_))
    bad = model.evaluate(given.labels)
    model.undo()
    for name in ("ami", "ari", "nmi", "purity", "npmi", "c_v"):
        assert bad[name] < good[name], name


def test_only_what_was_asked_is_measured_and_nothing_is_changed(fitted: tuple[TopicModel, Sample]) -> None:
    model, _ = fitted
    before = model.result_
    scores = model.evaluate()
    words = {"n_topics", "outliers", "npmi", "c_v", "umass", "diversity", "inverted_rbo"}
    names = {"label_hits", "label_mrr", "label_distinct", "label_doubts"}
    assert set(scores.values) == words | names
    assert model.label_scores().hits == scores["label_hits"]
    assert model.result_ is before
    assert model.history == []


def test_any_vectorizer_will_do(fitted: tuple[TopicModel, Sample]) -> None:
    class Plain:
        """scikit-learn's interface and no analyzer."""

        def fit_transform(self, texts: list[str]) -> object:
            from sklearn.feature_extraction.text import CountVectorizer

            self.inner = CountVectorizer()
            return self.inner.fit_transform(texts)

        def get_feature_names_out(self) -> object:
            return self.inner.get_feature_names_out()

    given = fitted[1]
    scores = (
        TopicModel(embedder=None, vectorizer=Plain(), labeler=None)
        .fit(given.texts, given.embeddings)
        .evaluate()
    )
    assert -1 <= scores["npmi"] <= 1
    assert not any(name.startswith("label") for name in scores.values)  # nobody gave names


def test_the_number_of_topics_that_is_found_is_the_one_that_is_told(
    fitted: tuple[TopicModel, Sample],
) -> None:
    model, _ = fitted
    found = model.granularity()
    frame = found.to_frame()
    assert frame["Chosen"].sum() == 1
    assert frame.loc[frame["Chosen"], "Topics"].item() == model.result_.n_topics == 4
    assert frame.loc[frame["Chosen"], "Agreement"].item() > 0.9
    assert (np.diff(frame["Resolution"]) > 0).all()
    assert frame["Agreement"].between(0, 1).all()
    with pytest.raises(InputError, match="too few"):
        TopicModel(embedder=None).fit(["one text", "another text"]).granularity()


def test_refits_know_beforehand_what_the_fit_knew() -> None:
    from themata.seed.known_classes import Classes
    from themata.seed.zero_shot import ZeroShot

    given = sample(240)
    points = given.embeddings[:4] / np.linalg.norm(given.embeddings[:4], axis=1, keepdims=True)
    for seeder in (
        ZeroShot(["space", "cooking", "football", "money"], 0.3, embeddings=points),
        Classes([f"half {label // 2}" for label in given.labels]),
    ):
        model = TopicModel(embedder=None, labeler=None, seeder=seeder).fit(given.texts, given.embeddings)
        assert model.evaluate(seeds=1)["stability_ami"] > 0.95
