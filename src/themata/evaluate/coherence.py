"""Coherence: whether the keywords of a topic are used together. NPMI, C_v and UMass, as gensim computes them.

Every function takes the keywords of each topic and where they occur, and returns a number per topic. Words that occur
nowhere are left out; a topic of which none is left, or one where two are needed, has no coherence: NaN.

>>> texts = [["cat", "purrs"], ["cat", "purrs"], ["stock", "rises"], ["cat", "rises"]]
>>> topics = [["cat", "purrs"], ["cat", "stock"]]
>>> from themata.evaluate.occurrences import positions
>>> npmi(topics, positions(texts, ["cat", "purrs", "stock"]).windows(10)).round(2).tolist()
[0.42, -0.94]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from themata.core.arrays import Float1d, Float2d
from themata.evaluate.occurrences import Occurrences

EPSILON = 1e-12  # added to joint probabilities, for words that are never together
NPMI_WINDOW, CV_WINDOW = 10, 110  # Röder, Both and Hinneburg 2015


def npmi(topics: Sequence[Sequence[str]], occurrences: Occurrences) -> Float1d:
    """Normalized pointwise mutual information, mean over pairs: -1 never together, 0 as by chance, 1 always together.

    occurrences : in windows of 10 words by default elsewhere, or in whole documents
    returns : (n_topics,), NaN for a topic of fewer than two known keywords
    source : Bouma 2009; as a coherence Lau, Newman & Baldwin 2014
    """
    return np.array([_npmi_of(occurrences.known(words), occurrences) for words in topics])


def c_v(topics: Sequence[Sequence[str]], occurrences: Occurrences) -> Float1d:
    """How alike the keywords' ties to all keywords of their topic are, from 0 to 1.

    occurrences : in windows of 110 words, in Röder, Both and Hinneburg's study the closest to people's judgment
    returns : (n_topics,)
    source : Röder, Both & Hinneburg 2015
    """
    return np.array([_cv_of(occurrences.known(words), occurrences) for words in topics])


def umass(topics: Sequence[Sequence[str]], occurrences: Occurrences) -> Float1d:
    """Log of how often a keyword comes with those before it, mean over pairs: 0 always, the lower the rarer.

    occurrences : in documents
    returns : (n_topics,)
    source : Mimno et al. 2011
    """
    return np.array([_umass_of(occurrences.known(words), occurrences) for words in topics])


def _npmi_of(words: Sequence[str], occurrences: Occurrences) -> float:
    pairs = ~np.eye(len(words), dtype=bool)
    return _mean(_ties(words, occurrences)[pairs])


def _cv_of(words: Sequence[str], occurrences: Occurrences) -> float:
    distinct, times = np.unique(np.array(words, dtype=object), return_counts=True)
    vectors = _ties(distinct.tolist(), occurrences) * times  # a keyword listed twice counts twice
    whole = (vectors * times[:, None]).sum(axis=0)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosines = vectors @ whole / lengths
    return _mean(np.repeat(cosines, times))


def _umass_of(words: Sequence[str], occurrences: Occurrences) -> float:
    both = occurrences.together(words) / max(1, occurrences.n_windows)
    later, before = np.tril_indices(len(words), -1)
    return _mean(np.log((both[later, before] + EPSILON) / np.diag(both)[before]))


def _ties(words: Sequence[str], occurrences: Occurrences) -> Float2d:
    """(n, n) NPMI of every two words, of each with itself too."""
    both = occurrences.together(words) / max(1, occurrences.n_windows)
    alone = np.diag(both)
    return np.log((both + EPSILON) / np.outer(alone, alone)) / -np.log(both + EPSILON)


def _mean(values: Float1d) -> float:
    return float(values.mean()) if len(values) else float("nan")
