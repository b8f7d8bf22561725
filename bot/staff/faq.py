"""Answers written by staff: those in force, those waiting for a second person, drafts; and deciding on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from bot.channels.site import Trouble
from bot.judging import Verdict
from bot.regression import Report
from bot.staff import faq_checking, faq_writing
from bot.staff.faq_checking import CHECKS, keep_report
from bot.staff.faq_writing import FAQ, revision_of, shown_entry
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from bot.store.publishing import Revision, State
from bot.store.work import in_shanghai, to_the_minute

MOST_SHOWN = 100
RELOAD_SECONDS = 2
DAYS = 30
STATE_WORDS: Mapping[State, str] = {
    State.DRAFT: "草稿",
    State.WAITING: "等审核",
    State.LIVE: "在用",
    State.REFUSED: "退回了",
    State.REPLACED: "被新的一稿换下",
    State.WITHDRAWN: "撤下了",
}
AUDIT_WORDS: Mapping[str, str] = {
    "faq_draft": "写",
    "faq_hand_in": "送审",
    "faq_report": "试答完",
    "faq_approve": "上线",
    "faq_refuse": "退回",
    "faq_roll_back": "撤下",
}
VERDICT_WORDS: Mapping[Verdict, str] = {
    Verdict.RIGHT: "对",
    Verdict.PARTIAL: "答了一半",
    Verdict.MISS: "没答",
    Verdict.WRONG: "错",
}
DONE: Mapping[str, str] = {
    "faq_draft": "存好了。",
    "faq_live": "上线了。群众几秒后就能问到。",
    "faq_refused": "退回了，写的人看得到原因。",
    "faq_back": "撤下了。群众几秒后就问不到它了。",
}


@dataclass(frozen=True)
class Row:
    """An entry in the list: one revision of it, and how often it was given today and in DAYS days."""

    revision: Revision
    city: str
    author: str
    at: date
    today: int
    lately: int


@dataclass(frozen=True)
class Happened:
    """What was done with an entry, by whom and when (Shanghai, 2026-11-02 09:30)."""

    what: str
    by: str
    at: str
    detail: str


async def show_all(visit: Visit) -> web.Response:
    """Show every entry once: where its latest text stands, and what is in force."""
    latest, live = _by_entry(await visit.of_records(visit.console.records.entries))
    ids = {one.faq.id for one in live}
    row = await _rows(visit)
    in_state = {state: [row(one) for one in latest if one.state is state] for state in State}
    return visit.page(
        "faq.html",
        here=FAQ,
        waiting=in_state[State.WAITING],
        drafts=in_state[State.DRAFT],
        refused=in_state[State.REFUSED],
        live=sorted(map(row, live), key=lambda one: (-one.lately, -one.revision.at)),
        withdrawn=[one for one in in_state[State.WITHDRAWN] if one.revision.faq.id not in ids],
        days=DAYS,
    )


async def _rows(visit: Visit) -> Callable[[Revision], Row]:
    """Return what makes a row of a revision."""
    served, today = visit.console.records.served_by_entry, visit.today
    of_today = await visit.of_records(served, today)
    lately = await visit.of_records(served, today - timedelta(days=DAYS - 1))
    names = await _names(visit)

    def row(one: Revision) -> Row:
        entry, day = one.faq, in_shanghai(one.at).date()
        counts = of_today.get(entry.id, 0), lately.get(entry.id, 0)
        return Row(one, _city_name(visit, entry.city), names(one.author), day, *counts)

    return row


async def show(visit: Visit) -> web.Response:
    """Show one revision: the text as residents read it, the report, what may be done with it, and what was done."""
    return await _page(visit, await _revision(visit))


async def hand_in(visit: Visit) -> web.Response:
    """Hand a draft in and begin to try it; one that was handed in and whose trial broke off is tried again."""
    found = await _revision(visit)
    if found.state is State.WAITING and not found.report:
        await faq_checking.begin(visit, found.id)
    else:
        problem = shown_entry(visit, found.faq).problem
        if problem is not None:
            return await _page(visit, found, problem, status=422)
        await faq_checking.hand_in(visit, found.id)
    return visit.see_other(f"{FAQ}/{found.id}")


async def approve(visit: Visit) -> web.Response:
    """Put a text of somebody else's into force, tried once more beside what is in force by now."""
    found, console = await _revision(visit), visit.console
    if found.state is State.WAITING and found.is_accepted and found.author != visit.officer.name:
        report = await keep_report(console.assistant, console.records, found, visit.officer.name)
        if isinstance(report, str):
            return await _page(visit, found, report, status=422)
    await visit.of_records(console.records.approve, found.id, visit.officer.name, visit.now)
    await visit.bring_into_force()
    return visit.see_other(f"{FAQ}/{found.id}", done="faq_live")


async def refuse(visit: Visit) -> web.Response:
    """Give a text back to whoever wrote it, with a reason."""
    found = await _revision(visit)
    reason = (await visit.form()).get("reason", "").strip()
    if not reason:
        return await _page(visit, found, "请写退回的原因，写的人要照着改。", status=422)
    await visit.of_records(visit.console.records.refuse, found.id, visit.officer.name, reason, visit.now)
    return visit.see_other(f"{FAQ}/{found.id}", done="faq_refused")


async def take_back(visit: Visit) -> web.Response:
    """Take the text in force back; the one it replaced, if any, is in force again."""
    found = await _revision(visit)
    if found.state is not State.LIVE:
        raise Trouble(409, "没有做成", "这一稿现在不在用，不用撤下。", links=(("补充回答", FAQ),))
    await visit.of_records(visit.console.records.roll_back, found.faq.id, visit.officer.name, visit.now)
    await visit.bring_into_force()
    return visit.see_other(f"{FAQ}/{found.id}", done="faq_back")


async def _page(visit: Visit, found: Revision, problem: str | None = None, *, status: int = 200) -> web.Response:
    records, names = visit.console.records, await _names(visit)
    revisions = await visit.of_records(records.revisions_of, found.faq.id)
    is_tried = found.state is not State.WAITING or bool(found.report)
    is_under_way = visit.request.app[CHECKS].is_under_way(found.id)
    response = visit.page(
        "faq_one.html",
        here=FAQ,
        found=found,
        city=_city_name(visit, found.faq.city),
        author=names(found.author),
        reviewer=names(found.reviewer),
        is_own=found.author == visit.officer.name,
        shown=shown_entry(visit, found.faq),
        report=Report.from_json(found.report),
        problem=problem,
        is_tried=is_tried,
        is_under_way=is_under_way,
        replaced=max((one for one in revisions if one.state is State.REPLACED), key=_decided, default=None),
        refused=next((one for one in revisions if one.state is State.REFUSED), None),
        revisions=revisions,
        states=STATE_WORDS,
        verdicts=VERDICT_WORDS,
        history=await _history(visit, found, names),
        served=(*await _served(visit, found), DAYS),
        status=status,
    )
    response.headers.update({"Refresh": str(RELOAD_SECONDS)} if is_under_way and not is_tried else {})
    return response


async def _history(visit: Visit, found: Revision, names: Callable[[str], str]) -> list[Happened]:
    rows = await visit.of_records(visit.console.records.audited, limit=MOST_SHOWN, about=found.faq.id)
    return [
        Happened(AUDIT_WORDS.get(row.what, row.what), names(row.by), to_the_minute(row.at), row.detail) for row in rows
    ]


async def _served(visit: Visit, found: Revision) -> tuple[int, int]:
    """Return how often the entry was given today, and in DAYS days."""
    served, today = visit.console.records.served, visit.today
    lately = await visit.of_records(served, found.faq.id, today - timedelta(days=DAYS - 1))
    return await visit.of_records(served, found.faq.id, today), lately


async def _revision(visit: Visit) -> Revision:
    """Return the revision of the address; one that is being tried is waited for a little."""
    number = visit.request.match_info["revision"]
    found = await revision_of(visit, number)
    if await visit.request.app[CHECKS].ended(found.id):
        found = await revision_of(visit, number)
    return found


async def _names(visit: Visit) -> Callable[[str], str]:
    """Return what tells how colleagues call somebody by the name kept."""
    shown = {one.name: one.shown for one in await visit.of_records(visit.console.records.officers)}
    return lambda name: shown.get(name, name)


def _by_entry(revisions: Iterable[Revision]) -> tuple[list[Revision], list[Revision]]:
    """Return the latest revision of each entry that is not in force, and those in force; the latest first."""
    latest: dict[str, Revision] = {}
    live: list[Revision] = []
    for one in revisions:
        if one.state is State.LIVE:
            live.append(one)
        latest.setdefault(one.faq.id, one)
    return [one for one in latest.values() if one.state is not State.LIVE], live


def _decided(revision: Revision) -> tuple[float, int]:
    return revision.decided_at or 0.0, revision.id


def _city_name(visit: Visit, slug: str) -> str:
    city = visit.library.cities.get(slug)
    return slug if city is None else city.short


ROUTES: Sequence[Route] = (
    Route("GET", FAQ, show_all, Right.LEARN),
    *faq_writing.ROUTES,
    Route("GET", f"{FAQ}/{{revision}}", show, Right.LEARN),
    Route("POST", f"{FAQ}/{{revision}}/check", hand_in, Right.WRITE),
    Route("POST", f"{FAQ}/{{revision}}/approve", approve, Right.REVIEW),
    Route("POST", f"{FAQ}/{{revision}}/refuse", refuse, Right.REVIEW),
    Route("POST", f"{FAQ}/{{revision}}/take-back", take_back, Right.REVIEW),
)
