"""Signing in to the console, as the records keep it: tries, sessions, the second factor, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from bot.store.faults import WrongKey
from bot.store.records import Records
from bot.store.staff_sessions import HALF_SECONDS, IDLE_SECONDS, LONGEST_SECONDS
from bot.store.staff_tries import FIRST_LOCK_SECONDS, FREE_FAILURES, LONGEST_LOCK_SECONDS, Try
from bot.store.staffing import StaffTrouble
from tests.bot.keeping import NOW, Place
from tests.bot.test_records_staff import RIGHT, add


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


# --- tries ---


def wrong(records: Records, times: int, now: float = NOW, who: str = "who") -> list[Try]:
    return [records.begin_try(who, now) for _ in range(times)]


def test_after_four_wrong_ones_each_further_one_locks_twice_as_long(records: Records) -> None:
    assert [one.locked_until for one in wrong(records, FREE_FAILURES)] == [0.0] * FREE_FAILURES
    now, lock = NOW, FIRST_LOCK_SECONDS
    for _ in range(9):
        tried = records.begin_try("who", now)
        assert not tried.is_refused
        assert tried.locked_until == now + min(lock, LONGEST_LOCK_SECONDS)
        assert records.begin_try("who", tried.locked_until - 1).is_refused
        now, lock = tried.locked_until, lock * 2
    assert not records.begin_try("another", now).is_refused
    assert set(records.locks(now - 1)) == {"who"}
    assert records.locks(now) == {}


def test_many_at_once_are_not_looked_at_together(place: Place) -> None:
    with place.opened() as (records, _):
        found: list[Try] = []
        threads = [threading.Thread(target=lambda: found.append(records.begin_try("who", NOW))) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(not one.is_refused for one in found) == FREE_FAILURES + 1


def test_a_right_password_before_the_code_does_not_wipe_out_wrong_codes(records: Records) -> None:
    """Who knows the password alone must not count anew by giving it between two guesses of the code."""
    officer = add(records)
    for _ in range(FREE_FAILURES):
        records.sign_in(officer, records.begin_try("who", NOW), is_whole=False, now=NOW)
        records.begin_try("who", NOW)
    assert records.begin_try("who", NOW).locked_until
    assert records.begin_try("who", NOW).is_refused


def test_a_right_one_taken_back_leaves_the_lock_of_another_try(records: Records) -> None:
    right, *_ = wrong(records, FREE_FAILURES)
    lock = records.begin_try("who", NOW)
    records.undo_try(right)
    assert records.begin_try("who", lock.locked_until - 1).is_refused


def test_who_is_in_counts_anew(records: Records) -> None:
    officer = add(records)
    *_, last = wrong(records, FREE_FAILURES + 1)
    records.sign_in(officer, last, is_whole=True, now=NOW)
    assert [one.locked_until for one in wrong(records, FREE_FAILURES)] == [0.0] * FREE_FAILURES


def test_a_wrong_name_is_kept_nowhere_for_it_may_be_a_password(place: Place) -> None:
    with place.opened() as (records, _):
        records.note_wrong(records.begin_try("who", NOW), "correct horse battery", "password", NOW)
        assert records.audited(limit=9) == ()
        assert "correct horse" not in place.text()


# --- sessions ---


def test_a_session_ends_after_half_an_hour_idle_and_ten_hours_in_all(records: Records) -> None:
    officer = add(records)
    token = records.sign_in(officer, RIGHT, is_whole=True, now=NOW)
    assert records.signed(token, NOW + IDLE_SECONDS - 1) is not None
    assert records.signed(token, NOW + IDLE_SECONDS) is None
    seen = NOW
    while seen < NOW + LONGEST_SECONDS - IDLE_SECONDS:
        seen += IDLE_SECONDS - 1
        assert records.signed(token, seen) is not None
        records.note_seen(token, seen)
    records.note_seen(token, NOW + LONGEST_SECONDS - 1)
    assert records.signed(token, NOW + LONGEST_SECONDS - 1) is not None
    assert records.signed(token, NOW + LONGEST_SECONDS) is None


def test_a_session_without_its_second_factor_ends_sooner(records: Records) -> None:
    token = records.sign_in(add(records), RIGHT, is_whole=False, now=NOW)
    found = records.signed(token, NOW + HALF_SECONDS - 1)
    assert found is not None
    assert not found.is_whole
    records.note_seen(token, NOW + HALF_SECONDS - 1)
    assert records.signed(token, NOW + HALF_SECONDS) is None


def test_no_token_is_kept_nor_printed(place: Place) -> None:
    with place.opened() as (records, _):
        token = records.sign_in(add(records), RIGHT, is_whole=True, now=NOW)
        assert token not in place.text()
        assert token not in repr(records.signed(token, NOW))
        assert records.signed("", NOW) is None


def test_a_new_password_ends_every_session_and_one_s_own_begins_one(records: Records) -> None:
    officer = add(records)
    tokens = [records.sign_in(officer, RIGHT, is_whole=True, now=NOW) for _ in range(3)]
    fresh = records.set_own_password(officer, "hash of wang", "new hash", NOW)
    assert [records.signed(token, NOW) for token in tokens] == [None] * 3
    found = records.signed(fresh, NOW)
    assert found is not None
    assert not found.officer.must_change
    records.set_password("wang", "given hash", must_change=True, by="boss", now=NOW)
    assert records.signed(fresh, NOW) is None
    assert [row.what for row in records.audited(limit=2)] == ["staff_password", "own_password"]


def test_a_password_that_was_changed_while_it_was_looked_at_opens_nothing(records: Records) -> None:
    """Whoever is given a new password because another knows the old one must not find the other signed in."""
    officer = add(records)
    records.set_password("wang", "given hash", must_change=True, by="boss", now=NOW)
    with pytest.raises(StaffTrouble, match="重新登录"):
        records.sign_in(officer, RIGHT, is_whole=True, now=NOW, kept="hash of wang")
    with pytest.raises(StaffTrouble):
        records.set_own_password(officer, "hash of wang", "new hash", NOW)
    assert records.password_of("wang") == "given hash"
    records.sign_in(officer, RIGHT, is_whole=True, now=NOW, kept="given hash")


def test_who_may_no_longer_sign_in_is_out_at_once(records: Records) -> None:
    officer = add(records)
    token = records.sign_in(officer, RIGHT, is_whole=True, now=NOW)
    records.switch_officer("wang", is_active=False, by="boss", now=NOW)
    assert records.signed(token, NOW) is None
    assert records.password_of("wang") is None
    records.switch_officer("wang", is_active=True, by="boss", now=NOW)
    assert records.signed(token, NOW) is None, "what was ended does not come back"


# --- the second factor ---


def test_a_secret_is_set_up_in_one_session_and_replaced_by_no_other_page(place: Place) -> None:
    with place.opened() as (records, _):
        officer = add(records)
        tokens = [records.sign_in(officer, RIGHT, is_whole=True, now=NOW) for _ in range(2)]
        here, there = (records.signed(token, NOW) for token in tokens)
        assert here is not None
        assert there is not None
        assert records.begin_totp(here, "FIRST") == "FIRST"
        assert records.begin_totp(here, "SECOND") == "FIRST"
        assert records.begin_totp(there, "OTHER") == "OTHER"
        assert records.pending_totp(here) == "FIRST"
        assert "FIRST" not in place.text()
        fresh = records.set_totp(here, 7, NOW)
        assert fresh is not None
        assert records.totp_of(officer) == "FIRST"
        assert records.set_totp(there, 7, NOW) is None, "ended, and there is one"
        assert [records.signed(token, NOW) is not None for token in (*tokens, fresh)] == [False, False, True]
        assert "FIRST" not in place.text()


def test_a_second_factor_is_never_replaced_only_taken_away(records: Records) -> None:
    officer = add(records)
    for secret in ("FIRST", "SECOND"):
        found = records.signed(records.sign_in(officer, RIGHT, is_whole=True, now=NOW), NOW)
        assert found is not None
        records.begin_totp(found, secret)
        assert (records.set_totp(found, 1, NOW) is None) == (secret == "SECOND")
    assert records.totp_of(officer) == "FIRST"
    records.drop_totp("wang", "boss", NOW)
    assert records.totp_of(officer) is None


def test_a_code_is_good_once_and_none_before_it(records: Records) -> None:
    officer = add(records)
    assert [records.take_step(officer, step) for step in (10, 10, 9, 11)] == [True, False, False, True]


def test_a_secret_copied_to_another_opens_nothing(place: Place) -> None:
    with place.opened() as (records, _):
        for name in ("wang", "li"):
            found = records.signed(records.sign_in(add(records, name), RIGHT, is_whole=True, now=NOW), NOW)
            assert found is not None
            records.begin_totp(found, f"SECRET{name}")
            records.set_totp(found, 1, NOW)
        place.run("UPDATE staff SET totp = (SELECT totp FROM staff WHERE name = 'li') WHERE name = 'wang'")
        wang = records.officer("wang")
        assert wang is not None
        with pytest.raises(WrongKey):
            records.totp_of(wang)
