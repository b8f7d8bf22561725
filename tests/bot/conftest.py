"""What the tests of the public site, and of what is kept of dialogs, are run with."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.asking import Client, Open
from tests.bot.blocking import Blocking
from tests.bot.conversing import Store
from tests.bot.declaring import WITH_OFFICE, Clock, Person, opened
from tests.bot.fakes import build_site
from tests.bot.keeping import Place, keeping
from tests.bot.servers import PostgresServer, RedisServer, postgres_server, redis_server
from tests.bot.several_hosts import Hosts


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
def assistant(advisor: Advisor, tmp_path: Path, clock: Clock) -> Iterator[Blocking]:
    with opened(advisor, tmp_path / "data", clock, WITH_OFFICE) as started:
        yield started


@pytest.fixture
def anna(assistant: Blocking) -> Person:
    return Person(assistant)


@pytest.fixture(scope="session")
def redis_server_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One Redis for the whole session: a test empties it first. Tests that stop a server start one of their own."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(params=["sqlite", "redis"])
def conversations_server(request: pytest.FixtureRequest) -> RedisServer | None:
    """Where conversations are kept, of each kind there is: a file (None) or an empty Redis."""
    if request.param == "sqlite":
        return None
    server: RedisServer = request.getfixturevalue("redis_server_running")
    server.empty()
    return server


@pytest_asyncio.fixture
async def store(conversations_server: RedisServer | None, tmp_path: Path) -> AsyncIterator[Store]:
    found = Store(tmp_path, conversations_server)
    yield found
    await found.close()


@pytest_asyncio.fixture
async def redis_store(redis_server_running: RedisServer, tmp_path: Path) -> AsyncIterator[Store]:
    redis_server_running.empty()
    found = Store(tmp_path, redis_server_running)
    yield found
    await found.close()


@pytest.fixture(scope="session")
def postgres_server_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole session: a test takes a database of its own from it."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_tables(postgres_server_running: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with all tables, which one test after the other finds empty."""
    database = postgres_server_running.database()
    with keeping(tmp_path_factory.mktemp("tables"), database):
        return database


@pytest.fixture
def shared(postgres_server_running: PostgresServer, postgres_tables: str, tmp_path: Path) -> Place:
    """An empty place for records and keys on the server, that hosts may share."""
    found = Place(tmp_path, postgres_tables, postgres_server_running)
    found.empty()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place for records and keys, of each kind there is."""
    if request.param == "sqlite":
        return Place(tmp_path)
    found: Place = request.getfixturevalue("shared")
    return found


@pytest.fixture(scope="module")
def hosts(
    tmp_path_factory: pytest.TempPathFactory,
    redis_server_running: RedisServer,
    postgres_server_running: PostgresServer,
) -> Hosts:
    """Where servers with folders of their own share one Redis and one PostgreSQL, both empty."""
    redis_server_running.empty()
    return Hosts(tmp_path_factory.mktemp("hosts"), redis_server_running, postgres_server_running)


@pytest.fixture
def fresh() -> str:
    """The name of somebody nobody has heard of."""
    return f"o{secrets.token_hex(8)}"
