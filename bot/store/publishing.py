"""Answers written by staff: from the draft to the one in force and back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.store.faults import StoreError
from bot.store.questions import storable
from bot.store.schema_staff import faq
from dialogs.published import FaqEntry
from knowledge.address import Address

LONGEST_REASON = 400


class State(StrEnum):
    """Where a revision stands.

    draft → waiting (handed in) → live (approved) or refused; live → replaced (by a later revision) or withdrawn (rolled
    back); replaced → live (the later one was rolled back).
    """

    DRAFT = "draft"
    WAITING = "waiting"
    LIVE = "live"
    REFUSED = "refused"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class PublishingError(StoreError):
    """What staff asked for cannot be done; the text says what to do."""


class NoSuchRevision(PublishingError):
    """There is no such revision, or no such entry."""


class WrongState(PublishingError):
    """The revision does not stand where this can be done."""


class SecondPersonNeeded(PublishingError):
    """Whoever wrote a revision cannot put it into force."""


class NotAccepted(PublishingError):
    """The labelled questions were not asked with this revision, or one is answered worse."""


@dataclass(frozen=True)
class Revision:
    """One text of an entry. `faq.id` is the entry; times in seconds since 1970.

    `reviewer` ("" before) approved it or refused it with `reason`, at `decided_at`. `report` is the JSON of
    `bot.regression.Report`; "": the labelled questions were not asked.
    """

    id: int
    faq: FaqEntry
    state: State
    author: str
    at: float
    reviewer: str
    decided_at: float | None
    reason: str
    report: str = field(repr=False)

    @property
    def is_accepted(self) -> bool:
        """True when the labelled questions were asked with this revision, and none is answered worse."""
        found = _read_json(self.report)
        return isinstance(found, dict) and found.get("is_accepted") is True


def draft(connection: Connection, given: FaqEntry, by: str, now: float) -> tuple[int, str]:
    """Keep a draft (`given.id` "": of a new entry); return the ids of its revision and its entry."""
    if given.id and not revisions_of(connection, given.id):
        raise NoSuchRevision("没有这条补充回答，请从列表里重新打开")
    values = {
        "entry": given.id or secrets.token_hex(16),
        "city": given.city,
        "asks": json.dumps([storable(ask) for ask in given.asks], ensure_ascii=False),
        "line": storable(given.line),
        "places": json.dumps([str(place) for place in given.places]),
        "state": State.DRAFT,
        "author": by,
        "at": now,
        "reviewer": "",
        "decided_at": None,
        "reason": "",
        "report": "",
    }
    is_draft = (faq.c.entry == values["entry"], faq.c.state == State.DRAFT)
    kept = connection.scalar(select(faq.c.id).where(*is_draft))
    if kept is not None:
        connection.execute(update(faq).where(faq.c.id == kept).values(values))
        return int(kept), str(values["entry"])
    made = connection.execute(insert(faq).values(values)).inserted_primary_key
    return int(made[0]) if made else 0, str(values["entry"])


def find(connection: Connection, revision: int) -> Revision:
    """Return a revision. Raises NoSuchRevision."""
    row = connection.execute(select(faq).where(faq.c.id == revision)).one_or_none()
    if row is None:
        raise NoSuchRevision("没有这一稿，请从列表里重新打开")
    return read_revision(row)


def listed(connection: Connection, state: State | None, limit: int) -> tuple[Revision, ...]:
    """Return at most `limit` revisions in this state, or in any, the latest first."""
    wanted = select(faq).order_by(faq.c.at.desc(), faq.c.id.desc()).limit(limit)
    wanted = wanted if state is None else wanted.where(faq.c.state == state)
    return tuple(map(read_revision, connection.execute(wanted)))


def revisions_of(connection: Connection, entry: str) -> tuple[Revision, ...]:
    """Return all revisions of an entry, the latest first."""
    wanted = select(faq).where(faq.c.entry == entry).order_by(faq.c.at.desc(), faq.c.id.desc())
    return tuple(map(read_revision, connection.execute(wanted)))


def hand_in(connection: Connection, revision: int) -> Revision:
    """Give a draft to a second person; return it as it was. Raises NoSuchRevision, WrongState."""
    found = _expect(find(connection, revision), State.DRAFT)
    _set(connection, found, state=State.WAITING)
    return found


def keep_report(connection: Connection, revision: int, report: str) -> Revision:
    """Keep a report of a revision not decided on; return it as it was. Raises NoSuchRevision, WrongState."""
    found = _expect(find(connection, revision), State.DRAFT, State.WAITING)
    _set(connection, found, report=storable(report))
    return found


def approve(connection: Connection, revision: int, by: str, now: float) -> Revision:
    """Put a waiting revision into force; return it as it was.

    Raises NoSuchRevision, WrongState, SecondPersonNeeded, NotAccepted.
    """
    found = _expect(find(connection, revision), State.WAITING)
    if by == found.author:
        raise SecondPersonNeeded("自己写的不能自己上线，请让另一位审核人员来看")
    if not found.is_accepted:
        raise NotAccepted("这一稿还没有通过题库试答，请先试答；变差的题要改好再上线")
    is_live = (faq.c.entry == found.faq.id, faq.c.state == State.LIVE)
    connection.execute(update(faq).where(*is_live).values(state=State.REPLACED))
    _set(connection, found, state=State.LIVE, reviewer=by, decided_at=now)
    return found


def refuse(connection: Connection, revision: int, by: str, reason: str, now: float) -> Revision:
    """Refuse a waiting revision; return it as it was. Raises NoSuchRevision, WrongState."""
    found = _expect(find(connection, revision), State.WAITING)
    reason = storable(reason).strip()[:LONGEST_REASON]
    _set(connection, found, state=State.REFUSED, reviewer=by, decided_at=now, reason=reason)
    return found


def roll_back(connection: Connection, entry: str) -> tuple[int, int | None]:
    """Take the live revision back; return its id and that of the one that is live again, None where none was before.

    Raises NoSuchRevision, WrongState.
    """
    revisions = revisions_of(connection, entry)
    if not revisions:
        raise NoSuchRevision("没有这条补充回答，请从列表里重新打开")
    live = next((one for one in revisions if one.state is State.LIVE), None)
    if live is None:
        raise WrongState("这条补充回答现在没有在用，不用撤下")
    _set(connection, live, state=State.WITHDRAWN)
    replaced = [one for one in revisions if one.state is State.REPLACED]
    if not replaced:
        return live.id, None
    # The one approved last: an earlier rollback may have made an older revision live after a later one.
    before = max(replaced, key=lambda one: (one.decided_at or 0.0, one.id))
    _set(connection, before, state=State.LIVE)
    return live.id, before.id


def _expect(found: Revision, *states: State) -> Revision:
    if found.state not in states:
        raise WrongState("这一稿刚才已经被处理过了，请刷新页面看现在的状态")
    return found


def _set(connection: Connection, revision: Revision, **values: Any) -> None:
    connection.execute(update(faq).where(faq.c.id == revision.id).values(values))


def read_revision(row: Row[Any]) -> Revision:
    """Return a row of the table as a revision; lists that cannot be read are empty."""
    entry = FaqEntry(row.entry, row.city, _texts(row.asks), row.line, _addresses(_texts(row.places)))
    state = State(row.state)
    return Revision(row.id, entry, state, row.author, row.at, row.reviewer, row.decided_at, row.reason, row.report)


def _texts(text: str) -> tuple[str, ...]:
    found = _read_json(text)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def _addresses(texts: Iterable[str]) -> tuple[Address, ...]:
    """Return the places; none when one cannot be read: an entry without places never verifies."""
    try:
        return tuple(map(Address.parse, texts))
    except ValueError:
        return ()


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
