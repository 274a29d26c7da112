"""Leiden on weighted networks that can be coarsened: igraph's compiled search, seeded, with nothing left behind."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Int1d
from themata.core.membership import membership

_igraph_lock = threading.Lock()
LISTED = 1_000_000  # links


@dataclass(frozen=True)
class Network:
    """A weighted graph of documents, or of groups of documents.

    links : (n, n) CSR, symmetric, zero diagonal
    mass : (n,) expected share of links of each node: its degree in the graph of documents, kept when nodes are
        joined, so that a resolution means the same on every level
    total : twice the summed weight of the links in the graph of documents
    """

    links: Csr
    mass: Float1d
    total: float

    @classmethod
    def of(cls, weights: Csr) -> Network:
        mass = np.asarray(weights.sum(axis=1), dtype=np.float64).ravel()
        return cls(weights, mass, float(mass.sum()))

    def joined(self, groups: Int1d) -> Network:
        """One node per group; `groups` are 0..n_groups-1."""
        member = membership(groups, int(groups.max()) + 1)
        links = (member @ self.links @ member.T).tocsr()
        links.setdiag(0)
        links.eliminate_zeros()
        return Network(links, np.bincount(groups, weights=self.mass).astype(float), self.total)

    def part(self, nodes: Int1d) -> Network:
        """The network of some of the nodes, with their masses as they are inside it."""
        return Network.of(self.links[nodes][:, nodes].tocsr())

    def parts(self, groups: Int1d) -> Iterator[tuple[Int1d, Network]]:
        """The nodes of each group and their links, with the masses that nodes have in the whole network.

        groups : (n,) 0..n_groups-1; all links are looked through once, rather than once for each
        """
        nodes = np.argsort(groups, kind="stable")
        place = np.empty_like(nodes)
        place[nodes] = np.arange(len(nodes))
        links = self.links[nodes]
        columns = place[links.indices].astype(links.indices.dtype)
        ends = np.cumsum(np.bincount(groups)).tolist()
        for start, end in pairwise([0, *ends]):
            first, last = links.indptr[[start, end]].tolist()
            kept = (columns[first:last] >= start) & (columns[first:last] < end)
            within = (
                links.data[first:last][kept],
                columns[first:last][kept] - start,
                np.append(0, np.cumsum(kept))[links.indptr[start : end + 1] - first],
            )
            part = sparse.csr_matrix(within, shape=(end - start, end - start))
            yield nodes[start:end], Network(part, self.mass[nodes[start:end]], self.total)


class Leiden:
    """Communities of one network, at as many resolutions as asked.

    Modularity with a resolution (Reichardt and Bornholdt 2006), found by the Leiden algorithm (Traag et al. 2019).
    """

    def __init__(self, network: Network) -> None:
        import igraph

        links = sparse.triu(network.links, 1).tocoo()
        self.network = network
        # zip has one pair at a time. An array would be made a list of a million lists, at which Python's collector of
        # garbage looks again and again: 0.2 s for a million edges, where that takes 0.7 to 1.8 s
        edges = zip(memoryview(links.row), memoryview(links.col), strict=True)
        self._graph = igraph.Graph(n=len(network.mass), edges=edges)
        weights = links.data.astype(float)
        # A list is read a tenth of a search faster, and takes four times as much memory
        self._weights = weights.tolist() if len(weights) < LISTED else memoryview(weights)
        self._mass = network.mass.tolist()

    def groups(self, resolution: float, *, seed: int, n_iterations: int = 2) -> Int1d:
        """Group the nodes; groups are numbered 0, 1, ... by falling number of nodes."""
        if not len(self._weights):
            return np.arange(len(self._mass))
        with _igraph_lock, _seeded(seed):
            clustering = self._graph.community_leiden(
                objective_function="CPM",
                weights=self._weights,
                node_weights=self._mass,
                resolution=resolution / self.network.total,
                n_iterations=n_iterations,
            )
        return by_size(np.asarray(clustering.membership))


def by_size(groups: Int1d) -> Int1d:
    """Renumber groups 0, 1, ... by falling size, ties by the first member.

    >>> by_size(np.array([7, 3, 3])).tolist()
    [1, 0, 0]
    """
    _, first, inverse, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[inverse.ravel()]


@dataclass(eq=False, repr=False)
class _seeded:
    """Give igraph its own random numbers, then hand it back Python's `random`, its default."""

    seed: int

    def __enter__(self) -> None:
        import igraph

        igraph.set_random_number_generator(random.Random(self.seed))

    def __exit__(self, *error: Any) -> None:
        import igraph

        igraph.set_random_number_generator(random)
