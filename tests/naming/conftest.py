from __future__ import annotations

import numpy as np
import pytest
from themed_corpus import Corpus, corpus_of, themed


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Six topics, two layers above them: three groups of two, and all in one."""
    texts, rows = themed()
    pairs = np.array(rows) // 2
    return corpus_of(texts, rows, (np.array(rows), pairs, np.zeros(len(rows), dtype=np.int64)))
