"""The one door between channels and dialogs: load the session, take the turn, carry out its effects, keep it."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.store.base import DRAFT_SECONDS, Conversations
from bot.store.declaring import DEMONSTRATION_SECONDS
from bot.store.faults import StoreError, StoreUnavailable
from bot.store.records import Page, Records
from dialogs import words
from dialogs.advisor import Advisor, Turn
from dialogs.effects import CALENDAR, PAGE, Erase, Known, OpenPage, Operator, Remind
from dialogs.results import completed
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from rules.proof import ProofError

_log = logging.getLogger(__name__)

SHANGHAI = ZoneInfo("Asia/Shanghai")
_FORMS = ("declaration", "correct")
"""The dialogs that take the contents of a declaration."""


def today_in_shanghai() -> date:
    """Return today's date in Asia/Shanghai whatever the machine's zone."""
    return datetime.now(SHANGHAI).date()


@dataclass(frozen=True)
class Place:
    """What a channel can show. `links` begins every link: "" on our own site; None where none can be opened.

    `city` is the city already chosen on the channel, `usual_city` answers a person who has not said where they live.
    """

    links: str | None = None
    city: str | None = None
    usual_city: str | None = None


NOWHERE = Place()


@dataclass(frozen=True)
class PageAnswer:
    """What came of an answer on a page.

    `problem` says why it was not taken. Else `next_page` may go on, or `saying` is how the dialog ended.
    """

    problem: str | None = None
    next_page: str | None = None
    saying: Saying | None = None


@dataclass(frozen=True)
class _Before:
    """What a turn starts from. `is_kept` False: the session could not be read."""

    person: str
    session: Session
    known: Known
    is_kept: bool = True


class Assistant:
    """Answers a person on any channel. One turn at a time per process; a turn takes milliseconds.

    `person` and `message_key` are keyed hashes (`bot.identity`): who it is never reaches a store. Without `records`
    questions are answered and the dialogs that need them pause.
    """

    def __init__(
        self,
        advisor: Advisor,
        conversations: Conversations,
        records: Records | None = None,
        *,
        operators: tuple[tuple[str, Operator], ...] = (),
        also_close: tuple[Callable[[], None], ...] = (),
        today: Callable[[], date] = today_in_shanghai,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.advisor = advisor
        self.conversations = conversations
        self.records = records
        self._operators = operators
        self._also_close = also_close
        self._today = today
        self._now = now

    def hear(self, person: str, text: str, place: Place = NOWHERE) -> Saying:
        """Answer `text` and keep the session."""
        before = self._before(person, place)
        turn = self._take_turn(before, text, place)
        turn = self._carried_out(before, secrets.token_hex(16), turn, place)
        return turn.saying if self._keep(before, turn) else _refused(words.PAUSED)

    def hear_once(
        self, person: str, text: str, *, message_key: str, render: Callable[[Saying], str], place: Place = NOWHERE
    ) -> str:
        """Answer a message that may be delivered again: the same `message_key` gets the same rendered reply.

        Effects are carried out once under the key before session and reply are kept in one step: a turn repeated after
        a crash finds its own receipt.
        """
        given = self.reply_to(message_key)
        if given is not None:
            return given
        before = self._before(person, place)
        turn = self._take_turn(before, text, place)
        turn = self._carried_out(before, message_key, turn, place)
        reply = render(turn.saying)
        is_kept = self._keep(before, turn, message_key=message_key, reply=reply)
        return reply if is_kept else render(_refused(words.PAUSED))

    def reply_to(self, message_key: str) -> str | None:
        """Return the reply that was given to a message; None when it is new, forgotten, or cannot be opened now."""
        try:
            return self.conversations.reply_to(message_key)
        except StoreError as error:
            _log.error("a reply cannot be read: %s", type(error).__name__)
            return None

    def session_of(self, person: str) -> Session:
        """Return what is remembered of the conversation; a new session when it cannot be read."""
        try:
            return self.conversations.load(person)
        except StoreError as error:
            _log.error("a session cannot be read: %s", type(error).__name__)
            return Session()

    def forget(self, person: str) -> None:
        """Remove the conversation and what was filled in and not handed in. Raises StoreError."""
        self.conversations.forget(person)
        if self.records is not None:
            self.records.forget_draft(person)

    def purge(self) -> None:
        """Remove from the records what is past its time. Raises StoreError."""
        self.conversations.purge()
        if self.records is not None:
            self.records.purge(self._now())

    def close(self) -> None:
        """Release the stores."""
        self.conversations.close()
        if self.records is not None:
            self.records.close()
        for close in self._also_close:
            close()

    # --- pages of their own ---

    def page(self, token: str) -> Page | None:
        """Return what a one-time link was made for; None when it is used, too old or never was. Raises StoreError."""
        return self.records.page(token, self._now()) if self.records else None

    def notes_on(self, page: Page) -> tuple[str, ...]:
        """Return what the page says beside its question: that nothing true belongs into a demonstration."""
        before = self._before(page.person, Place(links=""))
        return self.advisor.notes_of(before.session, today=self._today(), known=before.known)

    def answer_page(self, token: str, answer: str | bytes, place: Place) -> PageAnswer | None:
        """Take the answer given on a page, a text or a photo; the link is used up only when it is taken.

        Returns None for a link that is used, too old, or of an ask that is no longer asked. Raises StoreError.
        """
        page = self.page(token)
        if page is None or self.records is None:
            return None
        before = self._before(page.person, place)
        if not before.is_kept:
            raise StoreUnavailable("会话现在读不出来；请检查密钥文件和磁盘")
        flow = before.session.flow
        if flow is None or flow.flow != page.draft:
            return None
        text = self.records.keep_photo(page.person, page.draft, answer) if isinstance(answer, bytes) else answer
        turn = self.advisor.take_answer(before.session, page.ask, text, today=self._today(), known=before.known)
        if not isinstance(turn, Turn):
            return None if turn is None else PageAnswer(problem=turn)
        # The link is used up last: what could not be kept can be given again.
        results = self._results(page.person, f"page:{_digest(token, text)}", turn, place)
        turn = replace(turn, saying=completed(self.advisor.library, turn.saying, results))
        self._save(before, turn)
        self.records.use_page(token, self._now())
        links = [link.href for part in turn.saying.parts for link in part.links if "/page/" in link.href]
        goes_on = turn.session.flow is not None and not turn.session.flow.is_finished
        return PageAnswer(next_page=links[0] if links and goes_on else None, saying=None if goes_on else turn.saying)

    # --- one turn ---

    def _before(self, person: str, place: Place) -> _Before:
        """Return what the turn starts from; where a store is out, an empty session that is not kept."""
        try:
            session = self.conversations.load(person)
        except StoreError as error:
            _log.error("a session cannot be read: %s", type(error).__name__)
            return _Before(person, Session(), Known(self._operators, keeps=False), is_kept=False)
        try:
            declared, reminders = self.records.known(person) if self.records else ((), ())
            keeps = self.records is not None
        except StoreError as error:
            _log.error("the records cannot be read: %s", type(error).__name__)
            declared, reminders, keeps = (), (), False
        can_open_page = place.links is not None and keeps
        return _Before(person, session, Known(self._operators, declared, reminders, can_open_page, keeps))

    def _take_turn(self, before: _Before, text: str, place: Place) -> Turn:
        session = before.session
        city = place.city or (place.usual_city if session.city is None else None)
        try:
            turn = self.advisor.take_turn(session, text, today=self._today(), city=city, known=before.known)
            is_answered = before.is_kept or turn.saying.kind not in (Kind.FLOW, Kind.CLARIFY)
            return turn if is_answered else Turn(session, _refused(words.PAUSED))
        except ProofError as error:
            # The error names the statement and the provision, never what the person wrote.
            _log.error("reply withheld, it does not verify: %s", error)
            return Turn(session, _refused(words.PROOF_FAILED))

    def _carried_out(self, before: _Before, key: str, turn: Turn, place: Place) -> Turn:
        """Return the turn with the results of its effects; where they cannot be carried out nothing has happened."""
        if not turn.effects:
            return turn
        try:
            results = self._results(before.person, key, turn, place)
            if any(isinstance(effect, Erase) for effect in turn.effects):
                self.conversations.forget(before.person)
        except StoreError as error:
            _log.error("effects not carried out: %s", type(error).__name__)
            return Turn(before.session, _refused(words.PAUSED))
        return replace(turn, saying=completed(self.advisor.library, turn.saying, results))

    def _results(self, person: str, key: str, turn: Turn, place: Place) -> dict[str, str]:
        if not turn.effects or self.records is None:
            return {}
        results = self.records.carry_out(key, person, turn.effects, self._today(), self._now())
        for effect in turn.effects:
            if isinstance(effect, OpenPage) and place.links is not None and turn.session.flow is not None:
                token = self.records.open_page(person, turn.session.flow.flow, effect.ask, self._now())
                results[PAGE] = f"{place.links}/page/{token}"
            if isinstance(effect, Remind) and place.links is not None:
                results[CALENDAR] = f"{place.links}/calendar/{effect.city}/{effect.what}/{effect.day}.ics"
        return results

    def _keep(self, before: _Before, turn: Turn, *, message_key: str | None = None, reply: str | None = None) -> bool:
        """Keep what can be kept; False when a dialog could not be: it waits. What was not read is not written over."""
        if not before.is_kept:
            return True
        try:
            self._save(before, turn, message_key=message_key, reply=reply)
        except StoreError as error:
            _log.error("a turn is not kept: %s", type(error).__name__)
            return not (before.session.is_personal or turn.session.is_personal)
        return True

    def _save(self, before: _Before, turn: Turn, *, message_key: str | None = None, reply: str | None = None) -> None:
        session, known = turn.session, before.known
        is_personal = before.session.is_personal or session.is_personal or bool(turn.effects)
        # 我的申报 ends at once and tells of what is kept.
        tells_of_kept = turn.saying.kind is Kind.FLOW and bool(known.declarations or known.reminders)
        ends = before.session.is_personal and not session.is_personal
        self.conversations.save(
            before.person,
            session,
            message_key=message_key,
            reply=reply,
            is_personal=is_personal or tells_of_kept,
            draft_seconds=self._draft_seconds(session),
            drops_replies=ends,
        )
        if ends and self.records is not None:
            self.records.forget_draft(before.person)

    def _draft_seconds(self, session: Session) -> float:
        """Return how long an idle dialog is kept: one with the contents of a demonstration for a day."""
        forms = [one for one in (session.flow, session.parked) if one is not None and one.flow in _FORMS]
        known = dict(self._operators)
        is_shown_only = any(one.answers.get("city") not in known for one in forms)
        return DEMONSTRATION_SECONDS if is_shown_only else DRAFT_SECONDS


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _refused(sentence: str) -> Saying:
    return Saying(Kind.REFUSE, None, None, (Part(Kind.REFUSE, sentence),))
