"""The words of a document's beginning as names are made of them: sentence by sentence, with the casing they are written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from themata.core.plain_text import KINDS, plain
from themata.words.tokens import sentences

MAX_WORDS = 120  # of each document: what it is about is said at its beginning
# Documents, of about 3 kB each. Those of 800 topics, which their layers ask for again, are fewer
MOST_KEPT = 100_000
_BREAKS = re.compile(r",|\s[-–—/|*]+\s|--+|\.{2,}")  # no phrase spans these


@dataclass(frozen=True)
class Beginning:
    """What a document begins with.

    words : in lower case, sentence after sentence: a list for each sentence would keep Python's collector of garbage busy
    lengths : of the sentences
    inside, in_headings : words as written where a capital is the writer's choice, and where everything has one
    """

    words: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    in_headings: list[str] = field(default_factory=list)


class Reader:
    """Reads documents of a corpus, each once: layers, and topics that an edit makes, ask again for the same.

    cut : a piece of a text into its words, as written
    lower : a word in small letters
    ignore : kinds of what is no language in the texts
    """

    def __init__(
        self,
        texts: Sequence[str],
        cut: Callable[[str], list[str]],
        lower: Callable[[str], str] = str.lower,
        ignore: Sequence[str] = KINDS,
    ) -> None:
        self.texts = texts
        self._ignore = ignore
        self.lower = lower
        self._cut = cut
        self._kept: dict[int, Beginning] = {}
        self._words: dict[str, str] = {}
        self._small = _Small(lower)

    def read(self, doc: int) -> Beginning:
        beginning = self._kept.get(doc)
        if beginning is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
                self._words.clear()
                self._small.clear()
            beginning = self._kept[doc] = self._read(self.texts[doc])
        return beginning

    def _read(self, text: str) -> Beginning:
        text = plain(text, self._ignore)
        beginning = Beginning()
        left = MAX_WORDS
        for sentence in sentences(text[: 12 * MAX_WORDS]):
            parts = [self._cut(part) for part in _BREAKS.split(sentence)]
            tokens = parts[0] if len(parts) == 1 else list(chain.from_iterable(parts))
            # Headings capitalize everything, first words always; a German sentence may look like a heading
            seen = beginning.in_headings if is_heading(tokens) else beginning.inside
            seen += self._same(tokens[1:left])
            if tokens and tokens[0][1:] != tokens[0][1:].lower():  # "GPS" is the writer's choice anywhere
                seen += self._same(tokens[:1])
            for part in parts:
                if part and left > 0:
                    beginning.words.extend(map(self._small.__getitem__, part[:left]))
                    beginning.lengths.append(min(left, len(part)))
                    left -= len(part)
            if left <= 0:
                break
        return beginning

    def _same(self, said: list[str]) -> Iterable[str]:
        """The words as one object each, however often they are said: a tenth of the memory."""
        return map(self._words.setdefault, said, said)


class _Small(dict[str, str]):
    """Each form of a word in small letters, which are made once and are one object for all forms."""

    def __init__(self, lower: Callable[[str], str]) -> None:
        super().__init__()
        self._lower = lower

    def __missing__(self, form: str) -> str:
        small = self._lower(form)
        lowered = self[form] = self.setdefault(small, small)
        return lowered


def is_heading(tokens: Sequence[str]) -> bool:
    """Whether most long words begin with a capital, as in headings: their capitals tell nothing of names."""
    initials = [token[0] for token in tokens if len(token) > 3]
    return len(initials) > 1 and sum(map(str.isupper, initials)) > 0.6 * len(initials)
