"""Words of a run of Japanese: nouns as they are, particles apart, endings of verbs as one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import regex

from themata.languages.language import Language, pairs, word_set

ENDING = "する"  # stands for any ending of a verb, so that what it parts does not look joined
_PARTICLES = "から まで より など として について による により は が を に の で と も へ や".split()
AFTER_NOUNS = frozenset(_PARTICLES)
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


def words_of_run(run: str, phrases: Any) -> list[str]:
    """The words of a run, and between them the particles and ENDING.

    >>> words_of_run("学校で勉強しました", parser())
    ['学校', 'で', '勉強', 'する']
    >>> words_of_run("食べ物を運んだ", parser())
    ['食べ物', 'を', 'する']
    """
    return [word for phrase in phrases.parse(run) for word in _words(phrase)]


def _words(phrase: str) -> Iterator[str]:
    for part in _PART.finditer(phrase):
        head, tail = part.groups()
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


def _segment(run: str) -> list[str]:
    phrases = parser()
    return pairs(run) if phrases is None else words_of_run(run, phrases)


_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_FUNCTION_WORDS = """
    場合 必要 可能 可能性 以上 以下 以来 以外 以前 以後 以降 通常 非常 一部 現在 最初 最後 当時 十分 一般的 基本的 同様 同時 実際 今回 今日 昨日
    明日 自分 自身 全て 全部 一つ 二つ 三つ 多く 近く 様々 様 事 物 為 時 所 訳 人々 皆 互い 更に 既に 特定 最大 最も 一方 他方 一緒 本当 結果 直後 直前 多数 大部分 半分 両方 唯一
    他 後 前 中 間 方 際 頃 今 第 各 約 最 特 等 上 下 内 外 毎 数 全 同 別 目 点 化 者 氏 何 誰 彼等 昨 初 人 年 月 日 時間 分 秒 回 個 万 億 千
    彼ら 彼女ら 我々 自ら 例えば 例 以内 同じ 多い 少ない 良い 大きい 小さい 新しい 高い 低い 長い 短い 近い 強い 早い 広い 受ける 持つ 行う 行く 見る 使う 思う 言う 考える 異なる
    よって ついて とって おける よれば わたって かかわらず かかわる いずれ すべて これら それら あらゆる つまり おそらく いくつ かつて それぞれ しかし
    そして ほとんど はるか さまざま さまざまな できるだけ したり かける かけて かかる 対する 関する まもなく かなり とても さらに あるいは したがって ところが なぜなら たとえば
    やはり もっとも ちょうど まったく ようやく ともに なければ それから それでも つながる もちろん たくさん たいてい しばしば すでに すぐに いつも とくに いかなる どのよう このよう そのよう
    さんざん ために ように ことが ことを しまう みんな みなさん わたし あなた 私たち
"""
LANGUAGE = Language(
    code="ja",
    name="Japanese",
    other_names=("jpn",),
    prepositions=word_set("の"),
    conjunction="と",
    before_nouns=word_set("の"),
    verbs_last=True,
    nonanswers="なし|無し|特になし|特に無し|特にありません|ありません|わからない|分からない|わかりません|分かりません|不明|該当なし|無回答|ない",
    column_names={
        "text": "コメント 回答 本文 テキスト 内容 意見 ご意見 感想 自由記述 自由回答 口コミ レビュー メッセージ 説明",
        "title": "タイトル 件名 題名 見出し",
        "id": "番号",
        "date": "日付 日時 年月日 タイムスタンプ",
        "class": "カテゴリ カテゴリー 分類 種類",
    },
    script=_KANA,
    spaces=False,
    segment=_segment,
    segmented=_KANA,
    also_segmented=regex.compile(r"\p{Han}.{4,}"),
    function_words=word_set(_FUNCTION_WORDS),
    after_nouns=AFTER_NOUNS,
)
