"""A service that has been asked much: counts of many days, made up but always the same."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

from bot.store.counting import UNDER, TimeKey, TurnKey
from bot.store.records import Feedback, Records

CITIES = ("luoyang", "kaifeng", "chifeng", "bazhong", "ankang", "")
KINDS = ("answer",) * 6 + ("clarify", "clarify", "not_covered", "refer_national", "flow", "smalltalk", "refuse")


def fill(records: Records, topics: tuple[str, ...], until: date, days: int = 60, most: int = 300) -> Counter[str]:
    """Add turns of `days` days up to `until`; return how many there were of each kind."""
    chance = random.Random(8)
    turns: Counter[TurnKey] = Counter()
    times: Counter[TimeKey] = Counter()
    for back in range(days):
        day = until - timedelta(days=back)
        for _ in range(chance.randint(most // 4, most)):
            kind = chance.choice(KINDS)
            topic = chance.choice(topics) if kind in {"answer", "refer_national"} else ""
            turns[day, chance.choice(("web", "wechat", "wechat")), chance.choice(CITIES), topic, kind] += 1
            times[day, chance.choice(UNDER[:10])] += 1
    records.add_counts(turns, times)
    kinds: Counter[str] = Counter()
    for key, count in turns.items():
        kinds[key[-1]] += count
    return kinds


def rate(records: Records, topics: tuple[str, ...], at: float) -> None:
    """Add some 有用 and 没用."""
    chance = random.Random(9)
    records.keep_feedback(
        [Feedback(at, chance.random() < 0.8, "luoyang", chance.choice(topics), "answer") for _ in range(90)]
    )
