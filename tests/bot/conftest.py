"""What the tests of the public site, and of what is kept of dialogs, are run with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from bot.assistant import Assistant
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.asking import Client, Open
from tests.bot.declaring import WITH_OFFICE, Clock, Person, opened
from tests.bot.fakes import build_site


@pytest_asyncio.fixture
async def open_site(library: Library, advisor: Advisor, tmp_path: Path) -> AsyncIterator[Open]:
    """Yield a function that starts the site and returns its client; another advisor or public address by keyword."""
    clients: list[Client] = []

    async def start(*, by: Advisor | None = None, public_url: str | None = None) -> Client:
        app = build_site(by or advisor, library, tmp_path, public_url=public_url)
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def assistant(advisor: Advisor, tmp_path: Path, clock: Clock) -> Iterator[Assistant]:
    with opened(advisor, tmp_path / "data", clock, WITH_OFFICE) as started:
        yield started


@pytest.fixture
def anna(assistant: Assistant) -> Person:
    return Person(assistant)
