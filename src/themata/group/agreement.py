"""How far two groupings agree beyond chance."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix

from themata.core.arrays import Float1d, Int1d


def adjusted_mutual_information(first: Int1d, second: Int1d) -> float:
    """Adjusted mutual information with the arithmetic mean (Vinh, Epps and Bailey 2010), as scikit-learn has it.

    Here because importing scikit-learn's takes a second of the first fit.
    first, second : (n,) groups, 0 or more

    >>> adjusted_mutual_information(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    n = len(first)
    together = coo_matrix((np.ones(n), (first, second))).tocsr()
    together.sum_duplicates()
    sizes, others = np.asarray(together.sum(axis=1)).ravel(), np.asarray(together.sum(axis=0)).ravel()
    if min((sizes > 0).sum(), (others > 0).sum()) == max((sizes > 0).sum(), (others > 0).sum()) == 1:
        return 1.0
    pairs = together.tocoo()
    mutual = float((pairs.data * np.log(n * pairs.data / (sizes[pairs.row] * others[pairs.col]))).sum() / n)
    by_chance = _expected(sizes[sizes > 0].astype(np.int64), others[others > 0].astype(np.int64), n)
    most = (_entropy(sizes, n) + _entropy(others, n)) / 2 - by_chance
    tiny = np.finfo(np.float64).eps
    return float((mutual - by_chance) / (min(most, -tiny) if most < 0 else max(most, tiny)))


def _entropy(sizes: Float1d, n: int) -> float:
    shares = sizes[sizes > 0] / n
    return float(-(shares * np.log(shares)).sum())


def _expected(first: Int1d, other: Int1d, n: int) -> float:
    """Mutual information of groups of these sizes that are drawn at random (equation 24a of the paper)."""
    # Its logarithm; SciPy's takes long to import
    factorial = np.append(0.0, np.cumsum(np.log(np.arange(1, n + 1))))
    columns, n_columns = np.unique(other, return_counts=True)
    total = 0.0
    for size, n_rows in zip(*(side.tolist() for side in np.unique(first, return_counts=True)), strict=True):
        least = np.maximum(1, size + columns - n)
        lengths = np.minimum(size, columns) - least + 1
        ends = np.cumsum(lengths)
        shared = np.arange(ends[-1]) - np.repeat(ends - lengths - least, lengths)
        column, weight = np.repeat(columns, lengths), np.repeat(n_columns, lengths)
        chance = (
            (factorial[size] + factorial[n - size] - factorial[n] + factorial[column] + factorial[n - column])
            - (factorial[shared] + factorial[size - shared] + factorial[column - shared])
            - factorial[n - size - column + shared]
        )
        gain = shared / n * np.log(n * shared / (size * column))
        total += n_rows * float((weight * gain * np.exp(chance)).sum())
    return total
