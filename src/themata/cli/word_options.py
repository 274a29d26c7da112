"""What `themata fit` is told of words: what is none, and which say nothing of a topic."""

from __future__ import annotations

from pathlib import Path

from themata.core.encodings import read_small_text
from themata.core.errors import InputError


def ignored_kinds(asked: str) -> list[str] | None:
    """What --ignore names, as TopicModel takes it.

    >>> ignored_kinds("none"), ignored_kinds("mail, markup")
    (None, ['mail', 'markup'])
    """
    named = [name.strip().lower() for name in asked.split(",") if name.strip()]
    if not named:
        raise InputError("--ignore is empty: say none to count everything as words")
    return None if named == ["none"] else named


def listed_words(asked: str | None) -> list[str]:
    """The words that --stop-words lists, or the lines of the file that it names; lines that begin with # are notes.

    >>> listed_words("Acme, new york times")
    ['Acme', 'new york times']
    """
    if asked is None:
        return []
    if Path(asked).is_file():
        lines = read_small_text(Path(asked), "--stop-words").splitlines()
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if asked.endswith((".txt", ".csv", ".md")):
        raise InputError(f"no file {asked} for --stop-words: name one, or words with commas between them")
    return [word.strip() for word in asked.split(",") if word.strip()]
