"""Bytes of text files as UTF-8, whatever Windows, a Mac or another decade wrote them in."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from encodings.aliases import aliases
from pathlib import Path
from typing import IO, Any

from themata.core.errors import InputError, did_you_mean

_BLOCK = 1 << 20
_SAMPLE = 1 << 14  # bytes that the encoding is detected by
FEWEST_LINES = 3  # that are no UTF-8 among others that are: fewer are faults of these lines
FEWEST_MARKS = 6  # beyond ASCII, of which another script than the Latin is told
LEAST_SHARE = 0.8  # of the characters beyond ASCII that people must write

# The mark of UTF-16 begins that of UTF-32, which is therefore looked for first
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)

# That are neither letters nor punctuation, and stand between words in every language
_SIGNS = "°´¨©®™±²³½¼×·"
_WORDS = "àáâãåæèéêìíòóôõöøùúőıº"  # of one letter
_LATIN_WORD, _PLAIN = re.compile(r"[^\W\d_\u0250-\U0010ffff]+"), re.compile("[a-zA-Z]")
# Of those that make the same of the bytes the commonest
_ENCODINGS = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp874 cp932 cp949 gb18030 big5 euc-jp koi8-r iso8859-2 mac-roman "
    "cp850 cp852 cp866"
).split()


@dataclass
class Decoding:
    """How bytes become text.

    asked : an encoding, or several with commas between them: each line is in the first of them that it can be in.
        None: UTF-8, or what is detected where it is not that
    detected : what was detected, by encoding how many files or, among lines of UTF-8, lines
    """

    asked: str | None = None
    detected: dict[str, int] = field(default_factory=dict)
    unit: str = "file"

    def __post_init__(self) -> None:
        self.names = [] if self.asked is None else [_known(name.strip()) for name in self.asked.split(",")]

    def note(self, encoding: str, n: int = 1, unit: str = "file") -> None:
        self.detected[encoding], self.unit = self.detected.get(encoding, 0) + n, unit

    def __str__(self) -> str:
        """What to call it in a run's facts: "utf-8" where nothing else was detected."""
        if self.asked is not None:
            return self.asked
        return ", ".join([*(["utf-8"] if self.unit == "line" else []), *self.detected]) or "utf-8"


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
    import chardet

    name = chardet.detect(data, include_encodings=_ENCODINGS, compat_names=False)["encoding"]
    if name is None:
        return None
    text = data.decode(name, "replace")
    beyond = [mark for mark in text if not mark.isascii()]
    others = [mark for mark in beyond if mark >= "\u0250" and mark.isalpha()]
    if others and len(beyond) < FEWEST_MARKS:
        return None
    n_written = len(others) + sum(_is_between(mark) for mark in beyond)
    # One without any plain letter is none, but for a few of one letter
    for word in _LATIN_WORD.findall(text):
        if _PLAIN.search(word) or word.lower() in _WORDS:
            n_written += sum(not mark.isascii() for mark in word)
    return name.replace("-", "_") if n_written >= LEAST_SHARE * len(beyond) else None


def _is_between(mark: str) -> bool:
    """Whether people write a character between words or onto letters: no control character and no piece of a frame."""
    return unicodedata.category(mark)[0] in "MPZ" or unicodedata.category(mark) == "Sc" or mark in _SIGNS


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
    otherwise = "such as cp1252, cp1250, utf-16 or shift_jis"
    hint = did_you_mean(name.lower().replace("-", "_"), folded, otherwise)
    raise InputError(f"there is no encoding {name!r}: {hint}")
