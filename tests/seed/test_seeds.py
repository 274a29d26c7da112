"""Zero-shot, guided, semi-supervised, supervised and manual topics, on both roads."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from corpora import SUBJECTS, Sample, sample
from themata import TopicModel
from themata.cluster.kmeans import KMeans
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError, PartError
from themata.core.graph import unit_rows
from themata.core.protocols import Seeds
from themata.core.topics import Label
from themata.group.reduce_then_cluster import ReduceThenCluster
from themata.pipeline.seeding import drawn
from themata.reduce.pca import PCA
from themata.seed.combined import Both
from themata.seed.known_classes import Classes
from themata.seed.seed_words import SeedWords
from themata.seed.zero_shot import ZeroShot

CORPUS = sample()
CENTERS = np.array([CORPUS.embeddings[CORPUS.labels == row].mean(axis=0) for row in range(4)])
NAMES = ["Space", "Cooking", "Football", "Money"]


class ByCenter:
    """An embedder that knows where the subjects lie, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, texts: Any) -> np.ndarray:
        self.asked += len(texts)
        words = [text.split() for text in SUBJECTS.values()]
        rows = [
            NAMES.index(text)
            if text in NAMES
            else int(np.argmax([len(set(text.lower().split()) & set(w)) for w in words]))
            for text in texts
        ]
        return CENTERS[rows]


def classic(n_clusters: int = 3) -> ReduceThenCluster:
    return ReduceThenCluster(PCA(5), KMeans(n_clusters))


def graph() -> None:
    return None


def model_of(seeder: Any, grouper: Callable[[], Any] = graph, **parameters: Any) -> TopicModel:
    given = {"embedder": None, "layout": None, **parameters}
    return TopicModel(seeder=seeder, grouper=grouper(), **given)


def names_of(model: TopicModel) -> set[str]:
    return {label.name for label in model.result_.labels if label and label.by_person}


@pytest.mark.parametrize("road", [graph, classic])
def test_documents_near_a_name_are_its_and_the_rest_is_discovered(road: Any) -> None:
    model = model_of(ZeroShot(NAMES[:2], 0.6, embeddings=CENTERS[:2]), road)
    model.fit(CORPUS.texts, CORPUS.embeddings)
    cosines = unit_rows(CORPUS.embeddings) @ unit_rows(CENTERS[:2]).T
    near = cosines.max(axis=1) >= 0.6
    for place, name in enumerate(NAMES[:2]):
        row = model.result_.names.index(name)
        assert set(np.flatnonzero(np.array(model.topics_) == row)) == set(
            np.flatnonzero(near & (cosines.argmax(axis=1) == place))
        )
    rest = ~near
    assert adjusted_mutual_info_score(CORPUS.labels[rest], np.array(model.topics_)[rest]) > 0.5
    assert names_of(model) == set(NAMES[:2])
    assert all(model.result_.labels)


@pytest.mark.parametrize("road", [graph, classic])
@pytest.mark.parametrize(("threshold", "kept"), [(-1.0, 4), (0.6, 4), (1.0, 0)])
@pytest.mark.parametrize("n_topics", [None, 6])
def test_names_are_kept_when_all_some_or_none_match(
    road: Any, threshold: float, kept: int, n_topics: int | None
) -> None:
    model = model_of(ZeroShot(NAMES, threshold, embeddings=CENTERS), road, n_topics=n_topics)
    model.fit(CORPUS.texts, CORPUS.embeddings)
    assert names_of(model) == set(NAMES[:kept])
    assert model.get_topic_info()["Count"].sum() == 240
    if n_topics and road is graph and threshold == 1.0:
        assert model.result_.n_topics == n_topics


def test_n_topics_counts_named_topics_too() -> None:
    seeder = ZeroShot(NAMES[:2], 0.6, embeddings=CENTERS[:2])
    model = model_of(seeder, n_topics=5).fit(CORPUS.texts, CORPUS.embeddings)
    assert model.result_.n_topics == 5 and names_of(model) == set(NAMES[:2])
    with pytest.raises(InputError, match="reduce\\(1\\)"):
        model_of(seeder, n_topics=1).fit(CORPUS.texts, CORPUS.embeddings)
    assert model_of(seeder, n_topics=2).fit(CORPUS.texts, CORPUS.embeddings).result_.n_topics == 2


def test_names_survive_edits_saving_and_loading(tmp_path: Path) -> None:
    model = model_of(ZeroShot(NAMES[:3], 0.6, embeddings=CENTERS[:3])).fit(CORPUS.texts, CORPUS.embeddings)
    unnamed = [row for row in range(model.result_.n_topics) if model.result_.names[row] not in NAMES]
    moved = np.array(model.topics_)
    moved[moved == unnamed[0]] = model.result_.names.index("Space")
    model.reassign(moved).label().redescribe(top_n_words=5)
    assert names_of(model) == set(NAMES[:3])
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert names_of(again) == set(NAMES[:3])
    new = sample(300, seed=5)
    assert again.transform(new.texts, new.embeddings)[0] == model.transform(new.texts, new.embeddings)[0]


def test_new_documents_near_a_name_are_its_and_fitted_ones_keep_their_topic() -> None:
    model = model_of(ZeroShot(NAMES[:2], 0.6, embeddings=CENTERS[:2])).fit(CORPUS.texts, CORPUS.embeddings)
    space = model.result_.names.index("Space")
    assert model.transform(["new"], CENTERS[:1] + 0.01)[0] == [space]
    moved = np.array(model.topics_)
    moved[0] = other = (space + 1) % model.result_.n_topics
    model.reassign(moved)
    assert model.transform(CORPUS.texts[:1], CORPUS.embeddings[:1])[0] == [other]
    model.delete(model.result_.names.index("Space"))
    found = model.transform(["new"], CENTERS[:1] + 0.01)[0][0]
    assert -1 <= found < model.result_.n_topics


def test_names_are_embedded_once_by_the_models_embedder() -> None:
    embedder = ByCenter()
    model = model_of(ZeroShot(NAMES, 0.6), embedder=embedder).fit(CORPUS.texts)
    assert names_of(model) == set(NAMES)
    asked = embedder.asked
    model.transform(CORPUS.texts[:3], CORPUS.embeddings[:3])
    assert embedder.asked == asked


def test_names_without_an_embedder_are_a_clear_error() -> None:
    with pytest.raises(InputError, match="names of zero-shot topics must be embedded"):
        model_of(ZeroShot(NAMES)).fit(CORPUS.texts, CORPUS.embeddings)
    with pytest.raises(InputError, match="a point of 24 dimensions"):
        model_of(ZeroShot(NAMES, embeddings=CENTERS[:, :5])).fit(CORPUS.texts, CORPUS.embeddings)
    with pytest.raises(InputError, match="found by embeddings"):
        model_of(ZeroShot(NAMES)).fit(CORPUS.texts)
    with pytest.raises(InputError, match="a list of names"):
        model_of(ZeroShot("Space")).fit(CORPUS.texts, CORPUS.embeddings)  # type: ignore[arg-type]


@pytest.mark.parametrize("road", [graph, lambda: classic(4)])
@pytest.mark.parametrize("embedder", [None, ByCenter()])
def test_seed_words_draw_documents_together_and_leave_the_callers_embeddings(
    road: Any, embedder: Any
) -> None:
    given = CORPUS.embeddings.copy()
    seeds = [["rocket", "Moon"], ["garlic", "soup"]]
    model = model_of(SeedWords(seeds), road, embedder=embedder).fit(CORPUS.texts, given)
    np.testing.assert_array_equal(given, CORPUS.embeddings)
    np.testing.assert_array_equal(model.documents_.embeddings, CORPUS.embeddings)
    plain = model_of(None, road).fit(CORPUS.texts, CORPUS.embeddings)
    same = dict(zip(plain.result_.vocabulary, range(plain.result_.n_terms), strict=True))
    for word in ("rocket", "moon", "garlic"):
        ours, theirs = model.term_weights()[:, same[word]], plain.term_weights()[:, same[word]]
        assert ours.max() == pytest.approx(1.2 * theirs.max(), rel=0.2) and ours.max() > theirs.max()
    assert adjusted_mutual_info_score(CORPUS.labels, model.topics_) > 0.7


def test_seed_words_bring_a_topic_out_of_noise() -> None:
    rng = np.random.default_rng(3)
    noisy = (CORPUS.embeddings + 6 * rng.standard_normal(CORPUS.embeddings.shape)).astype(np.float32)
    seeds = [text.split()[:6] for text in SUBJECTS.values()]

    def ami(seeder: Any) -> float:
        model = model_of(seeder).fit(CORPUS.texts, noisy)
        return adjusted_mutual_info_score(CORPUS.labels, model.topics_)

    docs = Documents(CORPUS.texts, embeddings=noisy)
    found = SeedWords(seeds, pull=0.5).seed(docs, ByCenter())
    pulled = drawn(docs, found).embeddings
    inside = found.assignment >= 0
    before = (unit_rows(noisy)[inside] * found.points[found.assignment[inside]]).sum(axis=1)
    after = (unit_rows(pulled)[inside] * found.points[found.assignment[inside]]).sum(axis=1)
    assert inside.any() and (after > before).all()
    assert ami(SeedWords(seeds, pull=0.5)) > ami(None)


@pytest.mark.parametrize("road", [graph, classic])
def test_names_claim_documents_first_and_seed_words_draw_the_rest(road: Any, tmp_path: Path) -> None:
    names = ZeroShot(NAMES[:1], 0.6, embeddings=CENTERS[:1])
    both = Both(names, SeedWords([["rocket", "moon"], ["garlic", "soup"]], pull=0.5))
    docs = Documents(CORPUS.texts, embeddings=CORPUS.embeddings)
    seeds = both.seed(docs, ByCenter())
    space = CORPUS.labels == 0
    assert seeds.rest is not None and (seeds.rest.assignment[seeds.assignment >= 0] == -1).all()
    assert (seeds.rest.assignment[CORPUS.labels == 1] == 1).all()
    pulled = drawn(docs, seeds).embeddings
    moved = np.abs(pulled - unit_rows(CORPUS.embeddings)).max(axis=1) > 1e-3
    assert moved[CORPUS.labels == 1].all() and not moved[space].any()
    model = model_of(both, road, embedder=ByCenter()).fit(CORPUS.texts, CORPUS.embeddings)
    assert names_of(model) == {"Space"} and "garlic" in model._fitted.description.weighting.seed_words
    assert adjusted_mutual_info_score(CORPUS.labels, model.topics_) > 0.7
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model", embedder=ByCenter())
    new = np.vstack([CENTERS[:1] + 0.01, CENTERS[1:2]])
    assert again.transform(["a", "b"], new)[0] == model.transform(["a", "b"], new)[0]


def test_seed_words_that_are_no_lists_are_a_clear_error() -> None:
    with pytest.raises(InputError, match="a list of lists of words"):
        model_of(SeedWords(["rocket", "moon"])).fit(CORPUS.texts, CORPUS.embeddings)


def blurred(noise: float = 4.0, seed: int = 1) -> Sample:
    rng = np.random.default_rng(seed)
    points = CORPUS.embeddings + noise * rng.standard_normal(CORPUS.embeddings.shape)
    return Sample(["text"] * 240, points.astype(np.float32), CORPUS.labels)


@pytest.mark.parametrize("named", [False, True])
def test_some_known_classes_make_the_rest_agree_better(named: bool) -> None:
    known = np.arange(240) % 9 == 0
    rest, gains = ~known, []
    for seed in range(4):
        corpus = blurred(seed=seed)
        y = np.where(known, corpus.labels, -1)
        given = [NAMES[c] if c >= 0 else None for c in y] if named else y
        free = model_of(None).fit(corpus.texts, corpus.embeddings)
        model = model_of(None).fit(corpus.texts, corpus.embeddings, y=given)
        before, after = (
            adjusted_mutual_info_score(corpus.labels[rest], np.array(one.topics_)[rest])
            for one in (free, model)
        )
        gains.append(after - before)
    assert np.mean(gains) > 0 and min(gains) > -0.01
    homes = [set(np.array(model.topics_)[y == c]) for c in range(4)]
    assert all(len(home) == 1 for home in homes) and len(set.union(*homes)) == 4
    if named:
        assert names_of(model) == set(NAMES)
    else:
        assert [model.result_.origin[c] for c in range(4)] == [home.pop() for home in homes]


def test_layers_stay_nested_with_known_classes() -> None:
    corpus = blurred(6.0)
    y = np.where(np.arange(240) % 5 == 0, CORPUS.labels * 2 + np.arange(240) // 4 % 2, -1)
    model = model_of(None, min_topic_size=3).fit(corpus.texts, corpus.embeddings, y=y)
    layers = model.result_.layers
    assert len(layers) >= 2
    for fine, coarse in pairwise(layers):
        inside = (fine >= 0) & (coarse >= 0)
        pairs = {(a, b) for a, b in zip(fine[inside], coarse[inside], strict=True)}
        assert len(pairs) == len({a for a, _ in pairs})


def test_a_class_for_every_document_gives_exactly_these_topics(tmp_path: Path) -> None:
    y = np.array(["cats", "dogs", "birds"])[np.arange(240) % 3]
    model = model_of(None).fit(CORPUS.texts, CORPUS.embeddings, y=y)
    assert adjusted_mutual_info_score(y, model.topics_) == pytest.approx(1)
    assert names_of(model) == {"cats", "dogs", "birds"}
    model.save(tmp_path / "model")
    assert names_of(TopicModel.load(tmp_path / "model")) == {"cats", "dogs", "birds"}


def test_known_classes_stay_together_on_the_classic_road_when_asked() -> None:
    y = np.where(np.arange(240) % 5 == 0, np.arange(240) % 4, -1)
    grouper = ReduceThenCluster(PCA5(), KMeans(7))
    model = TopicModel(embedder=None, layout=None, grouper=grouper, seeder="classes")
    model.fit(CORPUS.texts, CORPUS.embeddings, y=y)
    topics = np.array(model.topics_)
    homes = [set(topics[y == c]) for c in range(4)]
    assert all(len(home) == 1 for home in homes) and len(set.union(*homes)) == 4
    np.testing.assert_array_equal(grouper.reducer.seen, y)


class PCA5(PCA):
    """A reducer that takes classes, and remembers them."""

    def __init__(self) -> None:
        super().__init__(5)

    def fit_transform(self, points: Any, y: Any = None) -> Any:
        self.seen = y
        return super().fit_transform(points)


def test_n_topics_holds_with_known_classes() -> None:
    y = np.where(np.arange(240) % 5 == 0, np.arange(240) % 4, -1)
    for n_topics in (4, 7):
        model = model_of(None, n_topics=n_topics).fit(CORPUS.texts, CORPUS.embeddings, y=y)
        assert model.result_.n_topics == n_topics
    with pytest.raises(InputError, match="cannot be kept apart in 3 topics"):
        model_of(None, n_topics=3).fit(CORPUS.texts, CORPUS.embeddings, y=y)


@pytest.mark.parametrize("unknown", [[-1] * 240, [None] * 240, [float("nan")] * 240, [""] * 240])
def test_classes_of_which_none_is_known_change_nothing(unknown: Any) -> None:
    texts, points = CORPUS.texts[:60], CORPUS.embeddings[:60]
    plain = model_of(None).fit(texts, points)
    assert model_of(None).fit(texts, points, y=unknown[:60]).topics_ == plain.topics_


def test_copies_of_a_known_document_follow_it() -> None:
    texts, points = [*CORPUS.texts, CORPUS.texts[0]], np.vstack([CORPUS.embeddings, CORPUS.embeddings[:1]])
    y = np.full(241, -1)
    y[[0, 4]] = 7
    y[[1, 2]] = 9
    model = model_of(None).fit(texts, points, y=y)
    assert model.topics_[240] == model.topics_[0] == model.topics_[4] == model.result_.origin[7]
    assert model.topics_[1] == model.topics_[2] == model.result_.origin[9] != model.topics_[0]


def test_classes_of_another_number_are_a_clear_error() -> None:
    with pytest.raises(AlignmentError, match="one class per document"):
        model_of(None).fit(CORPUS.texts, CORPUS.embeddings, y=[1, 2])
    with pytest.raises(AlignmentError, match="one class per document"):
        Classes([1, 2]).seed(blurred_docs())


def blurred_docs() -> Any:
    from themata.core.documents import Documents

    return Documents(["a"])


class Careless:
    def seed(self, docs: Any, embedder: Any) -> Any:
        return Seeds(np.zeros(3, dtype=int), np.array([0]), (Label("a"),))


def test_a_seeder_that_answers_wrongly_is_blamed() -> None:
    with pytest.raises(PartError, match=r"Careless.seed gave assignment of shape \(3,\)"):
        model_of(Careless()).fit(CORPUS.texts, CORPUS.embeddings)
