"""What is done beside answering: removing what is past its time, keeping questions, looking after the parts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial

from aiohttp import web

from bot.assistant import Assistant
from bot.channels.site import SITE
from bot.store.faults import StoreError

_log = logging.getLogger(__name__)

CONVERSATIONS_SECONDS = 60
RECORDS_SECONDS = 3600
QUESTIONS_SECONDS = 15
COUNTS_SECONDS = 15
PUBLISHED_SECONDS = 5


Act = Callable[[], Awaitable[object]]


async def chores(app: web.Application) -> AsyncIterator[None]:
    """Do the chores from the start of the application to its end."""
    async with _done(_chores_of(app[SITE].assistant)):
        yield


def chore(seconds: float, act: Act) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what does one chore more, every so many seconds, from the start of an application to its end."""

    async def context(_app: web.Application) -> AsyncIterator[None]:
        async with _done([(seconds, act)]):
            yield

    return context


@asynccontextmanager
async def _done(several: Iterable[tuple[float, Act]]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(_again_and_again(seconds, act)) for seconds, act in several]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _chores_of(assistant: Assistant) -> list[tuple[float, Act]]:
    found: list[tuple[float, Act]] = [
        (CONVERSATIONS_SECONDS, assistant.conversations.purge),
        (RECORDS_SECONDS, assistant.purge_records),
    ]
    if assistant.learning is not None:
        found.append((QUESTIONS_SECONDS, assistant.learning.flush))
    if assistant.counting is not None:
        found.append((COUNTS_SECONDS, assistant.counting.flush))
    if assistant.publishing is not None:
        found.append((PUBLISHED_SECONDS, partial(assistant.publishing.refresh, assistant)))
        found.append((COUNTS_SECONDS, assistant.publishing.flush))
    return found


async def _again_and_again(seconds: float, act: Act) -> None:
    while True:
        try:
            await act()
        except StoreError as error:
            _log.error("a chore waits: %s", type(error).__name__)
        except Exception as error:  # a chore that breaks must not end the others, nor be silent
            _log.exception("a chore failed: %s", type(error).__name__)
        await asyncio.sleep(seconds)
