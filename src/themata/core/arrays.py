"""Types of arrays, by what they hold and their dimensions."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

Int1d: TypeAlias = npt.NDArray[np.integer[Any]]
Int2d: TypeAlias = npt.NDArray[np.integer[Any]]
Float1d: TypeAlias = npt.NDArray[np.floating[Any]]
Float2d: TypeAlias = npt.NDArray[np.floating[Any]]
Bool1d: TypeAlias = npt.NDArray[np.bool_]
Csr: TypeAlias = sparse.csr_matrix

# Documents from which memory and seconds decide: embeddings of half precision stay so, texts stay on disk, and searches take
# ways that grow more slowly. Below it, results are those of the simpler ways
MANY = 200_000
