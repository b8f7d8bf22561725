"""Removing what is past its time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, and_, delete, select, update

from bot.store import auditing, counting, in_force, reaching, staff_sessions, staff_tries
from bot.store.pages import LINK_SECONDS
from bot.store.schema import access, consent, declaration, done, feedback, page, photo, question, reminder, wrong_try
from bot.store.work import DAY_SECONDS, declaration_key, done_key, doom, in_shanghai

DRAFT_PHOTO_DAYS = 7
DONE_DAYS = 7
RESULT_DAYS = 1
WRONG_TRY_DAYS = 2
ACCESS_DAYS = 365
QUESTION_DAYS = 180
FEEDBACK_DAYS = 180
CONSENT_DAYS = 365
REMINDER_DAYS = 30


OTHERS = (
    reaching.purge,
    counting.purge,
    in_force.purge,
    staff_sessions.purge,
    staff_tries.purge,
    auditing.purge,
)
"""What the other modules remove of theirs."""


def purge(connection: Connection, now: float) -> None:
    """Remove what is past its time; the data keys of what goes are doomed.

    Declarations when their time is over; draft photos and the notes of turns after 7 days, the turns' results after
    one; wrong tries after 2 days; links after 15 minutes; reminders 30 days after their day, and whom to
    reach when there is nothing to reach them for; questions kept for improvement, 有用 and 没用 after 180 days; records
    of access after 365 days; consents too, if nothing the person declared is left; counts of turns, and of answers by
    staff, after 730 days; questions set aside after 180 days; the console's sessions that are over, wrong tries to sign
    in after 2 days, its audit log after 366 days.
    """
    _purge_declarations(connection, now)
    _purge_turns(connection, now)
    connection.execute(
        delete(photo).where(and_(photo.c.declaration.is_(None), photo.c.at <= _before(now, DRAFT_PHOTO_DAYS)))
    )
    connection.execute(delete(wrong_try).where(wrong_try.c.at <= _before(now, WRONG_TRY_DAYS)))
    connection.execute(delete(page).where(page.c.at <= now - LINK_SECONDS))
    connection.execute(delete(question).where(question.c.at <= _before(now, QUESTION_DAYS)))
    connection.execute(delete(feedback).where(feedback.c.at <= _before(now, FEEDBACK_DAYS)))
    connection.execute(delete(access).where(access.c.at <= _before(now, ACCESS_DAYS)))
    connection.execute(
        delete(reminder).where(reminder.c.day <= in_shanghai(now).date() - timedelta(days=REMINDER_DAYS))
    )
    for of_others in OTHERS:
        of_others(connection, now)
    declaring = select(declaration.c.person)
    connection.execute(
        delete(consent).where(and_(consent.c.at <= _before(now, CONSENT_DAYS), consent.c.person.not_in(declaring)))
    )


def orphans(connection: Connection, owners: Iterable[str]) -> frozenset[str]:
    """Return those of the owners of data keys that nothing kept has: their transaction failed."""
    wanted = frozenset(owners)
    declared = {declaration_key(row) for row in connection.scalars(select(declaration.c.id))}
    turns = {
        done_key(*row) for row in connection.execute(select(done.c.person, done.c.key).where(done.c.results != ""))
    }
    return wanted - declared - turns - reaching.owners(connection)


def _purge_declarations(connection: Connection, now: float) -> None:
    is_over = declaration.c.keep_until <= now
    doom(connection, map(declaration_key, connection.scalars(select(declaration.c.id).where(is_over))))
    connection.execute(delete(declaration).where(is_over))


def _purge_turns(connection: Connection, now: float) -> None:
    is_over = and_(done.c.at <= _before(now, RESULT_DAYS), done.c.results != "")
    rows = connection.execute(select(done.c.person, done.c.key).where(is_over))
    doom(connection, [done_key(row.person, row.key) for row in rows])
    connection.execute(update(done).where(is_over).values(results=""))
    connection.execute(delete(done).where(done.c.at <= _before(now, DONE_DAYS)))


def _before(now: float, days: float) -> float:
    return now - days * DAY_SECONDS
