"""The public site with all its stores, and somebody who declares there over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient, TestServer

from bot.app import build_app
from bot.assistant import Assistant
from bot.identity import Identities
from bot.settings import Settings, WechatAccount
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.asking import Client, ask
from tests.bot.declaring import BEFORE_THE_PAGES, PHOTO, Clock, Operators, Say, Step, Write, assembled, until_submission


@asynccontextmanager
async def full_site(
    advisor: Advisor,
    folder: Path,
    *,
    clock: Clock | None = None,
    operators: Operators = (),
    public_url: str | None = None,
    accounts: tuple[WechatAccount, ...] = (),
) -> AsyncIterator[tuple[Client, Assistant]]:
    """Serve the site with stores in `folder`; yield a browser of it, and the assistant behind it."""
    assistant = assembled(advisor, folder, clock or Clock(), operators)
    settings = Settings(public_url=public_url, data_dir=folder, wechat_accounts=accounts)
    app = build_app(settings, assistant, advisor.library, Identities(bytes(32)))
    async with TestClient(TestServer(app)) as client:
        yield client, assistant


def link_in(said: dict[str, Any]) -> str:
    """Return the page that an answer of /api/say offers."""
    links = [link["href"] for part in said["parts"] for link in part["links"]]
    assert len(links) == 1, said
    return str(links[0])


def path_in(page: str) -> str:
    """Return the page that a chat page without scripts offers."""
    found = re.search(r'href="(/page/[\w-]+)"', page)
    assert found, page
    return found[1]


async def give(client: Client, path: str, answer: str, **headers: str) -> ClientResponse:
    """Post a text on a page, without following where it leads."""
    return await client.post(path, data={"answer": answer}, headers=headers, allow_redirects=False)


async def give_photo(client: Client, path: str, data: bytes, kind: str = "image/jpeg") -> ClientResponse:
    """Post a file on a page."""
    form = FormData()
    form.add_field("photo", BytesIO(data), filename="me.jpg", content_type=kind)
    return await client.post(path, data=form, allow_redirects=False)


async def take(client: Client, *steps: Step) -> dict[str, Any]:
    """Take steps of a declaration over HTTP and return the last answer of the talk."""
    said: dict[str, Any] = {}
    path = ""
    for step in steps:
        if isinstance(step, Say):
            _, said = await ask(client, step.text)
            continue
        path = path or link_in(said)
        is_photo = isinstance(step.answer, bytes)
        response = await (give_photo(client, path, PHOTO) if is_photo else give(client, path, str(step.answer)))
        assert response.status in {200, 303}, await response.text()
        path = response.headers.get("Location", "")
        if not path:
            _, said = await ask(client, "继续")
    return said


async def at_the_number(client: Client, library: Library) -> str:
    """Say what comes before the first page and return its path."""
    return link_in(await take(client, *until_submission(library)[:BEFORE_THE_PAGES]))


async def at_the_photo(client: Client, library: Library) -> str:
    """Fill in everything but the photo and return the path of its page."""
    steps = until_submission(library)
    assert isinstance(steps[-1], Write)
    return link_in(await take(client, *steps[:-1]))
