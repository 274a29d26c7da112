"""HTML, Markdown and e-mails, read as people see them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from themata.core.errors import InputError
from themata.read import clean, read
from themata.read.markup import cleaned, kind_of

PAGE = """<!doctype html><html><head><title>Late trains</title><style>p {color: red}</style></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<main><h1>Late trains</h1><p>The 7:15 was <b>late</b>
again.<p>Caf&eacute; closed&nbsp;too.<ul><li>Monday<li>Tuesday</ul><table><tr><td>min<td>20</tr></table>
<img src="x.png" alt="an empty platform"><script>track()</script></main><footer>&copy; Acme</footer></body></html>"""

MARKDOWN = """---
title: Release notes
---
# Faster *maps*

Maps load **twice** as
fast, see [the table](https://x.org/a_b "numbers").

| size | seconds |
|------|---------|
| 1 MB | 0.3     |

- zoom
- move `map.zoom(2)`

```python
x = 1
```
<!-- not seen -->
"""

MAIL = """From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>
To: support@example.com
Subject: Re: Drucker
Date: Mon, 03 Jun 2024 10:15:00 +0200
Content-Type: text/plain; charset=utf-8

Der Drucker druckt wieder nicht.

Mit freundlichen Grüßen
Jürgen Meier
Beispiel GmbH

Am 02.06.2024 um 09:00 schrieb Support:
> Druckt er wieder?
"""


def test_a_page_is_what_a_browser_shows_without_menu_and_footer() -> None:
    text, kind = cleaned(PAGE)
    assert kind == "html"
    assert (
        text
        == "Late trains\n\nThe 7:15 was late again.\n\nCafé closed too.\n\nMonday\nTuesday\n\nmin  20\n\nan empty platform"
    )


def test_markdown_is_its_text() -> None:
    text, kind = cleaned(MARKDOWN)
    assert kind == "markdown"
    assert text.startswith("Faster maps\n\nMaps load twice as fast, see the table.\n\nsize  seconds")
    assert (
        "1 MB  0.3" in text
        and "zoom\n\nmove map.zoom(2)" in text.replace("zoom\nmove", "zoom\n\nmove")
        and "x = 1" in text
    )
    assert not any(mark in text for mark in ("#", "**", "](", "```", "|", "not seen", "title:"))


def test_an_email_is_its_subject_and_what_its_sender_wrote() -> None:
    assert cleaned(MAIL) == ("Drucker\n\nDer Drucker druckt wieder nicht.", "email")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("It works.\n\nOn Mon, 3 Jun 2024 at 10:15, Ann <a@b.org> wrote:\n> Does it?\n", "It works."),
        ("Ça marche.\n\nLe 3 juin 2024 à 10:15, Ann <a@b.fr> a écrit :\n> Et maintenant ?\n", "Ça marche."),
        ("Ja.\n\nVon: Ann <a@b.de>\nGesendet: Montag, 3. Juni 2024 10:15\nAn: Tom\nBetreff: Drucker\n\nDruckt er?", "Ja."),
        ("Yes, both.\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Tom\nSubject: x\n\nold", "Yes, both."),
        ("Please send a new one.\n\n-- \nTom Smith\nAcme Ltd.\n+44 20 1234", "Please send a new one."),
        ("FYI\n\n---------- Forwarded message ---------\nFrom: Ann <a@b.c>\nDate: Mon, 3 Jun 2024\nSubject: Printer\nTo: x\n\n"
         "The printer on floor three is broken.", None),
    ],
)  # fmt: skip
def test_quoted_messages_and_signatures_go_and_a_forwarded_one_stays(text: str, kept: str | None) -> None:
    found = cleaned(text)[0]
    assert found == kept if kept else "floor three is broken" in found


@pytest.mark.parametrize(
    "text",
    ["a <b and c> d", "List<String> names = new ArrayList<>();", "AT&T and R&D", "2**3**2 = 512 and **kwargs", "#hashtag of the day",
     "- one thing only\n", "Name: Tom\nCity: Rome\nIssue: late\nIt was late.", "if (a < b) return x > y;", "C:\\new\\table", "x_1 and __init__",
     "What I liked:\nthe rooms -- all of them -- and the food", "> I said so", "Score: 3/5\n\n1. slow 2. loud", "", "  "],
)  # fmt: skip
def test_what_only_looks_like_markup_is_left_as_it_is(text: str) -> None:
    assert kind_of(text) is None and cleaned(text) == (text, None)


def test_entities_and_html_written_in_entities_are_read() -> None:
    assert clean(["Q&amp;A", "&lt;p&gt;Late &amp;amp; slow&lt;/p&gt;", "write &lt;b&gt; for bold"]).texts == [
        "Q&A", "Late & slow", "write <b> for bold",
    ]  # fmt: skip


def test_a_megabyte_of_anything_is_read_in_seconds() -> None:
    for text in (
        "<div>" * 20_000 + "x",
        ">" * 500_000,
        "# " * 300_000,
        "[a](" * 100_000,
        "- \n" * 200_000,
        "From: x\n" * 60_000,
    ):
        clean([text])


def _table(path: Path) -> Path:
    rows = [
        ["title", "body", "channel"],
        ["Q&amp;A", "<p>Late &amp; slow</p>", "web"],
        ["", "plain words", "web"],
        ["", "<img src='x.png'>", "web"],
        ["", "<p>n/a</p>", "web"],
        ["", MAIL, "mail"],
        ["", "**Late** [again](https://x.org)", "git"],
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_table_is_read_as_people_see_it_and_keeps_what_came(tmp_path: Path) -> None:
    corpus = read(_table(tmp_path / "a.csv"))
    assert corpus.documents.texts == [
        "Q&A. Late & slow", "plain words", "Drucker\n\nDer Drucker druckt wieder nicht.", "Late again",
    ]  # fmt: skip
    assert [row.reason for row in corpus.rejected] == ["no text", "no answer, such as n/a"]
    assert corpus.markup == {"html": 1, "email": 1, "markdown": 1}
    assert corpus.table.columns["body"][0] == "<p>Late &amp; slow</p>" and corpus.table.n_rows == 6
    raw = read(_table(tmp_path / "a.csv"), markup="none")
    assert raw.documents.texts[0] == "Q&amp;A. <p>Late &amp; slow</p>" and raw.markup == {}


def test_a_markup_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="auto, none, html, markdown, email"):
        read(_table(tmp_path / "a.csv"), markup="word")
