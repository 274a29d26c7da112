"""Files that are documents: texts, Markdown, pages of HTML, e-mails, PDFs; and boxes of e-mails."""

from __future__ import annotations

import email
import io
import mailbox
import re
from collections import Counter
from collections.abc import Iterator
from email import policy
from pathlib import Path
from typing import IO, Any

from themata.core.encodings import Decoding, as_utf8
from themata.core.errors import InputError, MissingExtraError, first_line
from themata.core.progress_reports import OnShare, report_share, reported
from themata.read.encodings import decoded, unpacked
from themata.read.messages import facts_of
from themata.read.row import Row

SUFFIXES = {
    ".txt": "text", ".rst": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".eml": "email", ".pdf": "pdf", ".mbox": "mbox",
}  # fmt: skip
SCANNED = "no text: pictures of pages, perhaps, which need OCR first"

_HEADING = re.compile(r"^#{1,6}[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
_CODE = re.compile(r"^```.*?(^```|\Z)", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"\A---[ \t]*\n(?:.*\n)*?title:[ \t]*[\"']?(.+?)[\"']?[ \t]*\n", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[a-zà-ÿ])")
_DIGITS = re.compile(r"\d+")


def kind_of_file(path: Path) -> str | None:
    """What a file that is a document holds, by its ending; None for others."""
    return SUFFIXES.get(path.suffix.lower())


def file_rows(
    path: Path, name: str, how: Decoding, number: int = 1, on_share: OnShare = report_share
) -> Iterator[Row]:
    """The document, or the documents, of a file.

    name : its id
    number : of the first row
    on_share : called with the share of a box that was read
    """
    kind = kind_of_file(path)
    try:
        if kind == "mbox":
            yield from mbox_rows(path, name, number, on_share)
        elif kind == "pdf":
            yield pdf_row(path.read_bytes(), name, number)
        elif kind == "email":
            yield email_row(unpacked(path).read(), name, number)
        else:
            yield text_row(unpacked(path), name, kind or "text", how, number)
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, MissingExtraError):
            raise
        yield Row(
            number, fault=f"cannot be read: {getattr(error, 'strerror', None) or error}", raw=f"{name}: "
        )


def text_row(stream: IO[bytes], name: str, kind: str, how: Decoding, number: int = 1) -> Row:
    text, fault = decoded(as_utf8(stream, how).read())
    if fault:
        return Row(number, fault=fault, raw=f"{name}: {text}")
    if kind == "html":
        from themata.read.markup import title_of_html

        return Row(number, {"id": name, "title": title_of_html(text), "text": text}, markup="html")
    if kind == "markdown":
        return Row(number, {"id": name, "title": _heading(text), "text": text}, markup="markdown")
    return Row(
        number, {"id": name, "title": _heading(text) if name.lower().endswith(".rst") else None, "text": text}
    )


def email_row(data: bytes, name: str, number: int = 1) -> Row:
    """An e-mail in a file of its own."""
    return _message_row(email.message_from_bytes(data, policy=policy.default), name, number)


def mbox_rows(path: Path, name: str, number: int = 1, on_share: OnShare = report_share) -> Iterator[Row]:
    """The e-mails of a box, as Thunderbird, Apple's Mail and Google's Takeout write it."""

    def whole(file: Any) -> Any:
        return email.message_from_bytes(file.read(), policy=policy.default)

    box = mailbox.mbox(path, factory=whole, create=False)
    try:
        n = 0
        for n, message in enumerate(reported(box, len(box), every=20, on_share=on_share), start=1):
            yield _message_row(message, f"{name}:{n}", number + n - 1)
        if not n:
            raise InputError(
                f'{path} holds no e-mails: a box begins with a line such as "From ann@example.org Mon May 3 10:15:00 2024"'
            )
    finally:
        box.close()


def _message_row(message: Any, name: str, number: int) -> Row:
    facts = facts_of(message)
    is_html = facts.pop("is_html")
    values = {**facts, "id": facts["id"] or name}
    if not values["text"].strip() and values["title"]:
        values["text"] = values["title"]  # many say all they have to say in their subject
    return Row(number, values, markup="body of an e-mail in HTML" if is_html else "body of an e-mail")


def pdf_row(data: bytes, name: str, number: int = 1) -> Row:
    """The text of a PDF, without what stands above and below on most of its pages."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise MissingExtraError(f"reading {name}", extra="pdf") from error
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return Row(number, fault="a PDF with a password", raw=name)
        pages = [page.extract_text() for page in reader.pages]
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        ImportError,
    ) as error:
        # The library raises any of these for files that are damaged, and ImportError for ciphers it lacks
        return Row(number, fault=f"a PDF that cannot be read: {first_line(error)}", raw=name)
    text = "\n\n".join(_without_margins(pages)).strip()
    if not text:
        return Row(number, fault=SCANNED, raw=name)
    title = reader.metadata.title if reader.metadata is not None else None
    said = (
        isinstance(title, str) and title.strip() and " ".join(title.split()) in " ".join(text[:2000].split())
    )
    return Row(number, {"id": name, "title": title if said else None, "text": _HYPHEN.sub("", text)})


def _without_margins(pages: list[str]) -> list[str]:
    """Pages without their first and last lines where most pages have the same there, numbers aside."""
    cut = [[line for line in page.split("\n") if line.strip()] for page in pages]
    for end in (0, -1, 0, -1):
        seen = Counter(_DIGITS.sub("#", lines[end].strip()) for lines in cut if lines)
        common = {line for line, n in seen.items() if n > 2 and 2 * n > len(cut)}
        cut = [
            lines[1:] if end == 0 and lines and _DIGITS.sub("#", lines[0].strip()) in common
            else lines[:-1] if end == -1 and lines and _DIGITS.sub("#", lines[-1].strip()) in common
            else lines
            for lines in cut
        ]  # fmt: skip
    return ["\n".join(lines) for lines in cut]


def _heading(text: str) -> str | None:
    """The title that a Markdown text gives itself, or its first heading; a comment in a block of code is none."""
    heading = _NAMED.search(text) or _HEADING.search(_CODE.sub("", text))
    return heading[1] if heading else None
