"""Counts of terms that fade from batch to batch, and terms that are forgotten, as a vectorizer asks for.

A vectorizer with `decay` takes that share of all counts so far away with each batch; one with `delete_min_df` forgets
the terms that are counted less often than that. Both are BERTopic's OnlineCountVectorizer's, and ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from themata.core import powers
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.protocols import ForgettingVectorizer


def faded(docs: Documents, vectorizer: Any) -> Documents:
    """Documents of earlier batches, their counts less by the share that a new batch takes away."""
    share = powers.decay(vectorizer)
    if not share or docs.terms is None:
        return docs
    return docs.having(terms=sparse.csr_matrix(docs.terms * (1 - share)))


def without_faded(docs: Documents, vectorizer: Any) -> Documents:
    """Documents without the terms that are counted too seldom, which the vectorizer no longer knows either.

    The vectorizer's vocabulary_ is replaced: its columns are those of the documents, in their order.
    """
    if not isinstance(vectorizer, ForgettingVectorizer) or vectorizer.delete_min_df is None:
        return docs
    if docs.terms is None or docs.vocabulary is None:
        return docs
    names = list(map(str, vectorizer.get_feature_names_out()))
    column = {str(term): place for place, term in enumerate(docs.vocabulary)}
    # Some may have been forgotten between two batches
    terms = docs.terms[:, [column[name] for name in names]]
    often = np.flatnonzero(np.asarray(terms.sum(axis=0)).ravel() >= vectorizer.delete_min_df)
    if not len(often):
        raise InputError(
            f"no term is counted {vectorizer.delete_min_df:g} times: lower delete_min_df, or take larger batches"
        )
    left = [names[place] for place in often]
    vectorizer.vocabulary_ = {name: place for place, name in enumerate(left)}
    return docs.having(terms=sparse.csr_matrix(terms[:, often]), vocabulary=np.array(left, dtype=object))
