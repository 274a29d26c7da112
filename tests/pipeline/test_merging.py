"""Models made one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_mutual_info_score

from corpora import sample
from themata import TopicModel
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError
from themata.core.protocols import Answer
from themata.core.topics import Label, Origin, Topics
from themata.embed.lexical import Lexical
from themata.group.known_labels import Given
from themata.naming.llm.llm_labeler import LLM
from themata.pipeline.merged_layers import with_layers

CORPUS = sample(300)
ONE = np.flatnonzero(CORPUS.labels[:150] != 3)
OTHER = np.flatnonzero(CORPUS.labels[150:] != 0) + 150


def fitted(rows: Any, embeddings: bool = True, **parameters: Any) -> TopicModel:
    model = TopicModel(**{"embedder": None, "layout": None, "aspects": {"MMR": "mmr"}, **parameters})
    points = CORPUS.embeddings[rows] if embeddings else None
    return model.fit([CORPUS.texts[row] for row in rows], points)


@pytest.fixture(scope="module")
def pair() -> tuple[TopicModel, TopicModel]:
    other = fitted(OTHER)
    money = np.bincount(np.array(other.topics_)[CORPUS.labels[OTHER] == 3]).argmax()
    return fitted(ONE), other.relabel({int(money): "Money, by hand"})


def test_topics_alike_are_joined_and_all_documents_are_there(pair: Any) -> None:
    model = TopicModel.merged(pair)
    assert model.result_.n_topics == 4
    assert model.documents_.texts == [*pair[0].documents_.texts, *pair[1].documents_.texts]
    truth = CORPUS.labels[np.concatenate([ONE, OTHER])]
    assert adjusted_mutual_info_score(truth, model.topics_) > 0.95
    assert [one.result_.n_topics for one in pair] == [3, 3]  # those merged stay as they were


def test_counts_are_those_of_the_union_of_the_words(pair: Any) -> None:
    model = TopicModel.merged(pair)
    union = {word for one in pair for word in one.result_.vocabulary}
    assert set(model.result_.vocabulary) == union
    counted = CountVectorizer(vocabulary=model.result_.vocabulary.tolist()).transform(model.documents_.texts)
    member = np.equal.outer(np.arange(4), model.topics_).astype(int)
    np.testing.assert_array_equal(model.result_.term_counts.toarray(), member @ counted.toarray())


def test_names_and_exemplars_of_both_are_kept(pair: Any) -> None:
    model = TopicModel.merged(pair)
    assert Label("Money, by hand") in model.result_.labels
    assert set(pair[0].result_.names) <= set(model.result_.names)
    n_first = len(ONE)
    for row in range(4):
        shown = model.result_.exemplars[row]
        own = np.flatnonzero(np.array(model.topics_) == row)
        for part in (own[own < n_first], own[own >= n_first]):
            assert not len(part) or set(shown) & set(part)
    assert all(rows for rows in model.result_.aspects["MMR"])


@pytest.mark.parametrize("source", ["m", "person"])
def test_layers_are_the_first_models_and_a_heading_goes_where_topics_are_added(source: str) -> None:
    one, other = (fitted(rows, grouper=Given(CORPUS.labels[rows])) for rows in (ONE, OTHER))
    halves = one.result_.assignment // 2
    names = (
        {0: Label("First", origin=Origin.called(source)), 1: Label("Second", origin=Origin.called(source))},
    )
    one._current = replace(one._fitted, topics=one.result_.having(layers=(halves,), layer_labels=names))
    merged = TopicModel.merged([one, other]).result_
    assert merged.layers[0][: len(ONE)].tolist() == halves.tolist()
    (level,) = merged.levels
    theirs = merged.assignment[len(ONE) :][CORPUS.labels[OTHER] == 3]  # money, which the first has not
    assert (theirs == theirs[0]).all() and (level.groups >= 0).all()
    grown = int(level.groups[theirs[0]])
    assert merged.layer_labels[0][1 - grown] == names[0][1 - grown]
    assert (merged.layer_labels[0][grown] == names[0][grown]) == (source == "person")
    for row in range(merged.n_topics):
        assert len(set(merged.layers[0][merged.assignment == row].tolist())) == 1, "nested"


def layered(rows: Any, layer: np.ndarray, labels: dict[int, Label], **options: Any) -> TopicModel:
    """A model of the known topics of some documents, with one layer above them."""
    model = fitted(rows, grouper=Given(CORPUS.labels[rows]), **options)
    told = model.result_.having(layers=(layer,), layer_labels=(labels,))
    model._current = replace(model._fitted, topics=told)
    return model


def test_a_group_of_another_model_comes_over_whole_with_its_heading() -> None:
    one, other = (np.flatnonzero(np.isin(CORPUS.labels, part)) for part in ([0, 1], [2, 3]))
    first = layered(one, np.zeros(len(one), dtype=int), {0: Label("Here", origin=Origin.by_model("m"))})
    second = layered(other, np.full(len(other), 7), {7: Label("There", origin=Origin.by_model("m"))})
    merged = TopicModel.merged([first, second], min_similarity=0.9).result_
    assert sorted(label.name for label in merged.layer_labels[0].values()) == ["Here", "There"]
    group = next(group for group, label in merged.layer_labels[0].items() if label.name == "There")
    assert (merged.layers[0] == group).tolist() == [False] * len(one) + [True] * len(other)
    both = np.flatnonzero(np.isin(CORPUS.labels, [1, 2, 3]))
    third = layered(both, np.zeros(len(both), dtype=int), {0: Label("Both", origin=Origin.by_model("m"))})
    mixed = TopicModel.merged([first, third], min_similarity=0.9).result_
    assert "Both" not in {label.name for label in mixed.layer_labels[0].values()}, "a third was here before"


def test_a_heading_by_hand_goes_to_the_group_that_is_mostly_the_same() -> None:
    few, many = np.flatnonzero(CORPUS.labels == 1)[:6], np.flatnonzero(np.isin(CORPUS.labels, [1, 2, 3]))
    one = np.concatenate([np.flatnonzero(CORPUS.labels == 0)[:6], few])

    def heading(theirs: np.ndarray, source: str, first: str = "m") -> str:
        mine = layered(one, np.zeros(len(one), dtype=int), {0: Label("Mine", origin=Origin.called(first))})
        other = layered(theirs, np.full(len(theirs), 7), {7: Label("Theirs", origin=Origin.called(source))})
        merged = TopicModel.merged([mine, other], min_similarity=0.9).result_
        group = int(np.bincount(merged.layers[0][: len(one)]).argmax())
        return merged.layer_labels[0][group].name

    assert heading(many, "person") == "Theirs", "all of it, and most of what is there"
    assert heading(many, "m") != "Theirs"
    assert heading(many, "person", first="person") == "Mine"
    little = np.concatenate([few[:3], np.flatnonzero(CORPUS.labels == 0)[:3]])
    assert heading(little, "person") == "Mine", "most of what is there is another's"


@pytest.mark.parametrize("seed", range(8))
def test_layers_of_merged_models_are_nested_and_all_that_can_is_carried(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def model(n_topics: int, n_layers: int) -> Topics:
        docs = Documents([""] * 4 * n_topics)
        above, layers = np.arange(n_topics), []
        for _ in range(n_layers):
            above = rng.integers(0, max(1, len(np.unique(above)) // 3), above.max() + 1)[above]
            layers.append(np.repeat(above, 4))
        names = tuple(
            {int(g): Label(f"{place} {g}") for g in np.unique(one)} for place, one in enumerate(layers)
        )
        made = Topics.of(docs, np.repeat(np.arange(n_topics), 4), layers=layers)
        return made.having(layers=tuple(layers), layer_labels=names)

    models = [model(30, 3), model(27, 2), model(9, 1)]
    n_joined = [30, 5, 0]  # topics of each that others know
    rows, n = [np.arange(30)], 30
    for one, known in zip(models[1:], n_joined[1:], strict=True):
        new = n + np.arange(one.n_topics - known)
        rows.append(rng.permutation(np.concatenate([rng.choice(n, known, replace=False), new])))
        n += len(new)
    assignment = np.concatenate([into[one.assignment] for one, into in zip(models, rows, strict=True)])
    docs = Documents([""] * len(assignment))
    home = np.concatenate([np.arange(30), rng.integers(0, 30, n - 30)])
    merged = with_layers(Topics.of(docs, assignment, n_topics=n), models, rows, home)
    finer = assignment
    for place, layer in enumerate(merged.layers):
        assert layer[: models[0].n_docs].tolist() == models[0].layers[place].tolist()
        for group in np.unique(finer[models[0].n_docs :]):
            inside = layer[models[0].n_docs :][finer[models[0].n_docs :] == group]
            assert len(set(inside.tolist())) == 1, "nested"
        finer = layer
    alone = rows[2]  # whose groups have nothing in common with the others'
    groups = models[2].levels[0].groups if models[2].levels else np.array([], dtype=int)
    sizes = np.bincount(groups) if len(groups) else np.array([], dtype=int)
    for group in np.flatnonzero(sizes > 1):
        where = np.isin(assignment, alone[groups == group])
        assert any(
            len(set(one[where])) == 1 and not np.isin(one[~where], one[where]).any() for one in merged.layers
        )


@pytest.mark.parametrize("how", ["merged", "partial_fit", "forget", "loaded"])
def test_new_names_are_held_against_their_topics_by_the_models_embedder(how: str, tmp_path: Path) -> None:
    class Lies:
        """A model that names every topic after the one thing nobody here writes about."""

        name = "lies"

        def complete(self, prompts: Any, **_: Any) -> Any:
            return [Answer(f"Label: Zebra finches {i}") for i in range(len(prompts))]

    asked: list[str] = []

    class Watched(Lexical):
        def encode(self, texts: Any) -> Any:
            asked.extend(texts)
            return super().encode(texts)

    def model(rows: Any) -> TopicModel:
        made = TopicModel(
            embedder=Watched(), layout=None, labeler=LLM(Lies()), grouper=Given(CORPUS.labels[rows])
        )
        return made.fit([CORPUS.texts[row] for row in rows])

    first = model(ONE)
    if how == "loaded":
        first.save(tmp_path / "m")
        first = TopicModel.load(tmp_path / "m", embedder=first.embedder, labeler=LLM(Lies()))
    asked.clear()
    if how == "merged":
        TopicModel.merged([first, model(OTHER)])
    elif how == "partial_fit":
        first.partial_fit([CORPUS.texts[row] for row in OTHER])
    elif how == "forget":
        first.forget(np.arange(0, len(ONE), 2))
    else:
        first.label()
    assert any("Zebra finches" in text for text in asked)


def test_every_later_verb_works(pair: Any, tmp_path: Path) -> None:
    model = TopicModel.merged(pair)
    assert len(model.hierarchy().linkage) == 3
    times = np.datetime64("2020-01-01") + np.arange(model.documents_.n_docs)
    assert model.over_time(times, bins="month").counts.sum() == model.documents_.n_docs
    assert model.transform(CORPUS.texts[:5], CORPUS.embeddings[:5])[0][0] >= 0
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert again.topics_ == model.topics_ and again.result_.names == model.result_.names
    again.partial_fit(CORPUS.texts[:5], CORPUS.embeddings[:5]).merge([0, 1]).undo()
    model.merge([0, 1]).undo().split(0, into=2).reduce(3)
    assert model.result_.n_topics == 3


def test_models_of_words_alone_and_of_loaded_folders_merge(tmp_path: Path) -> None:
    one, other = fitted(ONE, embeddings=False), fitted(OTHER, embeddings=False)
    other.save(tmp_path / "other")
    model = TopicModel.merged([one, TopicModel.load(tmp_path / "other")], min_similarity=0.3)
    truth = CORPUS.labels[np.concatenate([ONE, OTHER])]
    assert adjusted_mutual_info_score(truth, model.topics_) > 0.8


def test_an_embedder_that_learned_its_corpus_places_the_other_one_anew() -> None:
    one = fitted(ONE, embeddings=False, embedder="lexical")
    other = fitted(OTHER, embeddings=False, embedder="lexical")
    model = TopicModel.merged([one, other], min_similarity=0.6)
    truth = CORPUS.labels[np.concatenate([ONE, OTHER])]
    assert adjusted_mutual_info_score(truth, model.topics_) > 0.8


def test_a_vectorizer_of_scikit_learn_learns_the_union() -> None:
    parts = [fitted(rows, vectorizer=CountVectorizer(stop_words="english")) for rows in (ONE, OTHER)]
    model = TopicModel.merged(parts)
    assert {"bank", "rocket"} <= set(model.result_.vocabulary)
    assert model.transform(["new"], CORPUS.embeddings[:1])[0] == [model.topics_[0]]


def test_what_cannot_be_merged_is_a_clear_error(pair: Any) -> None:
    with pytest.raises(InputError, match="one model or more"):
        TopicModel.merged([])
    short = TopicModel(embedder=None, layout=None).fit(CORPUS.texts[:60], CORPUS.embeddings[:60, :9])
    with pytest.raises(AlignmentError, match="dimensions"):
        TopicModel.merged([pair[0], short])
    with pytest.raises(InputError, match="some have none"):
        TopicModel.merged([pair[0], fitted(ONE[:60], embeddings=False)])


def test_a_model_saved_without_its_texts_keeps_its_counts(pair: Any, tmp_path: Path) -> None:
    pair[1].save(tmp_path / "bare", texts=False)
    model = TopicModel.merged([pair[0], TopicModel.load(tmp_path / "bare")])
    assert model.result_.term_counts.sum() == sum(one.result_.term_counts.sum() for one in pair)


def test_one_model_alone_is_itself(pair: Any) -> None:
    model = TopicModel.merged(pair[:1])
    assert model.topics_ == pair[0].topics_ and model.result_.names == pair[0].result_.names
