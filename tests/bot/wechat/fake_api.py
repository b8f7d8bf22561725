"""The platform's API for tests: a small server over real HTTP that gives out tokens and refuses what it should."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import traceback
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer

from bot.faults import trace_of
from bot.store.cipher import decrypt, encrypt, from_text, in_text
from bot.store.counters import Counters
from bot.store.faults import StoreUnavailable
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError
from bot.wechat.tokens import Tokens

APP_ID = "wx0123456789abcdef"
OPENID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
PICTURE = b"\xff\xd8\xff\xe0 a picture"
NOT_LISTED = "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 61f0a0b1-2c3d4e5f-60718293"

MENU = {"button": [{"type": "click", "name": "办居住证", "key": "apply"}]}
WORDS = "明天到期，您别忘了“签注”。🏠"

CALLS: dict[str, Callable[[WechatApi], Awaitable[object]]] = {
    "message/custom/send": lambda api: api.send_text(OPENID, WORDS),
    "message/custom/typing": lambda api: api.typing(OPENID, True),
    "menu/create": lambda api: api.create_menu(MENU),
    "menu/get": lambda api: api.read_menu(),
    "menu/delete": lambda api: api.delete_menu(),
    "media/get": lambda api: api.download("a picture"),
    "qrcode/create": lambda api: api.make_code("station_7", 600),
    "ticket/getticket": lambda api: api.jsapi_ticket(),
    "message/subscribe/bizsend": lambda api: api.notify(OPENID, "template", "", {"thing1": WORDS}),
    "getcallbackip": lambda api: api.callback_addresses(),
}
"""A call of each kind, by the path it asks."""

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Call:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw.decode("utf-8"))


@dataclass
class FakeApi:
    """What the platform knows. `next_answers[path]` are given once each in place of what it would say."""

    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    token: str = field(default_factory=lambda: secrets.token_hex(32))
    expires_in: int = 7200
    refused: set[str] = field(default_factory=set)
    """Tokens that calls are refused with, although `stable_token` may still give them out."""
    seconds: float = 0.0
    """How long giving out a token takes."""
    menu: Any = None
    calls: list[Call] = field(default_factory=list)
    next_answers: defaultdict[str, deque[Answering]] = field(default_factory=lambda: defaultdict(deque))

    def counted(self) -> Counter[str]:
        return Counter(call.path for call in self.calls)

    def forced(self) -> int:
        return sum(call.path == "stable_token" and call.body["force_refresh"] for call in self.calls)

    def revoke(self) -> str:
        """Another program forced a new token: the old one is refused, `stable_token` gives out the new one."""
        old, self.token = self.token, secrets.token_hex(32)
        self.refused.add(old)
        return old

    def says(self, path: str, code: int, message: str = "", times: int = 1) -> None:
        """Answer the next calls of `path` with an errcode."""

        async def answering(_: web.Request) -> web.StreamResponse:
            return web.json_response({"errcode": code, "errmsg": message})

        self.next_answers[path].extend([answering] * times)

    def answers(self, path: str, **response: Any) -> None:
        """Give the next call of `path` this response."""

        async def answering(_: web.Request) -> web.StreamResponse:
            return web.Response(**response)

        self.next_answers[path].append(answering)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        self.calls.append(Call(request.method, path, dict(request.query), await request.read()))
        if self.next_answers[path]:
            return await self.next_answers[path].popleft()(request)
        if path == "stable_token":
            return await self._stable_token()
        if request.query.get("access_token") != self.token or self.token in self.refused:
            return _error(40001, f"invalid credential, access_token is invalid: {request.query_string}")
        return self._answer(path, request)

    async def _stable_token(self) -> web.Response:
        asked = self.calls[-1].body
        await asyncio.sleep(self.seconds)
        if asked["appid"] != APP_ID:
            return _error(40013, "invalid appid")
        if asked["secret"] != self.secret:
            return _error(40125, f"invalid appsecret {asked['secret']}")
        if asked["force_refresh"]:
            self.revoke()
        return web.json_response({"access_token": self.token, "expires_in": self.expires_in})

    def _answer(self, path: str, request: web.Request) -> web.StreamResponse:
        if path == "menu/create":
            self.menu = self.calls[-1].body
        elif path == "menu/get":
            return _error(46003, "menu no exist") if self.menu is None else web.json_response({"menu": self.menu})
        elif path == "menu/delete":
            if self.menu is None:
                return _error(46003, "menu no exist")
            self.menu = None
        elif path == "media/get":
            return self._media(request.query["media_id"])
        elif path in _TABLES:
            return web.json_response(_TABLES[path])
        elif path == "qrcode/create":
            seconds = {k: v for k, v in self.calls[-1].body.items() if k == "expire_seconds"}
            return web.json_response({"ticket": "gQH47joAAAA=", "url": "http://weixin.qq.com/q/kZgfwMTm", **seconds})
        return _error(0, "ok")

    def _media(self, media_id: str) -> web.Response:
        if media_id != "a picture":
            # The platform has called its JSON plain text here for years.
            text = json.dumps({"errcode": 40007, "errmsg": "invalid media_id"})
            return web.Response(text=text, content_type="text/plain")
        return web.Response(body=PICTURE, content_type="image/jpeg")


_TABLES = {
    "getcallbackip": {"ip_list": ["101.226.62.77", "2402:4e00::/32"]},
    "ticket/getticket": {"errcode": 0, "errmsg": "ok", "ticket": "bxLdikRXVbTPdHSM05e5u5", "expires_in": 7200},
}


def _error(code: int, message: str) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": message})


class SharedNotes:
    """What processes share, in memory: sealed texts by name, and counts. `is_out`: as when Redis is down."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.is_out = False
        self._counters = Counters()

    async def note(self, name: str, value: str | None, seconds: float) -> None:
        self._check()
        self.texts.pop(name, None)
        if value is not None:
            self.texts[name], self.seconds[name] = value, seconds

    async def noted(self, name: str) -> str | None:
        self._check()
        return self.texts.get(name)

    async def take(self, name: str, limit: int, seconds: float) -> bool:
        self._check()
        return self._counters.take(name, limit, seconds)

    def _check(self) -> None:
        if self.is_out:
            raise StoreUnavailable("Redis 读写不了")


class Sealer:
    """Seals with the cipher of the vault and a key of its own."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def seal(self, text: str) -> str:
        return in_text(encrypt(self._key, text.encode(), b"wechat"))

    def unseal(self, sealed: str) -> str:
        return decrypt(self._key, from_text(sealed), b"wechat").decode()


@dataclass
class Platform:
    """A running server with a session to it; `tokens` and `api` make what one process would have."""

    fake: FakeApi
    url: str
    session: ClientSession
    notes: SharedNotes = field(default_factory=SharedNotes)
    sealer: Sealer = field(default_factory=Sealer)

    def tokens(self, **changed: Any) -> Tokens:
        given: dict[str, Any] = {"app_id": APP_ID, "secret": self.fake.secret, "base": self.url} | changed
        app_id, secret = given.pop("app_id"), given.pop("secret")
        sealed = {"seal": self.sealer.seal, "unseal": self.sealer.unseal}
        return Tokens(app_id, secret, self.session, self.notes, **sealed | given)

    def api(self, tokens: Tokens | None = None, *, base: str | None = None, seconds: float = 4.0) -> WechatApi:
        return WechatApi(APP_ID, self.session, tokens or self.tokens(), base=base or self.url, seconds=seconds)


@asynccontextmanager
async def platform_running() -> AsyncIterator[Platform]:
    fake = FakeApi()
    app = web.Application(client_max_size=2**20)
    app.router.add_route("*", "/cgi-bin/{path:.+}", fake.handle)
    async with TestServer(app) as server, ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield Platform(fake, str(server.make_url("")).rstrip("/"), session)


def all_said(error: BaseException) -> str:
    """Everything an error could tell anybody: texts, reprs, attributes and tracebacks of it and of what led to it."""
    told = [trace_of(error), *traceback.format_exception(error)]
    following: BaseException | None = error
    while following is not None:
        told += [repr(following), str(following), repr(following.args), repr(vars(following))]
        following = following.__cause__ or following.__context__
    return "\n".join(told)


def is_said_plainly(error: ApiError) -> bool:
    """Whether the text says what is wrong and then what to do, and holds nothing like an address or a token."""
    what, _, then = str(error).partition("；")
    return bool(what) and "请" in then and not re.search("http|access_token|[!-~]{20}", str(error))
