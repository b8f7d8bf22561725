"""Whom to reach is kept sealed, stands readable nowhere, and only as long as there is something to say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.store.faults import StoreUnavailable
from bot.store.reaching import UNDELIVERED_SECONDS, UNNEEDED_SECONDS
from bot.store.records import Reach, Records
from bot.store.vault import Vault
from dialogs.effects import EXPORTED, Erase, Export, Remind, Withdraw
from tests.bot.canaries import OPENID, forms_of, found_in_bytes, found_in_folders
from tests.bot.keeping import DAY, NOW, TODAY, Place, carry_out, rotate, submit

FORMS = dict.fromkeys(forms_of(OPENID), "openid")
FIRST = Remind("kuajing", TODAY, "endorsement")


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def reach_anna(records: Records, now: float = NOW) -> None:
    records.keep_reach("anna", "main", OPENID, now)


def claimed_id(records: Records) -> str:
    (due,) = records.claim_due(TODAY, NOW, 10)
    return due.id


def test_whom_to_reach_is_known_after_a_restart_and_a_rotation_and_the_last_kept_counts(place: Place) -> None:
    with place.opened() as (records, _):
        assert records.reach_of("anna") is None
        records.keep_reach("anna", "second", "another openid", NOW)
        reach_anna(records)
        records.keep_reach("boris", "main", "his", NOW)
    with place.opened() as (records, vault):
        rotate(vault)
        assert records.reach_of("anna") == Reach("main", OPENID)
        assert place.count("reach") == 2
        assert OPENID not in repr(records.reach_of("anna"))


def openid_found(place: Place) -> set[str]:
    """Return in which files the openid stands in any form: of the host, of the server with its log, of a backup."""
    found = set(found_in_folders([place.folder], FORMS))
    if place.server is not None:
        place.run("CHECKPOINT")
        found |= set(found_in_folders([place.server.data], FORMS))
    return found | ({"backup"} if found_in_bytes(place.text().encode(), FORMS) else set())


def test_the_openid_stands_in_no_file_and_in_no_backup(place: Place) -> None:
    with place.opened() as (records, _):
        carry_out(records, "anna", FIRST)
        reach_anna(records)
        assert OPENID not in carry_out(records, "anna", Export())[EXPORTED]
        assert records.begin_delivery(claimed_id(records), NOW)
        assert openid_found(place) == set()
        records.forget_reach("anna")
        assert openid_found(place) == set()
    assert openid_found(place) == set()


def test_the_search_would_see_an_openid_that_is_not_sealed(place: Place) -> None:
    with place.opened() as (records, _):
        records.keep_reach(OPENID, "main", "openid", NOW)
        found = openid_found(place)
        assert "backup" in found
        assert len(found) >= 2, "and in the files"
        records.forget_reach(OPENID)


def test_what_goes_wrong_is_told_without_the_openid(place: Place) -> None:
    with place.opened() as (records, _):
        place.run("ALTER TABLE reach RENAME TO reaches")
        with pytest.raises(StoreUnavailable, match="请检查") as caught:
            reach_anna(records)
        place.run("ALTER TABLE reaches RENAME TO reach")
    assert OPENID not in f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"


@pytest.mark.parametrize("way", ["forgotten", "erased", "purged"])
def test_who_is_forgotten_is_in_no_copy_either_and_may_come_again(place: Place, way: str) -> None:
    with place.opened() as (records, vault):
        reach_anna(records)
        records.keep_reach("boris", "main", "his", NOW + DAY)
        ((copy,),) = place.run("SELECT sealed FROM reach WHERE person = 'anna'")
        if way == "forgotten":
            records.forget_reach("anna")
        elif way == "erased":
            carry_out(records, "anna", Erase())
        else:
            records.purge(NOW + DAY)
        assert records.reach_of("anna") is None
        assert vault.owners("reach:", older_than=-1) == {"reach:boris"}
        place.run(f"INSERT INTO reach VALUES ('anna', '{copy}', 0)")  # noqa: S608
        assert records.reach_of("anna") is None, "its key is gone"
        reach_anna(records)
        assert records.reach_of("anna") == Reach("main", OPENID)
        assert records.reach_of("boris") == Reach("main", "his")


def test_who_comes_again_before_the_old_key_is_destroyed_is_kept_under_a_new_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("磁盘坏了")

    with place.opened() as (records, _):
        reach_anna(records)
        before = place.wrapped_keys()["reach:anna"]
        with monkeypatch.context() as broken:
            broken.setattr(Vault, "destroy_many", fail)
            records.forget_reach("anna")
        assert place.wrapped_keys()["reach:anna"] == before
        reach_anna(records)
    with place.opened() as (records, _):
        assert records.reach_of("anna") == Reach("main", OPENID)
        assert place.wrapped_keys()["reach:anna"] != before


def test_the_export_says_that_it_is_kept_and_which_reminders_were_told(records: Records) -> None:
    carry_out(records, "anna", FIRST, Remind("kuajing", date(2026, 7, 2), "last_day"))
    assert "账号标识" not in carry_out(records, "anna", Export())[EXPORTED]
    reach_anna(records)
    due_id = claimed_id(records)
    assert records.begin_delivery(due_id, NOW)
    assert "提醒过了" not in carry_out(records, "anna", Export())[EXPORTED]
    assert records.end_delivery(due_id, "messaged", NOW)
    lines = carry_out(records, "anna", Export())[EXPORTED].splitlines()
    third = lines.index("三、提醒")
    assert lines[third + 1 :] == [
        "2026年7月1日，跨境市：签注到期（提醒过了）",
        "2026年7月2日，跨境市：last_day",
        "微信里的账号标识（加密）",
    ]


def test_the_purge_leaves_who_waits_for_a_reminder_or_an_office(records: Records) -> None:
    people = ("waits", "was reminded", "told the next time", "declares", "took it back", "nothing")
    for person in people:
        records.keep_reach(person, "main", OPENID, NOW)
    carry_out(records, "was reminded", FIRST)
    due_id = claimed_id(records)
    assert records.begin_delivery(due_id, NOW)
    records.end_delivery(due_id, "notified", NOW)
    carry_out(records, "told the next time", FIRST)
    records.end_delivery(claimed_id(records), "kept", NOW)
    carry_out(records, "waits", Remind("kuajing", date(2026, 10, 1), "endorsement"))
    submit(records, "declares")
    carry_out(records, "took it back", Withdraw(submit(records, "took it back")))
    left = []
    for at in (NOW + UNNEEDED_SECONDS - 1, NOW + UNNEEDED_SECONDS, NOW + 90 * DAY, NOW + 122 * DAY):
        records.purge(at)
        left.append([person for person in people if records.reach_of(person)])
    assert left == [[*people], ["waits", "declares"], ["waits"], []]


def test_a_key_whose_transaction_failed_is_found_and_destroyed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with place.opened() as (records, vault):
        reach_anna(records)
        place.run("ALTER TABLE reach RENAME TO reaches")
        with pytest.raises(StoreUnavailable):
            records.keep_reach("boris", "main", "his", NOW)
        place.run("ALTER TABLE reaches RENAME TO reach")
        vault.seal("reach:carla", b"killed before her row was on disk")
        records.purge(NOW)
        assert "reach:carla" in vault.owners("reach:", older_than=-1), "it may belong to a transaction under way"
        monkeypatch.setattr(vault, "_now", lambda now=vault._now: now() + 3_700)
        records.purge(NOW)
        assert vault.owners("reach:", older_than=-1) == {"reach:anna"}


def under_way(records: Records, *, notifies: bool) -> str:
    carry_out(records, "anna", FIRST)
    due_id = claimed_id(records)
    assert records.begin_delivery(due_id, NOW, notifies=notifies)
    return due_id


def test_a_notification_that_did_not_arrive_is_told_at_the_next_visit(records: Records) -> None:
    due_id = under_way(records, notifies=True)
    assert records.end_delivery(due_id, "notified", NOW + 1)
    assert records.reminders_to_show("anna", NOW + 2) == ()
    assert not records.note_undelivered("boris", NOW + 2)
    assert records.note_undelivered("anna", NOW + 2)
    assert [due.id for due in records.reminders_to_show("anna", NOW + 3)] == [due_id]
    records.note_shown("anna", [due_id], NOW + 4)
    assert not records.note_undelivered("anna", NOW + 5), "told it is, however often the platform says so"
    assert records.reminders_to_show("anna", NOW + 6) == ()


def test_the_platform_may_tell_it_before_the_sending_has_ended(records: Records) -> None:
    due_id = under_way(records, notifies=True)
    assert records.note_undelivered("anna", NOW + 1)
    assert not records.end_delivery(due_id, "notified", NOW + 2)
    assert [due.id for due in records.reminders_to_show("anna", NOW + 3)] == [due_id]


def test_a_message_under_way_is_no_notification_and_an_old_one_is_not_the_last(records: Records) -> None:
    due_id = under_way(records, notifies=False)
    assert not records.note_undelivered("anna", NOW + 1)
    assert records.end_delivery(due_id, "notified", NOW + 1)
    assert not records.note_undelivered("anna", NOW + 1 + UNDELIVERED_SECONDS)
    assert records.note_undelivered("anna", NOW + UNDELIVERED_SECONDS)


def test_what_was_shown_and_not_seen_is_to_show_again_for_a_minute(records: Records) -> None:
    carry_out(records, "anna", FIRST)
    due_id = claimed_id(records)
    records.end_delivery(due_id, "kept", NOW)
    records.note_shown("anna", [due_id], NOW)
    records.note_unseen("anna", NOW + 61)
    assert records.reminders_to_show("anna", NOW + 61) == ()
    records.note_unseen("anna", NOW + 59)
    assert [due.id for due in records.reminders_to_show("anna", NOW + 60)] == [due_id]
