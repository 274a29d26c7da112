"""What every text must come through: reading, cutting, filling in, and what a model said about it."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from prompting import Words
from themata.chat.context_window import prompt_size
from themata.chat.stop_sequences import upto_stop
from themata.core.dates import times_of
from themata.core.encodings import as_utf8
from themata.core.protocols import Prompt
from themata.core.text_layout import cut, isolated, n_columns, runs_leftward, wrapped
from themata.core.words_of_names import key, words
from themata.naming.llm.answers import MAX_SUMMARY, read_answer, read_freely, tidy_name, whole_sentences
from themata.naming.llm.brief import Brief, fitted, tidy
from themata.naming.llm.prompt_templates import filled, values
from themata.read.boilerplate import boilerplate
from themata.read.csv_rows import table_rows
from themata.read.json_rows import json_lines
from themata.read.markup import clean

# Unicode without half characters, and what texts of many kinds are made of
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
WRITTEN = st.lists(
    st.sampled_from(
        [
            "Label", ":", "Summary", "whales", "Whales and ships", "\n", "\n\n", " ", "**", '"', "“", "”", "{", "}", "[", "]", "1.", "-",
            "Sure! Here is", "<think>", "</think>", "I'm sorry", "topic", "クジラ", "鲸鱼", "the", ",", "and", ".", "```", "json", "label",
            "<p>", "</p>", "&amp;", "> ", "# ", "`", "On Mon, Ann <a@b.org> wrote:", "Subject: x", "\\", "'", "İ", "ß", "\u200b", "\x00",
        ]
    ),
    max_size=24,
).map("".join)  # fmt: skip
TEXTS = st.one_of(ANY, WRITTEN)
few = settings(deadline=None, max_examples=60)


@few
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), st.sampled_from([",", ";", "\t"]))
def test_a_table_that_is_written_is_read_as_it_was(rows: list[tuple[str, str]], mark: str) -> None:
    cells = [[cell.replace("\0", "").replace("\r", "\n") for cell in row] for row in rows]
    file = io.StringIO()
    csv.writer(file, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([["id", "text"], *cells])
    read = list(table_rows(io.BytesIO(file.getvalue().encode()), mark, "a table"))
    assert [row.fault for row in read] == [None] * len(rows)
    assert [list(row.values.values()) for row in read] == [[cell or None for cell in row] for row in cells]


@few
@given(st.lists(st.dictionaries(ANY, st.one_of(TEXTS, st.integers(), st.none()), max_size=3), max_size=5))
def test_lines_of_json_are_read_as_they_were(rows: list[dict[str, object]]) -> None:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    read = list(json_lines(io.BytesIO(lines.encode())))
    assert [row.values for row in read if row.fault is None] == rows


@few
@given(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_a_text_comes_out_of_every_unicode_as_it_was(text: str, encoding: str) -> None:
    text = text.lstrip("\ufeff").replace("\0", "")  # by which UTF-16 is known
    assert as_utf8(io.BytesIO(text.encode(encoding))).read().decode() == text


@few
@given(st.binary(max_size=200))
def test_plain_letters_stay_whatever_bytes_are_between_them(data: bytes) -> None:
    data = bytes(byte for byte in data if byte)
    out = as_utf8(io.BytesIO(b"id,text\n1," + data)).read()
    assert out.startswith(b"id,text\n1,")
    plain = bytes(byte for byte in data if byte < 128)
    assert (
        plain in (out, bytes(byte for byte in out if byte < 128)[len(b"id,text\n1,") :]) or not data.isascii()
    )


@few
@given(st.lists(TEXTS, max_size=4))
def test_reading_markup_never_fails_and_says_what_it_did(texts: list[str]) -> None:
    read = clean(texts)
    assert len(read.texts) == len(read.kinds) == len(texts)
    assert all(
        after == before
        for before, after, kind in zip(texts, read.texts, read.kinds, strict=True)
        if kind is None
    )
    assert clean(texts, "none").texts == texts


@few
@given(TEXTS, st.integers(2, 40))
def test_a_text_is_cut_to_its_length_and_begins_as_it_did(text: str, n: int) -> None:
    short = cut(text, n)
    assert len(short) <= max(n, 1)
    assert text.startswith(short.removesuffix("…")) and (short == text or short.endswith("…"))


@few
@given(TEXTS, st.integers(12, 60))
def test_a_text_is_wrapped_without_losing_a_letter(text: str, width: int) -> None:
    lines = wrapped(" ".join(text.split()), width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(n_columns(line) <= 2 * width for line in lines)


@few
@given(TEXTS)
def test_marks_of_direction_change_no_letter(text: str) -> None:
    marked = isolated(text)
    assert marked == text or marked[1:-1] == text
    assert runs_leftward("שלום " + text) and not runs_leftward("a" + text)


@few
@given(TEXTS)
def test_names_are_alike_whatever_their_case(name: str) -> None:
    assert key(name.casefold()) == key(name) or not words(name)
    assert all(word == word.casefold() for word in words(name))


@few
@given(TEXTS, st.booleans(), st.one_of(st.none(), st.integers(1, 100)))
def test_whatever_a_model_says_is_a_name_or_a_fault(said: str, upper: bool, cut_at: int | None) -> None:
    reading = read_answer(said, keywords=["whale", "sea", "ship"], words=(1, 6), cut_at=cut_at, upper=upper)
    assert len(reading.summary) <= MAX_SUMMARY + 1
    if not reading.fault:
        assert regex.search(r"\p{L}", reading.name) and "\n" not in reading.name
        assert len(reading.name.split()) <= 6 and reading.name == reading.name.strip()


@few
@given(TEXTS, st.sampled_from(["A short label: [KEYWORDS]", "Summarize [DOCUMENTS] in two sentences"]))
def test_an_answer_to_a_prompt_of_ones_own_is_text_or_nothing(said: str, prompt: str) -> None:
    answer = read_freely(said, prompt)
    assert answer == answer.strip() and "<think>" not in answer.split("</think>")[0][:7]
    assert whole_sentences(said) or not said.strip()


@few
@given(TEXTS)
def test_a_tidy_name_stays_as_it_is(name: str) -> None:
    once = tidy_name(name)
    assert tidy_name(once) == once
    assert not any(mark in once for mark in "*`#\n")


@few
@given(TEXTS, st.lists(st.sampled_from(["\n", "\n\n", ".", "END"]), max_size=3))
def test_what_stands_before_a_stop_is_where_the_answer_begins(text: str, stops: list[str]) -> None:
    before = upto_stop(text, stops)
    if before is None:
        return
    assert text.startswith(before)
    assert any(text.startswith(stop, len(before)) for stop in stops)


@few
@given(st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3))
def test_what_is_put_into_a_prompt_is_never_searched_for_tags(
    keywords: list[str], documents: list[str]
) -> None:
    brief = Brief(0, tuple(map(tidy, keywords)), tuple(map(tidy, documents)))
    prompt = filled("Keywords: [KEYWORDS]\n\n[DOCUMENTS]\n[CHILDREN]\nGo.", values(brief))
    assert prompt.endswith("Go.") and "[CHILDREN]\nGo" not in prompt
    assert all(f"<doc>{text}</doc>" in prompt or not any(brief.documents) for text in brief.documents)
    assert prompt.count("</doc>") == prompt.count("<doc>")


@few
@given(st.lists(st.integers(0, 60), max_size=4), st.integers(0, 12), st.integers(40, 300), st.integers(1, 40))
def test_a_brief_is_fitted_to_the_window_or_says_the_least(
    lengths: list[int], n: int, context: int, answer: int
) -> None:
    brief = Brief(
        0, tuple(f"word{i}" for i in range(n)), tuple("word " * length for length in lengths), ("a; b",)
    )
    tokens = Words(context)

    def prompt(brief: Brief) -> Prompt:
        return Prompt.of(filled("[KEYWORDS]\n[DOCUMENTS]\n[SIBLINGS]\nName it.", values(brief)))

    fit = fitted(brief, prompt, tokens, answer)
    assert len(fit.documents) == len(fit.rows) or not fit.rows
    fits = prompt_size(prompt(fit), tokens) + answer <= context
    assert fits or (not fit.documents and not fit.siblings and len(fit.keywords) <= 3)
    if prompt_size(prompt(brief), tokens) + answer + 32 <= context:
        assert fit == brief, "nothing is taken from what fits"


@few
@given(st.lists(st.datetimes(min_value=np.datetime64("1700-01-01").astype("M8[s]").item()), max_size=4))
def test_dates_are_read_back_from_how_they_are_written(moments: list[object]) -> None:
    moments = [moment.replace(microsecond=0) for moment in moments if moment.year < 2260]  # type: ignore[attr-defined]
    read = times_of([moment.isoformat() for moment in moments])  # type: ignore[attr-defined]
    assert read.astype("datetime64[s]").tolist() == moments


@few
@given(st.lists(st.one_of(TEXTS, st.integers(), st.floats(), st.none(), st.booleans()), max_size=5))
def test_what_is_no_date_is_none_and_never_an_error(values: list[object]) -> None:
    read = times_of(values)
    assert read.dtype == "datetime64[ns]" and len(read) == len(values)


@few
@given(st.lists(TEXTS, max_size=12), TEXTS)
def test_only_what_documents_share_is_taken_from_them(texts: list[str], end: str) -> None:
    found = boilerplate([f"{text} {end}" for text in texts])
    rest = found.without([f"{text} {end}" for text in texts])
    assert len(rest) == len(texts) == len(found.spans)
    assert (not found.passages) == (found.n_docs == 0)
    assert all(
        left == f"{text} {end}"
        for left, text, spans in zip(rest, texts, found.spans, strict=True)
        if not spans
    )
