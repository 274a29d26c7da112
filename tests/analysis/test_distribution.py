from __future__ import annotations

import numpy as np
import pytest

from corpora import sample
from themata import TopicModel
from themata.core.errors import InputError
from themata.fitted.fitted_model import weights_under_topics


def test_shares_sum_to_one_and_favor_the_own_topic(model: TopicModel) -> None:
    found = model.distribution()
    assert found.weights.shape == (240, 4)
    assert found.weights.dtype == np.float32
    np.testing.assert_allclose(found.weights.sum(axis=1), 1, atol=1e-5)
    own = model.result_.assignment
    inside = own >= 0
    assert (found.weights.argmax(axis=1)[inside] == own[inside]).mean() > 0.98


def test_a_document_about_two_things_has_two_topics(model: TopicModel) -> None:
    text = "rocket orbit moon launch satellite astronaut and then recipe oven garlic butter soup bread"
    shares = model.distribution([text]).weights[0]
    space, cooking = _of(model)
    assert shares[space] > 0.3 and shares[cooking] > 0.3


def _of(model: TopicModel) -> tuple[int, int]:
    """Numbers of the topics about space and about cooking."""
    subject = sample(n_docs=240).labels
    assignment = model.result_.assignment
    return tuple(int(np.bincount(assignment[(subject == s) & (assignment >= 0)]).argmax()) for s in (0, 1))


def test_words_tell_which_topic_they_stand_for(model: TopicModel) -> None:
    text = "rocket orbit moon launch satellite planet recipe oven garlic butter soup bread"
    found = model.distribution([text], tokens=True, window=2)
    assert found.words == [text.split()]
    assert found.tokens is not None and found.tokens[0].shape == (12, 4)
    space, cooking = _of(model)
    assert (found.tokens[0][:5].argmax(axis=1) == space).all()
    assert (found.tokens[0][7:].argmax(axis=1) == cooking).all()
    np.testing.assert_allclose(
        found.weights[0], found.tokens[0].sum(axis=0) / found.tokens[0].sum(), atol=1e-6
    )


@pytest.mark.parametrize("padding", [False, True])
@pytest.mark.parametrize(("window", "stride"), [(1, 1), (4, 1), (4, 3), (8, 3), (100, 1)])
def test_windows_done_by_hand_give_the_same(
    model: TopicModel, window: int, stride: int, padding: bool
) -> None:
    texts = [model.documents_.texts[0], "rocket", ""]
    found = model.distribution(texts, window=window, stride=stride, padding=padding)
    weights = model.term_weights().toarray()
    for row, text in enumerate(texts):
        words = text.replace(".", "").split()
        starts = (
            range(-((window - 1) // stride) * stride, len(words), stride)
            if padding and len(words) >= window
            else range(0, max(1, len(words) - window + 1), stride)
        )
        total = np.zeros(4)
        for start in starts if words else []:
            piece = " ".join(words[max(0, start) : start + window])
            own = weights_under_topics(model._fitted, model._fitted.space.words([piece])).toarray()[0]
            size = np.linalg.norm(own) * np.linalg.norm(weights, axis=1)
            cosines = np.divide(weights @ own, size, out=np.zeros(4), where=size > 0)
            total += np.where(cosines >= 0.1, cosines, 0)
        expected = total / total.sum() if total.sum() else total
        np.testing.assert_allclose(found.weights[row], expected, atol=1e-5)


def test_batches_change_nothing(model: TopicModel) -> None:
    whole, pieces = model.distribution(), model.distribution(batch_size=7)
    np.testing.assert_array_equal(whole.weights, pieces.weights)


def test_nothing_known_is_nothing(model: TopicModel) -> None:
    assert model.distribution(["zzz qqq", ""]).weights.sum() == 0
    assert model.distribution([]).weights.shape == (0, 4)


def test_impossible_windows_are_refused(model: TopicModel) -> None:
    with pytest.raises(InputError, match="window and stride"):
        model.distribution(window=0)


def test_the_meaning_of_windows_can_be_compared() -> None:
    corpus = sample(n_docs=120)
    lexical = TopicModel(embedder="lexical").fit(corpus.texts)
    found = lexical.distribution(corpus.texts[:8], embeddings=True, min_similarity=0.3)
    assert (found.weights.argmax(axis=1) == lexical.result_.assignment[:8]).mean() > 0.7
