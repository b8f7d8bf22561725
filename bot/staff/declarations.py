"""The queue of what residents have handed in: chosen by city, station, state and age; opened; taken out as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.site import Trouble
from bot.exporting import STATES, columns_of, csv_of, table_of
from bot.operators import FACTS
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from bot.store.queueing import AGES, Waiting
from dialogs.effects import Operator, Status
from dialogs.receipts import read_receipt
from dialogs.returning import RETURN_REASONS
from knowledge.city import City

DECLARATIONS = "/staff/declarations"
EXPORT = f"{DECLARATIONS}/export"
A_PAGE = 50
MOST_EXPORTED = 500
LATE_DAYS = 7
"""From how many days on one that still waits is marked."""
NO_STATION = "-"
"""Stands in the address for declarations of which the station is not known."""
LONGEST_REASON = 150
OTHER = "其他"
EXPORT_REASONS = ("录入业务系统", "按上级要求报送", "核对", OTHER)

DONE: Mapping[str, str] = {
    "registered": "登记日期记下了，会告诉本人。",
    "returned": "退回了，会告诉本人。",
    "duplicate": "记为重复了，会告诉本人。",
}

_BAD_RECEIPT = "回执号不对。它是12位数字，比如1231-8447-1098，请核对。"
_NOTHING_TO_EXPORT = "没有可导出的填报，请换个条件。"
_LONGEST_MARK = 64
_FILTERS: Mapping[str, Any] = {"no_station": NO_STATION, "states": STATES, "ages": AGES[1:]}
_USUAL = Operator("", "", "", 1)
"""For a city that has no operator any more: the usual columns."""


@dataclass(frozen=True)
class Wanted:
    """What a list is of. `city` None: all of the clerk's. `station` None: any, "" those of which it is not known.

    `days`: handed in at least so many days ago, 0 for any.
    """

    city: City | None
    station: str | None
    status: str
    days: int
    today: date

    @property
    def before(self) -> date | None:
        """The day before which they were handed in."""
        return self.today - timedelta(days=self.days - 1) if self.days else None

    @property
    def asked(self) -> dict[str, str]:
        """Return what asks for this list in an address."""
        station = NO_STATION if self.station == "" else self.station
        asked = {
            "city": self.city.slug if self.city is not None else "",
            "station": station or "",
            "status": self.status if self.status != Status.WAITING else "",
            "days": str(self.days or ""),
        }
        return {name: value for name, value in asked.items() if value}


async def show(visit: Visit) -> web.Response:
    """Show a page of the queue, the oldest first; a receipt number that was typed leads to its declaration."""
    typed = visit.asked("receipt", 64)
    receipt = read_receipt(typed)
    if receipt is not None:
        return visit.see_other(path_of_declaration(receipt))
    wanted, stations = await _wanted(visit)
    after = visit.asked("after", _LONGEST_MARK)
    rows = await _queue(visit, wanted, A_PAGE + 1, after)
    return visit.page(
        "declarations.html",
        status=422 if typed else 200,
        here=DECLARATIONS,
        problem=_BAD_RECEIPT if typed else "",
        typed=typed,
        wanted=wanted,
        stations=stations,
        rows=rows[:A_PAGE],
        next=rows[A_PAGE - 1].mark if len(rows) > A_PAGE else "",
        is_first=not after,
        is_narrowed=bool(wanted.asked.keys() - {"city"}),
        by_status=await _by_status(visit, wanted),
        is_late=is_late,
        about=about,
        path_of_declaration=path_of_declaration,
        **_FILTERS,
    )


async def show_export(visit: Visit) -> web.Response:
    """Show what would be taken out, and ask why."""
    return await _export_page(visit, "")


async def export(visit: Visit) -> web.Response:
    """Return the list as a table in the columns of its city's operator; each declaration in it is noted."""
    wanted, _ = await _wanted(visit)
    city = wanted.city
    problem, reason = why_given(await visit.form(), EXPORT_REASONS)
    if city is None:
        problem = "请选一个城市：各市的列不一样。"
    if not await _queue(visit, wanted, 1):
        problem = problem or _NOTHING_TO_EXPORT
    if problem or city is None:
        return await _export_page(visit, problem)
    declarations = await visit.of_records(
        visit.console.records.export,
        [city.slug],
        wanted.status,
        visit.officer.name,
        reason,
        MOST_EXPORTED,
        station=wanted.station,
        before=wanted.before,
        now=visit.now,
    )
    table = table_of(declarations, columns_of(city, _operator(visit, city)), visit.library)
    name = f"declarations-{city.slug}-{wanted.today}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=csv_of(table), content_type="text/csv", charset="utf-8", headers=headers)


def path_of_declaration(receipt: str) -> str:
    """Return the address of a declaration's page."""
    return f"{DECLARATIONS}/{receipt}"


def is_late(row: Waiting) -> bool:
    """Tell whether one has waited so long for the office that it is marked."""
    return row.status == Status.WAITING and row.days >= LATE_DAYS


def about(row: Waiting) -> str:
    """Return what became of one, in a few words; "" while it waits."""
    if row.status == Status.REGISTERED and row.registered_on is not None:
        return f"登记日期 {row.registered_on}"
    if row.status == Status.RETURNED and row.returned_for in RETURN_REASONS:
        return RETURN_REASONS[row.returned_for].label
    return f"以 {row.duplicate_of} 为准" if row.duplicate_of else ""


def why_given(form: Mapping[str, str], choices: Sequence[str]) -> tuple[str, str]:
    """Return what is wrong with the reason of a form ("" for nothing), and the reason: the choice and what was added.

    OTHER alone says nothing: it needs words.
    """
    choice, added = form.get("why", ""), " ".join(form.get("more", "").split())
    if choice not in choices:
        return "请选一个原因。", ""
    if choice == OTHER and not added:
        return "选了“其他”，请写一句原因。", ""
    if len(added) > LONGEST_REASON:
        return f"原因太长了，请写{LONGEST_REASON}字以内。", ""
    return "", "：".join(part for part in (choice, added) if part)


def list_asked(visit: Visit) -> dict[str, str]:
    """Return what leads back to the list that somebody came from, as it stands in the address."""
    names = ("city", "station", "status", "days")
    return {name: value for name in names if (value := visit.asked(name, 64))}


def query_of(visit: Visit) -> str:
    """Return the same as the end of an address; "" for the usual list."""
    asked = list_asked(visit)
    return f"?{urlencode(asked)}" if asked else ""


async def _wanted(visit: Visit) -> tuple[Wanted, tuple[tuple[str, str], ...]]:
    """Return what the address asks for, and the stations to choose from. Raises Trouble for another's city."""
    slug = visit.asked("city")
    city = visit.city(slug) if slug else visit.cities[0] if len(visit.cities) == 1 else None
    slugs = [city.slug] if city is not None else [one.slug for one in visit.cities]
    stations = await visit.of_records(visit.console.records.stations, slugs)
    station, status = visit.asked("station", 64), visit.asked("status")
    is_known = any(name == station for _, name in stations)
    found = Wanted(
        city=city,
        station="" if station == NO_STATION else station if is_known else None,
        status=status if status in STATES else Status.WAITING,
        days=visit.number_asked("days", 0, 3650),
        today=visit.today,
    )
    return found, stations


async def _queue(visit: Visit, wanted: Wanted, limit: int, after: str = "") -> tuple[Waiting, ...]:
    return await visit.of_records(
        visit.console.records.queue,
        _slugs(visit, wanted),
        status=wanted.status,
        station=wanted.station,
        before=wanted.before,
        after=after,
        limit=limit,
        now=visit.now,
    )


async def _by_status(visit: Visit, wanted: Wanted) -> Counter[str]:
    """Return how many there are in each state, of any station and age."""
    found = Counter[str]()
    for count in await visit.of_records(visit.console.records.waiting_counts, _slugs(visit, wanted), visit.now):
        found[count.status] += count.count
    return found


def _slugs(visit: Visit, wanted: Wanted) -> list[str]:
    return [wanted.city.slug] if wanted.city is not None else [city.slug for city in visit.cities]


async def _export_page(visit: Visit, problem: str) -> web.Response:
    wanted, _ = await _wanted(visit)
    rows = await _queue(visit, wanted, MOST_EXPORTED + 1)
    columns = columns_of(wanted.city, _operator(visit, wanted.city)) if wanted.city is not None else ()
    form = await visit.form() if visit.request.method == "POST" else {}
    return visit.page(
        "declarations_export.html",
        here=DECLARATIONS,
        status=422 if problem else 200,
        problem=problem,
        wanted=wanted,
        states=STATES,
        count=min(len(rows), MOST_EXPORTED),
        is_more=len(rows) > MOST_EXPORTED,
        most=MOST_EXPORTED,
        columns=[FACTS.get(column, column) for column in columns],
        reasons=EXPORT_REASONS,
        longest=LONGEST_REASON,
        form=form,
    )


def _operator(visit: Visit, city: City) -> Operator:
    return visit.console.assistant.turns.operator(city.slug) or _USUAL


def not_seen() -> Trouble:
    """Return what is said of a declaration that a clerk does not see, whether there is one or not: always the same."""
    told = "没有这个回执号，或者它不归您看、已经撤回、过了保存期。请核对回执号。"
    return Trouble(403, "看不到这份填报", told, links=(("填报", DECLARATIONS),))


ROUTES: Sequence[Route] = (
    Route("GET", DECLARATIONS, show, Right.DECLARATIONS),
    Route("GET", EXPORT, show_export, Right.DECLARATIONS),
    Route("POST", EXPORT, export, Right.DECLARATIONS),
)
