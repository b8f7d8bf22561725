"""Finding a declaration from another device, with at most five wrong tries a day."""

from __future__ import annotations

import hmac

from sqlalchemy import ColumnElement, and_, func, insert, select

from bot.store.declaring import identity_hash, read_reason
from bot.store.schema import declaration, wrong_try
from bot.store.work import Work
from dialogs.effects import STATUS, LookUp
from dialogs.receipts import read_receipt

MOST_WRONG_TRIES = 5
NOT_FOUND, LOCKED = "none", "locked"
"""What STATUS says besides the words of `dialogs.effects.Status`."""
CITY, REGISTERED_ON, REASON = "city", "registered_on", "reason"
"""What a found declaration adds to the results: its city; if so, the day it was registered (ISO), why it came back."""


def look_up(work: Work, effect: LookUp) -> dict[str, str]:
    """Return the state of the declaration with this receipt and document number: one alone tells nothing.

    After five wrong tries on a day by this person, or at this receipt by anybody, the answer is LOCKED.
    """
    receipt = read_receipt(effect.receipt) or ""
    if _wrong_tries(work, wrong_try.c.person == work.person) >= MOST_WRONG_TRIES:
        return {STATUS: LOCKED}
    if receipt and _wrong_tries(work, wrong_try.c.receipt == receipt) >= MOST_WRONG_TRIES:
        return {STATUS: LOCKED}
    row = work.connection.execute(select(declaration).where(declaration.c.receipt == receipt)).one_or_none()
    identity = identity_hash(work.vault, effect.identity)
    if row is None or not hmac.compare_digest(row.identity or "", identity):
        # Not what was typed in the place of a receipt number: that may be anything.
        work.connection.execute(
            insert(wrong_try).values(person=work.person, receipt=receipt, day=work.today, at=work.now)
        )
        return {STATUS: NOT_FOUND}
    results = {STATUS: str(row.status), CITY: str(row.city), REASON: read_reason(work.vault, row)}
    if row.registered_on is not None:
        results[REGISTERED_ON] = row.registered_on.isoformat()
    return {name: value for name, value in results.items() if value}


def _wrong_tries(work: Work, condition: ColumnElement[bool]) -> int:
    today = and_(condition, wrong_try.c.day == work.today)
    return work.connection.scalar(select(func.count()).select_from(wrong_try).where(today)) or 0
