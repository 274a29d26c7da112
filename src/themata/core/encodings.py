"""Bytes of text files as UTF-8, whatever Windows, a Mac or another decade wrote them in."""

from __future__ import annotations

import codecs
import difflib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from encodings.aliases import aliases
from pathlib import Path
from typing import IO, Any

import regex

from themata.core.errors import InputError

_BLOCK = 1 << 20
_SAMPLE = 1 << 14  # bytes that the encoding is detected by
FEWEST_LINES = 3  # that are no UTF-8 among others that are: fewer are faults of these lines
FEWEST_MARKS = 6  # beyond ASCII, of which another script than the Latin is told
LEAST_SHARE = 0.8  # of the characters beyond ASCII that a language must account for

# The mark of UTF-16 begins that of UTF-32, which is therefore looked for first
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)

_BETWEEN = "’‘“”„‚«»‹›–—…€£§°·•´¨©®™±²³½¼×µ\u00a0"  # what stands between words in every language
_WITHIN = "’´·"  # and within words, too
# The letters beyond ASCII of languages written in each encoding, the commonest encoding first. charset-normalizer finds
# encodings that make text of the bytes; among those, which differ in a few letters, one alphabet decides: "ã", "ç" and
# "é" are Portuguese, and what cp1250 makes of the same bytes, "ă", "ç" and "é", is no language's
_LATIN = {
    "german": "äöüß", "french": "àâæçéèêëîïôœùûü", "spanish": "áéíñóúü¿¡ºª", "portuguese": "áâãàçéêíóôõúºª", "italian": "àèéìíîòóùºª",
    "dutch": "áéëïóöüè", "swedish": "åäöé", "danish": "æøåé", "icelandic": "áðéíóúýþæö", "catalan": "àçèéíïòóúü·",
    "estonian": "äöõüšž", "finnish": "äöåšž", "polish": "ąćęłńóśźż", "czech": "áčďéěíňóřšťúůýž", "slovak": "áäčďéíĺľňóôŕšťúýž",
    "hungarian": "áéíóöőúüű", "romanian": "ăâîşţșț", "croatian": "čćđšž", "albanian": "çë", "turkish": "çğıöşüİâî",
    "lithuanian": "ąčęėįšųūž", "latvian": "āčēģīķļņšūž", "english": "é",
}  # fmt: skip
_WEST = "german french spanish portuguese italian dutch swedish danish icelandic catalan albanian english finnish estonian".split()
_MIDDLE = "polish czech slovak hungarian romanian croatian".split()
_ENCODINGS: dict[str, Sequence[str]] = {
    "cp1252": _WEST, "cp1250": _MIDDLE, "cp1255": ["[\u05d0-\u05ea]"], "cp1251": ["[\\p{Cyrillic}№]"], "cp932": ["[\\p{Hiragana}\\p{Katakana}\\p{Han}\u3000-\u303f\uff00-\uffefー]"],
    "gb18030": ["gb2312"], "big5": ["big5"], "cp949": ["euc_kr"], "cp1254": ["turkish"], "cp1253": ["\\p{Greek}"],
    "cp1256": ["\\p{Arabic}"], "cp874": ["\\p{Thai}"], "cp1257": ["lithuanian", "latvian", "estonian"], "euc_jp": ["[\\p{Hiragana}\\p{Katakana}\\p{Han}\u3000-\u303f\uff00-\uffefー]"],
    "koi8_r": ["\\p{Cyrillic}"], "iso8859_2": _MIDDLE, "mac_roman": _WEST, "cp850": _WEST, "cp852": _MIDDLE, "cp866": ["\\p{Cyrillic}"],
}  # fmt: skip
_OF_THE_EAST = "gb2312", "big5", "euc_kr"
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")


@dataclass
class Decoding:
    """How bytes become text.

    asked : an encoding, or several with commas between them: each line is in the first of them that it can be in.
        None: UTF-8, or what is detected where it is not that
    found : what was detected, by encoding how many files or, among lines of UTF-8, lines
    """

    asked: str | None = None
    found: dict[str, int] = field(default_factory=dict)
    unit: str = "file"

    def __post_init__(self) -> None:
        self.names = [] if self.asked is None else [_known(name.strip()) for name in self.asked.split(",")]

    def note(self, encoding: str, n: int = 1, unit: str = "file") -> None:
        self.found[encoding], self.unit = self.found.get(encoding, 0) + n, unit

    def __str__(self) -> str:
        """What to call it in a run's facts: "utf-8" where nothing else was detected."""
        if self.asked is not None:
            return self.asked
        return ", ".join([*(["utf-8"] if self.unit == "line" else []), *self.found]) or "utf-8"


def as_utf8(stream: IO[bytes], decoding: Decoding | None = None) -> IO[bytes]:
    """The stream in UTF-8; bytes that no encoding explains stay as they are, so that their rows alone can be set aside."""
    how = decoding or Decoding()
    start = stream.read(1 << 12)
    stream.seek(0)
    marked = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), None)
    if how.names and not (marked and len(how.names) == 1):
        return _stream(_recoded(stream, how.names))
    if marked == "utf-8-sig":
        stream.seek(len(codecs.BOM_UTF8))
    wide = marked if marked != "utf-8-sig" else None
    wide = wide or (None if marked else _unmarked(start))
    if wide is not None:
        return _stream(_recoded(stream, [wide]))
    place = stream.tell()
    if _is_utf8(stream):
        stream.seek(place)
        return stream
    stream.seek(place)
    names = _names_for(stream, bool(marked), how)
    stream.seek(place)
    return stream if names is None else _stream(_recoded(stream, names))


def read_small_text(path: Path, what: str) -> str:
    """The text of a small file, such as a prompt. what : what the file is, for the error"""
    try:
        with path.open("rb") as file:
            return as_utf8(file).read().decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{what} {path} cannot be read as text: {error}") from error


def detected(data: bytes) -> str | None:
    """The encoding that makes words of bytes which are no UTF-8; None where none does.

    >>> detected("größer, schöner".encode("cp1252"))
    'cp1252'
    >>> detected("zażółć gęślą jaźń".encode("cp1250"))
    'cp1250'
    """
    from charset_normalizer import from_bytes

    shares: dict[str, tuple[float, float, float]] = {}
    for name in (
        _ENCODINGS
    ):  # one by one, since of several that give the same text it names the first of the alphabet
        match = from_bytes(data, cp_isolation=[name], threshold=0.3, enable_fallback=False).best()
        if match is not None and match.encoding == name:
            shares[name] = -round(_share(data, name), 2), round(match.chaos, 2), -round(match.coherence, 1)
    best = min(shares, key=lambda name: shares[name], default=None)  # the commonest of equals
    return best if best is not None and -shares[best][0] >= LEAST_SHARE else None


def _share(data: bytes, encoding: str) -> float:
    """The share of characters beyond ASCII that belong to the language, of those written so, that has most of them."""
    text = data.decode(encoding, "replace")
    n_beyond = sum(not mark.isascii() for mark in text)
    languages = _ENCODINGS[encoding]
    if languages[0] not in _LATIN and n_beyond < FEWEST_MARKS:
        return 0.0
    if encoding != "cp1252" and not any(mark.isalpha() and not mark.isascii() for mark in text):
        return 0.0  # English knows its marks alone
    return max(_n_belonging(text, language) for language in languages) / max(1, n_beyond)


def _n_belonging(text: str, language: str) -> int:
    """How many characters beyond ASCII a language writes where they stand: no Greek letter within a Latin word."""
    letters = {*_LATIN.get(language, ""), *_LATIN.get(language, "").upper()}
    belongs = letters.__contains__ if letters else _test(language)
    n = 0
    for place, mark in enumerate(text):
        if mark.isascii():
            continue
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        if mark in _BETWEEN:
            n += mark in _WITHIN or not (before.isalpha() and after.isalpha())
        elif belongs(mark):
            n += bool(letters) or not any(side.isascii() and side.isalpha() for side in (before, after))
    return n


def _test(language: str) -> Callable[[str], bool]:
    if language in _OF_THE_EAST:  # the characters of everyday use, and no kana

        def usual(mark: str) -> bool:
            try:
                data = mark.encode(language)
            except UnicodeEncodeError:
                return False
            return len(data) == 2 and not _KANA.match(mark) and (language != "big5" or data < b"\xc9\x40")

        return usual
    pattern = regex.compile(language)
    return lambda mark: bool(pattern.match(mark))


def _names_for(stream: IO[bytes], marked: bool, how: Decoding) -> list[str] | None:
    """The encodings of a stream that is not all UTF-8, None where its bad lines are to be left as they are."""
    bad, good, sample = 0, int(marked), bytearray()
    for line in stream:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad += 1
            if len(sample) < _SAMPLE:
                sample += line[:_SAMPLE]
        else:
            good += 1
    if good and bad < FEWEST_LINES:
        return None
    encoding = detected(bytes(sample))
    if encoding is None:
        return None
    if good:
        how.note(encoding, bad, "line")
        return ["utf-8", encoding]
    how.note(encoding)
    return [encoding]


def _is_utf8(stream: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _unmarked(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its spaces, digits and line ends is 0."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if len(start) < 4 or max(even, odd) < max(2, 0.02 * len(start)) or min(even, odd) > 0.2 * max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _recoded(stream: IO[bytes], names: Sequence[str]) -> Iterator[bytes]:
    if len(names) == 1:
        errors = "surrogatepass" if names[0].startswith(("utf-16", "utf-32")) else "surrogateescape"
        decoder = codecs.getincrementaldecoder(names[0])(errors)
        while block := stream.read(_BLOCK):
            yield _encoded(decoder.decode(block))
        yield _encoded(decoder.decode(b"", final=True))
        return
    for line in stream:
        yield next((text for name in names if (text := _line(line, name)) is not None), line)


def _line(line: bytes, encoding: str) -> bytes | None:
    try:
        return line.decode(encoding).encode("utf-8")
    except UnicodeError:
        return None


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character of UTF-16
        return text.encode("utf-8", "surrogatepass")


def _stream(blocks: Iterator[bytes]) -> IO[bytes]:
    return io.BufferedReader(_Blocks(blocks))


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a stream."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._left = blocks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = block
        n = min(len(buffer), len(self._left))
        buffer[:n], self._left = self._left[:n], self._left[n:]
        return n


def _known(name: str) -> str:
    try:
        "a".encode(name)
        return codecs.lookup(name).name
    except LookupError:
        pass
    folded: Mapping[str, str] = {alias.lower(): alias for alias in (*aliases, *aliases.values())}
    near = difflib.get_close_matches(name.lower().replace("-", "_"), folded, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "such as cp1252, cp1250, utf-16 or shift_jis"
    raise InputError(f"there is no encoding {name!r}: {hint}")
