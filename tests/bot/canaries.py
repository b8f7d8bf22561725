"""What must be found nowhere, in every form in which it could stand in a file, and a search of every byte."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from tests.bot.declaring import EMPLOYER, HUKOU, KEPT_PHOTO, NUMBER, PHOTO
from tests.bot.keeping import ADDRESS, NAME, PHONE
from tests.bot.test_photo import SECRET

OPENID, IP = "oCanaryOfTheTests7Zq", "203.0.113.77"
CANARIES = {
    "number": NUMBER,
    "telephone": PHONE,
    "name": NAME,
    "address": ADDRESS,
    "household": HUKOU,
    "employer": EMPLOYER,
    "openid": OPENID,
    "ip": IP,
}


def forms_of(text: str) -> set[bytes]:
    """Return the text as it could stand in a file: by encoding, as escapes, within base64 at any place, as hex."""
    plain = [text.encode(coding) for coding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")]
    escaped = json.dumps(text)[1:-1]
    forms = {*plain, escaped.encode(), escaped.upper().replace("\\U", "\\u").encode(), quote(text).encode()}
    for form in plain:
        forms |= {form.hex().encode(), form.hex().upper().encode()}
        forms |= {_within_base64(form, before) for before in range(3)}
    return forms


def _within_base64(form: bytes, before: int) -> bytes:
    """Return what stands for sure in base64 of something with `form` behind `before` bytes (modulo 3)."""
    encoded = base64.b64encode(bytes(before) + form)
    start = -(-before * 4 // 3)
    whole = (before + len(form)) // 3 * 4
    return encoded[start:whole]


def all_forms() -> Mapping[bytes, str]:
    """Return every form of every canary with its name; of photos a piece, and what a telephone wrote into them."""
    found = {form: name for name, text in CANARIES.items() for form in forms_of(text)}
    return {**found, KEPT_PHOTO[1000:1024]: "photo", PHOTO[1000:1024]: "photo as sent", SECRET: "EXIF"}


def found_in_bytes(data: bytes, forms: Mapping[bytes, str]) -> set[str]:
    """Return the names of the canaries that stand in these bytes."""
    return {name for form, name in forms.items() if form in data}


def found_in_folders(folders: Iterable[Path], forms: Mapping[bytes, str]) -> dict[str, set[str]]:
    """Return which canaries stand in which files below the folders."""
    found = {}
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            names = found_in_bytes(file.read_bytes(), forms) if file.is_file() else set()
            if names:
                found[str(file)] = names
    return found
