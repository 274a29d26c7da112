"""What hangs on Korean nouns, told from the nouns by what else hangs on them in the corpus."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator

import regex

OF = "의"
# What only nouns have
_OF_NOUNS = frozenset(
    """
    의 에 에서 에게 에는 에서는 에서의 에도 에게는 에게서 께서 으로 로 으로는 로는 으로서 로서 으로써 로써 으로의 로의 으로부터 로부터
    을 를 와 과 와의 과의 까지 부터 처럼 이다 이라는 이라고 라는 이며 입니다 였다 이었다 였습니다 이었습니다 이자 이지만
    들 들은 들이 들을 들의 들에게 들과 들도 들에 들에서 들로
    """.split()
)
_SURELY = frozenset("을 를 에서 에게 들은 들이 들을 들의".split())  # one is enough, after two syllables
_ROLES = frozenset("은 는 이 가".split())
# What other words may have too
_OF_OTHERS = frozenset(
    "은 는 이 가 도 만 나 이나 보다 마다 이고 인 에만 까지도 뿐 조차 밖에 라고 와는 과는".split()
)
# What makes a verb or an adjective of a noun: 구성하다, 구성되다, 기술적
_MAKES = frozenset(
    """
    하다 하는 한 할 하고 하여 해 해서 하며 하면 하면서 하기 하게 하지 하지만 했다 했고 했던 했으며 했습니다 했지만 합니다 한다 하였다 하려고 해야 하도록 하거나 하자
    하기를 하기도 한다고 했다고 할지 하는데 하십시오 하세요
    되다 되는 된 될 되고 되어 되며 되면 되기 되게 되지 되었다 되었고 되었던 되었으며 되었습니다 되었지만 됩니다 된다 돼 됐다 되어야 되도록 되거나 되면서
    시키다 시키는 시킨 시킬 시키고 시켜 시켰다 시킨다 시켰습니다 시킵니다 적 적인 적으로 적이고 적이며 적이다 적일
    """.split()
)
ENDINGS = _OF_NOUNS | _OF_OTHERS | _MAKES
AFTER_THINGS = _OF_NOUNS | _OF_OTHERS
_CLOSED = frozenset(
    "은 이 을 과 이다 이라는 이라고 이며 이었다 이었습니다 이자 이지만 이나 이고 인 과의 과는".split()
)
_OPEN = frozenset("는 가 를 와 나 라는 라고 였다 였습니다 와의 와는".split())
_LONGEST = max(map(len, ENDINGS))
_WRITTEN = regex.compile(r"([\p{Latin}\p{N}][\p{Latin}\p{N}\-_.+#]*)(\p{Hangul}+)")
_HANGUL = regex.compile(r"\p{Hangul}+")
_R = 8  # the last consonant of "서울", which takes 로 as a vowel does


def nouns(words: Iterable[str]) -> frozenset[str]:
    """The nouns among the words of a corpus: what is said with several endings, one of them a noun's.

    >>> sorted(nouns(["고양이는", "고양이를", "고양이", "고양이의", "작은", "작고"]))
    ['고양이']
    """
    endings: defaultdict[str, set[str]] = defaultdict(set)
    for word in Counter(words):
        if not _HANGUL.fullmatch(word):
            continue
        endings[word].add("")
        for stem, ending in _splits(word):
            endings[stem].add(ending)
    return frozenset(stem for stem, own in endings.items() if _is_noun(stem, own))


def _is_noun(stem: str, endings: set[str]) -> bool:
    sure = endings & _OF_NOUNS
    if stem[-1] in "었았했였겠" or (len(stem) > 2 and stem.endswith("들")):
        return False
    if len(stem) == 1:
        return len(sure) > 1 and ("" in endings or len(sure) > 2)
    return bool(endings & _SURELY) or len(endings & _ROLES) > 1 or (bool(sure) and len(endings) > 1)


def parted(word: str, known: Container[str]) -> list[str]:
    """A word and what hangs on it.

    known : nouns; a word on which nothing else hangs stays whole

    >>> parted("고양이는", {"고양이"}), parted("고양이", {"고양이"}), parted("AI는", ())
    (['고양이', '는'], ['고양이'], ['AI', '는'])
    """
    if word in known or word.isascii():
        return [word]
    written = _WRITTEN.fullmatch(word)
    if written is not None:
        return [*written.groups()] if written[2] in ENDINGS else [word]
    found = next(((stem, ending) for stem, ending in _splits(word) if stem in known), None)
    return [*found] if found else [word]


def beside(word: str) -> str:
    """What follows a word that another is named beside."""
    return "과 " if "가" <= word[-1] <= "힣" and (ord(word[-1]) - 0xAC00) % 28 else "와 "


def _splits(word: str) -> Iterator[tuple[str, str]]:
    """Ways to take an ending off, the longest ending first."""
    for at in range(max(1, len(word) - _LONGEST), len(word)):
        stem, ending = word[:at], word[at:]
        if ending in ENDINGS and (len(stem) > 1 or ending not in _MAKES) and _fits(stem[-1], ending):
            yield stem, ending


def _fits(last: str, ending: str) -> bool:
    """Whether an ending may follow a syllable: 은 follows a consonant, 는 a vowel."""
    if not "가" <= last <= "힣":
        return False
    consonant = (ord(last) - 0xAC00) % 28
    if ending in _CLOSED:
        return consonant > 0
    if ending in _OPEN:
        return consonant == 0
    if ending.startswith("으로"):
        return consonant not in (0, _R)
    if ending.startswith("로"):
        return consonant in (0, _R)
    return True
