"""What is done beside answering begins with the service, again and again, and ends with it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot import chores
from bot.store.faults import StoreUnavailable
from bot.store.records import Records
from bot.store.sqlite import SqliteConversations
from dialogs.advisor import Advisor
from tests.bot.conversing import Store, keep
from tests.bot.declaring import DAY, START
from tests.bot.full_site import full_site


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; ten seconds are too long."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  # it is done by another task, which tells nobody
            await asyncio.sleep(0.01)


async def test_what_has_expired_is_gone_from_the_file_when_the_service_starts_again(
    advisor: Advisor, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    store.clock.time = START - 2 * DAY
    await keep(store.open(), person="person-of-yesterday", reply="昨天的话")
    await store.close()
    assert store.files_with("person-of-yesterday")

    def is_empty() -> bool:
        with closing(sqlite3.connect(store.file)) as database:
            return not database.execute("SELECT person FROM session UNION SELECT person FROM reply").fetchall()

    async with full_site(advisor, tmp_path):
        await until(is_empty)
    assert not any(store.files_with(text) for text in ("person-of-yesterday", "昨天的话"))


@pytest.mark.parametrize(
    ("fault", "told"),
    [(StoreUnavailable("读写不了"), "a chore waits: StoreUnavailable"), (KeyError(1), "a chore failed: KeyError")],
)
async def test_a_chore_that_breaks_is_told_and_done_again_and_ends_no_other(
    advisor: Advisor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: Exception,
    told: str,
) -> None:
    tried: list[str] = []

    async def breaks(_: SqliteConversations) -> None:
        tried.append("conversations")
        raise fault

    def works(*_: object) -> None:
        tried.append("records")

    for name in ("CONVERSATIONS_SECONDS", "RECORDS_SECONDS"):
        monkeypatch.setattr(chores, name, 0.01)
    monkeypatch.setattr(SqliteConversations, "purge", breaks)
    monkeypatch.setattr(Records, "purge", works)
    async with full_site(advisor, tmp_path):
        await until(lambda: min(tried.count(name) for name in ("conversations", "records")) >= 3)
    assert told in caplog.text
    done = len(tried)
    await asyncio.sleep(0.05)
    assert len(tried) == done, "with the service its chores end"
