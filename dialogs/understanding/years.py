"""The year of a date, as people write it: 2026年, 26年, 二五年, 去年."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.text import to_int

_WORDS = {"今年": 0, "当年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "大前年": -3, "明年": 1, "后年": 2}
"""How many years a word for a year lies from this one."""

_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
YEAR = rf"(?<!\d)(?:(?P<year>\d{{4}}|\d{{2}}|[零〇○一二三四五六七八九]{{2,4}})\s*年|(?P<year_word>{_WORD}))的?"
"""A year before a date; its groups are read by `year_told`."""

_LAST_CENTURY = 60
"""From 60 up, two digits are a year of the last century."""


def year_told(groups: Mapping[str, str | None], this_year: int) -> int | None:
    """Return the year that the groups of YEAR tell, 98 being 1998 and 26 being 2026; None when they tell none."""
    word, written = groups.get("year_word"), groups.get("year")
    if word:
        return this_year + _WORDS[word]
    number = to_int(written) if written else None
    if number is None or number >= 100:
        return number
    return number + (2000 if number < _LAST_CENTURY else 1900)
