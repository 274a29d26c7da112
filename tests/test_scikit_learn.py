"""TopicModel among scikit-learn's tools: pipelines, searches of parameters, classes in the second place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from corpora import Sample
from themata import InputError, TopicModel, Words
from themata.evaluate import agreement

PLAIN = {"labeler": None, "layout": None, "embedder": "lexical"}


def test_a_pipeline_fits_predicts_and_hands_parameters_on(corpus: Sample) -> None:
    upper = FunctionTransformer(lambda texts: [text.upper() for text in texts])
    pipeline = Pipeline([("upper", upper), ("topics", TopicModel(**PLAIN))])
    times = list(range(len(corpus.texts)))
    pipeline.set_params(topics__n_topics=4).fit(corpus.texts, topics__times=times)
    model = pipeline.named_steps["topics"]
    assert model.result_.n_topics == 4 and model.documents_.times is not None
    assert model.documents_.texts[0] == corpus.texts[0].upper()
    found = pipeline.predict(corpus.texts[:8])
    assert len(set(found[:4])) == 4 and found[:4] == found[4:]


def test_a_search_tries_every_setting_and_keeps_the_best(corpus: Sample) -> None:
    seen: list[Any] = []

    def score(model: TopicModel, texts: Any, y: Any = None) -> float:
        seen.append((model.n_topics, model.vectorizer.min_df, len(texts)))
        return agreement(model.topics_, corpus.labels).ami

    every = np.arange(len(corpus.texts))
    grid = {"n_topics": [2, 4], "vectorizer__min_df": [1, 2]}
    model = TopicModel(vectorizer=Words(language="en"), **PLAIN)
    search = GridSearchCV(model, grid, scoring=score, cv=[(every, every)], error_score="raise")
    search.fit(corpus.texts, embeddings=corpus.embeddings)
    assert sorted({(n, low) for n, low, _ in seen}) == [(2, 1), (2, 2), (4, 1), (4, 2)]
    assert search.best_params_["n_topics"] == 4 and search.best_score_ == pytest.approx(1.0)
    assert model.n_topics is None and not model.__sklearn_is_fitted__()
    with pytest.raises(InputError, match="not made by its embedder"):  # lexical here, and never taught
        search.predict(corpus.texts[:4])


def test_embeddings_are_cut_with_the_folds(corpus: Sample) -> None:
    def score(model: TopicModel, texts: Any, y: Any = None) -> float:
        return float(model.documents_.embeddings.shape == (len(corpus.texts) // 2, 24))

    search = GridSearchCV(TopicModel(**PLAIN), {"n_topics": [4]}, scoring=score, cv=2, refit=False)
    assert search.fit(corpus.texts, embeddings=corpus.embeddings).best_score_ == 1


def test_classes_of_a_search_are_learned_from(corpus: Sample) -> None:
    names = np.array(["space", "cooking", "football", "money"])[corpus.labels]

    def score(model: TopicModel, texts: Any, y: Any) -> float:
        assert set(model.result_.names) == {*names}
        return agreement(model.predict(texts), y).ami

    search = GridSearchCV(TopicModel(**PLAIN), {"top_n_words": [5]}, scoring=score, cv=2, error_score="raise")
    assert search.fit(corpus.texts, names).best_score_ > 0.9


@pytest.mark.parametrize("kind", [list, np.array, tuple])
def test_classes_may_stand_in_the_second_place(corpus: Sample, kind: Any) -> None:
    first = TopicModel(**PLAIN).fit(corpus.texts, kind(corpus.labels.tolist()))
    assert first.topics_ == TopicModel(**PLAIN).fit(corpus.texts, y=corpus.labels).topics_
