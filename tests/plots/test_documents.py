from __future__ import annotations

import json

import numpy as np
import pytest

from themata import AlignmentError, Documents, InputError, Label, Topics, UnknownTopicError
from themata.plots import theme
from themata.plots.documents import documents
from themata.plots.theme import Canvas

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def given() -> tuple[Documents, Topics]:
    rng = np.random.default_rng(0)
    docs = Documents(
        [f"document {i}" for i in range(98)] + [HOSTILE, "x" * 5000], coords=rng.random((100, 2))
    )
    topics = Topics.of(docs, [-1] * 10 + [0] * 50 + [1] * 40)
    return docs, topics.having(labels=(Label(f"Topic of {HOSTILE}"), Label("Second")))


def test_a_trace_per_topic_and_one_for_the_rest(given: tuple[Documents, Topics]) -> None:
    figure = documents(*given)
    assert figure.data[0].name == "other"
    assert len(figure.data) == 3
    assert sum(len(trace.x) for trace in figure.data) == 100
    assert len(figure.layout.annotations) == 2
    assert all(trace.type == "scattergl" for trace in figure.data)


def test_text_of_documents_is_never_markup(given: tuple[Documents, Topics]) -> None:
    told = json.dumps(json.loads(documents(*given).to_json()), ensure_ascii=False)
    assert "<script" not in told
    assert "&lt;script&gt;" in told
    assert max(len(text) for text in documents(*given).data[2].hovertext) < 400


def test_one_topic_alone_the_others_in_gray(given: tuple[Documents, Topics]) -> None:
    figure = documents(*given, only=[1])
    assert [len(trace.x) for trace in figure.data] == [60, 40]
    assert figure.data[0].marker.color == theme.GRAY
    with pytest.raises(UnknownTopicError):
        documents(*given, only=[7])


def test_annotations_and_hover_can_be_hidden_and_documents_sampled(given: tuple[Documents, Topics]) -> None:
    figure = documents(
        *given,
        hide_annotations=True,
        hide_hover=True,
        sample=0.1,
        names=["a", "b"],
        canvas=Canvas("", 300, 300),
    )
    assert figure.layout.annotations == ()
    assert all(trace.hoverinfo == "skip" for trace in figure.data)
    assert [len(trace.x) for trace in figure.data] == [1, 5, 4]
    assert [trace.name for trace in figure.data] == ["other", "a", "b"]
    assert figure.layout.width == 300


def test_rows_that_do_not_fit_are_an_error(given: tuple[Documents, Topics]) -> None:
    docs, topics = given
    with pytest.raises(AlignmentError, match="7 titles"):
        documents(docs, topics, titles=["a"] * 7)
    with pytest.raises(InputError, match="no coordinates"):
        documents(docs.having(coords=None), topics)


def test_two_hundred_thousand_documents_are_one_small_figure() -> None:
    n = 200_000
    rng = np.random.default_rng(0)
    docs = Documents(["a short text"] * n, coords=rng.random((n, 2)).astype(np.float32))
    figure = documents(docs, Topics.of(docs, rng.integers(-1, 100, n)), hide_hover=True)
    assert len(figure.data) == 101
    assert len(figure.to_json()) < 4_000_000  # typed arrays, not decimal digits


def test_hover_texts_of_two_hundred_thousand_documents_are_cut_to_what_a_browser_bears() -> None:
    text = "a <long> text of many words " * 40
    one, many = theme.hover([text], 1)[0], theme.hover([text], 200_000)[0]
    assert 240 < len(one) < 400
    assert 60 < len(many) < 130
    assert 200_000 * len(many) < 26_000_000


def test_lines_are_wrapped_and_long_words_broken() -> None:
    assert theme.hover_text("x" * 130) == "<br>".join(["x" * 60, "x" * 60, "x" * 10])
    lines = theme.hover_text("some words " * 20).split("<br>")
    assert all(len(line) <= 60 for line in lines) and " ".join(lines).startswith("some words some")
    assert theme.hover_text("") == theme.hover_text(" \n ") == ""


def test_colors_differ() -> None:
    assert len({theme.color(topic) for topic in range(60)}) == 60
