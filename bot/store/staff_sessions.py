"""Who is signed in to the console. Of a token only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.store.schema_staff import staff, staff_session
from bot.store.vault import Vault

IDLE_SECONDS = 30 * 60.0
LONGEST_SECONDS = 10 * 3600.0
"""A session ends when nothing was done for half an hour, and after ten hours whatever was done."""
HALF_SECONDS = 10 * 60.0
"""One whose second factor is not given yet ends sooner."""


def sign_in(connection: Connection, officer: str, *, is_whole: bool, now: float) -> str:
    """Begin a session under a new token, which is returned and kept only as its hash."""
    token = secrets.token_urlsafe(32)
    row = {"token": _hash(token), "staff": officer, "is_whole": is_whole}
    connection.execute(insert(staff_session).values(row | {"started_at": now, "seen_at": now, "pending": ""}))
    return token


def find(connection: Connection, token: str, now: float) -> Row[Any] | None:
    """Return the row of a session with that of its person; None when it is over, or they may no longer sign in."""
    columns = (staff_session.c.is_whole, staff_session.c.started_at, staff_session.c.seen_at)
    return connection.execute(
        select(staff, *columns)
        .join_from(staff_session, staff)
        .where(
            staff_session.c.token == _hash(token),
            staff_session.c.seen_at > now - IDLE_SECONDS,
            staff_session.c.started_at > now - LONGEST_SECONDS,
            staff_session.c.is_whole | (staff_session.c.started_at > now - HALF_SECONDS),
            staff.c.is_active,
        )
    ).one_or_none()


def note_seen(connection: Connection, token: str, now: float) -> None:
    """Note that the session is in use."""
    connection.execute(update(staff_session).where(staff_session.c.token == _hash(token)).values(seen_at=now))


def sign_out(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(staff_session).where(staff_session.c.token == _hash(token)))


def sign_out_everywhere(connection: Connection, officer: str) -> None:
    """End all sessions of a person (by id)."""
    connection.execute(delete(staff_session).where(staff_session.c.staff == officer))


def pending(connection: Connection, vault: Vault, token: str) -> str | None:
    """Return the secret of the second factor that is being set up in a session; None when none is."""
    row = connection.execute(select(staff_session).where(staff_session.c.token == _hash(token))).one_or_none()
    if row is None or not row.pending:
        return None
    return vault.unseal(f"staff:{row.staff}", row.pending, _context(token)).decode()


def begin(connection: Connection, vault: Vault, officer: str, token: str, secret: str) -> None:
    """Keep the secret of a second factor while it is being set up, sealed; one there already stays."""
    sealed = vault.seal(f"staff:{officer}", secret.encode(), _context(token))
    fresh = update(staff_session).where(staff_session.c.token == _hash(token), staff_session.c.pending == "")
    connection.execute(fresh.values(pending=sealed))


def purge(connection: Connection, now: float) -> None:
    """Remove the sessions that are over."""
    connection.execute(delete(staff_session).where(staff_session.c.started_at <= now - LONGEST_SECONDS))
    connection.execute(delete(staff_session).where(staff_session.c.seen_at <= now - IDLE_SECONDS))


def _context(token: str) -> bytes:
    return f"pending {_hash(token)}".encode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
