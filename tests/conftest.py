"""What every test may use: the real library, advisor and look-up, prepared once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from bot.store.sqlite import SqliteConversations
from dialogs.advisor import Advisor
from dialogs.lookup import Clerk
from knowledge.library import Library
from knowledge.loading import open_library


@pytest.fixture(autouse=True)
def stores_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close every store a test opens: one left open would be a warning, and warnings are errors."""
    opened: list[SqliteConversations] = []
    open_store = SqliteConversations.__init__

    def remember(store: SqliteConversations, *given: Any, **named: Any) -> None:
        open_store(store, *given, **named)
        opened.append(store)

    monkeypatch.setattr(SqliteConversations, "__init__", remember)
    yield
    for store in opened:
        # A store may only be closed by the thread that opened it; a served site closes its own.
        with suppress(sqlite3.ProgrammingError):
            store.close()


@pytest.fixture(scope="session")
def library() -> Library:
    return open_library()


@pytest.fixture(scope="session")
def advisor(library: Library) -> Advisor:
    return Advisor(library)


@pytest.fixture(scope="session")
def clerk(library: Library, advisor: Advisor) -> Clerk:
    return Clerk(library, advisor.reader)
