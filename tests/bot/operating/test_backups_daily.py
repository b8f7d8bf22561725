"""PostgreSQL is saved by the very commands of the document, and every day deploy/backup.sh saves what there is."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.faults import Forgotten
from tests.architecture.sizes import ROOT
from tests.bot.keeping import NAME
from tests.bot.operating.hosts import Host
from tests.bot.servers import PostgresServer

DEPLOY = ROOT / "deploy"
DAYS_KEPT = 14


# --- PostgreSQL, word for word as documented ---


def documented(mark: str, **places: str) -> str:
    """Return the commands below a mark in docs/operations.md, with places of the test in place of the examples."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- {mark} -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found
    commands = found[1]
    for there, here in places.items():
        assert there in commands
        commands = commands.replace(there, here)
    return commands


def as_typed(host: Host, commands: str) -> None:
    """Run commands in a shell that has the host's settings."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(host.data), **host.environment}
    done = subprocess.run(["sh", "-euc", commands], env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_postgresql_is_saved_and_put_back_by_the_very_commands_of_the_document(
    large: Host, postgres_server_running: PostgresServer, tmp_path: Path
) -> None:
    large.run("doctor")
    receipt, other = large.declarations("anna", "berta")
    for day in ("20", "21"):
        as_typed(large, documented("postgresql backup", **{"/备份": str(tmp_path), "2026-11-21": day}))
        if day == "20":
            large.run("erase", "--receipt", receipt, "--yes")
    assert b"data_key" not in (tmp_path / "填报" / "20" / "records.sql").read_bytes()
    assert b"declaration" not in (tmp_path / "密钥" / "21" / "keys.sql").read_bytes().replace(b"declaration:", b"")
    shutil.copytree(tmp_path / "填报" / "20", tmp_path / "填报" / "old")
    shutil.copytree(tmp_path / "密钥" / "21", tmp_path / "密钥" / "old")

    again = large.beside("again", DATABASE_URL=postgres_server_running.database())
    as_typed(again, documented("postgresql restore", **{"/备份": str(tmp_path), "2026-11-21": "old"}))
    assert "[坏]" not in again.run("doctor")
    assert dict(again.read(other).items)["姓名"] == NAME
    with pytest.raises(Forgotten):
        again.read(receipt)


# --- every day ---


def daily(host: Host, folder: Path, code: int = 0) -> str:
    """Run deploy/backup.sh as its unit does; return what it says."""
    for name in ("records", "keys"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    places = {"RECORDS_BACKUPS": str(folder / "records"), "KEYS_BACKUPS": str(folder / "keys")}
    command = [str(DEPLOY / "backup.sh"), str(Path(sys.executable).with_name("juzhuzheng"))]
    given = {"PATH": os.environ["PATH"], "HOME": str(folder), **host.environment, **places}
    done = subprocess.run(command, env=given, capture_output=True, timeout=120, check=False)
    assert done.returncode == code, done.stderr.decode()
    return done.stderr.decode()


def test_every_day_records_are_kept_two_weeks_and_of_the_keys_the_newest_alone(host: Host, tmp_path: Path) -> None:
    host.run("doctor")
    folder = tmp_path / "backups"
    for name, days in (("yesterday", 1), ("last", DAYS_KEPT - 0.5), ("too-old", DAYS_KEPT + 0.5), ("torn.part", 0)):
        for kind in ("records", "keys"):
            (folder / kind / name).mkdir(parents=True)
            at = (folder / kind).stat().st_mtime - days * 86_400
            os.utime(folder / kind / name, (at, at))
    daily(host, folder)
    records = {file.name for file in (folder / "records").iterdir()}
    (newest,) = (folder / "keys").iterdir()
    assert records == {"yesterday", "last", newest.name}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{6}", newest.name)
    saved_files = [*newest.iterdir(), *(folder / "records" / newest.name).iterdir()]
    assert len(saved_files) == 4
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in saved_files)
    assert stat.S_IMODE(newest.stat().st_mode) == 0o700


def test_a_backup_that_fails_leaves_the_earlier_ones_alone(small: Host, tmp_path: Path) -> None:
    small.run("doctor")
    folder = tmp_path / "backups"
    daily(small, folder)
    earlier = {file.name for file in (folder / "keys").iterdir()}
    (small.data / "keys.sqlite3").unlink()
    assert "keys.sqlite3 不在" in daily(small, folder, code=1)
    assert {file.name for file in (folder / "keys").iterdir()} >= earlier


def test_a_password_in_the_address_would_be_seen_by_everybody_and_is_refused(large: Host, tmp_path: Path) -> None:
    url = str(large.settings.database_url).replace("postgres@", "postgres:geheim@")
    told = daily(large.beside("data", DATABASE_URL=url), tmp_path, code=1)
    assert ".pgpass" in told
    assert "geheim" not in told
