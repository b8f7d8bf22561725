"""One pure turn: (session, message, today, known) → (session, saying, effects)."""

from __future__ import annotations

import re
import unicodedata
from copy import copy
from dataclasses import replace
from datetime import date

from dialogs import words
from dialogs.answerer import Answerer
from dialogs.compose import verify
from dialogs.effects import NOTHING_KNOWN, HandOff, Known
from dialogs.faq import FaqBook
from dialogs.flows.all import FLOWS
from dialogs.flows.engine import Engine
from dialogs.flows.replies import Step
from dialogs.flows.scene import Heard, Tools
from dialogs.flows.talk import Around, Digressed
from dialogs.greeting import confirmed, rated
from dialogs.published import NOTHING_PUBLISHED, Published
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from dialogs.switching import SwitchedEngine
from dialogs.turn import Turn
from dialogs.understanding.kinds import Manner
from dialogs.understanding.reading import Reader
from dialogs.understanding.story import StoryReader
from knowledge.library import Library
from knowledge.text import fold, to_int
from rules.reckoning import Reckoner
from rules.workdays import WorkCalendar

__all__ = ["Advisor", "Turn"]

_HAS_TEXT = re.compile(r"[\u3400-\u9fffA-Za-z]|\d")
_KEYCAP = re.compile("[\ufe0f\u20e3]")
_LONGEST_NUMBER = 4
"""So short a message may be a number in a circle or on a key: ②, 2️⃣."""

_NUMBER_CHOICE = re.compile(
    r"(?:我?选|回复|要)?\s*第?\s*([1-9]\d?|[一二三四五六七八九十]{1,2})\s*(?:个|号|项)?[.。、,!]?"
)


_NEW = Session()
"""The session of most questions: there is nothing in it that a release could not know."""


class Advisor:
    """Everything prepared once (cities, topics, ranking, dialogs); no state of any conversation."""

    published = NOTHING_PUBLISHED
    """What staff have in force."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.reader = Reader(library)
        reckoner = Reckoner(WorkCalendar(library.holidays))
        self._tools = Tools(library, self.reader, StoryReader(self.reader, library.story), reckoner)
        self._answerer = Answerer(library, reckoner)
        self._engine = Engine(FLOWS, self._tools, library.wordings)

    def with_published(self, published: Published) -> Advisor:
        """Return an advisor that says what staff publish, and nothing published before; it shares all prepared.

        Raises KeyError or ProofError for an entry that `dialogs.published.problem_of` refuses.
        """
        other = copy(self)
        other.published = published
        other._answerer = self._answerer.with_published(FaqBook(self.library, self.reader, published))
        other._engine = SwitchedEngine(FLOWS, self._tools, self.library.wordings, published)
        return other

    def take_turn(
        self, session: Session, text: str, *, today: date, city: str | None = None, known: Known = NOTHING_KNOWN
    ) -> Turn:
        """Answer one message. `city` is the slug already chosen on the channel, `known` what was read for this person.

        Raises rules.proof.ProofError when the composed reply does not verify: it must not be sent.
        """
        session = self._still_known(session)
        is_free = session.flow is None or session.flow.is_finished
        if city != session.city and city in self.library.cities and is_free:
            session = replace(session, city=city)
        text = confirmed(session, text) or text
        session = replace(session, heard="") if session.heard else session
        rating = rated(session, text)
        if rating is not None:
            return self.resumed(rating, today=today, known=known)
        text = _KEYCAP.sub("", unicodedata.normalize("NFKC", text)) if len(text) <= _LONGEST_NUMBER else text
        if not _HAS_TEXT.search(text):
            sentence = words.NO_TEXT_IN_IT if text.strip() else words.EMPTY
            return Turn(session, Saying(Kind.CLARIFY, session.city, None, (Part(Kind.CLARIFY, sentence),)))
        message = self._chosen(session, text)
        understood = self.reader.read(message, session.city, session.topics, today)
        turn = self._respond(session, Heard(message, understood), today, known)
        verify(self.library, turn.saying, self._answerer.shelf.has_proven)
        return turn

    def resumed(self, turn: Turn, *, today: date, known: Known = NOTHING_KNOWN) -> Turn:
        """Return a turn that no message led to with the open question of the running dialog put again at its end.

        One that asks something itself, and one where no dialog runs, stay as they are. Raises rules.proof.ProofError.
        """
        session = self._still_known(turn.session)
        if turn.saying.suggestions:
            return turn
        city = self.library.cities.get(session.city or "")
        name = city.short if city else ""
        heard = Heard(name, self.reader.read(name, session.city, (), today))
        step = self._engine.put_again(session, heard, self._around(today, known), *turn.saying.parts)
        if step is None:
            return turn
        verify(self.library, step.saying)
        return replace(turn, session=step.session, saying=step.saying, effects=(*turn.effects, *step.effects))

    def must_be_heard_at_once(self, text: str) -> bool:
        """Tell whether spoken words may not wait for a yes: an emergency, or numbers that nobody should repeat."""
        manners = self.reader.manners.manners_of(self.reader.normalised(text).text)
        return manners.emergency is not None or Manner.PRIVATE_NUMBERS in manners

    def take_answer(self, session: Session, ask: str, text: str, *, today: date, known: Known) -> Turn | str | None:
        """Take the answer given on the page of `ask`.

        Returns why it cannot be the answer, in words for the person; None when the running dialog asks it no more.
        """
        session = self._still_known(session)
        heard = Heard(text, self.reader.read("", session.city, (), today))
        step = self._engine.answer_on_page(session, ask, heard, self._around(today, known, on_page=True))
        if not isinstance(step, Step):
            return step
        verify(self.library, step.saying)
        return Turn(step.session, step.saying, None, step.effects)

    def notes_of(self, session: Session, *, today: date, known: Known) -> tuple[str, ...]:
        """Return what every reply of the running dialog says at its end, for a page of it."""
        return self._engine.notes_of(self._still_known(session), self._around(today, known))

    def _still_known(self, session: Session) -> Session:
        """Return the session without cities, topics and dialogs that this release has no more."""
        if session == _NEW:
            return session
        return replace(
            session,
            city=session.city if session.city in self.library.cities else None,
            topics=tuple(topic for topic in session.topics if topic in self.library.topics),
            waiting=tuple(topic for topic in session.waiting if topic in self.library.topics),
            flow=self._engine.still_known(session.flow),
            parked=self._engine.still_known(session.parked),
        )

    def _chosen(self, session: Session, text: str) -> str:
        """Return the offered message a bare number stands for, or the text itself."""
        match = _NUMBER_CHOICE.fullmatch(fold(text).strip()) if session.offered else None
        number = to_int(match.group(1)) if match else None
        return session.offered[number - 1] if number and number <= len(session.offered) else text

    def _respond(self, session: Session, heard: Heard, today: date, known: Known) -> Turn:
        understood = heard.understood
        urgent = self._answerer.urgent(session, understood)
        if urgent is not None:
            return Turn(replace(session, offered=urgent.suggestions), urgent, understood)
        step = self._in_a_dialog(session, heard, self._around(today, known))
        if step is not None:
            asks_for_clerk = any(isinstance(effect, HandOff) for effect in step.effects)
            saying = replace(step.saying, asks_for_clerk=True) if asks_for_clerk else step.saying
            return Turn(replace(step.session, unrated=False), saying, understood, step.effects)
        if self._engine.is_command(heard) and Manner.HUMAN not in understood.manners_heard:
            part, offers = Part(Kind.FLOW, words.NOTHING_RUNNING), self._engine.offers()
            saying = Saying(Kind.FLOW, session.city, None, (part,), (), offers)
            return Turn(replace(session, offered=offers), saying, understood)
        answered = self._answerer.answer(session, understood, today)
        return Turn(answered.session, answered.saying, understood)

    def _in_a_dialog(self, session: Session, heard: Heard, around: Around) -> Step | None:
        """Return the step of the running dialog, or of the one that the message starts."""
        step = self._engine.hear(session, heard, around)
        if step is not None:
            return step
        if Manner.PRIVATE_NUMBERS in heard.understood.manners:
            return None  # nothing asked for the numbers: that is said first
        starts = self._engine.starts
        name = starts.asked_for(heard, around.today) or starts.told_to(heard, session, around.today)
        if name is None and not self._engine.is_command(heard):
            wishes = heard.understood.wishes if not heard.understood.topics else ()
            name = next((flow for flow in self._engine.flows if flow in wishes), None)
        if name is None:
            return None
        is_over = session.flow is None or session.flow.is_finished
        return self._engine.begin(name, replace(session, flow=None) if is_over else session, heard, around)

    def _around(self, today: date, known: Known, *, on_page: bool = False) -> Around:
        def digress(session: Session, heard: Heard) -> Digressed:
            understood = self.reader.read(heard.text, session.city, self._engine.topics_of(session), today)
            if not understood.topics:
                meant = next((one for one in understood.choices[:1] if one in self._engine.near(session)), None)
                understood = replace(understood, topics=(meant,), choices=()) if meant else understood
            answered = self._answerer.answer(session, understood, today)
            return Digressed(answered.saying, answered.session)

        return Around(today, known, digress, on_page)
