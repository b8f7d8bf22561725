"""What is said to a message by itself, no dialog running: answers, questions back, small talk, first aid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from datetime import date

from dialogs import words
from dialogs.completing import completed
from dialogs.compose import caveats, document_word, joint_kind
from dialogs.dates import Occasion, with_dates
from dialogs.details import Details, with_unsaid_details
from dialogs.faq import FaqBook
from dialogs.office_lines import known_offices
from dialogs.published import NOTHING_PUBLISHED
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from dialogs.shelf import Shelf
from dialogs.suggestions import PRECHECK, suggestions_after
from dialogs.switching import switched_off
from dialogs.understanding.kinds import Manner
from dialogs.understanding.reading import Understanding
from knowledge.city import City, Stance
from knowledge.library import Library
from rules.reckoning import Reckoner

_STRONG_ENOUGH_TO_ANSWER_ANYWAY = 0.6

SURELY_TOO = 0.6
"""A second topic whose answer differs from the first in being silent must be at least so probable."""

_BESIDE_A_CITY = 6
"""A message of a city's name and at most so many characters more only says where: 洛阳的，在涧西住."""

_EMERGENCY_WORDS = {
    Manner.SUICIDE: words.SUICIDE,
    Manner.FIRE: words.FIRE,
    Manner.AMBULANCE: words.AMBULANCE,
    Manner.POLICE: words.POLICE,
    Manner.FRAUD: words.FRAUD,
}
_SMALLTALK_WORDS = {
    Manner.GREETING: words.GREETING,
    Manner.HOTLINE: "\n".join(words.HOTLINES.values()),
    Manner.THANKS: words.THANKS,
    Manner.GOODBYE: words.GOODBYE,
    Manner.WHO: words.WHO,
    Manner.WHAT_CAN_YOU: words.WHAT_CAN_YOU,
    Manner.HUMAN: words.NO_HUMAN,
    Manner.CHAT: words.CHAT,
}
_REFUSALS = {Manner.OTHERS_DATA: words.OTHERS_DATA, Manner.FORGING: words.FORGING, Manner.OFF_TOPIC: words.OFF_TOPIC}
_AFTER_CITY = ("conditions", "materials", "overdue")
"""What is offered to a person who has only said where they live."""


@dataclass(frozen=True)
class Answered:
    """What is said, and the session it leads to."""

    session: Session
    saying: Saying


class Answerer:
    """Answers messages from the library; no state of any conversation."""

    def __init__(self, library: Library, reckoner: Reckoner) -> None:
        self.library = library
        self.shelf = Shelf(library)
        self._reckoner = reckoner
        self._details = Details(library.details.values())
        self._published = NOTHING_PUBLISHED
        self._book: FaqBook | None = None

    def with_published(self, book: FaqBook) -> Answerer:
        """Return an answerer that says what is published; it shares everything prepared."""
        other = copy(self)
        other._published, other._book = book.published, book
        return other

    def answer(self, session: Session, understood: Understanding, today: date) -> Answered:
        """Return what is said to a message that is no emergency."""
        saying = self._aside(session, understood)
        if saying is not None:
            answered = Answered(session, saying)
        else:
            answered = self._answer(replace(session, unrated=False), understood, today)
        answered = self._by_staff(session, understood, answered.saying, today) or answered
        return Answered(replace(answered.session, offered=answered.saying.suggestions), answered.saying)

    def urgent(self, session: Session, understood: Understanding) -> Saying | None:
        """Return whom to call first, or that a text gives us no orders; None for every other message."""
        manners = understood.manners_heard
        if session.flow is not None and not session.flow.is_finished:
            manners = understood.manners  # a short answer (火星族) is taken for what it is an answer to
        emergency = manners.emergency
        if emergency is not None:
            titles = self._titles(understood.topics)
            said = self._plain(Kind.REFUSE, _EMERGENCY_WORDS[emergency], session, words.AFTER_EMERGENCY)
            return replace(said, suggestions=titles)
        if Manner.INJECTION in manners:
            return self._plain(Kind.REFUSE, words.INJECTION, session)
        return None

    def _aside(self, session: Session, understood: Understanding) -> Saying | None:
        """Answer greetings, thanks, abuse and other subjects; None for a question of ours."""
        manners = understood.manners if self._only_says_where(understood) else understood.manners_heard
        if Manner.ABUSE in manners and not understood.asks:
            return self._plain(Kind.REFUSE, words.ABUSE, session)
        if understood.confidence >= _STRONG_ENOUGH_TO_ANSWER_ANYWAY and understood.topics:
            return None
        for manner, sentence in _SMALLTALK_WORDS.items():
            if manner in manners:
                offices = self._offices_of(session) if manner is Manner.HUMAN else ()
                said = self._plain(Kind.SMALLTALK, sentence.format(cities=self._city_names()), session, *offices)
                return replace(said, asks_for_clerk=manner is Manner.HUMAN)
        refused = next((sentence for manner, sentence in _REFUSALS.items() if manner in manners), None)
        if refused is None and Manner.ABUSE in manners:
            refused = words.ABUSE
        if refused is None:
            return None
        return replace(self._plain(Kind.REFUSE, refused, session), suggestions=self._titles(understood.topics))

    def _answer(self, session: Session, understood: Understanding, today: date) -> Answered:
        places = understood.places
        topics = understood.topics or (
            self._carried_topics(session, understood) if self._names_city(understood) else ()
        )
        if places.outside:
            return self._unsupported(session, understood, places.outside)
        if places.several:
            return self._ask_city(session, understood, topics, places.several)
        city = places.residence or session.city
        if Manner.PRIVATE_NUMBERS in understood.manners:
            return self._private(session, understood, topics, city, today)
        off = self._published.sentence_for(city) if city else None
        if off is not None:
            return Answered(replace(session, city=city, waiting=()), switched_off(off, city))
        if topics and city:
            return self._answer_for(session, understood, city, topics, today)
        if topics:
            return self._ask_city(session, understood, topics, tuple(self.library.cities))
        if city and self._names_city(understood) and not understood.choices:
            return self._city_chosen(session, understood, city, today)
        return self._not_understood(session, understood, city, today)

    def _by_staff(self, session: Session, understood: Understanding, saying: Saying, today: date) -> Answered | None:
        """Return the answer that staff wrote to this question, if it is to be given instead of `saying`."""
        slug, topics = understood.places.residence or session.city, understood.topics
        said = self._book.instead_of(saying, slug, understood, today) if slug and self._book else None
        session = replace(session, city=slug, topics=topics, waiting=(), unrated=bool(topics))
        return None if said is None else Answered(session, said)

    def _titles(self, topics: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.library.topics[topic].title for topic in topics)

    def _names_city(self, understood: Understanding) -> bool:
        return understood.places.residence is not None

    def _carried_topics(self, session: Session, understood: Understanding) -> tuple[str, ...]:
        """Return the topics a bare city name stands for: those waiting for it, or the last ones (「那开封呢」)."""
        return (session.waiting or session.topics) if self._only_says_where(understood) else ()

    def _only_says_where(self, understood: Understanding) -> bool:
        """Tell whether a message is hardly more than the name of a city: 那开封呢."""
        said = len(re.sub(r"[\s,，。.?？!！]", "", understood.normalised.text))
        named = sum(len(mention.name) for mention in understood.places.mentions)
        return self._names_city(understood) and said - named <= _BESIDE_A_CITY

    def _answer_for(
        self, session: Session, understood: Understanding, slug: str, topics: tuple[str, ...], today: date
    ) -> Answered:
        city = self.library.cities[slug]
        topics = completed(city, _asked_beside(city, topics, understood), understood)
        left_out = tuple(topic for topic in understood.left_out if topic not in topics)
        parts = _without_repeats(self._part(understood, city, topic, today) for topic in topics)
        if not left_out:  # a detail asked for may be one of theirs
            parts = with_unsaid_details(self._details, city, understood.normalised.text, parts)
        if all(part.kind is Kind.REFUSE for part in parts):
            said = Saying(Kind.REFUSE, slug, topics[0], parts)
            return Answered(replace(session, city=slug, topics=topics, waiting=()), said)
        kind = Kind.REFER_NATIONAL if parts[0].kind is Kind.REFER_NATIONAL else joint_kind(parts)
        parts = (*parts, *self._left_out(left_out))
        suggestions = self._titles(left_out) or suggestions_after(self.library, topics)
        saying = Saying(kind, slug, topics[0], parts, caveats(city, today), suggestions, understood.confidence)
        return Answered(replace(session, city=slug, topics=topics, waiting=(), unrated=True), saying)

    def _left_out(self, topics: tuple[str, ...]) -> tuple[Part, ...]:
        """Say what was asked too, by our own names for it: nothing that was written is repeated."""
        said = words.ASKED_TOO.format(titles="、".join(self._titles(topics)))
        return (Part(Kind.CLARIFY, said),) if topics else ()

    def _part(self, understood: Understanding, city: City, topic: str, today: date) -> Part:
        """Return the answer to one topic, with its dates worked out where the person told from when."""
        off = self._published.sentence_for(city.slug, topic)
        if off is not None:
            return Part(Kind.REFUSE, off, topic)
        part = self.shelf.part_of(city, topic, _county(understood, city))
        return with_dates(Occasion(city, part, understood.told, understood.concepts, today, self._reckoner))

    def _ask_city(
        self, session: Session, understood: Understanding, topics: tuple[str, ...], slugs: tuple[str, ...]
    ) -> Answered:
        names = tuple(self.library.cities[slug].short for slug in slugs)
        sentence = words.WHICH_CITY if len(slugs) == len(self.library.cities) else words.WHICH_CITY_OF_SEVERAL
        saying = Saying(
            Kind.CLARIFY,
            None,
            topics[0] if topics else None,
            (Part(Kind.CLARIFY, sentence),),
            (),
            names,
            understood.confidence,
        )
        return Answered(replace(session, waiting=topics), saying)

    def _unsupported(self, session: Session, understood: Understanding, place: str) -> Answered:
        part = Part(
            Kind.UNSUPPORTED_CITY,
            words.UNSUPPORTED.format(place=place),
            notes=(words.SUPPORTED_CITIES.format(cities=self._city_names()),),
        )
        return Answered(session, Saying(Kind.UNSUPPORTED_CITY, None, None, (part,)))

    def _private(
        self, session: Session, understood: Understanding, topics: tuple[str, ...], city: str | None, today: date
    ) -> Answered:
        notice = Part(Kind.PRIVACY, words.PRIVATE_NUMBERS)
        if topics and city:
            answered = self._answer_for(session, understood, city, topics, today)
            saying = answered.saying
            return replace(answered, saying=replace(saying, kind=Kind.PRIVACY, parts=(notice, *saying.parts)))
        again = replace(notice, notes=(words.PRIVATE_ASK_AGAIN,))
        return Answered(session, Saying(Kind.PRIVACY, city, None, (again,)))

    def _city_chosen(self, session: Session, understood: Understanding, slug: str, today: date) -> Answered:
        city = self.library.cities[slug]
        suggestions = self._titles(_AFTER_CITY)
        saying = Saying(
            Kind.CLARIFY,
            slug,
            None,
            (Part(Kind.CLARIFY, words.NOW_ASK.format(city=city.short)),),
            caveats(city, today),
            suggestions,
        )
        return Answered(replace(session, city=slug), saying)

    def _not_understood(self, session: Session, understood: Understanding, city: str | None, today: date) -> Answered:
        session = replace(session, city=city)
        if understood.choices:
            titles = self._titles(understood.choices)
            part = Part(Kind.CLARIFY, words.WHICH_TOPIC if len(titles) > 1 else words.IS_IT_THIS)
            saying = Saying(Kind.CLARIFY, city, None, (part,), (), titles, understood.confidence)
            return Answered(session, saying)
        if city is None or len(understood.normalised.text) < 4:
            names = tuple(c.short for c in self.library.cities.values()) if city is None else (PRECHECK,)
            part = Part(Kind.CLARIFY, words.NOT_UNDERSTOOD)
            return Answered(session, Saying(Kind.CLARIFY, city, None, (part,), (), names))
        found = self.library.cities[city]
        line = words.NOT_FOUND.format(city=found.short, document=document_word(found))
        part = Part(Kind.NOT_COVERED, line, notes=(words.ASK_ELSEWHERE, *known_offices(self.library, found)))
        return Answered(session, Saying(Kind.NOT_COVERED, city, None, (part,), caveats(found, today)))

    def _plain(self, kind: Kind, sentence: str, session: Session, *notes: str) -> Saying:
        return Saying(kind, session.city, None, (Part(kind, sentence, notes=notes),))

    def _offices_of(self, session: Session) -> tuple[str, ...]:
        """Return the offices of the city the person has chosen, where the operator has entered any."""
        city = self.library.cities.get(session.city or "")
        return known_offices(self.library, city) if city is not None else ()

    def _city_names(self) -> str:
        return "、".join(city.short for city in self.library.cities.values())


def _county(understood: Understanding, city: City) -> str | None:
    """Return the county of this city that the message names as the place of residence."""
    named = (
        mention.county for mention in understood.places.mentions if mention.city == city.slug and not mention.hukou
    )
    return next((county for county in named if county), None)


def _asked_beside(city: City, topics: tuple[str, ...], understood: Understanding) -> tuple[str, ...]:
    """Return the topics without a doubtful second one that would hide what the text does not say, or be hidden."""
    scores = {candidate.topic: candidate.score for candidate in understood.candidates}
    is_silent = city.rulings[topics[0]].stance is Stance.SILENT
    alike = ((city.rulings[topic].stance is Stance.SILENT) is is_silent for topic in topics)
    return tuple(t for t, same in zip(topics, alike, strict=True) if same or scores.get(t, 1.0) >= SURELY_TOO)


def _without_repeats(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts, one for each thing that is said: two topics can lead to the same day."""
    return tuple({(part.first_line, part.dates): part for part in reversed(tuple(parts))}.values())[::-1]
