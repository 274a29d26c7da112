"""The bytes of a source: unpacked, and those of texts in UTF-8, without a mark at their beginning."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import IO, cast

from themata.core.errors import InputError, MissingExtraError

PACKINGS = (".gz", ".zst")
BROKEN = "broken UTF-8"


def unpacked(path: Path) -> IO[bytes]:
    """A file, unpacked by how it begins, or, where that is no packing, by its ending, so that a damaged one is said."""
    file = path.open("rb")
    ending = next((packing for packing in PACKINGS if path.name.lower().endswith(packing)), None)
    packing = _packing_of(file.peek(4)) or ending
    if packing == ".zst":
        with file:
            return io.BytesIO(_unpacked(file.read(), str(path)))
    return cast("IO[bytes]", gzip.open(file) if packing == ".gz" else file)


def arrived(data: bytes, name: str) -> bytes:
    """Bytes that came without a name, unpacked by how they begin."""
    packing = _packing_of(data)
    if packing is None:
        return data
    return gzip.decompress(data) if packing == ".gz" else _unpacked(data, name)


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
