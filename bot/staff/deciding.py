"""What a clerk decides on a declaration: each is shown in words first, with what the resident will read, then done."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from aiohttp import web

from bot.channels.site import Trouble
from bot.staff.declaration import DEEDS, ONE, Seen, Wrong, found, page_of, seen
from bot.staff.declarations import DECLARATIONS, list_asked, path_of_declaration, query_of
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from bot.store.faults import NoSuchDeclaration
from bot.store.office import demand_day, demand_two_of_a_city
from bot.store.queueing import Waiting
from bot.store.reaching import Due
from bot.store.work import to_the_minute
from bot.telling import told
from dialogs.effects import Status
from dialogs.flows.declaration import Declaration
from dialogs.flows.mine import MyDeclarations
from dialogs.receipts import read_receipt
from dialogs.returning import RETURN_REASONS, reason_told
from knowledge.text import in_chinese

_WEEKDAYS = "一二三四五六日"
_ANOTHER = "另一份"
_NO_OTHER = "以哪份为准：没有这个回执号，或者它不归您看、已经撤回。请核对。"


@dataclass(frozen=True)
class Decision:
    """What is about to be done, `facts` in words. `fields` are sent to `do` it.

    `pushed` is what the person is told on their channel, `shown` what they read in 我的申报.
    """

    act: str
    verb: str
    facts: tuple[tuple[str, str], ...] = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)
    pushed: str = field(repr=False)
    shown: str = field(repr=False)
    do: Callable[[], Awaitable[None]]


async def register(visit: Visit) -> web.Response:
    """Record the day on which the office has registered the person."""
    return await _decided(visit, _registration)


async def give_back(visit: Visit) -> web.Response:
    """Give a declaration back to the person."""
    return await _decided(visit, _return)


async def mark_duplicate(visit: Visit) -> web.Response:
    """Close a declaration as a duplicate of another one."""
    return await _decided(visit, _duplicate)


Reading = Callable[[Visit, Seen, Mapping[str, str]], Awaitable[Decision]]


async def _decided(visit: Visit, read: Reading) -> web.Response:
    """Show what is about to be done; with a yes, do it: once, and only on what the clerk has seen."""
    one, form = await seen(visit), await visit.form()
    act = visit.request.path.rpartition("/")[2]
    _refuse_stale(visit, one, form)
    try:
        decision = await read(visit, one, form)
        if form.get("sure") != "yes":
            return _sure_page(visit, one, decision)
        await decision.do()
    except ValueError as error:
        return page_of(visit, one, wrong=Wrong(f"{str(error).rstrip('。')}。", act, form))
    except NoSuchDeclaration:
        raise _decided_already(visit, await seen(visit)) from None
    return visit.see_other(DECLARATIONS, done=decision.act, **list_asked(visit))


async def _registration(visit: Visit, one: Seen, form: Mapping[str, str]) -> Decision:
    day, receipt = _day(form.get("day", "")), one.row.receipt
    demand_day(day, visit.today)
    records, by, now = visit.console.records, visit.officer.name, visit.now
    ago = (visit.today - day).days
    return Decision(
        act=Status.REGISTERED,
        verb="记下登记日期",
        facts=(("登记日期", f"{in_chinese(day)}，星期{_WEEKDAYS[day.weekday()]}，{f'{ago}天前' if ago else '今天'}"),),
        fields={"day": day.isoformat()},
        pushed=_pushed(visit, one, Status.REGISTERED),
        shown=_shown(visit, Status.REGISTERED, day=in_chinese(day)),
        do=lambda: visit.of_records(records.record_registration, receipt, day, by, now, version=one.row.version),
    )


async def _return(visit: Visit, one: Seen, form: Mapping[str, str]) -> Decision:
    _demand_open(visit, one)
    code, note, receipt = form.get("reason", ""), form.get("note", ""), one.row.receipt
    reason = reason_told(code, note)
    records, by, now = visit.console.records, visit.officer.name, visit.now
    return Decision(
        act=Status.RETURNED,
        verb="退回给本人",
        facts=(("原因", reason), ("本人从这里改起", _asks_of(visit, code))),
        fields={"reason": code, "note": note},
        pushed=_pushed(visit, one, Status.RETURNED, code),
        shown=_shown(visit, Status.RETURNED, reason=reason),
        do=lambda: visit.of_records(
            records.return_to_person, receipt, code, by, now, note=note, version=one.row.version
        ),
    )


async def _duplicate(visit: Visit, one: Seen, form: Mapping[str, str]) -> Decision:
    _demand_open(visit, one)
    other, receipt = read_receipt(form.get("other", "")[:64]), one.row.receipt
    if other is None:
        raise ValueError("以哪份为准：请填它的回执号，12位数字")
    counts = await _other(visit, other)
    demand_two_of_a_city(receipt, one.row.city, other, counts.city)
    if counts.status == Status.DUPLICATE:
        raise ValueError(f"{other} 自己就是重复的，以 {counts.duplicate_of} 为准；请填那一份")
    records, by, now = visit.console.records, visit.officer.name, visit.now
    return Decision(
        act=Status.DUPLICATE,
        verb="记为重复",
        facts=(("以哪份为准", f"{other}（{in_chinese(counts.submitted_on)}填报）"),),
        fields={"other": other},
        pushed=_pushed(visit, one, Status.DUPLICATE),
        shown=_shown(visit, Status.DUPLICATE, reason=_ANOTHER),
        do=lambda: visit.of_records(records.mark_duplicate, receipt, other, by, now, version=one.row.version),
    )


async def _other(visit: Visit, receipt: str) -> Waiting:
    """Return the declaration that counts instead. Raises ValueError: the same words whether there is one or not."""
    try:
        return await found(visit, receipt)
    except Trouble:
        raise ValueError(_NO_OTHER) from None


def _sure_page(visit: Visit, one: Seen, decision: Decision) -> web.Response:
    return visit.page(
        "declaration_sure.html",
        here=DECLARATIONS,
        row=one.row,
        city=visit.library.cities[one.row.city],
        decision=decision,
        version=one.row.version,
        action=visit.request.path,
        path=path_of_declaration(one.row.receipt),
        query=query_of(visit),
    )


def _refuse_stale(visit: Visit, one: Seen, form: Mapping[str, str]) -> None:
    """Raise Trouble when the declaration is no longer as the clerk has seen it."""
    if form.get("version") != one.row.version:
        raise _decided_already(visit, one)


def _decided_already(visit: Visit, one: Seen) -> Trouble:
    links = (("看现在的情况", path_of_declaration(one.row.receipt)), ("填报", DECLARATIONS))
    if one.row.status == Status.WAITING or not one.decisions:
        return Trouble(409, "这份刚有变化", "本人刚改过，或者别人正在办。刚才的没有执行，请再看一遍。", links=links)
    last = one.decisions[-1]
    who = "您自己" if last.reader == visit.officer.name else last.reader
    deed = DEEDS[last.what] if last.what == Status.REGISTERED else f"把它{DEEDS[last.what]}"
    told_by = f"{to_the_minute(last.at)}，{who}已经{deed}。刚才的没有执行。"
    return Trouble(409, "这份已经有人办了", told_by, links=links)


def _demand_open(visit: Visit, one: Seen) -> None:
    if not one.is_open:
        raise _decided_already(visit, one)


def _pushed(visit: Visit, one: Seen, kind: str, reason: str = "") -> str:
    """Return what the person is told on their channel."""
    what = ":".join((kind, one.row.receipt, reason))
    return told(visit.library, Due("", "", one.row.city, visit.today, what))


def _shown(visit: Visit, kind: str, **values: str) -> str:
    """Return what the person reads of it in 我的申报."""
    given = {"day": "", "reason": "", **values}
    return visit.library.wordings[MyDeclarations.name].say(f"status.{kind}", **given)


def _asks_of(visit: Visit, code: str) -> str:
    """Return the items that a reason concerns, by the names they have in the form."""
    wording = visit.library.wordings[Declaration.name]
    return "、".join(wording.say(f"{ask}.title") for ask in RETURN_REASONS[code].asks) or "本人自己选"


def _day(text: str) -> date:
    """Read a day as the field of a browser gives it, or as a clerk types it without one: 2026-11-2, 2026年11月2日."""
    typed = unicodedata.normalize("NFKC", text[:20])
    numbers = "".join(sign if sign.isascii() and sign.isdigit() else " " for sign in typed).split()
    try:
        year, month, day = map(int, numbers)
        return date(year, month, day)
    except ValueError:
        raise ValueError("请填登记日期，年月日都要，比如2026-11-02") from None


ROUTES: Sequence[Route] = (
    Route("POST", f"{ONE}/register", register, Right.DECLARATIONS),
    Route("POST", f"{ONE}/return", give_back, Right.DECLARATIONS),
    Route("POST", f"{ONE}/duplicate", mark_duplicate, Right.DECLARATIONS),
)
