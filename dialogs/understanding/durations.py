"""Durations as people write them: 三个月零五天, 半年多, 快八个月, 一年半."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dialogs.understanding.dates import Moment
from dialogs.understanding.numbers import read_number
from knowledge.text import NUMERAL, blanked
from rules.calendar import add_months

_N = f"[{NUMERAL}]"


@dataclass(frozen=True)
class Length:
    """A duration named in a message. `is_exact` is False for 半年多, 快八个月, 大概一年.

    `tendency` is how many months to add to what is not exact: 0.5 for 八个多月, -0.5 for 快半年, 0 for 大概半年, which
    can be more or less.
    """

    start: int
    end: int
    months: int
    days: int
    is_exact: bool
    tendency: float = 0.0

    def before(self, today: date) -> date:
        """Return the day this long before `today`."""
        return add_months(today, -self.months) - timedelta(days=self.days)


_ABOUT = r"(?P<about>大概|差不多|大约|约摸|将近|快要?|不到|刚过|才|左右)?"
_MORE = r"(?P<more>多|来|左右|上下|出头|不到)?"
_LENGTH = re.compile(
    rf"{_ABOUT}(?:(?P<years>{_N}+|半)\s*年(?P<half_year>半)?{_MORE}(?:零|又|加)?)?"
    rf"(?:(?P<months>{_N}+|半)(?P<before_unit>多|来)?\s*个(?P<inside>多|来)?(?P<half_month>半)?月(?P<more_months>多|来|左右|出头)?(?:零|又|加)?)?"
    rf"(?:(?P<weeks>{_N}+)\s*个?(?:周|星期|礼拜)(?![一二三四五六日天]))?(?:(?P<days>{_N}+)\s*[天日](?!前|之前|以前|内))?"
)
_MAY_BE_LENGTH = re.compile(rf"(?:{_N}|半)(?:多|来)?\s*(?:[年个周天日]|星期|礼拜)")
"""What every duration holds; _LENGTH itself, all of it optional, is tried at every character."""

_MORE_WORDS = ("多", "来", "出头")
_LESS = ("将近", "快", "快要", "不到", "才")
_NOT_LENGTH_BEFORE = re.compile(r"(?:第|满|够|每|年|月|连续居?住)$")


def lengths_in(text: str, moments: Iterable[Moment] = ()) -> Iterator[Length]:
    """Yield the durations of `text`: 八个月, 一年半, 二十天, 七个月零三天, 半年多 (not exact).

    满半年, 每年 and 第几年 name a rule or a rank, no duration of the person's own; nor does a part of one of `moments`.
    """
    for moment in moments:
        text = blanked(text, moment.start, moment.end)
    if not _MAY_BE_LENGTH.search(text):
        return
    for match in _LENGTH.finditer(text):
        groups = match.groupdict()
        if not any(groups[name] for name in ("years", "months", "weeks", "days")):
            continue
        if _NOT_LENGTH_BEFORE.search(text[: match.start()]):
            continue
        length = _length(match, groups)
        if length is not None:
            yield length


def _length(match: re.Match[str], groups: dict[str, str | None]) -> Length | None:
    months, days = 0, 0
    for name, each in (("years", 12), ("months", 1)):
        written = groups[name]
        if written == "半":
            months, days = (months + 6, days) if name == "years" else (months, days + 15)
        elif written:
            number = read_number(written)
            if number is None or number > 100:
                return None
            months += number * each
    months += 6 if groups["half_year"] else 0
    days += 15 if groups["half_month"] else 0
    for name, each in (("weeks", 7), ("days", 1)):
        number = read_number(groups[name] or "0")
        if number is None or number > 3650:
            return None
        days += number * each
    vague = any(groups[name] for name in ("about", "more", "more_months", "before_unit", "inside"))
    about, more = groups["about"] or "", groups["more"] or ""
    says_less = about in _LESS or more == "不到"
    says_more = any(groups[name] in _MORE_WORDS for name in ("more", "more_months", "before_unit", "inside"))
    tendency = -0.5 if says_less else 0.5 if says_more or about == "刚过" else 0.0
    return Length(match.start(), match.end(), months, days, not vague, tendency)
