"""E-mails: what somebody wrote, apart from headers, from what is quoted of others and from signatures."""

from __future__ import annotations

import email
import logging
import re
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from themata.core.errors import first_line

log = logging.getLogger(__name__)

LONGEST = 200_000  # characters of a message that are looked through for replies
FEW = 6  # words over a forwarded message that only say that it is one

_HEADER = re.compile(
    r"(?:from|to|cc|bcc|date|subject|received|reply-to|message-id|mime-version|content-type|return-path|sender|delivered-to"
    r"|newsgroups|organization|lines|references|in-reply-to|x-[\w-]+|dkim-signature|list-[\w-]+):",
    re.IGNORECASE,
)
_NAMES = ("from:", "to:", "date:", "subject:", "message-id:", "received:")
# How a reply shows: an attribution over quoted lines, Outlook's rule and headers, the delimiter of a signature
_ATTRIBUTION = re.compile(r"^.{0,200}\d.{0,200}:[ \t]*\n+(?:[ \t]*>.*\n?)+", re.MULTILINE)
_RULE = re.compile(
    r"^[ \t]*[-_]{3,} ?[^\W\d_][^\W\d_ '’]*(?: [^\W\d_'’]+){1,3} ?[-_]{3,}[ \t]*$", re.MULTILINE
)
_BLOCK = re.compile(r"(?:^[ \t>*]*[^\W\d_][\w -]{1,14}\*?:\*?[ \t]+\S.*\n){3,}", re.MULTILINE)
_DELIMITER = re.compile(r"^-- ?$", re.MULTILINE)
_FORWARDED = re.compile(
    r"^[ \t>]*(?:-{2,}[ ]*)?(?:begin )?(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|пересылаемое сообщение)",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTE = re.compile(r"^(?:[ \t]*>)+[ ]?", re.MULTILINE)
_TRANSFERRED = re.compile(
    r"^content-transfer-encoding:\s*(?:quoted-printable|base64)", re.IGNORECASE | re.MULTILINE
)
_CHARSET = re.compile(r"charset=[\"']?[\w.:-]+[\"']?", re.IGNORECASE)
_PREFIX = re.compile(
    r"^(?:(?:re|fwd?|aw|wg|sv|vs|tr|antw|rv|res|enc|odp|rif|ynt)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "nl", "pl", "sv", "da", "cs", "ja", "zh", "ko")


def is_message(text: str) -> bool:
    """Whether a text is a whole e-mail: headers before an empty line, those among them that every mail has."""
    start = text.lstrip("\ufeff\n\r")[:4000]
    first, _, _ = start.partition("\n")
    if not _HEADER.match(first) and not first.startswith("From "):
        return False
    lines = re.split(r"\r?\n\r?\n", start, maxsplit=1)[0].lower().splitlines()
    return sum(any(line.startswith(name) for line in lines) for name in _NAMES) >= 2 and any(
        line.startswith(("from:", "subject:", "received:")) for line in lines
    )


def holds_reply(text: str) -> bool:
    """Whether a text quotes the message it answers, or ends in a signature after the usual delimiter."""
    if len(text) > LONGEST or "\n" not in text:
        return False
    if "\n>" in text and _ATTRIBUTION.search(text):
        return True
    if "\n--" in text and _DELIMITER.search(text):
        return True
    if ("---" in text or "___" in text) and _RULE.search(text):
        return True
    block = _BLOCK.search(text, 1)
    return block is not None and ("@" in block[0] or re.search(r"\b\d{4}\b|\d[:.]\d\d", block[0]) is not None)


def body_of(text: str) -> tuple[str, str, bool]:
    """Subject and body of a whole e-mail, and whether the body is HTML."""
    source = text.lstrip("\ufeff\n\r")
    # What it says of its encoding was true of its bytes, and not of this text
    if not _TRANSFERRED.search(source):
        source = _CHARSET.sub("charset=utf-8", source)
    facts = facts_of(email.message_from_bytes(source.encode("utf-8", "replace"), policy=policy.default))
    return facts["title"] or "", facts["text"], facts["is_html"]


def facts_of(message: EmailMessage) -> dict[str, Any]:
    """What is known of a message: id, title (its subject without Re:), date, from, text and whether that is HTML."""
    plain, shown = _part(message, "plain"), _part(message, "html")
    is_html = not plain.strip() and bool(shown.strip())
    return {
        "id": _header(message, "message-id"),
        "title": _PREFIX.sub("", _header(message, "subject") or "") or None,
        "date": _date(message),
        "from": _header(message, "from"),
        "text": shown if is_html else plain,
        "is_html": is_html,
    }


def without_reply(text: str) -> str:
    """What is new in a message: no quoted one, no signature. A forwarded one stays where it is all there is to read.

    >>> without_reply("Works again, thanks.\\n\\nBest regards\\nTom\\n\\nOn Mon, 3 May 2024 at 10:15, Ann wrote:\\n> Does it?")
    'Works again, thanks.'
    """
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST:
        return text
    replies = _reader().read(text=text).replies
    reply = str(replies[0].body).strip() if replies else ""
    forwarded = _FORWARDED.search(text)
    if forwarded is not None and len(text[: forwarded.start()].split()) < FEW:
        reply = text
    if not any(map(str.isalnum, reply)):
        reply = text
    return _QUOTE.sub("", reply).strip() if reply is text else reply


@lru_cache(maxsize=1)
def _reader() -> Any:
    from mailparser_reply import EmailReplyParser

    return EmailReplyParser(languages=list(_LANGUAGES))


def _part(message: EmailMessage, kind: str) -> str:
    """The body of a kind, "" where there is none or it is in an encoding that nobody knows."""
    part: Any = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for encoding in (part.get_content_charset(), "utf-8", "cp1252"):
        try:
            return data.decode(encoding or "utf-8")
        except (LookupError, UnicodeError):
            continue
    return data.decode("utf-8", "replace")


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message[name]
    except (ValueError, IndexError, AttributeError) as error:  # headers that the library itself cannot parse
        log.debug("a header cannot be read: %s", first_line(error))
        return None
    return None if value is None else " ".join(str(value).split()) or None


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(str(message["date"])).isoformat()
    except (TypeError, ValueError, IndexError, AttributeError):
        return None
