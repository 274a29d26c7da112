"""Divide groups of a network until there are as many as asked for, none of them too small."""

from __future__ import annotations

import numpy as np

from themata.core.arrays import Csr, Float1d, Int1d

_STEPS = 100  # of a walk, after which little but the slowest division of a group is left


def divided(links: Csr, groups: Int1d, copies: Int1d, wanted: int, smallest: int) -> Int1d:
    """The largest groups divided where few links are cut, until there are `wanted`.

    links : (n, n) CSR, symmetric
    copies : (n,) documents each node stands for
    smallest : documents of a group, at least
    returns : (n,) groups; fewer than wanted where nodes of several documents leave no way to divide them

    >>> from scipy import sparse
    >>> pairs = sparse.csr_matrix(np.kron(np.eye(2), np.ones((2, 2))))
    >>> divided(pairs, np.zeros(4, dtype=int), np.ones(4, dtype=int), wanted=2, smallest=2).tolist()
    [0, 0, 1, 1]
    """
    if (np.bincount(groups, weights=copies) // smallest).sum() < wanted:
        groups = np.zeros_like(groups)  # groups of 15 that must hold 10 each leave 5 unused: begin anew
    shares = _shares(np.bincount(groups, weights=copies).astype(np.int64), wanted, smallest)
    parts_of_rows, n_made = np.empty_like(groups), 0
    for group, n_parts in enumerate(shares.tolist()):
        nodes = np.flatnonzero(groups == group)
        parts = _in_parts(links[nodes][:, nodes], copies[nodes], n_parts, smallest)
        parts_of_rows[nodes] = n_made + parts
        n_made += int(parts.max()) + 1
    return parts_of_rows


def _shares(sizes: Int1d, wanted: int, smallest: int) -> Int1d:
    """(n_groups,) how many each group is divided into: always the one whose parts are largest, if it has room."""
    shares, room = np.ones(len(sizes), dtype=np.int64), sizes // smallest
    while shares.sum() < wanted and (shares < room).any():
        shares[np.argmax(np.where(shares < room, sizes / shares, -1))] += 1
    return shares


def _in_parts(links: Csr, copies: Int1d, n_parts: int, smallest: int) -> Int1d:
    """(n,) parts 0 to n_parts - 1, by halving again and again."""
    parts = np.zeros(len(copies), dtype=np.int64)
    if n_parts < 2 or len(copies) < 2:
        return parts
    order = np.argsort(_axis(links), kind="stable")
    left = np.cumsum(copies[order])[:-1]
    room_left, room_right = left // smallest, (copies.sum() - left) // smallest
    possible = (room_left >= 1) & (room_right >= 1) & (room_left + room_right >= n_parts)
    if not possible.any():
        return parts
    place = int(np.argmin(np.where(possible, _looseness(links, order), np.inf)))
    fair = round(n_parts * left[place] / copies.sum())
    n_left = int(np.clip(fair, max(1, n_parts - room_right[place]), min(n_parts - 1, room_left[place])))
    here, there = order[: place + 1], order[place + 1 :]
    parts[here] = _in_parts(links[here][:, here], copies[here], n_left, smallest)
    beyond = _in_parts(links[there][:, there], copies[there], n_parts - n_left, smallest)
    parts[there] = parts[here].max() + 1 + beyond
    return parts


def _axis(links: Csr) -> Float1d:
    """(n,) coordinates that lie far apart for nodes with few links between them: the slowest mode of a random walk."""
    degrees = np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1e-12)
    share = degrees / degrees.sum()
    axis = np.random.default_rng(0).standard_normal(len(degrees))
    for _ in range(_STEPS):
        axis = axis + links @ axis / degrees
        axis -= share @ axis
        axis /= np.abs(axis).max(initial=1e-12)
    return axis


def _looseness(links: Csr, order: Int1d) -> Float1d:
    """(n - 1,) weight of the links that a cut after each place of an order goes through, per node of its smaller side."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    pairs = links.tocoo()
    first, last = place[pairs.row], place[pairs.col]
    ahead = first < last
    change = np.bincount(first[ahead], pairs.data[ahead], len(order))
    change -= np.bincount(last[ahead], pairs.data[ahead], len(order))
    sides = np.arange(1, len(order))
    return np.asarray(np.cumsum(change)[:-1] / np.minimum(sides, len(order) - sides))
