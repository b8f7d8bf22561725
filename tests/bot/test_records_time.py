"""What is kept is kept as long as promised and not a day longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.store.records import Records
from bot.store.vault import Vault
from dialogs.effects import RECEIPT, Consent, Export, LookUp, Remind, Withdraw
from tests.bot.keeping import DAY, DECLARATION, DEMONSTRATION, NOW, NUMBER, TODAY, Place, carry_out, submit

HOUR = DAY / 24


@pytest.fixture
def kept(place: Place) -> Iterator[tuple[Records, Vault]]:
    with place.opened() as opened:
        yield opened


@pytest.fixture
def records(kept: tuple[Records, Vault]) -> Records:
    return kept[0]


def purged(place: Place, records: Records, table: str, at: float) -> tuple[int, int]:
    """Return how many rows of a table a purge leaves one second before `at` and at it."""
    records.purge(at - 1)
    before = place.count(table)
    records.purge(at)
    return before, place.count(table)


def declarations_left(records: Records, at: float) -> tuple[int, int]:
    """Return how many declarations of anna a purge leaves one second before `at` and at it."""
    records.purge(at - 1)
    before = len(records.declarations_of("anna"))
    records.purge(at)
    return before, len(records.declarations_of("anna"))


def test_a_declaration_is_kept_as_long_as_the_operator_says(records: Records) -> None:
    submit(records)
    assert declarations_left(records, NOW + 90 * DAY) == (1, 0)


def test_a_declaration_is_never_kept_longer_than_180_days(records: Records) -> None:
    submit(records, declaration=replace(DECLARATION, keep_days=5_000))
    assert declarations_left(records, NOW + 180 * DAY) == (1, 0)


@pytest.mark.parametrize("keep_days", [90, 0])
def test_a_demonstration_is_kept_24_hours_at_most(records: Records, keep_days: int) -> None:
    submit(records, declaration=replace(DEMONSTRATION, keep_days=keep_days))
    assert records.declarations_of("anna")[0].is_demonstration
    assert declarations_left(records, NOW + min(24 * HOUR, keep_days * DAY))[1] == 0


def test_a_demonstration_is_there_for_24_hours(records: Records) -> None:
    submit(records, declaration=DEMONSTRATION)
    assert declarations_left(records, NOW + 24 * HOUR) == (1, 0)


def test_a_declaration_is_kept_30_days_after_the_office_has_finished(records: Records) -> None:
    receipt = submit(records)
    records.record_registration(receipt, TODAY, "clerk", NOW + DAY)
    records.record_registration(receipt, TODAY, "clerk", NOW + 5 * DAY)
    assert declarations_left(records, NOW + 31 * DAY) == (1, 0)


def test_finishing_late_does_not_keep_it_longer(records: Records) -> None:
    receipt = submit(records)
    records.record_registration(receipt, TODAY, "clerk", NOW + 80 * DAY)
    assert declarations_left(records, NOW + 90 * DAY) == (1, 0)


def test_that_a_declaration_was_withdrawn_is_known_for_30_days(records: Records) -> None:
    carry_out(records, "anna", Withdraw(submit(records)))
    assert declarations_left(records, NOW + 30 * DAY) == (1, 0)


def test_with_a_declaration_its_photos_and_its_key_go(kept: tuple[Records, Vault], place: Place) -> None:
    records, vault = kept
    receipt = submit(records)
    records.keep_photo("anna", receipt, b"face", NOW)
    records.purge(NOW + 90 * DAY - 1)
    assert (place.count("photo"), len(vault.owners("declaration:", older_than=-1))) == (1, 1)
    records.purge(NOW + 90 * DAY)
    assert (place.count("photo"), len(vault.owners("declaration:", older_than=-1))) == (0, 0)


def test_a_draft_photo_is_kept_seven_days(records: Records, place: Place) -> None:
    records.keep_photo("anna", "declare", b"face", NOW)
    assert purged(place, records, "photo", NOW + 7 * DAY) == (1, 0)


def test_a_turn_stays_done_for_seven_days_and_its_results_for_one(kept: tuple[Records, Vault], place: Place) -> None:
    records, vault = kept
    results = carry_out(records, "anna", Export(), key="message")
    records.purge(NOW + DAY - 1)
    assert carry_out(records, "anna", Export(), key="message") == results
    records.purge(NOW + DAY)
    assert carry_out(records, "anna", DECLARATION, key="message") == {}
    assert records.declarations_of("anna") == ()
    assert vault.owners("done:", older_than=-1) == frozenset()
    assert purged(place, records, "done", NOW + 7 * DAY) == (1, 0)


def test_wrong_tries_are_kept_two_days(records: Records, place: Place) -> None:
    carry_out(records, "phone", LookUp("没有", NUMBER))
    assert purged(place, records, "wrong_try", NOW + 2 * DAY) == (1, 0)


def test_links_are_kept_while_they_may_be_used(records: Records, place: Place) -> None:
    records.open_page("anna", "declare", "photo", NOW)
    assert purged(place, records, "page", NOW + 15 * 60) == (1, 0)


def test_who_read_a_declaration_is_known_for_365_days(records: Records, place: Place) -> None:
    records.read_declaration(submit(records), "clerk", "核对", NOW)
    assert purged(place, records, "access", NOW + 365 * DAY) == (1, 0)


def test_a_consent_is_kept_365_days_and_as_long_as_there_is_a_declaration(records: Records, place: Place) -> None:
    carry_out(records, "anna", Consent("basic", "1", "kuajing"))
    carry_out(records, "boris", Consent("basic", "1", "kuajing"))
    carry_out(records, "anna", DECLARATION, now=NOW + 360 * DAY)
    assert purged(place, records, "consent", NOW + 365 * DAY) == (2, 1)
    assert purged(place, records, "consent", NOW + 450 * DAY) == (1, 0)


def test_a_reminder_is_kept_30_days_after_its_day(records: Records) -> None:
    carry_out(records, "anna", Remind("kuajing", TODAY, "endorsement"))
    day_begins = NOW - 9.5 * HOUR
    records.purge(day_begins + 30 * DAY - 1)
    assert len(records.reminders_of("anna")) == 1
    records.purge(day_begins + 30 * DAY)
    assert records.reminders_of("anna") == ()


def test_a_purge_leaves_what_is_in_use(kept: tuple[Records, Vault], place: Place) -> None:
    records, vault = kept
    receipt = carry_out(records, "anna", DECLARATION, Remind("kuajing", date(2027, 1, 1), "x"), key="m")[RECEIPT]
    vault._now = lambda: NOW + 50 * 365 * DAY
    records.purge(NOW + HOUR)
    assert records.read_declaration(receipt, "clerk", "核对").items == DECLARATION.items
    assert carry_out(records, "anna", DECLARATION, key="m")[RECEIPT] == receipt
    assert len(records.reminders_of("anna")) == 1
