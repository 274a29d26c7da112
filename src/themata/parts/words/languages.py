"""Which languages a corpus is in, the words they use everywhere, and where words begin in scripts without spaces."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import regex

log = logging.getLogger(__name__)

N_DETECTED_ON = 300
MIN_SHARE = 0.04  # of a sample: below it a language is a handful of misread documents
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")
_THAI = regex.compile(r"\p{Thai}")
_SCRIPTS = {
    "ko": regex.compile(r"\p{Hangul}"),
    "el": regex.compile(r"\p{Greek}"),
    "he": regex.compile(r"\p{Hebrew}"),
}
# Said of a corpus nobody could detect: most are English, and its stop words are rare in others
DEFAULT = "en"


def detect(texts: Sequence[str], *, random_state: int = 42) -> dict[str, float]:
    """Share of each language among a sample of documents, the most used first; language codes of two letters.

    Scripts tell some languages by themselves; the others need py3langid (extra "languages"), and are taken for
    English without it.

    >>> detect(["今日は天気がいい", "นักวิทยาศาสตร์"])
    {'ja': 0.5, 'th': 0.5}
    """
    rows = np.arange(len(texts))
    if len(texts) > N_DETECTED_ON:
        rows = np.random.default_rng(random_state).choice(len(texts), N_DETECTED_ON, replace=False)
    classify = _classifier()
    found = Counter(_language_of(texts[row][:500], classify) for row in rows.tolist() if texts[row].strip())
    total = sum(found.values())
    return {code: count / total for code, count in found.most_common()}


def stop_words(languages: Iterable[str]) -> frozenset[str]:
    """Words that say nothing of a document's topic, in any of the languages."""
    found: set[str] = set()
    for code in languages:
        found |= _stop_words_of(code)
    return frozenset(found)


@lru_cache(maxsize=64)
def _stop_words_of(code: str) -> frozenset[str]:
    if code == "en":
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        # stopwordsiso's English list takes words such as "computer", "home" and "system" for empty
        return frozenset(ENGLISH_STOP_WORDS) - _TELLING | _CONTRACTIONS
    if find_spec("stopwordsiso") is None:
        log.warning("stop words of %r need: pip install 'themata[languages]'", code)
        return frozenset()
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(code)) if stopwordsiso.has_lang(code) else frozenset()


_TELLING = frozenset({"bill", "computer", "cry", "fire", "system", "mill", "interest", "detail", "sincere"})
_CONTRACTIONS = frozenset(
    [
        "don't",
        "doesn't",
        "didn't",
        "isn't",
        "aren't",
        "wasn't",
        "weren't",
        "won't",
        "wouldn't",
        "can't",
        "couldn't",
        "shouldn't",
        "hasn't",
        "haven't",
        "hadn't",
        "i'm",
        "i've",
        "i'll",
        "i'd",
        "you're",
        "you've",
        "you'll",
        "you'd",
        "he's",
        "she's",
        "it's",
        "we're",
        "we've",
        "we'll",
        "they're",
        "they've",
        "they'll",
        "that's",
        "there's",
        "what's",
        "let's",
        "who's",
        "ain't",
        "im",
        "ive",
        "dont",
        "doesnt",
        "didnt",
        "cant",
        "isnt",
        "wont",
        "also",
        "however",
        "using",
        "used",
        "use",
    ]
)


def light_words(languages: Iterable[str]) -> frozenset[str]:
    """Words that stand in a sentence but make a poor beginning or end of a name: "need to report", "tires changed"."""
    return _LIGHT if "en" in set(languages) else frozenset()


def conjunction(languages: Iterable[str]) -> str:
    """What joins two words of a name: " and " in the first language, where it is known, and a comma in others.

    >>> conjunction(["de"]), conjunction(["sw"]), conjunction(["zh"])
    (' und ', ', ', '与')
    """
    code = next(iter(languages), "en")
    if code in _AND_UNSPACED:
        return _AND_UNSPACED[code]
    return f" {_AND[code]} " if code in _AND else ", "


_AND_UNSPACED = {"zh": "与", "ja": "と", "th": "และ"}
_AND = {
    "en": "and", "de": "und", "fr": "et", "es": "y", "it": "e", "pt": "e", "nl": "en", "sv": "och", "da": "og",
    "no": "og", "nb": "og", "fi": "ja", "pl": "i", "cs": "a", "sk": "a", "hr": "i", "sl": "in", "ro": "și", "hu": "és",
    "tr": "ve", "ru": "и", "uk": "і", "bg": "и", "el": "και", "ca": "i", "id": "dan",
}  # fmt: skip

_LIGHT = frozenset(
    """
    able actual actually add added allow allows already ask asked called calling certain changed changing asking based become becomes begin bring came cause checked come comes
    coming consider  did different does doing done easy enough ever far feel finally find finding follow following get gets getting give
    given gives giving go goes going gone good got great guess happen happened happening happy having hear heard hello help
    helped helping hey hi hope important include including instead just keep just kind kinds know known large later leave
    left let like liked likes little look looked looking looks lot lots made make makes making maybe mean means need needed
    needing needs nice novel old particular please possible present propose proposed provide put quite really recent recently right
    said saw say saying says see seem seems seen short shown shows simple small soon specific start started starting stop stuff
    sure take taken takes taking talk talked tell telling tells thank thanks thing things think thinking thought today told
    took total tried true try trying turn use used useful uses using various wait want wanted wanting wants way ways went
    wish wonder wondering worked working works worth yes yesterday
    """.split()
)


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
    if find_spec("jieba") is None:
        return {}
    import jieba

    with jieba.get_dict_file() as lines:
        entries = (line.decode("utf-8").split() for line in lines)
        return {entry[0]: entry[2] for entry in entries if len(entry) == 3 and entry[0] in wanted}


# What a Japanese phrase ends in beside its word: particles and the common verb endings
_ENDINGS = regex.compile(
    r"(?:[はがをにでとものへや、。]|から|まで|より|など|では|には|とは|として|について|による|により)+$"
)


def _japanese(run: str) -> list[str]:
    parser = _budoux()
    if parser is None:
        return pairs(run)
    words: list[str] = []
    for phrase in parser.parse(run):
        bare = _ENDINGS.sub("", phrase)
        # the words of a phrase are its runs of one script: 東京タワー stays whole, 学習する gives 学習
        words += regex.findall(r"[\p{Han}々]+[\p{Katakana}ー]*|[\p{Katakana}ー]+|[\p{Hiragana}]{3,}", bare)
    return words


@lru_cache(maxsize=1)
def _budoux() -> Any:
    if find_spec("budoux") is None:
        return None
    import budoux

    return budoux.load_default_japanese_parser()


def _thai(run: str) -> list[str]:
    if find_spec("pythainlp") is None:
        return pairs(run)
    from pythainlp.tokenize import word_tokenize

    return [word for word in word_tokenize(run, engine="newmm") if word.strip()]


def _language_of(text: str, classify: Callable[[str], str] | None) -> str:
    if _KANA.search(text):
        return "ja"
    if _THAI.search(text):
        return "th"
    if len(_HAN.findall(text)) > len(text) / 4:
        return "zh"
    for code, script in _SCRIPTS.items():
        if script.search(text):
            return code
    return DEFAULT if classify is None else classify(text)


def _classifier() -> Callable[[str], str] | None:
    if find_spec("py3langid") is None:
        return None
    import py3langid

    return lambda text: str(py3langid.classify(text)[0])
