"""Names that people give to columns, in many languages and in several words."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain

import regex

from themata.languages.catalog import LANGUAGES
from themata.languages.language import without_accents

# Words that say a column is none of these, whatever else its name holds: "comment length", "answer language"
_ELSE = frozenset(
    "length len count score rating rank stars lang language sprache langue idioma url link len words tokens likes votes "
    "user username author autor name email mail lat lon latitude longitude price anzahl nombre".split()
)
_ORDER = ("id", "date", "class", "title", "text")  # "comment id" is an id, "review title" a title
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*|\d+")
_CAMEL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_LONG = 6  # letters of a name from which it is known at the end of another: "Kundenkommentar"


def role_of(name: str) -> tuple[str, bool] | None:
    """The role that a name of a column says, and whether that is all it says.

    >>> role_of("Kommentar"), role_of("Kundenkommentar"), role_of("comment_id"), role_of("ご意見・ご感想")
    (('text', True), ('text', False), ('id', False), ('text', False))
    """
    words = _WORD.findall(without_accents(_CAMEL.sub(" ", name)))
    whole = "".join(words)
    known = _known()
    if whole in known:
        return known[whole], True
    if not words or _ELSE & {*words}:
        return None
    roles = {known[word] for word in words if word in known}
    if _UNSPACED.search(whole):
        roles |= {
            role for word, role in known.items() if _UNSPACED.match(word) and len(word) > 1 and word in whole
        }
    else:
        roles |= {role for word, role in known.items() if len(word) >= _LONG and words[-1].endswith(word)}
    role = next((role for role in _ORDER if role in roles), None)
    return None if role is None else (role, False)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """The role of each name; one that several roles have is of the first of them: German "Thema" is a class."""
    from themata.read.columns import ROLES

    roles: dict[str, str] = {}
    for role in ("text", "title", "id", "date", "class"):
        for name in (
            *ROLES[role],
            *chain.from_iterable(language.column_names.get(role, "").split() for language in LANGUAGES),
        ):
            roles.setdefault("".join(_WORD.findall(without_accents(name))), role)
    return roles
