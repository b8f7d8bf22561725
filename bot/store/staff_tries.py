"""How often a password or a code was tried in a row, by the name that was typed: of nobody's name too.

A try is counted before it is looked at, so that many at once are not looked at together.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from bot.store.schema_staff import staff_try
from bot.store.work import DAY_SECONDS

FREE_FAILURES = 4
FIRST_LOCK_SECONDS = 30.0
LONGEST_LOCK_SECONDS = 15 * 60.0
"""The fifth wrong password in a row locks for 30 seconds, each further one twice as long, at most 15 minutes."""
TRY_DAYS = 2


@dataclass(frozen=True)
class Try:
    """One try. `who`: keyed hash of the name. Refused: nothing is looked at before `locked_until` (seconds since 1970).

    Else `locked_until` is the lock that this one leaves if it is wrong, 0.0 for none.
    """

    who: str
    is_refused: bool
    locked_until: float


def begin(connection: Connection, who: str, now: float) -> Try:
    """Count a try, unless the name is locked."""
    row = connection.execute(select(staff_try).where(staff_try.c.who == who).with_for_update()).one_or_none()
    if row is not None and row.locked_until > now:
        return Try(who, is_refused=True, locked_until=row.locked_until)
    failures = 1 if row is None else row.failures + 1
    over = failures - FREE_FAILURES
    locked = 0.0 if over <= 0 else now + min(FIRST_LOCK_SECONDS * 2 ** min(over - 1, 20), LONGEST_LOCK_SECONDS)
    values = {"failures": failures, "locked_until": locked, "at": now}
    if row is None:
        connection.execute(insert(staff_try).values(who=who, **values))
    else:
        connection.execute(update(staff_try).where(staff_try.c.who == who).values(values))
    return Try(who, is_refused=False, locked_until=locked)


def note_wrong(connection: Connection, tried: Try, now: float) -> None:
    """Note when a try was wrong: a write in any case, so that nobody's name takes as long as somebody's."""
    connection.execute(update(staff_try).where(staff_try.c.who == tried.who).values(at=now))


def undo(connection: Connection, tried: Try) -> None:
    """Take a try back that was right; those before it, and the locks that others have left, stay."""
    own = staff_try.c.who == tried.who
    connection.execute(update(staff_try).where(own, staff_try.c.failures > 0).values(failures=staff_try.c.failures - 1))
    connection.execute(
        update(staff_try).where(own, staff_try.c.locked_until == tried.locked_until).values(locked_until=0.0)
    )


def forget(connection: Connection, who: str) -> None:
    """Count anew: all that is asked was given."""
    connection.execute(delete(staff_try).where(staff_try.c.who == who))


def locks(connection: Connection, now: float) -> dict[str, float]:
    """Return until when names are locked, by `who`."""
    rows = connection.execute(select(staff_try).where(staff_try.c.locked_until > now))
    return {row.who: row.locked_until for row in rows}


def purge(connection: Connection, now: float) -> None:
    """Remove what nobody has tried for two days."""
    connection.execute(delete(staff_try).where(staff_try.c.at <= now - TRY_DAYS * DAY_SECONDS))
