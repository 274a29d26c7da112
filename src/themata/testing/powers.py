"""Checks of the optional powers of parts, by what each is declared to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy, deepcopy
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse

from themata.core import protocols
from themata.core.graph import unit_rows
from themata.testing.sample_corpus import promise, promised, sample


def check_power(kind: type, part: Any) -> None:
    """Any power: the part has every member that it is declared with."""
    promise(isinstance(part, kind), part, kind.__name__, "no such power", "all members of the protocol")


def check_relearning_vectorizer(part: Any) -> None:
    """A vectorizer that learns again, from plain values, what it has learned: it counts as it did."""
    texts = list(sample(30).documents.texts)
    counts = part.fit_transform(texts)
    learned = json.loads(json.dumps(part.learned()))
    again = deepcopy(part).relearn(list(map(str, part.get_feature_names_out())), learned)
    same = (sparse.csr_matrix(again.transform(texts)) != sparse.csr_matrix(counts)).nnz == 0
    promise(same, part, "relearn", "other counts", "those of the fit")


def check_growing_vectorizer(part: Any) -> None:
    """A vectorizer that grows: terms of before keep their columns, and new ones come after."""
    holds = promised(part, "grow")
    texts = list(sample(30).documents.texts)
    part.fit_transform(texts)
    before = list(part.get_feature_names_out())
    counts = part.grow(["quizzical quokkas quarrel", "quizzical quokkas"])
    after = list(part.get_feature_names_out())
    holds(after[: len(before)] == before, "moved columns", "the columns of before")
    holds(len(after) > len(before), "no new term", "the terms of the new texts")
    holds(counts.shape == (2, len(after)), f"shape {counts.shape}", f"(2, {len(after)})")


def check_showing_vectorizer(part: Any) -> None:
    """A vectorizer that says which terms may be shown: one answer per column."""
    part.fit_transform(list(sample(30).documents.texts))
    shown, n = np.asarray(part.showable()), len(part.get_feature_names_out())
    promise(shown.shape == (n,) and shown.dtype == bool, part, "showable", f"{shown.shape}", f"({n},) bool")


def check_settling_vectorizer(part: Any) -> None:
    """A vectorizer that settles: another fit of the settled one counts the same terms."""
    texts = list(sample(30).documents.texts)
    part.fit_transform(texts)
    names = list(part.get_feature_names_out())
    settled = part.settled()
    settled.fit_transform(texts)
    same = list(settled.get_feature_names_out()) == names
    promise(same, part, "settled", "another vocabulary of the same texts", "the same")


def check_sized_embedder(part: Any) -> None:
    """An embedder that says its size before it embeds: None, or what its embeddings have."""
    if part.dim is None or isinstance(part, protocols.Learner):
        return
    dim = np.asarray(part.encode(["a text"])).shape[1]
    promise(dim == part.dim, part, "dim", str(part.dim), f"{dim}, as its embeddings have")


def check_truncating_embedder(part: Any) -> None:
    """An embedder that counts what it reads in part: a long text is, a short one is not."""
    short, long = part.n_cut(["short"])[0], part.n_cut(["many words " * 40_000])[0]
    promise(
        (short, long) == (0, 1), part, "n_cut", f"{short} and {long}", "0 of a short text, 1 of a long one"
    )


def check_stored_seeder(part: Any) -> None:
    """A seeder that is stored: the settled one with the state is settled in turn, and has the same state."""
    state = part.state()
    again = part.settled().with_state(state)
    same = again.state().keys() == state.keys() and all(
        np.array_equal(again.state()[name], value) for name, value in state.items()
    )
    promise(same, part, "with_state", "another state", "the one it was given")


def check_class_seeder(part: Any) -> None:
    """A seeder of classes: documents of one class share a seed, those of two do not, and its own stay as they are."""
    holds = promised(part, "given")
    docs, before = sample(4).documents, copy(part.classes)
    seeds = part.given(["a", None, "b", "a"]).seed(docs, None)
    rows = np.asarray(seeds.assignment).tolist()
    apart = rows[0] == rows[3] >= 0 > rows[1] and rows[2] not in (rows[0], -1)
    holds(apart, f"seeds {rows}", "one for each class, -1 for none")
    holds(np.array_equal(part.classes, before), "other classes of its own", "a copy")


def check_identified_chat(part: Any) -> None:
    """A chat that says what decides its answers: twice the same, and so that a file of answers can hold it."""
    holds = promised(part, "identity")
    identity = json.dumps(part.identity, sort_keys=True, default=repr)
    again = json.dumps(part.identity, sort_keys=True, default=repr)
    holds(identity == again, f"{again:.60} after {identity:.60}", "the same each time")
    holds(hex(id(part))[2:] not in identity, f"{identity:.60}", "nothing of this process")


def check_suggesting_labeler(part: Any) -> None:
    """A labeler with several names in mind: at most so many for each topic, and no name twice."""
    holds = promised(part, "candidates")
    made = sample()
    names = part.candidates(made.topics, made.documents, 3)
    holds(len(names) == made.topics.n_topics, f"{len(names)} rows", "one for each topic")
    for row in names:
        holds(len(set(row)) == len(row) <= 3, f"{list(row)}", "up to 3, none twice")


def check_estimating_embedder(part: Any) -> None:
    """An embedder of estimates: it asks about texts of its corpus and words, and what it calls exact is its teacher's."""
    is_exact_holds = promised(part, "is_exact")
    texts = list(sample(30).documents.texts)
    asked: list[str] = []

    def embed(some: Any) -> Any:
        asked.extend(some)
        return np.asarray(part.teacher.encode(list(some)), dtype=np.float32)

    part.learn(texts, embed=embed)
    promise(len(asked) <= 3 * len(texts), part, "learn", f"{len(asked)} texts asked about", "few")
    exact = np.asarray(part.is_exact(texts))
    is_exact_holds(exact.shape == (30,) and exact.dtype == bool, f"{exact.shape}", "(30,) bool")
    rows = np.flatnonzero(exact)
    ours, theirs = part.encode(texts)[rows], part.teacher.encode([texts[row] for row in rows])
    cosines = (unit_rows(np.asarray(ours)) * unit_rows(np.asarray(theirs))).sum(axis=1)
    is_exact_holds(cosines.min(initial=1.0) > 0.99, "another embedding", "the teacher's")
    promise(part.fidelity_ is not None, part, "fidelity_", "None after learn", "how true the estimates are")


_KINDS = {
    "deferring": protocols.Deferring,
    "priced_chat": protocols.PricedChat,
    "sized_chat": protocols.SizedChat,
    "preloading_embedder": protocols.PreloadingEmbedder,
    "chunked_embedder": protocols.ChunkedEmbedder,
    "token_limited_embedder": protocols.TokenLimitedEmbedder,
    "named_part": protocols.NamedPart,
    "learned_embedder": protocols.LearnedEmbedder,
    "stored_embedder": protocols.StoredEmbedder,
    "batch_learner": protocols.BatchLearner,
    "ngram_vectorizer": protocols.NGramVectorizer,
    "stop_word_vectorizer": protocols.StopWordVectorizer,
    "analyzing_vectorizer": protocols.AnalyzingVectorizer,
    "ignoring_vectorizer": protocols.IgnoringVectorizer,
    "fading_vectorizer": protocols.FadingVectorizer,
    "forgetting_vectorizer": protocols.ForgettingVectorizer,
    "configurable_part": protocols.ConfigurablePart,
    "randomized_part": protocols.RandomizedPart,
    "word_seeder": protocols.WordSeeder,
    "embedding_seeder": protocols.EmbeddingSeeder,
    "graph_grouper": protocols.GraphGrouper,
    "counted_grouper": protocols.CountedGrouper,
    "sized_grouper": protocols.SizedGrouper,
    "resolution_grouper": protocols.ResolutionGrouper,
    "lexical_relater": protocols.LexicalRelater,
    "answer_keeping_labeler": protocols.AnswerKeepingLabeler,
    "reporting_labeler": protocols.ReportingLabeler,
    "paid_representer": protocols.PaidRepresenter,
    "weigher": protocols.Weigher,
}

POWERS: dict[str, Callable[[Any], None]] = {
    **{name: partial(check_power, kind) for name, kind in _KINDS.items()},
    "relearning_vectorizer": check_relearning_vectorizer,
    "growing_vectorizer": check_growing_vectorizer,
    "showing_vectorizer": check_showing_vectorizer,
    "settling_vectorizer": check_settling_vectorizer,
    "sized_embedder": check_sized_embedder,
    "truncating_embedder": check_truncating_embedder,
    "estimating_embedder": check_estimating_embedder,
    "stored_seeder": check_stored_seeder,
    "class_seeder": check_class_seeder,
    "identified_chat": check_identified_chat,
    "suggesting_labeler": check_suggesting_labeler,
}
