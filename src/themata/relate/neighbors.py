"""Find every document's neighbors: all pairs for a small corpus, pairs of nearby cells for a large one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from themata.core.arrays import MANY, Float2d, Int1d, Int2d
from themata.core.graph import UnitRows, best_of, exact_neighbors, in_blocks, products, top, unit_rows
from themata.core.membership import means
from themata.core.projection import leading, on

# Two cores compare all pairs of 25,000 x 384 in 3 s; cells take 1.2 s for 55,877, where all pairs take 11
EXACT_UP_TO = 25_000
N_ROUNDS = 8  # of k-means
DIM, N_PROBE = 128, 7
TOGETHER = 5  # parts of a cell that are each compared at once
# Of many documents cells are large, and those beside a document are looked in with it. A million: 3 cells, 125 documents at
# once, find 0.95 of the neighbors with half the products that 7 cells and 50 documents take, which find 0.97
TOGETHER_OF_MANY, PROBED, FEWEST_PROBED = 2, 600, 3
PER_CELL = 40  # documents that each cell's center is learned from
RESCORED = 256  # documents whose candidates are scored at once


def neighbors_of(points: Float2d | UnitRows, k: int, *, random_state: int = 42) -> tuple[Int2d, Float2d]:
    """Give each row's k nearest other rows and their cosines, the same whatever the number of threads.

    points : (n, dim) float32, rows of length 1 or 0
    returns : (n, k) int32 and (n, k) float32, nearest first; -1 where there are fewer than k others
    """
    if len(points) <= EXACT_UP_TO:
        return exact_neighbors(points[:], k)
    return approximate_neighbors(points, k, random_state=random_state)


def approximate_neighbors(
    points: Float2d | UnitRows, k: int, *, dim: int = DIM, n_probe: int = N_PROBE, random_state: int = 42
) -> tuple[Int2d, Float2d]:
    """Compare each document with those of the cells nearest to it, then score the best exactly.

    dim : leading principal directions that candidates are found by
    n_probe : cells that a document is looked for in, and in those of the few documents beside it

    Documents between the same cells are compared together, as one matrix product, with all that lie in any of their
    cells: of 55,877 x 384, 15 each, 0.93 of the true neighbors, the missing ones mostly the 14th and 15th. An inverted file
    takes a third longer for as many. One set of cells for all documents of a cell has the same mean at half the time, but
    gives documents at its border a quarter of theirs, and topics agree less with people's classes (AMI 0.359 for 0.362).
    Of many documents there are more and smaller cells, so that the work for each grows slowly. Indexes of graphs and of
    codes take longer for fewer neighbors on such processors (benchmarks/README.md).
    """
    cells, probed = Cells.of(points, dim, n_probe, random_state=random_state)
    n_candidates = k + 8 if cells.directions is None else 2 * k + 10
    turn, of_turn = cells.candidates(cells.short, probed, n_candidates)
    turn = cells.by_cell[turn]

    def rescore(rows: slice) -> tuple[Int2d, Float2d]:
        return _rescored(points, points, turn[rows], of_turn[rows], k, itself=True)

    candidates, cosines = in_blocks(rescore, len(turn), k, RESCORED)
    return _by_row(turn, candidates), _by_row(turn, cosines)


@dataclass(frozen=True)
class Cells:
    """Documents in cells of like ones.

    points : (n, n_dimensions) rows of length 1
    directions : (n_dimensions, dim) that cells are found by; None where the points have no more
    centers : (n_cells, dim)
    by_cell : (n,) documents, those of one cell on end
    ends : (n_cells + 1,) where those of each begin and end
    short : (n, dim) the points on the directions, by cell
    """

    points: Float2d | UnitRows
    directions: Float2d | None
    centers: Float2d
    by_cell: Int1d
    ends: Int1d
    short: Float2d

    @classmethod
    def of(
        cls, points: Float2d | UnitRows, dim: int = DIM, n_probe: int = N_PROBE, *, random_state: int
    ) -> tuple[Cells, Int2d]:
        """returns : the cells, and the (n, n_probe) cells nearest to each document, by cell"""
        n = len(points)
        directions = leading(points, dim)
        short = on(points, directions)
        many = n >= MANY
        n_cells = int((4 if many else 1.4) * n**0.5)
        if many:
            n_probe = min(n_probe, max(FEWEST_PROBED, PROBED * n_cells // n))
        with threadpool_limits(1):
            centers = _centers(short, n_cells, random_state, many=many)
        probed = _nearest(short, centers, n_probe)
        by_cell = np.argsort(probed[:, 0], kind="stable")
        ends = np.append(0, np.cumsum(np.bincount(probed[:, 0], minlength=len(centers))))
        return cls(points, directions, centers, by_cell, ends, short[by_cell]), probed[by_cell]

    def search(self, queries: Float2d, k: int, n_probe: int = N_PROBE) -> tuple[Int2d, Float2d]:
        """The (n, k) nearest documents of other points, as `exact_neighbors` gives them, and their cosines; most of them."""
        asked = on(queries, self.directions)
        turn, near = self.candidates(asked, _nearest(asked, self.centers, n_probe), 2 * k + 10)

        def rescore(rows: slice) -> tuple[Int2d, Float2d]:
            return _rescored(queries, self.points, turn[rows], near[rows], k, itself=False)

        best, cosines = in_blocks(rescore, len(turn), k, RESCORED)
        return _by_row(turn, best), _by_row(turn, cosines)

    def candidates(self, asked: Float2d, probed: Int2d, n_candidates: int) -> tuple[Int1d, Int2d]:
        """Documents that may be the nearest, for points that are asked about.

        asked : (n_asked, dim) on the directions; probed : (n_asked, n_probe) cells to look in
        returns : (n_asked,) the turn that points between the same cells follow one another in, and the candidates of
            each, in that turn
        """
        turn = np.lexsort(probed[:, ::-1].T)
        ends = self.ends.tolist()

        def search(rows: slice) -> tuple[Int2d, Float2d]:
            here = turn[rows]
            # Slices on end are copied in two thirds of the time that rows by their numbers are
            spans = [slice(ends[cell], ends[cell + 1]) for cell in np.unique(probed[here]).tolist()]
            scores = asked[here] @ np.concatenate([self.short[span] for span in spans]).T
            best = top(scores, n_candidates)
            others = np.concatenate([self.by_cell[span] for span in spans])
            return others[best], np.take_along_axis(scores, best, axis=1)

        together = TOGETHER_OF_MANY if len(self.by_cell) >= MANY else TOGETHER
        step = max(16, len(self.by_cell) // (together * len(self.centers)))
        return turn, in_blocks(search, len(asked), n_candidates, step)[0]


def _by_row(turn: Int1d, values: Any) -> Any:
    by_row = np.empty_like(values)
    by_row[turn] = values
    return by_row


def _rescored(
    queries: Float2d | UnitRows,
    points: Float2d | UnitRows,
    asked: Int1d,
    near: Int2d,
    k: int,
    *,
    itself: bool,
) -> tuple[Int2d, Float2d]:
    """`rescored` of queries that have many candidates in common, each of which is made once.

    asked : (n_rows,) rows of the queries; near : (n_rows, n_near) their candidates, -1 for none
    """
    row = np.maximum(near, 0)
    # Marked among all: of 55,877 points a fifth of the time that sorting takes, of a million as long
    is_there = np.zeros(len(points), dtype=bool)
    is_there[row] = True
    there = np.flatnonzero(is_there)
    place = np.empty(len(points), dtype=np.int32)
    place[there] = np.arange(len(there), dtype=np.int32)
    exact = products(queries[asked], points[there], place[row])
    return best_of(exact, near, k, asked if itself else None)


def _centers(points: Float2d, n_cells: int, random_state: int, *, many: bool = False) -> Float2d:
    """(n_cells, dim) directions of cells of like documents, by k-means on a sample.

    many : there are so many cells that a smaller share of the documents, and fewer rounds, tell them well enough
    """
    rng = np.random.default_rng(random_state)
    n_drawn = min(len(points), (PER_CELL // 2 if many else PER_CELL) * n_cells)
    sample = points[np.sort(rng.choice(len(points), n_drawn, replace=False))]
    centers = unit_rows(sample[rng.choice(len(sample), n_cells, replace=False)])
    for _ in range(N_ROUNDS // 2 if many else N_ROUNDS):
        centers = unit_rows(means(sample, _nearest(sample, centers, 1)[:, 0], n_cells))
    return centers


def _nearest(points: Float2d, centers: Float2d, k: int) -> Int2d:
    """(n, k) the centers in whose direction each point lies, nearest first."""

    def search(rows: slice) -> tuple[Int2d, Float2d]:
        scores = points[rows] @ centers.T
        if k == 1:
            best = scores.argmax(axis=1)[:, None]
            return best, np.take_along_axis(scores, best, axis=1)
        best = top(scores, min(k, len(centers)))
        order = np.lexsort((best, -np.take_along_axis(scores, best, axis=1)), axis=1)
        best = np.take_along_axis(best, order, axis=1)
        return best, np.take_along_axis(scores, best, axis=1)

    return in_blocks(search, len(points), min(k, len(centers)))[0]
