"""Languages by their codes and their names."""

from __future__ import annotations

import difflib

import regex

from themata.core.errors import InputError
from themata.languages.catalog import LANGUAGES, language_of

_CODES: dict[str, str] = {}
for language in LANGUAGES:
    for name in (language.code, language.name, *language.other_names):
        _CODES.setdefault(name.lower(), language.code)
ANY = ("multilingual", "auto")  # what others call finding them out


def spelled(language: str | None) -> str:
    """A language as a model is told it: by its name, where a code is given.

    >>> spelled("de"), spelled("Swiss German"), spelled(None)
    ('German', 'Swiss German', '')
    """
    return (
        language_of((language or "").lower()).name
        if (language or "").lower() in _CODES.values()
        else language or ""
    )


def code_of(language: str | None) -> str | None:
    """The code of a language that is given by its code or its English name; None where it is to be found out.

    Raises InputError for what is no language.

    >>> code_of("english"), code_of("de-AT"), code_of("fra"), code_of("pcm"), code_of("multilingual"), code_of(None)
    ('en', 'de', 'fr', 'pcm', None, None)
    """
    if language is None:
        return None
    if not isinstance(language, str):
        raise InputError(f"language is a code such as 'de' or a name such as 'German', got {language!r:.80}")
    name = language.strip().lower()
    if name in ANY:
        return None
    code: str = regex.split("[-_]", name)[0]
    if name in _CODES or code in _CODES:
        return _CODES.get(name) or _CODES[code]
    if regex.fullmatch("[a-z]{2,3}", code):
        return code
    near = difflib.get_close_matches(name, _CODES, n=1)
    hint = (
        f"did you mean {language_of(_CODES[near[0]]).name!r}?"
        if near
        else "give a code such as 'de', or a name such as 'German'"
    )
    raise InputError(f"no language {language!r} is known: {hint}")
