"""Look-up in one box: what a clerk types, the provisions found, and one of them open with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.law import chapters_of
from bot.channels.leaf import Leaf, leaf_of
from bot.channels.site import Trouble
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from dialogs.lookup import MAX_CHARACTERS, Lookup, LookupKind
from knowledge.address import Address, article_name
from knowledge.city import City, Provision
from knowledge.library import Library
from knowledge.official import official_citation, official_citation_of

LAW = "/staff/law"


@dataclass(frozen=True)
class Row:
    """One line of what was found. A city that is silent (comparison only) has the city alone."""

    city: City
    name: str = ""
    provision: Provision | None = None
    href: str = ""
    citation: str = ""


@dataclass(frozen=True)
class Found:
    """What the page shows: how much was found in a sentence, the lines, and all of a range as one citation."""

    kind: LookupKind
    told: str
    rows: tuple[Row, ...]
    citation: str
    topic: str | None


def found_for(library: Library, found: Lookup) -> Found:
    """Return a look-up as it is shown: the hits of `found`, all and in their order."""
    rows = tuple(row_of(library.cities[hit.city], hit.address) for hit in found.hits)
    citation = _together(library, found) if found.kind is LookupKind.RANGE else ""
    return Found(found.kind, _told(found), rows, citation, found.topic)


def href_of(city: str, address: Address) -> str:
    """Return where a provision is read in the console."""
    places = {"p": address.paragraph, "i": address.item}
    query = urlencode({key: number for key, number in places.items() if number})
    return f"{LAW}/{city}/{address.article}{'?' if query else ''}{query}"


def row_of(city: City, address: Address | None) -> Row:
    """Return a provision as a line of a list; the city alone for None."""
    if address is None:
        return Row(city)
    provision = city.provision(address)
    href = href_of(city.slug, address)
    return Row(city, city.name_of(address), provision, href, official_citation(city, address))


def _together(library: Library, found: Lookup) -> str:
    """Return a range as officials cite it, a city after the other."""
    places = [(hit.city, hit.address) for hit in found.hits if hit.address is not None]
    by_city = groupby(places, key=lambda place: place[0])
    return "\n\n".join(official_citation_of(library.cities[slug], [at for _, at in group]) for slug, group in by_city)


def _told(found: Lookup) -> str:
    cities = len({hit.city for hit in found.hits if hit.address is not None})
    number = sum(hit.address is not None for hit in found.hits)
    counted = {
        LookupKind.CITE: f"{number} 处",
        LookupKind.RANGE: f"{number} 处，按原文顺序",
        LookupKind.PHRASE: f"原文里有 {number} 处",
        LookupKind.SEARCH: f"相关的 {number} 处，最像的在前",
        LookupKind.COMPARE: f"{cities} 个城市有规定",
        LookupKind.NOT_FOUND: "",
    }[found.kind]
    return "。".join(part for part in (counted, (found.message or "").rstrip("。")) if part) + "。"


async def show(visit: Visit) -> web.Response:
    """Show the box; with `?q=` what was found, for browsers without scripts and for going back."""
    query = visit.asked("q", MAX_CHARACTERS)
    return visit.page("look_up.html", here="/staff", query=query, found=_found(visit, query) if query else None)


async def show_found(visit: Visit) -> web.Response:
    """Return what was found as a piece of the page."""
    return visit.page("_found.html", found=_found(visit, visit.asked("q", MAX_CHARACTERS)))


async def show_leaf(visit: Visit) -> web.Response:
    """Show an article with its neighbours on a page of its own."""
    return visit.page("leaf.html", leaf=_leaf(visit))


async def show_piece(visit: Visit) -> web.Response:
    """Return an article as a piece of the page."""
    return visit.page("_leaf.html", leaf=_leaf(visit))


async def show_contents(visit: Visit) -> web.Response:
    """Show every article of a city's text by its opening words."""
    city = _city(visit)
    return visit.page("contents.html", city=city, chapters=chapters_of(city), article_name=article_name)


def _found(visit: Visit, query: str) -> Found:
    return found_for(visit.library, visit.console.clerk.look_up(query))


def _leaf(visit: Visit) -> Leaf:
    number, query = visit.request.match_info["article"], visit.request.query
    return leaf_of(_city(visit), number, query.get("p"), query.get("i"), LAW)


def _city(visit: Visit) -> City:
    city = visit.library.cities.get(visit.request.match_info["city"])
    if city is None:
        raise Trouble(404, "没有这个城市的办法", "请回到查条文，写明城市。", links=(("查条文", "/staff"),))
    return city


ROUTES: Sequence[Route] = (
    Route("GET", "/staff", show, Right.LOOK_UP),
    Route("GET", "/staff/api/look-up", show_found, Right.LOOK_UP),
    Route("GET", "/staff/law/{city}", show_contents, Right.LOOK_UP),
    Route("GET", "/staff/law/{city}/{article}", show_leaf, Right.LOOK_UP),
    Route("GET", "/staff/api/law/{city}/{article}", show_piece, Right.LOOK_UP),
)
