"""Where words begin in scripts without spaces."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterable, Iterator
from functools import lru_cache
from importlib.util import find_spec

import regex

from themata.words import japanese

_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_THAI = regex.compile(r"\p{Thai}")


def segmenter(languages: Iterable[str]) -> Callable[[str], list[str]]:
    """A function from a run of Chinese, Japanese or Thai to its words.

    Without the extra "languages" a run is cut into overlapping pairs of characters, as search engines do.
    """
    japanese = "ja" in set(languages)

    def segment(run: str) -> list[str]:
        if _THAI.search(run):
            return _thai(run)
        if _KANA.search(run):
            return _japanese(run)
        return _japanese(run) if japanese and len(run) > 4 else _chinese(run)

    return segment


def pairs(run: str) -> list[str]:
    """Overlapping pairs of characters.

    >>> pairs("東京都")
    ['東京', '京都']
    """
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))]


def _chinese(run: str) -> list[str]:
    if find_spec("jieba") is None:
        return pairs(run)
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return list(jieba.cut(run))


def kinds_of_chinese(wanted: Container[str]) -> dict[str, str]:
    """The kind of each wanted word by the segmenter's dictionary: n for nouns, v for verbs and so on."""
    return {word: kind for word, kind in _chinese_words() if word in wanted}


@lru_cache(maxsize=1)
def small_chinese() -> frozenset[str]:
    """Pronouns, numbers, measures, conjunctions and other small words by the segmenter's dictionary."""
    return frozenset(word for word, kind in _chinese_words() if kind in _SMALL_CHINESE)


_SMALL_CHINESE = frozenset("c e m mq p q r u y".split())


def _chinese_words() -> Iterator[tuple[str, str]]:
    if find_spec("jieba") is None:
        return
    import jieba

    with jieba.get_dict_file() as lines:
        for line in lines:
            entry = line.decode("utf-8").split()
            if len(entry) == 3:
                yield entry[0], entry[2]


@lru_cache(maxsize=1)
def small_thai() -> frozenset[str]:
    """The segmenter's stop words."""
    if find_spec("pythainlp") is None:
        return frozenset()
    from pythainlp.corpus import thai_stopwords

    return frozenset(thai_stopwords())


def thai_deeds(words: Iterable[str]) -> frozenset[str]:
    """Those of the words that are verbs, adjectives or adverbs by the segmenter's dictionary."""
    if find_spec("pythainlp") is None:
        return frozenset()
    from pythainlp.tag import pos_tag

    told = pos_tag(list(words), engine="unigram", corpus="tdtb")
    # การ and ความ make nouns of the others
    deeds = (word for word, kind in told if kind in _DEEDS and not word.startswith(("การ", "ความ")))
    return frozenset(deeds)


_DEEDS = frozenset(["VERB", "ADJ", "ADV", "AUX"])


def _japanese(run: str) -> list[str]:
    parser = japanese.parser()
    return pairs(run) if parser is None else japanese.words(run, parser)


def _thai(run: str) -> list[str]:
    if find_spec("pythainlp") is None:
        return pairs(run)
    from pythainlp.tokenize import word_tokenize

    return [word for word in word_tokenize(run, engine="newmm") if word.strip()]
