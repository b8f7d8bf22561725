"""Answers of staff brought through both hands, as the tests of the records and of the service need them."""

from __future__ import annotations

from typing import Any

from bot.judging import Verdict
from bot.regression import Change, Report
from bot.store.publishing import Revision, State
from bot.store.records import Records
from knowledge.address import Address
from tests.bot.keeping import NOW, Place

ASKS = ("能当借书证吗", "图书馆办证认不认")
LINE = "办法里没有写借书证。"
PLACES = (Address("12", None, 3), Address("9", 2))
GOOD = Report(3, 2, 2).to_json()
BAD = Report(1, 1, 0, (Change("x1", "kuajing", "补办", Verdict.RIGHT, Verdict.WRONG, "收费", "不收"),)).to_json()


def draft(records: Records, entry: str | None = None, line: str = LINE, by: str = "anna") -> int:
    return records.draft(entry, "kuajing", ASKS, line, PLACES, by, NOW)


def publish(records: Records, entry: str | None = None, line: str = LINE, now: float = NOW) -> Revision:
    """Write, hand in, try and approve an answer as four eyes do."""
    revision = records.draft(entry, "kuajing", ASKS, line, PLACES, "anna", now)
    records.hand_in(revision, "anna", now)
    records.keep_report(revision, GOOD, "boris", now)
    records.approve(revision, "boris", now)
    return records.revision(revision)


def lines_in_force(records: Records) -> list[str]:
    return [entry.line for entry in records.published()[1].entries]


def trace(place: Place) -> list[tuple[Any, ...]]:
    return place.run("SELECT by, what, about, detail FROM audit ORDER BY id")


def in_state(records: Records, state: State) -> int:
    """Return a revision in this state, with an accepted report where it was approved or waits."""
    if state in (State.LIVE, State.REPLACED, State.WITHDRAWN):
        live = publish(records)
        if state is State.REPLACED:
            publish(records, live.faq.id, now=NOW + 1)
        if state is State.WITHDRAWN:
            records.roll_back(live.faq.id, "boris", NOW)
        return live.id
    revision = draft(records)
    if state is not State.DRAFT:
        records.hand_in(revision, "anna", NOW)
        records.keep_report(revision, GOOD, "anna", NOW)
    if state is State.REFUSED:
        records.refuse(revision, "boris", "不对", NOW)
    return revision
