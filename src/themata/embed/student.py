"""Embeddings that imitate a slow embedder: it reads a sample, and each word's vector is learned from what it says of that.

Knowledge distillation (Hinton et al. 2015) on the corpus at hand: the teacher embeds a sample of the documents and the most
frequent words as texts of their own; a kernel ridge regression from words to the teacher's embeddings then gives every word a
vector, and a document is the weighted mean of its words' vectors. docs/fast-embedding.md has the figures.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, asdict, dataclass, field
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
import regex
from threadpoolctl import threadpool_limits

from themata.core import errors, powers
from themata.core.arrays import Bool1d, Csr, Float1d, Float2d, Int1d
from themata.core.errors import InputError, PartError
from themata.core.graph import unit_rows
from themata.core.part_descriptions import describe, restore
from themata.core.protocols import TruncatingEmbedder
from themata.core.registry import make
from themata.embed.readable_texts import encodable

log = logging.getLogger(__name__)

Embed = Callable[[Sequence[str]], Float2d]

# Tokens of all texts together up to which the teacher reads all: a minute and a half on two cores with bfloat16
SMALL = 1_000_000
# Of what reading everything would cost: a sixth is promised, and learning takes a part of it
SHARE = 0.135
# Of that, spent on single words at most: 22,500 questions had a cosine of 0.775 without, 0.804 with 1,300 words, 0.835 with all
# 3,400, for the same sample
SHARE_OF_WORDS = 0.4
SMALLEST_SAMPLE, LARGEST_SAMPLE = 1_000, 7_000
MOST_WORDS_READ = 10_000
MOST_WORDS = 30_000  # that have a vector
VOCABULARY_FROM = 100_000  # texts whose words are looked at
CONTEXTS_FROM = 30_000  # texts in which the company of words is looked at
HELD_OUT = 0.15  # of the sample, from which nothing is learned until it has judged
PENALTIES = (0.1, 0.3, 1.0)
FIND_PENALTY = 2_500  # documents of the sample that find the penalty, which hardly depends on their number
N_NEAR = 15
# Cosine on held-out texts under which more of the corpus is read, up to a quarter of it
POOR = 0.75
LARGEST_SHARE = 1 / 4
UNTRUE = 0.7  # under which a warning is given
READ = 256  # tokens that a transformer reads at most, for the reckoning


@dataclass(frozen=True)
class Fidelity:
    """How true a student is to its teacher, on documents it had not learned from.

    n_texts : different documents of the corpus
    n_read : those that the teacher embedded; they keep its embeddings
    n_words_read : single words that it embedded
    n_held_out : documents that judged
    cosine : mean, between the student's embeddings and the teacher's; 1 where the teacher reads everything
    neighbors_kept : share of a document's nearest 15 that are the same among the student's embeddings
    """

    n_texts: int
    n_read: int
    n_words_read: int = 0
    n_held_out: int = 0
    cosine: float = 1.0
    neighbors_kept: float = 1.0

    @property
    def is_whole(self) -> bool:
        """Whether the teacher reads every document."""
        return self.n_read == self.n_texts

    def __str__(self) -> str:
        if self.is_whole:
            return f"all {self.n_texts:,} different documents are read by the model itself"
        return (
            f"the model read {self.n_read:,} of {self.n_texts:,} different documents and {self.n_words_read:,} words; "
            f"embeddings of the others are estimates: on {self.n_held_out:,} documents held out their cosine to the "
            f"model's own is {self.cosine:.2f}, and {self.neighbors_kept:.0%} of nearest neighbors are the same"
        )


@dataclass(eq=False, repr=False)
class Student:
    """An embedder that learns, on each corpus, to imitate another, its teacher, and embeds thousands of documents a second.

    model : the teacher: "minilm", the name or folder of a sentence-transformers model, any embedder's name, or an embedder
    n_sample : documents that the teacher reads; None: as many as a seventh of the time of reading everything allows, 1,000
        to 7,000, and up to a quarter of the corpus where the student is poor; all of documents that are few or short, under a
        million tokens together
    random_state : the same seed, the same sample, whatever the order of the documents

    fidelity_ : how true it is to its teacher, after `learn`
    """

    model: Any = "minilm"
    _: KW_ONLY
    n_sample: int | None = None
    random_state: int = 42

    fidelity_: Fidelity | None = field(default=None, init=False)
    _lesson: _Lesson | None = field(default=None, init=False)  # None: the teacher reads everything

    def __post_init__(self) -> None:
        if self.n_sample is not None and self.n_sample < 50:
            raise InputError(f"n_sample is at least 50, to learn from: got {self.n_sample}")

    @property
    def name(self) -> str:
        """What embeddings made by this part are kept under."""
        model = self.model if isinstance(self.model, str) else powers.name(self.model)
        return f"student {model} {self.n_sample} {self.random_state}"

    @property
    def teacher(self) -> Any:
        """The embedder that is imitated."""
        if not hasattr(self, "_teacher"):
            if self.model is None:
                raise InputError(
                    "the model that this student learned from is not known, as no file could hold it: hand it over, as in "
                    "Student(model) or load(folder, embedder=...)"
                )
            self._teacher = make("embedder", self.model)
        return self._teacher

    def learn(self, texts: Sequence[str], embed: Embed | None = None) -> Student:
        """Have the teacher embed a sample of a corpus, and learn to embed the rest.

        embed : how the teacher's embeddings are had; None: by its `encode`
        """
        ask = embed or (lambda asked: np.asarray(self.teacher.encode(encodable(asked)), dtype=np.float32))
        # In the order of their keys, so that the sample is the same whatever the order of documents
        keyed = sorted((_key(text, self.random_state), text) for text in dict.fromkeys(texts))
        unique = [text for _, text in keyed]
        if is_small(unique) if self.n_sample is None else len(unique) <= self.n_sample:
            return self._read_all(len(unique))
        counter = _counter(unique[:VOCABULARY_FROM])
        if counter is None:
            return self._read_all(len(unique))
        n_read, n_words = _affordable(unique, len(counter.vocabulary_))
        n_read = self.n_sample or n_read
        words = np.argsort(counter.idf_, kind="stable")[:n_words]
        of_words = self._asked(ask, counter.get_feature_names_out()[words].tolist())
        said = _said_of_words(counter.transform(unique[:CONTEXTS_FROM]), words, of_words)
        points = self._asked(ask, unique[:n_read])
        lesson = _learned(counter.transform(unique[:n_read]), points, said)
        most = min(LARGEST_SAMPLE, int(LARGEST_SHARE * len(unique)))
        while self.n_sample is None and lesson.cosine < POOR and n_read < most:
            more = unique[n_read : 2 * n_read][: most - n_read]
            log.info("a cosine of %.2f is low: %s more documents are read", lesson.cosine, f"{len(more):,}")
            points = np.vstack([points, self._asked(ask, more)])
            n_read = len(points)
            lesson = _learned(counter.transform(unique[:n_read]), points, said)
        if lesson.cosine < UNTRUE:
            log.warning(
                "the estimated embeddings have a cosine of %.2f to the model's own: topics may be worse than with it "
                "(embedder=%r)",
                lesson.cosine,
                self.model,
            )
        self._counter, self._lesson = counter, lesson
        self._keys, self._points = [key for key, _ in keyed[:n_read]], points
        self.fidelity_ = Fidelity(
            len(unique), n_read, len(words), lesson.n_held_out, lesson.cosine, lesson.neighbors_kept
        )
        log.info("%s", self.fidelity_)
        return self

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32, rows of length 1; the teacher's own for documents that it read"""
        if self.fidelity_ is None:
            raise errors.NotFittedError("a student learns from the corpus: call learn(texts) first")
        if self._lesson is None:
            return np.asarray(self.teacher.encode(list(texts)), dtype=np.float32)
        points = unit_rows(self._counter.transform(texts) @ self._lesson.vectors + self._lesson.offset)
        row_of = {key: row for row, key in enumerate(self._keys)}
        places = [row_of.get(_key(text, self.random_state), -1) for text in texts]
        read = np.flatnonzero(np.array(places, dtype=np.int64) >= 0)
        points[read] = self._points[[places[row] for row in read]]
        return points

    def is_exact(self, texts: Sequence[str]) -> Bool1d:
        """(n,) whether a text's embedding is the teacher's own, rather than an estimate."""
        if self.fidelity_ is None or self._lesson is None:
            return np.ones(len(texts), dtype=bool)
        known = set(self._keys)
        return np.array([_key(text, self.random_state) in known for text in texts], dtype=bool)

    def n_cut(self, texts: Sequence[str]) -> tuple[int, str]:
        """How many texts are longer than is read: none where words are looked up, which reads a text to its end."""
        if self._lesson is None and isinstance(self.teacher, TruncatingEmbedder):
            return self.teacher.n_cut(texts)
        return 0, ""

    def state(self) -> dict[str, np.ndarray[Any, Any]]:
        """What it learned, as arrays: with them it embeds without its teacher."""
        lesson = self._lesson
        facts = {
            "model": describe(self.model),
            "n_sample": self.n_sample,
            "random_state": self.random_state,
            "fidelity": None if self.fidelity_ is None else asdict(self.fidelity_),
            "vocabulary": [] if lesson is None else self._counter.get_feature_names_out().tolist(),
        }
        state = {"facts": np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)}
        if lesson is None:
            return state
        return state | {
            "idf": self._counter.idf_,
            "vectors": lesson.vectors.astype(np.float16),
            "offset": lesson.offset,
            "keys": np.array(self._keys, dtype=np.uint64),
            "points": self._points,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray[Any, Any]]) -> Student:
        """The embedder that had this state."""
        facts = json.loads(state["facts"].tobytes())
        made = cls(restore(facts["model"]), n_sample=facts["n_sample"], random_state=facts["random_state"])
        if facts["fidelity"] is None:
            return made
        made.fidelity_ = fidelity = Fidelity(**facts["fidelity"])
        if fidelity.is_whole:
            return made
        made._counter = _tfidf(vocabulary=facts["vocabulary"])
        made._counter.idf_ = state["idf"]
        made._keys, made._points = state["keys"].tolist(), state["points"]
        made._lesson = _Lesson(
            state["vectors"].astype(np.float32),
            state["offset"],
            fidelity.n_held_out,
            fidelity.cosine,
            fidelity.neighbors_kept,
        )
        return made

    def _read_all(self, n_texts: int) -> Student:
        self._lesson = None
        self.fidelity_ = Fidelity(n_texts, n_texts)
        log.info("%s", self.fidelity_)
        return self

    def _asked(self, ask: Embed, texts: Sequence[str]) -> Float2d:
        """(n, dim) float32 of the teacher, rows of length 1."""
        points = np.asarray(ask(texts))
        if points.ndim != 2 or len(points) != len(texts):
            raise PartError(self.model, "encode", f"shape {points.shape}", f"one row per text ({len(texts)})")
        return unit_rows(points.astype(np.float32))


@dataclass(frozen=True)
class _Lesson:
    """What was learned.

    vectors : (n_words, dim) float32 of half the precision, as they are saved
    offset : (dim,) float32, added to the mean of a document's word vectors
    """

    vectors: Float2d
    offset: Float1d
    n_held_out: int
    cosine: float
    neighbors_kept: float


def _said_of_words(weights: Csr, words: Int1d, of_words: Float2d) -> Float2d:
    """What is said of each word: by the teacher of the word alone, and by the company it keeps in all documents.

    weights : (n_docs, n_words) TF-IDF of documents, read by the teacher or not
    words, of_words : columns of the words that the teacher read, and (n, dim) its embeddings of them
    returns : (n_words, 2 * dim), the second half the mean of the documents that a word is in, each as its words alone say
    """
    with threadpool_limits(1):
        alone = np.zeros((weights.shape[1], of_words.shape[1]), dtype=np.float32)
        alone[words] = of_words
        company = weights.T @ unit_rows(weights @ alone)
        company /= np.maximum(np.asarray(weights.sum(axis=0)).reshape(-1, 1), 1e-6)
        return np.hstack([alone, unit_rows(company - company.mean(axis=0))])


def _learned(weights: Csr, points: Float2d, said: Float2d) -> _Lesson:
    """Kernel ridge regression from the words of documents to their embeddings.

    A document is described by its words and by the mean of what is said of those words. The first lets a
    word of the sample have any meaning, the second gives words that the sample lacks theirs; both together keep a tenth
    more of the neighbors than either (docs/fast-embedding.md). All is linear, so that it comes to one vector for each word.

    weights : (n, n_words) TF-IDF, rows of length 1 or 0
    points : (n, dim) the teacher's embeddings
    said : as `_said_of_words` gives it
    """
    with threadpool_limits(1):  # the same bits whatever the number of threads
        means = np.asarray(weights @ said)
        middle = means.mean(axis=0)
        scale = (means.std(axis=0) + 1e-6) * np.float32(points.shape[1] ** 0.5)
        means = (means - middle) / scale
        kernel = means @ means.T
        shared = (weights @ weights.T).tocoo()
        kernel[shared.row, shared.col] += shared.data
        center = points.mean(axis=0)
        n = int(len(points) * (1 - HELD_OUT))
        guess, dual = _solved(kernel, _penalty(kernel, points - center, n), points - center, n)
        slope = (means.T @ dual) / scale[:, None]
        vectors = (said @ slope + weights.T @ dual).astype(np.float16).astype(np.float32)
        offset = center - middle @ slope
    guesses = unit_rows(guess + center)
    cosine = float((guesses * points[n:]).sum(axis=1).mean())
    return _Lesson(vectors, offset, len(points) - n, cosine, _neighbors_kept(points, guesses))


def _penalty(kernel: Float2d, targets: Float2d, n: int) -> float:
    """The penalty by which some of the first n targets foretell the others best; it is the same for more of them."""
    some = np.r_[: min(n, FIND_PENALTY), n : len(kernel)]
    part, wanted = kernel[np.ix_(some, some)], targets[n:]
    errors = {}
    for penalty in PENALTIES:
        guess, _ = _solved(part, penalty, targets[some], len(some) - len(wanted))
        errors[penalty] = float(np.square(guess - wanted).sum())
    return min(errors, key=errors.__getitem__)


def _solved(kernel: Float2d, penalty: float, targets: Float2d, n: int) -> tuple[Float2d, Float2d]:
    """Kernel ridge regression of all rows and of the first n, by one Cholesky decomposition: it holds that of the first n.

    With L L' the penalized kernel, the first n foretell L[n:, :n] inv(L[:n, :n]) targets[:n] for the others.

    returns : what the first n foretell for the others, and the dual coefficients of all
    """
    from scipy.linalg import cholesky, solve_triangular

    penalized = kernel.copy()
    penalized[np.diag_indices_from(penalized)] += np.float32(penalty)
    # It is symmetric: transposed it lies in memory as LAPACK wants it, and no copy is made
    lower = cholesky(penalized.T, lower=True, overwrite_a=True, check_finite=False)
    half = solve_triangular(lower, targets, lower=True, check_finite=False)
    dual = solve_triangular(lower, half, lower=True, trans="T", check_finite=False)
    return np.asarray(lower[n:, :n] @ half[:n]), np.asarray(dual)


def _neighbors_kept(points: Float2d, guesses: Float2d) -> float:
    """Share of the nearest documents of those held out, the last ones, that are the same by their estimates."""
    n = len(points) - len(guesses)
    held_out = np.arange(n, len(points))
    n_near = min(N_NEAR, len(points) - 1)
    near = []
    for rows in (points, np.vstack([points[:n], guesses])):
        cosines = rows[held_out] @ rows.T
        cosines[np.arange(len(held_out)), held_out] = -2.0
        near.append(np.argpartition(-cosines, n_near - 1, axis=1)[:, :n_near])
    kept = [len(np.intersect1d(exact, guessed)) for exact, guessed in zip(*near, strict=True)]
    return float(np.mean(kept)) / n_near


def is_small(texts: Sequence[str]) -> bool:
    """Whether so little is to be read that the teacher reads all."""
    return sum(map(_n_tokens, texts)) <= SMALL


def _affordable(texts: Sequence[str], n_words: int) -> tuple[int, int]:
    """How many documents and single words the teacher can read for a share of what all documents would take."""
    mean = sum(map(_n_tokens, texts)) / len(texts)
    of_words = 2 + 2.0
    affordable = SHARE * len(texts) * mean
    read_words = min(MOST_WORDS_READ, n_words, int(SHARE_OF_WORDS * affordable / of_words))
    read_texts = int((affordable - read_words * of_words) / mean)
    return min(LARGEST_SAMPLE, max(SMALLEST_SAMPLE, read_texts)), read_words


def _n_tokens(text: str) -> float:
    """One is about four bytes in any script, and each text has a first and a last one besides."""
    return 2 + min(READ, len(text.encode("utf-8", "replace")) / 4)


def _key(text: str, random_state: int) -> int:
    """A number for a text, by which the sample is drawn and known again."""
    seed = str(random_state).encode()
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=seed)
    return int.from_bytes(digest.digest(), "little")


def _counter(texts: Sequence[str]) -> Any:
    """TF-IDF of the words of texts; None where they have none."""
    counter = _tfidf(min_df=1 if len(texts) < 1000 else 2, max_features=MOST_WORDS)
    try:
        return counter.fit(texts)
    except ValueError:  # scikit-learn's word for a corpus without words
        return None


def _tfidf(**options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=cut, sublinear_tf=True, dtype=np.float32, **options)


_WORD = re.compile(r"\w+", re.ASCII)
# Scripts that put no spaces between words; a mark belongs to the letter before it
_ANY_WORD = regex.compile(
    r"(?P<unspaced>[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー々]+)|[\p{L}\p{M}\p{N}_]+"
)
_LETTER = regex.compile(r"\X")


def cut(text: str) -> list[str]:
    """The words of a text, small; of a script without spaces every two letters that stand together.

    >>> cut("Don't stop"), cut("机器学习 is fun")
    (['don', 't', 'stop'], ['机器', '器学', '学习', 'is', 'fun'])
    """
    if text.isascii():
        return _WORD.findall(text.lower())
    words: list[str] = []
    for run in _ANY_WORD.finditer(text.lower()):
        if run["unspaced"] is None:
            words.append(run[0])
            continue
        letters = _LETTER.findall(run[0])
        words += [a + b for a, b in pairwise(letters)] or letters
    return words
