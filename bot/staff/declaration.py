"""One declaration: under covers first, whole for a reason that is noted, and who did what with it."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.channels.site import Trouble, content_policy
from bot.exporting import STATES
from bot.staff.declarations import (
    DECLARATIONS,
    LONGEST_REASON,
    OTHER,
    about,
    is_late,
    list_asked,
    not_seen,
    path_of_declaration,
    query_of,
    why_given,
)
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from bot.store.faults import NoSuchDeclaration
from bot.store.masking import LOOKED, MaskedDeclaration
from bot.store.notices import KINDS
from bot.store.office import EARLIEST_REGISTRATION, EXPORTED, READ, Access, ReadDeclaration
from bot.store.photos import PHOTO
from bot.store.queueing import Waiting
from bot.store.schema import OPEN_STATES
from bot.store.work import Items, to_the_minute
from dialogs.effects import Status
from dialogs.receipts import read_receipt
from dialogs.returning import LONGEST_NOTE, RETURN_REASONS

ONE = f"{DECLARATIONS}/{{receipt}}"
REVEAL_REASONS = ("核对材料", "联系本人", "办理登记", "处理投诉", OTHER)
DEEDS: Mapping[str, str] = {
    LOOKED: "看了遮住的",
    READ: "看了完整内容",
    EXPORTED: "导出",
    Status.REGISTERED: "记下登记日期",
    Status.RETURNED: "退回",
    Status.DUPLICATE: "记为重复",
}
"""What each kind of access is called."""
CONTENT_SECURITY_POLICY = content_policy(images="'self' data:")
"""Of the whole content alone: its photo stands in the page and has no address that anybody could keep or guess."""
_MISTYPED = ("回执号不对", "回执号是12位数字，请核对。")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True)
class Seen:
    """A declaration that the clerk may see, without its content, and all that was done with it, the earliest first."""

    row: Waiting
    masked: MaskedDeclaration
    accesses: tuple[Access, ...] = field(repr=False)

    @property
    def decisions(self) -> tuple[Access, ...]:
        """What the office decided, the earliest first."""
        return tuple(access for access in self.accesses if access.what in KINDS)

    def looks_of(self, reader: str) -> str:
        """Return how often a clerk has seen the whole content: a form for it is good once, sent again it is stale."""
        return str(sum(access.what == READ and access.reader == reader for access in self.accesses))

    @property
    def is_open(self) -> bool:
        """Tell whether the office has still to decide, or the person to mend."""
        return self.row.status in OPEN_STATES

    @property
    def may_register(self) -> bool:
        """Tell whether a day of registration can be recorded, or corrected."""
        return self.row.status != Status.DUPLICATE


@dataclass(frozen=True)
class Wrong:
    """What a clerk has to put right: in words, at the form `at`, which holds what was typed."""

    problem: str = ""
    at: str = ""
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Content:
    """What a resident said, all of it. `photos` as the page shows them."""

    items: Items = field(repr=False)
    photos: tuple[str, ...] = field(repr=False)
    reason: str = field(repr=False)


async def show(visit: Visit) -> web.Response:
    """Show a declaration under covers."""
    return page_of(visit, await seen(visit))


async def reveal(visit: Visit) -> web.Response:
    """Show the whole content once, for a reason that is noted; the page is nowhere kept."""
    one, form = await seen(visit), await visit.form()
    problem, reason = why_given(form, REVEAL_REASONS)
    if problem:
        return page_of(visit, one, wrong=Wrong(problem, "reveal", form))
    if form.get("looks") != one.looks_of(visit.officer.name):
        # Loaded again, or sent from an old page: only who asks anew is shown it again.
        return visit.see_other(path_of_declaration(one.row.receipt), **list_asked(visit))
    try:
        read = await visit.of_records(
            visit.console.records.read_declaration, one.row.receipt, visit.officer.name, reason, visit.now
        )
    except NoSuchDeclaration:
        raise not_seen() from None
    # In the audit log too, which outlives the declaration's page; what was added in words stays with the declaration.
    note, by = visit.console.records.note_done, visit.officer.name
    await visit.of_records(note, by, READ, one.row.receipt, form["why"], visit.now)
    response = page_of(visit, await seen(visit), _content(read, reason))
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


async def seen(visit: Visit) -> Seen:
    """Return the declaration of the address. Raises Trouble for one that is not theirs, and for what is no number."""
    number = read_receipt(visit.request.match_info["receipt"][:64])
    if number is None:
        raise Trouble(404, *_MISTYPED, links=(("填报", DECLARATIONS),))
    row, records = await found(visit, number), visit.console.records
    try:
        masked = await visit.of_records(records.masked, number, visit.officer.name, visit.now)
    except NoSuchDeclaration:
        raise not_seen() from None
    return Seen(row, masked, await visit.of_records(records.accesses_of, number))


async def found(visit: Visit, receipt: str) -> Waiting:
    """Return a declaration without its content. Raises Trouble for one that is not theirs: as if it were not there."""
    try:
        row: Waiting = await visit.of_records(visit.console.records.find_waiting, receipt, visit.now)
    except NoSuchDeclaration:
        raise not_seen() from None
    if row.city not in {city.slug for city in visit.cities}:
        raise not_seen()
    return row


def page_of(visit: Visit, one: Seen, content: Content | None = None, wrong: Wrong | None = None) -> web.Response:
    """Return the page of a declaration; with `content` the whole of it, with `wrong` what is to be put right."""
    row = one.row
    return visit.page(
        "declaration.html",
        status=422 if wrong is not None else 200,
        here=DECLARATIONS,
        seen=one,
        row=row,
        city=visit.library.cities[row.city],
        became=about(row),
        is_late=is_late(row),
        items=one.masked.items if content is None else content.items,
        content=content,
        history=[_told(access) for access in one.accesses],
        looks=one.looks_of(visit.officer.name),
        latest=visit.today,
        wrong=wrong or Wrong(),
        path=path_of_declaration(row.receipt),
        query=query_of(visit),
        **_FORMS,
    )


def plain(text: str) -> str:
    """Return what a resident wrote with the signs made visible that would turn or hide the others."""
    return "".join(f"⟨{ord(sign):04X}⟩" if unicodedata.category(sign) in _UNSEEN else sign for sign in text)


_FORMS: Mapping[str, Any] = {
    "states": STATES,
    "reveal_reasons": REVEAL_REASONS,
    "return_reasons": tuple(RETURN_REASONS.values()),
    "longest": LONGEST_REASON,
    "longest_note": LONGEST_NOTE,
    "earliest": EARLIEST_REGISTRATION,
    "plain": plain,
}


def _told(access: Access) -> tuple[str, str, str, str]:
    return to_the_minute(access.at), access.reader, DEEDS.get(access.what, access.what), access.reason


def _content(read: ReadDeclaration, reason: str) -> Content:
    items = tuple((name, "见下面的照片" if value.startswith(PHOTO) else value) for name, value in read.items)
    photos = tuple(f"data:image/jpeg;base64,{base64.b64encode(image).decode()}" for _, image in read.photos)
    return Content(items, photos, reason)


ROUTES: Sequence[Route] = (
    Route("GET", ONE, show, Right.DECLARATIONS),
    Route("POST", ONE, reveal, Right.DECLARATIONS),
)
