"""Choose how fine the topics are: the resolution whose groups return when documents are left out."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score

from themata.parts.group.leiden import Leiden, Network

RESOLUTIONS = np.geomspace(0.25, 16, 13)


def stable_resolution(
    network: Network, random_state: int, *, share: float = 0.8, n_samples: int = 3
) -> float:
    """Group samples and the whole at many resolutions, and give the one where they agree best.

    (Lancichinetti and Fortunato 2012 on stability; measured on this library's development corpora)
    """
    rng = np.random.default_rng(random_state)
    n = len(network.mass)
    whole = Leiden(network)
    agreement = np.zeros(len(RESOLUTIONS))
    groups = [whole.groups(float(r), seed=random_state) for r in RESOLUTIONS]
    for _ in range(n_samples if n > 2 else 0):
        nodes = np.sort(rng.choice(n, max(1, int(share * n)), replace=False))
        part = Leiden(network.part(nodes))
        for i, resolution in enumerate(RESOLUTIONS):
            again = part.groups(float(resolution), seed=random_state)
            agreement[i] += adjusted_mutual_info_score(groups[i][nodes], again)
    return float(RESOLUTIONS[int(np.argmax(agreement))])
