"""What the office does with declarations. Every look into one leaves a record of who looked and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, and_, insert, select, update

from bot.store.declaring import FINISHED_KEPT_DAYS, Record, declared, read_items
from bot.store.faults import NoSuchDeclaration
from bot.store.photos import photos_of_declaration
from bot.store.schema import OPEN_STATES, access, declaration
from bot.store.vault import Vault
from bot.store.work import DAY_SECONDS, Items, declaration_key
from dialogs.effects import Declared, Status
from dialogs.receipts import read_receipt

_LONGEST_NAME, _LONGEST_NOTE = 64, 200
_TO_READ = (*OPEN_STATES, Status.REGISTERED)


@dataclass(frozen=True)
class ReadDeclaration:
    """A declaration with its content, as a clerk sees it. `photos` are (id, bytes); an item may hold such an id."""

    declared: Declared
    items: Items = field(repr=False)
    photos: tuple[tuple[str, bytes], ...] = field(repr=False)


@dataclass(frozen=True)
class Access:
    """Who did what (read, registered, returned) with a declaration, when (seconds since 1970) and why."""

    receipt: str
    what: str
    reader: str
    reason: str
    at: float


def read(connection: Connection, vault: Vault, receipt: str, reader: str, reason: str, now: float) -> ReadDeclaration:
    """Return a declaration and note who read it. Raises NoSuchDeclaration for one withdrawn or never there."""
    row = _row(connection, receipt, _TO_READ)
    _note(connection, row, "read", reader, reason, now)
    photos = photos_of_declaration(connection, vault, row.id)
    return ReadDeclaration(declared(vault, row), read_items(vault, row), photos)


def register(connection: Connection, receipt: str, registered_on: date, by: str, now: float) -> None:
    """Record the day on which the office registered the person; kept 30 days from now. Raises NoSuchDeclaration.

    Doing it again corrects the day.
    """
    row = _row(connection, receipt, _TO_READ)
    _note(connection, row, "registered", by, "", now)
    keep_until = min(row.keep_until, now + FINISHED_KEPT_DAYS * DAY_SECONDS)
    change = update(declaration).where(declaration.c.id == row.id)
    connection.execute(
        change.values(status=Status.REGISTERED, registered_on=registered_on, reason="", keep_until=keep_until)
    )


def give_back(connection: Connection, vault: Vault, receipt: str, reason: str, by: str, now: float) -> None:
    """Give a declaration back to the person with the reason, which is sealed. Raises NoSuchDeclaration."""
    row = _row(connection, receipt, OPEN_STATES)
    _note(connection, row, "returned", by, "", now)
    sealed = vault.seal(declaration_key(row.id), reason.encode(), b"reason")
    change = update(declaration).where(declaration.c.id == row.id)
    connection.execute(change.values(status=Status.RETURNED, reason=sealed))


def declared_in(connection: Connection, vault: Vault, city: str, status: str) -> tuple[Declared, ...]:
    """Return the city's declarations in this state, demonstrations aside, the earliest first; no content is read."""
    wanted = select(declaration).where(
        and_(
            declaration.c.city == city,
            declaration.c.status == status,
            declaration.c.is_demonstration.is_(False),
        )
    )
    rows = connection.execute(wanted.order_by(declaration.c.submitted_at, declaration.c.receipt))
    return tuple(declared(vault, row) for row in rows)


def person_of(connection: Connection, receipt: str) -> str:
    """Return whose a declaration is, whatever its state. Raises NoSuchDeclaration."""
    wanted = select(declaration.c.person).where(declaration.c.receipt == (read_receipt(receipt) or ""))
    person: str | None = connection.scalar(wanted)
    if person is None:
        raise NoSuchDeclaration("没有这个回执号的填报")
    return person


def accesses_of(connection: Connection, receipt: str) -> tuple[Access, ...]:
    """Return who did what with a declaration, the earliest first; known after the declaration is gone."""
    wanted = select(access).where(access.c.receipt == (read_receipt(receipt) or ""))
    rows = connection.execute(wanted.order_by(access.c.at, access.c.id))
    return tuple(Access(row.receipt, row.what, row.reader, row.reason, row.at) for row in rows)


def _row(connection: Connection, receipt: str, states: tuple[str, ...]) -> Record:
    wanted = select(declaration).where(
        and_(declaration.c.receipt == (read_receipt(receipt) or ""), declaration.c.status.in_(states))
    )
    row = connection.execute(wanted.with_for_update()).one_or_none()
    if row is None:
        raise NoSuchDeclaration("没有这个受理号的申报，或者它已撤回、已办结、过了保存期；请核对受理号")
    return row


def _note(connection: Connection, row: Record, what: str, reader: str, reason: str, now: float) -> None:
    # SQLite keeps a longer text and a NUL, PostgreSQL neither: one clerk's typing must not look like an outage.
    reader, reason = reader.replace("\0", "")[:_LONGEST_NAME], reason.replace("\0", "")[:_LONGEST_NOTE]
    noted = {"receipt": row.receipt, "what": what, "reader": reader, "reason": reason, "at": now}
    connection.execute(insert(access).values(noted))
