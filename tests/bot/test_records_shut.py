"""What a person entered stands readable in no file, and what was erased is lost in every copy."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.store.faults import StoreError, StoreUnavailable
from bot.store.records import DUPLICATE, Records
from bot.store.vault import Forgotten, Vault, WrongKey
from dialogs.effects import RECEIPT, Consent, Correct, Erase, Export, LookUp, Remind, Withdraw
from tests.bot.keeping import (
    CANARIES,
    DECLARATION,
    DEMONSTRATION,
    NAME,
    NOW,
    NUMBER,
    PHOTO_BYTES,
    TODAY,
    Place,
    carry_out,
    found_in,
    keeping,
    submit,
)

PERSON = "0123456789abcdef-anna"


def live_through_everything(records: Records) -> str:
    """Do all that puts personal data into the records and return the receipt of what is left."""
    photo = records.keep_photo(PERSON, "declare", PHOTO_BYTES)
    carry_out(records, PERSON, Consent("basic", "1", "kuajing"), Remind("kuajing", TODAY, "endorsement"))
    receipt = submit(records, PERSON, replace(DECLARATION, items=(*DECLARATION.items, ("照片", photo))))
    submit(records, PERSON, DEMONSTRATION)
    records.keep_photo(PERSON, "another draft", PHOTO_BYTES)
    carry_out(records, PERSON, Correct(receipt, (("姓名", NAME), ("备注", NAME))))
    carry_out(records, PERSON, Export())
    carry_out(records, "phone", LookUp(receipt, NUMBER), LookUp(NUMBER, NUMBER))
    records.return_to_person(receipt, "other", "clerk", note=f"{NAME}的{NUMBER}看不清")
    records.read_declaration(receipt, "clerk", "核对")
    records.known(PERSON)
    return receipt


def no_canaries(folder: Path) -> bool:
    return [found_in(folder, canary) for canary in CANARIES] == [[]] * len(CANARIES)


def keys_of_hers(keys: dict[str, bytes]) -> dict[str, bytes]:
    return {owner: key for owner, key in keys.items() if not owner.startswith(("digest:", "done:phone:"))}


def test_what_was_entered_is_in_no_file_before_and_after(tmp_path: Path) -> None:
    with keeping(tmp_path) as (records, _):
        receipt = live_through_everything(records)
        assert no_canaries(tmp_path)
        assert "records.sqlite3-wal" in found_in(tmp_path, receipt.encode())
        carry_out(records, PERSON, Withdraw(receipt))
        assert no_canaries(tmp_path)
        carry_out(records, PERSON, Erase())
        assert no_canaries(tmp_path)
    assert no_canaries(tmp_path)


def test_the_search_would_see_what_is_not_sealed(tmp_path: Path) -> None:
    with keeping(tmp_path) as (records, _):
        carry_out(records, PERSON, Consent("basic", NAME, "kuajing"))
        assert found_in(tmp_path, NAME.encode()) == ["records.sqlite3-wal"]
    assert found_in(tmp_path, NAME.encode()) == ["records.sqlite3"]


def test_after_erasing_nothing_of_the_person_is_left_but_the_note_of_this_turn(place: Place) -> None:
    with place.opened() as (records, _):
        receipt = live_through_everything(records)
        token = records.open_page(PERSON, "declare", "photo", NOW)
        keys = keys_of_hers(place.wrapped_keys())
        carry_out(records, PERSON, Erase(), key="the-erasing-turn")
        assert records.known(PERSON) == ((), ())
        assert records.page(token, NOW) is None
        assert len(keys) >= 5
        assert keys_of_hers(place.wrapped_keys()) == {}
        left = place.text()
        lines = [line for line in left.splitlines() if PERSON in line]
        assert ["done" in line.split("(")[0] for line in lines] == [True]
        assert receipt in left, "who read it stays known"
        assert carry_out(records, PERSON, Erase(), key="the-erasing-turn") == {}


def test_the_data_keys_of_what_was_erased_are_in_no_file(tmp_path: Path) -> None:
    with keeping(tmp_path) as (records, _):
        live_through_everything(records)
        erased = keys_of_hers(Place(tmp_path).wrapped_keys()).values()
        assert all(found_in(tmp_path, key) == ["keys.sqlite3"] for key in erased)
        carry_out(records, PERSON, Erase())
        assert [found_in(tmp_path, key) for key in erased] == [[]] * len(erased)


def test_what_was_erased_is_out_of_the_journal_at_once(tmp_path: Path) -> None:
    with keeping(tmp_path) as (records, _):
        carry_out(records, PERSON, Remind("a-city-of-hers", TODAY, "endorsement"))
        assert found_in(tmp_path, b"a-city-of-hers")
        carry_out(records, PERSON, Erase())
        assert found_in(tmp_path, b"a-city-of-hers") == []


def test_an_erasing_turn_gives_its_export_again(place: Place) -> None:
    with place.opened() as (records, _):
        live_through_everything(records)
        first = carry_out(records, PERSON, Export(), Erase(), key="message")
        assert NAME in str(first)
        assert carry_out(records, PERSON, Export(), Erase(), key="message") == first


def test_a_copy_of_the_records_made_before_erasing_cannot_be_opened_afterwards(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    copy.mkdir()
    with keeping(data) as (records, _):
        receipt = live_through_everything(records)
        for file in data.glob("records.sqlite3*"):
            shutil.copy(file, copy / file.name)
    with keeping(data) as (records, _):
        assert records.read_declaration(receipt, "clerk", "核对").items
        carry_out(records, PERSON, Erase())
    for file in data.glob("records.sqlite3*"):
        file.unlink()
    for file in copy.iterdir():
        shutil.copy(file, data / file.name)
    with keeping(data) as (records, _):
        with pytest.raises(Forgotten):
            records.read_declaration(receipt, "clerk", "核对")
        with pytest.raises(Forgotten):
            carry_out(records, PERSON, Export())
    assert no_canaries(tmp_path)


def test_withdrawing_destroys_the_content_and_its_key(place: Place) -> None:
    with place.opened() as (records, vault):
        receipt = submit(records)
        photo = records.keep_photo("anna", receipt, PHOTO_BYTES)
        assert vault.owners("declaration:", older_than=-1) != frozenset()
        carry_out(records, "anna", Withdraw(receipt))
        assert vault.owners("declaration:", older_than=-1) == frozenset()
        assert records.photo_of("anna", photo) is None
        assert records.declarations_of("anna")[0].receipt == receipt
        assert place.run("SELECT items, reason, identity FROM declaration") == [("", "", None)]


def test_with_another_vault_nothing_opens(tmp_path: Path) -> None:
    with keeping(tmp_path / "one") as (records, _):
        receipt = submit(records)
    with closing(Vault.open(tmp_path / "other")) as vault:
        records = Records.open(tmp_path / "one", vault)
        with pytest.raises(Forgotten):
            records.read_declaration(receipt, "clerk", "核对")
        records.close()
    shutil.copy(tmp_path / "other" / "vault.key", tmp_path / "one" / "vault.key")
    with keeping(tmp_path / "one") as (records, _), pytest.raises(WrongKey):
        records.read_declaration(receipt, "clerk", "核对")


def test_a_sealed_value_moved_to_another_row_is_not_opened(place: Place) -> None:
    with place.opened() as (records, _):
        one, other = submit(records), submit(records, "boris", replace(DECLARATION, identity="2"))
        items = f"(SELECT items FROM declaration WHERE receipt = '{one}')"  # noqa: S608
        place.run(f"UPDATE declaration SET items = {items} WHERE receipt = '{other}'")  # noqa: S608
        assert records.read_declaration(one, "clerk", "核对").items == DECLARATION.items
        with pytest.raises(WrongKey):
            records.read_declaration(other, "clerk", "核对")


def test_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        with keeping(folder) as (records, _):
            submit(records)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in [folder, *folder.iterdir()]}
    finally:
        os.umask(before)
    assert len(modes) >= 5
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}


def test_a_key_that_could_not_be_destroyed_is_destroyed_at_the_next_start(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("磁盘坏了")

    with place.opened() as (records, vault):
        submit(records)
        with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
            broken.setattr(Vault, "destroy_many", fail)
            carry_out(records, "anna", Erase())
        assert records.known("anna") == ((), ())
        assert len(vault.owners("declaration:", older_than=-1)) == 1
        assert "StoreUnavailable" in caplog.text
    with place.opened() as (_, vault):
        assert vault.owners("declaration:", older_than=-1) == frozenset()


def test_a_commit_that_fails_loses_nothing_and_its_key_goes_later(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise StoreUnavailable("磁盘满了")

    with place.opened() as (records, vault):
        event.listen(records._engine, "commit", fail)
        with pytest.raises(StoreError):
            carry_out(records, "anna", DECLARATION, key="message")
        event.remove(records._engine, "commit", fail)
        orphans = vault.owners("declaration:", older_than=-1)
        records.purge(NOW)
        assert vault.owners("declaration:", older_than=-1) == orphans, "it may belong to a transaction under way"
        assert DUPLICATE not in carry_out(records, "anna", DECLARATION, key="message")
        vault._now = lambda now=vault._now: now() + 3_700  # type: ignore[misc]
        records.purge(NOW)
        left = vault.owners("declaration:", older_than=-1)
        assert len(orphans) == 1
        assert len(left) == 1
        assert not left & orphans


KILLED = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from tests.bot.keeping import DECLARATION, carry_out, keeping
from bot.store.vault import Vault
from dialogs.effects import Erase, Export
def die(*_): os._exit(9)
moment, what, folder, *database = sys.argv[1:]
with keeping(Path(folder), *database) as (records, vault):
    effects = [DECLARATION, Export()] if what == "submit" else [Erase()]
    if moment == "before": event.listen(records._engine, "commit", die)
    if moment == "after": records._destroy_doomed = die
    if moment == "done": Vault.destroy_many = lambda self, owners, do=Vault.destroy_many: (do(self, owners), die())
    carry_out(records, "anna", *effects, key="message")
    die()
"""


def kill_at(place: Place, moment: str, what: str) -> None:
    command = [sys.executable, "-c", KILLED, moment, what, *place.arguments()]
    assert subprocess.run(command, timeout=60, check=False).returncode == 9


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_while_declaring_neither_loses_nor_doubles_it(place: Place, moment: str) -> None:
    kill_at(place, moment, "submit")
    with place.opened() as (records, _):
        assert len(records.declarations_of("anna")) == (moment == "after")
        results = carry_out(records, "anna", DECLARATION, Export(), key="message")
        assert [declared.receipt for declared in records.declarations_of("anna")] == [results[RECEIPT]]
        assert records.read_declaration(results[RECEIPT], "clerk", "核对").items == DECLARATION.items


@pytest.mark.parametrize("moment", ["before", "after", "done"])
def test_a_process_killed_while_erasing_has_erased_all_or_nothing(place: Place, moment: str) -> None:
    with place.opened() as (records, _):
        receipt = submit(records)
    kill_at(place, moment, "erase")
    with place.opened() as (records, vault):
        if moment == "before":
            assert records.read_declaration(receipt, "clerk", "核对").items == DECLARATION.items
        else:
            assert records.known("anna") == ((), ())
            assert vault.owners("declaration:", older_than=-1) == frozenset()


def test_what_goes_wrong_is_told_without_what_was_entered(place: Place) -> None:
    with place.opened() as (records, _):
        place.run("ALTER TABLE consent RENAME TO consents")
        with pytest.raises(StoreUnavailable, match="请检查") as caught:
            carry_out(records, PERSON, DECLARATION, Consent(NAME, NUMBER, "kuajing"))
        place.run("ALTER TABLE consents RENAME TO consent")
    told = f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"
    assert not any(canary.decode() in told for canary in CANARIES[:4])
    assert PERSON not in told
