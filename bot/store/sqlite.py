"""The embedded default: conversations in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from dialogs.session import Session

SESSION_SECONDS = 24 * 3600
REPLY_SECONDS = 10 * 60
_IN_MEMORY = ":memory:"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (person TEXT PRIMARY KEY, state TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS reply (message TEXT PRIMARY KEY, person TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS reply_at ON reply (at);
CREATE INDEX IF NOT EXISTS session_at ON session (at);
"""


class SqliteConversations:
    """Conversations in `path`. Sessions are kept 24 hours after the last turn, replies 10 minutes.

    A turn is on disk when `save` returns (WAL, synchronous=FULL). Only the owner may read the file.
    """

    def __init__(self, path: Path | str, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        # The journal's files take over the mode of the main one.
        if str(path) != _IN_MEMORY:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.executescript(_SCHEMA)
        self._drop_expired()

    def load(self, person: str) -> Session:
        """Return the person's session; a new one when there is none or it is older than 24 hours."""
        row = self._database.execute(
            "SELECT state FROM session WHERE person = ? AND at > ?", (person, self._now() - SESSION_SECONDS)
        ).fetchone()
        return Session.from_json(row[0]) if row else Session()

    def save(self, person: str, session: Session, *, message_key: str | None = None, reply: str | None = None) -> None:
        """Keep the session and the reply in one transaction; drop what is past its time."""
        now = self._now()
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("INSERT OR REPLACE INTO session VALUES (?, ?, ?)", (person, session.to_json(), now))
            if message_key is not None and reply is not None:
                self._database.execute(
                    "INSERT OR IGNORE INTO reply VALUES (?, ?, ?, ?)", (message_key, person, reply, now)
                )
            self._drop_expired()

    def reply_to(self, message_key: str) -> str | None:
        """Return the reply given to this message within the last 10 minutes."""
        row = self._database.execute(
            "SELECT body FROM reply WHERE message = ? AND at > ?", (message_key, self._now() - REPLY_SECONDS)
        ).fetchone()
        return str(row[0]) if row else None

    def forget(self, person: str) -> None:
        """Remove the person's session and replies."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("DELETE FROM session WHERE person = ?", (person,))
            self._database.execute("DELETE FROM reply WHERE person = ?", (person,))
        # What was deleted still stands in the journal until it is emptied.
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _drop_expired(self) -> None:
        now = self._now()
        self._database.execute("DELETE FROM reply WHERE at <= ?", (now - REPLY_SECONDS,))
        self._database.execute("DELETE FROM session WHERE at <= ?", (now - SESSION_SECONDS,))

    def close(self) -> None:
        """Close the file."""
        self._database.close()
