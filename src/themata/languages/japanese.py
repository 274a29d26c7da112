"""Japanese: words and their parts of speech by SudachiPy, of the extra "languages"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from itertools import groupby
from typing import Any

import regex

from themata.languages.language import Language, pairs, word_set

ENDING = "する"  # stands for what is said of things, so that what it parts does not look joined
AFTER_NOUNS = word_set("から まで より など として について により は が を に の で と も へ や")
_NOUNS = frozenset("名詞 接頭辞 形状詞 接尾辞 記号".split())
_PARTICLES = frozenset("格助詞 係助詞 副助詞".split())
_DEEDS = frozenset("動詞 形容詞".split())
_JOINT = "・"  # between the parts of a foreign name


def words_of_run(run: str) -> list[str]:
    """The nouns of a run, put together where they stand beside one another, and the particles and ENDING between them.

    >>> words_of_run("学校で勉強しました"), words_of_run("食べ物を運んだ")
    (['学校', 'で', '勉強', 'する'], ['食べ物', 'を', 'する'])
    """
    return [
        word
        for kind, tokens in groupby(_tokenizer().tokenize(run), _kind)
        for word in _words(kind, list(tokens))
    ]


def _kind(token: Any) -> str:
    part, finer, *_ = token.part_of_speech()
    if (part in _NOUNS and not (part == "接尾辞" and finer == "動詞的")) or token.surface() == _JOINT:
        return "noun"
    return "particle" if part == "助詞" and finer in _PARTICLES else "other"


def _words(kind: str, tokens: list[Any]) -> Iterator[str]:
    if kind == "noun":
        yield "".join(token.surface() for token in tokens).strip(_JOINT) or ENDING
    elif kind == "particle":
        yield tokens[0].surface()
    else:
        # As a dictionary has them, verbs and adjectives are words of their own: 高い, 歪める
        yield from (token.surface() for token in tokens if _is_whole(token))
        if not (len(tokens) == 1 and tokens[0].part_of_speech()[0] == "形容詞"):
            yield ENDING


def _is_whole(token: Any) -> bool:
    part, finer, *_ = token.part_of_speech()
    return part in _DEEDS and finer == "一般" and token.surface() == token.dictionary_form()


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    from sudachipy import Dictionary, SplitMode

    return Dictionary(dict="small").create(SplitMode.C)


def _segment(run: str) -> list[str]:
    return pairs(run) if find_spec("sudachipy") is None else words_of_run(run)


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
