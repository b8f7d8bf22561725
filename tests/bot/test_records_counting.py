"""Counts of turns add up, whoever counts; they are told by day, channel, city and topic, and kept for two years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.counting import OVER, By, TimeKey, TurnKey
from bot.store.faults import StoreUnavailable
from bot.store.records import Records
from tests.bot.keeping import DAY, NOW, TODAY, Place

YESTERDAY = TODAY - timedelta(days=1)
FEE: TurnKey = (TODAY, "web", "luoyang", "fee", "answer")
LOST: TurnKey = (TODAY, "wechat", "", "", "not_covered")
EARLIER: TurnKey = (YESTERDAY, "web", "chifeng", "fee", "answer")
QUICK: TimeKey = (TODAY, 5)

keys = st.tuples(
    st.sampled_from((YESTERDAY, TODAY)),
    st.sampled_from(("web", "wechat")),
    st.sampled_from(("luoyang", "chifeng", "")),
    st.sampled_from(("fee", "materials", "")),
    st.sampled_from(("answer", "clarify")),
)


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def test_what_is_counted_later_is_added(records: Records) -> None:
    records.add_counts({FEE: 2, LOST: 1}, {QUICK: 3})
    records.add_counts({FEE: 5, EARLIER: 1}, {QUICK: 5, (TODAY, OVER): 1})
    records.add_counts({}, {})
    assert records.turns_by("channel", YESTERDAY, TODAY) == {("web", "answer"): 8, ("wechat", "not_covered"): 1}
    assert records.turn_times(YESTERDAY, TODAY) == {QUICK: 8, (TODAY, OVER): 1}


def test_days_are_told_from_the_first_to_the_last_both_included(records: Records) -> None:
    records.add_counts({FEE: 2, EARLIER: 1}, {QUICK: 2, (YESTERDAY, 5): 1})
    assert records.turns_by("day", YESTERDAY, TODAY) == {(TODAY, "answer"): 2, (YESTERDAY, "answer"): 1}
    assert records.turns_by("day", TODAY, TODAY) == {(TODAY, "answer"): 2}
    assert records.turns_by("day", YESTERDAY, YESTERDAY) == {(YESTERDAY, "answer"): 1}
    assert records.turn_times(YESTERDAY, YESTERDAY) == {(YESTERDAY, 5): 1}


def test_one_city_is_told_alone(records: Records) -> None:
    records.add_counts({FEE: 2, EARLIER: 1, LOST: 4}, {})
    assert records.turns_by("topic", YESTERDAY, TODAY, "luoyang") == {("fee", "answer"): 2}
    assert records.turns_by("city", YESTERDAY, TODAY, "kaifeng") == {}
    assert records.turns_by("topic", YESTERDAY, TODAY, "") == {("", "not_covered"): 4}, "the city was not known"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several=st.lists(st.dictionaries(keys, st.integers(1, 9), max_size=6), max_size=4))
def test_by_whatever_it_is_told_every_turn_is_there_once(records: Records, several: list[dict[TurnKey, int]]) -> None:
    records.purge(NOW + 1000 * DAY)
    counted: Counter[TurnKey] = Counter()
    for turns in several:
        records.add_counts(turns, {})
        counted.update(turns)
    told: tuple[By, ...] = ("day", "channel", "city", "topic")
    for index, by in enumerate(told):
        wanted: Counter[tuple[object, str]] = Counter()
        for key, count in counted.items():
            wanted[key[index], key[-1]] += count
        assert records.turns_by(by, YESTERDAY, TODAY) == dict(wanted)


def test_processes_that_count_at_once_lose_nothing(records: Records, place: Place) -> None:
    with place.opened() as (other, _), ThreadPoolExecutor(8) as threads:
        done = [threads.submit(one.add_counts, {FEE: 1, LOST: 2}, {QUICK: 3}) for one in (records, other) * 20]
        for one in done:
            one.result()
    assert records.turns_by("day", TODAY, TODAY) == {(TODAY, "answer"): 40, (TODAY, "not_covered"): 80}
    assert records.turn_times(TODAY, TODAY) == {QUICK: 120}


def test_they_are_kept_two_years(records: Records, place: Place) -> None:
    records.add_counts({FEE: 2, EARLIER: 1}, {QUICK: 2, (YESTERDAY, 5): 1})
    records.purge(NOW + 729 * DAY)
    assert (place.count("daily"), place.count("daily_time")) == (1, 1)
    assert records.turns_by("day", date.min, date.max) == {(TODAY, "answer"): 2}
    records.purge(NOW + 730 * DAY)
    assert (place.count("daily"), place.count("daily_time")) == (0, 0)


def test_of_counts_handed_in_together_all_are_kept_or_none(records: Records) -> None:
    with pytest.raises(StoreUnavailable):
        records.add_counts({FEE: 2}, {(TODAY, 5): None})  # type: ignore[dict-item]
    assert records.turns_by("day", TODAY, TODAY) == {}


def test_there_is_no_column_for_a_person_a_word_or_a_time_of_day(records: Records, place: Place) -> None:
    records.add_counts({FEE: 2}, {QUICK: 2})
    (row,) = place.run("SELECT * FROM daily")
    assert (str(row[0]), *row[1:]) == (TODAY.isoformat(), *FEE[1:], 2)
