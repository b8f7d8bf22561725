"""Numbers of other documents than the identity card: passports, passes, the permanent residence card of foreigners."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from knowledge.text import fold
from rules.identity_number import BadNumber, check_character

PROBLEMS = ("none", "length", "characters", "form", "birth", "check")
"""Why a number is refused: nothing to read, too short or long, foreign signs, not of this document, a date, a digit."""

PASSPORT: Final = "护照"
FOREIGN_PASSPORT: Final = "外国护照"
HONG_KONG_MACAU_PERMIT: Final = "港澳居民来往内地通行证"
TAIWAN_PERMIT: Final = "台湾居民来往大陆通行证"
FOREIGN_RESIDENT: Final = "外国人永久居留身份证"

_FORMS: Mapping[str, re.Pattern[str]] = {
    # E with a letter other than I and O since 2017, 14 and 15 before 2007; D, S and P for officials; K, H and MA of
    # the two special administrative regions.
    PASSPORT: re.compile(r"E[0-9A-HJ-NP-Z]\d{7}|G\d{8}|1[45]\d{7}|[DSP]\d{7,8}|[DSP]E\d{7}|[KH]J?\d{8}|MA\d{7}"),
    # ICAO 9303 gives nine places; some states use more outside the machine-readable zone.
    FOREIGN_PASSPORT: re.compile(r"(?=.*\d)[0-9A-Z]{5,15}"),
    # Eight digits for life; two more count the times the document was replaced.
    HONG_KONG_MACAU_PERMIT: re.compile(r"[HM]\d{8}(?:\d{2})?"),
    TAIWAN_PERMIT: re.compile(r"\d{8}(?:\d{2})?"),
    # 3 letters of the country, 4 digits of the place, 6 of birth, 2 more; since 2023 18 digits that begin with 9.
    FOREIGN_RESIDENT: re.compile(r"[A-Z]{3}\d{12}|9\d{16}[0-9X]"),
}
_LENGTHS: Mapping[str, tuple[int, ...]] = {
    PASSPORT: (8, 9, 10),
    FOREIGN_PASSPORT: tuple(range(5, 16)),
    HONG_KONG_MACAU_PERMIT: (9, 11),
    TAIWAN_PERMIT: (8, 10),
    FOREIGN_RESIDENT: (15, 18),
}
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff.·/]+")
_WORDS_BEFORE = re.compile(r"^[^0-9A-Za-z]+|^(?:NO|NUMBER|PASSPORT|ID)[.:\s]+")
_WORDS_AFTER = re.compile(r"[^0-9A-Za-z]+$")
_ISSUE_OF_TAIWAN_PERMIT = re.compile(r"\([A-Z0-9]{1,2}\)$")


def kinds() -> tuple[str, ...]:
    """Return the documents whose numbers are read here, as they are called.

    户口簿 and 临时身份证 bear the identity number: `rules.identity_number` reads it.
    """
    return tuple(_FORMS)


def read_document_number(kind: str, text: str) -> str:
    """Return the number in capitals, without gaps or the words around it. Raises BadNumber with one of PROBLEMS.

    Only the form is known, not whether the number was ever given out: a wrong one that looks right is accepted. Raises
    KeyError for a kind that is not of `kinds()`.
    """
    form, lengths = _FORMS[kind], _LENGTHS[kind]
    number = _bare(kind, text)
    if not re.search(r"\d", number):
        raise BadNumber("none")
    if not re.fullmatch(r"[0-9A-Z]+", number):
        raise BadNumber("characters")
    if len(number) not in lengths:
        raise BadNumber("length")
    if not form.fullmatch(number):
        raise BadNumber("form")
    if kind == FOREIGN_RESIDENT:
        _check_permanent_resident(number)
    return number


def _bare(kind: str, text: str) -> str:
    number = fold(text).strip().upper()
    if kind == TAIWAN_PERMIT:
        number = _ISSUE_OF_TAIWAN_PERMIT.sub("", number)
    while (cut := _WORDS_AFTER.sub("", _WORDS_BEFORE.sub("", number))) != number:
        number = cut
    return _SEPARATORS.sub("", number)


def _check_permanent_resident(number: str) -> None:
    """Raise BadNumber unless the date of birth is one and, in the form of 2023, the check character is right."""
    if number[0] != "9":
        if not _is_date(f"2000{number[9:13]}"):  # a leap year: the century is not told
            raise BadNumber("birth")
        return
    if not _is_date(number[6:14]):
        raise BadNumber("birth")
    if check_character(number) != number[-1]:
        raise BadNumber("check")


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
