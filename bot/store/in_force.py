"""What of the published is in force: what is switched off, which answers are live, and how often they are given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, delete, func, insert, select

from bot.store.counting import add_to
from bot.store.publishing import State, read_revision
from bot.store.questions import storable
from bot.store.schema_staff import faq, faq_served, set_aside, switch
from bot.store.work import DAY_SECONDS
from dialogs.published import LONGEST_SENTENCE, Published, Switch

ASIDE_DAYS = 180
_ALL = "*"
"""Stands in the table for every city, and for everything of one."""


@dataclass(frozen=True)
class Switched:
    """A switch, by whom it was set, and when (seconds since 1970)."""

    switch: Switch
    by: str
    at: float


def switch_off(connection: Connection, given: Switch, by: str, now: float) -> None:
    """Keep a switch; one of the same city and topic is written over. Raises ValueError for its sentence."""
    sentence = storable(given.sentence).strip()
    if not 0 < len(sentence) <= LONGEST_SENTENCE:
        raise ValueError(f"停用时说的话要有 1 到 {LONGEST_SENTENCE} 个字")
    switch_on(connection, given.city, given.topic)
    row = {"city": given.city or _ALL, "topic": given.topic or _ALL, "sentence": sentence, "by": by, "at": now}
    connection.execute(insert(switch).values(row))


def switch_on(connection: Connection, city: str | None, topic: str | None) -> bool:
    """Remove a switch; False when there is none."""
    is_it = and_(switch.c.city == (city or _ALL), switch.c.topic == (topic or _ALL))
    return connection.execute(delete(switch).where(is_it)).rowcount > 0


def switches(connection: Connection) -> tuple[Switched, ...]:
    """Return the switches, by city and topic."""
    rows = connection.execute(select(switch).order_by(switch.c.city, switch.c.topic))
    return tuple(Switched(Switch(_named(row.city), _named(row.topic), row.sentence), row.by, row.at) for row in rows)


def count_served(connection: Connection, counts: Mapping[tuple[str, date], int]) -> None:
    """Add to how often entries were served on a day."""
    add_to(connection, faq_served, counts)


def served(connection: Connection, since: date, entry: str | None = None) -> dict[str, int]:
    """Return how often each entry was served from that day on, or that one alone."""
    total = func.sum(faq_served.c.count)
    wanted = select(faq_served.c.entry, total).where(faq_served.c.day >= since).group_by(faq_served.c.entry)
    if entry is not None:
        wanted = wanted.where(faq_served.c.entry == entry)
    return {entry: int(count) for entry, count in connection.execute(wanted)}


def put_aside(connection: Connection, text_hash: str, by: str, now: float) -> None:
    """Note that a question is set aside; again changes nothing."""
    bring_back(connection, text_hash)
    connection.execute(insert(set_aside).values(text=text_hash, by=by, at=now))


def bring_back(connection: Connection, text_hash: str) -> None:
    """Forget that a question was set aside."""
    connection.execute(delete(set_aside).where(set_aside.c.text == text_hash))


def aside(connection: Connection) -> frozenset[str]:
    """Return the hashes of the questions that are set aside."""
    return frozenset(connection.scalars(select(set_aside.c.text)))


def purge(connection: Connection, now: float) -> None:
    """Forget what was set aside 180 days ago and before: the questions are gone by then."""
    connection.execute(delete(set_aside).where(set_aside.c.at <= now - ASIDE_DAYS * DAY_SECONDS))


def version(connection: Connection) -> str:
    """Return what names all that is in force: a revision never changes once it is live, so its number stands for it."""
    live = connection.scalars(select(faq.c.id).where(faq.c.state == State.LIVE).order_by(faq.c.id)).all()
    off = connection.execute(
        select(switch.c.city, switch.c.topic, switch.c.sentence).order_by(switch.c.city, switch.c.topic)
    )
    told = json.dumps([list(live), [list(row) for row in off]])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def published(connection: Connection) -> Published:
    """Return what is in force, the entries in the order they were first drafted."""
    rows = connection.execute(select(faq).where(faq.c.state == State.LIVE).order_by(faq.c.id))
    entries = tuple(read_revision(row).faq for row in rows)
    return Published(tuple(one.switch for one in switches(connection)), entries)


def _named(kept: str) -> str | None:
    return None if kept == _ALL else kept
