"""Names held against the documents of their topics, and against names of people."""

from __future__ import annotations

import numpy as np
import pytest

from corpora import SUBJECTS, sample
from themata import TopicModel
from themata.core.documents import Documents
from themata.core.errors import AlignmentError
from themata.core.topics import Failure, Label, Namer, Origin, Topics
from themata.embed.lexical import Lexical
from themata.evaluate.labels import compared, label_scores, name_agreement
from themata.group.known_labels import Given

GOOD = ["Rocket in orbit", "Garlic and onion soup", "Striker and defender", "Bank loan and credit"]


@pytest.fixture(scope="module")
def corpus() -> tuple[Topics, Documents, Lexical]:
    given = sample(160)
    embedder = Lexical(dim=24).learn(given.texts)
    model = TopicModel(embedder=None, grouper=Given(given.labels), layout=None)
    model.fit(given.texts, embedder.encode(given.texts))
    # the rows are by size, and equal sizes keep the order of the subjects
    return model.result_, model.documents_, embedder


@pytest.mark.parametrize("by_meaning", [True, False])
def test_good_names_retrieve_their_own_topics(
    corpus: tuple[Topics, Documents, Lexical], by_meaning: bool
) -> None:
    topics, docs, embedder = corpus
    scores = label_scores(topics, docs, embedder if by_meaning else None, names=GOOD)
    assert scores.rank.tolist() == [1, 1, 1, 1] and scores.hits == scores.mrr == 1.0
    assert scores.doubts == ("", "", "", "")
    assert scores.summary["doubted"] == 0.0


@pytest.mark.parametrize("by_meaning", [True, False])
def test_a_name_of_another_topic_is_doubted_and_listed_first(
    corpus: tuple[Topics, Documents, Lexical], by_meaning: bool
) -> None:
    topics, docs, embedder = corpus
    names = [*GOOD[:3], "Soup with garlic from the oven"]
    scores = label_scores(topics, docs, embedder if by_meaning else None, names=names)
    assert scores.nearest[3] == 1 and scores.hits == 0.75 and scores.mrr < 1
    assert scores.to_frame()["Topic"].tolist()[0] == 3
    assert scores.doubts[3] == "it is more like topic 1"


@pytest.mark.parametrize(
    ("name", "doubt"),
    [
        ("Parliament elections", "it says little"),
        ("garlic and onion soup", "topic 1 has the same name"),
        ("bank, loan, credit, stock", "a list of words"),
        ("Everything that a bank tells of loans and of credit", "it is long: 10 words"),
    ],
)
def test_each_doubt_is_told_in_words(
    corpus: tuple[Topics, Documents, Lexical], name: str, doubt: str
) -> None:
    topics, docs, embedder = corpus
    assert doubt in label_scores(topics, docs, embedder, names=[*GOOD[:3], name]).doubts[3]


def test_a_stand_in_and_a_topic_without_a_name_are_doubted(corpus: tuple[Topics, Documents, Lexical]) -> None:
    topics, docs, embedder = corpus
    labels = (
        None,
        Label(GOOD[1], "", Origin(Namer.PHRASES, Failure("m", "no answer"))),
        Label(GOOD[2]),
        Label(GOOD[3]),
    )
    scores = label_scores(topics.having(labels=labels), docs, embedder)
    assert "no name" in scores.doubts[0] and "stands in" in scores.doubts[1]
    assert scores.doubts[2:] == ("", "")


def test_a_name_that_says_nothing_known_ranks_last() -> None:
    points = np.array([[1.0, 0.0], [0.0, 0.0]])
    scores = compared(["a", "b"], points, np.eye(2), np.arange(2))
    assert scores.rank.tolist() == [1, 2]


def test_names_are_scored_for_any_number_of_topics(corpus: tuple[Topics, Documents, Lexical]) -> None:
    topics, docs, embedder = corpus
    one = topics.regroup([0, 0, 0, 0]).relabel({0: "All of it"})
    assert label_scores(one, docs, embedder).rank.tolist() == [1]
    none = topics.delete([0, 1, 2, 3])
    assert label_scores(none, docs, embedder).to_frame().empty
    with pytest.raises(AlignmentError, match="4 topics, 1 names"):
        label_scores(topics, docs, embedder, names=["one"])


def test_agreement_with_people_counts_words_without_endings() -> None:
    found = name_agreement(
        ["Booking flights", "Lost cards", "Weather"], ["book a flight", "card lost", "alarm"]
    )
    assert found.overlap.tolist() == [1.0, 1.0, 0.0]
    assert found.rank.tolist() == [1, 1, 3]
    assert np.isnan(found.cosine).all()


def test_agreement_by_meaning_finds_the_nearest_of_all_human_names() -> None:
    embedder = Lexical(dim=8).learn(list(SUBJECTS.values()) * 3)
    human = ["rocket orbit", "oven soup", "goal league"]
    found = name_agreement(["moon orbit rocket", "soup bread oven", "goal coach"], human, embedder)
    assert found.summary["hits_at_1"] == 1.0 and (found.cosine > 0.5).all()


def test_a_model_scores_its_names() -> None:
    given = sample(120)
    model = TopicModel(embedder="lexical", grouper=Given(given.labels), layout=None).fit(given.texts)
    assert model.label_scores().hits == 1.0
    wrong = model.label_scores(names=list(reversed(model.result_.names)))
    assert wrong.hits == 0.0 and all(wrong.doubts)
