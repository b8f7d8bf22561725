"""How many turns there were and how long they took: numbers by the day, of nobody in particular.

They are not suppressed where they are small: that somebody asked about a topic of a city on a day tells of no person,
and neither words, nor times of the day, nor anything that two counts could be joined by is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.schema_staff import daily, daily_time, faq_served
from bot.store.work import in_shanghai

TurnKey = tuple[date, str, str, str, str]
"""Day in Shanghai, channel, city ("": not known), topic ("": none), kind."""
TimeKey = tuple[date, int]
"""Day in Shanghai, and the milliseconds that the turn took at most: one of UNDER, or OVER."""
By = Literal["day", "channel", "city", "topic"]
Counts = dict[tuple[Any, str], int]
"""By (day, channel, city or topic, as was asked; kind): how many turns."""

UNDER = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 10_000)
OVER = 0
"""More than the longest of UNDER."""
KEPT_DAYS = 730


def add(connection: Connection, turns: Mapping[TurnKey, int], times: Mapping[TimeKey, int]) -> None:
    """Add to what was counted before, by whichever process."""
    add_to(connection, daily, turns)
    add_to(connection, daily_time, times)


def add_to(connection: Connection, table: Table, counts: Mapping[Any, int]) -> None:
    """Add to the numbers of a table that has a `count` behind its key, which the keys of `counts` are."""
    if not counts:
        return
    names = table.columns.keys()
    rows = [dict(zip(names, (*key, count), strict=True)) for key, count in sorted(counts.items())]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    given = dialect.insert(table)
    by = [column.name for column in table.primary_key]
    more = given.on_conflict_do_update(index_elements=by, set_={"count": table.c["count"] + given.excluded["count"]})
    connection.execute(more, rows)


def turns_by(connection: Connection, by: By, since: date, until: date, city: str | None) -> Counts:
    """Return how many turns there were from `since` to `until`, both included; of one city (None: of all)."""
    column, total = daily.c[by], func.sum(daily.c["count"])
    wanted = select(column, daily.c.kind, total).where(_within(daily, since, until)).group_by(column, daily.c.kind)
    if city is not None:
        wanted = wanted.where(daily.c.city == city)
    return {(value, kind): int(count) for value, kind, count in connection.execute(wanted)}


def times(connection: Connection, since: date, until: date) -> dict[TimeKey, int]:
    """Return how many turns took how long at most, from `since` to `until`, both included."""
    rows = connection.execute(select(daily_time).where(_within(daily_time, since, until)))
    return {(row.day, row.under): row[2] for row in rows}


def purge(connection: Connection, now: float) -> None:
    """Remove what was counted two years ago and before."""
    over = in_shanghai(now).date() - timedelta(days=KEPT_DAYS)
    for table in (daily, daily_time, faq_served):
        connection.execute(delete(table).where(table.c.day <= over))


def _within(table: Table, since: date, until: date) -> ColumnElement[bool]:
    return and_(table.c.day >= since, table.c.day <= until)
