"""The one door between channels and dialogs: claim the person's turn, take it, carry out its effects, keep it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import date

from bot.clock import today_in_shanghai
from bot.counting import Counting
from bot.learning import Learning
from bot.observing import Observer
from bot.places import NOWHERE, Place
from bot.publishing import Publishing
from bot.store.base import Claim, ClaimLost, Conversations, Given, Kept, NotNow
from bot.store.faults import StoreError
from bot.store.records import Records
from bot.turns import Turns, refused
from dialogs import words
from dialogs.advisor import Advisor, Turn
from dialogs.effects import Operator
from dialogs.saying import Saying
from dialogs.session import Session

__all__ = ["NOWHERE", "Assistant", "Place"]

_log = logging.getLogger(__name__)

Respond = Callable[[Session], Turn]
"""What is said to something that is no text: a pure turn from the session; a dialog's open question comes behind it."""

_NOT_NOW = {NotNow.BUSY: words.BUSY, NotNow.TOO_MANY: words.TOO_MANY, NotNow.CROWDED: words.CROWDED}


class Assistant:
    """Answers a person on any channel: one turn at a time a person, in the order in which their messages came.

    `person` and `message_key` are keyed hashes (`bot.identity`): who it is never reaches a store. Without `records`
    questions are answered and the dialogs that need them pause; without conversations questions are answered alone.
    """

    def __init__(
        self,
        advisor: Advisor,
        conversations: Conversations,
        records: Records | None = None,
        *,
        operators: tuple[tuple[str, Operator], ...] = (),
        also_close: tuple[Callable[[], None], ...] = (),
        observer: Observer | None = None,
        learning: Learning | None = None,
        counting: Counting | None = None,
        publishing: Publishing | None = None,
        turns_at_once: int = 200,
        today: Callable[[], date] = today_in_shanghai,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.advisor = advisor
        self.conversations = conversations
        self.records = records
        self._also_close = also_close
        self.observer = observer or Observer()
        self.turns = Turns(
            advisor, conversations, records, observer=self.observer, operators=operators, today=today, now=now
        )
        self.learning = learning
        self.counting = counting
        self.publishing = publishing
        self._turns_at_once = turns_at_once
        self._under_way = 0
        self._now = now

    def publish(self, advisor: Advisor) -> None:
        """Answer by this advisor from the next turn on; what was answered before is forgotten."""
        self.advisor = advisor
        self.turns.publish(advisor)

    async def hear(self, person: str, text: str, place: Place = NOWHERE) -> Saying:
        """Answer `text` and keep the session."""
        with self._counted() as is_crowded:
            key = secrets.token_hex(16)
            claimed = NotNow.CROWDED if is_crowded else await self._claimed(person, key)
            if isinstance(claimed, NotNow):
                return self._not_now(claimed)
            claim = claimed if isinstance(claimed, Claim) else None
            saying, _ = await self._answered(person, claim, key, text, place)
            return saying

    async def hear_once(
        self, person: str, text: str, *, message_key: str, render: Callable[[Saying], str], place: Place = NOWHERE
    ) -> str:
        """Answer a message that may be delivered again: the same `message_key` gets the same rendered reply.

        Effects are carried out once under the key before session and reply are kept in one step: a turn repeated after
        a crash finds its own receipt.
        """
        return await self._told_once(person, text, message_key, render, place)

    async def tell_once(
        self,
        person: str,
        respond: Respond,
        *,
        message_key: str,
        render: Callable[[Saying], str],
        place: Place = NOWHERE,
    ) -> str:
        """Say what `respond` makes of the session, as `hear_once` answers a text: to what came without one."""
        return await self._told_once(person, respond, message_key, render, place)

    async def _told_once(
        self, person: str, heard: str | Respond, message_key: str, render: Callable[[Saying], str], place: Place
    ) -> str:
        with self._counted() as is_crowded:
            claimed = NotNow.CROWDED if is_crowded else await self._claimed(person, message_key)
            if isinstance(claimed, Given):
                self.observer.saw_duplicate(place.channel)
                return claimed.reply
            if isinstance(claimed, NotNow):
                return render(self._not_now(claimed))
            _, reply = await self._answered(person, claimed, message_key, heard, place, render)
            return reply

    async def once(
        self, person: str, message_key: str, act: Callable[[], Awaitable[str]], *, is_personal: bool = False
    ) -> str:
        """Do what an event asks for, once however often it is delivered; return the reply. Raises StoreError.

        Nobody is told to ask again for an event: it is done out of turn when the turn does not come. A reply that
        `is_personal` is sealed.
        """
        claimed = await self.conversations.claim(person, message_key)
        if isinstance(claimed, Given):
            return claimed.reply
        if isinstance(claimed, NotNow):
            return await act()
        async with self._releasing(claimed):
            reply = await act()
            await self.conversations.save(claimed, Kept(None, reply, is_personal))
        return reply

    async def session_of(self, person: str) -> Session:
        """Return what is remembered of the conversation; a new session when it cannot be read."""
        try:
            return await self.conversations.load(person)
        except StoreError as error:
            self.observer.saw_store_fault("conversations", error)
            return Session()

    async def forget(self, person: str) -> None:
        """Remove the conversation and what was filled in and not handed in. Raises StoreError."""
        await self.conversations.forget(person)
        if self.records is not None:
            await self.turns.of_records(self.records.forget_draft, person)

    async def purge(self) -> None:
        """Remove from both stores what is past its time. Raises StoreError."""
        await self.conversations.purge()
        await self.purge_records()

    async def purge_records(self) -> None:
        """Remove from the records what is past its time. Raises StoreError."""
        if self.records is not None:
            await asyncio.to_thread(self.records.purge, self._now())  # may take a minute

    async def close(self) -> None:
        """Release the stores."""
        if self.learning is not None:
            await self.learning.flush()
        if self.counting is not None:
            await self.counting.flush()
        if self.publishing is not None:
            await self.publishing.flush()
        await self.conversations.close()
        if self.records is not None:
            await asyncio.to_thread(self.records.close)
        for close in self._also_close:
            close()

    @contextmanager
    def _counted(self) -> Iterator[bool]:
        """Count a message as under way; yield whether there are too many, so that memory does not grow with them."""
        self._under_way += 1
        try:
            with self.observer.under_way():
                yield self._under_way > self._turns_at_once
        finally:
            self._under_way -= 1

    def _not_now(self, why: NotNow) -> Saying:
        self.observer.saw_limit(why)
        return refused(_NOT_NOW[why])

    async def _claimed(self, person: str, message_key: str) -> Claim | Given | NotNow | None:
        """Return what came of the claim; None while the conversations are out."""
        try:
            return await self.conversations.claim(person, message_key)
        except StoreError as error:
            self.observer.saw_store_fault("conversations", error)
            return None

    async def _answered(
        self,
        person: str,
        claim: Claim | None,
        key: str,
        heard: str | Respond,
        place: Place,
        render: Callable[[Saying], str] | None = None,
    ) -> tuple[Saying, str]:
        """Return what is said, and its rendering, which is kept with the session."""
        started = time.perf_counter()
        async with self._releasing(claim):
            turns = self.turns
            before = turns.without_session(person) if claim is None else await turns.before(claim, place)
            if isinstance(heard, str):
                before, turn = await turns.take(before, key, heard, place)
            else:
                turn = await turns.tell(before, key, heard(before.session), place)
            reply = None if render is None else turns.recent.rendered(turn.saying, render)
            try:
                is_kept = await turns.keep(before, turn, reply)
            except ClaimLost:
                return await self._others_answer(person, key, render)
        if not is_kept:
            turn = Turn(before.session, refused(words.PAUSED))
            reply = None if render is None else render(turn.saying)
        self._saw_turn(place.channel, turn.saying, time.perf_counter() - started)
        if self.learning is not None and isinstance(heard, str) and not before.session.is_personal:
            self.learning.note(heard, turn)
        return turn.saying, reply or ""

    def _saw_turn(self, channel: str, saying: Saying, seconds: float) -> None:
        self.observer.saw_turn(channel, saying, seconds)
        if self.counting is not None:
            self.counting.note(channel, saying, seconds)
        if self.publishing is not None:
            self.publishing.note(saying)

    async def _others_answer(self, person: str, key: str, render: Callable[[Saying], str] | None) -> tuple[Saying, str]:
        """Return what another process answered to the message when it had taken the turn over."""
        claimed = await self._claimed(person, key)
        if isinstance(claimed, Claim):
            await self.conversations.release(claimed)
        busy = refused(words.BUSY)
        rendered = "" if render is None else render(busy)
        return busy, claimed.reply if isinstance(claimed, Given) else rendered

    @asynccontextmanager
    async def _releasing(self, claim: Claim | None) -> AsyncIterator[None]:
        """Give the turn back when it breaks: the next delivery of the message is a new one."""
        try:
            yield
        except BaseException:
            if claim is not None:
                with suppress(StoreError):
                    await self.conversations.release(claim)
            raise
