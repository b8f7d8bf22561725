"""Answers that take too long: the platform gets something valid in time, and the answer follows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot import metrics
from bot.store.faults import StoreError
from bot.wechat.answering import STILL_WORKING, TAPS, TYPE_FOR_CLERK, Answers
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError
from bot.wechat.push import PushKind
from bot.wechat.visit import NOTHING, Reply, Visit

_log = logging.getLogger(__name__)

ANSWER_SECONDS = 4.2
"""An answer that is not there by then is late; the platform gives up after five seconds."""
NOTE_SECONDS = 0.25
"""So long may what is said instead take, and what is said besides."""
LATE_SECONDS = 60.0
"""So long a late answer is tried again while nothing of it is kept: its turn was lost, or a store was out."""
AGAIN_SECONDS = 0.5


class Deadline:
    """Gives each push a reply in time. What is late goes on, and ends when the service stops at the latest."""

    def __init__(self, answers: Answers, seconds: float = ANSWER_SECONDS) -> None:
        self._answers = answers
        self._seconds = seconds
        self._going_on: set[asyncio.Task[Reply | None]] = set()

    async def reply_to(self, visit: Visit) -> Reply:
        """Return the answer, or in time what is said instead of one that is late. Raises what answering raises.

        Where the account may, a late answer follows by a customer-service message, else on 「继续」.
        """
        task = asyncio.create_task(self._answers.answer(visit))
        done, _ = await asyncio.wait({task}, timeout=self._seconds)
        if done:
            return await self._with_reminders(visit, task.result())
        if self._answers.asks_for_more(visit):
            # What it asks for stays where it is for the next such word.
            task.cancel()
            return Reply(STILL_WORKING)
        metrics.LATE.inc()
        _log.warning("answer is late")
        if visit.push.kind is PushKind.EVENT and visit.push.event not in TAPS:
            self._keep(self._late_reply(visit, task))
            return NOTHING
        is_noted, api = await self._promised(visit)
        self._keep(self._followed(visit, task, api, is_noted=is_noted))
        return Reply(STILL_WORKING) if api is None else NOTHING

    async def drain(self, seconds: float) -> None:
        """Wait for what goes on, at most so many seconds."""
        if self._going_on:
            await asyncio.wait({*self._going_on}, timeout=seconds)

    async def _with_reminders(self, visit: Visit, reply: Reply) -> Reply:
        try:
            async with asyncio.timeout(NOTE_SECONDS):
                return await self._answers.with_reminders(visit, reply)
        except TimeoutError:
            return reply

    async def _promised(self, visit: Visit) -> tuple[bool, WechatApi | None]:
        """Note that an answer is owed; return whether that is noted, and the interfaces when it can be sent."""
        is_noted = False
        try:
            async with asyncio.timeout(NOTE_SECONDS):
                await self._answers.note_late(visit)
                is_noted = True
                api = visit.desk.messenger
                if api is None or not await self._answers.ledger.spend(visit.person):
                    return is_noted, None
                await self._answers.note_sent(visit)
                return is_noted, api
        except (TimeoutError, StoreError):
            return is_noted, None

    async def _followed(
        self, visit: Visit, task: asyncio.Task[Reply], api: WechatApi | None, *, is_noted: bool
    ) -> None:
        """Wait for the late answer, send it where that is possible, and see that 「继续」 finds it otherwise."""
        reply = await self._late_reply(visit, task)
        if reply is None or not (reply.text or reply.hands_off):
            return
        if api is not None:
            try:
                await api.send_text(visit.push.from_user, TYPE_FOR_CLERK if reply.hands_off else reply.text)
            except ApiError as error:
                _log.error("late answer not sent: %s", error)
            else:
                await self._answers.note_told(visit)
                return
        if not is_noted:  # the store that made it late did not take the note either
            try:
                await self._answers.note_late(visit)
            except StoreError as error:
                _log.error("late answer is not noted: %s", type(error).__name__)

    async def _late_reply(self, visit: Visit, task: asyncio.Task[Reply]) -> Reply | None:
        """Return the answer once it is kept; None when it could not be, however often it was tried."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LATE_SECONDS
        while True:
            try:
                reply = await task
                if await self._answers.is_kept(visit):
                    return reply
            except StoreError as error:
                _log.error("late answer waits: %s", type(error).__name__)
            if loop.time() >= until:
                return None
            await asyncio.sleep(AGAIN_SECONDS)
            task = asyncio.create_task(self._answers.answer_again(visit))

    def _keep(self, work: Coroutine[Any, Any, Reply | None]) -> None:
        task = asyncio.create_task(work)
        self._going_on.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Reply | None]) -> None:
        self._going_on.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._answers.assistant.observer.saw_fault("wechat", error)
