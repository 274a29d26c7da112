"""How sure an assignment must be: topics given to documents that were held out, against those they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from themata.core.arrays import Bool1d, Float1d, Int1d
from themata.core.parameter_checks import between

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Rejection:
    """What is right of the assignments of so much strength or more.

    strength : (n,) of documents that were held out, falling
    right : (n,) whether each was given the topic that it had when all were fitted
    """

    strength: Float1d
    right: Bool1d

    @classmethod
    def of(cls, strength: Float1d, assigned: Int1d, known: Int1d) -> Rejection:
        """assigned, known : (n,) topics; documents that no topic was found for are no assignments, and are left out"""
        given = np.flatnonzero(assigned >= 0)
        order = given[np.argsort(-strength[given], kind="stable")]
        return cls(strength[order], assigned[order] == known[order])

    @property
    def precision(self) -> Float1d:
        """(n,) share of right ones among those as strong as each, or stronger."""
        last = np.searchsorted(-self.strength, -self.strength, side="right")
        return np.asarray(np.cumsum(self.right)[last - 1] / last)

    def min_strength(self, precision: float) -> float:
        """The least strength from which so great a share of assignments is right; above 1 where none is.

        >>> found = Rejection(np.array([0.9, 0.8, 0.3]), np.array([True, True, False]))
        >>> found.min_strength(1.0), found.min_strength(0.6)
        (0.8, 0.3)
        """
        between("precision", precision, 0, 1)
        enough = np.flatnonzero(self.precision >= precision)
        # above 1 in single precision, too, in which strengths are compared
        above_one = np.nextafter(np.float32(1), np.float32(2))
        return float(self.strength[enough[-1]] if len(enough) else above_one)

    def to_frame(self) -> pd.DataFrame:
        """Precision, MinStrength and Kept, the share of assignments that are not rejected: a row per precision asked."""
        import pandas as pd

        asked = np.array([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99])
        least = np.array([self.min_strength(float(precision)) for precision in asked])
        kept = [(self.strength >= strength).mean() if len(self.strength) else 0.0 for strength in least]
        return pd.DataFrame({"Precision": asked, "MinStrength": least, "Kept": kept})
