"""How text is written: its direction, its width, where it may be cut and wrapped, and numbers of things."""

from __future__ import annotations

import re
import unicodedata

import regex

_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LRM = "\u200e"
_RLI, _LRI, _PDI = "\u2067", "\u2066", "\u2069"  # a run from right to left, from left to right, and its end
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WIDE = regex.compile(rf"[{UNSPACED}\p{{Hangul}}\uff01-\uff60]")
# What a line may end after: a character of a script without blanks, a word; closing marks stay with them
_UNITS = regex.compile(rf"(?:[{UNSPACED}]\p{{M}}*|[^\s{UNSPACED}]{{1,60}})[\p{{Pe}}\p{{Pf}}\p{{Po}}]*\s*")


def several(number: int, what: str) -> str:
    """A number of things.

    >>> several(1, "topic"), several(2000, "document")
    ('1 topic', '2,000 documents')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def runs_leftward(text: str) -> bool:
    """Whether a text is written from right to left: its first letter decides, as in a browser.

    >>> runs_leftward("(2024) שלום world"), runs_leftward("WHO: منظمة"), runs_leftward("42")
    (True, False, False)
    """
    for mark in text if _LEFTWARD.search(text) else "":
        kind = unicodedata.bidirectional(mark)
        if kind in ("R", "AL", "L"):
            return kind != "L"
    return False


def isolated(text: str, leftward: bool | None = None) -> str:
    """A text between marks nobody sees, where it has letters written from right to left.

    So brackets, numbers and full stops beside it stay where its reader expects them, and nothing around it moves.

    leftward : the direction of the paragraph it is a line of; None: its own
    """
    if not _LEFTWARD.search(text) and not leftward:
        return text
    return f"{_RLI if (runs_leftward(text) if leftward is None else leftward) else _LRI}{text}{_PDI}"


def with_direction_marks(text: str) -> str:
    """A text for a cell of a terminal's table: marks nobody sees keep it from changing places with its neighbors."""
    return f"{_LRM}{text}{_LRM}" if _LEFTWARD.search(text) else text


def cut(text: str, n_characters: int) -> str:
    """A text of at most so many characters, "…" among them; no letter loses its marks.

    >>> cut("ambulance", 6), cut("कहानी", 5), cut("कहानी", 4)
    ('ambul…', 'कहानी', 'कहा…')
    """
    if len(text) <= n_characters:
        return text
    end = n_characters - 1
    while end > 0 and (
        unicodedata.category(text[end])[0] == "M" or text[end - 1 : end + 1].find("\u200d") >= 0
    ):
        end -= 1
    return text[:end].rstrip() + "…"


def n_columns(text: str) -> int:
    """How wide a text is, in letters of the Latin script: those of East Asia are twice as wide, marks have no width.

    >>> n_columns("moon"), n_columns("月球"), n_columns("हिंदी")
    (4, 4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(mark) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(mark) in "WF")
        for mark in text
    )


def wrapped(text: str, width: int = 60) -> list[str]:
    """The lines of a text, none wider than `width` columns; words stay whole where there are any.

    >>> wrapped("机器学习是人工智能的一个分支。", 12)
    ['机器学习是人', '工智能的一个', '分支。']
    """
    if not _WIDE.search(text):
        return [line or piece for line, piece in re.findall(f"(.{{1,{width}}})(?: |$)|(.{{{width}}})", text)]
    lines, used = [""], 0
    for unit in _UNITS.findall(text):
        wide = n_columns(unit.rstrip())
        if used and used + wide > width:
            lines, used = [*lines, ""], 0
        lines[-1] += unit
        used += n_columns(unit)
    return [line.rstrip() for line in lines]
