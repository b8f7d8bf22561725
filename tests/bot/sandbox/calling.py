"""An account that calls the API of the box."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession

from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from tests.bot.sandbox.accounts import ACCOUNT, SECRET, Naive, boxed, echo


@dataclass
class Caller:
    """An account that calls the API; `answer` is always JSON."""

    box: Sandbox
    account: Naive
    session: ClientSession
    token: str = ""

    async def fetch(self, **more: Any) -> dict[str, Any]:
        given = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": SECRET} | more
        async with self.session.post(f"{self.box.api_url}/cgi-bin/stable_token", json=given) as response:
            answer: dict[str, Any] = await response.json()
        self.token = answer.get("access_token", self.token)
        return answer

    async def call(self, path: str, body: object = None, **query: str) -> dict[str, Any]:
        method = "GET" if body is None else "POST"
        url, query = f"{self.box.api_url}/cgi-bin/{path}", {"access_token": self.token} | query
        async with self.session.request(method, url, params=query, json=body) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            return answer

    async def code(self, path: str, body: object = None, **query: str) -> int:
        return int((await self.call(path, body, **query)).get("errcode", 0))

    async def send(self, person: Person, content: str = "好") -> int:
        return await self.code("message/custom/send", text_to(person, content))


def text_to(person: Person, content: str) -> dict[str, Any]:
    return {"touser": person.openid, "msgtype": "text", "text": {"content": content}}


def menu_to(person: Person) -> dict[str, Any]:
    entries = [{"id": "1", "content": "能"}, {"id": 2, "content": "不能"}]
    return {"touser": person.openid, "msgtype": "msgmenu", "msgmenu": {"head_content": "能吗", "list": entries}}


@asynccontextmanager
async def calling(account: Any = ACCOUNT, **options: Any) -> AsyncIterator[Caller]:
    async with boxed(echo, account, **options) as (box, served), ClientSession() as session:
        caller = Caller(box, served, session)
        await caller.fetch()
        yield caller
