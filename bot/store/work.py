"""What one turn's effects are carried out with, and the small things every part of the records needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from bot.clock import SHANGHAI
from bot.store.schema import doomed_key
from bot.store.vault import Vault

DUPLICATE = "duplicate"
"""In the results of a Submit that found an earlier one of the same person: its receipt number stands in RECEIPT."""
REFUSED = "refused"
"""In the results of a Correct or Withdraw that did nothing: not the person's own, or no longer open."""

DAY_SECONDS = 86_400.0

Moment = datetime | float
"""A time: seconds since 1970, or a datetime with its zone."""
Items = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Labels:
    """How an export names cities (by slug) and reminders (by what they are about); without a name the key itself.

    `items` tells by which ask of the form (its name) an item is given; what it does not tell of is covered whole.
    """

    cities: Mapping[str, str] = field(default_factory=dict)
    reminders: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)

    def city(self, slug: str) -> str:
        """Return the city's name."""
        return self.cities.get(slug, slug)

    def reminder(self, what: str) -> str:
        """Return what a reminder is about."""
        return self.reminders.get(what, what)


@dataclass(frozen=True)
class Work:
    """One transaction for one turn of a person, told apart by `key`.

    `made` collects the owners of data keys made in it, to be undone if it fails.
    """

    connection: Connection
    vault: Vault
    person: str
    key: str
    today: date
    now: float
    labels: Labels
    made: list[str] = field(default_factory=list)


def seconds(moment: Moment) -> float:
    """Return seconds since 1970. Raises ValueError for a datetime that does not say its zone."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError("a time without a zone")
        return moment.timestamp()
    return float(moment)


def in_shanghai(at: float) -> datetime:
    """Return the time in Asia/Shanghai."""
    return datetime.fromtimestamp(at, SHANGHAI)


def to_the_minute(at: float) -> str:
    """Return the time in Asia/Shanghai as people read it: 2026-11-02 09:30."""
    return f"{in_shanghai(at):%Y-%m-%d %H:%M}"


def declaration_key(declaration: str) -> str:
    """Return the owner of a declaration's data key."""
    return f"declaration:{declaration}"


def draft_key(person: str) -> str:
    """Return the owner of the data key of what a person has not handed in yet."""
    return f"draft:{person}"


def done_key(person: str, key: str) -> str:
    """Return the owner of the data key of a turn's results."""
    return f"done:{person}:{key}"


def reach_key(person: str) -> str:
    """Return the owner of the data key of where a person is reached."""
    return f"reach:{person}"


def doom(connection: Connection, owners: Iterable[str]) -> None:
    """Note that these data keys are to be destroyed once this transaction is on disk."""
    wanted = set(owners)
    noted = set(connection.scalars(select(doomed_key.c.owner).where(doomed_key.c.owner.in_(wanted))))
    if wanted - noted:
        connection.execute(insert(doomed_key), [{"owner": owner} for owner in sorted(wanted - noted)])


def packed(items: Items) -> bytes:
    """Return the items as bytes to seal."""
    return json.dumps(items, ensure_ascii=False).encode()


def unpacked(data: bytes) -> Items:
    """Read what `packed` wrote."""
    return tuple((name, value) for name, value in json.loads(data))
