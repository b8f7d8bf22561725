"""How the overview adds up: messages by what became of them, parts of a hundred, and how long answers took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar

from bot.store.counting import OVER, UNDER, Counts
from dialogs.saying import Kind

K = TypeVar("K")


class Group(Enum):
    """What became of a message, in the words of the page."""

    ANSWERED = "已回答"
    ASKED_BACK = "反问"
    NOT_COVERED = "办法没写"
    OTHER = "其他"


EVERY = tuple(Group)
QUESTIONS = (Group.ANSWERED, Group.ASKED_BACK, Group.NOT_COVERED)
"""Questions about what the law says. The rest: dialogs, small talk, emergencies, other cities, what is none of ours."""
_GROUPS: Mapping[str, Group] = {
    Kind.ANSWER: Group.ANSWERED,
    Kind.REFER_NATIONAL: Group.ANSWERED,
    Kind.CLARIFY: Group.ASKED_BACK,
    Kind.NOT_COVERED: Group.NOT_COVERED,
}
_IN_ORDER = (*UNDER, OVER)


def grouped(counts: Counts, named: Callable[[Any], K]) -> dict[K, Counter[Group]]:
    """Return counts by kind as counts by group, under the name that `named` gives each day, city, topic or channel."""
    found: dict[K, Counter[Group]] = {}
    for (value, kind), count in counts.items():
        found.setdefault(named(value), Counter())[_GROUPS.get(kind, Group.OTHER)] += count
    return found


def percents(counts: Sequence[int]) -> tuple[int, ...]:
    """Return whole parts of a hundred that make a hundred together: what rounding leaves goes to the largest rests."""
    total = sum(counts)
    parts = [100 * count // total for count in counts]
    by_rest = sorted(range(len(counts)), key=lambda index: -(100 * counts[index] % total))
    for index in by_rest[: 100 - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def within(counts: Mapping[int, int], share: float) -> int:
    """Return within how many milliseconds this share of the turns was answered (`counting.OVER`: more than all).

    It is the upper end of a bucket: the truth is no worse. `counts` must not be empty.
    """
    wanted, seen = share * sum(counts.values()), 0
    for under in _IN_ORDER:
        seen += counts.get(under, 0)
        if seen >= wanted:
            return under
    return OVER


def shown_time(under: int) -> str:
    """Return 「5 毫秒以内」 or 「1.5 秒以内」; 「10 秒以上」 for more than the longest."""
    if under == OVER:
        return f"{UNDER[-1] / 1000:g} 秒以上"
    return f"{under} 毫秒以内" if under < 1000 else f"{under / 1000:g} 秒以内"
