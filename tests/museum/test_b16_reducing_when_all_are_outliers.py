"""B16: reducing to "auto" raised when every document was an outlier."""

from __future__ import annotations

import pytest

from themata.parts.group.given import Given


@pytest.mark.parametrize("n_topics", ["auto", 1, 3])
@pytest.mark.parametrize("n_groups", [0, 1, 2, 3])
def test_few_or_no_topics_can_be_reduced(model_of, n_topics, n_groups):
    rows = [i % n_groups if n_groups and i % 7 else -1 for i in range(120)]
    model = model_of(grouper=Given(rows))
    before = model.result_.n_outliers
    model.reduce(n_topics)
    assert model.result_.n_outliers == before
    assert model.result_.n_topics <= n_groups
    if n_topics != "auto":
        assert model.result_.n_topics == min(n_groups, n_topics)
