"""Carrying out the effects of one turn, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select, update

from bot.store import belongings, declaring, feedback, lookups, telling
from bot.store.faults import Forgotten
from bot.store.schema import done
from bot.store.work import Work, done_key
from dialogs.effects import (
    CancelReminders,
    Consent,
    Correct,
    Effect,
    Erase,
    Export,
    LookUp,
    Rate,
    Remind,
    Submit,
    Withdraw,
)

_CARRIED_OUT: Mapping[type, Callable[[Work, Any], dict[str, str]]] = {
    Consent: belongings.keep_consent,
    Submit: declaring.submit,
    Correct: declaring.correct,
    Withdraw: declaring.withdraw,
    Export: telling.export,
    Erase: belongings.erase,
    LookUp: lookups.look_up,
    Remind: belongings.remind,
    CancelReminders: belongings.cancel_reminders,
    Rate: feedback.rate,
}
"""What the records do with an effect; the others (a page, a human) are the channel's."""


def carry_out(work: Work, effects: Sequence[Effect]) -> dict[str, str]:
    """Carry out the effects in their order and note that this was done, with the sealed results."""
    # Noted first: where another process does the same just now, this fails before any data key is made.
    work.connection.execute(insert(done).values(person=work.person, key=work.key, results="", at=work.now))
    results: dict[str, str] = {}
    for effect in effects:
        act = _CARRIED_OUT.get(type(effect))
        results |= act(work, effect) if act else {}
    if results:
        owner = done_key(work.person, work.key)
        work.made.append(owner)
        sealed = work.vault.seal(owner, json.dumps(results, ensure_ascii=False).encode(), b"results")
        work.connection.execute(update(done).where(_is_this(work)).values(results=sealed))
    return results


def results_of(work: Work) -> dict[str, str] | None:
    """Return the results this turn had; None when it was not carried out yet. Kept for a day, afterwards {}."""
    sealed = work.connection.scalar(select(done.c.results).where(_is_this(work)))
    if not sealed:
        return None if sealed is None else {}
    try:
        results = json.loads(work.vault.unseal(done_key(work.person, work.key), sealed, b"results"))
    except Forgotten:
        return {}
    return {str(slot): str(text) for slot, text in results.items()}


def _is_this(work: Work) -> ColumnElement[bool]:
    return and_(done.c.person == work.person, done.c.key == work.key)
