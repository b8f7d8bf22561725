"""Widths, white space and Chinese numerals: the small text tools every layer shares."""

from __future__ import annotations

import re
import unicodedata

import cn2an

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_DIGITS_WRITTEN_OUT = str.maketrans("零〇○ＯO一二三四五六七八九", "00000123456789")

NUMERAL = "零〇○一二三四五六七八九十百千两0-9"
"""The characters a count in a regulation or a message may be written with (for use in a regex class)."""

NUMBER_IN_TEXT = re.compile(r"\d+(?:\.\d+)?|[零〇○一二三四五六七八九十百千万两]+")


def fold(text: str) -> str:
    """Return `text` with full-width forms folded to half width (NFKC); no character is dropped."""
    return unicodedata.normalize("NFKC", text)


def squeeze(text: str) -> str:
    """Return `text` folded and without any white space: the form in which quotes are compared."""
    return _SPACE.sub("", fold(text))


def to_int(numeral: str) -> int | None:
    """Read 「12」「十二」「二十一」「两」「一百二十」「二〇一六」 as a whole number; None when it is none."""
    numeral = squeeze(numeral)
    if not numeral:
        return None
    if numeral.isascii():
        return int(numeral) if numeral.isdigit() and len(numeral) <= 9 else None
    if not re.search("[十百千万]", numeral):
        digits = numeral.replace("两", "二").translate(_DIGITS_WRITTEN_OUT)
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None
    try:
        value = cn2an.cn2an(numeral.replace("○", "零").replace("〇", "零"), "smart")
    except ValueError:
        return None
    return int(value) if value == int(value) else None


def to_chinese(number: int) -> str:
    """Return the numeral a regulation uses for `number`: 12 → 十二, 20 → 二十, 104 → 一百零四."""
    written: str = cn2an.an2cn(number, "low")
    return written.removeprefix("一") if written.startswith("一十") else written


def numbers_in(text: str) -> set[str]:
    """Return every number in `text` in one notation, so that 三十日 and 30 日 are the same number.

    半年 counts as "半": a statement that says 半年 needs a quote that says 半年 or 六个月.
    一 alone is read as a number only before a unit of time, money or count of times.
    """
    found: set[str] = set()
    folded = squeeze(text)
    for match in NUMBER_IN_TEXT.finditer(folded):
        numeral = match.group()
        if not numeral[0].isdigit() and not _is_measure(folded[match.end() : match.end() + 12]):
            continue
        value = None if "." in numeral else to_int(numeral)
        found.add(numeral if value is None else str(value))
    found |= {half for half in ("半个月", "半天") if half in folded}
    if "半年" in folded or re.search("(六|6)个月", folded):
        found.add("半")
    return found


_MEASURE = r"(?:年|个|日|天|月|元|周|次|倍|小时|岁|工作|块|万|号|条|款|项|起)"
_COUNTS = re.compile(rf"(?!个样|条街)(?:[至到~—-]第?[{NUMERAL}万]+)?{_MEASURE}")


def _is_measure(after: str) -> bool:
    """Tell whether a Chinese numeral counts something (三十日, 三至五日) or is part of a word (一般, 统一, 第三方)."""
    return _COUNTS.match(after) is not None
