"""Switching off: a city, a topic or a dialog that says something wrong says a sentence of the staff instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from bot.channels.law import groups_of
from bot.channels.site import Trouble
from bot.render import as_text
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from bot.store.work import to_the_minute
from dialogs import words
from dialogs.published import LONGEST_SENTENCE, OWN_DATA, Published, Switch, problem_with
from dialogs.session import Session
from knowledge.library import Library
from rules.proof import ProofError

SWITCHES = "/staff/switches"
EVERY = "*"
FIRST_DIALOGS = ("precheck", "declaration", "remind")
"""The dialogs that are listed first: those of the menu."""
DONE: Mapping[str, str] = {"off": "停用了。群众几秒后就读到您写的这句话。", "on": "恢复了。群众几秒后就能照常问。"}

_DEFAULT = "{what}正在核对，暂时停用。急着办，请打 12345 政务热线，或问当地派出所。"
_LONGEST_SLUG = 64


@dataclass(frozen=True)
class Row:
    """Something that is off, in words."""

    switch: Switch
    what: str
    by: str
    since: str


async def show(visit: Visit) -> web.Response:
    """Show what is off, and where more is switched off."""
    return await _page(visit, None)


async def take(visit: Visit) -> web.Response:
    """Show what residents would read, and, once that was seen and is confirmed, switch off."""
    form = await visit.form()
    chosen = _switch_in(form)
    if chosen is None:
        return await _page(visit, None, "请选哪个市、停什么。", status=422)
    switch = replace(chosen, sentence=chosen.sentence or default_sentence(visit.library, chosen))
    problem = problem_with(visit.library, switch)
    if problem is not None:
        return await _page(visit, switch, problem, status=422)
    if form.get("act") != "off" or form.get("seen") != _seen(switch):
        return await _page(visit, switch, reads=await _reads(visit, switch))
    given = (switch.city, switch.topic, switch.sentence, visit.officer.name, visit.now)
    await visit.of_records(visit.console.records.switch_off, *given)
    await visit.bring_into_force()
    return visit.see_other(SWITCHES, done="off")


async def switch_on(visit: Visit) -> web.Response:
    """Switch on again."""
    switch, by = _switch_in(await visit.form()), visit.officer.name
    switch_on_again = visit.console.records.switch_on
    if switch is None or not await visit.of_records(switch_on_again, switch.city, switch.topic, by, visit.now):
        raise Trouble(409, "没有做成", "这一项现在没有停用。请刷新列表看看。", links=(("停用", SWITCHES),))
    await visit.bring_into_force()
    return visit.see_other(SWITCHES, done="on")


def what_of(library: Library, switch: Switch) -> str:
    """Return what a switch is about, in words: 巴中“补办要不要钱”."""
    known = library.cities.get(switch.city or "")
    city = "各市" if switch.city is None else known.short if known is not None else switch.city
    return f"{city}的全部回答" if switch.topic is None else f"{city}“{title_of(library, switch.topic)}”"


def title_of(library: Library, topic: str) -> str:
    """Return how a topic or dialog is called; by its own name where this release has it no more."""
    if topic in library.topics:
        return library.topics[topic].title
    return library.wordings[topic].say("title") if topic in dialogs_of(library) else topic


def dialogs_of(library: Library) -> list[str]:
    """Return the dialogs that can be switched off, those of the menu first."""
    named = (name for name, wording in library.wordings.items() if "title" in wording.sentences)
    found = [name for name in named if name not in OWN_DATA]
    return sorted(found, key=lambda name: (name not in FIRST_DIALOGS, name))


def default_sentence(library: Library, switch: Switch) -> str:
    """Return what is said where nothing else is written."""
    return _DEFAULT.format(what=what_of(library, switch))[:LONGEST_SENTENCE]


async def _page(
    visit: Visit, switch: Switch | None, problem: str | None = None, *, reads: str | None = None, status: int = 200
) -> web.Response:
    library, records = visit.library, visit.console.records
    shown = {one.name: one.shown for one in await visit.of_records(records.officers)}
    rows = [
        Row(one.switch, what_of(library, one.switch), shown.get(one.by, one.by), to_the_minute(one.at))
        for one in await visit.of_records(records.switches)
    ]
    return visit.page(
        "switches.html",
        here=SWITCHES,
        rows=rows,
        switch=switch,
        what=what_of(library, switch) if switch is not None else "",
        seen=_seen(switch) if switch is not None else "",
        reads=reads,
        problem=problem,
        dialogs={name: title_of(library, name) for name in dialogs_of(library)},
        groups=groups_of(library.topics.values()),
        longest=LONGEST_SENTENCE,
        every=EVERY,
        status=status,
    )


async def _reads(visit: Visit, switch: Switch) -> str:
    """Return what a resident would read who asks for it, everything else in force being as it is."""
    library, assistant = visit.library, visit.console.assistant
    _, published = await visit.of_records(visit.console.records.published)
    others = [one for one in published.switches if (one.city, one.topic) != (switch.city, switch.topic)]
    advisor = assistant.advisor.with_published(Published((*others, switch)))
    topic = switch.topic or next(iter(library.topics))
    city = switch.city or next(iter(library.cities))
    try:
        return as_text(advisor.take_turn(Session(), title_of(library, topic), today=visit.today, city=city).saying)
    except ProofError:
        return words.PROOF_FAILED


def _switch_in(form: Mapping[str, str]) -> Switch | None:
    """Return what the form says, None where it leaves the city or the topic open; EVERY stands for all of them."""
    city, topic = (form.get(name, "")[:_LONGEST_SLUG] for name in ("city", "topic"))
    if not city or not topic:
        return None
    sentence = " ".join(form.get("sentence", "").split())
    return Switch(None if city == EVERY else city, None if topic == EVERY else topic, sentence)


def _seen(switch: Switch) -> str:
    """Return what tells that the very same was shown before it is confirmed."""
    return f"{switch.city or ''}/{switch.topic or ''}/{switch.sentence}"


ROUTES: Sequence[Route] = (
    Route("GET", SWITCHES, show, Right.SWITCH),
    Route("POST", SWITCHES, take, Right.SWITCH),
    Route("POST", f"{SWITCHES}/on", switch_on, Right.SWITCH),
)
