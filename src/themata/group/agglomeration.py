"""Join groups of a network: those that are too small, and the closest ones."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from themata.core.arrays import Bool1d, Csr, Float1d, Int1d
from themata.group.leiden import Network, by_size


def absorb_small(
    links: Csr, groups: Int1d, copies: Int1d, smallest: int, *, only_linked: bool = False
) -> Int1d:
    """Join every group of fewer than `smallest` documents to the group it has most links to, smallest first.

    copies : (n,) documents each node stands for
    only_linked : leave a group without links as it is, rather than joining it to the smallest other
    """
    groups = by_size(groups)
    sizes = np.bincount(groups, weights=copies).astype(float)
    tied = _between(links, groups)
    into = np.arange(len(sizes))
    alive = np.ones(len(sizes), dtype=bool)
    while alive.sum() > 1:
        small = np.flatnonzero(alive & (sizes < smallest))
        if only_linked:
            small = np.array([group for group in small.tolist() if tied[group]], dtype=np.int64)
        if not len(small):
            break
        this = int(small[np.argmin(sizes[small])])
        other = _closest(tied, this, sizes, alive)
        into[into == this] = other
        sizes[other] += sizes[this]
        alive[this] = False
        tied[other] = _added(tied[other], tied.pop(this))
        for neighbor in list(tied[other]):
            if neighbor in (this, other):
                del tied[other][neighbor]
                continue
            moved = tied[neighbor].pop(this, 0.0)
            tied[neighbor][other] = tied[neighbor].get(other, 0.0) + moved
    return by_size(into[groups])


def join_closest(network: Network, groups: Int1d, n_groups: int) -> Int1d:
    """Join the two groups with most links for their sizes, again and again, until there are n_groups."""
    joined = network.joined(groups)
    links, mass = joined.links.toarray().astype(float), joined.mass.astype(float)
    mass = np.where(mass > 0, mass, mass[mass > 0].min(initial=1.0))
    into = np.arange(len(mass))
    alive = list(range(len(mass)))
    while len(alive) > n_groups:
        pull = links[np.ix_(alive, alive)] / np.minimum.outer(mass[alive], mass[alive])
        pull -= 1e-9 * np.maximum.outer(mass[alive], mass[alive])  # without links, the smallest first
        np.fill_diagonal(pull, -np.inf)
        a, b = sorted(np.unravel_index(np.argmax(pull), pull.shape))
        first, second = alive[a], alive[b]
        links[first] += links[second]
        links[:, first] += links[:, second]
        mass[first] += mass[second]
        into[into == second] = first
        del alive[b]
    return by_size(into[groups])


def _between(links: Csr, groups: Int1d) -> dict[int, dict[int, float]]:
    """Summed links from each group to each other one."""
    n = int(groups.max()) + 1
    member = sparse.csr_matrix(
        (np.ones(len(groups)), (groups, np.arange(len(groups)))), shape=(n, len(groups))
    )
    joined = (member @ links @ member.T).tocoo()
    tied: dict[int, dict[int, float]] = {group: {} for group in range(n)}
    for row, column, weight in zip(
        joined.row.tolist(), joined.col.tolist(), joined.data.tolist(), strict=True
    ):
        if row != column:
            tied[row][column] = weight
    return tied


def _closest(tied: dict[int, dict[int, float]], this: int, sizes: Float1d, alive: Bool1d) -> int:
    """The group with most links to this one; without any, the smallest other."""
    if tied[this]:
        return min(tied[this], key=lambda other: (-tied[this][other], other))
    others = np.flatnonzero(alive)
    others = others[others != this]
    return int(others[np.argmin(sizes[others])])


def _added(first: dict[int, float], second: dict[int, float]) -> dict[int, float]:
    return {key: first.get(key, 0.0) + second.get(key, 0.0) for key in {**first, **second}}


def inner_share(links: Csr, groups: Int1d) -> Float1d:
    """Share of each node's links that stay in its group; 1 for a node without links."""
    pairs = links.tocoo()
    inside = np.bincount(
        pairs.row, pairs.data * (groups[pairs.row] == groups[pairs.col]), minlength=len(groups)
    )
    everywhere = np.bincount(pairs.row, pairs.data, minlength=len(groups))
    return np.where(everywhere > 0, inside / np.where(everywhere > 0, everywhere, 1), 1.0)
