"""The office's queue: which declarations there are and how long they wait. Nothing here is unsealed."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bot.store.faults import NoSuchDeclaration
from bot.store.schema import OPEN_STATES, declaration
from bot.store.work import in_shanghai
from dialogs.effects import Status
from dialogs.receipts import read_receipt

SEEN_STATES = (*OPEN_STATES, Status.REGISTERED, Status.DUPLICATE)
"""What the office may look at: not what a person has taken back."""
AGES = (0, 3, 7, 15, 30)
"""From how many days on a declaration counts as older, for the overview."""

_APART = "_"


@dataclass(frozen=True)
class Waiting:
    """A declaration without its content. `days` since it was handed in; `station` "" where it is not known.

    `returned_for` is a code of `dialogs.returning`, `duplicate_of` the receipt of the one that counts; else "".
    `mark` is its place in the queue, for the next page; `version` tells this state of it, content and decisions, from
    any other.
    """

    receipt: str
    city: str
    status: str
    submitted_on: date
    submitted_at: float
    days: int
    station: str
    registered_on: date | None
    returned_for: str
    duplicate_of: str
    version: str

    @property
    def mark(self) -> str:
        """Return its place in the queue."""
        return f"{self.submitted_at!r}{_APART}{self.receipt}"


@dataclass(frozen=True)
class WaitingCount:
    """How many declarations of a city are in this state and at least `from_days` old, and not of the next age."""

    city: str
    status: str
    from_days: int
    count: int


def queue(
    connection: Connection,
    cities: Iterable[str],
    *,
    status: str,
    station: str | None,
    before: date | None,
    after: str,
    limit: int,
    now: float,
) -> tuple[Waiting, ...]:
    """Return what `bot.store.records_office` promises."""
    conditions = [of_the_office(cities, status, station, before)]
    place = _place(after)
    if place is not None:
        at, receipt = place
        is_later = and_(declaration.c.submitted_at == at, declaration.c.receipt > receipt)
        conditions.append(or_(declaration.c.submitted_at > at, is_later))
    rows = connection.execute(select(declaration).where(and_(*conditions)).order_by(*IN_ORDER).limit(limit))
    return tuple(_waiting(row, now) for row in rows)


def find(connection: Connection, receipt: str, now: float) -> Waiting:
    """Return one declaration. Raises NoSuchDeclaration."""
    is_it = and_(
        declaration.c.receipt == (read_receipt(receipt) or ""),
        declaration.c.status.in_(SEEN_STATES),
        declaration.c.is_demonstration.is_(False),
    )
    row = connection.execute(select(declaration).where(is_it)).one_or_none()
    if row is None:
        raise NoSuchDeclaration("没有这个回执号的填报，或者它已撤回、过了保存期；请核对回执号")
    return _waiting(row, now)


def counts(connection: Connection, cities: Iterable[str] | None, now: float) -> tuple[WaitingCount, ...]:
    """Return how many there are by city, status and age."""
    seen = [declaration.c.is_demonstration.is_(False), declaration.c.status.in_(SEEN_STATES)]
    if cities is not None:
        seen.append(declaration.c.city.in_(tuple(cities)))
    columns = (declaration.c.city, declaration.c.status, declaration.c.submitted_on)
    found: Counter[tuple[str, str, int]] = Counter()
    for row in connection.execute(select(*columns, func.count().label("many")).where(and_(*seen)).group_by(*columns)):
        days = _days(row.submitted_on, now)
        found[row.city, row.status, max(age for age in AGES if age <= days)] += row.many
    return tuple(WaitingCount(*key, found[key]) for key in sorted(found))


def stations(connection: Connection, cities: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return (city, station) of all that the office may see, in order."""
    columns = (declaration.c.city, declaration.c.station)
    seen = and_(
        declaration.c.is_demonstration.is_(False),
        declaration.c.status.in_(SEEN_STATES),
        declaration.c.city.in_(tuple(cities)),
        declaration.c.station != "",
    )
    rows = connection.execute(select(*columns).where(seen).distinct().order_by(*columns))
    return tuple((row.city, row.station) for row in rows)


IN_ORDER = (declaration.c.submitted_at, declaration.c.receipt)
"""The oldest first."""


def of_the_office(cities: Iterable[str], status: str, station: str | None, before: date | None) -> ColumnElement[bool]:
    """Hold for declarations of these cities in this state, demonstrations and what was taken back aside.

    `station` None: of any; `before` None: handed in on any day.
    """
    conditions = [
        declaration.c.city.in_(tuple(cities)),
        declaration.c.status == status,
        declaration.c.status.in_(SEEN_STATES),
        declaration.c.is_demonstration.is_(False),
    ]
    if station is not None:
        conditions.append(func.coalesce(declaration.c.station, "") == station)
    if before is not None:
        conditions.append(declaration.c.submitted_on < before)
    return and_(*conditions)


def _waiting(row: Any, now: float) -> Waiting:
    return Waiting(
        receipt=row.receipt,
        city=row.city,
        status=row.status,
        submitted_on=row.submitted_on,
        submitted_at=row.submitted_at,
        days=_days(row.submitted_on, now),
        station=row.station or "",
        registered_on=row.registered_on,
        returned_for=row.returned_for or "",
        duplicate_of=row.duplicate_of or "",
        version=version_of(row),
    )


def version_of(row: Any) -> str:
    """Return what changes with every change: what is sealed anew is never the same again."""
    told = (row.status, row.registered_on, row.returned_for, row.duplicate_of, row.items, row.reason)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _days(submitted_on: date, now: float) -> int:
    return max(0, (in_shanghai(now).date() - submitted_on).days)


def _place(mark: str) -> tuple[float, str] | None:
    """Read a mark, which may come from an address that anybody typed."""
    at, _, receipt = mark.partition(_APART)
    try:
        found = float(at)
    except ValueError:
        return None
    return (found, receipt) if math.isfinite(found) and receipt.isascii() and receipt.isprintable() else None
