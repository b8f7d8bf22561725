"""Answers that take too long: the platform gets something valid in time, and the answer follows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from bot import metrics
from bot.store.faults import StoreError
from bot.wechat.answering import GO_ON, MORE, TYPE_FOR_CLERK, Answers, is_heard
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError, Unreachable
from bot.wechat.owed import CALM, MORE_LATER, STILL_WORKING
from bot.wechat.push import PushKind
from bot.wechat.visit import NOTHING, Reply, Visit

_log = logging.getLogger(__name__)

T = TypeVar("T")

ANSWER_SECONDS = 4.1
"""An answer that is not there by then is late: a little longer than the lease of a dead owner, and enough before the
five seconds after which the platform gives up.
"""
TYPING_SECONDS = 1.5
"""After so long the person sees that an answer is being written, where the account may show that."""
BESIDE_SECONDS = 0.25
"""So long may what is said instead of an answer take, and what is said besides one."""
LATE_SECONDS = 60.0
"""So long a late answer is tried again while nothing of it is kept: its turn was lost, or a store was out."""
TELLING_SECONDS = 600.0
"""So long is tried what nobody waits for: what an event told."""
AGAIN_SECONDS, LONGEST_PAUSE = 0.5, 8.0
"""What somebody waits for is tried again so often; what nobody waits for ever more rarely."""


@dataclass
class _Course:
    """How far a push has come: its answer, without what is told before it; whether the platform was answered."""

    reply: Reply | None = None
    is_over: bool = False


class Deadline:
    """Gives each push a reply in time. What is late goes on, and ends when the service stops at the latest."""

    def __init__(self, answers: Answers, seconds: float = ANSWER_SECONDS) -> None:
        self._answers = answers
        self._seconds = seconds
        self._going_on: set[asyncio.Task[None]] = set()

    async def reply_to(self, visit: Visit) -> Reply:
        """Return the answer, or in time what is said instead of one that is late.

        Where the account may, a late answer follows by a customer-service message, else on 「继续」. Raises what
        answering a message raises; what an event asks for is done later then.
        """
        course = _Course()
        task = asyncio.create_task(self._whole(visit, course))
        await self._in_time(visit, task)
        if not task.done() and course.reply is not None:
            # The answer is there, and only what is told before it is not.
            await asyncio.wait({task}, timeout=BESIDE_SECONDS)
            if not task.done():
                self._keep(self._taken_back(visit, task, course.reply))
                return course.reply
        if task.done():
            return self._result(visit, task)
        course.is_over = True
        return await self._late(visit, task)

    async def drain(self, seconds: float) -> None:
        """Wait for what goes on, at most so many seconds."""
        if self._going_on:
            await asyncio.wait({*self._going_on}, timeout=seconds)

    # --- in time ---

    async def _whole(self, visit: Visit, course: _Course) -> Reply:
        reply = course.reply = await self._answers.answer(visit)
        if course.is_over:
            return reply
        try:
            return await self._answers.with_owed(visit, reply)
        except StoreError as error:
            self._saw_out(visit, error)
            return reply

    async def _in_time(self, visit: Visit, task: asyncio.Task[Reply]) -> None:
        """Wait for the task, at most as long as there is time; show meanwhile that an answer is being written."""
        rest = self._seconds
        api = visit.desk.messenger
        if api is not None and visit.push.kind is not PushKind.EVENT and rest > TYPING_SECONDS:
            await asyncio.wait({task}, timeout=TYPING_SECONDS)
            if task.done():
                return
            self._keep(_typing(api, visit.push.from_user))
            rest -= TYPING_SECONDS
        await asyncio.wait({task}, timeout=rest)

    def _result(self, visit: Visit, task: asyncio.Task[Reply]) -> Reply:
        try:
            return task.result()
        except StoreError as error:
            if visit.push.kind is not PushKind.EVENT:
                self._saw_out(visit, error)
                raise
            # Nobody is told to ask again for what an event tells: it is done as soon as the store is back.
            self._answers.assistant.observer.saw_store_fault("events", error)
            self._keep(self._done_later(visit, task))
            return NOTHING

    def _saw_out(self, visit: Visit, error: StoreError) -> None:
        """What was to be told with this message may be noted as told all the same: the store's answer was lost."""
        self._answers.assistant.observer.saw_store_fault("conversations", error)
        self._keep(self._told_another_time(visit))

    async def _told_another_time(self, visit: Visit) -> None:
        await self._until_done(partial(self._answers.take_back, visit))

    async def _taken_back(self, visit: Visit, task: asyncio.Task[Reply], seen: Reply) -> None:
        """Wait for what was too late to be told before a reply, and see that it is told another time."""
        if await task != seen:
            await self._told_another_time(visit)

    # --- late ---

    async def _late(self, visit: Visit, task: asyncio.Task[Reply]) -> Reply:
        """Return what is said instead of the answer; it goes on."""
        if self._answers.asks_for(visit, MORE):
            # What it asks for stays where it is for the next such word.
            task.cancel()
            return Reply(MORE_LATER)
        metrics.LATE.inc()
        _log.warning("answer is late")
        if not is_heard(visit.push):
            self._keep(self._done_later(visit, task))
            return NOTHING
        if self._answers.asks_for(visit, GO_ON):
            self._keep(self._asked_too_early(visit, task))
            return Reply(STILL_WORKING)
        promise = asyncio.create_task(self._promised(visit))
        await asyncio.wait({promise}, timeout=BESIDE_SECONDS)
        is_sent = promise.done() and promise.exception() is None and promise.result() is not None
        self._keep(self._followed(visit, task, promise, is_silent=is_sent))
        return NOTHING if is_sent else Reply(STILL_WORKING)

    async def _promised(self, visit: Visit) -> WechatApi | None:
        """Note that an answer is owed; return the interfaces when it can be sent. Raises StoreError."""
        await self._answers.owed.note_late(visit)
        api = visit.desk.messenger
        if api is None or not await self._answers.ledger.spend(visit.person):
            return None
        await self._answers.owed.note_sent(visit)
        return api

    async def _asked_too_early(self, visit: Visit, task: asyncio.Task[Reply]) -> None:
        """Wait for what 「继续」 found too late: the next one finds it."""
        await self._answers.owed.note_too_early(visit)
        try:
            await task
        except StoreError as error:
            _log.error("late answer waits: %s", type(error).__name__)
        await self._told_another_time(visit)

    async def _done_later(self, visit: Visit, task: asyncio.Task[Reply]) -> None:
        await self._late_reply(visit, task, TELLING_SECONDS, growth=2.0)

    async def _followed(
        self, visit: Visit, task: asyncio.Task[Reply], promise: asyncio.Task[WechatApi | None], *, is_silent: bool
    ) -> None:
        """Wait for the late answer, send it where that is possible, and see that 「继续」 finds it otherwise.

        `is_silent`: the person was told nothing of it.
        """
        reply = await self._late_reply(visit, task, LATE_SECONDS)
        api = await self._settled(visit, promise)
        if reply is None or not (reply.text or reply.hands_off) or api is None:
            return
        owed = self._answers.owed
        # None: it cannot be noted, however often tried. Who was told nothing is sent it; who knows 「继续」 may ask.
        may_send = await self._until_done(partial(owed.begin_sending, visit))
        if may_send is False or (may_send is None and not is_silent):
            return
        try:
            await api.send_text(visit.push.from_user, TYPE_FOR_CLERK if reply.hands_off else reply.text)
        except ApiError as error:
            _log.error("late answer not sent: %s", error)
            is_doubted = isinstance(error, Unreachable) and error.may_have_arrived
            await self._until_done(partial(owed.note_unsaid, visit, is_doubted=is_doubted))
        else:
            await self._until_done(partial(owed.note_told, visit))

    async def _settled(self, visit: Visit, promise: asyncio.Task[WechatApi | None]) -> WechatApi | None:
        """Return what came of the promise; where the store could not note it, it is made now."""
        try:
            return await promise
        except StoreError as error:
            _log.error("late answer is not noted yet: %s", type(error).__name__)
        return await self._until_done(partial(self._promised, visit))

    async def _late_reply(
        self, visit: Visit, task: asyncio.Task[Reply], seconds: float, growth: float = 1.0
    ) -> Reply | None:
        """Return the answer once it is kept; the latest one, or None, when it could not be, however often tried."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        again: Callable[[], Coroutine[Any, Any, Reply]] = partial(self._answers.answer_again, visit)
        reply, pause = None, AGAIN_SECONDS
        while True:
            try:
                reply = await task
                if not is_heard(visit.push) or await self._answers.is_kept(visit):
                    return reply
                if not reply.is_kept:
                    again = partial(self._answers.keep_said, visit, reply.text)
            except StoreError as error:
                _log.error("late answer waits: %s", type(error).__name__)
            except Exception as error:  # told calmly on 「继续」 too, and not for ever that it is being looked up
                self._answers.assistant.observer.saw_fault("wechat", error)
                again = partial(self._answers.keep_said, visit, CALM)
            if loop.time() >= until:
                return reply
            await asyncio.sleep(pause)
            pause = min(pause * growth, LONGEST_PAUSE)
            task = asyncio.create_task(again())

    async def _until_done(self, act: Callable[[], Awaitable[T]]) -> T | None:
        """Return what `act` returns, once no store is out; None when it could not be done, however often tried."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LATE_SECONDS
        while True:
            try:
                return await act()
            except StoreError as error:
                _log.error("a note waits: %s", type(error).__name__)
            if loop.time() >= until:
                return None
            await asyncio.sleep(AGAIN_SECONDS)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._going_on.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._going_on.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._answers.assistant.observer.saw_fault("wechat", error)


async def _typing(api: WechatApi, openid: str) -> None:
    try:
        await api.typing(openid, True)
    except ApiError as error:
        _log.debug("typing is not shown: %s", error)
