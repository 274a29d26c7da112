"""Which languages a corpus is in, and the words they use everywhere."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec

import numpy as np
import regex

from themata.core.plain_text import plain
from themata.words import function_words, japanese, korean
from themata.words.attached import stop_words_with

log = logging.getLogger(__name__)

N_DETECTED_ON = 300
MOST_READ = 20_000  # characters; of a web page the first may be scripts
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
    found = Counter(
        _language_of(plain(texts[row][:MOST_READ])[:500], classify)
        for row in rows.tolist()
        if texts[row].strip()
    )
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
    found = function_words.words(code)
    if find_spec("stopwordsiso") is None:
        log.warning("stop words of %r need: pip install 'themata[languages]'", code)
        return stop_words_with(code, found)
    import stopwordsiso

    if stopwordsiso.has_lang(code):
        found |= stopwordsiso.stopwords(code)
    return stop_words_with(code, found)


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


def particles(languages: Iterable[str]) -> frozenset[str]:
    """What stands after things in the first language, if that has such words."""
    return _PARTICLES.get(next(iter(languages), ""), frozenset())


def verbs_last(languages: Iterable[str]) -> bool:
    """Whether sentences of the first language end with verbs."""
    return next(iter(languages), "") in _VERBS_LAST


_VERBS_LAST = frozenset("az bn gu hi ja ka kk ko ky mn mr ne pa si ta te tr ur uz".split())
_PARTICLES = {"ja": japanese.AFTER_THINGS, "ko": korean.AFTER_THINGS}


def conjunction(languages: Iterable[str]) -> str:
    """What joins two words of a name: " and " in the first language, where it is known, and a comma in others.

    >>> conjunction(["de"]), conjunction(["sw"]), conjunction(["zh"])
    (' und ', ', ', '与')
    """
    code = next(iter(languages), "en")
    if code in _AND_JOINED:
        return _AND_JOINED[code]
    return f" {_AND[code]} " if code in _AND else ", "


def side_by_side(one: str, other: str, joined_by: str) -> str:
    """Two names as one; some conjunctions sound otherwise beside some words.

    >>> side_by_side("agua", "islas", " y "), side_by_side("섬", "바다", "와 "), side_by_side("배", "섬", "와 ")
    ('agua e islas', '섬과 바다', '배와 섬')
    """
    if joined_by == " y " and regex.match(r"h?[ií](?![aeo])", other, regex.IGNORECASE):
        joined_by = " e "
    elif joined_by == _AND_JOINED["ko"]:
        joined_by = korean.beside(one)
    return f"{one}{joined_by}{other}"


_AND_JOINED = {"zh": "与", "ja": "と", "th": "และ", "ko": "와 ", "ar": " و", "he": " ו"}
_AND = {
    "en": "and", "de": "und", "fr": "et", "es": "y", "it": "e", "pt": "e", "nl": "en", "sv": "och", "da": "og",
    "no": "og", "nb": "og", "fi": "ja", "pl": "i", "cs": "a", "sk": "a", "hr": "i", "sl": "in", "ro": "și", "hu": "és",
    "tr": "ve", "az": "və", "ru": "и", "uk": "і", "bg": "и", "mk": "и", "el": "και", "ca": "i", "gl": "e", "id": "dan", "ms": "dan", "vi": "và",
    "hi": "और", "mr": "आणि", "ur": "اور", "fa": "و", "et": "ja", "lv": "un", "lt": "ir", "af": "en", "sq": "dhe", "hy": "և", "ka": "და",
}  # fmt: skip

_LIGHT = frozenset(
    """
    able actual actually add added allow allows already ask asked called calling certain changed changing asking based become becomes begin bring came cause checked come comes
    coming consider  did different does doing done easy enough ever far feel finally find finding follow following following get gets getting give
    given gives giving go goes going gone good got great guess happen happened happening happy having hear heard hello help
    helped helping hey hi hope important include including instead just keep just kind kinds know known large later leave
    left let like liked likes little look looked looking looks lot lots made make makes making maybe mean means need needed
    needing needs nice novel old particular please possible present propose proposed provide put quite really recent recently respective right
    said saw say saying says see seem seems seen short shown shows simple small soon specific specified start started starting stop stuff
    sure take taken takes taking talk talked tell telling tells thank thanks thing things think thinking thought today told
    took total tried true try trying turn use used useful uses using various wait want wanted wanting wants way ways went
    wish wonder wondering worked working works worth yes yesterday
    """.split()
)


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
