"""The database is brought up to date by itself, once, and never by a program that does not know it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.store import migrating
from bot.store.engines import open_file
from bot.store.faults import NewerDatabase, StoreUnavailable
from bot.store.migrating import migrate
from bot.store.schema import METADATA


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_file(tmp_path / "records.sqlite3")
    yield opened
    opened.dispose()


def revision_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def test_the_revisions_lead_to_the_tables_the_program_uses(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    assert len(METADATA.tables) == 9
    assert revision_of(engine) == "0001"


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO doomed_key VALUES ('draft:anna')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT owner FROM doomed_key")) == "draft:anna"


def test_a_database_newer_than_the_program_is_refused_and_left_alone(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="新版本的程序"):
        migrate(engine)
    assert revision_of(engine) == "9999"


def test_a_revision_that_fails_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def upgrade_and_fail(config: object, revision: str) -> None:
        upgrade(config, revision)  # type: ignore[arg-type]
        raise RuntimeError("power cut")

    upgrade = migrating.command.upgrade
    monkeypatch.setattr(migrating.command, "upgrade", upgrade_and_fail)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(engine)
    assert inspect(engine).get_table_names() == []


def test_processes_that_start_at_once_all_find_the_tables(tmp_path: Path) -> None:
    start = (
        "import sys, pathlib\n"
        "from bot.store.records import Records\nfrom bot.store.vault import Vault\n"
        "folder = pathlib.Path(sys.argv[1])\nsys.stdin.read()\n"
        "vault = Vault.open(folder)\nRecords.open(folder, vault).close()\nprint(vault.key_was_created)\n"
    )
    command = [sys.executable, "-W", "error", "-c", start, str(tmp_path)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
    told = []
    for process in processes:
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout as output, process.stderr as errors:
            told.append((output.read().strip(), errors.read()))
        process.wait(timeout=60)
    assert sorted(told) == [("False", "")] * 5 + [("True", "")]


def test_a_file_that_is_no_database_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite3").write_bytes(b"no database" * 500)
    opened = open_file(tmp_path / "records.sqlite3")
    with pytest.raises(StoreUnavailable, match="请检查"):
        migrate(opened)
    opened.dispose()


def test_a_folder_that_cannot_be_made_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="请检查"):
        open_file(tmp_path / "file" / "records.sqlite3")


def test_sqlite_keeps_what_was_accepted_and_checks_what_belongs_together(engine: Engine) -> None:
    with engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        }
    full = 2
    assert values == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "secure_delete": 1,
    }


def test_the_tables_can_be_made_on_postgresql_too() -> None:
    dialect = postgresql.dialect()
    for table in METADATA.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
    made = [str(CreateIndex(index).compile(dialect=dialect)) for index in METADATA.tables["declaration"].indexes]
    assert any("WHERE status IN ('waiting', 'returned')" in index and "UNIQUE" in index for index in made)
