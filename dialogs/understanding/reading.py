"""One message → what was understood and why: text, repairs, places, manners, topics with their signals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dialogs.understanding.choosing import (
    MAX_TOPICS,
    OPEN_GATE,
    SHARED_CONCEPTS,
    SURE,
    WORTH_OFFERING,
    asked_in_one_breath,
    day_first,
    is_clear,
)  # fmt: skip
from dialogs.understanding.happenings import TimeReader, Told, without_days
from dialogs.understanding.kinds import ManneredReader, Manners, without_private_numbers
from dialogs.understanding.normalise import Normalised, normalise
from dialogs.understanding.place_names import NOT_A_PLACE
from dialogs.understanding.places import Gazetteer, Whereabouts
from dialogs.understanding.ranking import OTHER_THINGS, Candidate, TopicRanker
from knowledge.library import Library
from knowledge.topic import opens

SECOND_QUESTION = 0.6
"""A clause that is a question of its own is answered beside the first from this probability up."""

BARE_QUESTION = 0.4
"""A clause that asks for nothing but an aspect (费用多少) needs to be less sure: there is little to mistake."""

NAMED = 0.03
"""A second service named in the same breath (护照…身份证) is answered too from this probability up."""

NAMED_GATE = 0.6
"""How strong the words of such a service must be."""

SHORT_QUESTION = 10
"""A follow-up without a thing of its own has at most so many characters."""

MIN_CLAUSE = 2
"""几天 is a question; a single character is none."""

_ASPECTS = frozenset(
    "pay amount how_long where bring when deadline how get proxy penalty condition complain reason how_to_apply "
    "online refused photo form validity list_all contents start yearly meaning seized withhold settle_terms "
    "use makeup change".split()
)
"""Concepts that ask something of a thing named elsewhere: 花钱不, 上哪补, 罚多少."""

NOTHING_TOLD = Told()
"""Nothing is said of time, or no day was given to read it by."""

_NOT_ASKED = re.compile(r"(?:我|俺|额)?(?:不是(?:问|要|说|想)|不问|不用代|不用别人|不需要|不想问)")
_STILL_A_QUESTION = re.compile(r"[吗么嘛啥咋?？]|怎么|能不能|行不行|不$")
_CLAUSE = re.compile(r"[,，。.;；!！?？\n、]|\s+")
_ASKS = re.compile(
    r"[不吗么嘛没啵]$|啥|什么|多少|几|哪|咋|怎|多久|好久|好多|能|可以|要不|行不|中不|谁|何|[?？]|是不是|有没有|凭|收|还是|算"
)


@dataclass(frozen=True)
class Understanding:
    """What a message was understood to mean.

    `asks` tells whether it has the form of a question.
    `topics` are to be answered, in order; when it is empty `choices` may hold the two or three best readings.
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

    @property
    def confidence(self) -> float:
        """0..1: how sure the best reading is."""
        return round(self.candidates[0].score, 2) if self.candidates else 0.0

    @property
    def strength(self) -> float:
        """The best candidate's gate strength: how much the message's own words speak for a topic."""
        return max((candidate.gate for candidate in self.candidates[:3]), default=0.0)


class Reader:
    """Understands messages. Built once; `read` is a pure function."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.ranker = TopicRanker(library)
        self.manners = ManneredReader(library.manners)
        self.times = TimeReader(library.happenings)
        self.gazetteer = Gazetteer(library.cities)
        self._place_names = _names_to_repair(library)
        aliases = sorted((alias for city in library.cities.values() for alias in city.aliases), key=len, reverse=True)
        self._city_names = re.compile(
            "|".join(rf"(?<![a-z]){re.escape(a)}(?![a-z])" if a.isascii() else re.escape(a) for a in aliases)
        )

    def read(
        self, message: str, known_city: str | None = None, before: Iterable[str] = (), today: date | None = None
    ) -> Understanding:
        """Understand `message`; `known_city` is the slug chosen and `before` the topics talked of before, if any.

        Dates are read only when `today` is given: they mean something relative to it.
        """
        normalised = normalise(message, self._place_names)
        places = self.gazetteer.find(normalised.text, known_city)
        told = self.times.told_in(normalised.text, today) if today else NOTHING_TOLD
        text = self.without_city_names(without_private_numbers(without_days(normalised.text, told)))
        text = _without_what_is_not_asked(text)
        given = (concepts_given_by(places) or self._thing_of(text, before)) | self.times.concepts_of(told)
        if places.moved_here:
            text = _without_names(text, places)
        candidates = tuple(day_first(self.ranker.rank(text, given), self.ranker.concepts_in(text))[:8])
        topics = self._topics(text, candidates, given)
        return Understanding(
            normalised=normalised,
            manners=self.manners.manners_of(normalised.text),
            places=places,
            concepts=self.ranker.concepts_in(text) | given,
            candidates=candidates,
            asks=_ASKS.search(normalised.text) is not None,
            topics=topics,
            choices=() if topics else tuple(c.topic for c in candidates[:3] if c.score >= WORTH_OFFERING),
            told=told,
        )

    def _thing_of(self, text: str, before: Iterable[str]) -> frozenset[str]:
        """Return the last topic's thing for a short question without a thing of its own: 要钱不, 几天拿到."""
        concepts = self.ranker.concepts_in(text)
        if len(text) > SHORT_QUESTION or not concepts & _ASPECTS or concepts - _ASPECTS - {"apply"}:
            return frozenset()
        gates = (gate for topic in before for gate in self._library.topics[topic].gates[:1])
        things = (name for gate in gates for group in gate if len(group) == 1 for name in group)
        return frozenset(things) - _ASPECTS - SHARED_CONCEPTS

    def without_city_names(self, text: str) -> str:
        """Return `text` without the names of our cities: which city is meant says nothing about the topic."""
        return self._city_names.sub(" ", text)

    def _topics(self, text: str, candidates: tuple[Candidate, ...], given: frozenset[str]) -> tuple[str, ...]:
        override = next(
            (c.topic for c in candidates if self._library.topics[c.topic].overrides and c.gate >= OPEN_GATE), None
        )
        if override:
            return (override,)
        if not candidates or not is_clear(candidates):
            return (
                self._named_services(candidates)
                or asked_in_one_breath(self._without_other_things_aspects(candidates))
                or self._several_clauses(text, given, candidates)
            )
        chosen = [candidates[0].topic, *self._named_services(candidates)]
        chosen += self._asked_by_clauses(text, given)
        return tuple(list(dict.fromkeys(chosen))[:MAX_TOPICS])

    def _without_other_things_aspects(self, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Drop what another thing rules out when that thing comes first: 护照几天拿到 asks nothing of 居住证."""
        if not candidates or self._library.topics[candidates[0].topic].group not in OTHER_THINGS:
            return candidates
        return (candidates[0], *(candidate for candidate in candidates[1:] if not candidate.signals[2]))

    def _named_services(self, candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
        """Return the services asked about in one breath (护照…身份证): two or more named by words of their own."""
        named = [candidate for candidate in candidates if self._is_named_service(candidate)]
        clearly = sum(candidate.score for candidate in named) >= SURE and len(named) > 1
        return tuple(candidate.topic for candidate in named) if clearly else ()

    def _is_named_service(self, candidate: Candidate) -> bool:
        topic = self._library.topics[candidate.topic]
        alone = any(len(gate) == 1 and gate[0] & set(candidate.concepts) for gate in topic.gates)
        return topic.group == "services" and alone and candidate.gate >= NAMED_GATE and candidate.score >= NAMED

    def _asked_by_clauses(self, text: str, given: frozenset[str]) -> list[str]:
        """Return the topic of each clause that is a question of its own; 花钱不 takes its thing from before."""
        found: list[str] = []
        all_things = (self.ranker.concepts_in(text) | given) - _ASPECTS - SHARED_CONCEPTS
        things: frozenset[str] = frozenset()
        for clause in self._clauses(text):
            concepts = self.ranker.concepts_in(clause)
            named = concepts - _ASPECTS - SHARED_CONCEPTS
            if named or "permit" in concepts:
                things = named
            if not _ASKS.search(clause):
                continue
            ranked = self.ranker.rank(clause, frozenset() if named else things)
            if ranked and self._is_question_of_its_own(ranked[0], all_things):
                found.append(ranked[0].topic)
        return found

    def _several_clauses(self, text: str, given: frozenset[str], candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
        """Return the topics of clauses that are questions of their own; one alone if the whole leads to it."""
        found = tuple(dict.fromkeys(self._asked_by_clauses(text, given)))[:MAX_TOPICS]
        leads = bool(candidates) and found == (candidates[0].topic,)
        return found if len(found) > 1 or leads else ()

    def _is_question_of_its_own(self, candidate: Candidate, all_things: frozenset[str]) -> bool:
        names_a_thing = set(candidate.concepts) - _ASPECTS - SHARED_CONCEPTS
        bare = bool(candidate.concepts) and not names_a_thing
        needed = (BARE_QUESTION, 0.0) if bare else (SECOND_QUESTION, OPEN_GATE)
        if candidate.score < needed[0] or candidate.gate < needed[1]:
            return False
        ruled_out = any(opens(never, all_things) for never in self._library.topics[candidate.topic].excludes)
        return bool(names_a_thing) or not ruled_out

    def _clauses(self, text: str) -> list[str]:
        clauses = [clause.strip() for clause in _CLAUSE.split(text) if len(clause.strip()) >= MIN_CLAUSE]
        return clauses if len(clauses) > 1 else []


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
    clauses = re.split(r"([,，。;；!！\s])", text)
    kept = [c for c in clauses if not (_NOT_ASKED.match(c) and not _STILL_A_QUESTION.search(c))]
    return "".join(kept) if any(len(clause) > 1 for clause in kept) else text


def _names_to_repair(library: Library) -> frozenset[str]:
    """Return the short names of our cities and counties; not 杞县, which sounds like 旗县, and no other word."""
    cities = library.cities.values()
    short = {name for city in cities for name in city.counties if len(name) == 2 and not name.endswith("县")}
    return frozenset({city.short for city in cities} | short) - NOT_A_PLACE
