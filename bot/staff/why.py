"""Why a question gets the answer it gets: the stages of understanding, and the answer itself. Nothing here is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.render import as_text
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from dialogs import words
from dialogs.explaining import RANKED, Scored, Stage, scored, stages_of
from dialogs.session import Session
from rules.proof import ProofError

LONGEST = 500


@dataclass(frozen=True)
class Explained:
    """A question taken apart, and its answer. `entry` is the answer of the staff that was given, None for others."""

    stages: tuple[Stage, ...]
    scored: tuple[Scored, ...]
    text: str
    entry: str | None = None


async def show(visit: Visit) -> web.Response:
    """Show what a resident's question is understood as, and the answer that it gets today."""
    query, city = visit.asked("q", LONGEST), visit.asked("city")
    chosen = city if city in visit.library.cities else None
    explained = _explained(visit, query, chosen) if query else None
    cities = visit.library.cities.values()
    return visit.page("why.html", here="/staff/why", query=query, city=chosen, cities=cities, explained=explained)


def _explained(visit: Visit, query: str, city: str | None) -> Explained:
    """Take the turn as for somebody new; neither session nor question is kept, and no dialog is carried out."""
    advisor, today = visit.console.assistant.advisor, visit.today
    understood = advisor.reader.read(query, city, (), today)
    candidates = scored(advisor.library, understood)
    stages = tuple(stage for stage in stages_of(advisor.library, understood) if stage.found and stage.name != RANKED)
    try:
        saying = advisor.take_turn(Session(), query, today=today, city=city).saying
    except ProofError:
        return Explained(stages, candidates, words.PROOF_FAILED)
    return Explained(stages, candidates, as_text(saying), saying.faq)


ROUTES: Sequence[Route] = (Route("GET", "/staff/why", show, Right.LOOK_UP),)
