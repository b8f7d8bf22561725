"""What is done beside answering: removing what is past its time, keeping questions, looking after the parts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from bot.assistant import Assistant
from bot.channels.site import SITE
from bot.store.faults import StoreError

_log = logging.getLogger(__name__)

CONVERSATIONS_SECONDS = 60
RECORDS_SECONDS = 3600
QUESTIONS_SECONDS = 15


async def chores(app: web.Application) -> AsyncIterator[None]:
    """Do the chores from the start of the application to its end."""
    assistant = app[SITE].assistant
    tasks = [asyncio.create_task(_again_and_again(seconds, act)) for seconds, act in _chores_of(assistant)]
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _chores_of(assistant: Assistant) -> list[tuple[float, Callable[[], Awaitable[None]]]]:
    found: list[tuple[float, Callable[[], Awaitable[None]]]] = [
        (CONVERSATIONS_SECONDS, assistant.conversations.purge),
        (RECORDS_SECONDS, assistant.purge_records),
    ]
    return [*found, (QUESTIONS_SECONDS, assistant.learning.flush)] if assistant.learning is not None else found


async def _again_and_again(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await act()
        except StoreError as error:
            _log.error("a chore waits: %s", type(error).__name__)
        except Exception as error:  # a chore that breaks must not end the others, nor be silent
            _log.exception("a chore failed: %s", type(error).__name__)
        await asyncio.sleep(seconds)
