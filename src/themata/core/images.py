"""Images: opened, kept small enough to travel with a model, and put side by side."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themata.core.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGE = "image"  # the column of documents that holds them
KEPT = 256  # pixels of the longer side of an image that has no file of its own


def opened_image(image: Any) -> Image:
    """An image in three colors, from a path, from bytes, or as it is."""
    library = _pillow()
    if isinstance(image, library.Image):
        converted: Image = image.convert("RGB")
        return converted
    try:
        source = io.BytesIO(image) if isinstance(image, bytes) else Path(image)
        with library.open(source) as file:
            converted = file.convert("RGB")
            return converted
    except (OSError, TypeError) as error:
        shown = "its bytes" if isinstance(image, bytes) else repr(image)
        raise InputError(
            f"{shown:.200} cannot be opened as an image: {error}. Give paths, or Pillow's images"
        ) from error


def kept_image(image: Any) -> str | bytes:
    """What documents keep of an image: the path of one that has a file, else a small PNG."""
    if isinstance(image, str | Path):
        return str(image)
    return image if isinstance(image, bytes) else png(small(image))


def small(image: Any, size: int = KEPT) -> Image:
    """An image of at most `size` pixels a side, its shape kept."""
    image_read = opened_image(image)
    image_read.thumbnail((size, size))
    return image_read


def png(image: Image) -> bytes:
    """An image as the bytes of a PNG file."""
    into = io.BytesIO()
    image.save(into, format="PNG")
    return into.getvalue()


def thumbnail(image: Any, size: int = 112) -> str:
    """An address that holds a small JPEG of the image, for a page that may load nothing.

    >>> from PIL import Image
    >>> thumbnail(Image.new("RGB", (300, 200)))[:23]
    'data:image/jpeg;base64,'
    """
    into = io.BytesIO()
    small(image, size).save(into, format="JPEG", quality=72, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(into.getvalue()).decode()}"


def collage(images: Sequence[Any], *, columns: int = 3, size: int = 160, gap: int = 4) -> Image:
    """Images side by side, each in the middle of a square of `size` pixels, row by row.

    >>> from PIL import Image
    >>> collage([Image.new("RGB", (30, 20))] * 4, columns=3, size=10, gap=0).size
    (30, 20)
    """
    if not len(images):
        raise InputError("a collage needs an image or more, got none")
    wide = min(columns, len(images))
    high = -(-len(images) // wide)
    step = size + gap
    sheet: Image = _pillow().new("RGB", (wide * step - gap, high * step - gap), "white")
    for place, image in enumerate(images):
        tile = small(image, size)
        left, top = (place % wide) * step, (place // wide) * step
        sheet.paste(tile, (left + (size - tile.width) // 2, top + (size - tile.height) // 2))
    return sheet


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError("opening images", extra="images") from error
    return Image
