"""What people thought of an answer, 有用 or 没用, with nothing of who thought so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Integer, cast, func, insert, select

from bot.store.questions import storable
from bot.store.schema import feedback
from bot.store.work import Work
from dialogs.effects import Rate

Counts = dict[tuple[str | None, str | None], tuple[int, int]]
"""By (city, topic): how many found the answer useful, and how many not."""


@dataclass(frozen=True)
class Feedback:
    """有用 or 没用, given at `at` (seconds since 1970); the comment redacted by whoever hands it in, "" for none.

    `kind` is what the answer was (answer, clarify, not_covered…), `city` a slug; both this and `topic` as far as known.
    """

    at: float
    is_useful: bool
    city: str | None
    topic: str | None
    kind: str
    comment: str = field(default="", repr=False)


def keep(connection: Connection, rows: Sequence[Feedback]) -> None:
    """Keep them in the order given."""
    connection.execute(insert(feedback), [{**vars(row), "comment": storable(row.comment)} for row in rows])


def rate(work: Work, effect: Rate) -> dict[str, str]:
    """Keep what the person of a turn thought of the last answer."""
    keep(work.connection, [Feedback(work.now, effect.is_useful, effect.city, effect.topic, "answer")])
    return {}


def kept_since(connection: Connection, since: float, limit: int) -> tuple[Feedback, ...]:
    """Return at most `limit` given from `since` on, the earliest first."""
    wanted = select(feedback).where(feedback.c.at >= since).order_by(feedback.c.at, feedback.c.id).limit(limit)
    return tuple(
        Feedback(row.at, row.is_useful, row.city, row.topic, row.kind, row.comment)
        for row in connection.execute(wanted)
    )


def counts(connection: Connection, since: float) -> Counts:
    """Return how many were given from `since` on, by city and topic."""
    useful = func.sum(cast(feedback.c.is_useful, Integer))
    by = (feedback.c.city, feedback.c.topic)
    wanted = select(*by, useful.label("useful"), func.count().label("all")).where(feedback.c.at >= since)
    rows = connection.execute(wanted.group_by(*by))
    return {(city, topic): (int(good), int(every) - int(good)) for city, topic, good, every in rows}
