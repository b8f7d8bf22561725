"""WeChat's side, for the tests: requests as the platform seals them, and replies read by wechatpy."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.parser import parse_message

from bot.assistant import Assistant
from bot.clock import now_in_shanghai
from bot.identity import Identities
from bot.settings import WechatAccount
from bot.store.sqlite import SqliteConversations
from bot.store.vault import Vault
from bot.wechat.answering import Answers
from bot.wechat.api import WechatApi
from bot.wechat.callback import setup_routes
from bot.wechat.desk import Render, desk_of
from bot.wechat.door import Push, open_push
from bot.wechat.late import ANSWER_SECONDS
from bot.wechat.xml import read_fields
from dialogs.advisor import Advisor, Turn
from dialogs.effects import NOTHING_KNOWN, Known
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session

NOW = 1_700_000_000
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut"
ACCOUNT = WechatAccount(name="jzz", app_id="wx0123456789abcdef", token="token-of-the-test", aes_key=KEY)
LUOYANG = replace(ACCOUNT, name="luoyang", app_id="wxluoyang", city="luoyang")
CHANGED = replace(ACCOUNT, name="changed", app_id="wxchanged", aes_key=OLD_KEY, previous_aes_key=KEY)
WELCOME = "您好，我是居住证助手。"

Query = dict[str, str]


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def encrypt(plain: str | bytes, *, key: str = KEY, app_id: str = ACCOUNT.app_id) -> str:
    encrypted: bytes = PrpCrypto(base64.b64decode(f"{key}=")).encrypt(plain, app_id)
    return encrypted.decode()


def encrypt_blocks(plain: bytes) -> str:
    """AES alone: lengths and padding may be what no encoder would write."""
    return base64.b64encode(PrpCrypto(base64.b64decode(f"{KEY}=")).cipher.encrypt(plain)).decode()


def envelope(encrypted: str, *, nonce: str = "nonce123", timestamp: str = str(NOW)) -> tuple[Query, bytes]:
    """A correctly signed request around `encrypted`, whatever that is."""
    query = {
        "signature": sign(ACCOUNT.token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "openid": "o-user",
        "encrypt_type": "aes",
        "msg_signature": sign(ACCOUNT.token, timestamp, nonce, encrypted),
    }
    body = f"<xml><ToUserName><![CDATA[gh_us]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return query, body.encode()


def sealed(inner: str | bytes, *, key: str = KEY, app_id: str = ACCOUNT.app_id) -> tuple[Query, bytes]:
    """A request as the platform would send it, its inner message being `inner`."""
    return envelope(encrypt(inner, key=key, app_id=app_id))


def opened(inner: str | bytes) -> Push:
    query, body = sealed(inner)
    return open_push(ACCOUNT, query, body, now=NOW)


def message(kind: str = "text", *, number: int = 1, user: str = "o-user", **more: str) -> str:
    """The inner XML of a message or event; `more` are fields by name, as text."""
    fields = {"ToUserName": "gh_us", "FromUserName": user, "CreateTime": str(NOW), "MsgType": kind} | more
    fields |= {} if kind == "event" else {"MsgId": str(number)}
    return "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items()) + "</xml>"


def text(content: str = "要带什么", *, number: int = 1, user: str = "o-user", created: int = NOW) -> str:
    return message(number=number, user=user, Content=content, CreateTime=str(created))


def read(reply: str, account: WechatAccount = ACCOUNT, *, key: str | None = None) -> dict[str, Any]:
    """The reply's fields as wechatpy verifies, decrypts and parses it."""
    outer = {name: values[0] for name, values in read_fields(reply.encode()).items()}
    crypto = WeChatCrypto(account.token, key or account.aes_key, account.app_id)
    plain = crypto.decrypt_message(reply, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    fields: dict[str, Any] = parse_message(plain)._data
    return fields


class CountingAdvisor(Advisor):
    """Says how often it was asked, in what city; breaks where it is told to. The rest of the program is real."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.broken: Exception | None = None

    def take_turn(
        self, session: Session, text: str, *, today: date, city: str | None = None, known: Known = NOTHING_KNOWN
    ) -> Turn:
        self.heard.append(text)
        if self.broken is not None:
            raise self.broken
        part = Part(Kind.ANSWER, f"第{len(self.heard)}次：{text}（{city}）")
        return Turn(replace(session, topics=(*session.topics, text)), Saying(Kind.ANSWER, city, None, (part,)))

    def resumed(self, turn: Turn, *, today: date, known: Known = NOTHING_KNOWN) -> Turn:
        return turn


def render(saying: Saying) -> str:
    return "\n".join(part.first_line for part in saying.parts)


def greet(session: Session, _scene: str, _cities: tuple[str, ...]) -> Turn:
    return Turn(session, Saying(Kind.SMALLTALK, None, None, (Part(Kind.SMALLTALK, WELCOME),)))


@dataclass
class Platform:
    """Pushes to a served callback over HTTP."""

    client: TestClient[web.Request, web.Application]
    advisor: CountingAdvisor
    conversations: SqliteConversations
    identities: Identities
    app: web.Application
    nonces: itertools.count[int] = field(default_factory=itertools.count)

    def pushed(
        self, inner: str, account: WechatAccount = ACCOUNT, *, key: str = KEY, at: float | None = None
    ) -> tuple[Query, bytes]:
        """Return a request signed `at`, now unless given."""
        encrypted = encrypt(inner, key=key, app_id=account.app_id)
        signed = time.time() if at is None else at
        return envelope(encrypted, nonce=f"nonce{next(self.nonces)}", timestamp=str(int(signed)))

    async def post(self, query: Query, body: bytes, account: WechatAccount = ACCOUNT) -> tuple[int, str]:
        async with self.client.post(f"/wechat/{account.name}", params=query, data=io.BytesIO(body)) as response:
            return response.status, await response.text()

    async def reply_to(self, inner: str, account: WechatAccount = ACCOUNT, *, key: str = KEY) -> str:
        """Push `inner`, return what the person would read; "" when the answer is `success`."""
        status, reply = await self.post(*self.pushed(inner, account, key=key), account)
        assert status == 200
        return "" if reply == "success" else str(read(reply, account, key=key)["Content"])

    def person(self, openid: str = "o-user") -> str:
        return self.identities.of("wechat", ACCOUNT.name, openid)

    async def session(self, openid: str = "o-user") -> Session:
        return await self.conversations.load(self.person(openid))


@asynccontextmanager
async def serve(
    folder: Path,
    *accounts: WechatAccount,
    now: Callable[[], float] = time.time,
    say: Render = render,
    api: WechatApi | None = None,
    seconds: float = ANSWER_SECONDS,
    clock: Callable[[], datetime] = now_in_shanghai,
) -> AsyncIterator[Platform]:
    """Serve the callback with the real store in `folder`; only the advisor is ours, and what is given."""
    advisor, identities = CountingAdvisor(), Identities(bytes(32))
    vault = Vault(folder)
    conversations = SqliteConversations(folder / "conversations.sqlite", vault, now=now)
    app = web.Application()
    assistant = Assistant(advisor, conversations, now=now)
    answers = Answers(assistant, identities, greet, None, clock)
    desks = {account.name: replace(desk_of(account, lambda _: say), api=api) for account in accounts}
    setup_routes(app, desks, answers, now=now, seconds=seconds)
    async with TestClient(TestServer(app)) as client:
        yield Platform(client, advisor, conversations, identities, app)
    await assistant.close()
    vault.close()
