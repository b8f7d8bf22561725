"""One message → what was understood and why: text, repairs, places, manners, topics with their signals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dialogs.understanding.choosing import MAX_TOPICS, OTHER_THINGS, SURE, choices, chosen, day_first, heard_as
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
from dialogs.understanding.place_names import NOT_A_PLACE
from dialogs.understanding.places import Gazetteer, Whereabouts
from dialogs.understanding.ranking import Candidate, rank
from knowledge.library import Library

SHORT_QUESTION = 10
"""A follow-up without a thing of its own has at most so many characters."""

LONGEST_FOLLOW_UP = 25
_GOES_ON = re.compile(r"^(?:那|要是|如果|还有|不是|我是说|我问的是)")
"""那要带什么 goes on from what was talked of."""

_SAME_OF_ANOTHER = re.compile(r"[呢哩喃](?=[\s,，。?？]|$)")
"""我老婆呢 asks the same of another."""

CLEAR_BY_ITSELF = 0.7
"""A message with a thing of its own that is so sure needs no topic before it, however it begins."""

ASKED_BY_IT = 0.15
"""How much likelier than by the last topic's title alone a topic must be to be what a follow-up asks."""

_ABOUT_APPLYING = ("application", "basics")
"""Groups of topics whose thing is the permit itself: 能办不，要带啥 asks what to bring for it."""

SHORTEST_CLAUSE, CLEAR_CLAUSE = 3, 0.9
"""A clause of so many characters that is so clear a question by itself is answered too."""

_CLAUSE = re.compile(r"[,，。.;；!！?？\n、]|\s+")
_ASPECTS = frozenset(
    "pay amount how_long where bring when deadline how get proxy penalty condition complain reason how_to_apply "
    "online refused photo form validity list_all contents start yearly meaning seized withhold settle_terms "
    "use makeup change".split()
)
"""Concepts that ask something of a thing named elsewhere: 花钱不, 上哪补, 罚多少."""

SHARED_CONCEPTS = frozenset({"permit", "apply", "regulation"})
"""Concepts of nearly every question; alone they single out no topic."""

NOTHING_TOLD = Told()
"""Nothing is said of time, or no day was given to read it by."""

_NOT_ASKED = re.compile(r"(?:我|俺|额)?(?:不是(?:问|要|说|想)|不问|不用代|不用别人|不需要|不想问)")
_STILL_A_QUESTION = re.compile(r"[吗么嘛啥咋?？]|怎么|能不能|行不行|不$")
_ASKS = re.compile(
    r"[不吗么嘛没啵]$|啥|什么|多少|几|哪|咋|怎|多久|好久|好多|能|可以|要不|行不|中不|谁|何|[?？]|是不是|有没有|凭|收|还是|算"
)


@dataclass(frozen=True)
class Asked:
    """What of a message is ranked: its text without names, days and numbers of a person, and the concepts of it."""

    text: str
    concepts: frozenset[str]


NOTHING_ASKED = Asked("", frozenset())


@dataclass(frozen=True)
class Understanding:
    """What a message was understood to mean.

    `asks` tells whether it has the form of a question.
    `topics` are to be answered, in order; when it is empty `choices` may hold the two or three best readings.
    `wishes` are the names of the dialogs that are asked for. `manners` are heard by their words, `likely` by the model.
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

    @property
    def manners_heard(self) -> Manners:
        """The manners heard by their words; where there are none, those that the topic model hears."""
        return self.manners if self.manners.found else self.likely

    @property
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
        self._county_names = _counties_to_repair(library)
        self._place_names = self._county_names | {city.short for city in library.cities.values()}
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
        normalised = self.normalised(message)
        places = self.gazetteer.find(normalised.text, known_city)
        told = self.times.told_in(normalised.text, today) if today else NOTHING_TOLD
        asked = self.asked_in(normalised, places, told)
        ranked = self._ranked(asked)
        following = self._following(asked, ranked, tuple(before))
        asked, candidates = following or (asked, ranked)
        topics = chosen(asked.text, candidates, self._library.topics)
        topics = topics if following else self._with_questions_of_clauses(asked, topics)
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
        )

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

    def _with_questions_of_clauses(self, asked: Asked, topics: tuple[str, ...]) -> tuple[str, ...]:
        """Return the topics with those of clauses that are clear questions of their own: 能办不，要带啥."""
        clauses = [clause for clause in _CLAUSE.split(asked.text) if len(clause) >= SHORTEST_CLAUSE]
        if len(clauses) < 2 or not topics or self._library.topics[topics[0]].overrides:
            return topics
        of_the_permit = self._library.topics[topics[0]].group in _ABOUT_APPLYING
        has_a_thing = bool(asked.concepts - _ASPECTS - SHARED_CONCEPTS) and not of_the_permit
        found = list(topics)
        for clause in clauses:
            concepts = self.lexicon.concepts_in(clause)
            if not _ASKS.search(clause) or (has_a_thing and not concepts - _ASPECTS - {"apply"}):
                continue  # 花钱不 asks of the thing named before it
            best = self._ranked(Asked(clause, concepts))[0]
            if best.is_topic and best.score >= CLEAR_CLAUSE:
                found.append(best.topic)
        return tuple(dict.fromkeys(found))[:MAX_TOPICS]

    def _following(
        self, asked: Asked, ranked: tuple[Candidate, ...], before: tuple[str, ...]
    ) -> tuple[Asked, tuple[Candidate, ...]] | None:
        """Return what a message asks and means that goes on from the last topic (那要带什么); None if none does.

        It is read behind that topic's title. What it asks beside that topic is meant; nothing else, the topic again.
        """
        if not before or not self._goes_on(asked, ranked[0]):
            return None
        if not ranked[0].is_topic and ranked[0].score >= CLEAR_BY_ITSELF:
            return None
        title = self._library.topics[before[0]].title
        known = self.lexicon.concepts_in(title)
        of_the_title = {one.topic: one.score for one in self._ranked(Asked(title, known))}
        together = Asked(f"{title} {asked.text}", asked.concepts | known)
        candidates = self._ranked(together)
        others = [one for one in candidates if one.is_topic and one.topic not in before]
        gained = [one for one in others if one.score - of_the_title.get(one.topic, 0.0) >= ASKED_BY_IT]
        if _SAME_OF_ANOTHER.search(asked.text):
            gained = [one for one in gained if self._asks_alike(one.topic, before[0])]
        gained = [one for one in gained if self._can_follow(one.topic, before[0], asked)]
        meant = gained[:1] or [one for one in candidates if one.topic == before[0]]
        meant = [replace(one, score=max(one.score, SURE)) for one in meant]
        return (together, tuple(meant)) if meant else None

    def _goes_on(self, asked: Asked, best: Candidate) -> bool:
        """Tell whether a message has no thing of its own, or says that it goes on; `best` is its own best reading."""
        text = asked.text.strip()
        if len(text) > LONGEST_FOLLOW_UP:
            return False
        own = asked.concepts - _ASPECTS - SHARED_CONCEPTS
        is_clear = bool(own) and best.score >= CLEAR_BY_ITSELF
        if _SAME_OF_ANOTHER.search(text):
            return not (is_clear and best.is_topic and self._library.topics[best.topic].group in OTHER_THINGS)
        if _GOES_ON.search(text):
            return not is_clear
        return bool(asked.concepts & _ASPECTS) and not own and len(text) <= SHORT_QUESTION

    def _can_follow(self, topic: str, before: str, asked: Asked) -> bool:
        """Tell whether a topic asks what the message asks (带啥), and of no permit when another thing was talked of."""
        topics, aspects = self._library.topics, asked.concepts & _ASPECTS
        if topics[before].group in OTHER_THINGS and topics[topic].group not in OTHER_THINGS:
            return False
        return not aspects or bool(aspects & self.lexicon.concepts_in(topics[topic].title))

    def _asks_alike(self, one: str, other: str) -> bool:
        """Tell whether two topics ask the same of different things: 首次办证收不收钱, 丢了补办收不收钱."""
        topics = self._library.topics
        shared = self.lexicon.concepts_in(topics[one].title) & self.lexicon.concepts_in(topics[other].title) & _ASPECTS
        return bool(shared) or topics[one].group == topics[other].group

    def without_city_names(self, text: str) -> str:
        """Return `text` without the names of our cities: which city is meant says nothing about the topic."""
        return self._city_names.sub(" ", text)


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


def _counties_to_repair(library: Library) -> frozenset[str]:
    """Return the short names of our counties; not 杞县, which sounds like 旗县, and no other word."""
    cities = library.cities.values()
    short = {name for city in cities for name in city.counties if len(name) == 2 and not name.endswith("县")}
    return frozenset(short) - NOT_A_PLACE
