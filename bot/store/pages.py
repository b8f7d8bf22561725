"""One-time links to a page: who may answer which ask, for fifteen minutes and once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from bot.store import schema

LINK_SECONDS = 15 * 60
_TOKEN_BYTES = 24


@dataclass(frozen=True)
class Page:
    """What a link was made for: the person (a keyed hash), the draft and the ask."""

    person: str
    draft: str
    ask: str


def make(connection: Connection, page: Page, now: float) -> str:
    """Return a new token of 192 random bits, safe in a URL. Its hash alone is kept."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = {"token": _hash(token), "person": page.person, "draft": page.draft, "ask": page.ask, "at": now}
    connection.execute(insert(schema.page).values(row))
    return token


def find(connection: Connection, token: str, now: float) -> Page | None:
    """Return what the token was made for; None once it is used, too old or never was."""
    row = connection.execute(select(schema.page).where(_is_good(token, now))).one_or_none()
    return Page(row.person, row.draft, row.ask) if row else None


def use(connection: Connection, token: str, now: float) -> bool:
    """Use the token up; False when it is already used, too old or never was."""
    return connection.execute(update(schema.page).where(_is_good(token, now)).values(used_at=now)).rowcount == 1


def _is_good(token: str, now: float) -> ColumnElement[bool]:
    return and_(
        schema.page.c.token == _hash(token),
        schema.page.c.used_at.is_(None),
        schema.page.c.at > now - LINK_SECONDS,
    )


def _hash(token: str) -> str:
    # Plain: nobody finds 192 random bits by trying.
    return hashlib.sha256(token.encode()).hexdigest()
