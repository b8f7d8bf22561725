"""The console's people in the records: kept the same on SQLite and PostgreSQL, and the log that nobody rewrites."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator

import psycopg
import pytest

from bot.store.auditing import AUDIT_DAYS
from bot.store.faults import StoreError
from bot.store.records import Records
from bot.store.staff_sessions import IDLE_SECONDS
from bot.store.staff_tries import TRY_DAYS, Try
from bot.store.staffing import LastAdministrator, NameTaken, NoSuchOfficer, Officer, StaffTrouble
from tests.bot.keeping import DAY, NOW, Place

RIGHT = Try("who", is_refused=False, locked_until=0.0)


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def add(records: Records, name: str = "wang", *roles: str, cities: tuple[str, ...] = ()) -> Officer:
    return records.add_officer(name, f"{name}同志", roles or ("clerk",), cities, f"hash of {name}", "@命令行", NOW)


def rights(officer: Officer | None) -> tuple[frozenset[str], frozenset[str], bool]:
    assert officer is not None
    return officer.roles, officer.cities, officer.is_active


def change(records: Records, name: str, *roles: str, is_active: bool = True, shown: str = "王") -> None:
    records.change_officer(name, shown=shown, roles=roles, cities=(), is_active=is_active, by="boss", now=NOW)


# --- names ---


@pytest.mark.parametrize("name", ["wa\0ng", "\0", "wang\ud83d"])
def test_a_name_that_no_database_takes_is_nobodys(records: Records, name: str) -> None:
    add(records)
    assert (records.officer(name), records.password_of(name)) == (None, None)


@pytest.mark.parametrize("name", ["Wang", "\uff37\uff21\uff2e\uff27", " wang ", "\uff57ang"])
def test_no_two_names_look_the_same(records: Records, name: str) -> None:
    add(records)
    with pytest.raises(NameTaken):
        add(records, name)
    found = records.officer(name)
    assert found is not None
    assert found.name == "wang"
    assert records.password_of(name) == "hash of wang"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "a" * 33,
        "-wang",
        ".wang",
        "@命令行",
        "wa ng",
        "wa\0ng",
        "w\u0430ng",
        "wa\nng",
        "<b>",
        "王\u200b五",
        "../x",
        "a/b",
    ],
)
def test_a_name_that_could_be_taken_for_something_else_is_refused(records: Records, name: str) -> None:
    with pytest.raises(StaffTrouble, match="2 到 32 个字"):
        add(records, name)
    assert records.officers() == ()
    assert records.audited(limit=9) == ()


@pytest.mark.parametrize("name", ["王五", "wang.wu", "a-1", "窗口_3", "0a"])
def test_a_name_may_be_chinese_or_have_marks_inside(records: Records, name: str) -> None:
    assert add(records, name).name == name


def test_what_colleagues_read_is_one_line_without_signs_that_hide(records: Records) -> None:
    officer = records.add_officer("wang", "王\n\u202e五\0  先生" + "长" * 60, ["clerk"], [], "hash", "x", NOW)
    assert officer.shown == ("王 五 先生" + "长" * 60)[:32]
    assert records.add_officer("li", " \t", ["clerk"], [], "hash", "x", NOW).shown == "li"


def test_nobody_is_named_where_somebody_is_printed(records: Records) -> None:
    officer = add(records)
    assert "wang" not in repr(officer)
    with pytest.raises(NoSuchOfficer) as raised:
        records.set_password("zhang", "hash", must_change=True, by="x", now=NOW)
    assert "zhang" not in str(raised.value)


# --- rights ---


def test_the_last_active_administrator_always_stays(records: Records) -> None:
    add(records, "boss", "administrator")
    for change_to in (("clerk",), ()):
        with pytest.raises(LastAdministrator):
            change(records, "boss", *change_to)
    with pytest.raises(LastAdministrator):
        records.switch_officer("boss", is_active=False, by="x", now=NOW)
    add(records, "deputy", "administrator")
    records.switch_officer("deputy", is_active=False, by="x", now=NOW)
    with pytest.raises(LastAdministrator):  # a deputy who cannot sign in is none
        change(records, "boss", "clerk")
    records.switch_officer("deputy", is_active=True, by="x", now=NOW)
    change(records, "boss", "clerk")
    assert rights(records.officer("boss"))[0] == {"clerk"}


def test_two_administrators_cannot_take_each_other_out_at_once(place: Place) -> None:
    with place.opened() as (one, _), place.opened() as (other, _):
        add(one, "a1", "administrator")
        add(one, "a2", "administrator")
        start, failed = threading.Barrier(2), []

        def off(records: Records, name: str) -> None:
            start.wait()
            try:
                records.switch_officer(name, is_active=False, by="x", now=NOW)
            except LastAdministrator:
                failed.append(name)

        threads = [threading.Thread(target=off, args=pair) for pair in ((one, "a1"), (other, "a2"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(failed) == 1
        assert sum(officer.is_active for officer in one.officers()) == 1


def test_whose_rights_change_is_signed_out_and_whose_name_alone_changes_is_not(records: Records) -> None:
    officer = add(records)
    token = records.sign_in(officer, RIGHT, is_whole=True, now=NOW)
    change(records, "wang", "clerk", shown="新名字")
    assert records.signed(token, NOW) is not None
    change(records, "wang", "editor")
    assert records.signed(token, NOW) is None


def test_a_change_is_noted_with_what_was_before(records: Records) -> None:
    add(records, "wang", "clerk", cities=("luoyang",))
    change(records, "wang", "clerk", "editor", is_active=False)
    change(records, "wang", "clerk", "editor", is_active=False)  # nothing changes: nothing is noted
    last, first = records.audited(limit=9)
    assert (last.what, last.by, last.about) == ("staff_change", "boss", "wang")
    assert last.detail == "clerk | luoyang → clerk editor | * | off"
    assert (first.what, first.detail) == ("staff_add", "clerk | luoyang")


# --- the audit log ---


def test_the_log_is_read_page_by_page_of_one_person_about_one_thing(records: Records) -> None:
    for number in range(7):
        records.note_done("wang" if number % 2 else "li", "read", f"thing {number % 3}", "", NOW + number)
    first = records.audited(limit=3)
    rest = records.audited(before=first[-1].id, limit=9)
    assert [row.at - NOW for row in (*first, *rest)] == [6, 5, 4, 3, 2, 1, 0]
    assert [row.at - NOW for row in records.audited(limit=9, by="li", about="thing 0")] == [6, 0]


def test_whatever_is_noted_is_cut_to_its_room(records: Records) -> None:
    records.note_done("b" * 999, "w" * 999, "a" * 999, "d\0" * 999, NOW)
    row = records.audited(limit=1)[0]
    assert [len(text) for text in (row.by, row.what, row.about, row.detail)] == [64, 32, 128, 400]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET detail = ''", "DELETE FROM audit", "DELETE FROM audit WHERE about = 'wang'"]
)
def test_no_statement_changes_or_removes_a_row(place: Place, statement: str) -> None:
    with place.opened() as (records, _):
        add(records)
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException), match="never changed"):
            place.run(statement)
        assert len(records.audited(limit=9)) == 1


def test_what_is_past_its_time_goes_and_nothing_before(place: Place) -> None:
    with place.opened() as (records, _):
        officer = add(records)
        for days in (AUDIT_DAYS + 200, AUDIT_DAYS - 200):
            records.note_done("wang", "read", "", "", NOW - days * DAY)
        token = records.sign_in(officer, RIGHT, is_whole=True, now=NOW)
        records.begin_try("old", NOW - TRY_DAYS * DAY)
        records.begin_try("young", NOW - TRY_DAYS * DAY + 1)
        records.purge(NOW)
        assert {row.at for row in records.audited(limit=9)} == {NOW, NOW - (AUDIT_DAYS - 200) * DAY}
        assert [row[0] for row in place.run("SELECT who FROM staff_try")] == ["young"]
        assert records.signed(token, NOW) is not None
        records.purge(NOW + IDLE_SECONDS)
        assert place.count("staff_session") == 0


def test_a_failed_act_leaves_no_row(records: Records) -> None:
    add(records)
    before = records.audited(limit=9)
    with pytest.raises(StoreError):
        add(records)
    with pytest.raises(StoreError):
        records.drop_totp("nobody", "boss", NOW)
    assert records.audited(limit=9) == before
