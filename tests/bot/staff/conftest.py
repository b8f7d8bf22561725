"""The console, opened for a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from dialogs.advisor import Advisor
from tests.bot.staff.console import Office, office


@pytest_asyncio.fixture
async def service(advisor: Advisor, tmp_path: Path) -> AsyncIterator[Office]:
    """Yield the service with one person of every role."""
    async with office(advisor, tmp_path) as opened:
        yield opened
