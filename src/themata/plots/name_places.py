"""Where the names of topics stand on a map of documents: none over another, none over a cluster smaller than it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from themata.core.arrays import Float2d, Int1d
from themata.core.dense_places import densest_place, reach
from themata.core.text_layout import cut, n_columns
from themata.plots import theme

N_CHARACTERS = 32
MARGIN = 20  # pixels left, right and below; above is the title
TITLE = 80
GRID = 48  # cells of the map in each direction, for its dense places
CELLS = 160  # of the frame in each direction, for how many points a name hides
TALL = 17.0  # pixels of a name
MOST_TRIES = 400  # places around a cluster before its name is left out

Box: TypeAlias = tuple[float, float, float, float]  # pixels: left, lower, right, upper


def framed(figure: Any, points: Float2d, *, right: int = MARGIN, below: int = MARGIN) -> Float2d:
    """Show all points of a figure that has a width and a height, and no axes.

    right, below : pixels kept free for a legend or a slider
    returns : (2,) units of the map in a pixel
    """
    low, high = points.min(axis=0), points.max(axis=0)
    spread = np.maximum(high - low, 1e-6).astype(np.float64)
    low, high = low - 0.06 * spread, high + 0.06 * spread
    figure.update_layout(margin={"l": MARGIN, "r": right, "t": TITLE, "b": below})
    figure.update_xaxes(visible=False, range=[float(low[0]), float(high[0])])
    figure.update_yaxes(visible=False, range=[float(low[1]), float(high[1])])
    width, height = figure.layout.width or 1200, figure.layout.height or 750
    area = np.maximum([width - MARGIN - right, height - TITLE - below], 50)
    return np.asarray((high - low) / area)


def tags(
    points: Float2d,
    members: Mapping[int, Int1d],
    names: Sequence[str] | Mapping[int, str],
    per_pixel: Float2d,
) -> list[dict[str, Any]]:
    """Annotations that name topics, each with a line to its cluster where it had to move away.

    points : (n, 2), all that are drawn
    members : rows of the points of each topic, those that matter most first
    per_pixel : (2,) as `framed` gives it
    """
    cell = (points.max(axis=0) - points.min(axis=0)) / GRID
    densest = {topic: densest_place(points[rows], cell) for topic, rows in members.items()}
    sides = [reach(points[rows], densest[topic]) / per_pixel for topic, rows in members.items()]
    shown = [cut(" ".join(names[topic].split()), N_CHARACTERS) for topic in members]
    spots = free_places(list(densest.values()), shown, per_pixel, sides, points)
    return [
        _tag(topic, densest[topic], spot, name, half, per_pixel)
        for topic, spot, name, half in zip(members, spots, shown, sides, strict=True)
        if spot is not None
    ]


def free_places(
    at: Sequence[Any],
    names: Sequence[str],
    per_pixel: Any,
    sides: Sequence[Any] | None = None,
    points: Float2d | None = None,
) -> list[Any]:
    """Where the middle of each name is put so that none covers another; None where there is no room near its place.

    at : (2,) wanted places, in units of the map
    per_pixel : (2,) units of the map in a pixel
    sides : (2,) pixels from the middle of each cluster to its sides: a name that is wider is put beside it, or on it,
        wherever it hides fewest points
    points : (n, 2), all that are drawn: no name leaves the frame around them
    """
    taken: list[Box] = []
    places: list[Any] = []
    crowd = None if points is None else _Crowd(np.asarray(points, dtype=np.float64) / per_pixel)
    for row, (place, name) in enumerate(zip(at, names, strict=True)):
        middle = np.asarray(place, dtype=np.float64) / per_pixel
        half = (np.inf, np.inf) if sides is None else sides[row]
        box = _free(middle, 6.9 * n_columns(name) + 8, half, taken, crowd)
        if box is None:
            places.append(None)
            continue
        taken.append(box)
        spot = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
        places.append(np.asarray(place) if np.abs(spot - middle).max() < 0.01 else spot * per_pixel)
    return places


class _Crowd:
    """How many points a box covers. pixels : (n, 2)"""

    def __init__(self, pixels: Float2d) -> None:
        # As `framed` shows them: with a twelfth of their width around them
        span = np.maximum(np.ptp(pixels, axis=0), 1.0)
        self.low, self.high = pixels.min(axis=0) - 0.06 * span, pixels.max(axis=0) + 0.06 * span
        frame = np.stack([self.low, self.high], axis=1)
        counts = np.histogram2d(pixels[:, 0], pixels[:, 1], bins=CELLS, range=frame)[0]
        self._sums = np.zeros((CELLS + 1, CELLS + 1))
        self._sums[1:, 1:] = counts.cumsum(axis=0).cumsum(axis=1)

    def holds(self, box: Box) -> bool:
        return bool(
            box[0] >= self.low[0]
            and box[1] >= self.low[1]
            and box[2] <= self.high[0]
            and box[3] <= self.high[1]
        )

    def covered(self, box: Box) -> float:
        """About how many points."""
        ends = (np.array(box).reshape(2, 2) - self.low) / (self.high - self.low) * CELLS
        (x0, y0), (x1, y1) = np.clip(np.round(ends), 0, CELLS).astype(int).tolist()
        sums = self._sums
        return float(sums[x1, y1] - sums[x0, y1] - sums[x1, y0] + sums[x0, y0])


def _free(middle: Any, wide: float, sides: Any, taken: Sequence[Box], crowd: _Crowd | None) -> Box | None:
    """The box of a name, in pixels."""

    def box_at(offset: tuple[float, float]) -> Box:
        x, y = middle + offset
        return (x - wide / 2, y - TALL / 2, x + wide / 2, y + TALL / 2)

    def is_free(box: Box) -> bool:
        return (crowd is None or crowd.holds(box)) and not any(_cover(box, other) for other in taken)

    across, up = float(sides[0]), min(float(sides[1]), wide / 2.2)
    if crowd is not None and wide > 2.2 * across:
        right, above = across + wide / 2 + 3, up + TALL / 2 + 1
        near = [box_at(way) for way in ((right, 0), (-right, 0), (0, above), (0, -above), (0, 0))]
        free = [box for box in near if is_free(box)]
        if free:
            # On a cluster that is smaller than it a name hides it: worse than hiding as many points of others
            return min(free, key=lambda box: crowd.covered(box) * (3 if box == near[-1] else 1))
    tries = [(0.0, 0.0), (0.0, TALL), (0.0, -TALL)]
    # A sunflower's spiral tries near places first
    steps = np.arange(MOST_TRIES)
    far, angle = 0.55 * TALL * np.sqrt(steps), 2.399963 * steps
    tries += zip((2 * far * np.cos(angle)).tolist(), (far * np.sin(angle)).tolist(), strict=True)
    return next((box for box in map(box_at, tries) if is_free(box)), None)


def _tag(topic: int, at: Any, spot: Any, name: str, sides: Any, per_pixel: Any) -> dict[str, Any]:
    moved = (spot - at) / per_pixel
    wide = 6.9 * n_columns(name) + 8
    away = abs(moved[0]) > sides[0] + wide / 2 + 10 or abs(moved[1]) > sides[1] + 24
    if not away:
        return theme.name_tag(spot, name, N_CHARACTERS)
    return {
        **theme.name_tag(at, name, N_CHARACTERS),
        "ax": float(moved[0]),
        "ay": float(-moved[1]),
        "showarrow": True,
        "arrowwidth": 1,
        "arrowhead": 0,
        "arrowcolor": theme.color(topic),
    }


def _cover(first: Box, other: Box) -> bool:
    return first[0] < other[2] and other[0] < first[2] and first[1] < other[3] and other[1] < first[3]
