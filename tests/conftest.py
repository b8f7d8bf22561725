"""What every test may use: the real library, advisor and look-up, prepared once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.sqlite_file import ConversationsFile
from dialogs.advisor import Advisor
from dialogs.lookup import Clerk
from knowledge.library import Library
from knowledge.loading import open_library
from tests.watching_logs import LogWatch


@pytest.fixture(autouse=True)
def stores_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close every file a test opens: one left open would be a warning, and warnings are errors."""
    opened: list[ConversationsFile] = []
    open_file = ConversationsFile.__init__

    def remember(file: ConversationsFile, path: Path) -> None:
        open_file(file, path)
        opened.append(file)

    monkeypatch.setattr(ConversationsFile, "__init__", remember)
    yield
    for file in opened:
        file.close()


@pytest.fixture(scope="session")
def library() -> Library:
    return open_library()


@pytest.fixture(scope="session")
def advisor(library: Library) -> Advisor:
    return Advisor(library)


@pytest.fixture(scope="session")
def clerk(library: Library, advisor: Advisor) -> Clerk:
    return Clerk(library, advisor.reader)


@pytest.fixture(scope="session")
def log_watch() -> Iterator[LogWatch]:
    watch = LogWatch()
    logging.getLogger("bot").addHandler(watch)
    yield watch
    logging.getLogger("bot").removeHandler(watch)


@pytest.fixture(autouse=True)
def nobody_stands_in_the_log(log_watch: LogWatch) -> Iterator[None]:
    """Let a test fail in which the program logged one of the people of the tests, or anything like their numbers."""
    yield
    assert log_watch.taken() == []
