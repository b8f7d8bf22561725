"""Widths, white space and Chinese numerals: the small text tools every layer shares."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

import cn2an

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_DIGITS_WRITTEN_OUT = str.maketrans("零〇○ＯO一二三四五六七八九", "00000123456789")

NUMERAL = "零〇○一二三四五六七八九十百千两0-9"
"""The characters a count in a regulation or a message may be written with (for use in a regex class)."""

NUMBER_IN_TEXT = re.compile(r"\d+(?:\.\d+)?|[零〇○一二三四五六七八九十百千万两]+")


def fold(text: str) -> str:
    """Return `text` with full-width forms folded to half width (NFKC); no character is dropped."""
    return unicodedata.normalize("NFKC", text)


def blanked(text: str, start: int, end: int) -> str:
    """Return `text` with a gap of the same length from `start` to `end`: what was read there is read once."""
    return f"{text[:start]}{chr(0) * (end - start)}{text[end:]}"


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
    except (ValueError, KeyError):  # cn2an raises KeyError for mixed digits: 十十3
        return None
    return int(value) if value == int(value) else None


def in_chinese(day: date) -> str:
    """Return a date as our texts write it: 2026年12月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def to_chinese(number: int) -> str:
    """Return the numeral a regulation uses for `number`: 12 → 十二, 20 → 二十, 104 → 一百零四."""
    written: str = cn2an.an2cn(number, "low")
    return written.removeprefix("一") if written.startswith("一十") else written


MAX_FIRST_LINE = 40
"""A first line of ours is at most this many characters."""

_OFFICIALESE = re.compile(r"应当|予以|(?<![关联体])系(?![统列])|督促其|本人须")


def not_plain(sentence: str) -> str | None:
    """Return why a sentence is not plain enough to be our first line (too long, words of the law's own), or None."""
    if len(sentence) > MAX_FIRST_LINE:
        return f"有 {len(sentence)} 个字，超过 {MAX_FIRST_LINE} 个"
    match = _OFFICIALESE.search(sentence)
    return f"用了公文词“{match.group()}”" if match else None


@dataclass(frozen=True)
class Count:
    """A number of a sentence and what it counts: (30, 日), (7, 工作日), (2020, 年); `unit` is "" where none follows."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"


_HALF_A_YEAR = Count("半", "年")
_WORDS_WITH_NUMERAL = re.compile(
    "一般|一样|一起|统一|一致|一律|一定|一切|一直|一些|一点|一旦|一经|之一|一共|一并|唯一|逐一|万一|千万|百姓|十分"
    "|第三方|三者|一种(?:没|都|也)|[每另]一|同一|进一步|一同|一体|一方|一边|一下|最后一天|再晚一天|下一次|那一次"
)
_RANGE = re.compile(rf"[至到~—-]第?[{NUMERAL}万]+")
_UNITS = {
    "工作日": r"[个日]?个?工作日", "日": "[日天]", "个月": "个月", "月": "月", "年": "周?年", "元": "[元块]",
    "岁": "周?岁", "倍": "倍", "次": "次", "小时": "小时", "号": "号", "%": "%|个百分点", "周": "周|个?星期",
    "种": "[种类]", "张": "[张份]", "名": "[名人]",
}  # fmt: skip
_UNIT = re.compile("|".join(f"(?P<u{index}>{pattern})" for index, pattern in enumerate(_UNITS.values())))


def counts_in(text: str) -> set[Count]:
    """Return every number of `text` with its unit; numerals that are part of a word (一般, 统一) are none.

    半年 and 六个月 are the same count, written (半, 年).
    """
    found: set[Count] = set()
    folded = _WORDS_WITH_NUMERAL.sub(lambda match: "\0" * len(match.group()), squeeze(text))
    for match in NUMBER_IN_TEXT.finditer(folded):
        numeral = match.group()
        value = None if "." in numeral else to_int(numeral)
        found.add(Count(numeral if value is None else str(value), _unit_after(folded, match.end())))
    if re.search("半年|(?:六|6)个月", folded):
        found.add(_HALF_A_YEAR)
    return found | {Count("半", unit) for unit in ("个月", "天") if f"半{unit}" in folded}


def missing_counts(statement: str, evidence: str) -> list[str]:
    """Return the numbers of `statement` that do not stand in `evidence` counting the same thing, for people to read."""
    said = counts_in(statement)
    if not said:
        return []  # four of five first lines: their evidence need not be read
    proven = counts_in(evidence)
    numbers = {count.number for count in proven}
    lacking = {count for count in said - proven if count.unit or count.number not in numbers}
    return sorted(str(count) for count in lacking)


def _unit_after(text: str, end: int) -> str:
    """Return what is counted; of 三至五日 the first number counts days too."""
    further = _RANGE.match(text, end)
    match = _UNIT.match(text, further.end() if further else end)
    return list(_UNITS)[int((match.lastgroup or "u0")[1:])] if match else ""
