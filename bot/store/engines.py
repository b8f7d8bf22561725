"""How the records' database is opened, so that nothing accepted is lost: a SQLite file or a PostgreSQL server."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.store.faults import StoreUnavailable, told_plainly

PATIENT = "is_patient"
"""The option of a transaction that may take a minute: bringing tables up to date, removing what is old."""
READS = "reads_only"
"""The option of a transaction that only reads."""
RECORDS_LOCK = 5_172_026
"""The number of the advisory lock that writers of the records take turns by."""
_POSTGRESQL = "postgresql+psycopg"
_DRIVERS = {"postgresql": _POSTGRESQL, "postgres": _POSTGRESQL, _POSTGRESQL: _POSTGRESQL, "sqlite": "sqlite"}
_BUSY_MILLISECONDS = 10_000
_PRAGMAS = (
    f"busy_timeout={_BUSY_MILLISECONDS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
)


def database_url(text: str) -> URL:
    """Read "postgresql://user:password@host:5432/name" or "sqlite:///path".

    Raises ValueError, which does not quote the text: it may hold a password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _DRIVERS or not url.database:
        raise ValueError("数据库地址看不懂；请写成 postgresql://用户:口令@主机:5432/库名")
    return url.set(drivername=_DRIVERS[url.drivername])


def open_engine(url: str | URL, *, lock: int = RECORDS_LOCK) -> Engine:
    """Return an engine whose errors never quote the values of a statement; its writers take turns.

    On PostgreSQL they do so by the advisory lock `lock`. Raises ValueError for a URL that `database_url` refuses.
    """
    url = database_url(url) if isinstance(url, str) else url
    if url.get_backend_name() == "postgresql":
        from bot.store.postgres import open_server

        return open_server(url, lock)
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
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
    """Return the same engine for transactions that only read, all of one moment: they wait for no writer."""
    options: dict[str, Any] = {READS: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return engine.execution_options(**options)


def patient(engine: Engine) -> Engine:
    """Return the same engine for transactions that may take a minute; on SQLite all may."""
    return engine.execution_options(**{PATIENT: True})


@contextmanager
def answering(engine: Engine, what: str) -> Iterator[None]:
    """Turn errors of the database `what` into StoreUnavailable; their own texts may quote what was being kept."""
    if engine.dialect.name == "sqlite":
        with told_plainly(SQLAlchemyError, what):
            yield
        return
    try:
        yield
    except SQLAlchemyError as error:
        kind = type(getattr(error, "orig", None) or error).__name__
        raise StoreUnavailable(
            f"{what}（PostgreSQL）读写不了（{kind}）；请检查数据库服务是否在运行、网络和磁盘空间，恢复后会自己接着用"
        ) from None


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
        reads = connection.get_execution_options().get(READS, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
