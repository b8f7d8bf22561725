"""Answers made late on purpose, and an interface that refuses to send them: for the tests of what follows then."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from bot.accounts import AccountType, WechatAccount
from bot.store.base import Claim
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError, NoMoreMessages, Unreachable, Why
from bot.wechat.later import is_to_tell
from bot.wechat.owed import (
    STILL_WORKING,
)
from tests.bot.wechat.platform import ACCOUNT, Platform, serve, text

VERIFIED = replace(ACCOUNT, app_secret="s", verified=True, type=AccountType.SERVICE)
SURELY_NOT = NoMoreMessages(45047)
PERHAPS = Unreachable(Why.TOO_SLOW)

numbers = itertools.count(1)


class Sent:
    """In the place of the platform's interfaces: what goes through them, and what they are refused with."""

    def __init__(self, refuses: ApiError | None = None) -> None:
        self.texts: list[str] = []
        self.typing_shown = 0
        self.refused = 0
        self.refuses = refuses
        self.was_asked = asyncio.Event()

    async def send_text(self, _openid: str, text: str) -> None:
        self.was_asked.set()
        if self.refuses is not None:
            self.refused += 1
            raise self.refuses
        self.texts.append(text)

    async def typing(self, _openid: str, _is_on: bool) -> None:
        self.typing_shown += 1
        if self.refuses is not None:
            raise self.refuses


@asynccontextmanager
async def verified(folder: Path, sent: Sent, seconds: float = 0.2) -> AsyncIterator[Platform]:
    async with serve(folder, VERIFIED, api=cast(WechatApi, sent), seconds=seconds) as platform:
        yield platform


@asynccontextmanager
async def held_up(platform: Platform) -> AsyncIterator[None]:
    """Hold the person's turn for a while: whatever they send is late."""
    claim = await platform.conversations.claim(platform.person(), "another message")
    assert isinstance(claim, Claim)
    yield
    await platform.conversations.release(claim)


async def says(platform: Platform, content: str, account: WechatAccount = ACCOUNT) -> str:
    return await platform.reply_to(typed(content), account)


def typed(content: str) -> str:
    return text(content, number=next(numbers), created=int(time.time()))


async def goes_on(platform: Platform, account: WechatAccount = ACCOUNT) -> str:
    """Say 继续 as long as the answer is not there; return what is told then."""
    for _ in range(100):
        said = await says(platform, "继续", account)
        if said != STILL_WORKING:
            return said
        await asyncio.sleep(0.05)
    raise TimeoutError


async def until(happens: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(500):
        if await happens():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def until_heard(platform: Platform, count: int) -> None:
    """Wait until so many turns were taken and the replies to them are kept."""

    async def are_kept() -> bool:
        return len(platform.advisor.heard) >= count and len((await platform.session()).topics) >= count

    await until(are_kept)


async def until_unsaid(platform: Platform, sent: Sent, count: int) -> None:
    """Wait until it is noted of so many answers that nobody told them."""

    async def are_noted() -> bool:
        unsaid = await platform.conversations.noted(platform.person(), "unsaid")
        if sent.refused < count or unsaid is None or not is_to_tell(unsaid, time.time()):
            return False
        noted = [await platform.conversations.noted(platform.person(), f"late:{slot}") for slot in range(5)]
        waiting = [one for one in noted if one and one.endswith((" waits", " doubted"))]
        return len(waiting) == count

    await until(are_noted)


async def asked_late(platform: Platform, sent: Sent, content: str = "要带什么") -> None:
    """Ask something whose answer is late and cannot be sent; it is noted that nobody told it."""
    sent.was_asked.clear()
    async with held_up(platform):
        assert await says(platform, content, VERIFIED) == ""
    await asyncio.wait_for(sent.was_asked.wait(), 3)
    await until_unsaid(platform, sent, 1)
