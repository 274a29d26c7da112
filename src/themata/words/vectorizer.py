"""Count terms: scikit-learn's CountVectorizer interface, for documents of any language."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from themata.core import errors
from themata.core.arrays import Bool1d, Csr, Int1d
from themata.core.errors import InputError
from themata.core.estimator import Estimator
from themata.core.plain_text import kinds, plain
from themata.languages.catalog import DEFAULT, first_of
from themata.languages.codes import code_of
from themata.words.counting import Counted, Terms, count, counts_of, is_long_enough, without_phrases, words_of
from themata.words.detection import languages_in
from themata.words.stop_words import stop_words
from themata.words.tokens import composed
from themata.words.word_boundaries import corpus_words

Stops: TypeAlias = tuple[frozenset[str], frozenset[tuple[str, ...]]]

# Under so many words a document cannot spare its stop words: "how do I" tells one intent from another
SHORT = 12


@dataclass(eq=False, repr=False)
class Words(Estimator):
    """Counts the terms of documents.

    language : a code such as "de", a name such as "German", or several; None detects them
    stop_words : "auto" for those of the language, a language's name for those of another, a list, or None for none. The
        words of a phrase in the list ("new york times") are left out where they are said together. In corpora of very
        short documents stop words are counted all the same, because they carry meaning there, and only hidden from
        keywords (`showable`)
    more_stop_words : words and phrases of your own, such as the firm's name, beside those of `stop_words`
    ngram_range : (fewest, most) words in a term; n-grams never cross sentences nor begin or end in a stop word
    min_df : fewest documents that use a term; "auto" is 1 under 500 documents and rises slowly
    max_df : largest share of documents that use a term
    max_features : only the most used so many
    lowercase : fold case
    keep_stop_words : count them, and only hide them from keywords; "auto" does so where documents are very short
    vocabulary : the terms, when they are known
    ignore : what is told apart from words before they are counted: "mail" (headers, quoted-printable, signatures),
        "markup" (tags, entities, the inside of scripts and styles), "handles" (who is quoted, "RT @name:"), "addresses"
        (of pages and people), "codes" (hexadecimal ids, keys); a list of these, "all", or None for nothing

    vocabulary_ : {term: column}
    languages_ : codes found or given
    known_ : words that spaces do not tell, such as Vietnamese words of several syllables
    """

    language: str | Sequence[str] | None = None
    stop_words: str | Sequence[str] | None = "auto"
    ngram_range: tuple[int, int] = (1, 1)
    min_df: int | str = "auto"
    max_df: float = 1.0
    max_features: int | None = None
    lowercase: bool = True
    keep_stop_words: bool | str = "auto"
    vocabulary: Sequence[str] | None = None
    ignore: str | Sequence[str] | None = "all"
    more_stop_words: Sequence[str] = ()

    def fit(self, raw_documents: Iterable[str], y: Any = None) -> Words:
        """Learn the vocabulary."""
        self.fit_transform(raw_documents)
        return self

    def fit_transform(self, raw_documents: Iterable[str], y: Any = None, **_: Any) -> Csr:
        """Learn the vocabulary and count: (n_docs, n_terms) CSR int64, columns in alphabetical order."""
        texts = raw_documents if isinstance(raw_documents, Sequence) else list(raw_documents)
        self._learn_language(texts)
        self.known_: frozenset[str] = corpus_words(texts, self._languages(), kinds(self.ignore))
        if self.vocabulary is not None:
            self.vocabulary_: dict[str, int] = {term: column for column, term in enumerate(self.vocabulary)}
            return self.transform(texts)
        counted = count(texts, self._met(), prune=self._least(len(texts)) > 1)
        terms, columns = self._kept(counted)
        order = np.argsort(terms.astype(str), kind="stable") if len(terms) else np.empty(0, dtype=int)
        self.vocabulary_ = {str(term): column for column, term in enumerate(terms[order])}
        return _sorted(counted.kept(columns[order]))

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(),
            input_tags=InputTags(string=True, one_d_array=True, two_d_array=False),
        )

    def transform(self, raw_documents: Iterable[str]) -> Csr:
        """Count the terms of the vocabulary; unknown ones are passed over."""
        self._check()
        index = self.vocabulary_
        indices, ends = array("q"), array("q", [0])
        analyze = self.build_analyzer()
        for text in raw_documents:
            indices.extend(index[term] for term in analyze(text) if term in index)
            ends.append(len(indices))
        return counts_of(indices, ends, len(index))

    def grow(self, raw_documents: Iterable[str]) -> Csr:
        """Count with new terms added to the vocabulary at its end; the columns of old terms stay as they are."""
        self._check()
        counted = count(list(raw_documents), self._terms(), self.vocabulary_)
        self.vocabulary_ = dict(counted.index)
        return _sorted(counted.kept(np.arange(len(self.vocabulary_))))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:
        """(n_terms,) the terms, by column."""
        self._check()
        return np.array(sorted(self.vocabulary_, key=self.vocabulary_.__getitem__), dtype=object)

    def showable(self) -> Bool1d:
        """(n_terms,) whether a term may be shown as a keyword: no stop word, bare number or single letter."""
        hidden = self._stops()
        terms = self.get_feature_names_out()
        known = getattr(self, "_shown", None)  # every question asks, and the terms rarely change
        if known is None or known[0] != hidden or not np.array_equal(known[1], terms):
            shown = np.array([_says_something(str(term), *hidden) for term in terms], dtype=bool)
            shown.setflags(write=False)
            self._shown = known = (hidden, terms, shown)
        return known[2]

    def settled(self) -> Words:
        """The same vectorizer with what it found in place of what it was left to find: all a saved one needs."""
        kept = getattr(self, "kept_", self.keep_stop_words is True)
        settings = {"language": self._languages(), "keep_stop_words": kept}
        return type(self)(**{**self.get_params(), **settings})

    def build_tokenizer(self) -> Callable[[str], list[str]]:
        """A function from a text to all its words, as written."""
        whole, ignore = words_of(self._terms().cutter(), self._languages()), kinds(self.ignore)
        return lambda text: whole(plain(text, ignore))

    def learned(self) -> dict[str, Any]:
        """What it found in the documents, besides the vocabulary, as plain values."""
        known = sorted(getattr(self, "known_", ()))
        return {"languages": list(self._languages()), "kept": getattr(self, "kept_", False), "known": known}

    def relearn(self, vocabulary: Sequence[str], learned: Mapping[str, Any]) -> Words:
        """Be as after the fit that learned this."""
        self.vocabulary_ = {term: column for column, term in enumerate(vocabulary)}
        self.languages_, self.kept_ = list(learned["languages"]), bool(learned["kept"])
        self.known_ = frozenset(learned.get("known", ()))
        return self

    def build_analyzer(self) -> Callable[[str], list[str]]:
        """A function from a text to its terms."""
        return self._terms().analyzer()

    def _terms(self) -> Terms:
        fewest, most = self.ngram_range
        if not 1 <= fewest <= most:
            raise InputError(
                f"ngram_range must be (fewest, most) with 1 <= fewest <= most, got {self.ngram_range}"
            )
        stopped, phrases = self._stops()
        if getattr(self, "kept_", self.keep_stop_words is True):
            dropped, phrases = frozenset[str](), frozenset()
        else:
            dropped = stopped
        languages = tuple(self._languages())
        return Terms(
            languages,
            self.lowercase,
            (fewest, most),
            stopped,
            dropped,
            self._known(),
            phrases,
            kinds(self.ignore),
        )

    def _known(self) -> frozenset[str]:
        """Words that spaces do not tell; of a vectorizer that only has its vocabulary, that tells them."""
        known: frozenset[str] | None = getattr(self, "known_", None)
        return frozenset(getattr(self, "vocabulary_", ())) if known is None else known

    def _met(self) -> Terms:
        """All terms met; single words are chosen among afterwards by `_allowed`, which is faster."""
        terms = self._terms()
        return terms if terms.ngram_range[1] > 1 or terms.phrases else replace(terms, dropped=None)

    def _learn_language(self, texts: Sequence[str]) -> None:
        self.languages_ = self._given()
        if not self.languages_:
            self.languages_ = languages_in(texts)
        if self.keep_stop_words != "auto":
            self.kept_ = bool(self.keep_stop_words)
            return
        sample = texts[:: max(1, len(texts) // 500)]
        lengths = [len(plain(text, kinds(self.ignore)).split()) for text in sample if text.strip()]
        spaced = first_of(self.languages_).spaces
        self.kept_ = bool(lengths) and spaced and float(np.median(lengths)) < SHORT

    def languages(self) -> list[str]:
        """Codes of the languages that were detected or given; none before."""
        return [*getattr(self, "languages_", self._given())]

    def _languages(self) -> list[str]:
        if hasattr(self, "languages_"):
            return self.languages_
        return self._given() or [DEFAULT]

    def _given(self) -> list[str]:
        """Codes of the languages given, none where they are to be detected."""
        given: Sequence[Any] = self.language if isinstance(self.language, list | tuple) else [self.language]
        return [code for language in given if (code := code_of(language))]

    def _stops(self) -> Stops:
        """Stop words, and stop phrases of several words each."""
        given = self.stop_words
        if isinstance(given, str):
            code = None if given == "auto" else code_of(given)
            single, phrases = stop_words(self._languages() if code is None else [code]), frozenset[Any]()
        else:
            single, phrases = self._listed(given or ())
        if not self.more_stop_words:
            return single, phrases
        more = self._listed(self.more_stop_words)
        return single | more[0], phrases | more[1]

    def _listed(self, words: Sequence[str]) -> Stops:
        if not words:
            return frozenset(), frozenset()
        return stops_of(tuple(words), tuple(self._languages()), self.lowercase, self._known())

    def _kept(self, counted: Counted) -> tuple[np.ndarray[Any, Any], Int1d]:
        """Terms used by enough documents and by not too many, and their columns; if that leaves none, all of them.

        Stop words and single letters are none of them.
        """
        names, columns = counted.terms()
        terms = np.array(names, dtype=object)
        if self.ngram_range[1] == 1:  # of those of several words none has been counted
            dropped = frozenset[str]() if self.kept_ else self._stops()[0]
            allowed = np.array([word not in dropped and is_long_enough(word) for word in names], dtype=bool)
            terms, columns = terms[allowed], columns[allowed]
        used, n_docs = counted.used[columns], counted.n_docs
        most = self.max_df if isinstance(self.max_df, int) and self.max_df > 1 else self.max_df * n_docs
        kept = np.flatnonzero((used >= self._least(n_docs)) & (used <= most))
        if not len(kept):
            kept = np.arange(len(columns))
        if self.max_features is not None and len(kept) > self.max_features:
            totals = counted.totals(columns[kept])
            kept = np.sort(kept[np.argsort(-totals, kind="stable")[: self.max_features]])
        return terms[kept], columns[kept]

    def _least(self, n_docs: int) -> int:
        """Documents that must use a term."""
        if self.min_df == "auto":
            return 1 if n_docs < 500 else max(2, n_docs // 10_000)
        return int(np.ceil(self.min_df * n_docs)) if isinstance(self.min_df, float) else int(self.min_df)

    def _check(self) -> None:
        if not hasattr(self, "vocabulary_"):
            if self.vocabulary is None:
                raise errors.NotFittedError(
                    "this vectorizer has no vocabulary yet: call fit(documents) first"
                )
            self.vocabulary_ = {term: column for column, term in enumerate(self.vocabulary)}


@lru_cache(maxsize=16)
def stops_of(
    listed: tuple[str, ...], languages: tuple[str, ...], lowercase: bool, known: frozenset[str]
) -> Stops:
    """Stop words that a person lists, cut and cased as the documents are: an entry of several words is a phrase."""
    other = next((entry for entry in listed if not isinstance(entry, str)), None)
    if other is not None:
        raise InputError(f"stop_words must be words, got {other!r:.80}")
    terms = Terms(languages, lowercase, (1, 1), frozenset(), None, known)
    cut, lower = terms.cutter(), terms.lower()
    said = [(entry, cut(composed(entry))) for entry in map(lower, listed)]
    single = {words[0] if words else entry for entry, words in said if len(words) < 2}
    return frozenset(single), frozenset(tuple(words) for _, words in said if len(words) > 1)


def _says_something(term: str, hidden: frozenset[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    parts = term.split()
    if parts[0] in hidden or parts[-1] in hidden or without_phrases(parts, phrases) != [parts]:
        return False
    bare = term.strip("#@_")
    return len(bare) > 1 and not bare.replace("_", "").replace("-", "").replace(" ", "").isdigit()


def _sorted(counts: Csr) -> Csr:
    counts.sort_indices()
    return counts
