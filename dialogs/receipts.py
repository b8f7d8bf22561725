"""Receipt numbers a person can read over a telephone: twelve digits in three groups, 1231-8447-1098.

The last two are the check digits of ISO 7064, MOD 97-10: every wrong digit and every two digits that changed places are
found. Digits alone: they are on every telephone, and none is taken for a letter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_BODY_DIGITS, _GROUP = 10, 4
_FEWEST_BYTES = 8
_SMALLEST = 10 ** (_BODY_DIGITS - 1)
"""The first digit is never 0: a spreadsheet would drop it."""

_MINUS = "\u2212"
_TWELVE = re.compile(r"(?<![0-9])(?=([0-9](?:[ -]{0,3}[0-9]){11})(?![0-9]))")
_AS_WE_WRITE_IT = re.compile(r"(?<![0-9-])(?<![0-9] )([0-9]{4})([ -]?)([0-9]{4})\2([0-9]{4})(?![ -]?[0-9])")


@dataclass(frozen=True)
class BadReceipt:
    """What is written like a receipt number but has wrong check digits: mistyped. `typed` is its twelve digits."""

    typed: str


def new_receipt(random_bytes: bytes) -> str:
    """Return one of nine thousand million receipt numbers, chosen by the bytes. Raises ValueError for fewer than 8."""
    if len(random_bytes) < _FEWEST_BYTES:
        raise ValueError(f"a receipt number needs {_FEWEST_BYTES} random bytes")
    body = _SMALLEST + int.from_bytes(random_bytes) % (9 * _SMALLEST)
    check = 98 - body * 100 % 97
    return _grouped(f"{body}{check:02d}")


def find_receipt(text: str) -> str | BadReceipt | None:
    """Return the first valid receipt number in a message, as `new_receipt` writes it.

    Without one: BadReceipt when something stands there that is written like one, None when nothing does. Full-width
    digits, spaces and hyphens between the digits are read.
    """
    plain = "".join(map(_plain, unicodedata.normalize("NFKC", text)))
    for found in _TWELVE.finditer(plain):
        digits = re.sub("[ -]", "", found[1])
        if _is_valid(digits):
            return _grouped(digits)
    written = _AS_WE_WRITE_IT.search(plain)
    return BadReceipt(written[1] + written[3] + written[4]) if written else None


def read_receipt(text: str) -> str | None:
    """Return the first valid receipt number in a message, as `new_receipt` writes it; None when there is none."""
    found = find_receipt(text)
    return found if isinstance(found, str) else None


def _plain(character: str) -> str:
    return "-" if character == _MINUS or unicodedata.category(character) == "Pd" else character


def _is_valid(digits: str) -> bool:
    # Two check digits are never 00 or 01 (98 minus a rest below 97), though these would leave the same rest.
    return digits[0] != "0" and digits[-2:] not in {"00", "01", "99"} and int(digits) % 97 == 1


def _grouped(digits: str) -> str:
    return "-".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))
