"""Calls in the order of arguments that older versions of BERTopic had give what the call of now gives."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest

from corpora import Sample
from themata.core.errors import InputError
from themata.familiar import BERTopic

DATES = [f"20{19 + row % 4}-{1 + row % 12:02d}-{1 + row % 28:02d}" for row in range(120)]
CLASSES = ["a", "b", "c"] * 40


def test_topics_before_timestamps(fit: Any, few: Sample) -> None:
    model = fit()
    expected = model.topics_over_time(few.texts, DATES, nr_bins=3)
    for found in (
        model.topics_over_time(few.texts, model.topics_, DATES, 3),
        model.topics_over_time(few.texts, model.topics_, timestamps=DATES, nr_bins=3),
        model.topics_over_time(few.texts, DATES, model.topics_, 3),
        model.topics_over_time(docs=few.texts, topics=model.topics_, timestamps=DATES, nr_bins=3),
    ):
        pd.testing.assert_frame_equal(found, expected)
    years = [2019 + row % 4 for row in range(120)]
    pd.testing.assert_frame_equal(
        model.topics_over_time(few.texts, np.array(model.topics_), years),
        model.topics_over_time(few.texts, years),
    )


def test_topics_before_classes(fit: Any, few: Sample) -> None:
    model = fit()
    expected = model.topics_per_class(few.texts, CLASSES)
    pd.testing.assert_frame_equal(model.topics_per_class(few.texts, model.topics_, CLASSES), expected)
    pd.testing.assert_frame_equal(model.topics_per_class(few.texts, model.topics_, classes=CLASSES), expected)
    untuned = model.topics_per_class(few.texts, CLASSES, False)
    pd.testing.assert_frame_equal(model.topics_per_class(few.texts, model.topics_, CLASSES, False), untuned)


def test_topics_before_how_the_tree_is_made(fit: Any, few: Sample) -> None:
    from scipy.cluster import hierarchy

    model = fit()
    expected = model.hierarchical_topics(few.texts)
    pd.testing.assert_frame_equal(model.hierarchical_topics(few.texts, model.topics_), expected)

    def single(distances: Any) -> Any:
        return hierarchy.linkage(distances, "single")

    by_single = model.hierarchical_topics(few.texts, linkage_function=single)
    pd.testing.assert_frame_equal(model.hierarchical_topics(few.texts, model.topics_, single), by_single)
    pd.testing.assert_frame_equal(model.hierarchical_topics(few.texts, single), by_single)


def test_topics_before_those_to_merge(fit: Any, few: Sample) -> None:
    model, expected = fit(), fit()
    expected.merge_topics(few.texts, [[0, 1]])
    model.merge_topics(few.texts, model.topics_, [[0, 1]])
    assert model.topics_ == expected.topics_
    model.undo().merge_topics(few.texts, model.topics_, topics_to_merge=[0, 1])
    assert model.topics_ == expected.topics_


def test_topics_and_probabilities_before_their_number_give_both_back(fit: Any, few: Sample) -> None:
    model, expected = fit(), fit().reduce_topics(few.texts, 2)
    topics, probabilities = model.reduce_topics(few.texts, model.topics_, model.probabilities_, 2)
    assert topics == expected.topics_ and len(probabilities) == 120
    model = fit()
    topics, _ = model.reduce_topics(few.texts, model.topics_, nr_topics=2)
    assert topics == expected.topics_


def test_topics_before_how_they_are_described(fit: Any, few: Sample) -> None:
    model = fit()
    moved = [0] * 5 + model.topics_[5:]
    model.update_topics(few.texts, moved)
    assert model.topics_ == moved and not isinstance(model.topics_[0], str)
    model.update_topics(few.texts, moved, (1, 2))
    assert model.vectorizer_model.ngram_range == (1, 2)
    model.update_topics(few.texts, moved, 4)
    assert len(model.get_topic(0)) == 4


def test_a_strategy_where_images_are_now(fit: Any, few: Sample) -> None:
    model = fit(outliers=True)
    expected = model.reduce_outliers(few.texts, model.topics_, strategy="c-tf-idf")
    assert model.reduce_outliers(few.texts, model.topics_, "c-tf-idf") == expected


def test_classes_where_images_are_now(fit: Any, few: Sample) -> None:
    expected = fit().fit(few.texts, few.embeddings, y=few.labels)
    assert fit().fit_transform(few.texts, few.embeddings, few.labels)[0] == expected.topics_
    assert fit().fit(few.texts, few.embeddings, few.labels.tolist()).topics_ == expected.topics_


def test_how_many_topics_are_found_where_an_image_is_now(fit: Any) -> None:
    model = fit(embedding_model="lexical")
    assert model.find_topics("rocket and moon", 2) == model.find_topics("rocket and moon", top_n=2)


def test_whether_the_embedding_model_is_saved_where_the_format_is_now(fit: Any, tmp_path: Any) -> None:
    model = fit()
    model.save(tmp_path / "model", False)
    assert BERTopic.load(tmp_path / "model").topics_ == model.topics_


def test_an_older_order_is_logged_and_other_topics_than_the_models_are_refused(
    fit: Any, few: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    model = fit()
    model.topics_over_time(few.texts, DATES)
    model.merge_topics(few.texts, [0, 1])
    model.undo()
    assert not caplog.text
    model.topics_over_time(few.texts, model.topics_, DATES)
    assert "topics_over_time(docs, topics, timestamps) is an order of older versions" in caplog.text
    with pytest.raises(InputError, match=r"update_topics\(docs, topics=topics\)"):
        model.merge_topics(few.texts, [0] * 120, [0, 1])
    assert model.history == []


def test_a_width_where_the_title_is_now_is_told(fit: Any) -> None:
    with pytest.raises(InputError, match="give width= and height= by name"):
        fit().visualize_topics(None, None, False, 650, 650)


def test_a_method_with_older_orders_shows_the_signature_of_now() -> None:
    names = list(inspect.signature(BERTopic.topics_over_time).parameters)
    assert names[:4] == ["self", "docs", "timestamps", "topics"]
