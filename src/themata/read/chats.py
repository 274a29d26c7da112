"""Chats as WhatsApp, Telegram, Slack and Discord export them: a row per message, notices of the program set aside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from themata.read.row import Row

NOTICE = "a notice of the program, not a message"
NO_WORDS = "a picture or a file without words"

_STAMP = re.compile(
    r"^[\u200e\u200f]?\[?(?P<day>\d{1,4}[./-]\d{1,2}[./-]\d{2,4}),?[ \u202f\xa0](?P<time>\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
    r"(?:[ \u202f\xa0]?[AaPp]\.?[ \xa0]?[Mm]\.?)?)\]?(?: - |[ \xa0]|: )\u200e?(?P<rest>.*)$"
)
_SPEAKER = re.compile(r"^[\u200e~ ]*(?P<name>[^:\n]{1,60}?):[ \xa0](?P<said>.*)$", re.DOTALL)
_MEDIA = re.compile(r"^(?:<[^<>]{3,40}>|\u200e.{3,60})(?: *\(.*\))?$", re.DOTALL)
_MENTION = re.compile(
    r"<@(\w+)(?:\|([^>]*))?>|<#\w+\|([^>]*)>|<!(\w+)[^>]*>|<([^<>|\s]+)\|([^<>]*)>|<(https?:[^<>\s]+|mailto:[^<>\s]+)>"
)
_SLACK_NOTICES = (
    "channel_",
    "group_",
    "bot_add",
    "bot_remove",
    "pinned_item",
    "reminder_add",
    "huddle_thread",
    "tombstone",
)


def is_whatsapp(lines: Sequence[str]) -> bool:
    """Whether lines are those of a chat: most begin with a date, a time and, mostly, who says it."""
    filled = [line for line in lines if line.strip()]
    stamped = [stamp for stamp in map(_STAMP.match, filled) if stamp]
    spoken = sum(bool(_SPEAKER.match(stamp["rest"])) for stamp in stamped)
    return (
        len(stamped) >= 2
        and 3 * len(stamped) >= len(filled)
        and 2 * spoken >= len(stamped)
        and bool(_STAMP.match(filled[0]))
    )


def whatsapp_rows(lines: Iterable[str]) -> Iterator[Row]:
    """A row per message, which may go on over several lines."""
    start, stamp, said = 0, None, list[str]()
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n")
        begins = _STAMP.match(line)
        if begins is None:
            said.append(line)
            continue
        if stamp is not None:
            yield _whatsapp_row(start, stamp, said)
        start, stamp, said = number, begins, [begins["rest"]]
    if stamp is not None:
        yield _whatsapp_row(start, stamp, said)


def _whatsapp_row(line: int, stamp: re.Match[str], said: Sequence[str]) -> Row:
    text = "\n".join(said).strip()
    speaker = _SPEAKER.match(text)
    values = {"date": f"{stamp['day']} {stamp['time']}".replace("\u202f", " ").replace("\xa0", " ")}
    if speaker is None:
        return Row(line, {**values, "text": text}, NOTICE, text)
    values |= {"from": speaker["name"].strip(), "text": speaker["said"].strip()}
    return Row(line, values, NO_WORDS if _MEDIA.match(speaker["said"].strip()) else None, text)


def messages_of(value: Any) -> Iterator[Row] | None:
    """The messages of Telegram's result.json or of an export of Discord's; None where it is neither."""
    if not isinstance(value, dict):
        return None
    chats = value.get("chats")
    if isinstance(chats, dict) and isinstance(chats.get("list"), list):  # all of an account's
        return _numbered(
            row for chat in chats["list"] if isinstance(chat, dict) for row in _telegram(chat) or ()
        )
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages or not isinstance(messages[0], dict):
        return None
    if "channel" in value and "content" in messages[0]:
        return _numbered(_discord(message, value) for message in messages if isinstance(message, dict))
    rows = _telegram(value)
    return None if rows is None else _numbered(rows)


def _numbered(rows: Iterable[tuple[dict[str, Any], str | None]]) -> Iterator[Row]:
    for number, (values, fault) in enumerate(rows, start=1):
        yield Row(number, values, fault, json.dumps(values, ensure_ascii=False, default=str))


def _telegram(chat: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str | None]] | None:
    messages = chat.get("messages")
    if not isinstance(messages, list) or not all(
        isinstance(message, dict) and "type" in message and "date" in message for message in messages
    ):
        return None
    return (_of_telegram(message, chat) for message in messages)


def _of_telegram(message: Mapping[str, Any], chat: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    pieces = message.get("text", "")
    listed = pieces if isinstance(pieces, list) else [pieces]
    text = "".join(piece if isinstance(piece, str) else str(piece.get("text", "")) for piece in listed)
    values = {
        "id": f"{chat.get('id', '')}-{message.get('id')}", "date": message["date"], "chat": chat.get("name"), "from": message.get("from"),
        "text": text,
    }  # fmt: skip
    if message["type"] != "message":
        return values, NOTICE
    return values, None if text.strip() else NO_WORDS


def _discord(message: Mapping[str, Any], whole: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    author, channel = message.get("author") or {}, whole["channel"]
    text = str(message.get("content") or "")
    values = {
        "id": message.get("id"), "date": message.get("timestamp"), "chat": channel.get("name") if isinstance(channel, dict) else channel,
        "from": author.get("nickname") or author.get("name") if isinstance(author, dict) else author, "text": text,
    }  # fmt: skip
    if message.get("type") not in (None, "Default", "Reply", 0, 19):
        return values, NOTICE
    return values, None if text.strip() else NO_WORDS


def is_slack(folder: Path) -> bool:
    """Whether a folder is an unpacked export of Slack's."""
    return (folder / "users.json").is_file() and any(folder.glob("*/[0-9][0-9][0-9][0-9]-*.json"))


def slack_rows(folder: Path) -> Iterator[Row]:
    """The messages of all channels, day by day, with the names of people for their codes."""
    people = {
        person.get("id"): _name(person) for person in _read(folder / "users.json") if isinstance(person, dict)
    }
    number = 0
    for day in sorted(folder.glob("*/*.json"), key=lambda path: (path.parent.name, path.name)):
        for message in _read(day):
            if isinstance(message, dict) and message.get("type", "message") == "message":
                number += 1
                values, fault = _of_slack(message, day.parent.name, people)
                yield Row(number, values, fault, json.dumps(message, ensure_ascii=False))


def _of_slack(
    message: Mapping[str, Any], channel: str, people: Mapping[Any, str]
) -> tuple[dict[str, Any], str | None]:
    text = _MENTION.sub(lambda match: _mentioned(match, people), str(message.get("text") or ""))
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    stamp = str(message.get("ts", ""))
    try:
        moment = datetime.fromtimestamp(float(stamp), UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    except ValueError:
        moment = None
    profile = message.get("user_profile") or {}
    name = people.get(message.get("user")) or profile.get("real_name") or message.get("username")
    values = {"id": f"{channel}-{stamp}", "date": moment, "chat": channel, "from": name, "text": text}
    if str(message.get("subtype") or "").startswith(_SLACK_NOTICES):
        return values, NOTICE
    return values, None if text.strip() else NO_WORDS


def _mentioned(match: re.Match[str], people: Mapping[Any, str]) -> str:
    person, called, channel, everybody, link, label, bare = match.groups()
    if person:
        return f"@{called or people.get(person, person)}"
    return (
        f"#{channel}"
        if channel
        else f"@{everybody}"
        if everybody
        else label or link or bare.removeprefix("mailto:")
    )


def _name(person: Mapping[str, Any]) -> str:
    profile = person.get("profile") or {}
    return str(
        profile.get("display_name") or profile.get("real_name") or person.get("name") or person.get("id")
    )


def _read(path: Path) -> list[Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    return value if isinstance(value, list) else []
