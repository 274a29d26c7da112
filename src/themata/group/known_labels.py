"""Topics that are known already: a label for every document."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.errors import AlignmentError

if TYPE_CHECKING:
    from themata.core.documents import Documents
    from themata.core.graph import NeighborGraph
    from themata.core.protocols import Clusters


@dataclass(eq=False, repr=False)
class Given:
    """The groups somebody else found.

    labels : (n_docs,) numbers or names; -1 and None are outliers
    """

    labels: Sequence[Hashable] | np.ndarray[Any, Any]

    def group(self, docs: Documents, graph: NeighborGraph | None) -> Clusters:
        """Hand the labels on, names numbered in the order they appear.

        >>> from themata.core.documents import Documents
        >>> Given(["cats", None, "dogs", "cats"]).group(Documents(["a", "b", "c", "d"]), None).labels.tolist()
        [0, -1, 1, 0]
        """
        from themata.core.protocols import Clusters

        if len(self.labels) != docs.n_docs:
            raise AlignmentError(
                f"one label per document is needed: {docs.n_docs} documents came with {len(self.labels)} labels"
            )
        values = self.labels.tolist() if isinstance(self.labels, np.ndarray) else list(self.labels)
        if all(isinstance(value, int) for value in values):
            rows = np.asarray(values, dtype=np.int64)
        else:
            numbers: dict[Hashable, int] = {}
            absent = (None, -1)
            rows = np.array(
                [-1 if value in absent else numbers.setdefault(value, len(numbers)) for value in values],
                dtype=np.int64,
            )
        return Clusters(np.maximum(rows, -1), (rows >= 0).astype(np.float32))
