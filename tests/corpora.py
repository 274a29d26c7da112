"""Small real things that many tests share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

SUBJECTS = {
    "space": "rocket orbit moon launch satellite astronaut planet telescope gravity shuttle crater lander",
    "cooking": "recipe oven garlic butter soup bread pepper onion simmer dough skillet roast",
    "football": "goal striker referee penalty stadium league coach midfield defender keeper match corner",
    "money": "bank loan interest credit stock bond market inflation savings dividend broker mortgage",
}


@dataclass(frozen=True)
class Sample:
    """A corpus whose topics are known.

    labels : (n_docs,) subject of each document
    """

    texts: list[str]
    embeddings: np.ndarray
    labels: np.ndarray

    def write(self, folder: Path) -> Path:
        """The folder, with docs.txt of a document a line and points.npy in it."""
        (folder / "docs.txt").write_text("\n".join(self.texts))
        np.save(folder / "points.npy", self.embeddings)
        return folder


def sample(n_docs: int = 240, seed: int = 0, dim: int = 24) -> Sample:
    """Sentences about four subjects, with embeddings around four points."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n_docs) % len(SUBJECTS)
    words = [text.split() for text in SUBJECTS.values()]
    texts = [
        f"The {' and the '.join(rng.choice(words[label], 5, replace=False))} were discussed in report {i}."
        for i, label in enumerate(labels)
    ]
    centers = 3 * np.random.default_rng(99).standard_normal((len(SUBJECTS), dim))
    embeddings = centers[labels] + rng.standard_normal((n_docs, dim))
    return Sample(texts, embeddings.astype(np.float32), labels)
