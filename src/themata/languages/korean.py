"""What hangs on Korean nouns, told from the nouns by what else hangs on them in the corpus."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from itertools import product

import regex

from themata.languages.language import Language, word_set

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
AFTER_NOUNS = _OF_NOUNS | _OF_OTHERS
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
    return frozenset(stem for stem, endings_of_stem in endings.items() if _is_noun(stem, endings_of_stem))


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
    parts = next(((stem, ending) for stem, ending in _splits(word) if stem in known), None)
    return [*parts] if parts else [word]


def and_particle(name: str, other: str) -> str:
    """과 after a consonant, 와 after a vowel.

    >>> and_particle("섬", "바다"), and_particle("배", "섬")
    ('과 ', '와 ')
    """
    return "과 " if "가" <= name[-1] <= "힣" and (ord(name[-1]) - 0xAC00) % 28 else "와 "


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


_FUNCTION_WORDS = """
    그것 이것 저것 그들 우리 저희 자신 자기 누구 무엇 여기 거기 저기 것 수 때 데 바 줄 중 후 전 등 및 때문 동안 경우 정도 사이 이후 이전 이상 이하 다음 대부분 일부 모든 모두
    다른 많은 많이 작은 큰 좋은 같은 새로운 높은 낮은 가장 매우 아주 더 덜 너무 거의 훨씬 종종 자주 항상 보통 또는 또한 혹은 하지만 그러나 그리고 따라서 그래서 만약 비록 특히 약 두 세 네 몇 몇몇
    여러 각 매 첫 번째 가지 명 개 년 월 일 시 분 위 아래 앞 뒤 안 밖 옆 현재 당시 오늘 오늘날 어제 내일 지금 이미 아직 여전히 다시 함께 서로 스스로 직접 반드시 꼭 잘 못 안
    이러한 그러한 이런 그런 저런 어떤 어느 해당 주요 특정 다양한 필요 가능 가능성 중요한 가까이 주로 마치 적어도 물론 조금 약간 불구 불구하고 위해 위한 위하여 대한 대해 대해서 대하여 따라 따르면 따른
    의해 의한 의하여 통해 통한 통하여 인해 인한 인하여 관한 관해 비해 가지고 가진 가질 가졌다 이루어진 말했다 말했습니다 밝혔다 알려진 알려져 보인다 보이는 볼 본 보고 들어 들어가 나온 나오는 오는 가는 온 간
    받은 받는 받을 받고 만든 만드는 만들어 만들 쓰는 사람 사람들 하나 둘 셋 이 그 저 그녀 당신 나 너 내 네 제 그의 그녀의 아니라 아닌 아니다 아닙니다 것이다 것입니다 것이라고
"""
_VERBS = "있 없 않 했 됐 되었 하였 같 많 좋 크 작 싶"
_FORMS = """
    다 는 은 을 던 고 어 으며 으면 기 게 지 지만 었다 었던 었고 었으며 었지만 었습니다 습니다 다고 다는 도록 으므로 어서 어야 으로 음 음을 기를 기도 기에 거나 는데 으니 자 는지 을지 었을 다면 을까
    아 아서 아요 어요 습니까 나 네
"""
LANGUAGE = Language(
    code="ko",
    name="Korean",
    other_names=("kor",),
    prepositions=word_set("의"),
    conjunction="와 ",
    before_nouns=word_set("의"),
    verbs_last=True,
    nonanswers="없음|없습니다|없어요|모름|모르겠음|모르겠습니다|해당없음|해당 없음|무응답|잘 모르겠습니다|특별히 없음",
    column_names={
        "text": "댓글 코멘트 의견 답변 내용 본문 텍스트 리뷰 후기 메시지 설명",
        "title": "제목",
        "id": "번호",
        "date": "날짜 일시 타임스탬프",
        "class": "카테고리 분류 유형",
    },
    script=regex.compile(r"\p{Hangul}"),
    script_share=0.1,
    learn_words=nouns,
    split_word=parted,
    function_words=word_set(_FUNCTION_WORDS)
    | ENDINGS
    | frozenset(map("".join, product(_VERBS.split(), _FORMS.split()))),
    attached_links=word_set(OF),
    between=and_particle,
    after_nouns=AFTER_NOUNS,
)
