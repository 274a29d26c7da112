"""The bytes of a source: unpacked, in UTF-8, without a mark at their beginning."""

from __future__ import annotations

import codecs
import gzip
import io
from pathlib import Path
from typing import IO, cast

from themata.errors import InputError, MissingExtraError

PACKINGS = (".gz", ".zst")
BROKEN = "broken UTF-8"

# The mark of UTF-16 begins that of UTF-32, which is therefore looked for first
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def opened(path: Path) -> IO[bytes]:
    """A file, unpacked by how it begins, or, where that is no packing, by its ending, so that a damaged one is said."""
    file = path.open("rb")
    ending = next((packing for packing in PACKINGS if path.name.lower().endswith(packing)), None)
    packing = _packing_of(file.peek(4)) or ending
    if packing == ".zst":
        with file:
            return as_utf8(io.BytesIO(_unpacked(file.read(), str(path))))
    return as_utf8(cast("IO[bytes]", gzip.open(file) if packing == ".gz" else file))


def arrived(data: bytes, name: str) -> IO[bytes]:
    """Bytes that came without a name, unpacked by how they begin."""
    packing = _packing_of(data)
    if packing is not None:
        data = gzip.decompress(data) if packing == ".gz" else _unpacked(data, name)
    return as_utf8(io.BytesIO(data))


def as_utf8(stream: IO[bytes]) -> IO[bytes]:
    """The stream itself when it is UTF-8 already, or nothing says what it is."""
    start = stream.read(4)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            text = (start + stream.read()).decode(encoding, "surrogatepass")
            return io.BytesIO(text.encode("utf-8", "surrogatepass"))
    if len(start) == 4 and 0 in start and (start[0::2] == b"\0\0") != (start[1::2] == b"\0\0"):
        encoding = (
            "utf-16-be" if start[0::2] == b"\0\0" else "utf-16-le"
        )  # two letters of the West, and no mark
        return io.BytesIO(
            (start + stream.read()).decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
        )
    stream.seek(3 if start.startswith(codecs.BOM_UTF8) else 0)
    return stream


def _packing_of(start: bytes) -> str | None:
    return ".gz" if start[:2] == b"\x1f\x8b" else ".zst" if start[:4] == b"\x28\xb5\x2f\xfd" else None


def decoded(data: bytes) -> tuple[str, str | None]:
    """returns : the text, with what is no UTF-8 shown as \\xNN, and the fault, if there is one

    >>> decoded(b"caf\\xe9")
    ('caf\\\\xe9', 'broken UTF-8')
    """
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return data.decode("utf-8", "backslashreplace"), BROKEN


def is_whole(text: str) -> bool:
    """Whether a text has no lone surrogates, which no file and no tokenizer takes."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _unpacked(data: bytes, name: str) -> bytes:
    """All frames of a zstd file; one that is cut short is an error, which its own reader passes over."""
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtraError(f"reading {name}", extra="zstd") from error
    pieces = []
    try:
        while data:
            frame = zstandard.ZstdDecompressor().decompressobj()
            pieces.append(frame.decompress(data))
            if not frame.eof:
                raise EOFError("the packed data ends too early")
            data = frame.unused_data
    except zstandard.ZstdError as error:
        raise InputError(f"{name} is not a zstd file: {error}") from error
    return b"".join(pieces)
