"""The service with what staff publish brought to its answers, and the two ends of it: a writer and a resident."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.publishing import Publishing
from dialogs.advisor import Advisor
from tests.bot.staff.console import Desk, Office, office

ASKED = "派出所周末上班吗"
LINE = "办法只写了由居住地公安派出所受理，没有写几点上班。"
FIELDS = {"city": "bazhong", "asks": f"{ASKED}\r\n周末派出所开不开门", "line": LINE, "places": "8条"}
WORDS = "受理居住证申领一般由居住地公安派出所负责"


@asynccontextmanager
async def answering(advisor: Advisor, folder: Path) -> AsyncIterator[Office]:
    """Open the service in `folder`; what is published there is what it answers."""
    async with office(advisor, folder) as opened:
        opened.assistant.publishing = Publishing(opened.records, folder / "data", opened.clock)
        yield opened


async def resident_hears(service: Office, text: str = ASKED, city: str = "bazhong") -> dict[str, Any]:
    """Return what somebody is told who opens the site for the first time and asks."""
    async with ClientSession() as session:
        response = await session.post(service.public.make_url("/api/say"), json={"text": text, "city": city})
        said: dict[str, Any] = await response.json()
        return said


async def saved(desk: Desk, act: str = "hand_in", **changed: str) -> int:
    """Write an answer; return the number of the revision."""
    response = await desk.post("/staff/faq/new", {**FIELDS, **changed, "act": act})
    assert response.status == 303, await response.text()
    found = re.match(r"/staff/faq/(\d+)", response.headers["Location"])
    assert found
    return int(found[1])


async def told(desk: Desk, path: str, **fields: str) -> tuple[int, str]:
    """Post a form; return the status and the page."""
    response = await desk.post(path, fields)
    return response.status, await response.text()


def text_of(page: str) -> str:
    """Return a page without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
