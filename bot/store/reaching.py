"""Whom to reach on WeChat, and reminders on their way: pushed at most once, and told at the next visit else.

What the office decided (`bot.store.notices`) goes the same way.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, or_, select, update

from bot.store.faults import Forgotten
from bot.store.schema import OPEN_STATES, declaration, delivery, doomed_key, reach, reminder
from bot.store.vault import Vault
from bot.store.work import doom, reach_key

LEASE_SECONDS = 300.0
"""How long a claim on a reminder holds, and a push may take before it counts as never having ended."""

UNNEEDED_SECONDS = 3600.0
"""Who was kept a moment ago may just be setting the first reminder; after an hour that is over."""

_CONTEXT = b"reach"
_ID_BYTES = 16
_CLAIMED, _SENDING, _NOTIFYING, _SHOWN = "claimed", "sending", "notifying", "shown"
_UNDER_WAY = (_SENDING, _NOTIFYING)

UNSEEN_SECONDS = 60.0
UNDELIVERED_SECONDS = 3600.0
"""The platform tells within seconds what became of a notification; what it tells later is of another."""


class Outcome(StrEnum):
    """What became of a reminder."""

    NOTIFIED = "notified"
    """A subscription notification was sent."""
    MESSAGED = "messaged"
    """A customer-service message was sent."""
    KEPT = "kept"
    """Nothing could be sent: it is told at the next visit."""


@dataclass(frozen=True)
class Reach:
    """Where a person is reached: the official account by name, and their openid there, which no repr shows."""

    account: str
    openid: str = field(repr=False)


@dataclass(frozen=True)
class Due:
    """A reminder that is due, of a person (a keyed hash). `id` names this claim: a later one has another."""

    id: str
    person: str
    city: str
    day: date
    what: str


# ------------------------------------------------------------------------------------------------------ whom to reach


def keep(connection: Connection, vault: Vault, person: str, wanted: Reach, now: float) -> None:
    """Keep where the person is reached, sealed, in the place of what was kept before."""
    owner = reach_key(person)
    is_doomed = doomed_key.c.owner == owner
    if connection.scalar(select(doomed_key.c.owner).where(is_doomed)) is not None:
        # Forgotten a moment ago: sealed with the old key, this would be lost when that key is destroyed.
        vault.destroy(owner)
        connection.execute(delete(doomed_key).where(is_doomed))
    sealed = vault.seal(owner, json.dumps([wanted.account, wanted.openid]).encode(), _CONTEXT)
    connection.execute(delete(reach).where(reach.c.person == person))
    connection.execute(insert(reach).values(person=person, sealed=sealed, at=now))


def read(connection: Connection, vault: Vault, person: str) -> Reach | None:
    """Return where the person is reached; None when that is not kept, or its key was destroyed. Raises WrongKey."""
    sealed = connection.scalar(select(reach.c.sealed).where(reach.c.person == person))
    if sealed is None:
        return None
    try:
        account, openid = json.loads(vault.unseal(reach_key(person), sealed, _CONTEXT))
    except Forgotten:
        return None
    return Reach(account, openid)


def is_kept(connection: Connection, person: str) -> bool:
    """Tell whether it is kept where the person is reached."""
    return connection.scalar(select(reach.c.person).where(reach.c.person == person)) is not None


def forget(connection: Connection, person: str) -> None:
    """Remove where the person is reached, and doom the key to every copy of it."""
    connection.execute(delete(reach).where(reach.c.person == person))
    doom(connection, [reach_key(person)])


def purge(connection: Connection, now: float) -> None:
    """Forget whoever waits for no reminder and has no open declaration; who was kept within the hour stays."""
    waits = select(reminder.c.person).outerjoin(delivery, _is_of_the_reminder()).where(_is_not_over())
    declares = select(declaration.c.person).where(declaration.c.status.in_(OPEN_STATES))
    is_unneeded = and_(
        reach.c.at <= now - UNNEEDED_SECONDS, reach.c.person.not_in(waits), reach.c.person.not_in(declares)
    )
    doom(connection, map(reach_key, connection.scalars(select(reach.c.person).where(is_unneeded))))
    connection.execute(delete(reach).where(is_unneeded))


def owners(connection: Connection) -> frozenset[str]:
    """Return the owners of the data keys in use here."""
    return frozenset(map(reach_key, connection.scalars(select(reach.c.person))))


# ---------------------------------------------------------------------------------------------- reminders on their way


def is_any_due(connection: Connection, today: date, now: float) -> bool:
    """Tell whether there is a reminder to claim."""
    return connection.execute(_free(today, now).limit(1)).first() is not None


def claim(connection: Connection, today: date, now: float, limit: int, lease_seconds: float) -> tuple[Due, ...]:
    """Take at most `limit` reminders whose day has come, the earliest first, for `lease_seconds`: one caller gets each.

    A claim that ends without a push having begun frees the reminder for the next one to come.
    """
    ordered = _free(today, now).order_by(reminder.c.day, reminder.c.person, reminder.c.city, reminder.c.what)
    rows = connection.execute(ordered.limit(limit)).all()
    if not rows:
        return ()
    # A new id: whoever held the claim that has ended can neither begin nor end anything with the old one.
    connection.execute(delete(delivery).where(delivery.c.id.in_(row.id for row in rows if row.id)))
    due = tuple(Due(secrets.token_hex(_ID_BYTES), row.person, row.city, row.day, row.what) for row in rows)
    way = {"state": _CLAIMED, "until": now + lease_seconds}
    connection.execute(insert(delivery), [{**vars(one), **way} for one in due])
    return due


def begin(connection: Connection, delivery_id: str, now: float, *, notifies: bool) -> bool:
    """Note that pushing begins; False when it has begun before, the claim is another's or the reminder is gone."""
    is_mine = and_(delivery.c.id == delivery_id, delivery.c.state == _CLAIMED)
    state = _NOTIFYING if notifies else _SENDING
    change = update(delivery).where(is_mine).values(state=state, until=now + LEASE_SECONDS)
    return connection.execute(change).rowcount == 1


def end(connection: Connection, delivery_id: str, outcome: Outcome, now: float) -> bool:
    """Note what became of it; False when it was told meanwhile, is another's claim, or never began to be pushed."""
    before = (_CLAIMED, *_UNDER_WAY) if outcome is Outcome.KEPT else _UNDER_WAY
    is_mine = and_(delivery.c.id == delivery_id, delivery.c.state.in_(before))
    change = update(delivery).where(is_mine).values(state=outcome, until=now)
    return connection.execute(change).rowcount == 1


def note_undelivered(connection: Connection, person: str, now: float) -> bool:
    """Note that the person's last notification did not arrive; False when there is none it can be.

    One that is still under way ends as kept then: `end` finds that it is over.
    """
    is_notified = and_(delivery.c.state == Outcome.NOTIFIED, delivery.c.until > now - UNDELIVERED_SECONDS)
    wanted = select(delivery.c.id).where(
        and_(delivery.c.person == person, or_(is_notified, delivery.c.state == _NOTIFYING))
    )
    # One under way began after all that ended, and its `until` lies ahead.
    found = connection.scalar(wanted.order_by(delivery.c.until.desc(), delivery.c.id).limit(1))
    if found is None:
        return False
    connection.execute(update(delivery).where(delivery.c.id == found).values(state=Outcome.KEPT, until=now))
    return True


def keep_due(connection: Connection, person: str, today: date, now: float) -> None:
    """Keep what is due and not taken for the person's visit: nobody pushes it then."""
    free = _free(today, now).where(reminder.c.person == person)
    for row in connection.execute(free).all():
        connection.execute(delete(delivery).where(delivery.c.id == row.id))
        one = Due(secrets.token_hex(_ID_BYTES), row.person, row.city, row.day, row.what)
        connection.execute(insert(delivery).values(**vars(one), state=Outcome.KEPT, until=now))


def is_any_due_of(connection: Connection, person: str, today: date, now: float) -> bool:
    """Tell whether there is something to keep for the person's visit."""
    free = _free(today, now).where(reminder.c.person == person)
    return connection.execute(free.limit(1)).first() is not None


def to_show(connection: Connection, person: str, now: float) -> tuple[Due, ...]:
    """Return the person's reminders that could not be pushed, or of which nobody knows, the earliest day first."""
    wanted = select(delivery).where(and_(delivery.c.person == person, _is_to_show(now)))
    rows = connection.execute(wanted.order_by(delivery.c.day, delivery.c.city, delivery.c.what))
    return tuple(Due(row.id, row.person, row.city, row.day, row.what) for row in rows)


def note_shown(connection: Connection, person: str, delivery_ids: Sequence[str], now: float) -> None:
    """Note that the person was told these of theirs to show; any other id is left alone."""
    is_one = and_(delivery.c.person == person, delivery.c.id.in_(delivery_ids), _is_to_show(now))
    connection.execute(update(delivery).where(is_one).values(state=_SHOWN, until=now))


def note_unseen(connection: Connection, person: str, now: float) -> None:
    """Note that what was shown to the person within UNSEEN_SECONDS is still to show."""
    is_one = and_(delivery.c.person == person, delivery.c.state == _SHOWN, delivery.c.until > now - UNSEEN_SECONDS)
    connection.execute(update(delivery).where(is_one).values(state=Outcome.KEPT, until=now))


def told(connection: Connection, person: str) -> frozenset[tuple[str, date, str]]:
    """Return (city, day, what) of the person's reminders that were pushed or shown."""
    is_told = delivery.c.state.in_((Outcome.NOTIFIED, Outcome.MESSAGED, _SHOWN))
    wanted = select(delivery.c.city, delivery.c.day, delivery.c.what).where(and_(delivery.c.person == person, is_told))
    return frozenset((row.city, row.day, row.what) for row in connection.execute(wanted))


def _free(today: date, now: float) -> Select[Any]:
    is_free = or_(delivery.c.id.is_(None), and_(delivery.c.state == _CLAIMED, delivery.c.until <= now))
    of_all = select(reminder, delivery.c.id).outerjoin(delivery, _is_of_the_reminder())
    return of_all.where(and_(reminder.c.day <= today, is_free))


def _is_of_the_reminder() -> ColumnElement[bool]:
    return and_(*(delivery.c[column.name] == column for column in reminder.primary_key))


def _is_not_over() -> ColumnElement[bool]:
    return or_(delivery.c.id.is_(None), delivery.c.state.in_((_CLAIMED, *_UNDER_WAY)))


def _is_to_show(now: float) -> ColumnElement[bool]:
    # Whether a push that began and never ended arrived, nobody knows: told twice is better than pushed twice or lost.
    is_unknown = and_(delivery.c.state.in_(_UNDER_WAY), delivery.c.until <= now)
    return or_(delivery.c.state == Outcome.KEPT, is_unknown)
