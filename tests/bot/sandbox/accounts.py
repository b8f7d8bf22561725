"""Official accounts for the box to push to. They read pushes and seal replies with wechatpy, not with code of ours."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web
from wechatpy import parse_message
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.replies import BaseReply, TextReply
from wechatpy.utils import check_signature

from bot.accounts import AccountType, Mode, WechatAccount
from bot.sandbox.options import Clocks, SandboxOptions
from bot.sandbox.sandbox import Sandbox
from tests.bot.wechat.platform import ACCOUNT as KEYS
from tests.bot.wechat.platform import OLD_KEY
from tests.bot.wechat.platform import sign as signature_of

SECRET = "0123456789abcdef0123456789abcdef"
ACCOUNT = replace(KEYS, app_secret=SECRET, type=AccountType.SERVICE, verified=True)
ROTATING = replace(ACCOUNT, previous_aes_key=OLD_KEY)
STEADY = Clocks(speed=20, patience=100, late=90)
"""Windows pass quickly, but a busy machine has five of our seconds to answer."""
HASTY = Clocks(speed=10)
"""For what is about patience: the platform's five seconds are half of one of ours."""


@dataclass
class Pushed:
    """One push as the account saw it."""

    message: Any
    query: dict[str, str]
    body: str
    crypto: WeChatCrypto | None
    at: float = 0.0


Answer = Callable[[Pushed], Awaitable[web.StreamResponse]]


@dataclass
class Naive:
    """An account that answers every push with what `answer` says; it remembers nothing but what it was pushed."""

    answer: Answer
    account: WechatAccount = ACCOUNT
    pushes: list[Pushed] = field(default_factory=list)
    url: str = ""

    @property
    def words(self) -> list[str]:
        return [push.message.content for push in self.pushes if push.message.type == "text"]

    async def receive(self, request: web.Request) -> web.StreamResponse:
        query, body = dict(request.query), await request.text()
        check_signature(self.account.token, query["signature"], query["timestamp"], query["nonce"])
        crypto, plain = self._opened(query, body)
        pushed = Pushed(parse_message(plain), query, body, crypto, asyncio.get_running_loop().time())
        assert query["openid"] == pushed.message.source
        self.pushes.append(pushed)
        return await self.answer(pushed)

    async def verify(self, request: web.Request) -> web.Response:
        query = request.query
        if self.account.mode is not Mode.SAFE:
            check_signature(self.account.token, query["signature"], query["timestamp"], query["nonce"])
            return web.Response(text=query["echostr"])
        expected = signature_of(self.account.token, *(query[name] for name in ("timestamp", "nonce", "echostr")))
        assert query["msg_signature"] == expected
        opened = PrpCrypto(base64.b64decode(f"{self.account.aes_key}=")).decrypt(query["echostr"], self.account.app_id)
        return web.Response(body=opened)

    def _opened(self, query: dict[str, str], body: str) -> tuple[WeChatCrypto | None, str]:
        if "msg_signature" not in query:
            return None, body
        keys = [self.account.aes_key, *([self.account.previous_aes_key] if self.account.previous_aes_key else [])]
        for key in keys:
            crypto = WeChatCrypto(self.account.token, key, self.account.app_id)
            try:
                return crypto, crypto.decrypt_message(
                    body, *(query[n] for n in ("msg_signature", "timestamp", "nonce"))
                )
            except (ValueError, struct.error, WeChatException):  # what it raises for another key is a matter of chance
                continue
        raise AssertionError("no key opens it")


def sealed(push: Pushed, reply: BaseReply | str) -> web.Response:
    """Return a reply sealed as the push was."""
    plain = reply if isinstance(reply, str) else reply.render()
    if push.crypto is None:
        return web.Response(text=plain)
    return web.Response(text=push.crypto.encrypt_message(plain, push.query["nonce"], push.query["timestamp"]))


async def echo(push: Pushed) -> web.Response:
    """Say again what was said; say nothing to events."""
    if "Event" in push.message._data:
        return web.Response(text="success")
    content = push.message.content if push.message.type == "text" else push.message.type
    return sealed(push, TextReply(content=f"您说：{content}", message=push.message))


def counting() -> Answer:
    """Return an answer that tells how many pushes there have been: a message that is pushed twice is heard twice."""
    count = 0

    async def answer(push: Pushed) -> web.Response:
        nonlocal count
        count += 1
        return sealed(push, TextReply(content=f"第{count}次", message=push.message))

    return answer


def once_each() -> Answer:
    """Return an answer that counts messages and not pushes: it keeps what it said to each person's message."""
    kept: dict[tuple[str, str], str] = {}

    async def answer(push: Pushed) -> web.Response:
        said = kept.setdefault((push.message.source, str(push.message.id)), f"第{len(kept) + 1}条")
        return sealed(push, TextReply(content=said, message=push.message))

    return answer


@asynccontextmanager
async def naive(answer: Answer, account: WechatAccount = ACCOUNT) -> AsyncIterator[Naive]:
    """Serve an account on a free port."""
    served = Naive(answer, account)
    app = web.Application()
    app.router.add_post("/wechat", served.receive)
    app.router.add_get("/wechat", served.verify)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = "http://{}:{}/wechat".format(*runner.addresses[0][:2])
    try:
        yield served
    finally:
        await runner.cleanup()


@asynccontextmanager
async def boxed(
    answer: Answer, account: WechatAccount = ACCOUNT, **options: Any
) -> AsyncIterator[tuple[Sandbox, Naive]]:
    """Serve an account and a box that pushes to it, with steady clocks unless told otherwise."""
    async with naive(answer, account) as served:
        given = SandboxOptions(served.url, account, **({"clocks": STEADY} | options))
        async with Sandbox(given) as box:
            yield box, served
