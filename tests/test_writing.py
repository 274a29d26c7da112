"""Texts of every script keep their direction, their letters and their places in figures and tables."""

from __future__ import annotations

import numpy as np
import pytest

from themata import Documents, Label, Topics
from themata.core.text_layout import cut, isolated, n_columns, runs_leftward, with_direction_marks, wrapped
from themata.plots import theme
from themata.plots.documents import documents
from themata.plots.name_places import free_places

ARABIC = "كرة القدم (2022): المنتخب يفوز 3!"
CHINESE = (
    "机器学习是人工智能的一个分支，它使计算机能够从数据中学习，而无需进行明确的编程，并且可以不断改进。" * 3
)


def test_a_figure_keeps_brackets_and_numbers_where_their_reader_expects_them() -> None:
    docs = Documents([ARABIC, "Coffee (2022)!"], coords=np.zeros((2, 2)))
    topics = Topics.of(docs, [0, 1]).having(labels=(Label(ARABIC), Label("Coffee (2022)!")))
    traces = {trace.name: trace for trace in documents(docs, topics).data}
    rightward = next(name for name in traces if "Coffee" in name)
    assert rightward == "Coffee (2022)!" and traces[rightward].hovertext[0] == "Coffee (2022)!"
    other = next(name for name in traces if name not in (rightward, "other"))
    assert other == f"\u2067{ARABIC}\u2069" == traces[other].hovertext[0]


def test_every_line_of_a_paragraph_has_the_direction_of_its_first_letter() -> None:
    lines = theme.hover_text(f"{ARABIC} " * 3 + "Word " * 20 + ARABIC).split("<br>")
    assert len(lines) > 2 and all(line[0] == "\u2067" and line[-1] == "\u2069" for line in lines)
    mixed = theme.hover_text(f"WHO: {ARABIC}")
    assert mixed[0] == "\u2066" and not runs_leftward(mixed)


def test_markup_in_a_leftward_text_stays_text() -> None:
    assert "<b>" not in theme.short(f"<b>{ARABIC}</b>") and "<b>" not in theme.hover_text(f"<b>{ARABIC}</b>")


def test_scripts_without_blanks_are_wrapped_no_wider_than_others() -> None:
    lines = wrapped(CHINESE)
    assert "".join(lines) == CHINESE
    assert max(map(n_columns, lines)) <= 60 + 2  # a closing mark may stay with its letter
    assert all(line[0] not in "，。" for line in lines)
    assert max(map(n_columns, wrapped("word " * 40))) <= 60
    assert max(map(len, wrapped("x" * 200))) <= 60 and max(map(len, wrapped("字" + "x" * 200))) <= 60


def test_wide_letters_take_their_room_on_a_still_map() -> None:
    at = [np.array([0.0, 0.0]), np.array([120.0, 0.0])]
    narrow = free_places(at, ["abcdefghij", "abcdefghij"], np.ones(2))
    wide = free_places(at, ["机器学习人工智能会议", "机器学习人工智能会议"], np.ones(2))
    assert np.array_equal(narrow[1], at[1]) and not np.array_equal(wide[1], at[1])


@pytest.mark.parametrize("text", ["कहानी कहानी", "e\u0301te\u0301", "👩‍👩‍👧 family", ARABIC, "ภาษาไทยที่"])
def test_no_cut_parts_a_letter_from_its_marks(text: str) -> None:
    import regex

    letters = regex.findall(r"\X", text)
    for n in range(1, len(text)):
        kept = cut(text, n)
        assert len(kept) <= n and kept.endswith("…")
        own = regex.findall(r"\X", kept[:-1])
        assert own == letters[: len(own)]


def test_cells_beside_one_another_stay_in_their_columns() -> None:
    assert with_direction_marks("plain") == "plain" and isolated("plain") == "plain"
    assert with_direction_marks(ARABIC) == f"\u200e{ARABIC}\u200e"
