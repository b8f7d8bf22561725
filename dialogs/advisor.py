"""One pure turn: (session, message, today) → (session, saying)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dialogs import words
from dialogs.completing import completed
from dialogs.compose import caveats, document_word, joint_kind, topic_part, verify
from dialogs.dates import Occasion, with_dates
from dialogs.office_lines import WHERE_TOPICS, known_offices, office_lines
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from dialogs.suggestions import PRECHECK, suggestions_after
from dialogs.understanding.kinds import Manner
from dialogs.understanding.reading import Reader, Understanding
from knowledge.city import City
from knowledge.library import Library
from knowledge.text import fold, to_int
from rules.reckoning import Reckoner
from rules.workdays import WorkCalendar

_HAS_TEXT = re.compile(r"[\u3400-\u9fffA-Za-z]|\d")
_NUMBER_CHOICE = re.compile(r"(?:我?选|回复|要)?\s*第?\s*([1-9一二三四五])\s*(?:个|号|项)?[.。、,!]?")
_STRONG_ENOUGH_TO_ANSWER_ANYWAY = 0.6

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
}
_AFTER_CITY = ("conditions", "materials", "overdue")
"""What is offered to a person who has only said where they live."""

_FLOW_WORDS = {
    Manner.PRECHECK: (words.FLOW_PRECHECK, "conditions"),
    Manner.DECLARE: (words.FLOW_DECLARE, "registration_how"),
    Manner.REMIND: (words.FLOW_REMIND, "endorsement_window"),
}


@dataclass(frozen=True)
class Turn:
    """The session after a turn and what is said; `understanding` says why (None for a message without text)."""

    session: Session
    saying: Saying
    understanding: Understanding | None = None


class Advisor:
    """Everything prepared once (cities, topics, ranking); no state of any conversation."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.reader = Reader(library)
        self._reckoner = Reckoner(WorkCalendar(library.holidays))

    def take_turn(self, session: Session, text: str, *, today: date, city: str | None = None) -> Turn:
        """Answer one message. `city` is the slug already chosen on the channel, if any.

        Raises rules.proof.ProofError when the composed reply does not verify: it must not be sent.
        """
        session = self._still_known(session)
        if city in self.library.cities:
            session = replace(session, city=city)
        if not _HAS_TEXT.search(text):
            saying = self._plain(Kind.CLARIFY, words.NO_TEXT_IN_IT if text.strip() else words.EMPTY, session)
            return Turn(session, saying)
        understanding = self.reader.read(self._chosen(session, text), session.city, session.topics, today)
        turn = self._respond(session, understanding, today)
        verify(self.library, turn.saying)
        return turn

    def _still_known(self, session: Session) -> Session:
        """Return the session without cities and topics that this release has no more."""
        return replace(
            session,
            city=session.city if session.city in self.library.cities else None,
            topics=tuple(topic for topic in session.topics if topic in self.library.topics),
            waiting=tuple(topic for topic in session.waiting if topic in self.library.topics),
        )

    def _chosen(self, session: Session, text: str) -> str:
        """Return the offered message a bare number stands for, or the text itself."""
        match = _NUMBER_CHOICE.fullmatch(fold(text).strip())
        number = to_int(match.group(1)) if match else None
        return session.offered[number - 1] if number and number <= len(session.offered) else text

    def _respond(self, session: Session, understood: Understanding, today: date) -> Turn:
        saying = self._urgent(session, understood) or self._aside(session, understood)
        turn = Turn(session, saying, understood) if saying else self._answer(session, understood, today)
        return replace(turn, session=replace(turn.session, offered=turn.saying.suggestions))

    # --- what comes before any answer ---

    def _urgent(self, session: Session, understood: Understanding) -> Saying | None:
        emergency = understood.manners.emergency
        if emergency is not None:
            titles = tuple(self.library.topics[topic].title for topic in understood.topics)
            said = self._plain(Kind.REFUSE, _EMERGENCY_WORDS[emergency], session, words.AFTER_EMERGENCY)
            return replace(said, suggestions=titles)
        if Manner.INJECTION in understood.manners:
            return self._plain(Kind.REFUSE, words.INJECTION, session)
        return None

    def _aside(self, session: Session, understood: Understanding) -> Saying | None:
        """Answer greetings, thanks, abuse, other subjects and requests for a dialog; None for a question of ours."""
        manners = understood.manners
        for manner, (sentence, topic) in _FLOW_WORDS.items():
            if manner in manners:
                title = self.library.topics[topic].title
                return replace(self._plain(Kind.FLOW, sentence, session), suggestions=(title,))
        if Manner.ABUSE in manners and not understood.asks:
            return self._plain(Kind.REFUSE, words.ABUSE, session)
        if understood.strength >= _STRONG_ENOUGH_TO_ANSWER_ANYWAY and understood.topics:
            return None
        for manner, sentence in _SMALLTALK_WORDS.items():
            if manner in manners:
                offices = self._offices_of(session) if manner is Manner.HUMAN else ()
                return self._plain(Kind.SMALLTALK, sentence.format(cities=self._city_names()), session, *offices)
        if Manner.OFF_TOPIC in manners:
            return self._plain(Kind.REFUSE, words.OFF_TOPIC, session)
        if Manner.ABUSE in manners:
            return self._plain(Kind.REFUSE, words.ABUSE, session)
        return None

    # --- the answer ---

    def _answer(self, session: Session, understood: Understanding, today: date) -> Turn:
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
        if topics and city:
            return self._answer_for(understood, city, topics, today)
        if topics:
            return self._ask_city(session, understood, topics, tuple(self.library.cities))
        if city and self._names_city(understood) and not understood.choices:
            return self._city_chosen(session, understood, city, today)
        return self._not_understood(session, understood, city, today)

    def _names_city(self, understood: Understanding) -> bool:
        return understood.places.residence is not None

    def _carried_topics(self, session: Session, understood: Understanding) -> tuple[str, ...]:
        """Return the topics a bare city name stands for: those waiting for it, or the last ones (「那开封呢」)."""
        leftover = len(re.sub(r"[\s,，。.?？!！]", "", understood.normalised.text)) - sum(
            len(mention.name) for mention in understood.places.mentions
        )
        return (session.waiting or session.topics) if leftover <= 6 and not understood.choices else ()

    def _answer_for(self, understood: Understanding, slug: str, topics: tuple[str, ...], today: date) -> Turn:
        city = self.library.cities[slug]
        topics = completed(city, topics, understood)
        parts = _without_repeats(self._part(understood, city, topic, today) for topic in topics)
        kind = Kind.REFER_NATIONAL if parts[0].kind is Kind.REFER_NATIONAL else joint_kind(parts)
        suggestions = suggestions_after(self.library, topics)
        saying = Saying(kind, slug, topics[0], parts, caveats(city, today), suggestions, understood.confidence)
        return Turn(Session(city=slug, topics=topics), saying, understood)

    def _part(self, understood: Understanding, city: City, topic: str, today: date) -> Part:
        """Return the answer to one topic, with its dates worked out where the person told from when."""
        part = topic_part(self.library, city, topic)
        county = _county(understood, city)
        if topic in WHERE_TOPICS and part.kind is not Kind.REFER_NATIONAL:
            part = replace(part, notes=(*part.notes, *office_lines(self.library, city, county)))
        elif part.kind is Kind.NOT_COVERED:
            part = replace(part, notes=(*part.notes, *known_offices(self.library, city, county)))
        return with_dates(Occasion(city, part, understood.told, understood.concepts, today, self._reckoner))

    def _ask_city(
        self, session: Session, understood: Understanding, topics: tuple[str, ...], slugs: tuple[str, ...]
    ) -> Turn:
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
        return Turn(replace(session, waiting=topics), saying, understood)

    def _unsupported(self, session: Session, understood: Understanding, place: str) -> Turn:
        part = Part(
            Kind.UNSUPPORTED_CITY,
            words.UNSUPPORTED.format(place=place),
            notes=(words.SUPPORTED_CITIES.format(cities=self._city_names()),),
        )
        return Turn(session, Saying(Kind.UNSUPPORTED_CITY, None, None, (part,)), understood)

    def _private(
        self, session: Session, understood: Understanding, topics: tuple[str, ...], city: str | None, today: date
    ) -> Turn:
        notice = Part(Kind.PRIVACY, words.PRIVATE_NUMBERS)
        if topics and city:
            turn = self._answer_for(understood, city, topics, today)
            return replace(turn, saying=replace(turn.saying, kind=Kind.PRIVACY, parts=(notice, *turn.saying.parts)))
        again = replace(notice, notes=(words.PRIVATE_ASK_AGAIN,))
        return Turn(session, Saying(Kind.PRIVACY, city, None, (again,)), understood)

    def _city_chosen(self, session: Session, understood: Understanding, slug: str, today: date) -> Turn:
        city = self.library.cities[slug]
        suggestions = tuple(self.library.topics[topic].title for topic in _AFTER_CITY)
        saying = Saying(
            Kind.CLARIFY,
            slug,
            None,
            (Part(Kind.CLARIFY, words.NOW_ASK.format(city=city.short)),),
            caveats(city, today),
            suggestions,
        )
        return Turn(replace(session, city=slug), saying, understood)

    def _not_understood(self, session: Session, understood: Understanding, city: str | None, today: date) -> Turn:
        session = replace(session, city=city)
        if understood.choices:
            titles = tuple(self.library.topics[topic].title for topic in understood.choices)
            part = Part(Kind.CLARIFY, words.WHICH_TOPIC if len(titles) > 1 else words.IS_IT_THIS)
            saying = Saying(Kind.CLARIFY, city, None, (part,), (), titles, understood.confidence)
            return Turn(session, saying, understood)
        if city is None or len(understood.normalised.text) < 4:
            names = tuple(c.short for c in self.library.cities.values()) if city is None else (PRECHECK,)
            part = Part(Kind.CLARIFY, words.NOT_UNDERSTOOD)
            return Turn(session, Saying(Kind.CLARIFY, city, None, (part,), (), names), understood)
        found = self.library.cities[city]
        line = words.NOT_FOUND.format(city=found.short, document=document_word(found))
        part = Part(Kind.NOT_COVERED, line, notes=(words.ASK_ELSEWHERE, *known_offices(self.library, found)))
        return Turn(session, Saying(Kind.NOT_COVERED, city, None, (part,), caveats(found, today)), understood)

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


def _without_repeats(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts, one for each thing that is said: two topics can lead to the same day."""
    return tuple({(part.first_line, part.dates): part for part in reversed(tuple(parts))}.values())[::-1]
