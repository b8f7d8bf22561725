"""Pictures people send: told by content, bounded, turned upright, and rid of everything but their pixels."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from bot.photo import MAX_BYTES, MAX_PIXELS, MAX_SIDE, PROBLEMS, BadPhoto, clean_photo

SECRET = b"30.123456N-Galaxy-of-Zhang"
SIZE = (300, 400)
AS_SERVED = pytest.mark.filterwarnings("ignore")
"""Where the site is served a decoder's warning is a line in the log; here it would be an exception, and a refusal."""


def file_of(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def picture(colour: str = "steelblue", size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, colour)


def read_back(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data), formats=("JPEG",)) as image:
        image.load()
        return image


def problem_of(data: bytes) -> str:
    with pytest.raises(BadPhoto) as refusal:
        clean_photo(data)
    assert refusal.value.problem in PROBLEMS
    return refusal.value.problem


def outcome_of(data: bytes) -> str:
    """Return "clean" or the problem; any other exception is a fault."""
    try:
        photo = clean_photo(data)
    except BadPhoto as refusal:
        return refusal.problem
    assert read_back(photo.data).size == (photo.width, photo.height)
    return "clean"


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = SECRET.decode()
    tags.get_ifd(0x8825)[2] = (30.0, 7.0, 24.0)  # GPS
    return tags.tobytes()


def header_only(width: int, height: int) -> bytes:
    """Return a PNG that says to be large and has next to nothing in it."""
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + pixels + chunk(b"IEND", b"")


JPEG_FILE = file_of(picture(), exif=exif(6), comment=SECRET, icc_profile=SECRET)
PNG_FILE = file_of(picture(), "PNG")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_comes_back_as_a_jpeg_of_the_same_pixels(kind: str) -> None:
    photo = clean_photo(file_of(picture("rgb(200, 30, 60)"), kind))
    assert (photo.width, photo.height) == read_back(photo.data).size == SIZE
    colour = read_back(photo.data).getpixel((150, 200))
    assert isinstance(colour, tuple)
    assert all(abs(got - meant) < 6 for got, meant in zip(colour, (200, 30, 60), strict=True))
    assert photo.data.startswith(b"\xff\xd8\xff")


def test_nothing_but_pixels_survives_in_a_jpeg() -> None:
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)
    hostile = JPEG_FILE[:2] + xmp + segment(0xED, SECRET) + JPEG_FILE[2:] + b"PK\x03\x04<?php " + SECRET
    assert hostile.count(SECRET) >= 5
    clean = clean_photo(hostile).data
    assert SECRET not in clean
    assert b"PK\x03\x04" not in clean
    assert clean.endswith(b"\xff\xd9")
    assert dict(read_back(clean).getexif()) == {}
    assert set(read_back(clean).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_nothing_but_pixels_survives_in_a_png() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    hostile = file_of(picture(), "PNG", pnginfo=texts, exif=exif(1)) + b"<script>" + SECRET
    assert hostile.count(SECRET) >= 4
    assert SECRET not in clean_photo(hostile).data


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_turned_upright(kind: str, orientation: int, corner: tuple[int, int]) -> None:
    """Return a mark in the first corner of the file to where the EXIF standard says that it is seen."""
    image = picture("white", (320, 400))
    image.paste("black", (0, 0, 80, 80))
    photo = clean_photo(file_of(image, kind, exif=exif(orientation)))
    assert (photo.width, photo.height) == ((400, 320) if orientation >= 5 else (320, 400))
    x, y = (40 if side == 0 else length - 40 for side, length in zip(corner, (photo.width, photo.height), strict=True))
    brightness = read_back(photo.data).convert("L")
    assert brightness.getpixel((x, y)) < 60  # type: ignore[operator]  # one band: a number
    assert brightness.getpixel((photo.width - x, photo.height - y)) > 200  # type: ignore[operator]


def test_what_is_see_through_becomes_white() -> None:
    for image in (picture("#00000000", mode="RGBA"), picture("#00000000", mode="RGBA").quantize(4)):
        assert read_back(clean_photo(file_of(image, "PNG")).data).getpixel((150, 200)) == (255, 255, 255)


def test_sixteen_bits_of_grey_are_scaled_and_not_cut_off() -> None:
    half = Image.new("I;16", SIZE, 0x8000)
    colour = read_back(clean_photo(file_of(half, "PNG")).data).getpixel((150, 200))
    assert isinstance(colour, tuple)
    assert all(abs(band - 128) < 3 for band in colour)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK"])
def test_every_way_of_storing_colours_is_read(mode: str) -> None:
    image = Image.new("RGB", SIZE, "white").convert(mode) if mode != "PA" else picture("white").convert("P")
    photo = clean_photo(file_of(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert read_back(photo.data).getpixel((9, 9)) == (255, 255, 255)


def test_of_an_animation_the_first_frame_is_kept() -> None:
    animated = file_of(picture("red"), "PNG", save_all=True, append_images=[picture("blue"), picture("green")])
    with Image.open(BytesIO(animated)) as image:
        assert getattr(image, "n_frames", 1) == 3
    colour = read_back(clean_photo(animated).data).getpixel((150, 200))
    assert isinstance(colour, tuple)
    assert colour[0] > 240
    assert colour[2] < 20


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"\0", "not_a_picture"),
        (b"GIF89a" + b"\0" * 99, "not_a_picture"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 99, "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "not_a_picture"),
        (b" " + JPEG_FILE, "not_a_picture"),
        (JPEG_FILE + b"\0" * MAX_BYTES, "too_big"),
        (JPEG_FILE[:200], "broken"),
        (JPEG_FILE[:-40], "broken"),
        (PNG_FILE[:-40], "broken"),
        (b"\xff\xd8\xff", "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (header_only(0, 400), "broken"),
        (header_only(300, 400), "broken"),
        (header_only(5000, 4001), "too_many_pixels"),
        (header_only(10_000, 10_000), "too_many_pixels"),
        (header_only(60_000, 60_000), "too_many_pixels"),
        (header_only(2**31 - 1, 2**31 - 1), "too_many_pixels"),
        (JPEG_FILE + b"\xff\xda" * 40, "broken"),
        (file_of(picture(size=(199, 400))), "too_small"),
        (file_of(picture(size=(300, 279))), "too_small"),
        (file_of(picture(size=(400, 300)), exif=exif(6))[:-2] + b"\xff\xd9", "clean"),
        (file_of(picture(size=(279, 400)), exif=exif(6)), "too_small"),  # 400 x 279 when upright
        (file_of(picture(size=(300, 9000))), "too_small"),  # a strip: nothing of it is left when it is made smaller
    ],
)
def test_what_cannot_be_accepted_is_told(data: bytes, problem: str) -> None:
    assert outcome_of(data) == problem


def test_the_edges_are_inside() -> None:
    assert outcome_of(file_of(picture(size=(200, 280)))) == "clean"
    assert outcome_of(JPEG_FILE + b"\0" * (MAX_BYTES - len(JPEG_FILE))) == "clean"
    assert MAX_PIXELS == 5000 * 4000
    large = clean_photo(file_of(picture(size=(4000, 5000))))
    assert (large.width, large.height) == (MAX_SIDE * 4 // 5, MAX_SIDE)


@AS_SERVED
def test_a_size_that_the_decoder_only_warns_of_is_refused_all_the_same() -> None:
    assert outcome_of(header_only(10_000, 10_000)) == "too_many_pixels"


@AS_SERVED
def test_a_photo_whose_exif_is_rubbish_is_still_a_photo() -> None:
    rubbish = JPEG_FILE[:2] + segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff") + file_of(picture())[2:]
    assert outcome_of(rubbish) == "clean"


def test_a_refusal_and_a_photo_show_no_bytes_to_a_log() -> None:
    assert "xff" not in repr(clean_photo(JPEG_FILE))
    assert problem_of(JPEG_FILE[:200]) == "broken"


@AS_SERVED
@given(st.sampled_from([JPEG_FILE, PNG_FILE]), st.data())
@settings(max_examples=300, deadline=None)
def test_a_file_changed_anywhere_is_clean_or_refused_and_nothing_else(original: bytes, data: st.DataObject) -> None:
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(3, min(len(changed), 700) - 1) | st.integers(3, len(changed) - 1))
        changed[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)) | st.just(len(changed)))
    assert outcome_of(bytes(changed[:cut]) + data.draw(st.binary(max_size=8))) in {"clean", *PROBLEMS}


@AS_SERVED
@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]), st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_are_refused_and_nothing_else_happens(magic: bytes, rest: bytes) -> None:
    assert outcome_of(magic + rest) in {"clean", *PROBLEMS}
