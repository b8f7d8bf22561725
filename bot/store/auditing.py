"""The audit log: what was done in the console, by whom and when. It is added to and read; nothing changes a row."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from bot.store.questions import storable
from bot.store.schema_staff import audit
from bot.store.work import DAY_SECONDS

AUDIT_DAYS = 365
"""The database refuses to change a row, and to remove one before its time (`migrations`)."""
LONGEST_BY, LONGEST_WHAT, LONGEST_ABOUT, LONGEST_DETAIL = 64, 32, 128, 400


@dataclass(frozen=True)
class Audited:
    """One thing that was done, at `at` (seconds since 1970)."""

    id: int
    at: float
    by: str
    what: str
    about: str
    detail: str


def note(connection: Connection, by: str, what: str, about: str, detail: str, now: float) -> None:
    """Add a row in the transaction of what was done; longer texts are cut. Never what a resident said."""
    row = {
        "at": now,
        "by": _cut(by, LONGEST_BY),
        "what": _cut(what, LONGEST_WHAT),
        "about": _cut(about, LONGEST_ABOUT),
        "detail": _cut(detail, LONGEST_DETAIL),
    }
    connection.execute(insert(audit).values(row))


def noted(connection: Connection, before: int | None, limit: int, by: str = "", about: str = "") -> tuple[Audited, ...]:
    """Return at most `limit` rows, the latest first, those before the row `before`; of one person, about one thing."""
    wanted = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    if by:
        wanted = wanted.where(audit.c.by == by)
    if about:
        wanted = wanted.where(audit.c.about == about)
    return tuple(Audited(row.id, row.at, row.by, row.what, row.about, row.detail) for row in connection.execute(wanted))


def purge(connection: Connection, now: float) -> None:
    """Remove the rows whose time is over, a day later: the database's clock may be behind ours."""
    connection.execute(delete(audit).where(audit.c.at <= now - (AUDIT_DAYS + 1) * DAY_SECONDS))


def _cut(text: str, longest: int) -> str:
    # SQLite keeps a longer text, PostgreSQL does not.
    return storable(text)[:longest]
