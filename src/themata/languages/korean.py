"""Korean: what hangs on nouns, told from them by kiwipiepy, of the extra "languages"."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from importlib.util import find_spec
from itertools import product
from typing import Any

import regex

from themata.languages.language import Language, word_set

OF = "의"
MADE = "하다"  # stands for what makes a verb or an adjective of a noun: 구성하다, 구성되다, 기술적인
AFTER_NOUNS = word_set(
    """
    의 에 에서 에게 에는 에서는 에서의 에도 에게는 에게서 께서 으로 로 으로는 로는 으로서 로서 으로써 로써 으로의 로의 으로부터 로부터
    을 를 와 과 와의 과의 까지 부터 처럼 이다 이라는 이라고 라는 이며 입니다 였다 이었다 였습니다 이었습니다 이자 이지만 들
    은 는 이 가 도 만 나 이나 보다 마다 이고 인 에만 까지도 뿐 조차 밖에 라고 와는 과는
    """
)
_NOUNS = frozenset("NNG NNP NNB NR SL SN SH SW XPN XR".split())


def parted(word: str, known: Collection[str] = ()) -> list[str]:
    """A noun, and the first of what hangs on it; any other word stays whole.

    >>> parted("고양이는"), parted("고양이"), parted("AI는"), parted("구성하였다"), parted("과학자들이")
    (['고양이', '는'], ['고양이'], ['AI', '는'], ['구성', '하다'], ['과학자', '들'])
    """
    return [word] if word.isascii() or find_spec("kiwipiepy") is None else list(_parts(word))


@lru_cache(maxsize=1 << 18)
def _parts(word: str) -> tuple[str, ...]:
    tokens = _kiwi().tokenize(word)
    after = next((token for token in tokens if token.tag not in _NOUNS), None)
    if after is None or not word[: after.start]:
        return (word,)
    return word[: after.start], after.form if after.tag[0] == "J" or after.form == "들" else MADE


@lru_cache(maxsize=1)
def _kiwi() -> Any:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


def and_particle(name: str, other: str) -> str:
    """과 after a consonant, 와 after a vowel.

    >>> and_particle("섬", "바다"), and_particle("배", "섬")
    ('과 ', '와 ')
    """
    return "과 " if "가" <= name[-1] <= "힣" and (ord(name[-1]) - 0xAC00) % 28 else "와 "


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
    split_word=parted,
    function_words=word_set(_FUNCTION_WORDS)
    | AFTER_NOUNS
    | frozenset([MADE])
    | frozenset(map("".join, product(_VERBS.split(), _FORMS.split()))),
    attached_links=word_set(OF),
    between=and_particle,
    after_nouns=AFTER_NOUNS,
)
