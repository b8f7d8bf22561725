"""What was not answered, put together where it asks the same: the way from there to an answer written by staff."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from aiohttp import web

from bot.channels.site import Trouble
from bot.learning import KEPT_KINDS
from bot.staff.clustering import Cluster, Seen, clustered, seen
from bot.staff.rights import Right
from bot.staff.visit import Route, Visit
from bot.store.feedback import Counts
from bot.store.questions import KeptQuestion
from bot.store.work import DAY_SECONDS, in_shanghai
from dialogs.advisor import Advisor
from dialogs.saying import Kind
from dialogs.session import Session
from rules.proof import ProofError

QUESTIONS = "/staff/questions"
PERIODS = (7, 30, 90, 180)
USUAL_PERIOD = 30
A_PAGE, MOST_ASIDE = 30, 100
MOST_QUESTIONS = 5000
"""So many are looked at, the latest; they are kept for 180 days."""
FRESH_SECONDS = 60.0
KIND_WORDS: Mapping[str, str] = {Kind.NOT_COVERED: "说没写", Kind.CLARIFY: "反问了", Kind.UNSUPPORTED_CITY: "外地的"}
NO_CITY = "-"
"""Stands in the address for questions of no known city."""
DONE: Mapping[str, str] = {"aside": "放下了。它在这一页最下面，随时可以拿回来。", "back": "拿回来了。"}

_KEY_LENGTH = 64
_MOST_UNLIKED = 20


@dataclass(frozen=True)
class Row:
    """A cluster as it is shown. `unliked`: how often its topic was called 没用 there."""

    seen: Seen
    cities: str
    kinds: str
    first: date
    last: date
    unliked: int
    is_answered: bool
    """All its examples would be answered now."""

    @property
    def city(self) -> str:
        """The slug of the city it was asked in most often, "" where none is known."""
        return next((city for city, _ in self.seen.cities if city is not None), "")


@dataclass(frozen=True)
class Unliked:
    """A topic of a city whose answer people called 没用, and how many called it so and 有用."""

    city: str
    city_name: str
    topic: str
    title: str
    useless: int
    useful: int


@dataclass
class Board:
    """The clusters of all that is kept, for everybody who looks: put together anew after a minute."""

    _questions: tuple[KeptQuestion, ...] = field(default=(), repr=False)
    _clusters: tuple[Cluster, ...] = field(default=(), repr=False)
    _aside: frozenset[str] | None = None
    _read_at: float = float("-inf")
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def clusters(self, visit: Visit) -> tuple[Cluster, ...]:
        """Return them; what was set aside is so at once. Raises StoreError."""
        async with self._one_at_a_time:
            aside = await visit.of_records(visit.console.records.aside)
            is_fresh = 0 <= visit.now - self._read_at < FRESH_SECONDS
            if not is_fresh:
                since, read = visit.now - max(PERIODS) * DAY_SECONDS, visit.console.records.questions
                self._questions = await visit.of_records(read, since, MOST_QUESTIONS, KEPT_KINDS)
            if not is_fresh or aside != self._aside:
                advisor = visit.console.assistant.advisor
                given = (advisor.library, advisor.reader, self._questions, aside)
                self._clusters = await asyncio.to_thread(clustered, *given)
                self._aside = aside
            if not is_fresh:
                self._read_at = visit.now
            return self._clusters

    async def find(self, visit: Visit, key: str) -> Cluster | None:
        """Return the cluster of that key, or the one that has come to hold its wording; None when there is none."""
        clusters = await self.clusters(visit)
        return next((one for one in clusters if any(wording.key == key for wording in one.wordings)), None)


BOARD: web.AppKey[Board] = web.AppKey("board", Board)


async def show(visit: Visit) -> web.Response:
    """Show the clusters of a time, a city and a kind, the most asked first; those set aside at the end."""
    days = visit.number_asked("days", USUAL_PERIOD)
    days = days if days in PERIODS else USUAL_PERIOD
    city, kind = visit.asked("city"), visit.asked("kind")
    since = visit.now - days * DAY_SECONDS
    shown, aside = await _found(visit, _wanted(since, city, kind))
    opinions = await visit.of_records(visit.console.records.feedback_counts, since)
    pages = max(1, -(-len(shown) // A_PAGE))
    page = visit.number_asked("page", 1, pages)
    return visit.page(
        "questions.html",
        here=QUESTIONS,
        rows=await _rows(visit, shown[(page - 1) * A_PAGE : page * A_PAGE], opinions),
        aside=await _rows(visit, aside[:MOST_ASIDE], opinions),
        unliked=_unliked(visit, opinions, city),
        counts={"clusters": len(shown), "questions": sum(one.count for one in shown), "aside": len(aside)},
        chosen={"days": days, "city": city, "kind": kind},
        periods=PERIODS,
        kinds=KIND_WORDS,
        no_city=NO_CITY,
        page_number=page,
        pages=pages,
        keeps=visit.console.assistant.learning is not None,
    )


async def _found(visit: Visit, is_wanted: Callable[[KeptQuestion], bool]) -> tuple[list[Seen], list[Seen]]:
    """Return what is seen of the clusters, the most asked first, and of those set aside."""
    clusters = await visit.request.app[BOARD].clusters(visit)
    found = [one for cluster in clusters if (one := seen(cluster, is_wanted)) is not None]
    found.sort(key=lambda one: (-one.count, -one.last, one.key))
    return [one for one in found if not one.is_aside], [one for one in found if one.is_aside]


async def set_aside(visit: Visit) -> web.Response:
    """Set a cluster aside."""
    return await _moved(visit, visit.console.records.set_aside, "aside")


async def bring_back(visit: Visit) -> web.Response:
    """Bring one back."""
    return await _moved(visit, visit.console.records.bring_back, "back")


async def _moved(visit: Visit, method: Callable[..., None], done: str) -> web.Response:
    key = visit.request.match_info["key"]
    if len(key) != _KEY_LENGTH or not key.isalnum() or not key.isascii():
        raise Trouble(404, "没有这一组", "请回到列表，刷新后再试。", links=(("没答好的", QUESTIONS),))
    await visit.of_records(method, key, visit.officer.name, visit.now)
    form = await visit.form()
    kept = {name: form[name][:40] for name in ("days", "city", "kind") if form.get(name)}
    return visit.see_other(QUESTIONS, done=done, **kept)


def _wanted(since: float, city: str, kind: str) -> Callable[[KeptQuestion], bool]:
    def is_wanted(one: KeptQuestion) -> bool:
        of_city = not city or one.city == (None if city == NO_CITY else city)
        return one.at >= since and of_city and kind in ("", one.kind)

    return is_wanted


async def _rows(visit: Visit, shown: Sequence[Seen], opinions: Counts) -> list[Row]:
    advisor, today = visit.console.assistant.advisor, visit.today
    answered = await asyncio.to_thread(lambda: [_is_answered(advisor, one, today) for one in shown])
    return [_row(visit, one, opinions, is_it) for one, is_it in zip(shown, answered, strict=True)]


def _row(visit: Visit, one: Seen, opinions: Counts, is_answered: bool) -> Row:
    short = {slug: city.short for slug, city in visit.library.cities.items()}
    return Row(
        one,
        cities="、".join(f"{short.get(city or '', '没说城市')} {count}" for city, count in one.cities),
        kinds="、".join(f"{KIND_WORDS.get(kind or '', kind)} {count}" for kind, count in one.kinds),
        first=in_shanghai(one.first).date(),
        last=in_shanghai(one.last).date(),
        unliked=sum(opinions.get((city, one.topic), (0, 0))[1] for city, _ in one.cities if one.topic),
        is_answered=is_answered,
    )


def _is_answered(advisor: Advisor, one: Seen, today: date) -> bool:
    """Tell whether all the examples would be answered now, each in the city where it was asked most."""
    for example in one.examples:
        city = example.city if example.city in advisor.library.cities else None
        try:
            kind = advisor.take_turn(Session(), example.text, today=today, city=city).saying.kind
        except ProofError:
            return False
        if kind not in (Kind.ANSWER, Kind.REFER_NATIONAL):
            return False
    return True


def _unliked(visit: Visit, opinions: Counts, only: str) -> list[Unliked]:
    cities, topics = visit.library.cities, visit.library.topics
    found = [
        Unliked(city, cities[city].short, topic, topics[topic].title, useless, useful)
        for (city, topic), (useful, useless) in opinions.items()
        if city is not None
        and topic is not None
        and city in cities
        and topic in topics
        and useless
        and only in ("", city)
    ]
    return sorted(found, key=lambda one: (-one.useless, one.useful, one.city, one.topic))[:_MOST_UNLIKED]


ROUTES: Sequence[Route] = (
    Route("GET", QUESTIONS, show, Right.LEARN),
    Route("POST", f"{QUESTIONS}/{{key}}/aside", set_aside, Right.WRITE),
    Route("POST", f"{QUESTIONS}/{{key}}/back", bring_back, Right.WRITE),
)
