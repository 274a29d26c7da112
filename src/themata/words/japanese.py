"""Words of a run of Japanese: nouns as they are, particles apart, endings of verbs as one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import regex

ENDING = "する"  # stands for any ending of a verb, so that what it parts does not look joined
_PARTICLES = "から まで より など として について による により は が を に の で と も へ や".split()
AFTER_THINGS = frozenset(_PARTICLES)
_AFTER = regex.compile(rf"(?P<first>{'|'.join(_PARTICLES)})(?:{'|'.join(_PARTICLES)}|しか|だけ)*")
# Inside and at the end of nouns made of verbs: 食べ物, 売り上げ, 戦い; and of adjectives: 高い, 美しい
_JOINT = "いきしちひみりぎじびえけせねべめれげぜ"
_HEAD = (
    rf"[おご]?[\p{{Han}}々ヶ]+(?:[{_JOINT}]{{1,2}}[\p{{Han}}々]+)*(?:[\p{{Katakana}}ー]+)?"
    r"|[\p{Katakana}ー]+(?:・[\p{Katakana}ー]+)*(?:\p{Han}(?!\p{Han}))?"
)
_PART = regex.compile(rf"({_HEAD})?(\p{{Hiragana}}*)")
_NOUN_END = regex.compile(rf"([{_JOINT}]{{1,2}})({_AFTER.pattern})?")
_VERB = regex.compile(r"(?!です|ます)\p{Hiragana}?[うくぐすつぬぶむる]")
_MADE_VERB = regex.compile(r"[しすさせだでな]")  # 学習する, 重要な
_COPULA = regex.compile(r"です|でし[たょ]|であ[るり]|だった|だ$")
_SPOKEN = regex.compile(
    r".*(?:ます|ました|ません|ましょう|です|でしょう|[てで](?:い|しま|お|み|く)\p{Hiragana}*|した|する|れる|れた|せる|ない|なかった|たい|よう|そう"
    r"|ある|あった|あり|なる|なった|なり|いる|いた|できる|できた|という|といった|かも\p{Hiragana}*|ことが\p{Hiragana}*|られ\p{Hiragana}*)"
)


def parser() -> Any | None:
    """What cuts Japanese into phrases of a word and what hangs on it; None without the extra "languages"."""
    return _budoux()


def words(run: str, phrases: Any) -> list[str]:
    """The words of a run, and between them the particles and ENDING.

    >>> words("学校で勉強しました", parser())
    ['学校', 'で', '勉強', 'する']
    >>> words("食べ物を運んだ", parser())
    ['食べ物', 'を', 'する']
    """
    return [word for phrase in phrases.parse(run) for word in _words(phrase)]


def _words(phrase: str) -> Iterator[str]:
    for found in _PART.finditer(phrase):
        head, tail = found.groups()
        if head:
            yield from _with_ending(head, tail)
        elif tail:
            yield from _plain(tail)


def _with_ending(head: str, tail: str) -> Iterator[str]:
    if _COPULA.match(tail):
        yield from (head, ENDING)
        return
    after, noun = _AFTER.fullmatch(tail), _NOUN_END.fullmatch(tail)
    short = len(head) == 1
    if not tail or after:
        yield head
        if after:
            yield after["first"]
    elif noun and not (tail[0] in "しせ" and not short) and regex.search(r"[\p{Han}々]$", head):
        yield head + noun[1]
        if noun["first"]:
            yield noun["first"]
    elif short and _VERB.fullmatch(tail):
        yield head + tail
        yield ENDING
    else:
        whole = (
            regex.search(r"\p{Hiragana}", head[1:]) is None or tail[0] in "でだな"
        )  # 食べ物だ, but not 切り離す
        if whole and not short and (_MADE_VERB.match(tail) or _AFTER.match(tail)):
            yield head
        yield ENDING


def _plain(said: str) -> Iterator[str]:
    """A word written in the letters of particles and endings alone."""
    bare = regex.sub(rf"(?:{_AFTER.pattern})$", "", said)
    after = _AFTER.match(said[len(bare) :])
    if len(bare) < 3 or _SPOKEN.fullmatch(bare):
        yield ENDING
    else:
        yield from (bare, after["first"] if after else ENDING)


@lru_cache(maxsize=1)
def _budoux() -> Any | None:
    if find_spec("budoux") is None:
        return None
    import budoux

    return budoux.load_default_japanese_parser()
