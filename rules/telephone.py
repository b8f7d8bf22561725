"""Telephone numbers as people type or say them: 138 0000 0000, +86…, 0827-5200000, 幺三八零零…."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge.text import fold
from rules.identity_number import BadNumber, find_identity_number

PROBLEMS = ("none", "two", "prefix", "length")
"""Why a text is refused: no number, two different ones, a beginning that no number has, digits too few or too many."""

_MOBILE_DIGITS = 11
_FEWEST_DIGITS = 3
_ANOTHER_NUMBER = 7
_HALF_WIDTH = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)}  # one for one: places in a text stay
_READ_ALOUD = str.maketrans("零〇○幺一二三四五六七八九", "0001123456789")
_GAP = r"[\s\-\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff()（）,，、.。·]{0,3}"
_SAID = re.compile(f"(?:[零〇○幺一二三四五六七八九0-9]{_GAP}){{7,}}")
_COUNTRY = rf"(?:(?:\+|(?<![0-9])00)?86{_GAP})?"
_ABROAD = re.compile(r"(?:\+|(?<![0-9\s-])00)\s*(?!86)[1-9]")
_MOBILE = rf"0?(?P<mobile>1[3-9](?:{_GAP}[0-9]){{9}})"
# The area codes there are: 010, 02x of eight cities, 03xx to 09xx. 400 and 800 are none, so a service line is not read.
_CITY_AREA = r"10|2[0-57-9]"
_AREA = r"3[1-9][0-9]|4[1-8][0-9]|5[1-9][0-9]|6[369][0-9]|70[1]|7[1-9][0-9]|8[1-9][0-9]|90[1-9]|9[1-9][0-9]"
_LANDLINE = (
    rf"0?(?:(?P<city>{_CITY_AREA}){_GAP}(?P<eight>[2-8][0-9]{{3}}{_GAP}[0-9]{{4}})"
    rf"|(?P<area>{_AREA}){_GAP}(?P<local>[2-8][0-9]{{2,3}}{_GAP}[0-9]{{4}}))"
    r"(?:\s*(?:转|分机|[-#])\s*(?P<extension>[0-9]{1,4}))?"
)
_NUMBER = re.compile(rf"(?<![0-9]){_COUNTRY}(?:{_MOBILE}|{_LANDLINE})(?![0-9])")
_PLAIN = re.compile(
    r"(?<![0-9])(?:\+?86[ -]?)?(?:1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}"
    rf"|0(?:{_CITY_AREA})[ -]?[2-8][0-9]{{7}}|0(?:{_AREA})[ -]?[2-8][0-9]{{6,7}})(?![0-9])"
)
_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9])*")


@dataclass(frozen=True)
class Telephone:
    """A number in one form: 11 digits of a mobile, or 0827-5200000 with the area code, -12 behind it an extension."""

    number: str = field(repr=False)
    is_mobile: bool


def read_telephone(text: str) -> Telephone:
    """Read the one telephone number of an answer, the words around it aside; an identity number beside it is none.

    Raises BadNumber with one of PROBLEMS. A landline needs its area code; without one it is "length". Emergency
    numbers, short codes, 400 lines and numbers abroad are never read.
    """
    digits = _digits_of(text)
    found = {_telephone(match) for match in _NUMBER.finditer(digits)}
    left = _RUN.findall(_NUMBER.sub(" | ", digits))
    if len(found) > 1 or (found and any(len(_bare(run)) >= _ANOTHER_NUMBER for run in left)):
        raise BadNumber("two")
    if _ABROAD.search(digits):
        raise BadNumber("prefix")
    if found and not _goes_on(digits):
        return found.pop()
    raise BadNumber(_problem(digits))


def find_telephone(text: str) -> tuple[int, int] | None:
    """Return where in `text` a mobile number or a landline with 0 and its area code stands; None without one.

    Only digits that run on or stand in the usual groups are taken: 3-2-1401 is a door, not a number.
    """
    match = _PLAIN.search(text.translate(_HALF_WIDTH))
    return match.span() if match else None


def _digits_of(text: str) -> str:
    """Return the text with half-width digits, numbers read aloud written as digits and identity numbers blotted out."""
    plain = _SAID.sub(lambda match: match.group().translate(_READ_ALOUD), fold(text))
    while (span := find_identity_number(plain)) is not None:
        plain = f"{plain[: span[0]]} | {plain[span[1] :]}"
    return plain


def _bare(run: str | None) -> str:
    return re.sub("[^0-9]", "", run or "")


def _telephone(match: re.Match[str]) -> Telephone:
    if match["mobile"]:
        return Telephone(_bare(match["mobile"]), is_mobile=True)
    area, local = match["city"] or match["area"], _bare(match["eight"] or match["local"])
    extension = f"-{match['extension']}" if match["extension"] else ""
    return Telephone(f"0{area}-{local}{extension}", is_mobile=False)


def _goes_on(digits: str) -> bool:
    """Tell whether a digit too many stands right beside the number, a gap between: 138 0000 0000 1."""
    return re.search(r"[0-9][\s-]*\0|\0[\s-]*[0-9]", _NUMBER.sub("\0", digits)) is not None


def _problem(digits: str) -> str:
    runs = [_bare(run) for run in _RUN.findall(digits)]
    longest = max(runs, key=len, default="")
    if len(longest) < _FEWEST_DIGITS:
        return "none"
    if len(longest) > _MOBILE_DIGITS and longest.startswith("86"):
        longest = longest[2:]
    begins_well = re.match(rf"1[3-9]|0?(?:{_CITY_AREA}|{_AREA})", longest)
    is_whole = len(longest) in (_MOBILE_DIGITS - 1, _MOBILE_DIGITS)
    return "prefix" if is_whole and not begins_well else "length"
