"""The SQLite file behind the conversations: its tables, and what is read from and written to them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.store.base import REPLY_SECONDS, SESSION_SECONDS
from bot.store.faults import StoreUnavailable
from bot.store.sealing import MARK

_LAYOUT = 2
"""Kept as the file's user_version; files of earlier releases have 0."""
# Each page that a turn touches is written to disk twice: sessions lie in one tree, by person; replies, which are
# longer, follow each other, and those of a commit share their pages.
_SCHEMA = """
CREATE TABLE session (person TEXT PRIMARY KEY, until REAL NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reply (
    person TEXT NOT NULL, message TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL, UNIQUE (person, message)
);
CREATE TABLE note (
    owner TEXT NOT NULL, name TEXT NOT NULL, until REAL NOT NULL, value TEXT NOT NULL, PRIMARY KEY (owner, name)
) WITHOUT ROWID;
"""
_CORRUPT = {"SQLITE_NOTADB", "SQLITE_CORRUPT"}

# The text put into these statements is ours.
_IS_SEALED = f"LIKE '{MARK}%'"
_FIND = """
SELECT (SELECT body FROM reply WHERE message = :message AND person = :person AND at > :oldest),
       (SELECT state FROM session WHERE person = :person AND until > :now)
"""
_DROP_OPEN_REPLIES = f"DELETE FROM reply WHERE at <= :oldest AND body NOT {_IS_SEALED}"  # noqa: S608
_DROP_OPEN_SESSIONS = f"DELETE FROM session WHERE until <= :now AND state NOT {_IS_SEALED}"  # noqa: S608
_WHOSE_IS_OVER = """
SELECT person FROM reply WHERE at <= :oldest UNION SELECT person FROM session WHERE until <= :now
"""
_DROP_NOTES = "DELETE FROM note WHERE until <= :now"
_DRAFT_IS_OVER = "SELECT 1 FROM session WHERE person = :person AND until <= :now"
_REPLY_IS_LIVE = f"SELECT 1 FROM reply WHERE person = :person AND at > :oldest AND body {_IS_SEALED}"  # noqa: S608
_DROP_REPLIES = "DELETE FROM reply WHERE person = :person AND at <= :oldest"
_DROP_SESSION = "DELETE FROM session WHERE person = :person AND until <= :now"


@dataclass(frozen=True)
class Row:
    """What one turn writes, sealed as far as it must be. `at` and `until` are seconds since 1970."""

    person: str
    state: str | None
    at: float
    until: float
    drops_replies: bool
    message_key: str
    reply: str | None


class ConversationsFile:
    """The file at `path`, readable by its owner only, made when there is none.

    `find` belongs to one thread, everything else to another: neither waits for the other. What a method has written
    is on disk when it returns (WAL, synchronous=FULL). Methods raise sqlite3.Error; opening raises StoreUnavailable.
    """

    def __init__(self, path: Path) -> None:
        try:
            # The journal's files take over the mode of the main one.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(_connected(path)) as first:
                _prepare(first)
            self._reader, self._writer = _connected(path), _connected(path)
        except (sqlite3.Error, OSError) as error:
            if getattr(error, "sqlite_errorname", "") in _CORRUPT:
                advice = "文件坏了；可以删去它再启动，人只需重新选城市"
            else:
                advice = "请检查磁盘空间和文件夹权限"
            raise StoreUnavailable(f"会话库打不开：{path}，{advice}") from None

    def find(self, person: str, message_key: str, now: float) -> tuple[str | None, str | None]:
        """Return the reply kept for the message and the state of the person's session."""
        times = _times(now)
        row = self._reader.execute(_FIND, {**times, "message": message_key, "person": person}).fetchall()[0]
        return row[0], row[1]

    def write(self, rows: Sequence[Row]) -> None:
        """Keep what these turns leave behind, all or none."""
        with self._writer as database:
            database.execute("BEGIN IMMEDIATE")
            for row in rows:
                if row.drops_replies:
                    database.execute("DELETE FROM reply WHERE person = ?", (row.person,))
                if row.state is not None:
                    session = (row.person, row.until, row.state)
                    database.execute("INSERT OR REPLACE INTO session VALUES (?, ?, ?)", session)
                if row.reply is not None:
                    reply = (row.person, row.message_key, row.at, row.reply)
                    database.execute("INSERT OR REPLACE INTO reply VALUES (?, ?, ?, ?)", reply)

    def forget(self, person: str) -> None:
        """Remove everything of the person, out of the journal too."""
        with self._writer as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM session WHERE person = ?", (person,))
            database.execute("DELETE FROM reply WHERE person = ?", (person,))
            database.execute("DELETE FROM note WHERE owner = ?", (person,))
        self._empty_journal()

    def note(self, owner: str, name: str, value: str | None, until: float) -> None:
        """Keep a text of `owner` under `name`; None removes it."""
        with self._writer as database:
            if value is None:
                database.execute("DELETE FROM note WHERE owner = ? AND name = ?", (owner, name))
            else:
                database.execute("INSERT OR REPLACE INTO note VALUES (?, ?, ?, ?)", (owner, name, until, value))

    def noted(self, owner: str, name: str, now: float) -> str | None:
        """Return the text kept and not past its time; for the thread of `find`."""
        query = "SELECT value FROM note WHERE owner = ? AND name = ? AND until > ?"
        rows = self._reader.execute(query, (owner, name, now)).fetchall()
        return rows[0][0] if rows else None

    def touch(self) -> None:
        """Write something that changes nothing."""
        with self._writer as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute(f"PRAGMA user_version = {database.execute('PRAGMA user_version').fetchone()[0]}")

    def purge_open(self, now: float) -> list[str]:
        """Remove what is past its time and not sealed; return whose sealed entries are."""
        with self._writer as database:
            database.execute("BEGIN IMMEDIATE")
            for statement in (_DROP_OPEN_REPLIES, _DROP_OPEN_SESSIONS, _DROP_NOTES):
                database.execute(statement, _times(now))
            return [row[0] for row in database.execute(_WHOSE_IS_OVER, _times(now)).fetchall()]

    def purge_sealed(self, person: str, now: float, destroy: Callable[[Iterable[str], Iterable[str]], None]) -> None:
        """Have the keys to what is past its time destroyed, then remove it: so nothing readable is ever left.

        `destroy` gets whose drafts and whose replies are over.
        """
        given = {**_times(now), "person": person}
        with self._writer as database:
            database.execute("BEGIN IMMEDIATE")
            drafts = [person] if database.execute(_DRAFT_IS_OVER, given).fetchall() else []
            replies = [] if database.execute(_REPLY_IS_LIVE, given).fetchall() else [person]
            destroy(drafts, replies)
            database.execute(_DROP_REPLIES, given)
            database.execute(_DROP_SESSION, given)

    def close(self) -> None:
        """Close the file."""
        self._reader.close()
        self._writer.close()

    def _empty_journal(self) -> None:
        # What was deleted still stands in the journal until it is emptied.
        self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _times(now: float) -> dict[str, float | str]:
    return {"now": now, "oldest": now - REPLY_SECONDS}


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    if database.execute("PRAGMA user_version").fetchone()[0] == _LAYOUT:
        database.execute("COMMIT")
        return
    kept = _taken_from_earlier(database)
    for statement in _SCHEMA.split(";"):
        database.execute(statement)
    database.executemany("INSERT INTO session VALUES (?, ?, ?)", kept)
    database.execute(f"PRAGMA user_version = {_LAYOUT}")
    database.execute("COMMIT")


def _taken_from_earlier(database: sqlite3.Connection) -> list[tuple[str, float, str]]:
    """Take the sessions out of a file of an earlier release; its replies, ten minutes of them, are let go."""
    columns = {row[1] for row in database.execute("PRAGMA table_info(session)").fetchall()}
    # The first release kept no `until`: its sessions ended after a day.
    until = f"COALESCE(until, at + {SESSION_SECONDS})" if "until" in columns else f"at + {SESSION_SECONDS}"
    query = f"SELECT person, {until}, state FROM session"  # noqa: S608
    kept = database.execute(query).fetchall() if columns else []
    for table in ("session", "reply", "note"):
        database.execute(f"DROP TABLE IF EXISTS {table}")
    return kept


def _connected(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        database.execute(f"PRAGMA {pragma}")
    return database
