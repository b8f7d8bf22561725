"""Declarations handed in, changed, taken back and found again."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from bot.store import notices
from bot.store.faults import Forgotten
from bot.store.photos import drop_replaced, take_in
from bot.store.schema import OPEN_STATES, declaration
from bot.store.vault import Vault
from bot.store.work import (
    DAY_SECONDS,
    DUPLICATE,
    REFUSED,
    Items,
    Work,
    declaration_key,
    doom,
    packed,
    unpacked,
)
from dialogs.effects import RECEIPT, Correct, Declared, Status, Submit, Withdraw
from dialogs.receipts import new_receipt, read_receipt

LONGEST_KEPT_DAYS = 180
FINISHED_KEPT_DAYS = 30
DEMONSTRATION_SECONDS = DAY_SECONDS
LONGEST_STATION = 64
_RANDOM_BYTES = 16

Record = Row[Any]


def submit(work: Work, effect: Submit) -> dict[str, str]:
    """Keep a declaration under a data key of its own. Was there one already: its receipt, and DUPLICATE."""
    identity = identity_hash(work.vault, effect.identity)
    # Only the person's own: whoever just knows another's number must not learn whether it was declared, nor bar it.
    earlier = work.connection.scalar(_open_ones(work.person, effect.city, effect.is_demonstration, identity))
    if earlier is not None:
        return {RECEIPT: earlier, DUPLICATE: "yes"}
    declaration_id, receipt = secrets.token_hex(16), _free_receipt(work.connection)
    owner = declaration_key(declaration_id)
    work.made.append(owner)
    row = {
        "id": declaration_id,
        "receipt": receipt,
        "person": work.person,
        "city": effect.city,
        "status": Status.WAITING,
        "identity": identity,
        "is_demonstration": effect.is_demonstration,
        "submitted_at": work.now,
        "submitted_on": work.today,
        "keep_until": work.now + _kept_seconds(effect),
        "items": work.vault.seal(owner, packed(effect.items), b"items"),
        "reason": "",
        "station": effect.station[:LONGEST_STATION],
    }
    work.connection.execute(insert(declaration).values(row))
    take_in(work, declaration_id, effect.items)
    return {RECEIPT: receipt}


def correct(work: Work, effect: Correct) -> dict[str, str]:
    """Change items of the person's own open declaration, by name; it waits again. Else REFUSED and nothing changes."""
    row = _own_open(work, effect.receipt)
    if row is None:
        return {REFUSED: "yes"}
    before = read_items(work.vault, row)
    after = _changed(before, effect.items)
    identity = _identity_after(work.vault, row, before, effect.items)
    if identity != row.identity and work.connection.scalar(
        _open_ones(work.person, row.city, row.is_demonstration, identity)
    ):
        return {REFUSED: "yes"}
    sealed = work.vault.seal(declaration_key(row.id), packed(after), b"items")
    change = update(declaration).where(declaration.c.id == row.id)
    work.connection.execute(
        change.values(status=Status.WAITING, reason="", returned_for=None, items=sealed, identity=identity)
    )
    notices.drop(work.connection, work.person, row.receipt)
    take_in(work, row.id, effect.items)
    drop_replaced(work.connection, row.id, before, after)
    return {}


def withdraw(work: Work, effect: Withdraw) -> dict[str, str]:
    """Take back the person's own open declaration: that there was one stays known for 30 days, its content is lost."""
    row = _own_open(work, effect.receipt)
    if row is None:
        return {REFUSED: "yes"}
    change = update(declaration).where(declaration.c.id == row.id)
    keep_until = min(row.keep_until, work.now + FINISHED_KEPT_DAYS * DAY_SECONDS)
    work.connection.execute(
        change.values(
            status=Status.WITHDRAWN, identity=None, items="", reason="", returned_for=None, keep_until=keep_until
        )
    )
    notices.drop(work.connection, work.person, row.receipt)
    drop_replaced(work.connection, row.id, None, ())
    doom(work.connection, [declaration_key(row.id)])
    return {}


def declarations_of(connection: Connection, vault: Vault, person: str) -> tuple[Declared, ...]:
    """Return the person's declarations, the earliest first."""
    return tuple(declared(vault, row) for row in rows_of(connection, person))


def rows_of(connection: Connection, person: str) -> list[Record]:
    """Return the rows of the person's declarations, the earliest first."""
    wanted = select(declaration).where(declaration.c.person == person)
    return list(connection.execute(wanted.order_by(declaration.c.submitted_at, declaration.c.receipt)))


def declared(vault: Vault, row: Record) -> Declared:
    """Return what a turn may know of a declaration."""
    registered: date | None = row.registered_on
    reason = read_reason(vault, row)
    return Declared(
        receipt=row.receipt,
        city=row.city,
        status=row.status,
        submitted_on=row.submitted_on,
        is_demonstration=row.is_demonstration,
        registered_on=registered,
        reason=reason,
        returned_for=row.returned_for or "",
    )


def read_items(vault: Vault, row: Record) -> Items:
    """Return a declaration's items; none once it is withdrawn. Raises Forgotten, WrongKey."""
    return unpacked(vault.unseal(declaration_key(row.id), row.items, b"items")) if row.items else ()


def read_reason(vault: Vault, row: Record) -> str:
    """Return what the office wrote to the person: why it came back, which one counts instead; "" for nothing."""
    try:
        return vault.unseal(declaration_key(row.id), row.reason, b"reason").decode() if row.reason else ""
    except Forgotten:
        return ""


def identity_hash(vault: Vault, number: str) -> str:
    """Return the keyed hash under which a document number is compared; how it was typed makes no difference."""
    return vault.digest("identity", "".join(unicodedata.normalize("NFKC", number).upper().split()))


def _open_ones(person: str, city: str, is_demonstration: bool, identity: str | None) -> Any:
    return select(declaration.c.receipt).where(
        and_(
            declaration.c.person == person,
            declaration.c.city == city,
            declaration.c.is_demonstration == is_demonstration,
            declaration.c.identity == identity,
            declaration.c.status.in_(OPEN_STATES),
        )
    )


def _own_open(work: Work, receipt: str) -> Record | None:
    wanted = select(declaration).where(
        and_(
            declaration.c.receipt == (read_receipt(receipt) or ""),
            declaration.c.person == work.person,
            declaration.c.status.in_(OPEN_STATES),
        )
    )
    return work.connection.execute(wanted.with_for_update()).one_or_none()


def _identity_after(vault: Vault, row: Record, before: Items, changed: Items) -> str | None:
    """Return the identity hash after a change: a new one when the item that holds the document number is changed."""
    new = dict(changed)
    for name, value in before:
        if name in new and identity_hash(vault, value) == row.identity:
            return identity_hash(vault, new[name])
    return str(row.identity)


def _changed(before: Items, changed: Items) -> Items:
    """Return the items with new values by name, in their order; names that were not there come last."""
    new, names = dict(changed), {name for name, _ in before}
    return (
        *((name, new.get(name, value)) for name, value in before),
        *((name, value) for name, value in changed if name not in names),
    )


def _free_receipt(connection: Connection) -> str:
    while True:
        receipt = new_receipt(secrets.token_bytes(_RANDOM_BYTES))
        if connection.scalar(select(declaration.c.id).where(declaration.c.receipt == receipt)) is None:
            return receipt


def _kept_seconds(effect: Submit) -> float:
    kept = min(effect.keep_days, LONGEST_KEPT_DAYS) * DAY_SECONDS
    return min(kept, DEMONSTRATION_SECONDS) if effect.is_demonstration else kept
