"""Folders of documents of every kind, boxes of e-mails, and chats as programs export them."""

from __future__ import annotations

import json
import logging
import mailbox
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from themata.core.errors import InputError, MissingExtraError
from themata.read import read
from themata.read.chats import NO_WORDS, NOTICE


def mail(subject: str, text: str, *, of: str = "1@x.org", html: bool = False) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ann <ann@example.org>", "tom@example.org", subject
    message["Date"], message["Message-ID"] = "Mon, 03 Jun 2024 10:15:00 +0200", f"<{of}>"
    message.set_content(text, subtype="html" if html else "plain")
    return message


def pdf(pages: list[list[str]]) -> bytes:
    """A small PDF with a line of text for each string, written by hand."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects += [
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, lines in enumerate(pages):
        shown = "".join(f"BT /F1 11 Tf 60 {760 - 20 * k} Td ({line}) Tj ET\n" for k, line in enumerate(lines))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * i} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(shown)} >>\nstream\n{shown}endstream")
    made, places = b"%PDF-1.4\n", []
    for number, told in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{told}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Root 1 0 R /Size {len(objects) + 1} >>\nstartxref\n{len(made)}\n%%EOF"
    return made + end.encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "docs"
    place.mkdir()
    (place / "a.txt").write_text("A <plain> note.", encoding="utf-8")
    (place / "b.md").write_text("# Maps\n\nThey **load** faster.", encoding="utf-8")
    (place / "c.html").write_bytes(
        "<html><head><meta charset=latin-1><title>Caf\xe9</title></head><body><p>Closed.</p></body></html>".encode(
            "latin-1"
        )
    )
    (place / "d.eml").write_bytes(
        bytes(mail("AW: Drucker", "Er geht wieder.\n\nAm 02.06.2024 um 09:00 schrieb Tom:\n> Geht er?\n"))
    )
    running = [
        [
            f"Acme report page {i}",
            f"Chapter {'one two three four'.split()[i]} is about inter-",
            f"national trade. {'abcd'[i]}",
            "Confidential",
        ]
        for i in range(4)
    ]
    (place / "e.pdf").write_bytes(pdf(running))
    (place / "f.pdf").write_bytes(b"%PDF-1.4 no more")
    (place / "g.docx").write_bytes(b"PK")
    return place


def test_a_folder_holds_documents_of_every_kind(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("pypdf")
    with caplog.at_level(logging.WARNING):
        corpus = read(folder)
    texts = dict(zip(corpus.documents.columns["id"], corpus.documents.texts, strict=True))
    assert texts["a.txt"] == "A <plain> note."
    assert texts["b.md"] == "Maps\n\nThey load faster."
    assert texts["c.html"] == "Café. Closed."
    assert texts["<1@x.org>"] == "Drucker. Er geht wieder."
    assert "Chapter two is about international trade." in texts["e.pdf"]
    assert "Acme report" not in texts["e.pdf"] and "Confidential" not in texts["e.pdf"]
    assert [row.reason.split(":")[0] for row in corpus.rejected] == ["a PDF that cannot be read"]
    assert "1 files of other kinds are not read (1 .docx)" in caplog.text
    assert str(corpus.documents.times[3])[:10] == "2024-06-03"


def test_a_file_alone_is_a_document_too(folder: Path) -> None:
    assert read(folder / "c.html").documents.texts == ["Café. Closed."]
    assert read(folder / "d.eml").columns["title"] == "title"
    with pytest.raises(InputError, match="a PDF that cannot be read"):
        read(folder / "f.pdf")


def test_pictures_of_pages_are_said(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    (tmp_path / "scan.pdf").write_bytes(pdf([[]]))
    with pytest.raises(InputError, match="OCR"):
        read(tmp_path / "scan.pdf")


def test_without_pypdf_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdf", None)
    with pytest.raises(MissingExtraError, match=r"themata\[pdf\]"):
        read(folder)


def test_a_box_of_emails_has_a_row_for_each(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "all.mbox")
    box.add(mail("Printer", "It prints nothing.\n\n-- \nAnn Lee\nAcme\n"))
    box.add(
        mail(
            "Re: Printer",
            "<div>It <b>works</b>.</div><blockquote type=cite>It prints nothing.</blockquote>",
            of="2@x.org",
            html=True,
        )
    )
    box.add(mail("Only a subject", "", of="3@x.org"))
    box.flush()
    corpus = read(tmp_path / "all.mbox")
    assert corpus.documents.texts == ["Printer. It prints nothing.", "Printer. It works.", "Only a subject"]
    assert corpus.documents.columns["id"] == ["<1@x.org>", "<2@x.org>", "<3@x.org>"]
    assert corpus.table.columns["from"] == ["Ann <ann@example.org>"] * 3
    (tmp_path / "none.mbox").write_text("no box")
    with pytest.raises(InputError, match="holds no e-mails"):
        read(tmp_path / "none.mbox")


WHATSAPP = [
    "[03.06.24, 10:15:02] Ann Lee: The train is late again\n[03.06.24, 10:15:30] Tom: Take the bus\nor walk\n"
    "[03.06.24, 10:16:00] Ann Lee: \u200eBild weggelassen\n[03.06.24, 10:17:00] Tom hat die Gruppe verlassen.\n",
    "6/3/24, 10:15\u202fAM - Ann Lee: The train is late again\n6/3/24, 10:15\u202fAM - Tom: Take the bus\nor walk\n"
    "6/3/24, 10:16\u202fAM - Ann Lee: <Media omitted>\n6/13/24, 10:17\u202fAM - Messages and calls are end-to-end encrypted.\n",
]  # fmt: skip


@pytest.mark.parametrize("text", WHATSAPP)
def test_a_chat_of_whatsapp_is_its_messages(text: str, tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(text, encoding="utf-8")
    corpus = read(tmp_path / "chat.txt")
    assert corpus.documents.texts == ["The train is late again", "Take the bus\nor walk"]
    assert corpus.table.columns["from"][:2] == ["Ann Lee", "Tom"]
    assert [row.reason for row in corpus.rejected] == [NO_WORDS, NOTICE]
    assert corpus.documents.times is not None and str(corpus.documents.times[0])[:10] == "2024-06-03"


def test_lines_with_times_that_are_no_chat_are_documents(tmp_path: Path) -> None:
    lines = ["Meeting at 10:15 with Ann: late", "2024 was a good year", "The 7:15 train: late"]
    (tmp_path / "notes.txt").write_text("\n".join(lines))
    assert read(tmp_path / "notes.txt").documents.texts == lines


TELEGRAM: dict[str, Any] = {
    "name": "Commuters", "type": "private_group", "id": 7,
    "messages": [
        {"id": 1, "type": "service", "date": "2024-06-03T10:00:00", "actor": "Ann", "action": "create_group", "text": ""},
        {"id": 2, "type": "message", "date": "2024-06-03T10:15:00", "from": "Ann", "text": ["Late, see ", {"type": "link", "text": "x.org"}]},
        {"id": 3, "type": "message", "date": "2024-06-03T10:16:00", "from": "Tom", "text": "Take the bus"},
        {"id": 4, "type": "message", "date": "2024-06-03T10:17:00", "from": "Tom", "photo": "a.jpg", "text": ""},
    ],
}  # fmt: skip
DISCORD = {
    "guild": {"name": "Commuters"}, "channel": {"name": "late"},
    "messages": [
        {"id": "1", "type": "GuildMemberJoin", "timestamp": "2024-06-03T10:00:00+00:00", "content": "Joined.", "author": {"name": "ann"}},
        {"id": "2", "type": "Default", "timestamp": "2024-06-03T10:15:00+00:00", "content": "Late, see x.org", "author": {"name": "ann", "nickname": "Ann"}},
        {"id": "3", "type": "Reply", "timestamp": "2024-06-03T10:16:00+00:00", "content": "Take the bus", "author": {"name": "Tom"}},
        {"id": "4", "type": "Default", "timestamp": "2024-06-03T10:17:00+00:00", "content": "", "author": {"name": "Tom"}},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    "value", [TELEGRAM, {"chats": {"list": [TELEGRAM]}}, DISCORD], ids=["telegram", "account", "discord"]
)
def test_a_chat_in_json_is_its_messages(value: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps(value))
    corpus = read(tmp_path / "result.json")
    assert corpus.documents.texts == ["Late, see x.org", "Take the bus"]
    assert corpus.table.columns["from"][1:3] == ["Ann", "Tom"]
    assert [row.reason for row in corpus.rejected] == [NOTICE, NO_WORDS]
    assert corpus.columns["date"] == "date"


def test_an_export_of_slack_is_read_with_names_for_codes(tmp_path: Path) -> None:
    (tmp_path / "general").mkdir()
    (tmp_path / "users.json").write_text(
        json.dumps([{"id": "U1", "name": "ann", "profile": {"display_name": "Ann"}}])
    )
    (tmp_path / "channels.json").write_text("[]")
    day = [
        {
            "type": "message",
            "subtype": "channel_join",
            "user": "U1",
            "text": "<@U1> has joined",
            "ts": "1717400000.1",
        },
        {
            "type": "message",
            "user": "U1",
            "text": "<@U1> &amp; <!channel>: late, see <https://x.org/a|the table>",
            "ts": "1717409700.2",
        },
    ]
    (tmp_path / "general" / "2024-06-03.json").write_text(json.dumps(day))
    corpus = read(tmp_path)
    assert corpus.documents.texts == ["@Ann & @channel: late, see the table"]
    assert corpus.table.columns["chat"] == ["general"] * 2 and corpus.rejected[0].reason == NOTICE
    assert str(corpus.documents.times[0])[:16] == "2024-06-03T10:15"


def test_a_folder_without_documents_says_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"no \.txt.*it has 1 \.docx"):
        read(tmp_path)
