"""Data keys in a SQLite file of their own."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.store.data_keys import BATCH, NamedMaster, WrappedKey
from bot.store.faults import told_plainly

_COLUMNS = "owner, id, master, wrapped, made"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS data_key (
    owner TEXT PRIMARY KEY, id TEXT NOT NULL, master TEXT NOT NULL, wrapped BLOB NOT NULL, made REAL NOT NULL
)
"""
_PRAGMAS = (
    # In this mode the old pages that a change puts aside are cut off, on disk too, before the change is done.
    "journal_mode=TRUNCATE",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",
)


class SqliteKeys:
    """Data keys in the file `path`, for one host: what is destroyed is in no file any more."""

    is_shared = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with told_plainly((sqlite3.Error, OSError), path):
            # The journal takes over the mode of the main file.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._table = _Table(self._database)
        try:
            with told_plainly(sqlite3.Error, path):
                for pragma in _PRAGMAS:
                    self._database.execute(f"PRAGMA {pragma}")
            with self.writing():
                self._database.execute(_SCHEMA)
        except BaseException:
            self._database.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[_Table]:
        """Look at the keys."""
        with self._lock, told_plainly(sqlite3.Error, self._path):
            yield self._table

    @contextmanager
    def writing(self) -> Iterator[_Table]:
        """Hold the write lock over all processes; all or nothing."""
        with self._lock, told_plainly((sqlite3.Error, OSError), self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._table
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()


class _Table:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def find(self, owner: str) -> WrappedKey | None:
        query = f"SELECT {_COLUMNS} FROM data_key WHERE owner = ?"  # noqa: S608  # a constant of ours
        row = self._database.execute(query, (owner,)).fetchone()
        return WrappedKey(*row) if row else None

    def has(self, key_id: str) -> bool:
        return self._database.execute("SELECT 1 FROM data_key WHERE id = ?", (key_id,)).fetchone() is not None

    def owners(self, prefix: str, made_before: float) -> frozenset[str]:
        query = "SELECT owner FROM data_key WHERE substr(owner, 1, ?) = ? AND made < ?"
        return frozenset(row[0] for row in self._database.execute(query, (len(prefix), prefix, made_before)))

    def masters_in_use(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._database.execute("SELECT DISTINCT master FROM data_key"))

    def under_others(self, master: str, after: str) -> Sequence[WrappedKey]:
        query = f"SELECT {_COLUMNS} FROM data_key WHERE master <> ? AND owner > ? ORDER BY owner LIMIT ?"  # noqa: S608
        return [WrappedKey(*row) for row in self._database.execute(query, (master, after, BATCH))]

    def named_masters(self) -> Sequence[NamedMaster]:
        return ()

    def add(self, key: WrappedKey) -> bool:
        row = (key.owner, key.id, key.master, key.wrapped, key.made)
        return self._database.execute("INSERT OR IGNORE INTO data_key VALUES (?, ?, ?, ?, ?)", row).rowcount == 1

    def replace(self, keys: Iterable[WrappedKey]) -> None:
        statement = "UPDATE data_key SET master = ?, wrapped = ? WHERE owner = ? AND id = ?"
        self._database.executemany(statement, [(key.master, key.wrapped, key.owner, key.id) for key in keys])

    def destroy(self, owners: Iterable[str]) -> None:
        self._database.executemany("DELETE FROM data_key WHERE owner = ?", [(owner,) for owner in owners])

    def name_master(self, master: NamedMaster) -> None:
        raise NotImplementedError("the order of the key file says which master key wraps")
