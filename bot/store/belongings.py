"""What belongs to a person besides declarations: consents and reminders; and removing all of it."""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, insert, select

from bot.store.notices import is_own
from bot.store.schema import consent, declaration, done, page, photo, reach, reminder
from bot.store.work import Work, declaration_key, done_key, doom, draft_key, reach_key
from dialogs.effects import CancelReminders, Consent, Erase, Remind, Reminder


def keep_consent(work: Work, effect: Consent) -> dict[str, str]:
    """Keep what was agreed to and when."""
    work.connection.execute(
        insert(consent).values(
            person=work.person, kind=effect.kind, version=effect.version, city=effect.city, at=work.now
        )
    )
    return {}


def remind(work: Work, effect: Remind) -> dict[str, str]:
    """Keep a reminder; one that is already there stays as it is."""
    given = {"person": work.person, "city": effect.city, "day": effect.day, "what": effect.what}
    is_same = and_(*(reminder.c[name] == value for name, value in given.items()))
    if work.connection.scalar(select(reminder.c.person).where(is_same)) is None:
        work.connection.execute(insert(reminder).values(**given, at=work.now))
    return {}


def cancel_reminders(work: Work, effect: CancelReminders) -> dict[str, str]:
    """Remove the reminders that the person has set; what the office decided is told all the same."""
    work.connection.execute(delete(reminder).where(and_(reminder.c.person == work.person, is_own())))
    return {}


def reminders_of(connection: Connection, person: str) -> tuple[Reminder, ...]:
    """Return the reminders that the person has set, the earliest day first."""
    wanted = select(reminder).where(and_(reminder.c.person == person, is_own()))
    rows = connection.execute(wanted.order_by(reminder.c.day, reminder.c.city, reminder.c.what))
    return tuple(Reminder(row.city, row.day, row.what) for row in rows)


def erase(work: Work, effect: Erase) -> dict[str, str]:
    """Remove everything of the person, and with the data keys what copies of the database hold.

    Wrong tries of the day stay until they are purged: erasing would otherwise be a way round their limit.
    """
    connection, person = work.connection, work.person
    declared = connection.scalars(select(declaration.c.id).where(declaration.c.person == person))
    # This very turn stays noted: repeated, it must not be taken for a new one.
    turns_before = and_(done.c.person == person, done.c.key != work.key)
    turns = connection.scalars(select(done.c.key).where(turns_before, done.c.results != ""))
    doom(
        connection,
        [
            draft_key(person),
            reach_key(person),
            *(declaration_key(declaration_id) for declaration_id in declared),
            *(done_key(person, key) for key in turns),
        ],
    )
    for table in (photo, declaration, consent, reminder, page, reach):
        connection.execute(delete(table).where(table.c.person == person))
    connection.execute(delete(done).where(turns_before))
    return {}
