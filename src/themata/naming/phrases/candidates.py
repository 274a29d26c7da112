"""Phrases that writers use: sampled from each topic's documents, counted, and shown in the casing they are written in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, pairwise
from typing import TypeAlias

import numpy as np
import regex

from themata.core.arrays import Int1d
from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.languages.catalog import LANGUAGES, union
from themata.naming.phrases.sentences import Beginning, Reader, is_heading

SAMPLED = 120  # documents of each topic that phrases are taken from
# Of topics that have a name, and only show what is said elsewhere: at most so many together, and from so few to so many
# of each. After a merge among 51 topics, 15 of each name it as well as 30 in 0.6 of the time, and 8 do not
LABELED, FEWEST_LABELED, MOST_LABELED = 750, 15, 30
TITLED = 0.6  # of its uses in sentences, that a name of several words has all its capitals in
CAPITALS = 0.15  # of its uses, that a word has the capitals in with which it begins a name
Casing: TypeAlias = Mapping[str, Mapping[str, int]]
# Between two words of a phrase as it is written: "low-rank", "TCP/IP", "driver's license", "atomes d'hydrogène"
_BETWEEN = r"((?:['’]s)?(?:\.|[^\p{L}\p{N}\n,;:.!?()\[\]{}\"]{1,3})(?:\p{L}{1,2}['’])?)"
_ATTACHED = union(language.attached_links for language in LANGUAGES)
_LAM_ARTICLE = regex.compile(r"(^| [وف]?)لال")  # "for the" is written with two lams in Arabic
_PREFIXES = union(language.prefixes for language in LANGUAGES)
_UNSPACED = regex.compile(r"^[\p{Han}\p{Hiragana}\p{Katakana}ー々・\p{Thai}]+$")


@dataclass(frozen=True)
class PhraseSample:
    """Words of some documents of each topic.

    rows : per topic, the documents sampled
    beginnings : of the documents of each topic
    casing : how each word is written, where a capital is the writer's choice; where it is only seen in headings, and in
        sentences that look like them, as it is there
    """

    rows: list[Int1d]
    beginnings: list[list[Beginning]]
    casing: Casing = field(default_factory=dict)


def phrase_sample(
    topics: Topics, docs: Documents, reader: Reader, seed: int, *, most: int | None = None
) -> PhraseSample:
    """Read the exemplars and some members of each topic.

    Which members is drawn once for all documents, so that a group takes those that its topics took, which are read already.

    most : documents read of each; None reads less of topics that have a label, which only show what is said elsewhere
    """
    turn = np.random.default_rng(seed).permutation(docs.n_docs)
    taken = PhraseSample([], [])
    inside: Counter[str] = Counter()
    in_headings: Counter[str] = Counter()
    n_labeled = sum(label is not None for label in topics.labels)
    beside = min(max(LABELED // max(1, n_labeled), FEWEST_LABELED), MOST_LABELED)
    for row in range(topics.n_topics):
        members = topics.members(row)
        wanted = most or (SAMPLED if topics.labels[row] is None else beside)
        more = members[np.argsort(turn[members])[:wanted]]
        rows = list(dict.fromkeys([*topics.exemplars[row].tolist(), *more.tolist()]))[:wanted]
        readings = [reader.read(doc) for doc in rows]
        taken.rows.append(np.array(rows, dtype=np.int64))
        taken.beginnings.append(readings)
        inside.update(chain.from_iterable(reading.inside for reading in readings))
        in_headings.update(chain.from_iterable(reading.in_headings for reading in readings))
    return replace(taken, casing={**_forms(in_headings, reader.lower), **_forms(inside, reader.lower)})


def surface(phrase: Sequence[str], texts: Sequence[str], casing: Casing) -> str:
    """A phrase as most writers put it: with their hyphens and slashes, and what always hangs on it.

    >>> surface(("shot", "learning"), ["Few-shot learning", "On few-shot learning"], {})
    'few-shot learning'
    >>> surface(("paid", "time"), ["paid time off", "my paid time off"], {})
    'paid time off'
    """
    forms = [usual(word, casing) for word in phrase]
    if any(_UNSPACED.match(word) or word in _ATTACHED or word in _PREFIXES for word in phrase):
        return _spaced(forms)
    pattern = _surface_of(tuple(phrase))
    hits = [hit for hit in map(pattern.search, texts) if hit]
    seen = Counter(hit.groups() for hit in hits)
    if not seen:
        return _spaced(forms)
    n = len(hits)
    if len(forms) > 1:
        forms = _titled(hits, forms)
    before = _usual_part(seen, 0, n, 0.5) if len(forms) > 1 else ""
    after = _usual_part(seen, -1, n, 0.6)
    between = [_usual_part(seen, place, n, 0.5) or " " for place in range(1, len(forms))]
    shown = forms[0] + "".join(f"{joint}{form}" for joint, form in zip(between, forms[1:], strict=True))
    return f"{before}{shown}{after.lower()}"


def _titled(hits: Sequence[regex.Match[str]], forms: list[str]) -> list[str]:
    """The words of a phrase with capitals, if most writers set them in this phrase alone: it is a name, "Türk Hava Yolları"."""
    capitals = [form[:1].upper() + form[1:] for form in forms]
    if capitals == forms:
        return forms
    n = sum(_is_a_name(hit, forms, capitals) for hit in hits)
    return capitals if n > 1 and n >= TITLED * len(hits) else forms


def _is_a_name(hit: regex.Match[str], forms: Sequence[str], capitals: Sequence[str]) -> bool:
    words = regex.findall(r"[\p{L}\p{N}]+", hit[0])
    if any(word[0].islower() for word in words if len(word) > 3) or not words[-1][0].isupper():
        return False
    # "Question Answering (QA)" shows where its letters come from
    if regex.match(r"\s?\(\p{Lu}", hit.string[hit.end() :]):
        return False
    start = max(hit.string.rfind(mark, 0, hit.start()) for mark in ".!?:;\n") + 1
    others = regex.findall(
        r"[\p{L}\p{N}]+", hit.string[start : hit.start()] + hit.string[hit.end() : hit.end() + 80]
    )
    return not is_heading(others) and any(word.islower() for word in others)


def _usual_part(seen: Counter[tuple[str, ...]], place: int, n: int, least: float) -> str:
    """What most hits have at one place, if anything; of several things there, the most frequent."""
    parts: Counter[str] = Counter()
    for groups, count in seen.items():
        parts[groups[place] or ""] += count
    nothing = sum(count for part, count in parts.items() if not part.strip())
    if nothing > (1 - least) * n:
        return ""
    return max(
        ((part, count) for part, count in parts.items() if part.strip()),
        key=lambda part_and_count: (part_and_count[1], part_and_count[0]),
    )[0]


@lru_cache(maxsize=4096)
def _surface_of(phrase: tuple[str, ...]) -> regex.Pattern[str]:
    inside = _BETWEEN.join(map(regex.escape, phrase))
    return regex.compile(
        rf"(?<![\p{{L}}\p{{N}}])((?:\p{{L}}+-)?){inside}(?![\p{{L}}\p{{N}}])((?: off\b)?)", regex.IGNORECASE
    )


def written(phrase: Sequence[str], casing: Casing, *, upper: Callable[[str], str] = str.upper) -> str:
    """The phrase as writers write it, with a capital first.

    >>> written(("covid-19", "tests"), {"covid-19": Counter({"COVID-19": 9}), "tests": Counter({"tests": 5})})
    'COVID-19 tests'
    >>> written(("graph", "networks"), {})
    'Graph networks'
    """
    return capital(surface(phrase, (), casing), upper, casing)


def capital(name: str, upper: Callable[[str], str] = str.upper, casing: Casing | None = None) -> str:
    """A name with a capital first, unless its first word has capitals of its own.

    casing : of a word with capitals that many write it with, those are taken, though most may write it without

    >>> capital("trust-DNS servers"), capital("mRNA vaccines")
    ('Trust-DNS servers', 'mRNA vaccines')
    >>> capital("numpy arrays", casing={"numpy": {"numpy": 29, "NumPy": 10}}), capital("")
    ('NumPy arrays', '')
    """
    first = regex.split(r"[^\p{L}\p{M}\p{N}]", name, maxsplit=1)[0]
    if first != first.lower():
        return name
    begun = upper(first[:1]) + first[1:]
    forms = (casing or {}).get(first, {})
    written = [form for form in forms if form[:1] != first[:1] and form[:1] == begun[:1]]
    taken = max(written, key=lambda form: (forms[form], form), default=begun)
    if forms.get(taken, 0) < max(2, CAPITALS * sum(forms.values())):
        taken = begun
    return taken + name[len(first) :]


def _spaced(forms: Sequence[str]) -> str:
    """Words with blanks between them, but for what is written without.

    >>> _spaced(["הכרטיס", "ו", "הרכבת"]), _spaced(["شرح", "ل", "البرنامج"])
    ('הכרטיס והרכבת', 'شرح للبرنامج')
    """
    joined = forms[0]
    for before, after in pairwise(forms):
        tight = (
            after in _ATTACHED or before in _PREFIXES or (_UNSPACED.match(before) and _UNSPACED.match(after))
        )
        joined += after if tight else f" {after}"
    return str(_LAM_ARTICLE.sub(r"\1لل", joined))


def usual(word: str, casing: Casing) -> str:
    """A word as most writers write it inside a sentence; a mere first capital counts if nearly all write it."""
    forms = casing.get(word)
    if not forms:
        return word
    total = sum(forms.values())
    form, count = max(forms.items(), key=lambda item: (item[1], item[0]))
    return form if count > total * (0.9 if form == word.capitalize() else 0.5) else word


def _forms(seen: Counter[str], lower: Callable[[str], str]) -> Casing:
    """How often each word is written in which way."""
    forms: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for form, count in seen.items():
        forms[lower(form)][form] = count
    return dict(forms)
