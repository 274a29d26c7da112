"""B6: update_topics put vectorizer, weighting and representation back to defaults: stop words came back, labels vanished."""

from __future__ import annotations

from sklearn.feature_extraction.text import CountVectorizer

from themata import Weighting


def test_what_was_not_asked_for_stays(model_of):
    vectorizer = CountVectorizer(stop_words="english")
    model = model_of(vectorizer=vectorizer, weighting=Weighting(bm25=True), aspects={"MMR": "mmr"})
    model.set_topic_labels([f"name {row}" for row in range(4)])
    model.redescribe(top_n_words=5)
    assert "the" not in model.result_.vocabulary.tolist()
    assert model.get_params()["vectorizer"] is vectorizer
    assert model.get_params()["weighting"] == Weighting(bm25=True)
    assert [label.name for label in model.result_.labels] == [f"name {row}" for row in range(4)]
    assert all(len(words) == 5 for words in model.result_.aspects["MMR"])


def test_another_vectorizer_changes_the_words_and_nothing_else(model_of):
    model = model_of(weighting=Weighting(bm25=True), aspects={"MMR": "mmr"})
    topics = model.topics_
    labels = model.result_.labels
    model.redescribe(vectorizer=CountVectorizer(ngram_range=(2, 2)))
    assert all(" " in word for row in model.result_.keywords for word, _ in row)
    assert all(" " in word for row in model.result_.aspects["MMR"] for word, _ in row)
    assert model.topics_ == topics and model.result_.labels == labels
    assert model.get_params()["weighting"] == Weighting(bm25=True)
    model.undo()
    assert all(" " not in word for row in model.result_.keywords for word, _ in row)
    assert model.get_params()["vectorizer"] is None


def test_moved_documents_change_only_their_topics(model_of):
    model = model_of()
    moved = model.result_.assignment.copy()
    moved[moved == 3] = 2
    names = model.result_.names
    model.redescribe(topics=moved)
    assert model.result_.sizes[3] == 0
    assert model.result_.names[:2] == names[:2]
