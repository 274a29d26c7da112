"""Words that the languages of a corpus use everywhere."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from itertools import product

from themata.languages.catalog import language_of
from themata.languages.language import Language

log = logging.getLogger(__name__)


def stop_words(codes: Iterable[str]) -> frozenset[str]:
    """Words that say nothing of a document's topic, in any of the languages, with what is written onto them.

    >>> "onko" in stop_words(["fi"]), "والتي" in stop_words(["ar"]), "computer" in stop_words(["en"])
    (True, True, False)
    """
    return frozenset().union(*map(_stop_words_of, codes))


def function_words(language: Language) -> frozenset[str]:
    """Those that published lists of stop words lack: pronouns, auxiliaries, postpositions and the like."""
    return language.function_words | language.dictionary_function_words()


@lru_cache(maxsize=64)
def _stop_words_of(code: str) -> frozenset[str]:
    language = language_of(code)
    if language.stop_words is not None:
        return language.stop_words()
    words = function_words(language) | _published(code)
    if language.with_attached is not None:
        return language.with_attached(words)
    return words | {word + end for word, end in product(words, language.attached_endings) if len(word) > 1}


def _published(code: str) -> frozenset[str]:
    if find_spec("stopwordsiso") is None:
        log.warning("stop words of %r need: pip install 'themata[languages]'", code)
        return frozenset()
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(code)) if stopwordsiso.has_lang(code) else frozenset()
