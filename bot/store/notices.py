"""Notices of what the office decided: kept beside the reminders and delivered as they are, but set by nobody."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from bot.store.schema import reminder
from bot.store.work import in_shanghai
from dialogs.effects import Reminder, Status

KINDS = (Status.RETURNED, Status.REGISTERED, Status.DUPLICATE)
_APART = ":"
_IS_NOTICE = reminder.c.what.contains(_APART)


@dataclass(frozen=True)
class Notice:
    """What became of a declaration: one of KINDS, and the code of the reason where it came back."""

    kind: str
    receipt: str
    reason: str = ""


def notice_of(what: str) -> Notice | None:
    """Return the notice that a reminder's `what` stands for; None for a reminder that a person has set."""
    parts = what.split(_APART)
    return Notice(*parts) if len(parts) == 3 and parts[0] in KINDS else None


def is_own() -> ColumnElement[bool]:
    """Hold for reminders that a person has set: a notice is neither listed nor cancelled with them."""
    return ~_IS_NOTICE


def note_due(connection: Connection, person: str, city: str, notice: Notice, now: float) -> None:
    """Have the person told from today on, in the place of what was to be told of the same declaration."""
    drop(connection, person, notice.receipt)
    what = _APART.join((notice.kind, notice.receipt, notice.reason))
    day = in_shanghai(now).date()
    connection.execute(insert(reminder).values(person=person, city=city, day=day, what=what, at=now))


def drop(connection: Connection, person: str, receipt: str) -> None:
    """Remove what is to be told of a declaration: something newer holds, or the person has acted on it."""
    is_of_it = reminder.c.what.contains(f"{_APART}{receipt}{_APART}")
    connection.execute(delete(reminder).where(and_(reminder.c.person == person, is_of_it)))


def notices_of(connection: Connection, person: str) -> tuple[Reminder, ...]:
    """Return what the person is told of decisions, or was, the earliest day first."""
    wanted = select(reminder).where(and_(reminder.c.person == person, _IS_NOTICE))
    rows = connection.execute(wanted.order_by(reminder.c.day, reminder.c.city, reminder.c.what))
    return tuple(Reminder(row.city, row.day, row.what) for row in rows)
