"""The two kinds of hosts that an operator has."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.advisor import Advisor
from tests.bot.operating.hosts import Host
from tests.bot.servers import PostgresServer, RedisServer


@pytest.fixture
def small(advisor: Advisor, tmp_path: Path) -> Host:
    """One machine with all its data in its folder."""
    return Host(advisor, tmp_path / "data")


@pytest.fixture
def large(
    advisor: Advisor, tmp_path: Path, redis_server_running: RedisServer, postgres_server_running: PostgresServer
) -> Host:
    """One machine of several that share Redis and PostgreSQL."""
    redis_server_running.empty()
    servers = {"REDIS_URL": redis_server_running.url, "DATABASE_URL": postgres_server_running.database()}
    return Host(advisor, tmp_path / "data", servers)


@pytest.fixture(params=["small", "large"])
def host(request: pytest.FixtureRequest) -> Host:
    """Each of the two."""
    found: Host = request.getfixturevalue(request.param)
    return found
