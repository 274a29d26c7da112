"""Which languages a corpus is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec

import numpy as np

from themata.core.plain_text import plain
from themata.languages.catalog import DEFAULT, LANGUAGES

N_DETECTED_ON = 300
MOST_READ = 20_000  # characters; of a web page the first may be scripts
# Words of English that no other language writes. Where a tenth of the words of nearly all texts are among them, the
# corpus is English, and no classifier is asked, which takes half a second to load
_ENGLISH = frozenset(
    "the and that with this from which have has they their these was were are been not we you can our to of".split()
)
_SURE, _FEWEST = 0.1, 12
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
    classify = _classifier()
    counts = Counter(_language_of(text, classify) for text in _sample(texts, random_state))
    total = sum(counts.values())
    return {code: count / total for code, count in counts.most_common()}


def languages_in(texts: Sequence[str], *, random_state: int = 42) -> list[str]:
    """Codes of the languages that a fair part of the texts is in, the most used first."""
    if _surely_english(texts, random_state):
        return ["en"]
    shares = detect(texts, random_state=random_state)
    return [code for code, share in shares.items() if share >= MIN_SHARE] or [DEFAULT]


def _sample(texts: Sequence[str], random_state: int) -> Iterator[str]:
    """Beginnings of some of the texts, without what is no language."""
    rows = np.arange(len(texts))
    if len(texts) > N_DETECTED_ON:
        rows = np.random.default_rng(random_state).choice(len(texts), N_DETECTED_ON, replace=False)
    given = (texts[row] for row in rows.tolist())
    return (plain(text[:MOST_READ])[:500] for text in given if text.strip())


def _surely_english(texts: Sequence[str], random_state: int) -> bool:
    """Whether too few of the texts are left for any other language to be one of the corpus."""
    said = [text.lower().split() for text in _sample(texts, random_state)]
    sure = sum(
        len(words) >= _FEWEST and sum(map(_ENGLISH.__contains__, words)) >= _SURE * len(words)
        for words in said
    )
    return sure > (1 - MIN_SHARE) * len(said)


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
