"""A file of an earlier release is taken over: whoever was in the middle of something goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.base import SESSION_SECONDS
from bot.store.sqlite_file import ConversationsFile

NOW = 1_700_000_000.0
FIRST = "CREATE TABLE session (person TEXT PRIMARY KEY, state TEXT NOT NULL, at REAL NOT NULL)"
SECOND = "CREATE TABLE session (person TEXT PRIMARY KEY, state TEXT NOT NULL, at REAL NOT NULL, until REAL)"


@pytest.mark.parametrize(("tables", "until"), [(FIRST, None), (SECOND, None), (SECOND, NOW + 7 * SESSION_SECONDS)])
def test_sessions_are_taken_over_with_the_time_they_have(tmp_path: Path, tables: str, until: float | None) -> None:
    file = tmp_path / "conversations.sqlite3"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(tables)
        database.execute("CREATE TABLE reply (message TEXT PRIMARY KEY, person TEXT, body TEXT, at REAL)")
        database.execute("INSERT INTO session (person, state, at) VALUES ('anna', '{}', ?)", (NOW,))
        if until is not None:
            database.execute("UPDATE session SET until = ?", (until,))
    ends = until or NOW + SESSION_SECONDS
    for _ in range(2):  # the second time it is one of this release
        with closing(ConversationsFile(file)) as opened:
            assert opened.find("anna", "m", ends - 1) == (None, "{}")
            assert opened.find("anna", "m", ends) == (None, None)


def test_an_upgrade_that_is_cut_short_has_changed_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.store import sqlite_file
    from bot.store.faults import StoreUnavailable

    file = tmp_path / "conversations.sqlite3"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(SECOND)
        database.execute("INSERT INTO session VALUES ('anna', '{}', ?, ?)", (NOW, NOW + 60))
    with monkeypatch.context() as broken:
        broken.setattr(sqlite_file, "_SCHEMA", sqlite_file._SCHEMA + "; CREATE NONSENSE")
        with pytest.raises(StoreUnavailable):
            ConversationsFile(file)
    with closing(ConversationsFile(file)) as opened:
        assert opened.find("anna", "m", NOW) == (None, "{}")
