"""What the office does with declarations. Every look into one leaves a record of who looked and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, and_, insert, select, update

from bot.store import auditing
from bot.store.declaring import FINISHED_KEPT_DAYS, Record, declared, read_items
from bot.store.faults import NoSuchDeclaration
from bot.store.notices import Notice, note_due
from bot.store.photos import photos_of_declaration
from bot.store.questions import storable
from bot.store.queueing import IN_ORDER, SEEN_STATES, of_the_office, version_of
from bot.store.schema import OPEN_STATES, access, declaration
from bot.store.vault import Vault
from bot.store.work import DAY_SECONDS, Items, declaration_key, in_shanghai
from dialogs.effects import Declared, Status
from dialogs.receipts import read_receipt
from dialogs.returning import reason_told
from knowledge.text import in_chinese

EARLIEST_REGISTRATION = date(1985, 1, 1)
"""Earlier nobody was registered as living away from home: a day before is a slip."""

READ, EXPORTED = "read", "exported"
_LONGEST_NAME, _LONGEST_NOTE = 64, 200
_COUNTS = (*OPEN_STATES, Status.REGISTERED)
"""States of a declaration that another one can be a duplicate of, and that can be registered."""


@dataclass(frozen=True)
class ReadDeclaration:
    """A declaration with its content, as a clerk sees it. `photos` are (id, bytes); an item may hold such an id.

    `station` and `duplicate_of` as in `bot.store.queueing.Waiting`.
    """

    declared: Declared
    items: Items = field(repr=False)
    photos: tuple[tuple[str, bytes], ...] = field(repr=False)
    station: str = ""
    duplicate_of: str = ""


@dataclass(frozen=True)
class Access:
    """Who did what with a declaration, when (seconds since 1970) and why.

    What: masked, read, exported, registered, returned, duplicate.
    """

    receipt: str
    what: str
    reader: str
    reason: str
    at: float


def read(connection: Connection, vault: Vault, receipt: str, reader: str, reason: str, now: float) -> ReadDeclaration:
    """Return a declaration and note who read it and why. Raises NoSuchDeclaration, ValueError without a reason."""
    _demand_reason(reason)
    row = row_of(connection, receipt, SEEN_STATES)
    note_access(connection, row, READ, reader, reason, now)
    return _read(vault, row, photos_of_declaration(connection, vault, row.id))


def export(
    connection: Connection,
    vault: Vault,
    cities: Iterable[str],
    status: str,
    *,
    station: str | None,
    before: date | None,
    reader: str,
    reason: str,
    limit: int,
    now: float,
) -> tuple[ReadDeclaration, ...]:
    """Return declarations and note each. Raises ValueError without a reason."""
    _demand_reason(reason)
    slugs = tuple(cities)
    wanted = select(declaration).where(of_the_office(slugs, status, station, before)).order_by(*IN_ORDER).limit(limit)
    rows = connection.execute(wanted).all()
    for row in rows:
        note_access(connection, row, EXPORTED, reader, reason, now)
    auditing.note(connection, reader, EXPORTED, " ".join(slugs), f"{status} {len(rows)}", now)
    return tuple(_read(vault, row, ()) for row in rows)


def register(
    connection: Connection, receipt: str, registered_on: date, by: str, now: float, version: str | None = None
) -> None:
    """Record the day on which the office registered the person; kept 30 days from now. Raises NoSuchDeclaration.

    Doing it again corrects the day. Raises ValueError for a day that cannot be.
    """
    demand_day(registered_on, in_shanghai(now).date())
    row = row_of(connection, receipt, _COUNTS, version)
    is_news = row.registered_on != registered_on
    change = update(declaration).where(declaration.c.id == row.id)
    connection.execute(
        change.values(
            status=Status.REGISTERED,
            registered_on=registered_on,
            reason="",
            returned_for=None,
            keep_until=_kept_until(row, now),
        )
    )
    _note_decision(connection, row, Notice(Status.REGISTERED, row.receipt), by, str(registered_on), now, tells=is_news)


def give_back(
    connection: Connection,
    vault: Vault,
    receipt: str,
    reason: str,
    note: str,
    by: str,
    now: float,
    version: str | None = None,
) -> None:
    """Give a declaration back to the person for a reason of the list. Raises NoSuchDeclaration, ValueError."""
    told = reason_told(reason, note)
    row = row_of(connection, receipt, OPEN_STATES, version)
    sealed = vault.seal(declaration_key(row.id), told.encode(), b"reason")
    change = update(declaration).where(declaration.c.id == row.id)
    connection.execute(change.values(status=Status.RETURNED, reason=sealed, returned_for=reason))
    # What the clerk added stands sealed in the declaration alone.
    _note_decision(connection, row, Notice(Status.RETURNED, row.receipt, reason), by, reason, now)


def mark_duplicate(
    connection: Connection,
    vault: Vault,
    receipt: str,
    of_receipt: str,
    by: str,
    now: float,
    version: str | None = None,
) -> None:
    """Close a declaration as a duplicate of another one. Raises NoSuchDeclaration, ValueError."""
    row = row_of(connection, receipt, OPEN_STATES, version)
    counts = _other(connection, of_receipt, row)
    is_theirs = counts.person == row.person or (counts.identity is not None and counts.identity == row.identity)
    told = f"回执号{counts.receipt}的那份" if is_theirs else "另一份"
    sealed = vault.seal(declaration_key(row.id), told.encode(), b"reason")
    change = update(declaration).where(declaration.c.id == row.id)
    connection.execute(
        change.values(
            status=Status.DUPLICATE,
            reason=sealed,
            returned_for=None,
            duplicate_of=counts.receipt,
            keep_until=_kept_until(row, now),
        )
    )
    _note_decision(connection, row, Notice(Status.DUPLICATE, row.receipt), by, counts.receipt, now)


def declared_in(connection: Connection, vault: Vault, city: str, status: str) -> tuple[Declared, ...]:
    """Return the city's declarations in this state, demonstrations aside, the earliest first; no content is read."""
    wanted = select(declaration).where(
        and_(
            declaration.c.city == city,
            declaration.c.status == status,
            declaration.c.is_demonstration.is_(False),
        )
    )
    rows = connection.execute(wanted.order_by(*IN_ORDER))
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


def demand_day(registered_on: date, today: date) -> None:
    """Raise ValueError, in words for the clerk, for a day on which nobody can have been registered."""
    if registered_on > today:
        raise ValueError(f"登记日期还没有到；今天是{in_chinese(today)}")
    if registered_on < EARLIEST_REGISTRATION:
        raise ValueError("登记日期太早了，请核对年份")


def demand_two_of_a_city(receipt: str, city: str, of_receipt: str, of_city: str) -> None:
    """Raise ValueError, in words for the clerk, unless one of two declarations can be a duplicate of the other."""
    if receipt == of_receipt:
        raise ValueError("两个回执号是同一份；请填另一份的回执号")
    if city != of_city:
        raise ValueError("两份不是同一个城市的；请核对回执号")


def row_of(connection: Connection, receipt: str, states: tuple[str, ...], version: str | None = None) -> Record:
    """Return the declaration's row, locked until the transaction ends.

    Raises NoSuchDeclaration in any other state, and in any other version where one is given.
    """
    row = _row(connection, receipt)
    if row is None or row.status not in states:
        raise NoSuchDeclaration("没有这个回执号的填报，或者它已撤回、已办结、过了保存期；请核对回执号")
    if version is not None and version_of(row) != version:
        raise NoSuchDeclaration("这份刚有变化，请再看一遍")
    return row


def note_access(connection: Connection, row: Record, what: str, reader: str, reason: str, now: float) -> None:
    """Note who did what with a declaration; kept when the declaration is gone."""
    noted = {"receipt": row.receipt, "what": what, "reader": as_noted(reader), "reason": _cut(reason), "at": now}
    connection.execute(insert(access).values(noted))


def as_noted(reader: str) -> str:
    """Return a clerk's name as it stands in the notes."""
    return _cut(reader, _LONGEST_NAME)


def _cut(text: str, longest: int = _LONGEST_NOTE) -> str:
    # SQLite keeps a longer text, PostgreSQL does not: one clerk's typing must not look like an outage.
    return storable(text)[:longest]


def _row(connection: Connection, receipt: str) -> Record | None:
    wanted = select(declaration).where(declaration.c.receipt == (read_receipt(receipt) or ""))
    return connection.execute(wanted.with_for_update()).one_or_none()


def _other(connection: Connection, receipt: str, row: Record) -> Record:
    """Return the declaration that counts instead of `row`. Raises ValueError."""
    counts = _row(connection, receipt)
    if counts is None or counts.status not in _COUNTS or counts.is_demonstration != row.is_demonstration:
        raise ValueError("作为依据的那份找不到，或者已经撤回、办结；请核对它的回执号")
    demand_two_of_a_city(row.receipt, row.city, counts.receipt, counts.city)
    return counts


def _read(vault: Vault, row: Record, photos: tuple[tuple[str, bytes], ...]) -> ReadDeclaration:
    return ReadDeclaration(
        declared(vault, row), read_items(vault, row), photos, row.station or "", row.duplicate_of or ""
    )


def _kept_until(row: Record, now: float) -> float:
    return min(float(row.keep_until), now + FINISHED_KEPT_DAYS * DAY_SECONDS)


def _note_decision(
    connection: Connection, row: Record, notice: Notice, by: str, detail: str, now: float, *, tells: bool = True
) -> None:
    """Note a decision with the declaration and in the audit log, and have the person told."""
    note_access(connection, row, notice.kind, by, "", now)
    auditing.note(connection, by, notice.kind, row.receipt, detail, now)
    if tells:
        note_due(connection, row.person, row.city, notice, now)


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise ValueError("要看填的内容，请先写为什么要看")
