"""The cities side by side: one topic, a line each; and the map of all that they rule differently. Also as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from bot.channels.law import groups_of
from bot.channels.site import Trouble
from bot.exporting import csv_of
from bot.staff.looking_up import Row, row_of
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from dialogs.understanding.normalise import simplify
from knowledge.city import City, Stance
from knowledge.library import Library
from knowledge.official import official_source
from knowledge.parameter import Parameter
from knowledge.text import squeeze
from knowledge.topic import Topic
from rules.findings import find

STANCES: Mapping[Stance, str] = {Stance.STATED: "有规定", Stance.SILENT: "没有写", Stance.NATIONAL: "指向国家规定"}
_LIKELY = 0.1
"""A topic that the words are so likely about is offered too, whatever its title says."""


@dataclass(frozen=True)
class CityLine:
    """What one city says on a topic. `says` is None where it is silent: `rows` are then the nearest provisions."""

    city: City
    stance: Stance
    says: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Cell:
    """A city's value of a parameter as it is spoken, "" where its text does not say; `note` tells what it does say."""

    spoken: str
    note: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Divergence:
    """One parameter over all cities: `values` counts the different ones stated, `silent` the cities that state none."""

    name: str
    title: str
    cells: tuple[Cell, ...]
    values: int
    silent: int

    @property
    def differs(self) -> bool:
        """True unless all cities state the same, or none states anything."""
        return self.values > 1 or (self.values == 1 and self.silent > 0)


def lines_on(library: Library, topic: str) -> tuple[CityLine, ...]:
    """Return every city's line on a topic. Raises KeyError for a topic that does not exist."""
    return tuple(_line(city, topic) for city in library.cities.values())


def divergences(library: Library) -> tuple[Divergence, ...]:
    """Return the parameters of all cities, in the order of the data files."""
    names = dict.fromkeys(name for city in library.cities.values() for name in city.parameters)
    return tuple(_divergence(library, name) for name in names)


def _line(city: City, topic: str) -> CityLine:
    finding = find(city, topic)
    rows = tuple(row_of(city, provision.address) for provision in finding.evidence)
    return CityLine(city, finding.stance, finding.statement, rows)


def _divergence(library: Library, name: str) -> Divergence:
    found = [(city, city.parameters.get(name)) for city in library.cities.values()]
    stated = {_compared(parameter) for _, parameter in found if parameter is not None and parameter.value is not None}
    title = next(parameter.kind.title for _, parameter in found if parameter is not None)
    silent = sum(parameter is None or parameter.value is None for _, parameter in found)
    return Divergence(name, title, tuple(_cell(*one) for one in found), len(stated), silent)


def _compared(parameter: Parameter) -> object:
    """Return a value as values are compared: a list in any order, without regard to widths and spaces."""
    value = parameter.value
    return frozenset(map(squeeze, value)) if isinstance(value, tuple) else squeeze(parameter.spoken)


def _cell(city: City, parameter: Parameter | None) -> Cell:
    if parameter is None:
        return Cell("", "", ())
    rows = tuple(row_of(city, address) for address in dict.fromkeys(parameter.cites))
    return Cell(parameter.spoken, parameter.note or parameter.readings, rows)


# --- pages ---


async def choose(visit: Visit) -> web.Response:
    """Show the topics, those about the words asked for first."""
    query = visit.asked("q")
    topics = topics_about(visit, query) if query else list(visit.library.topics.values())
    return visit.page("compare.html", here="/staff/compare", query=query, groups=groups_of(topics))


def topics_about(visit: Visit, query: str) -> list[Topic]:
    """Return the topics whose title holds the words, and those the words are likely about."""
    topics, wanted = visit.library.topics, squeeze(simplify(query))
    named = [topic for topic in topics.values() if wanted in squeeze(topic.title + topic.subject)]
    read = visit.console.assistant.advisor.reader.read(query).candidates
    likely = [topics[one.topic] for one in read if one.is_topic and one.score >= _LIKELY]
    return list({topic.slug: topic for topic in (*named, *likely)}.values())


async def compare(visit: Visit) -> web.Response:
    """Show one topic over all cities."""
    topic = _topic(visit)
    akin = [other for other in visit.library.topics.values() if other.group == topic.group and other != topic]
    lines = lines_on(visit.library, topic.slug)
    return visit.page("comparison.html", here="/staff/compare", topic=topic, lines=lines, akin=akin, **_sources(visit))


async def export(visit: Visit) -> web.Response:
    """Return one topic over all cities as CSV."""
    topic = _topic(visit)
    rows = [["城市", "有没有规定", "怎么规定", "条款", "原文", "文件"]]
    for line in lines_on(visit.library, topic.slug):
        quoted = _joined(row.provision.in_full for row in line.rows if row.provision and line.says)
        places = _joined(row.name for row in line.rows) if line.says else ""
        rows.append([line.city.name, STANCES[line.stance], line.says or "", places, quoted, official_source(line.city)])
    return _file(f"对照-{topic.title}", [[topic.title, visit.today.isoformat()], *rows])


async def show_map(visit: Visit) -> web.Response:
    """Show all parameters over all cities."""
    only = visit.asked("only") == "differ"
    everything = divergences(visit.library)
    shown = [one for one in everything if one.differs] if only else everything
    differing = sum(one.differs for one in everything)
    return visit.page("map.html", here="/staff/compare", shown=shown, only=only, differing=differing, **_sources(visit))


async def export_map(visit: Visit) -> web.Response:
    """Return the map as CSV: the value and its provisions for every city."""
    cities = visit.library.cities.values()
    heading = ["事项", "不同的写法", "没有写的城市", *(name for city in cities for name in (city.name, "条款"))]
    rows = [heading]
    for one in divergences(visit.library):
        cells = (part for cell in one.cells for part in (cell.spoken or "没有写", _joined(_names(cell))))
        rows.append([one.title, str(one.values), str(one.silent), *cells])
    return _file("各市差异", rows)


def _names(cell: Cell) -> Iterable[str]:
    return (row.name for row in cell.rows) if cell.spoken else ()


def _joined(texts: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(texts))


def _topic(visit: Visit) -> Topic:
    topic = visit.library.topics.get(visit.request.match_info["topic"])
    if topic is None:
        links = (("全部题目", "/staff/compare"),)
        raise Trouble(404, "没有这个题目", "对照里没有这个题目，请从全部题目里选。", links=links)
    return topic


def _sources(visit: Visit) -> dict[str, Any]:
    """Return what stands below every table: the documents, and the day."""
    cities = list(visit.library.cities.values())
    return {
        "cities": cities,
        "sources": [official_source(city) for city in cities],
        "today": visit.today,
        "stances": STANCES,
    }


def _file(name: str, rows: Iterable[Sequence[str]]) -> web.Response:
    disposition = f"attachment; filename=\"export.csv\"; filename*=UTF-8''{quote(name, safe='')}.csv"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return web.Response(body=csv_of(rows), content_type="text/csv", charset="utf-8", headers=headers)


ROUTES: Sequence[Route] = (
    Route("GET", "/staff/compare", choose, Right.LOOK_UP),
    Route("GET", "/staff/compare/{topic}.csv", export, Right.LOOK_UP),
    Route("GET", "/staff/compare/{topic}", compare, Right.LOOK_UP),
    Route("GET", "/staff/map", show_map, Right.LOOK_UP),
    Route("GET", "/staff/map.csv", export_map, Right.LOOK_UP),
)
