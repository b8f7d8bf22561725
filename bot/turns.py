"""One turn of a person: what it starts from, what it says, what it has the stores do, what is kept of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TypeVar

from bot.observing import Observer
from bot.places import Place
from bot.recent_turns import RecentTurns
from bot.store.base import DRAFT_SECONDS, Claim, ClaimLost, Conversations, Kept
from bot.store.declaring import DEMONSTRATION_SECONDS
from bot.store.faults import StoreError, StoreUnavailable
from bot.store.off_loop import off_loop
from bot.store.records import Records
from bot.store.resting import Rest
from dialogs import words
from dialogs.advisor import Advisor, Turn
from dialogs.effects import (
    CALENDAR,
    GRANT,
    PAGE,
    Correct,
    Declared,
    Effect,
    Erase,
    Known,
    OpenPage,
    Operator,
    Remind,
    Reminder,
    Submit,
    Withdraw,
)
from dialogs.results import completed
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from rules.proof import ProofError

_log = logging.getLogger(__name__)

_RECORDS = "申报数据库"
_FORMS = ("declaration", "correct")
"""The dialogs that take the contents of a declaration."""
_FOR_GOOD = (Submit, Correct, Withdraw, Erase)
"""What is done whatever becomes of the session."""
_NEEDS_SESSION = (Kind.FLOW, Kind.CLARIFY)
"""What is said in these depends on what was said before; where that cannot be read, they wait."""

T = TypeVar("T")


@dataclass(frozen=True)
class Before:
    """What a turn starts from. `claim` None: the session could not be read, and nothing is kept.

    `is_known` False: what is kept of the person was not read yet, because a question needs none of it.
    """

    person: str
    session: Session
    known: Known
    claim: Claim | None
    is_known: bool = False


class Turns:
    """Takes turns for one assistant. Every method may be called for many persons at once; one turn at a time each."""

    def __init__(
        self,
        advisor: Advisor,
        conversations: Conversations,
        records: Records | None = None,
        *,
        observer: Observer,
        operators: tuple[tuple[str, Operator], ...],
        today: Callable[[], date],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.advisor = advisor
        self.conversations = conversations
        self.records = records
        self.recent = RecentTurns()
        self.today = today
        self.now = now
        self._observer = observer
        self._operators = operators
        self._rest = Rest(_RECORDS)

    def operator(self, city: str) -> Operator | None:
        """Return who takes the declarations of a city (slug); None: it demonstrates."""
        return dict(self._operators).get(city)

    def publish(self, advisor: Advisor) -> None:
        """Take turns by this advisor from now on."""
        self.advisor = advisor
        self.recent = RecentTurns()

    # --- before ---

    def without_session(self, person: str) -> Before:
        """Return what a turn starts from while the conversations are out."""
        return Before(person, Session(), Known(self._operators, keeps=False), None, is_known=True)

    async def before(self, claim: Claim, place: Place) -> Before:
        """Return what a turn starts from: the session, and in a dialog what is kept of the person."""
        keeps = self.records is not None
        known = Known(self._operators, (), (), place.links is not None and keeps, keeps)
        before = Before(claim.person, claim.session, known, claim)
        return await self.with_known(before, place) if claim.session.is_personal else before

    async def with_known(self, before: Before, place: Place) -> Before:
        """Return the same with what is kept of the person; where that is out, the dialogs that need it pause."""
        declared: tuple[Declared, ...] = ()
        reminders: tuple[Reminder, ...] = ()
        keeps = self.records is not None
        if self.records is not None:
            try:
                declared, reminders = await self.of_records(self.records.known, before.person)
            except StoreError as error:
                self._observer.saw_store_fault("records", error)
                keeps = False
        can_open_page = place.links is not None and keeps
        known = Known(self._operators, declared, reminders, can_open_page, keeps, place.takes_pictures and keeps)
        return replace(before, known=known, is_known=True)

    # --- the turn ---

    async def take(self, before: Before, key: str, text: str, place: Place) -> tuple[Before, Turn]:
        """Return the turn with its effects carried out once under `key`, and what it was taken from."""
        turn = self._taken(before, text, place)
        if not before.is_known and (turn.saying.kind is Kind.FLOW or turn.effects or turn.session.is_personal):
            # A dialog begins: the turn is taken anew with what is kept of the person. Nothing has happened yet.
            before = await self.with_known(before, place)
            turn = self._taken(before, text, place)
        return before, await self._carried_out(before, key, turn, place)

    async def tell(self, before: Before, key: str, turn: Turn, place: Place) -> Turn:
        """Return a turn that no text led to, the open question of the dialog behind it, its effects carried out."""
        try:
            turn = self.advisor.resumed(turn, today=self.today(), known=before.known)
        except ProofError as error:
            return _withheld(before.session, error)
        return await self._carried_out(before, key, turn, place)

    def _taken(self, before: Before, text: str, place: Place) -> Turn:
        session = before.session
        city = place.city or (place.usual_city if session.city is None else None)
        today, known = self.today(), before.known
        keys = None if before.is_known else self.recent.keys_of(session, text, city, today, known.can_open_page)
        try:
            turn = self.recent.find(keys) or self.advisor.take_turn(session, text, today=today, city=city, known=known)
        except ProofError as error:
            return _withheld(session, error)
        self.recent.note(keys, turn, lambda: self._stands_alone(turn, text, city, before))
        is_answered = before.claim is not None or turn.saying.kind not in _NEEDS_SESSION
        return turn if is_answered else Turn(session, refused(words.PAUSED))

    def _stands_alone(self, turn: Turn, text: str, city: str | None, before: Before) -> bool:
        """Tell whether the turn is the same whatever was talked of, offered or left waiting before."""
        if turn.understanding is None or turn.understanding.goes_on:
            return False
        others = (slug for slug in self.advisor.library.topics if slug not in turn.session.topics)
        topics = tuple(islice(others, 2))
        titles = tuple(topic.title for topic in islice(self.advisor.library.topics.values(), 12))
        anew = Session(city=before.session.city)
        for session in (anew, replace(anew, topics=topics, waiting=topics[1:], offered=titles)):
            other = self.advisor.take_turn(session, text, today=self.today(), city=city, known=before.known)
            if (other.saying, other.session, other.effects) != (turn.saying, turn.session, turn.effects):
                return False
        return True

    async def _carried_out(self, before: Before, key: str, turn: Turn, place: Place) -> Turn:
        """Return the turn with the results of its effects; where they cannot be carried out nothing has happened."""
        if not turn.effects:
            return turn
        try:
            results = await self.results(before.person, key, turn, place)
            if any(isinstance(effect, Erase) for effect in turn.effects):
                await self.conversations.forget(before.person)
        except StoreError as error:
            self._observer.saw_store_fault("effects", error)
            return Turn(before.session, refused(words.PAUSED))
        return replace(turn, saying=completed(self.advisor.library, turn.saying, results))

    async def results(self, person: str, key: str, turn: Turn, place: Place) -> dict[str, str]:
        """Carry out a turn's effects once under `key` and return what fills their slots. Raises StoreError."""
        if not turn.effects or self.records is None:
            return {}
        if place.reach is not None and any(map(_may_be_told_of, turn.effects)):
            await self.of_records(self.records.keep_reach, person, *place.reach, self.now())
        results = await self.of_records(self.records.carry_out, key, person, turn.effects, self.today(), self.now())
        for effect in turn.effects:
            results |= await self._link_of(person, effect, turn.session, place)
        return results

    async def _link_of(self, person: str, effect: Effect, session: Session, place: Place) -> dict[str, str]:
        if place.links is None or self.records is None:
            return {}
        match effect:
            case OpenPage(ask) if session.flow is not None:
                token = await self.of_records(self.records.open_page, person, session.flow.flow, ask, self.now())
                return {PAGE: f"{place.links}/page/{token}"}
            case Remind(city, day, what):
                calendar = {CALENDAR: f"{place.links}/calendar/{city}/{what}/{day}.ics"}
                return calendar | ({GRANT: place.grants} if place.grants else {})
        return {}

    async def of_records(self, method: Callable[..., T], *given: object) -> T:
        """Return what a method of the records returns, called off the event loop. Raises StoreError."""

        def call() -> T:
            with self._rest.around():
                return method(*given)

        return await off_loop(call, _RECORDS)  # effects are done once: under their key

    # --- after ---

    async def keep(self, before: Before, turn: Turn, reply: str | None = None) -> bool:
        """Keep what can be kept; False when a dialog could not be: it waits. What was not read is not written over.

        Raises ClaimLost when another has taken the turn over.
        """
        if before.claim is None:
            return True
        try:
            await self.save(before, turn, reply)
        except ClaimLost:
            raise
        except StoreError as error:
            self._observer.saw_store_fault("conversations", error)
            # Handed in, changed or taken back is that for good, and told, though the talk stands where it stood.
            is_done = any(isinstance(effect, _FOR_GOOD) for effect in turn.effects)
            return is_done or not (before.session.is_personal or turn.session.is_personal)
        return True

    async def save(self, before: Before, turn: Turn, reply: str | None = None) -> None:
        """Keep the session and the reply to the claimed message. Raises StoreError."""
        session, known = turn.session, before.known
        if before.claim is None:
            raise StoreUnavailable("会话读不出来，这一轮不能保存")
        is_personal = before.session.is_personal or session.is_personal or bool(turn.effects)
        # 我的申报 ends at once and tells of what is kept.
        tells_of_kept = turn.saying.kind is Kind.FLOW and bool(known.declarations or known.reminders)
        ends = before.session.is_personal and not session.is_personal
        kept = Kept(session, reply, is_personal or tells_of_kept, self._draft_seconds(session), drops_replies=ends)
        await self.conversations.save(before.claim, kept)
        if ends and self.records is not None:
            try:
                await self.of_records(self.records.forget_draft, before.person)
            except StoreError as error:
                # All that was promised is kept. What is left of the draft, photos and a key, is purged in its time.
                self._observer.saw_store_fault("records", error)

    def _draft_seconds(self, session: Session) -> float:
        """Return how long an idle dialog is kept: one with the contents of a demonstration for a day."""
        forms = [one for one in (session.flow, session.parked) if one is not None and one.flow in _FORMS]
        known = dict(self._operators)
        is_shown_only = any(one.answers.get("city") not in known for one in forms)
        return DEMONSTRATION_SECONDS if is_shown_only else DRAFT_SECONDS


def _withheld(session: Session, error: ProofError) -> Turn:
    """Say that the answer is not sent. The error names the statement and the provision, never what was written."""
    _log.error("reply withheld, it does not verify: %s", error)
    return Turn(session, refused(words.PROOF_FAILED))


def _may_be_told_of(effect: Effect) -> bool:
    """Tell whether there will be something to tell the person of later: a day that comes, what an office decides."""
    return isinstance(effect, Remind) or (isinstance(effect, Submit) and not effect.is_demonstration)


def refused(sentence: str) -> Saying:
    """Return a saying of this one sentence."""
    return Saying(Kind.REFUSE, None, None, (Part(Kind.REFUSE, sentence),))
