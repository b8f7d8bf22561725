"""What is said to somebody who has not asked anything, to words that were only heard, to 有用 and 没用: pure turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dialogs import words
from dialogs.effects import Rate
from dialogs.office_lines import known_offices, offices_named
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from dialogs.turn import Turn
from knowledge.city import City
from knowledge.library import Library


def welcome(library: Library, session: Session, scene: str = "", offered: Sequence[str] = ()) -> Turn:
    """Greet a person: in their city when it is known, else with the cities to choose from.

    `scene` is what a scanned code says: a city's slug, or slug/name of an office ("luoyang/西工区办证中心"); any other
    says nothing. `offered` are the slugs of the cities of this channel; none: all; a single one is theirs. A running
    dialog stays as it is, in its city; `Advisor.resumed` puts its question again.
    """
    session = replace(session, heard="")
    slug, _, office = scene.partition("/")
    scanned = library.cities.get(slug)
    if is_running(session):
        return _welcome_back(library, session, scanned, office)
    offered = [city for city in offered or library.cities if city in library.cities]
    place = scanned or (library.cities[offered[0]] if len(offered) == 1 else None)
    if place is not None:
        part = _welcome_to(library, place, office)
        return Turn(replace(session, city=place.slug, offered=()), Saying(Kind.SMALLTALK, place.slug, None, (part,)))
    names = tuple(library.cities[city].short for city in offered)
    said = Saying(Kind.CLARIFY, None, None, (Part(Kind.CLARIFY, words.WELCOME),), (), names, chooses=True)
    return Turn(replace(session, offered=names), said)


def is_running(session: Session) -> bool:
    """Tell whether a dialog has begun and not come to its end."""
    return session.flow is not None and not session.flow.is_finished


def _welcome_back(library: Library, session: Session, scanned: City | None, office: str) -> Turn:
    """Greet a person in the middle of a dialog; a scanned code tells the city only where none is known yet."""
    if scanned is None:
        return Turn(session, _plain(session, words.WELCOME_BACK))
    session, told = _placed_in(library, session, scanned, words.SCANNED)
    part = replace(_welcome_to(library, scanned, office), first_line=told)
    return Turn(session, Saying(Kind.SMALLTALK, session.city, None, (part,)))


def _placed_in(library: Library, session: Session, there: City, otherwise: str) -> tuple[Session, str]:
    """Return the session of a running dialog and what is said of a city: `otherwise` where it goes by another one."""
    now = library.cities.get(session.city or "", there)
    told = words.GOES_BY.format(city=now.name) if now == there else otherwise.format(city=there.name, other=now.name)
    return replace(session, city=now.slug), told


def _welcome_to(library: Library, place: City, office: str) -> Part:
    notes = offices_named(library, place, office) or known_offices(library, place)
    return Part(Kind.SMALLTALK, words.WELCOME_TO.format(city=place.name), notes=notes)


SHORTEST_HEARD = 5
"""Shorter words (对, 一, 不知道) are taken as they were heard: there is nothing to confirm by voice otherwise."""
_SHOWN = 60


def heard_as(session: Session, text: str) -> Turn:
    """Say what was heard of a voice message and let the person confirm it: nothing is decided before.

    A running dialog and its numbers stay as they are.
    """
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    part = Part(Kind.CLARIFY, words.HEARD_AS.format(text=shown))
    said = Saying(Kind.CLARIFY, session.city, None, (part,), (), (words.HEARD_RIGHT,), chooses=True)
    return Turn(replace(session, heard=text), said)


def confirmed(session: Session, text: str) -> str | None:
    """Return the words heard before when `text` says that they were right; None for anything else."""
    return session.heard if session.heard and text.strip(_AROUND) in _RIGHT else None


def placed(library: Library, session: Session, city: str | None) -> Turn:
    """Answer a place that was sent: it tells the city (a slug; None: none of ours), and nothing else.

    A running dialog stays in its city; one that knows none yet is told it.
    """
    session = replace(session, heard="")
    now = library.cities.get(session.city or "")
    if not is_running(session):
        return Turn(session, _plain(session, words.NOT_PLACED)) if city is None else welcome(library, session, city)
    if city is None:
        told = words.NOT_PLACED if now is None else words.NOT_PLACED_HERE.format(other=now.name)
        return Turn(session, _plain(session, told))
    session, told = _placed_in(library, session, library.cities[city], words.PLACED)
    return Turn(session, _plain(session, told))


def _plain(session: Session, sentence: str) -> Saying:
    return Saying(Kind.SMALLTALK, session.city, None, (Part(Kind.SMALLTALK, sentence),))


_RIGHT = {words.HEARD_RIGHT, "1", "一", "对", "对的", "是", "是的", "嗯", "没错", "就是", "好"}
_RATINGS = {"有用": True, "有帮助": True, "👍": True, "没用": False, "没有用": False, "没帮助": False, "👎": False}
_AROUND = " 。.!！~～"


def rated(session: Session, text: str) -> Turn | None:
    """Return the turn of a person who says whether the last answer was useful; None for anything else.

    It counts once for an answer, and not while a dialog asks something: whether that or the answer before is meant
    cannot be told.
    """
    is_useful = _RATINGS.get(text.strip(_AROUND))
    if is_useful is None:
        return None
    if is_running(session):
        return Turn(session, _plain(session, words.RATED_BESIDE))
    if not session.unrated or not session.topics:
        return Turn(session, _plain(session, words.NOTHING_TO_RATE))
    sentence = words.RATED_USEFUL if is_useful else words.RATED_USELESS
    effects = (Rate(is_useful, session.city, session.topics[0]),)
    return Turn(replace(session, unrated=False), _plain(session, sentence), None, effects)
