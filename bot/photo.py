"""The picture a person sends of themselves: told by its content, bounded, and made anew from its pixels alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Where pictures are handled it is imported by the functions: most runs of the service see none.
    from PIL import Image

PROBLEMS = ("empty", "too_big", "not_a_picture", "too_many_pixels", "too_small", "broken")
"""Why a picture is refused."""

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 20_000_000
MIN_WIDTH, MIN_HEIGHT = 200, 280
"""The least that shows a face; a printed one-inch photo (25 x 35 mm) has 295 x 413 at 300 dots an inch."""

MAX_SIDE = 2400
"""A larger picture is made smaller: re-encoded as it is, it could be three times the bytes that were sent."""

_FORMATS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_QUALITY = 90
_START_OF_SCAN = b"\xff\xda"
_MOST_SCANS = 40
"""A progressive JPEG has about ten; thousands of empty ones keep the decoder busy for minutes."""

_ORIENTATION = 0x0112  # the EXIF tag


class BadPhoto(Exception):
    """A picture that cannot be accepted; `problem` is one of PROBLEMS."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class CleanPhoto:
    """A JPEG of our own making: upright, in RGB, with no place, date, device, comment or anything behind its end."""

    data: bytes = field(repr=False)
    width: int
    height: int


def clean_photo(data: bytes) -> CleanPhoto:
    """Return the picture anew, its longer side 2400 at most; of an animated PNG the first frame, on white.

    JPEG and PNG are read, whatever the file was called. Raises BadPhoto with one of PROBLEMS and nothing else, however
    hostile the bytes are; the size is read from the header and refused before a pixel is unpacked.
    """
    if not data:
        raise BadPhoto("empty")
    if len(data) > MAX_BYTES:
        raise BadPhoto("too_big")
    name = next((name for magic, name in _FORMATS.items() if data.startswith(magic)), None)
    if name is None:
        raise BadPhoto("not_a_picture")
    if name == "JPEG" and data.count(_START_OF_SCAN) > _MOST_SCANS:
        raise BadPhoto("broken")
    pixels = _decoded(data, name)
    if pixels.width < MIN_WIDTH or pixels.height < MIN_HEIGHT:
        raise BadPhoto("too_small")
    written = BytesIO()
    pixels.save(written, "JPEG", quality=_QUALITY)
    return CleanPhoto(written.getvalue(), pixels.width, pixels.height)


def _decoded(data: bytes, name: str) -> Image.Image:
    """Return the upright pixels, without anything else the file said. Raises BadPhoto."""
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=(name,)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadPhoto("too_many_pixels")
            orientation = _orientation(image)
            upright = _turned(_on_white(image), orientation)
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            return upright
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPhoto("too_many_pixels") from error
    except BadPhoto:
        raise
    except (
        Exception
    ) as error:  # a decoder fails in as many ways as a file can be broken: struct, OSError, SyntaxError …
        raise BadPhoto("broken") from error


def _orientation(image: Image.Image) -> int:
    """Return how the camera was held; 1, upright, where that cannot be read: the picture itself may be sound."""
    with suppress(Exception):
        return int(image.getexif().get(_ORIENTATION, 1))
    return 1


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """Return the picture as it was seen, by what EXIF says of how the camera was held."""
    from PIL.Image import Transpose

    upright = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turn = upright.get(orientation)
    return image if turn is None else image.transpose(turn)


def _on_white(image: Image.Image) -> Image.Image:
    """Return the pixels in RGB on a white ground; a new picture takes none of the old one's comments and profiles."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits a pixel: conversion would cut off all that is brighter than 255
        image = image.point(lambda value: value / 256).convert("L")
    ground = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        see_through = image.convert("RGBA")
        ground.paste(see_through, mask=see_through.getchannel("A"))
    else:
        ground.paste(image.convert("RGB"))
    return ground
