"""B3: timestamps that are strings raised a TypeError on pandas 3."""

from __future__ import annotations

import pandas as pd
import pytest

DAYS = pd.date_range("2020-01-01", periods=120, freq="9D")


@pytest.mark.parametrize("written", ["%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%SZ", "%B %d, %Y"])
def test_strings_are_the_dates_they_say(model_of, written):
    model = model_of()
    expected = model.over_time(DAYS, bins="month").to_frame()
    found = model.over_time(DAYS.strftime(written).tolist(), bins="month").to_frame()
    pd.testing.assert_frame_equal(found, expected)
    told = model.over_time(DAYS.strftime(written).tolist(), bins="month", datetime_format=written)
    pd.testing.assert_frame_equal(told.to_frame(), expected)


def test_the_familiar_topics_over_time_take_strings(porch_of):
    model = porch_of()
    texts = model.get_document_info().Document.tolist()
    found = model.topics_over_time(texts, DAYS.strftime("%Y-%m-%d").tolist(), nr_bins=5)
    assert found.Frequency.sum() == 120 and found.Timestamp.nunique() == 5
