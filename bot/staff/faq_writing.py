"""Writing an answer: the form, from a group of questions or anew, and what residents would read of it, while typing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import web

from bot.channels.site import Trouble
from bot.staff.clustering import without_marks
from bot.staff.faq_checking import hand_in
from bot.staff.questions import BOARD
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from bot.store.publishing import Revision, State
from dialogs.published import LONGEST_ASK, LONGEST_LINE, MOST_ASKS, MOST_PLACES, FaqEntry, part_of, problem_of
from dialogs.saying import Part, Quotation
from knowledge.address import PREAMBLE, TAIL, Address, article_name
from knowledge.citations import NoSuchPlace, read_reference, resolve
from knowledge.city import City

FAQ = "/staff/faq"
NEW = f"{FAQ}/new"
LIMITS: Mapping[str, int] = {"ask": LONGEST_ASK, "line": LONGEST_LINE, "asks": MOST_ASKS, "places": MOST_PLACES}

_LINES = re.compile(r"[\r\n]+")
_PLACES = re.compile(r"[\r\n;；]+")
_LONGEST_PLACE = 60
_MOST_READ = 4000
"""So many characters of a field are looked at; what is longer is refused by the verifier anyhow."""
_BLOCKS: Mapping[str, Address] = {article_name(block): Address(block) for block in (PREAMBLE, TAIL)}


@dataclass(frozen=True)
class Written:
    """What stands in the form, as it was typed. `entry` "": of a new one."""

    entry: str = ""
    city: str = ""
    asks: str = field(default="", repr=False)
    line: str = field(default="", repr=False)
    places: str = field(default="", repr=False)


@dataclass(frozen=True)
class Shown:
    """What of it residents would read: `problem` says why nobody does as it is.

    `part` is None while the places or the city cannot be read; `quotations` are those that can.
    """

    entry: FaqEntry
    problem: str | None
    part: Part | None
    quotations: tuple[Quotation, ...]


async def show(visit: Visit) -> web.Response:
    """Show the form: empty, filled from a group of questions or a topic, or with a text that there is."""
    number = visit.asked("revision", 12)
    if number:
        found = await revision_of(visit, number)
        drafts = await visit.of_records(visit.console.records.revisions_of, found.faq.id)
        newest = next((one for one in drafts if one.state is State.DRAFT), found)
        return form_page(visit, _written_of(visit, newest.faq))
    written = Written(city=visit.asked("city") if visit.asked("city") in visit.library.cities else "")
    cluster = visit.asked("cluster", 64)
    if cluster:
        return form_page(visit, await _from_cluster(visit, written, cluster))
    return form_page(visit, _from_topic(visit, written, visit.asked("topic")))


async def take(visit: Visit) -> web.Response:
    """Look at what is written, keep it as a draft, or keep it and hand it in.

    A draft that the verifier refuses is kept too; one whose provisions cannot be read would lose them, and is not.
    """
    form = await visit.form()
    written, act = _written_in(form), form.get("act")
    city = visit.library.cities.get(written.city)
    if act == "look":
        return form_page(visit, written)
    if city is None:
        return form_page(visit, written, "还没有存：请选城市。", status=422)
    _, misread = read_places(city, written.places)
    shown = shown_of(visit, written)
    if misread is not None or (act == "hand_in" and shown.problem is not None):
        return form_page(visit, written, f"还没有存：{misread or shown.problem}", status=422)
    entry, officer = shown.entry, visit.officer
    given = (written.entry or None, entry.city, entry.asks, entry.line, entry.places, officer.name, visit.now)
    revision = await visit.of_records(visit.console.records.draft, *given)
    if act == "hand_in":
        await hand_in(visit, revision)
        return visit.see_other(f"{FAQ}/{revision}")
    return visit.see_other(f"{FAQ}/{revision}", done="faq_draft")


async def look(visit: Visit) -> web.Response:
    """Return the preview alone, for the page that asks while somebody types."""
    return visit.page("_answer_preview.html", shown=shown_of(visit, _written_in(await visit.form())))


def form_page(visit: Visit, written: Written, problem: str | None = None, *, status: int = 200) -> web.Response:
    """Return the page with the form and what residents would read."""
    return visit.page(
        "faq_form.html",
        here=FAQ,
        written=written,
        shown=shown_of(visit, written),
        problem=problem,
        limits=LIMITS,
        status=status,
    )


def shown_of(visit: Visit, written: Written) -> Shown:
    """Return what residents would read of a form."""
    city = visit.library.cities.get(written.city)
    if city is None:
        return Shown(_entry_of(written, ()), "请选城市。", None, ())
    places, problem = read_places(city, written.places)
    return shown_entry(visit, _entry_of(written, places), problem)


def shown_entry(visit: Visit, entry: FaqEntry, problem: str | None = None) -> Shown:
    """Return what residents would read of an entry; `problem` comes before those that the verifier finds."""
    problem = problem or problem_of(visit.library, entry, visit.console.assistant.advisor.reader.gazetteer)
    try:
        part = part_of(visit.library, entry)
    except KeyError:  # a later release has the city or the place no more: the problem says so
        return Shown(entry, problem, None, ())
    return Shown(entry, problem, part, part.quotations)


def read_places(city: City, text: str) -> tuple[tuple[Address, ...], str | None]:
    """Return the provisions that are typed, one a line (12条3项), and what is wrong with the first that is none."""
    found: list[Address] = []
    problem = None
    for typed in filter(None, map(str.strip, _PLACES.split(text[:_MOST_READ]))):
        try:
            found += _places_of(city, typed[:_LONGEST_PLACE])
        except NoSuchPlace as error:
            problem = problem or error.message
    return tuple(dict.fromkeys(found)), problem


def named_places(city: City, places: Iterable[Address]) -> str:
    """Return provisions as they are typed, one a line; `read_places` reads them again."""
    return "\n".join(city.name_of(place) for place in places)


async def revision_of(visit: Visit, number: str) -> Revision:
    """Return a revision by the number in an address. Raises Trouble, NoSuchRevision."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Trouble(404, "没有这一稿", "请从列表里重新打开。", links=(("补充回答", FAQ),))
    return await visit.of_records(visit.console.records.revision, int(number))


def _places_of(city: City, typed: str) -> list[Address]:
    if typed in _BLOCKS:
        return [_BLOCKS[typed]]
    reference = read_reference(typed)
    if reference is None:
        raise NoSuchPlace(f"“{typed}”看不出是第几条。请写成“12条3项”这样，一行一条。")
    return resolve(city, reference)


def _entry_of(written: Written, places: tuple[Address, ...]) -> FaqEntry:
    asks = dict.fromkeys(filter(None, map(str.strip, _LINES.split(written.asks))))
    return FaqEntry(written.entry, written.city, tuple(asks), "".join(_LINES.split(written.line)).strip(), places)


def _written_in(form: Mapping[str, str]) -> Written:
    named = {name: form.get(name, "")[:_MOST_READ] for name in ("asks", "line", "places")}
    return Written(form.get("entry", "")[:32], form.get("city", "")[:64], **named)


def _written_of(visit: Visit, entry: FaqEntry) -> Written:
    city = visit.library.cities.get(entry.city)
    places = named_places(city, _there(city, entry.places)) if city is not None else ""
    return Written(entry.id, entry.city, "\n".join(entry.asks), entry.line, places)


def _there(city: City, places: Iterable[Address]) -> Iterator[Address]:
    """Yield the places that the text has: a later release may have another text."""
    for place in places:
        with suppress(KeyError):
            yield city.normal_address(place)


async def _from_cluster(visit: Visit, written: Written, key: str) -> Written:
    cluster = await visit.request.app[BOARD].find(visit, key)
    if cluster is None:
        return written
    often = sorted(cluster.wordings, key=lambda one: (-len(one.questions), len(one.text)))
    asks = "\n".join(filter(None, (_plain(visit, without_marks(one.text)) for one in often[:MOST_ASKS])))
    topics = [question.topic for question in cluster.questions if question.topic]
    topic = max(sorted(set(topics)), key=topics.count, default="")
    return Written(city=written.city, asks=asks, places=_usual_places(visit, written.city, topic))


def _from_topic(visit: Visit, written: Written, slug: str) -> Written:
    topic = visit.library.topics.get(slug)
    if topic is None:
        return written
    return Written(city=written.city, asks=topic.title, places=_usual_places(visit, written.city, slug))


def _usual_places(visit: Visit, slug: str, topic: str) -> str:
    """Return the provisions that the city's data names for a topic."""
    city = visit.library.cities.get(slug)
    ruling = city.rulings.get(topic) if city is not None else None
    return named_places(city, ruling.cites[:MOST_PLACES]) if city is not None and ruling is not None else ""


def _plain(visit: Visit, ask: str) -> str:
    """Return a question without the names of our cities: the entry is of one city anyhow."""
    return " ".join(visit.console.assistant.advisor.reader.without_city_names(ask).split())[:LONGEST_ASK]


ROUTES: Sequence[Route] = (
    Route("GET", NEW, show, Right.WRITE),
    Route("POST", NEW, take, Right.WRITE),
    Route("POST", "/staff/api/faq/preview", look, Right.WRITE),
)
