"""The overview: how many asked what, what became of it, how fast, and what waits; drawn, and as tables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.site import Trouble
from bot.exporting import csv_of
from bot.staff.charts import CONTENT_SECURITY_POLICY, draw
from bot.staff.figures import FIGURES, Figure, Source
from bot.staff.rights import Right
from bot.staff.spans import PERIODS, Span
from bot.staff.tallies import EVERY, percents
from bot.staff.visit import Route, Visit

_USUAL_DAYS = 30


async def show(visit: Visit) -> web.Response:
    """Show all figures of a period, of one city or all."""
    span = _span(visit)
    source = _source(visit, span)
    figures = await visit.of_records(lambda: [make(source) for make in FIGURES.values()])
    return visit.page(
        "overview.html",
        here="/staff/overview",
        figures=figures,
        span=span,
        sums=_sums(figures[0]),
        periods=PERIODS,
        cities=visit.library.cities.values(),
        city_name=visit.library.cities[span.city].name if span.city else "全部城市",
        asked=urlencode({"days": span.days, "city": span.city or ""}),
    )


async def show_chart(visit: Visit) -> web.Response:
    """Show the chart of one figure as SVG; `narrow` in the address: for a telephone."""
    figure = await _figure(visit, ".svg")
    if figure.chart is None:
        raise Trouble(404, "还没有可画的", figure.empty, links=(("概况", "/staff/overview"),))
    # Not on the event loop: somebody is always waiting for an answer there.
    svg = await asyncio.to_thread(draw, figure.chart, is_narrow=bool(visit.asked("narrow")))
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return web.Response(body=svg, content_type="image/svg+xml", charset="utf-8", headers=headers)


async def show_table(visit: Visit) -> web.Response:
    """Give the table of one figure as CSV."""
    figure = await _figure(visit, ".csv")
    body = csv_of([figure.columns, *([row.of, *map(str, row.cells), str(row.total)] for row in figure.rows)])
    headers = {"Content-Disposition": f'attachment; filename="{figure.name}.csv"'}
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


async def _figure(visit: Visit, ending: str) -> Figure:
    """Return the figure that the address names. Raises Trouble for any other."""
    name = visit.request.match_info["name"]
    make: Callable[[Source], Figure] | None = FIGURES.get(name.removesuffix(ending)) if name.endswith(ending) else None
    if make is None:
        raise Trouble(404, "没有这个图表", "地址可能抄错了，请从概况重新打开。", links=(("概况", "/staff/overview"),))
    return await visit.of_records(make, _source(visit, _span(visit)))


def _span(visit: Visit) -> Span:
    days, city = visit.number_asked("days", _USUAL_DAYS), visit.asked("city")
    return Span(
        days if days in PERIODS else _USUAL_DAYS,
        visit.today,
        city if city in visit.library.cities else None,
    )


def _source(visit: Visit, span: Span) -> Source:
    return Source(visit.console.records, visit.library, span, visit.now)


def _sums(figure: Figure) -> Iterator[tuple[str, int, int]]:
    """Yield what became of the messages: in words, how many, and of a hundred."""
    counts = [sum(int(row.cells[index]) for row in figure.rows) for index in range(len(EVERY))]
    if any(counts):
        yield from zip((group.value for group in EVERY), counts, percents(counts), strict=True)


ROUTES: Sequence[Route] = (
    Route("GET", "/staff/overview", show, Right.OVERVIEW),
    Route("GET", "/staff/overview/{name}", show_table, Right.OVERVIEW),
    Route("GET", "/staff/chart/{name}", show_chart, Right.OVERVIEW),
)
