"""Thai: words and their parts of speech by PyThaiNLP, of the extra "languages"."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from importlib.util import find_spec

import regex

from themata.languages.language import Compounds, Language, pairs

_THAI = regex.compile(r"\p{Thai}+")
_OTHERS = frozenset(["VERB", "ADJ", "ADV", "AUX"])


def _segment(run: str) -> list[str]:
    if find_spec("pythainlp") is None:
        return pairs(run)
    from pythainlp.tokenize import word_tokenize

    return [word for word in word_tokenize(run, engine="newmm") if word.strip()]


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    if find_spec("pythainlp") is None:
        return frozenset()
    from pythainlp.corpus import thai_stopwords

    return frozenset(thai_stopwords())


def _other_than_nouns(words: Collection[str]) -> frozenset[str]:
    wanted = [word for word in words if _THAI.fullmatch(word)]
    if not wanted or find_spec("pythainlp") is None:
        return frozenset()
    from pythainlp.tag import pos_tag

    kinds = pos_tag(wanted, engine="unigram", corpus="tdtb")
    # การ and ความ make nouns of the others
    return frozenset(word for word, kind in kinds if kind in _OTHERS and not word.startswith(("การ", "ความ")))


LANGUAGE = Language(
    code="th",
    name="Thai",
    other_names=("tha",),
    conjunction="และ",
    script=_THAI,
    spaces=False,
    segment=_segment,
    segmented=_THAI,
    compounds=Compounds(
        together=0.75, between="", letters=_THAI
    ),  # what its dictionary parts is mostly two words
    dictionary_function_words=_function_words,
    other_than_nouns=_other_than_nouns,
)
