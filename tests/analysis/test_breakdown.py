"""Topics over time and per class."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import normalize

from themata import TopicModel
from themata.analysis.over_time import binned
from themata.core.errors import AlignmentError, InputError
from themata.core.weighting import Weighting, idf, weigh

YEARS = [2018 + i % 5 for i in range(240)]


def _naive(
    model: TopicModel, part: list[int], evolution: bool, tuning: bool
) -> dict[tuple[int, int], np.ndarray]:
    """BERTopic's algorithm, a part and a topic at a time; the part before counts as it is by itself."""
    topics, docs = model.result_, model.documents_
    scale = idf(topics.term_counts, topics.background)
    shown = model._fitted.description.showable()

    def of(rows: np.ndarray) -> np.ndarray:
        counts = docs.terms[rows].sum(axis=0)
        weights = weigh(counts, scale).toarray() * shown
        return normalize(weights, norm="l1").ravel()

    whole = {topic: of(np.flatnonzero(topics.assignment == topic)) for topic in range(-1, topics.n_topics)}
    own = {}
    for place in sorted(set(part)):
        for topic in range(-1, topics.n_topics):
            rows = np.flatnonzero((np.array(part) == place) & (topics.assignment == topic))
            if len(rows):
                own[place, topic] = of(rows)
    found = {}
    for (place, topic), weights in own.items():
        if evolution and (place - 1, topic) in own:
            weights = (weights + own[place - 1, topic]) / 2
        found[place, topic] = (weights + whole[topic]) / 2 if tuning else weights
    return found


@pytest.mark.parametrize(
    ("evolution", "tuning"), [(False, False), (True, False), (False, True), (True, True)]
)
def test_weights_over_time_equal_the_formula_done_by_hand(model, evolution, tuning):
    found = model.over_time(YEARS, bins="year", evolution=evolution, tuning=tuning)
    expected = _naive(model, [year - 2018 for year in YEARS], evolution, tuning)
    assert len(found.part) == len(expected)
    for row, key in enumerate(zip(found.part.tolist(), found.topic.tolist(), strict=True)):
        np.testing.assert_allclose(found.weights[row].toarray().ravel(), expected[key], atol=1e-12)


def test_the_frame_has_the_columns_its_users_know(model):
    frame = model.over_time(YEARS, bins="year").to_frame()
    assert list(frame.columns) == ["Topic", "Words", "Frequency", "Timestamp", "Start", "End"]
    assert frame.Frequency.sum() == 240
    assert frame.Timestamp.dt.year.unique().tolist() == [2018, 2019, 2020, 2021, 2022]
    assert frame.Topic.min() == -1
    assert all(len(words.split(", ")) == 5 for words in frame.Words)


def test_every_way_to_write_a_time_gives_the_same_bins(model):
    start = datetime(2020, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=3 * i) for i in range(240)]
    ways = [
        days,
        [day.isoformat() for day in days],
        [day.astimezone(timezone(timedelta(hours=5))) for day in days],
        np.array([day.replace(tzinfo=None) for day in days], dtype="datetime64[s]"),
        pd.Series(days),
        [day.timestamp() for day in days],
    ]
    frames = [model.over_time(way, bins="month").to_frame() for way in ways]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])


def test_equal_bins_hold_every_document(model):
    found = model.over_time(YEARS, bins=3)
    assert len(found.parts) == 3
    assert found.sizes.sum() == 240 and found.n_left_out == 0
    assert found.counts.shape == (3, 4)


def test_empty_months_are_shown_and_missing_dates_have_rows_of_their_own(model):
    times = ["2024-01-03", None, "2024-04-09"] * 80
    found = model.over_time(times, bins="month")
    assert len(found.parts) == 4
    assert found.counts[1:3].sum() == 0 and found.counts.sum() + 8 == 160
    assert found.n_left_out == 80
    frame = found.to_frame()
    undated = frame[frame.Timestamp.isna()]
    assert undated.Frequency.sum() == 80 and frame.Frequency.sum() == 240
    assert undated.index.tolist() == list(range(len(frame)))[-len(undated) :]
    assert undated[["Start", "End"]].isna().all(axis=None) and all(undated.Words)


def test_how_many_dates_and_classes_are_missing_and_which_is_logged(model, caplog):
    model.over_time([None, *YEARS[1:]], bins="year")
    assert "1 of 240 times are missing, in row 0: these documents have rows of their own" in caplog.text
    model.over_time([*YEARS[:-2], "", float("nan")], bins="year")
    assert "2 of 240 times are missing, in rows 238, 239" in caplog.text
    model.by_class(["a", None, "b"] * 80)
    assert "80 of 240 classes are missing, in rows 1, 4, 7, 10, 13 and 75 more" in caplog.text
    model.evaluate(["a", None, "b"] * 80)
    assert "these documents are not compared" in caplog.text


def test_words_of_documents_without_a_date_are_not_those_of_the_last_period(model):
    times = [*YEARS[:120], *[None] * 120]
    evolved = model.over_time(times, bins="year", evolution=True, tuning=False)
    plain = model.over_time(times, bins="year", evolution=False, tuning=False)
    undated = evolved.part < 0
    assert abs(evolved.weights[undated] - plain.weights[undated]).max() == 0


def test_equal_bins_say_where_they_end_and_the_last_date_is_inside(model):
    days = np.datetime64("2016-01-01T10:17:33.123456789") + np.arange(240) * np.timedelta64(526_003, "s")
    found = model.over_time(days, bins=20)
    assert found.parts[0] == days[0] and found.ends[-1] == days[-1]
    assert (found.ends[:-1] == found.parts[1:]).all()
    frame = found.to_frame()
    assert frame.Frequency.sum() == 240
    place, starts, ends = binned(days.astype("datetime64[ns]"), 20)
    assert (
        (starts[place] <= days).all() and (days[:-1] < ends[place[:-1]]).all() and days[-1] <= ends[place[-1]]
    )
    assert (frame.Start == frame.Timestamp).all() and (frame.Start < frame.End).all()


def test_equal_bins_of_one_date_are_one(model):
    found = model.over_time([2020] * 240, bins=20)
    assert len(found.parts) == 1 and found.counts.sum() == 228


def test_hovering_over_a_period_says_when_it_is(model):
    figure = model.visualize_topics_over_time(model.over_time([None, *YEARS[1:]], bins="year").to_frame())
    assert figure.data[0].hovertext[0].endswith("2018-01-01 to 2019-01-01")
    assert not any(str(time) == "NaT" for trace in figure.data for time in trace.x)
    old = model.over_time(YEARS, bins="year").to_frame()[["Topic", "Words", "Frequency", "Timestamp"]]
    assert model.visualize_topics_over_time(old).data[0].hovertext[0].endswith("documents")


@pytest.mark.parametrize(
    ("bins", "starts"),
    [
        ("day", ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]),
        ("week", ["2024-02-26", "2024-03-04"]),
        ("month", ["2024-02-01", "2024-03-01"]),
        ("quarter", ["2024-01-01"]),
        ("year", ["2024-01-01"]),
    ],
)
def test_calendar_bins_begin_where_the_calendar_says(bins, starts):
    times = np.array(["2024-02-28T23:00", "2024-03-04T01:00"], dtype="datetime64[ns]")
    place, found, ends = binned(times, bins)
    assert found.astype("datetime64[D]").astype(str).tolist() == starts
    assert (found[place] <= times).all() and (times < ends[place]).all()
    assert (found[1:] == ends[:-1]).all()


def test_wrong_times_and_bins_are_clear_errors(model):
    with pytest.raises(
        InputError, match=r"240 of 240 .* in rows 0, 1, 2, 3, 4 and 235 more; the first is 'soon'"
    ):
        model.over_time(["soon"] * 240)
    with pytest.raises(InputError, match="bins must be"):
        model.over_time(YEARS, bins="decade")
    with pytest.raises(AlignmentError, match="240 documents came with 3 times"):
        model.over_time([1, 2, 3])
    with pytest.raises(InputError, match="no times"):
        model.over_time()


def test_plain_numbers_are_taken_in_order(model):
    chapters = [1 + i % 7 for i in range(240)]
    found = model.over_time(chapters)
    assert found.parts.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert found.to_frame().Timestamp.dtype.kind == "i"
    assert model.over_time(chapters, bins=2).counts.sum(axis=0).tolist() == model.result_.sizes.tolist()
    some = model.over_time([None, *chapters[1:]])
    assert some.n_left_out == 1 and some.to_frame().Timestamp.dropna().tolist()[:1] == [1]
    assert str(some.to_frame().Timestamp.dtype) == "Int64"
    assert len(model.visualize_topics_over_time(some.to_frame()).data) == 4
    with pytest.raises(InputError, match="plain numbers have no calendar"):
        model.over_time(chapters, bins="year")
    assert len(model.visualize_topics_over_time(found.to_frame()).data) == 4


def test_a_format_reads_what_it_is_made_for_and_names_what_it_cannot(model):
    days = [f"{1 + i % 28:02d}|{1 + i % 12:02d}|2020" for i in range(240)]
    found = model.over_time(days, bins="month", datetime_format="%d|%m|%Y")
    assert len(found.parts) == 12 and found.n_left_out == 0
    with pytest.raises(InputError, match="the first is '2020': they are not written"):
        model.over_time(["2020", *days[1:]], datetime_format="%d|%m|%Y")


def test_times_that_no_computer_clock_holds_are_refused_and_not_wrapped(model):
    with pytest.raises(InputError, match="years can be from 1678"):
        model.over_time(np.array(["1500-01-01"] * 240, dtype="datetime64[D]"))


@pytest.mark.parametrize(("evolution", "tuning"), [(True, False), (False, False)])
def test_nothing_later_changes_what_was_said_before(model, evolution, tuning):
    early = np.array(YEARS) < 2021
    told = model.over_time(YEARS, bins="year", evolution=evolution, tuning=tuning)
    later = [year if year < 2021 else 2021 + i % 9 for i, year in enumerate(YEARS)]
    again = model.over_time(later, bins="year", evolution=evolution, tuning=tuning)
    before, after = told.part < 3, again.part < 3
    assert early.sum() == told.sizes[before].sum() == again.sizes[after].sum()
    assert abs(told.weights[before] - again.weights[after]).max() == 0


def test_other_topics_than_the_models_can_be_followed(model):
    other = np.arange(240) % 2
    frame = model.over_time(YEARS, bins="year", topics=other).to_frame()
    assert set(frame.Topic) == {0, 1}


def test_classes_sum_to_the_whole(model):
    found = model.by_class()
    frame = found.to_frame()
    assert list(frame.columns) == ["Topic", "Words", "Frequency", "Class"]
    assert set(frame.Class) == {"day", "night"}
    np.testing.assert_array_equal(found.counts.sum(axis=0), model.result_.sizes)
    expected = _naive(
        model, [0 if name == "day" else 1 for name in model.documents_.columns["class"]], False, True
    )
    for row, key in enumerate(zip(found.part.tolist(), found.topic.tolist(), strict=True)):
        np.testing.assert_allclose(found.weights[row].toarray().ravel(), expected[key], atol=1e-12)


def test_classes_may_be_numbers_mixed_or_missing(model):
    assert model.by_class([i % 2 for i in range(240)]).parts.tolist() == [0, 1]
    assert len(model.by_class([1, "a", None] * 80).parts) == 2
    found = model.by_class([1, "a", None] * 80)
    assert found.n_left_out == 80
    frame = found.to_frame()
    assert frame[frame.Class.isna()].Frequency.sum() == 80 and frame.Frequency.sum() == 240
    assert "no class" in model.visualize_topics_per_class(frame).data[0].y


def test_the_weighting_of_the_model_is_used(model):
    plain = model.by_class(tuning=False).weights
    model._fitted.description.__dict__["weighting"] = Weighting(bm25=True)
    try:
        assert abs(model.by_class(tuning=False).weights - plain).max() > 1e-6
    finally:
        model._fitted.description.__dict__["weighting"] = Weighting()
