"""有用 and 没用 are kept as they were given, without whose they were, and counted by what was asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.faults import StoreUnavailable
from bot.store.records import Feedback, Records
from tests.bot.keeping import DAY, NOW, Place

USEFUL = Feedback(NOW, True, "luoyang", "fee", "answer")
USELESS = Feedback(NOW + 5, False, "luoyang", "fee", "answer", "某某太长了")
ASTRAY = Feedback(NOW + 5, False, None, None, "not_covered")

given_ones = st.builds(
    Feedback,
    at=st.sampled_from((NOW - 1, NOW, NOW + 1)),
    is_useful=st.booleans(),
    city=st.sampled_from(("luoyang", "chifeng", None)),
    topic=st.sampled_from(("fee", "materials", None)),
    kind=st.sampled_from(("answer", "clarify")),
    comment=st.sampled_from(("", "看不懂")),
)


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def test_what_was_thought_is_read_as_it_was_given_the_earliest_first(records: Records) -> None:
    records.keep_feedback([USELESS, USEFUL])
    records.keep_feedback([ASTRAY])
    assert records.feedback(NOW, 10) == (USEFUL, USELESS, ASTRAY)
    assert records.feedback(NOW, 2) == (USEFUL, USELESS)
    assert records.feedback(NOW + 1, 10) == (USELESS, ASTRAY)
    assert records.feedback(NOW + 6, 10) == ()


def test_it_is_counted_by_city_and_topic(records: Records) -> None:
    records.keep_feedback([USEFUL, USEFUL, USELESS, ASTRAY])
    assert records.feedback_counts(NOW) == {("luoyang", "fee"): (2, 1), (None, None): (0, 1)}
    assert records.feedback_counts(NOW + 1) == {("luoyang", "fee"): (0, 1), (None, None): (0, 1)}
    assert records.feedback_counts(NOW + 6) == {}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(given_ones, max_size=12))
def test_every_one_is_counted_once_whatever_is_given(records: Records, rows: list[Feedback]) -> None:
    records.purge(NOW + 400 * DAY)
    records.keep_feedback(rows)
    counted = Counter((row.city, row.topic, row.is_useful) for row in rows if row.at >= NOW)
    wanted = {about[:2]: (counted[(*about[:2], True)], counted[(*about[:2], False)]) for about in counted}
    assert records.feedback_counts(NOW) == wanted
    assert sum(map(sum, records.feedback_counts(0).values())) == len(records.feedback(0, 100)) == len(rows)


def test_it_is_kept_180_days(records: Records, place: Place) -> None:
    records.keep_feedback([USEFUL])
    records.purge(NOW + 180 * DAY - 1)
    assert place.count("feedback") == 1
    records.purge(NOW + 180 * DAY)
    assert place.count("feedback") == 0


def test_of_those_handed_in_together_all_are_kept_or_none(records: Records) -> None:
    broken = Feedback(NOW, True, "luoyang", "fee", None)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        records.keep_feedback([USEFUL, broken])
    records.keep_feedback([])
    assert records.feedback(0, 10) == ()


@pytest.mark.parametrize("comment", ["零\0字符", "半个\ud83d", "表情😀", "很" * 5000])
def test_whatever_was_said_about_it_can_be_kept(records: Records, comment: str) -> None:
    records.keep_feedback([Feedback(NOW, False, "luoyang", "fee", "answer", comment)])
    assert records.feedback(NOW, 1)[0].comment == comment.replace("\0", "").replace("\ud83d", "?")


def test_it_has_nobody_who_gave_it_and_shows_no_words_where_it_is_printed(records: Records, place: Place) -> None:
    assert set(Feedback.__dataclass_fields__) == {"at", "is_useful", "city", "topic", "kind", "comment"}
    assert USELESS.comment not in repr(USELESS)
    records.keep_feedback([USELESS])
    (row,) = place.run("SELECT * FROM feedback")
    assert set(map(str, row[1:])) & {"anna", "person"} == set()
    assert len(row) == len(Feedback.__dataclass_fields__) + 1, "besides its number, nothing more is kept"
