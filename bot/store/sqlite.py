"""The embedded default: conversations in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from bot.store.base import DRAFT_SECONDS, REPLY_SECONDS, SESSION_SECONDS
from bot.store.sealing import Sealing, is_sealed
from bot.store.vault import Vault
from dialogs.session import Session

_IN_MEMORY = ":memory:"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (person TEXT PRIMARY KEY, state TEXT NOT NULL, at REAL NOT NULL, until REAL);
CREATE TABLE IF NOT EXISTS reply (message TEXT PRIMARY KEY, person TEXT NOT NULL, body TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS reply_at ON reply (at);
"""
_UNTIL = f"COALESCE(until, at + {SESSION_SECONDS})"
"""A release before kept no `until`: its sessions end after a day."""


class _Plain(Sealing):
    """For a store that never leaves this process's memory."""

    def __init__(self) -> None:
        super().__init__(None)

    def state(self, person: str, session: Session) -> str:
        """Return the session as JSON."""
        return session.to_json()

    def reply(self, person: str, body: str) -> str | None:
        """Return the reply."""
        return body


class SqliteConversations:
    """Conversations in `path`: sessions for 24 hours after the last turn, dialogs for 7 days, replies for 10 minutes.

    What is personal is sealed with `vault`; without one it is not written. A turn is on disk when `save` returns (WAL,
    synchronous=FULL). Only the owner may read the file.
    """

    def __init__(self, path: Path | str, vault: Vault | None = None, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._sealing = _Plain() if str(path) == _IN_MEMORY else Sealing(vault)
        # The journal's files take over the mode of the main one.
        if str(path) != _IN_MEMORY:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.executescript(_SCHEMA)
        self._upgrade()
        self.purge()

    def load(self, person: str) -> Session:
        """Return the person's session; a new one when there is none or its time is over. Raises StoreError."""
        row = self._database.execute(
            f"SELECT state FROM session WHERE person = ? AND {_UNTIL} > ?",  # noqa: S608  # a constant of ours
            (person, self._now()),
        ).fetchone()
        return self._sealing.session(person, row[0]) if row else Session()

    def save(
        self,
        person: str,
        session: Session,
        *,
        message_key: str | None = None,
        reply: str | None = None,
        is_personal: bool = False,
        draft_seconds: float = DRAFT_SECONDS,
        drops_replies: bool = False,
    ) -> None:
        """Keep the session and the reply in one transaction; drop what is past its time. Raises StoreError."""
        now = self._now()
        # Sealed before the transaction: making a data key writes into a database of its own.
        if drops_replies:
            self._sealing.forget([], [person])  # the reply below gets a new key
        state = self._sealing.state(person, session)
        body = self._sealing.reply(person, reply) if reply is not None and is_personal else reply
        until = now + (draft_seconds if session.is_personal else SESSION_SECONDS)
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?)", (person, state, now, until))
            if drops_replies:
                self._database.execute("DELETE FROM reply WHERE person = ?", (person,))
            if message_key is not None and body is not None:
                self._database.execute(
                    "INSERT OR IGNORE INTO reply VALUES (?, ?, ?, ?)", (message_key, person, body, now)
                )
        self.purge()

    def reply_to(self, message_key: str) -> str | None:
        """Return the reply given to this message within the last 10 minutes. Raises StoreError."""
        row = self._database.execute(
            "SELECT person, body FROM reply WHERE message = ? AND at > ?", (message_key, self._now() - REPLY_SECONDS)
        ).fetchone()
        return self._sealing.body(row[0], row[1]) if row else None

    def forget(self, person: str) -> None:
        """Remove the person's session and replies, and destroy the keys they were sealed with."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("DELETE FROM session WHERE person = ?", (person,))
            self._database.execute("DELETE FROM reply WHERE person = ?", (person,))
        self._sealing.forget([person], [person])
        # What was deleted still stands in the journal until it is emptied.
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _upgrade(self) -> None:
        columns = {row[1] for row in self._database.execute("PRAGMA table_info(session)")}
        if "until" not in columns:
            self._database.execute("ALTER TABLE session ADD COLUMN until REAL")

    def purge(self) -> None:
        """Remove what is past its time; the keys of what was sealed are destroyed with it."""
        now = self._now()
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            replies = self._database.execute(
                "DELETE FROM reply WHERE at <= ? RETURNING person, body", (now - REPLY_SECONDS,)
            ).fetchall()
            drafts = self._database.execute(
                f"DELETE FROM session WHERE {_UNTIL} <= ? RETURNING person, state",  # noqa: S608
                (now,),
            ).fetchall()
            left = {row[0] for row in self._database.execute("SELECT DISTINCT person FROM reply")} if replies else set()
        sealed = {person for person, body in replies if is_sealed(body)} - left
        self._sealing.forget([person for person, state in drafts if is_sealed(state)], sealed)

    def close(self) -> None:
        """Close the file."""
        self._database.close()
