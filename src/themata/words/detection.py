"""Which languages a corpus is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np

from themata.core.plain_text import plain
from themata.languages.catalog import DEFAULT, LANGUAGES

N_DETECTED_ON = 300
MOST_READ = 20_000  # characters; of a web page the first may be scripts
MIN_SHARE = 0.04  # of a sample: below it a language is a handful of misread documents
# The letters of some languages, those that any letter tells first: a Japanese text has Chinese characters too
_SCRIPTS = sorted(
    ((language.script_share, language.code, language.script) for language in LANGUAGES if language.script),
    key=lambda entry: entry[:2],
)


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


def languages_in(texts: Sequence[str], *, random_state: int = 42) -> list[str]:
    """Codes of the languages that a fair part of the texts is in, the most used first."""
    shares = detect(texts, random_state=random_state)
    return [code for code, share in shares.items() if share >= MIN_SHARE] or [DEFAULT]


def _language_of(text: str, classify: Callable[[str], str] | None) -> str:
    for share, code, script in _SCRIPTS:
        if sum(map(len, script.findall(text))) > share * len(text):
            return code
    return DEFAULT if classify is None else classify(text)


def _classifier() -> Callable[[str], str] | None:
    if find_spec("py3langid") is None:
        return None
    import py3langid

    return lambda text: str(py3langid.classify(text)[0])
