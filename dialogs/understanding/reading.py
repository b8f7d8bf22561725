"""One message → what was understood and why: text, repairs, places, manners, topics with their signals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dialogs.understanding.choosing import (
    MAX_TOPICS,
    choices,
    chosen,
    day_first,
    heard_as,
    tells_a_day,
)
from dialogs.understanding.following import ASPECTS, NOTHING_ASKED, SHARED_CONCEPTS, Asked, FollowUps
from dialogs.understanding.happenings import TimeReader, Told, without_days
from dialogs.understanding.kinds import (
    NO_MANNERS,
    ManneredReader,
    Manners,
    likely_manners,
    without_private_numbers,
)
from dialogs.understanding.lexicon import Lexicon
from dialogs.understanding.normalise import Normalised, normalise
from dialogs.understanding.one_by_one import ABOUT_APPLYING, CLEAR_CLAUSE, Clause, one_by_one
from dialogs.understanding.place_names import NOT_A_PLACE, Names
from dialogs.understanding.places import Gazetteer, Whereabouts
from dialogs.understanding.ranking import Candidate, likeliest, rank
from knowledge.library import Library

SHORTEST_CLAUSE, SHORTEST_OF_MANY = 3, 2
"""A clause of so many characters can be a question of its own; where there are many, a shorter one too (带啥)."""

_CLAUSE = re.compile(r"[,，。.;；!！?？\n、]|\s+")
_MOST_CLAUSES = 12
"""So many questions of one message are looked at."""

NOTHING_TOLD = Told()
"""Nothing is said of time, or no day was given to read it by."""

_NOT_ASKED = re.compile(r"(?:我|俺|额)?(?:不是(?:问|要|说|想)|不问|不用代|不用别人|不需要|不想问)")
_CLAUSE_AND_MARK = re.compile(r"([,，。;；!！\s])")
_STILL_A_QUESTION = re.compile(r"[吗么嘛啥咋?？]|怎么|能不能|行不行|不$")
_ASKS = re.compile(
    r"[不吗么嘛没啵]$|啥|什么|多少|几|哪|咋|怎|多久|好久|好多|能|可以|要不|行不|中不|谁|何|[?？]|是不是|有没有|凭|收|还是|算"
)


@dataclass(frozen=True)
class Understanding:
    """What a message was understood to mean.

    `asks` tells whether it has the form of a question.
    `topics` are to be answered, in order; when it is empty `choices` may hold the two or three best readings.
    `wishes` are the names of the dialogs that are asked for. `manners` are heard by their words, `likely` by the model.
    `goes_on`: behind another topic it might mean something else. `left_out` are topics that were asked too, in a
    message of more questions than are answered at once.
    """

    normalised: Normalised
    manners: Manners
    places: Whereabouts
    concepts: frozenset[str]
    candidates: tuple[Candidate, ...]
    asks: bool
    topics: tuple[str, ...]
    choices: tuple[str, ...]
    told: Told = NOTHING_TOLD
    asked: Asked = NOTHING_ASKED
    wishes: frozenset[str] = frozenset()
    likely: Manners = NO_MANNERS
    goes_on: bool = False
    left_out: tuple[str, ...] = ()

    @property
    def manners_heard(self) -> Manners:
        """The manners heard by their words; where there are none, those that the topic model hears."""
        return self.manners if self.manners.found else self.likely

    @cached_property
    def confidence(self) -> float:
        """0..1: how sure the best reading is; of the first topic, where there is one to answer."""
        first = self.topics[:1] or tuple(candidate.topic for candidate in self.candidates[:1])
        return next((round(one.score, 2) for one in self.candidates if one.topic in first), 0.0)


class Reader:
    """Understands messages. Built once; `read` is a pure function."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.lexicon = Lexicon(library.concepts)
        self.manners = ManneredReader(library.manners)
        self.times = TimeReader(library.happenings)
        self.gazetteer = Gazetteer(library.cities)
        self._follow_ups = FollowUps(library.topics, self.lexicon, self._ranked)
        self._county_names = _counties_to_repair(library)
        self._place_names = self._county_names | {city.short for city in library.cities.values()}
        self._city_names = Names(alias for city in library.cities.values() for alias in city.aliases)

    def read(
        self, message: str, known_city: str | None = None, before: Iterable[str] = (), today: date | None = None
    ) -> Understanding:
        """Understand `message`; `known_city` is the slug chosen and `before` the topics talked of before, if any.

        Dates are read only when `today` is given: they mean something relative to it.
        """
        normalised, places, told = self.facts_in(message, known_city, today)
        asked = self.asked_in(normalised, places, told)
        ranked = self._ranked(asked)
        goes_on = self._follow_ups.goes_on(asked, ranked[0])
        following = self._follow_ups.following(asked, ranked, tuple(before)) if goes_on else None
        asked, candidates = following or (asked, ranked)
        topics, left_out = self._topics_of(asked, candidates, is_alone=following is None)
        return Understanding(
            normalised=normalised,
            manners=self.manners.manners_of(normalised.text),
            places=places,
            concepts=asked.concepts,
            candidates=candidates,
            asks=_ASKS.search(normalised.text) is not None,
            topics=topics,
            choices=() if topics else choices(candidates),
            told=told,
            asked=asked,
            wishes=heard_as(asked.text, candidates, "flow"),
            likely=likely_manners(heard_as(asked.text, candidates, "manner"), heard_as(asked.text, candidates, "none")),
            goes_on=goes_on,
            left_out=left_out,
        )

    def facts_in(
        self, message: str, known_city: str | None = None, today: date | None = None
    ) -> tuple[Normalised, Whereabouts, Told]:
        """Return the message as it is read on, and what it says of places and of time; not what it asks."""
        normalised = self.normalised(message)
        places = self.gazetteer.find(normalised.text, known_city)
        told = self.times.told_in(normalised.text, today) if today else NOTHING_TOLD
        return normalised, places, told

    def normalised(self, message: str) -> Normalised:
        """Return the message as it is read on."""
        return normalise(message, self._place_names, self._county_names)

    def asked_in(self, normalised: Normalised, places: Whereabouts, told: Told = NOTHING_TOLD) -> Asked:
        """Return what of a message is ranked."""
        text = self.without_city_names(without_private_numbers(without_days(normalised.text, told)))
        text = _without_what_is_not_asked(text)
        given = concepts_given_by(places) | self.times.concepts_of(told)
        if places.moved_here:
            text = _without_names(text, places)
        return Asked(text, self.lexicon.concepts_in(text) | given)

    def _ranked(self, asked: Asked) -> tuple[Candidate, ...]:
        ranked = rank(self._library.topic_model, asked.text, asked.concepts)
        return day_first(ranked, asked.concepts, self._library.topics)

    def _first_of(self, asked: Asked) -> Candidate:
        """Return the first of `_ranked`; without a day told the others need not be put in order."""
        if tells_a_day(asked.concepts):
            return self._ranked(asked)[0]
        return likeliest(self._library.topic_model, asked.text, asked.concepts)

    def _topics_of(
        self, asked: Asked, candidates: tuple[Candidate, ...], *, is_alone: bool
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the topics to answer, and those that were asked too and find no room."""
        topics = chosen(asked.text, candidates, self._library.topics)
        if not is_alone:
            return topics, ()
        clauses = [one for one in _CLAUSE.split(asked.text) if len(one) >= SHORTEST_OF_MANY and _ASKS.search(one)]
        if len(clauses) <= MAX_TOPICS or (topics and self._library.topics[topics[0]].overrides):
            return self._with_questions_of_clauses(asked, topics), ()
        found = self._with_questions_of_clauses(asked, topics)
        return one_by_one(found, map(self._clause, clauses[:_MOST_CLAUSES]), self._library.topics)

    def _clause(self, text: str) -> Clause:
        concepts = self.lexicon.concepts_in(text)
        ranked = self._ranked(Asked(text, concepts))
        return Clause(concepts, next((one for one in ranked if one.is_topic), None))

    def _with_questions_of_clauses(self, asked: Asked, topics: tuple[str, ...]) -> tuple[str, ...]:
        """Return the topics with those of clauses that are clear questions of their own: 能办不，要带啥."""
        clauses = [clause for clause in _CLAUSE.split(asked.text) if len(clause) >= SHORTEST_CLAUSE]
        is_settled = len(topics) in (0, MAX_TOPICS)
        if len(clauses) < 2 or is_settled or self._library.topics[topics[0]].overrides:
            return topics
        of_the_permit = self._library.topics[topics[0]].group in ABOUT_APPLYING
        has_a_thing = bool(asked.concepts - ASPECTS - SHARED_CONCEPTS) and not of_the_permit
        found = list(topics)
        for clause in clauses:
            if not _ASKS.search(clause):
                continue
            concepts = self.lexicon.concepts_in(clause)
            if has_a_thing and not concepts - ASPECTS - {"apply"}:
                continue  # 花钱不 asks of the thing named before it
            best = self._first_of(Asked(clause, concepts))
            if best.is_topic and best.score >= CLEAR_CLAUSE:
                found.append(best.topic)
        return tuple(dict.fromkeys(found))[:MAX_TOPICS]

    def without_city_names(self, text: str) -> str:
        """Return `text` without the names of our cities: which city is meant says nothing about the topic."""
        return self._city_names.left_out_of(text)


def concepts_given_by(places: Whereabouts) -> frozenset[str]:
    """Return the concepts that the places of a message give, which no word of it carries."""
    if places.moved_within:
        return frozenset({"hukou_here"})
    if not places.moved_here:
        return frozenset()
    counties = {mention.county for mention in places.mentions if mention.county}
    one_city = len({mention.city for mention in places.mentions}) == 1
    in_town = one_city and all(county.endswith("区") for county in counties)
    return frozenset({"address", "within_area" if in_town else "cross_move"})


def _without_names(text: str, places: Whereabouts) -> str:
    """Return `text` without the names of the places: 搬到祥符区 says nothing more than where to."""
    names = sorted((mention.name for mention in places.mentions), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, names)), " ", text)


def _without_what_is_not_asked(text: str) -> str:
    """Return `text` without a clause that says what is not asked (不是问补办), unless nothing else is left."""
    clauses = _CLAUSE_AND_MARK.split(text)
    kept = [c for c in clauses if not (_NOT_ASKED.match(c) and not _STILL_A_QUESTION.search(c))]
    return "".join(kept) if any(len(clause) > 1 for clause in kept) else text


def _counties_to_repair(library: Library) -> frozenset[str]:
    """Return the short names of our counties; not 杞县, which sounds like 旗县, and no other word."""
    cities = library.cities.values()
    short = {name for city in cities for name in city.counties if len(name) == 2 and not name.endswith("县")}
    return frozenset(short) - NOT_A_PLACE
