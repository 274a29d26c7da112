"""B17: every representation read and counted the documents again, and MMR embedded words topic by topic."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from corpora import sample
from themata import Given, Lexical, TopicModel

CORPUS = sample(n_docs=160)


class Counting(CountVectorizer):
    """Tells how often it read texts."""

    reads = 0

    def fit_transform(self, raw_documents, y=None):
        type(self).reads += 1
        return super().fit_transform(raw_documents, y)

    def transform(self, raw_documents):
        type(self).reads += 1
        return super().transform(raw_documents)


class Asked(Lexical):
    """Tells how often it embedded."""

    calls = 0

    def encode(self, texts):
        type(self).calls += 1
        return super().encode(texts)


def test_texts_are_read_once_and_words_embedded_at_once_however_many_topics_and_aspects():
    calls = {}
    for n_topics in (4, 16):
        embedder = Asked(16)
        embedder.learn(CORPUS.texts)
        Counting.reads = Asked.calls = 0
        rows = CORPUS.labels + 4 * (np.arange(160) // 4 % (n_topics // 4))
        aspects = {"KeyBERT": "keybert", "MMR": "mmr", "Chain": ["keybert", "mmr"]}
        model = TopicModel(
            embedder=embedder, vectorizer=Counting(), grouper=Given(rows), aspects=aspects, layout=None
        )
        model.fit(CORPUS.texts, CORPUS.embeddings[:, :16])
        assert model.result_.n_topics == n_topics
        assert Counting.reads == 1
        calls[n_topics] = Asked.calls
        model.merge([0, 1]).reduce(2)
        model.hierarchy()
        model.by_class([i % 3 for i in range(160)])
        assert Counting.reads == 1
    assert calls[4] == calls[16] <= 5  # a look whether it has learned, one for each link of the aspects
