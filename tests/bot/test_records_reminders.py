"""A reminder is due on its day; it is pushed once by one of those who would, or shown at the next visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.store.reaching import LEASE_SECONDS
from bot.store.records import Due, Outcome, Records
from dialogs.effects import EXPORTED, CancelReminders, Erase, Export, Remind
from tests.bot.keeping import DAY, NOW, TODAY, Place, carry_out

HOUR = DAY / 24
TOMORROW, YESTERDAY = date(2026, 7, 2), date(2026, 6, 30)
LATER = NOW + LEASE_SECONDS
"""When a claim, or a push, begun now is over."""

FIRST = Remind("kuajing", TODAY, "endorsement")
SECOND = Remind("kuajing", TODAY, "last_day")


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def claim_one(records: Records, now: float = NOW) -> Due:
    (due,) = records.claim_due(TODAY, now, 10)
    return due


def told_of(due: Due) -> tuple[str, date, str]:
    return due.city, due.day, due.what


def test_a_reminder_is_due_on_its_day_and_later_not_before_and_the_earliest_first(records: Records) -> None:
    carry_out(records, "anna", Remind("kuajing", TOMORROW, "endorsement"), FIRST)
    carry_out(records, "boris", Remind("kuajing", YESTERDAY, "endorsement"))
    assert records.claim_due(date(2026, 6, 29), NOW, 10) == ()
    (first,) = records.claim_due(TODAY, NOW, 1)
    assert (first.person, *told_of(first)) == ("boris", "kuajing", YESTERDAY, "endorsement")
    (second,) = records.claim_due(TODAY, NOW, 10)
    assert (second.person, *told_of(second)) == ("anna", "kuajing", TODAY, "endorsement")
    assert records.claim_due(TODAY, NOW, 10) == ()
    assert [due.day for due in records.claim_due(TOMORROW, NOW, 10)] == [TOMORROW]


def test_a_claim_holds_for_its_lease_and_then_its_owner_has_no_say_any_more(records: Records) -> None:
    carry_out(records, "anna", FIRST)
    (stalled,) = records.claim_due(TODAY, NOW, 10, lease_seconds=60)
    assert records.claim_due(TODAY, NOW + 59, 10) == ()
    assert records.reminders_to_show("anna", NOW + 60) == (), "it is still to be pushed"
    after = claim_one(records, NOW + 60)
    assert told_of(after) == told_of(stalled)
    assert not records.begin_delivery(stalled.id, NOW + 61)
    assert not records.end_delivery(stalled.id, "kept", NOW + 61)
    assert records.begin_delivery(after.id, NOW + 61)


@pytest.mark.parametrize("outcome", ["notified", "messaged"])
def test_what_was_pushed_is_neither_pushed_again_nor_shown(place: Place, outcome: str) -> None:
    with place.opened() as (records, _):
        carry_out(records, "anna", FIRST)
        due = claim_one(records)
        assert not records.end_delivery(due.id, outcome, NOW), "nothing was begun"
        assert records.begin_delivery(due.id, NOW)
        assert not records.begin_delivery(due.id, NOW)
        assert records.end_delivery(due.id, outcome, NOW)
        carry_out(records, "anna", FIRST)
    with place.opened() as (records, _):
        assert records.claim_due(TOMORROW, NOW + DAY, 10) == ()
        assert records.reminders_to_show("anna", NOW + DAY) == ()
        assert not records.begin_delivery(due.id, NOW)


@pytest.mark.parametrize("has_begun", [True, False])
def test_what_could_not_be_pushed_is_shown_at_the_next_visit_until_it_was(records: Records, has_begun: bool) -> None:
    carry_out(records, "anna", FIRST)
    carry_out(records, "boris", FIRST)
    for due in records.claim_due(TODAY, NOW, 10):
        assert records.begin_delivery(due.id, NOW) or not has_begun
        assert records.end_delivery(due.id, Outcome.KEPT, NOW)
    (to_show,) = records.reminders_to_show("anna", NOW)
    assert told_of(to_show) == told_of(Due("", "anna", FIRST.city, FIRST.day, FIRST.what))
    records.note_shown("boris", [to_show.id], NOW)
    assert records.reminders_to_show("anna", NOW) == (to_show,)
    records.note_shown("anna", [to_show.id], NOW)
    assert (records.reminders_to_show("anna", NOW), len(records.reminders_to_show("boris", NOW))) == ((), 1)
    assert records.claim_due(TOMORROW, NOW + DAY, 10) == ()
    assert "提醒过了" in carry_out(records, "anna", Export())[EXPORTED]


def test_a_push_that_began_and_never_ended_is_not_begun_again_and_shown_after_its_time(records: Records) -> None:
    carry_out(records, "anna", FIRST, SECOND)
    one, other = records.claim_due(TODAY, NOW, 10)
    assert records.begin_delivery(one.id, LATER - 1)
    assert records.begin_delivery(other.id, LATER - 1)
    over = LATER - 1 + LEASE_SECONDS
    assert records.claim_due(TODAY, over + DAY, 10) == ()
    assert records.reminders_to_show("anna", over - 1) == ()
    assert records.reminders_to_show("anna", over) == (one, other)
    assert records.end_delivery(one.id, "messaged", over + 1), "it was only slow"
    assert records.reminders_to_show("anna", over + 1) == (other,)
    records.note_shown("anna", [one.id, other.id], over + 1)
    assert not records.end_delivery(other.id, "messaged", over + 2)


def test_the_machines_clock_tells_what_to_show(records: Records) -> None:
    carry_out(records, "anna", FIRST)
    due = claim_one(records)
    assert records.begin_delivery(due.id, 0)
    assert records.reminders_to_show("anna") == (due,)
    records.note_shown("anna", [due.id])
    assert records.reminders_to_show("anna") == ()


@pytest.mark.parametrize("effect", [CancelReminders(), Erase()])
@pytest.mark.parametrize("step", ["claimed", "begun", "kept"])
def test_a_reminder_that_was_cancelled_goes_with_all_about_it(
    place: Place, records: Records, effect: CancelReminders | Erase, step: str
) -> None:
    carry_out(records, "anna", FIRST)
    due = claim_one(records)
    if step != "claimed":
        assert records.begin_delivery(due.id, NOW)
    if step == "kept":
        assert records.end_delivery(due.id, "kept", NOW)
    carry_out(records, "anna", effect)
    assert place.count("delivery") == 0
    assert not records.begin_delivery(due.id, NOW)
    assert not records.end_delivery(due.id, "notified", NOW)
    assert records.reminders_to_show("anna", LATER) == ()
    carry_out(records, "anna", FIRST)
    assert claim_one(records).id != due.id, "set anew, it is another one"


def test_what_became_of_a_reminder_is_known_30_days_after_its_day(records: Records, place: Place) -> None:
    carry_out(records, "anna", FIRST)
    assert records.end_delivery(claim_one(records).id, "kept", NOW)
    day_begins = NOW - 9.5 * HOUR
    records.purge(day_begins + 30 * DAY - 1)
    assert place.count("delivery") == 1
    records.purge(day_begins + 30 * DAY)
    assert (place.count("delivery"), records.reminders_to_show("anna", LATER)) == (0, ())


@pytest.mark.parametrize("outcome", ["sent", "shown", "sending", ""])
def test_an_outcome_that_does_not_exist_is_refused(records: Records, outcome: str) -> None:
    carry_out(records, "anna", FIRST)
    due = claim_one(records)
    assert records.begin_delivery(due.id, NOW)
    with pytest.raises(ValueError, match="not a valid Outcome"):
        records.end_delivery(due.id, outcome, NOW)
    assert records.end_delivery(due.id, "notified", NOW)
