"""The languages of which anything is known: the one list of their files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import TypeVar

from themata.languages.language import Language

T = TypeVar("T")

# A language is a file beside this one, with a value LANGUAGE, and its name here
_FILES = """
    afrikaans albanian arabic armenian azerbaijani basque bengali breton bulgarian catalan chinese croatian
    czech danish dutch english esperanto estonian finnish french galician georgian german greek gujarati hausa
    hebrew hindi hungarian icelandic indonesian irish italian japanese kazakh korean kurdish kyrgyz latin
    latvian lithuanian macedonian malay marathi mongolian nepali norwegian norwegian_bokmal persian polish
    portuguese punjabi romanian russian serbian sinhala slovak slovenian somali sotho spanish swahili swedish
    tagalog tamil telugu thai turkish ukrainian urdu uzbek vietnamese yoruba zulu
""".split()
LANGUAGES: tuple[Language, ...] = tuple(
    import_module(f"themata.languages.{file}").LANGUAGE for file in _FILES
)
_BY_CODE = {language.code: language for language in LANGUAGES}
# Said of a corpus nobody could detect: most are English, and its stop words are rare in others
DEFAULT = "en"


@lru_cache(maxsize=256)
def language_of(code: str) -> Language:
    """What is known of a language by its code; of one that is not listed only that.

    >>> language_of("de").name, language_of("de").capital_nouns, language_of("pcm").name
    ('German', True, 'pcm')
    """
    return _BY_CODE.get(code) or Language(code, code)


def languages_of(codes: Iterable[str]) -> list[Language]:
    """Those of a corpus, the most used first."""
    return list(map(language_of, codes))


def first_of(codes: Iterable[str]) -> Language:
    """The most used language of a corpus, which decides where its languages differ.

    >>> first_of(["ko", "en"]).code, first_of([]).code
    ('ko', 'en')
    """
    return language_of(next(iter(codes), DEFAULT))


def union(sets: Iterable[frozenset[T]]) -> frozenset[T]:
    """What is in any of the sets."""
    return frozenset().union(*sets)
