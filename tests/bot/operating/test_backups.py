"""An operator saves records and keys apart while people go on, and puts them back elsewhere."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot import backup
from bot.backup import BackupTrouble, back_up, restore
from bot.store.faults import Forgotten
from tests.architecture.sizes import ROOT
from tests.bot.declaring import readable_in
from tests.bot.keeping import NAME
from tests.bot.operating.hosts import Host
from tests.bot.operating.talking import Talker
from tests.bot.process import running

DEPLOY = ROOT / "deploy"
DAYS_KEPT = 14


def name_in(host: Host, receipt: str) -> str:
    """Return the name that a declaration of the host holds."""
    return dict(host.read(receipt).items)["姓名"]


def saved(host: Host, folder: Path) -> tuple[Path, Path]:
    """Make a backup in `folder`; return where the records and where the keys went."""
    records, keys = folder / "records", folder / "keys"
    host.run("backup", "--records", str(records), "--keys", str(keys))
    return records, keys


def put_back(host: Host, name: str, records: Path, keys: Path) -> Host:
    """Return a new host with a backup put into its folder."""
    again = host.beside(name)
    again.run("restore", "--records", str(records), "--keys", str(keys))
    return again


@contextmanager
def people_writing(url: str) -> Iterator[Talker]:
    """Have people begin declarations there, one after the other, until the end of the block."""
    talker, end = Talker(url), threading.Event()

    def talk() -> None:
        while not end.is_set():
            talker.begin_a_declaration()

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        talker.wait_for(3)
        yield talker
    finally:
        end.set()
        thread.join(timeout=60)


def test_a_backup_made_while_people_write_opens_on_a_new_machine(small: Host, tmp_path: Path) -> None:
    small.run("doctor")
    (receipt,) = small.declarations("anna")
    settings = {name: value for name, value in small.environment.items() if name != "JUZHUZHENG_DATA_DIR"}
    with running(tmp_path, **settings) as service, people_writing(service.url) as talker:
        assert service.data == small.data
        before = talker.begun
        records, keys = saved(small, tmp_path / "backup")
        talker.wait_for(before + 3)
    for file in (*records.iterdir(), *keys.iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert {file.name for file in records.iterdir()} == {"records.sqlite3"}
    assert {file.name for file in keys.iterdir()} == {"keys.sqlite3", "vault.key", "identity.key"}
    assert readable_in(tmp_path / "backup") == {}
    # No journal belongs to it: it can be read where nothing can be written.
    assert (records / "records.sqlite3").read_bytes()[18:20] == b"\1\1"

    again = put_back(small, "again", records, keys)
    assert name_in(again, receipt) == NAME
    assert "[坏]" not in again.run("doctor")
    assert stat.S_IMODE(again.data.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in again.data.iterdir())
    with again.people("anna") as (anna,):
        assert anna.receipts() == [receipt]


def test_who_was_erased_stays_so_when_older_records_are_put_back_with_the_newest_keys(
    small: Host, tmp_path: Path
) -> None:
    small.run("doctor")
    receipt, other = small.declarations("anna", "berta")
    records, old_keys = saved(small, tmp_path / "monday")
    small.run("erase", "--receipt", receipt, "--yes")
    _, keys = saved(small, tmp_path / "tuesday")

    again = put_back(small, "again", records, keys)
    assert name_in(again, other) == NAME
    with pytest.raises(Forgotten):
        again.read(receipt)
    # That is why only the newest keys are kept: the older ones bring it back.
    assert name_in(put_back(small, "too-old", records, old_keys), receipt) == NAME


def test_nothing_is_written_over(small: Host, tmp_path: Path) -> None:
    small.run("doctor")
    (receipt,) = small.declarations("anna")
    records, keys = saved(small, tmp_path / "backup")
    was = {file: file.read_bytes() for file in (*records.iterdir(), *keys.iterdir())}
    arguments = ("--records", str(records), "--keys", str(keys))
    assert "已经有了，不覆盖" in small.run("backup", *arguments, code=1)
    assert {file: file.read_bytes() for file in was} == was
    assert "已经有了，不覆盖" in small.run("restore", *arguments, code=1)
    assert name_in(small, receipt) == NAME


@pytest.mark.parametrize("left", ["records.sqlite3-wal", "keys.sqlite3-journal"])
def test_a_journal_left_in_the_folder_is_not_taken_for_that_of_the_backup(
    small: Host, tmp_path: Path, left: str
) -> None:
    small.run("doctor")
    records, keys = saved(small, tmp_path / "backup")
    again = small.beside("again")
    again.data.mkdir()
    (again.data / left).write_bytes(b"of another database")
    told = again.run("restore", "--records", str(records), "--keys", str(keys), code=1)
    assert left in told
    assert [file.name for file in again.data.iterdir()] == [left]


def test_records_and_keys_never_go_to_one_place(small: Host, tmp_path: Path) -> None:
    small.run("doctor")
    told = small.run("backup", "--records", str(tmp_path / "a"), "--keys", str(tmp_path / "b" / ".." / "a"), code=1)
    assert "两个地方" in told
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("missing", ["vault.key", "identity.key", "keys.sqlite3", "records.sqlite3"])
def test_what_is_missing_is_named_and_nothing_is_half_done(small: Host, tmp_path: Path, missing: str) -> None:
    small.run("doctor")
    records, keys = saved(small, tmp_path / "backup")
    (small.data / missing).rename(tmp_path / missing)
    again = small.beside("again")
    with pytest.raises(BackupTrouble, match=re.escape(missing)):
        back_up(small.data, tmp_path / "r", tmp_path / "k")
    (records / missing).unlink(missing_ok=True)
    (keys / missing).unlink(missing_ok=True)
    with pytest.raises(BackupTrouble, match=re.escape(missing)):
        restore(again.data, records, keys)
    assert not any((tmp_path / name).exists() for name in ("r", "k"))
    assert not again.data.exists()


def test_a_damaged_database_is_not_saved_over_by_a_backup_that_looks_whole(small: Host, tmp_path: Path) -> None:
    small.run("doctor")
    small.declarations(*(f"person {number}" for number in range(2)))
    with closing(sqlite3.connect(small.data / "records.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = database.execute("PRAGMA page_size").fetchone()[0]
    content = bytearray((small.data / "records.sqlite3").read_bytes())
    content[2 * page : 3 * page] = b"\xa5" * page
    (small.data / "records.sqlite3").write_bytes(content)
    with pytest.raises(BackupTrouble, match="坏了"):
        back_up(small.data, tmp_path / "r", tmp_path / "k")
    assert not list((tmp_path / "r").iterdir())


def test_a_disk_that_is_full_leaves_no_half_a_backup(
    small: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.run("doctor")
    records, keys = saved(small, tmp_path / "backup")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    arguments = ("--records", str(tmp_path / "r"), "--keys", str(tmp_path / "k"))
    assert "检查权限和磁盘空间" in small.run("backup", *arguments, code=1)
    again = small.beside("again")
    again.run("restore", "--records", str(records), "--keys", str(keys), code=1)
    assert [*(tmp_path / "r").iterdir(), *(tmp_path / "k").iterdir(), *again.data.iterdir()] == []


def test_a_backup_that_a_rotation_cut_through_is_refused(
    small: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.run("doctor")
    copy = backup._copy_database

    def rotated_meanwhile(source: Path, target: Path, made: list[Path]) -> None:
        copy(source, target, made)
        if source.name == "keys.sqlite3":
            small.run("keys", "rotate")

    monkeypatch.setattr(backup, "_copy_database", rotated_meanwhile)
    with pytest.raises(BackupTrouble, match="换了主密钥"):
        back_up(small.data, tmp_path / "r", tmp_path / "k")
    assert not list((tmp_path / "k").iterdir())
