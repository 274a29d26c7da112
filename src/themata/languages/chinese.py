"""Chinese: words and their parts of speech by the dictionary of jieba, of the extra "languages"."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from functools import lru_cache
from importlib.util import find_spec

import regex

from themata.languages.language import Language, pairs

_HAN = regex.compile(r"\p{Han}+")
# Pronouns, numbers, measures, conjunctions and other function words
_FUNCTION_WORDS = frozenset("c e m mq p q r u y".split())


def _segment(run: str) -> list[str]:
    if find_spec("jieba") is None:
        return pairs(run)
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return list(jieba.cut(run))


def _parts_of_speech() -> Iterator[tuple[str, str]]:
    if find_spec("jieba") is None:
        return
    import jieba

    with jieba.get_dict_file() as lines:
        for line in lines:
            entry = line.decode("utf-8").split()
            if len(entry) == 3:
                yield entry[0], entry[2]


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    return frozenset(word for word, kind in _parts_of_speech() if kind in _FUNCTION_WORDS)


def _other_than_nouns(words: Collection[str]) -> frozenset[str]:
    wanted = {word for word in words if _HAN.fullmatch(word)}
    if not wanted:
        return frozenset()
    kinds = {word: kind for word, kind in _parts_of_speech() if word in wanted}
    return frozenset(word for word, kind in kinds.items() if kind[0] not in "nlij" and kind != "vn")


LANGUAGE = Language(
    code="zh",
    name="Chinese",
    other_names=("zho", "chi"),
    conjunction="与",
    nonanswers="无|無|没有|沒有|不知道|不清楚|不适用|不適用|无意见|無意見|暂无|暫無|没意见|無可奉告|没什么",
    column_names={
        "text": "文本 评论 評論 内容 內容 正文 意见 意見 回答 回复 留言 反馈 反饋 描述 问题 留言內容",
        "title": "标题 標題 题目 主题 主題",
        "id": "编号 編號 序号",
        "date": "日期 时间 時間 时间戳",
        "class": "类别 類別 分类 分類 类型",
    },
    script=_HAN,
    script_share=0.25,
    spaces=False,
    segment=_segment,
    segmented=_HAN,
    dictionary_function_words=_function_words,
    other_than_nouns=_other_than_nouns,
)
