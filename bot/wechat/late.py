"""Answers that take too long: the platform gets something valid in time, and the answer follows."""

from __future__ import annotations

import asyncio
import logging

from bot import metrics
from bot.store.faults import StoreError
from bot.wechat.answering import STILL_WORKING, Answers
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError
from bot.wechat.push import PushKind
from bot.wechat.visit import NOTHING, Reply, Visit

_log = logging.getLogger(__name__)

ANSWER_SECONDS = 4.2
"""An answer that is not there by then is late; the platform gives up after five seconds."""
NOTE_SECONDS = 0.25
"""So long may what is said instead take."""


class Deadline:
    """Gives each push a reply in time. What is late goes on, and ends when the service stops at the latest."""

    def __init__(self, answers: Answers, seconds: float = ANSWER_SECONDS) -> None:
        self._answers = answers
        self._seconds = seconds
        self._going_on: set[asyncio.Task[None] | asyncio.Task[Reply]] = set()

    async def reply_to(self, visit: Visit, seconds: float | None = None) -> Reply:
        """Return the answer, or within `seconds` what is said instead of one that is late. Raises what it raises.

        Where the account may, a late answer follows by a customer-service message, else on 「继续」.
        """
        task = asyncio.create_task(self._answers.answer(visit))
        done, _ = await asyncio.wait({task}, timeout=self._seconds if seconds is None else seconds)
        if done:
            return task.result()
        if self._answers.asks_for_more(visit):
            # Nothing of its own is lost: what it asks for stays where it is for the next such word.
            task.cancel()
            return Reply(STILL_WORKING)
        metrics.LATE.inc()
        _log.warning("answer is late")
        self._keep(task)
        if visit.push.kind is PushKind.EVENT:
            return NOTHING
        try:
            async with asyncio.timeout(NOTE_SECONDS):
                return await self._instead(visit, task)
        except (TimeoutError, StoreError):
            return Reply(STILL_WORKING)

    async def drain(self, seconds: float) -> None:
        """Wait for what goes on, at most so many seconds."""
        if self._going_on:
            await asyncio.wait({*self._going_on}, timeout=seconds)

    async def _instead(self, visit: Visit, task: asyncio.Task[Reply]) -> Reply:
        # Noted in any case: should the message not arrive, 「继续」 still finds the answer.
        await self._answers.note_late(visit)
        api = visit.desk.api
        if api is None or not visit.desk.profile.sends_messages or not await self._answers.ledger.spend(visit.person):
            return Reply(STILL_WORKING)
        await self._answers.note_sent(visit)
        self._keep(asyncio.create_task(self._follow(visit, api, task)))
        return NOTHING

    async def _follow(self, visit: Visit, api: WechatApi, task: asyncio.Task[Reply]) -> None:
        try:
            reply = await task
        except StoreError as error:
            _log.error("late answer failed: %s", type(error).__name__)
            return
        try:
            await api.send_text(visit.push.from_user, reply.text)
        except ApiError as error:
            _log.error("late answer not sent: %s", error)
            return
        await self._answers.note_told(visit)

    def _keep(self, task: asyncio.Task[None] | asyncio.Task[Reply]) -> None:
        self._going_on.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None] | asyncio.Task[Reply]) -> None:
        self._going_on.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._answers.assistant.observer.saw_fault("wechat", task.exception() or RuntimeError())
