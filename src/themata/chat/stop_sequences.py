"""Where an answer ends: at a stop, but not at one that only parts an announcement from what it announces."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from themata.chat.thoughts import is_musing, spoken

_OPENS = regex.compile(
    r"(?i)\W*(?:sure|certainly|of course|okay|ok|absolutely|great|thank|here(?:'|’)?s|here (?:is|are)|i(?:'|’)?d be|i would be|"
    r"i(?:'|’)?m happy|i am happy)\b[^\n]*[!.]\W*"
)


def only_opens(text: str) -> bool:
    """Whether a text only announces an answer, or has not come further than its thoughts.

    >>> only_opens("Sure! Here is a label for the group:"), only_opens("Whales: hunters and hunted")
    (True, False)
    >>> only_opens("<think>They mention ships.")
    True
    """
    said = spoken(text).rstrip("*_ ")
    if (not said and bool(text.strip())) or is_musing(said):
        return True
    return said.endswith((":", "：")) or bool(_OPENS.fullmatch(said))


def upto_stop(text: str, stops: Sequence[str]) -> str | None:
    """What stands before the first stop that ends an answer; None where none does.

    >>> upto_stop("Sure!\\n\\nLabel: Whales\\n\\nAnything else?", ["\\n\\n"])
    'Sure!\\n\\nLabel: Whales'
    """
    start = 0
    while True:
        places = [(at, stop) for stop in stops if stop and (at := text.find(stop, start)) >= 0]
        if not places:
            return None
        at, stop = min(places, key=lambda place: place[0])
        if stop.strip() or not (text[:at].strip() == "" or only_opens(text[:at])):
            return text[:at]
        start = at + len(stop)
