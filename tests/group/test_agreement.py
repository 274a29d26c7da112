"""Agreement of groupings is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from themata.group.agreement import adjusted_mutual_information


@pytest.mark.parametrize(
    ("n", "one", "other"), [(4, 2, 2), (10, 3, 10), (500, 2, 250), (900, 40, 35), (50, 50, 50), (300, 5, 1)]
)
def test_adjusted_mutual_information_is_scikit_learns(n: int, one: int, other: int) -> None:
    rng = np.random.default_rng(n)
    first = np.floor(one * rng.random(n) ** 2).astype(int)
    second = np.where(rng.random(n) < 0.5, first * 7 % other, rng.integers(0, other, n))
    expected = adjusted_mutual_info_score(first, second)
    assert adjusted_mutual_information(first, second) == pytest.approx(expected, abs=1e-9)
