"""The database is brought up to date by itself, once, and never by a program that does not know it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, event, inspect, text

from bot.store.engines import database_url, open_engine, open_file, reading
from bot.store.faults import NewerDatabase, StoreUnavailable
from bot.store.migrating import NEWEST, migrate, revision_of
from bot.store.schema import METADATA
from tests.bot.servers import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind there is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records.sqlite3'}"
    server: PostgresServer = request.getfixturevalue("postgres_server_running")
    return server.database()


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    opened = open_engine(database)
    yield opened
    opened.dispose()


def revision_found(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return revision_of(connection)


def test_the_revisions_lead_to_the_tables_the_program_uses(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    assert len(METADATA.tables) == 23
    assert revision_found(engine) == NEWEST == "0004"


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_a_database_of_an_earlier_release_is_brought_up_to_date_and_keeps_what_it_has(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, revision: str
) -> None:
    with monkeypatch.context() as earlier:
        upgrade = command.upgrade
        earlier.setattr(command, "upgrade", lambda config, _: upgrade(config, revision))
        migrate(engine)
    assert revision_found(engine) == revision
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO doomed_key VALUES ('draft:anna')"))
        connection.execute(text("INSERT INTO reminder VALUES ('anna', 'kuajing', '2026-07-01', 'endorsement', 0)"))
    migrate(engine)
    assert revision_found(engine) == NEWEST
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT owner FROM doomed_key")) == "draft:anna"
        assert connection.scalar(text("SELECT what FROM reminder")) == "endorsement"
        for table in ("question", "reach", "delivery", "feedback"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608


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
    assert revision_found(engine) == "9999"


def test_a_revision_that_fails_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def upgrade_and_fail(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise RuntimeError("power cut")

    upgrade = command.upgrade
    monkeypatch.setattr(command, "upgrade", upgrade_and_fail)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(engine)
    assert inspect(engine).get_table_names() == []


def test_processes_that_start_at_once_all_find_the_tables(tmp_path: Path, database: str) -> None:
    start = (
        "import sys, pathlib\n"
        "from bot.store.records import Records\nfrom bot.store.vault import Vault\n"
        "folder, database = pathlib.Path(sys.argv[1]), sys.argv[2]\nsys.stdin.read()\n"
        "vault = Vault.open(folder, database if database.startswith('postgresql') else None)\n"
        "Records(database, vault).close()\nprint(vault.key_was_created)\nvault.close()\n"
    )
    command = [sys.executable, "-W", "error", "-c", start, str(tmp_path), database]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
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
    assert sorted(told) == [("False", "")] * 3 + [("True", "")]


def test_each_revision_is_applied_by_one_of_those_who_start_at_once(database: str) -> None:
    applied: list[str] = []
    engines = [open_engine(database) for _ in range(4)]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda *given: applied.append(given[2]))
    threads = [threading.Thread(target=migrate, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert sum("CREATE TABLE declaration" in statement for statement in applied) == 1
    assert sum("CREATE TABLE question" in statement for statement in applied) == 1
    assert sum("CREATE TABLE delivery" in statement for statement in applied) == 1


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


def test_sqlite_keeps_what_was_accepted_and_checks_what_belongs_together(tmp_path: Path) -> None:
    engine = open_file(tmp_path / "records.sqlite3")
    with engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        }
    engine.dispose()
    full = 2
    assert values == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "secure_delete": 1,
    }


def test_what_is_read_together_is_of_one_moment(engine: Engine) -> None:
    migrate(engine)
    count = text("SELECT count(*) FROM doomed_key")
    with reading(engine).begin() as connection:
        assert connection.scalar(count) == 0
        with engine.begin() as writing:
            writing.execute(text("INSERT INTO doomed_key VALUES ('draft:anna')"))
        assert connection.scalar(count) == 0
    with reading(engine).begin() as connection:
        assert connection.scalar(count) == 1


def test_postgresql_gives_up_what_takes_too_long_and_has_on_disk_what_it_commits(
    postgres_server_running: PostgresServer,
) -> None:
    database = postgres_server_running.database()
    owner = open_engine(database)
    with owner.begin() as connection:
        name = database.rpartition("/")[2]
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    owner.dispose()
    engine = open_engine(database)
    with engine.connect() as connection:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit")
        assert [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names] == ["5s", "3s", "10s", "on"]
    engine.dispose()


def test_a_database_is_named_by_its_url() -> None:
    for name in ("postgresql", "postgres", "postgresql+psycopg"):
        url = database_url(f"{name}://jzz:secret@db.internal:5432/records")
        assert (url.drivername, url.host, url.database) == ("postgresql+psycopg", "db.internal", "records")
    assert database_url("sqlite:////var/lib/records.sqlite3").database == "/var/lib/records.sqlite3"


@pytest.mark.parametrize(
    "url", ["", "records", "mysql://jzz:secret@db/records", "postgresql://jzz:secret@db:x/records"]
)
def test_a_url_that_names_no_database_of_ours_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="请写成 postgresql://") as caught:
        database_url(url)
    assert "secret" not in f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"
