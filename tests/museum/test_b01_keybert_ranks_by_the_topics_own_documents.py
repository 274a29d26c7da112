"""B1: KeyBERT as the only representation took the first documents of the corpus for those of the topics."""

from __future__ import annotations

import numpy as np
import pytest

from corpora import SUBJECTS, sample
from themata import Given, TopicModel

CORPUS = sample(n_docs=120)
BY_SUBJECT = np.argsort(
    CORPUS.labels, kind="stable"
)  # the corpus begins with a whole topic: rows of it say nothing of others
TEXTS = [CORPUS.texts[row] for row in BY_SUBJECT]


def fitted(**aspects: object) -> TopicModel:
    model = TopicModel(embedder=None, grouper=Given(CORPUS.labels[BY_SUBJECT]), aspects=aspects, layout=None)
    return model.fit(TEXTS, CORPUS.embeddings[BY_SUBJECT])


@pytest.mark.parametrize("aspect", ["Main", "KeyBERT"])
def test_words_are_those_of_the_topic_alone_or_beside_others(aspect):
    model = fitted(**{aspect: "keybert"})
    for row, words in enumerate(model.get_topics(full=True)[aspect].values()):
        subject = list(SUBJECTS)[int(CORPUS.labels[BY_SUBJECT][model.result_.assignment == row][0])]
        own = set(SUBJECTS[subject].split())
        assert [word for word, _ in words[:5] if word not in own] == []


def test_the_only_representation_says_what_one_among_others_says():
    assert (
        fitted(Main="keybert").get_topics()
        == fitted(KeyBERT="keybert", MMR="mmr").get_topics(full=True)["KeyBERT"]
    )


def test_the_familiar_keybert_alone_says_what_it_says_by_name(porch_of):
    from themata.familiar.representation import KeyBERTInspired

    alone = porch_of(representation_model=KeyBERTInspired())
    named = porch_of(representation_model={"Main": KeyBERTInspired()})
    assert alone.get_topics() == named.get_topics()
    for topic, words in alone.get_topics().items():
        if topic >= 0:
            assert (
                max(len({word for word, _ in words[:5]} & set(text.split())) for text in SUBJECTS.values())
                == 5
            )
