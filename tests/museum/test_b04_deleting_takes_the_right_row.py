"""B4: with outliers, deleting a topic took another one's row away and broke the weights."""

from __future__ import annotations

import numpy as np


def test_deleting_takes_away_the_rows_of_that_topic_and_no_other(model_of):
    model = model_of()
    before = model.result_
    model.set_topic_labels([f"name {row}" for row in range(4)])
    model.delete(1)
    after = model.result_
    kept = [0, 2, 3]
    np.testing.assert_array_equal(after.centroids, before.centroids[kept])
    np.testing.assert_array_equal(after.term_counts.toarray(), before.term_counts[kept].toarray())
    assert [label.name for label in after.labels] == ["name 0", "name 2", "name 3"]
    assert after.term_counts.shape[1] == len(after.vocabulary) == len(after.background)


def test_questions_work_after_deleting(model_of):
    model = model_of()
    model.delete([1])
    assert model.distribution().weights.shape == (120, 3)
    assert len(model.hierarchy().linkage) == 2
    assert len(model.get_topic_info()) == 4


def test_the_familiar_delete_topics_keeps_the_rows_of_the_others(porch_of):
    model = porch_of()
    model.set_topic_labels({row: f"name {row}" for row in range(-1, 4)})
    before, words = model.topic_embeddings_.copy(), model.get_topics()
    model.delete_topics([1])
    np.testing.assert_allclose(model.topic_embeddings_[1:], before[[1, 3, 4]], atol=1e-6)  # row 0: outliers
    assert [[word for word, _ in model.get_topic(row)[:3]] for row in range(3)] == [
        [word for word, _ in words[old][:3]] for old in (0, 2, 3)
    ]
    assert model.approximate_distribution(["a rocket in orbit"])[0].shape == (1, 3)
