"""The console as tests use it: the real parts in a folder, people of every role, and a browser without a screen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import build_app
from bot.assistant import Assistant
from bot.channels.site import SITE
from bot.health import Health
from bot.identity import Identities
from bot.internal import build_internal
from bot.settings import Settings
from bot.staff.app import add_console
from bot.staff.passwords import hash_now
from bot.staff.rights import Role
from bot.store.records import Records
from dialogs.advisor import Advisor
from tests.bot.declaring import WITH_OFFICE, Clock, Operators, assembled

PASSWORD = "a long sentence nobody guesses"
HASH = hash_now(PASSWORD)
_FORM_KEY = re.compile(r'name="form_key" value="([0-9a-f]{64})"')
EVERYBODY: Mapping[str, tuple[Role, ...]] = {
    "wang": (Role.CLERK,),
    "li": (Role.EDITOR,),
    "zhao": (Role.REVIEWER,),
    "admin": (Role.ADMINISTRATOR,),
}
"""One person for each role, by the name that they sign in with."""


@dataclass
class Desk:
    """Somebody at a browser. `form_key` is that of the session, once signed in."""

    client: TestClient[Any, Any]
    form_key: str = ""

    async def get(self, path: str, **more: Any) -> ClientResponse:
        """Open a page; the way elsewhere is not taken."""
        return await self.client.get(path, allow_redirects=False, **more)

    async def text(self, path: str) -> str:
        """Return a page, which must be there."""
        response = await self.get(path)
        assert response.status == 200, (path, response.status)
        return await response.text()

    async def post(self, path: str, fields: Mapping[str, str] | None = None, **more: Any) -> ClientResponse:
        """Post a form of one's own."""
        data = {"form_key": self.form_key, **(fields or {})}
        return await self.client.post(path, data=data, allow_redirects=False, **more)

    async def sign_in(self, name: str, password: str = PASSWORD) -> ClientResponse:
        """Sign in, and learn the key of the session's forms."""
        response = await self.client.post(
            "/staff/login", data={"name": name, "password": password}, allow_redirects=False
        )
        if response.status == 303:
            await self.learn()
        return response

    async def learn(self) -> None:
        """Learn the key of the session's forms, which changes with its token."""
        page = await self.client.get("/staff/me")
        found = _FORM_KEY.search(await page.text())
        self.form_key = found.group(1) if found else ""


@dataclass
class Office:
    """The running service: the console with its stores and the public site beside it."""

    internal: TestServer
    public: TestServer
    assistant: Assistant
    records: Records
    clock: Clock
    _clients: list[TestClient[Any, Any]] = field(default_factory=list)

    async def desk(self, name: str | None = None) -> Desk:
        """Return a desk with a browser of its own; signed in with a name."""
        client: TestClient[Any, Any] = TestClient(self.internal)
        self._clients.append(client)
        desk = Desk(client)
        if name is not None:
            assert (await desk.sign_in(name)).status == 303
        return desk

    def add(self, name: str, *roles: Role, cities: tuple[str, ...] = (), is_own: bool = True) -> None:
        """Add somebody with PASSWORD; `is_own` False: it is to be changed at the first sign-in."""
        self.records.add_officer(name, f"{name}同志", roles, cities, HASH, "test", self.clock())
        if is_own:
            self.records.set_password(name, HASH, must_change=False, by=name, now=self.clock())

    async def close(self) -> None:
        """Close every browser."""
        for client in self._clients:
            await client.close()


@asynccontextmanager
async def office(
    advisor: Advisor,
    folder: Path,
    *,
    is_beyond: bool = False,
    operators: Operators = WITH_OFFICE,
    people: Mapping[str, tuple[Role, ...]] = EVERYBODY,
    public_url: str | None = None,
) -> AsyncIterator[Office]:
    """Open the service in `folder` with `people` signed up."""
    clock = Clock()
    assistant = assembled(advisor, folder / "data", clock, operators)
    assert assistant.records is not None
    records = assistant.records
    settings = Settings(data_dir=folder, public_url=public_url)
    public = build_app(settings, assistant, advisor.library, Identities(bytes(32)))
    internal: web.Application = build_internal(Health({}))
    add_console(internal, public[SITE], records, is_beyond=is_beyond)
    servers = [TestServer(internal), TestServer(public)]
    for server in servers:
        await server.start_server()
    opened = Office(*servers, assistant, records, clock)
    for name, roles in people.items():
        opened.add(name, *roles)
    try:
        yield opened
    finally:
        await opened.close()
        for server in servers:
            await server.close()
