"""Questions kept for improvement: what was asked, with nothing of who asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from bot.store.schema import question
from bot.store.work import in_shanghai


@dataclass(frozen=True)
class KeptQuestion:
    """A question as it is kept: when (seconds since 1970), its text redacted by whoever hands it in.

    `kind` is what it was answered with (answer, clarify, not_covered…), `city` a slug; both this and `topic` as far as
    known.
    """

    at: float
    kind: str
    text: str = field(repr=False)
    city: str | None = None
    topic: str | None = None


def keep(connection: Connection, rows: Sequence[KeptQuestion]) -> None:
    """Keep the questions in the order given."""
    connection.execute(
        insert(question),
        [
            {
                "at": row.at,
                "day": in_shanghai(row.at).date(),
                "city": row.city,
                "kind": row.kind,
                "topic": row.topic,
                "text": storable(row.text),
            }
            for row in rows
        ],
    )


def latest(connection: Connection, since: float, limit: int, kinds: Collection[str]) -> tuple[KeptQuestion, ...]:
    """Return the latest `limit` questions of these kinds (empty: of any) from `since` on, the earliest first."""
    wanted = select(question).where(question.c.at >= since).order_by(question.c.at.desc(), question.c.id.desc())
    wanted = wanted.where(question.c.kind.in_(sorted(kinds))) if kinds else wanted
    rows = connection.execute(wanted.limit(limit)).all()
    return tuple(KeptQuestion(row.at, row.kind, row.text, row.city, row.topic) for row in reversed(rows))


def storable(text: str) -> str:
    """Return what any database takes of a text: no NUL, no half surrogate pair."""
    # People send anything; PostgreSQL takes no NUL, no database half a surrogate pair.
    return text.replace("\0", "").encode("utf-8", "replace").decode()
