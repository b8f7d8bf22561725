"""A vault and records in a folder or on a server, a person who declares, and a search of every byte kept."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from bot.store.data_keys_postgres import PostgresKeys
from bot.store.records import Labels, Records
from bot.store.schema import METADATA
from bot.store.vault import Vault
from dialogs.effects import RECEIPT, Effect, Submit
from tests.bot.servers import PostgresServer

TODAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
DAY = 86_400.0

NUMBER, NAME, PHONE, ADDRESS = "410311199003074518", "欧阳小麦", "13800138000", "梧桐里七号院三单元"
PHOTO_BYTES = b"\xff\xd8\xffa face nobody else may see\xff\xd9"
CANARIES = (*(text.encode() for text in (NUMBER, NAME, PHONE, ADDRESS)), PHOTO_BYTES)

DECLARATION = Submit(
    city="kuajing",
    items=(("姓名", NAME), ("证件号码", NUMBER), ("手机", PHONE), ("住址", ADDRESS)),
    identity=NUMBER,
    keep_days=90,
)
DEMONSTRATION = replace(DECLARATION, is_demonstration=True)
_TURNS = count()
LABELS = Labels({"kuajing": "跨境市"}, {"endorsement": "签注到期"})


@contextmanager
def keeping(folder: Path, database: str | None = None) -> Iterator[tuple[Records, Vault]]:
    """Open the vault and the records in `folder`, or in the database with the key file there, and close them after."""
    vault = Vault.open(folder, database)
    try:
        records = Records(database, vault, labels=LABELS) if database else Records.open(folder, vault, labels=LABELS)
        try:
            yield records, vault
        finally:
            records.close()
    finally:
        vault.close()


@dataclass(frozen=True)
class Place:
    """Where a test keeps its records and keys: files in `folder`, or a database of a server with the key file there."""

    folder: Path
    database: str | None = None
    server: PostgresServer | None = None

    def opened(self) -> AbstractContextManager[tuple[Records, Vault]]:
        """Open the vault and the records, as one process more."""
        return keeping(self.folder, self.database)

    def vault(self, now: Callable[[], float] = time.time) -> AbstractContextManager[Vault]:
        """Open the vault alone, as one process more."""
        return closing(Vault(self.folder, PostgresKeys(self.database) if self.database else None, now=now))

    def empty(self) -> None:
        """Remove all rows from a server's database."""
        kept = [table.name for table in reversed(METADATA.sorted_tables) if table.name != "audit"]
        removed = "; ".join(f"DELETE FROM {table}" for table in (*kept, "data_key", "master_key"))  # noqa: S608
        # No row of the audit log can be deleted: that is guarded for every row.
        self.run(f"{removed}; TRUNCATE audit")

    def arguments(self) -> list[str]:
        """Return what another process gives to `keeping`."""
        return [str(self.folder), *([self.database] if self.database else [])]

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement on the records, behind their back, and return its rows."""
        return self._run("records.sqlite3", statement)

    def run_on_keys(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement on the table `data_key`, behind the vault's back, and return its rows."""
        return self._run("keys.sqlite3", statement)

    def count(self, table: str) -> int:
        """Return how many rows a table of the records has."""
        return int(self.run(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608

    def wrapped_keys(self) -> dict[str, bytes]:
        """Return the data keys by owner, wrapped."""
        return {row[0]: bytes(row[1]) for row in self.run_on_keys("SELECT owner, wrapped FROM data_key")}

    def text(self) -> str:
        """Return all rows of the records as INSERT statements, as a backup of them has it."""
        if self.server is None or self.database is None:
            with closing(sqlite3.connect(self.folder / "records.sqlite3")) as database:
                return "\n".join(database.iterdump())
        return self.server.run("pg_dump", "--inserts", "-N", "juzhuzheng_keys", self.database).decode()

    def restore(self, saved: bytes) -> None:
        """Put a backup of `pg_dump` into the server's database."""
        assert self.server is not None
        assert self.database is not None
        self.server.run("psql", "-v", "ON_ERROR_STOP=1", "-q", "-d", self.database, given=saved)

    def _run(self, file: str, statement: str) -> list[tuple[Any, ...]]:
        if self.database is None:
            with closing(sqlite3.connect(self.folder / file)) as database, database:
                return database.execute(statement).fetchall()
        with psycopg.connect(self.database) as connection:
            connection.execute("SET search_path = public, juzhuzheng_keys")
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def rotate(vault: Vault) -> None:
    """Replace the master key from beginning to end, as the operator of one host does."""
    if vault.is_shared:
        vault.stage()
    vault.rotate()
    vault.finish()


def master_keys(folder: Path) -> int:
    """Return how many master keys the key file holds."""
    return len((folder / "vault.key").read_text(encoding="ascii").splitlines())


def carry_out(records: Records, person: str, *effects: Effect, key: str = "", now: float = NOW) -> dict[str, str]:
    """Carry out a turn's effects at `now`; without a key each call is a turn of its own."""
    return records.carry_out(key or f"turn {next(_TURNS)}", person, effects, TODAY, now)


def submit(records: Records, person: str = "anna", declaration: Submit = DECLARATION) -> str:
    """Hand in a declaration and return its receipt number."""
    return carry_out(records, person, declaration)[RECEIPT]


def found_in(folder: Path, wanted: bytes) -> list[str]:
    """Return the files below `folder` in which these bytes stand."""
    return [file.name for file in sorted(folder.rglob("*")) if file.is_file() and wanted in file.read_bytes()]
