"""How the records' database is opened: SQLite so that nothing accepted is lost, any other as its URL says."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.store.faults import told_plainly

_READS = "reads_only"
_BUSY_MILLISECONDS = 10_000
_PRAGMAS = (
    f"busy_timeout={_BUSY_MILLISECONDS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
)


def open_engine(url: str | URL) -> Engine:
    """Return an engine whose errors never quote the values of a statement."""
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def open_file(path: Path) -> Engine:
    """Return an engine over a SQLite file, readable by its owner only, made when there is none.

    Raises StoreUnavailable when the file cannot be made.
    """
    with told_plainly(OSError, path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The journal's files take over the mode of the main one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return open_engine(URL.create("sqlite", database=str(path)))


def reading(engine: Engine) -> Engine:
    """Return the same engine for transactions that only read: on SQLite they wait for no writer."""
    return engine.execution_options(**{_READS: True})


def empty_journal(engine: Engine) -> None:
    """Take what was deleted out of SQLite's journal too; when somebody reads just now, the next time does it."""
    if engine.dialect.name != "sqlite":
        return
    with suppress(sqlite3.Error, SQLAlchemyError), closing(engine.raw_connection()) as raw:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _prepare_sqlite(engine: Engine) -> None:
    def set_up(connection: Any, _record: object) -> None:
        # The driver's own transactions begin late and leave out changes of tables; ours begin below.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        # Immediately: a transaction that reads first and writes later would fail when another wrote in between.
        reads = connection.get_execution_options().get(_READS, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
