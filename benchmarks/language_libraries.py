"""Morphology by other libraries, and by none, beside today's, of the same topics: python benchmarks/language_libraries.py [ko ru ...]

As languages.py measures names, over three partitions of sib13 (20, 40 and 80 topics). "plain" is what is left without any
morphology, which is what those get who lack the extra "languages". A difference is the mean over the topics' names, with its
standard error. Needs fugashi, unidic-lite, simplemma, snowballstemmer and lemminflect, which themata does not.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from common import embedded, write
from sklearn.feature_extraction.text import TfidfVectorizer

from languages import CODES, NEAREST, sentences
from themata import TopicModel
from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.languages import catalog, japanese
from themata.languages.language import Language, Uses, pairs
from themata.naming.phrases.phrase_labeler import Phrases
from themata.words import stop_words, word_boundaries
from themata.words.vectorizer import Words

N_TOPICS = (20, 40, 80)
Change = Callable[[Language], Language]


def _without(**fields: Any) -> Change:
    return lambda language: replace(language, **fields)


def _japanese(parse: Callable[[str], Iterable[tuple[str, str, str]]]) -> Change:
    """parse : into (surface, part of speech, finer part of speech) by the names of UniDic"""

    def kind(token: tuple[str, str, str]) -> str:
        _, part, finer = token
        if (
            part in ("名詞", "接頭辞", "形状詞", "代名詞")
            or (part == "接尾辞" and finer != "動詞的")
            or part == "記号"
        ):
            return "noun"
        return "particle" if part == "助詞" and finer in ("格助詞", "係助詞", "副助詞") else "other"

    def segment(run: str) -> list[str]:
        words: list[str] = []
        for role, tokens in groupby(parse(run), kind):
            surfaces = [surface for surface, *_ in tokens]
            words += (
                ["".join(surfaces)]
                if role == "noun"
                else surfaces[:1]
                if role == "particle"
                else [japanese.ENDING]
            )
        return words

    return _without(segment=segment)


def _fugashi() -> Change:
    from fugashi import Tagger

    tagger = Tagger()
    return _japanese(
        lambda run: [(word.surface, word.feature.pos1, word.feature.pos2) for word in tagger(run)]
    )


def _lemminflect() -> Change:
    from lemminflect import getInflection, getLemma

    def plurals(word: str) -> tuple[str, ...]:
        lemma = getLemma(word, "NOUN")
        return (word,) if lemma and lemma[0] != word else tuple(getInflection(word, "NNS")) or (word,)

    return _without(plurals=lru_cache(maxsize=None)(plurals))


def _simplemma_plurals() -> Change:
    from simplemma import lemmatize

    def plurals(word: str) -> tuple[str, ...]:
        if lemmatize(word, "en") != word:
            return (word,)
        return tuple(
            form for form in (word + "s", word + "es", word[:-1] + "ies") if lemmatize(form, "en") == word
        ) or (word + "s",)

    return _without(plurals=lru_cache(maxsize=None)(plurals))


def _plain_plurals(word: str) -> tuple[str, ...]:
    return (word,) if word.endswith("s") else (word + "s",)


def _simplemma(code: str) -> Callable[[], Change]:
    def change() -> Change:
        from simplemma import lemmatize

        return _without(shorter_forms=lambda word: (lemmatize(word, code),))

    return change


def _snowball(name: str) -> Callable[[], Change]:
    def change() -> Change:
        import snowballstemmer

        stemmer = snowballstemmer.stemmer(name)
        return _without(shorter_forms=lambda word: (stemmer.stemWord(word),))

    return change


def _russian_simplemma() -> Change:
    from simplemma import lemmatize

    @cache
    def lemma(word: str) -> str:
        return str(lemmatize(word, "ru"))

    def is_verb(word: str, uses: Uses) -> bool:
        return lemma(word).endswith(("ть", "ться", "чь", "ти"))

    def is_oblique(phrase: Sequence[str]) -> bool:
        return lemma(phrase[-1]) != phrase[-1] and not phrase[-1].endswith(("ы", "и", "а", "я"))

    return _without(
        cases=(), shorter_forms=lambda word: (lemma(word),), looks_like_verb=is_verb, is_oblique=is_oblique
    )


PLAIN_RUSSIAN = _without(shorter_forms=None, looks_like_verb=None, is_oblique=None)
VARIANTS: dict[str, dict[str, Callable[[], Change]]] = {
    "ar": {
        "plain": lambda: _without(split_word=None, learn_words=None, is_verb=None),
        "verbs by no rule": lambda: _without(is_verb=None),
        "snowball": _snowball("arabic"),
    },
    "de": {
        "plain": lambda: _without(shorter_forms=None),
        "simplemma": _simplemma("de"),
        "snowball": _snowball("german"),
    },
    "en": {
        "plain": lambda: _without(plurals=_plain_plurals),
        "lemminflect": _lemminflect,
        "simplemma": _simplemma_plurals,
    },
    "es": {"simplemma": _simplemma("es"), "snowball": _snowball("spanish")},
    "fr": {"simplemma": _simplemma("fr"), "snowball": _snowball("french")},
    "hi": {"simplemma": _simplemma("hi"), "snowball": _snowball("hindi")},
    "ja": {"plain": lambda: _without(segment=pairs), "fugashi": _fugashi},
    "ko": {"plain": lambda: _without(split_word=None)},
    "ru": {
        "plain": lambda: PLAIN_RUSSIAN,
        "simplemma": _russian_simplemma,
        "snowball": _snowball("russian"),
    },
    "tr": {"simplemma": _simplemma("tr"), "snowball": _snowball("turkish")},
}


@contextmanager
def instead(language: Language) -> Iterator[None]:
    """A language's value replaced everywhere it is looked up."""
    before, segmented = catalog._BY_CODE[language.code], word_boundaries._SEGMENTED
    catalog._BY_CODE[language.code] = language
    word_boundaries._SEGMENTED = [language if known.code == language.code else known for known in segmented]
    _forget()
    try:
        yield
    finally:
        catalog._BY_CODE[language.code], word_boundaries._SEGMENTED = before, segmented
        _forget()


def _forget() -> None:
    catalog.language_of.cache_clear()
    stop_words._stop_words_of.cache_clear()


def named(code: str, texts: list[str], partitions: list[np.ndarray]) -> dict[str, Any]:
    """The names of each partition's topics, how far each finds its topic, and seconds of counting."""
    started = time.process_time()
    words = Words(language=code)
    docs = Documents(texts, terms=words.fit_transform(texts), vocabulary=words.get_feature_names_out())
    seconds = time.process_time() - started
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    points = vectorizer.fit_transform(texts)
    names, hits = [], []
    for assignment in partitions:
        labels = Phrases(language=code).label(Topics.of(docs, assignment), docs)
        names += [label.name if label else "" for label in labels]
        scores = (points @ vectorizer.transform(names[-len(labels) :]).T).toarray()
        nearest = np.argsort(-scores, axis=0, kind="stable")[:NEAREST]
        hits += (assignment[nearest] == np.arange(len(labels))).mean(axis=0).tolist()
    return {"names": names, "hits": np.array(hits), "seconds": seconds}


def compared(code: str, texts: list[str], partitions: list[np.ndarray]) -> dict[str, Any]:
    today = named(code, texts, partitions)
    table = {"today": {"hits": round(float(today["hits"].mean()), 4), "seconds": round(today["seconds"], 2)}}
    for variant, change in VARIANTS[code].items():
        with instead(change()(catalog.language_of(code))):
            other = named(code, texts, partitions)
        difference = other["hits"] - today["hits"]
        pairs_of_names = zip(today["names"], other["names"], strict=True)
        table[variant] = {
            "hits": round(float(other["hits"].mean()), 4),
            "difference": round(float(difference.mean()), 4),
            "error": round(float(difference.std(ddof=1) / np.sqrt(len(difference))), 4),
            "better": int((difference > 0).sum()),
            "worse": int((difference < 0).sum()),
            "seconds": round(other["seconds"], 2),
            "names": [list(pair) for pair in pairs_of_names if pair[0] != pair[1]],
        }
        print(
            code, variant, {key: value for key, value in table[variant].items() if key != "names"}, flush=True
        )
        print("   ", "; ".join(" | ".join(pair) for pair in table[variant]["names"]), flush=True)
    return table


def main() -> None:
    texts = sentences()
    embeddings = embedded("sib13_eng_Latn", texts["eng_Latn"])
    english = texts["eng_Latn"]
    partitions = [
        np.array(TopicModel(n_topics=n, labeler=None).fit(english, embeddings).result_.assignment)
        for n in N_TOPICS
    ]
    of_code = {code: language for language, code in CODES.items()}
    codes = sys.argv[1:] or list(VARIANTS)
    measured = {code: compared(code, texts[of_code[code]], partitions) for code in codes}
    if not sys.argv[1:]:
        write("language_libraries", measured)
    print(
        json.dumps(
            {code: {name: row["hits"] for name, row in table.items()} for code, table in measured.items()}
        )
    )


if __name__ == "__main__":
    main()
