"""B14: unless an embedder was named, everything but A-Z and digits was taken out of words."""

from __future__ import annotations

import pytest

from themata import Given, TopicModel

WORDS = ["Größe", "café", "naïve", "C++", "#topics", "covid-19", "Ελλάδα", "москва"]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_shown_as_it_is_written(word):
    texts = [
        f"{word} is spoken of in report {i}" if i % 2 else f"something else happens in note {i}"
        for i in range(40)
    ]
    model = TopicModel(embedder=None, grouper=Given([i % 2 for i in range(40)]), layout=None).fit(texts)
    shown = [told for row in model.get_topics().values() for told, _ in row]
    assert word.lower() in shown


def test_parts_of_a_word_are_never_glued_together():
    texts = ["a state-of-the-art, well-known re-run"] * 20 + ["something else happens in this note"] * 20
    model = TopicModel(embedder=None, grouper=Given([0] * 20 + [1] * 20), layout=None).fit(texts)
    vocabulary = set(model.result_.vocabulary.tolist())
    assert not vocabulary & {"stateoftheart", "wellknown", "rerun"}
    assert {"state", "art", "known", "run"} <= vocabulary


@pytest.mark.parametrize("language", ["english", "multilingual"])
def test_the_familiar_language_takes_no_letters_away(language):
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA

    from corpora import sample
    from themata.familiar import BERTopic

    points = sample(n_docs=80).embeddings
    texts = [f"{'Größe café' if i % 2 else 'Ελλάδα москва'} in report {i}" for i in range(80)]
    model = BERTopic(language=language, umap_model=PCA(5), hdbscan_model=KMeans(2, random_state=0))
    shown = {word for words in model.fit(texts, points).get_topics().values() for word, _ in words}
    assert {"größe", "café", "ελλάδα", "москва"} <= shown
