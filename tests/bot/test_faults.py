"""A part of the service is taken away under load and given back: questions are answered, dialogs wait, all is kept."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from redis import Redis

from bot.store.engines import open_engine
from bot.store.faults import StoreUnavailable
from bot.store.migrating import NEWEST, migrate
from bot.store.records import Records
from dialogs import words
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.declaring import (
    HOUR,
    START,
    WITH_OFFICE,
    Clock,
    Person,
    opened,
    receipt_in,
    until_submission,
    whole_declaration,
)
from tests.bot.loading import ALL_IS_THERE, FIRST_LINE, QUESTION, live_through, under_load
from tests.bot.process import Service, refusal, running
from tests.bot.taking_away import FAULTS, Parts, ended, full, small_disk, with_servers
from tests.bot.visiting import Follower, connected, in_turn, person_of, written_settings


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    with with_servers(tmp_path_factory.mktemp("faults")) as started:
        yield started


@pytest.mark.parametrize("name", FAULTS)
async def test_questions_are_answered_dialogs_wait_and_everything_is_kept(
    parts: Parts, library: Library, name: str
) -> None:
    fault, seconds, out = FAULTS[name]
    async with under_load(library, parts.service) as load:
        seen = await live_through(load, lambda: fault(parts), seconds, out=out)
    assert seen.wrong == []
    assert seen.went_on
    assert bool(seen.paused) == bool(out)


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system can only be mounted by root")
async def test_a_full_disk_stops_what_must_be_kept_and_nothing_else(tmp_path: Path, library: Library) -> None:
    with small_disk(tmp_path), running(tmp_path, **written_settings(tmp_path)) as service:
        async with under_load(library, service) as load:
            seen = await live_through(load, lambda: full(service.data), 2.0, out=None)
        assert seen.wrong == []
        assert seen.paused
        assert "conversations" in {part for part, state in seen.parts[0].items() if state == "out"}


def test_what_was_handed_in_and_kept_is_told_even_when_its_draft_cannot_be_removed_yet(
    advisor: Advisor, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(*_: object) -> None:
        raise StoreUnavailable("申报数据库 读写不了")

    monkeypatch.setattr(Records, "forget_draft", out)
    with opened(advisor, tmp_path, Clock(), WITH_OFFICE) as assistant:
        anna = Person(assistant)
        anna.do(*whole_declaration(library))
        assert len(anna.receipts()) == 1
        assert receipt_in(anna.heard) == anna.receipts()[0]


# -------------------------------------------------------------------------------------------- the clock jumps

NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 58, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()


@pytest.mark.parametrize(
    ("begins", "jump"),
    [(START, 2 * HOUR), (START, -2 * HOUR), (NEW_YEARS_EVE, HOUR), (NEW_YEARS_EVE + HOUR, -HOUR)],
    ids=["forward", "back", "across New Year", "back across New Year"],
)
@pytest.mark.parametrize("at", [3, 12, 16], ids=["in the talk", "after pages", "before the photo"])
def test_a_clock_that_jumps_loses_and_doubles_nothing(
    advisor: Advisor, library: Library, tmp_path: Path, begins: float, jump: float, at: int
) -> None:
    """In this process, with its own clock: links made before may be over, and are given anew."""
    clock = Clock()
    clock.at = begins
    steps = whole_declaration(library)
    with opened(advisor, tmp_path, clock, WITH_OFFICE) as assistant:
        anna = Person(assistant)
        anna.do(*steps[:at])
        told = anna.say(QUESTION, key="asked before")
        clock.at += jump
        assert anna.say(QUESTION, key="asked before").startswith(told[:10])
        assert FIRST_LINE in anna.say(QUESTION)
        anna.say("重复")
        anna.do(*steps[at:])
        receipt = receipt_in(anna.heard)
        assert anna.say("我的申报").count(receipt) == 1
        assert anna.receipts() == [receipt]
        clock.at -= jump
        assert anna.receipts() == [receipt]
        assert FIRST_LINE in anna.say(QUESTION)


# -------------------------------------------------------------------------------------------- what is kept is poisoned

TOO_DEEP = "[" * 100_000
POISONS = (
    *("", "{", "[]", "null", "7", '"text"', "\0", "aes-256-gcm.x.y", '{"city": 7}', '{"city": "atlantis"}'),
    *('{"topics": ["nothing", 7], "waiting": ["nothing"], "offered": ["x"]}', '{"flow": {"flow": "nowhere"}}'),
    *('{"flow": {"flow": "precheck", "answers": 3}}', '{"flow": {"flow": "precheck", "answers": {"x": 7}}}'),
    *('{"flow": {"flow": "precheck", "answers": {"city": "atlantis"}, "ask": "nothing"}}', '{"parked": [{}]}'),
    '{"flow": {"flow": "declaration", "answers": {"city": "bazhong", "document": "none"}}, "city": "bazhong"}',
    json.dumps({"city": "巴" * 200_000, "topics": ["x"] * 50_000}),
)


async def _survivals(service: Service, poison: Callable[[str, str], None], poisons: Iterable[str]) -> list[str]:
    """Poison somebody's session, ask and begin a dialog as they; return with what that went wrong."""
    wrong = []
    async with connected() as session:
        for text in poisons:
            anna = Follower(session, f"o{secrets.token_hex(8)}")
            await anna.say(service, "我在洛阳")
            poison(person_of(service, anna.name), text)
            is_right = (await anna.say(service, QUESTION)).startswith(FIRST_LINE)
            poison(person_of(service, anna.name), text)
            goes_on = words.PAUSED not in await anna.say(service, "看看能不能办")
            wrong += [] if is_right and goes_on else [text[:60]]
    return wrong + [line for line in service.errors() if "failed: " in line]


async def test_a_poisoned_session_in_redis_is_an_empty_one(parts: Parts) -> None:
    with Redis.from_url(parts.redis.url) as redis:

        def poison(person: str, text: str) -> None:
            redis.set(f"juzhuzheng:{{{person}}}:session", text)

        assert await _survivals(parts.service, poison, POISONS) == []


async def test_a_dialog_of_somebody_else_is_not_opened(parts: Parts, library: Library) -> None:
    async with connected() as session:
        anna, boris = Follower(session, "oanna"), Follower(session, "oboris")
        for person in (anna, boris):
            await person.walk(in_turn(parts.service), until_submission(library)[:7])
        keys = [f"juzhuzheng:{{{person_of(parts.service, one.name)}}}:session" for one in (anna, boris)]
        with Redis.from_url(parts.redis.url) as redis:
            redis.set(keys[1], redis.get(keys[0]))
        assert "欧阳小麦" not in await boris.say(parts.service, "进度")
        assert "欧阳小麦" in await anna.say(parts.service, "进度")
        assert (await boris.say(parts.service, QUESTION)).startswith(FIRST_LINE)


@pytest.mark.parametrize("poisons", [POISONS, (TOO_DEEP,)], ids=["wrong", "too deep"])
async def test_a_poisoned_session_in_the_file_is_an_empty_one(tmp_path: Path, poisons: tuple[str, ...]) -> None:
    with running(tmp_path, **written_settings(tmp_path)) as service:

        def poison(person: str, text: str) -> None:
            with closing(sqlite3.connect(service.data / "conversations.sqlite3")) as database, database:
                changed = database.execute("UPDATE session SET state = ? WHERE person = ?", (text, person))
                assert changed.rowcount == 1

        assert await _survivals(service, poison, poisons) == []


# -------------------------------------------------------------------------------------------- migrations


def _statement(database: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


async def test_a_database_that_is_not_what_it_says_is_not_used(parts: Parts, tmp_path: Path) -> None:
    """Of an unknown revision, the start is refused; half migrated by hand, the records are out until that is mended."""
    database = parts.postgres.database()
    settings = {**parts.settings, "JUZHUZHENG_DATABASE_URL": database}
    engine = open_engine(database)
    migrate(engine)
    engine.dispose()
    _statement(database, "UPDATE alembic_version SET version_num = '9999'")
    assert "换回新版本的程序，或恢复升级前的备份" in refusal(tmp_path, **settings)
    assert _statement(database, "SELECT version_num FROM alembic_version") == [("9999",)]
    _statement(database, "UPDATE alembic_version SET version_num = '0003'")  # with the tables of the newest
    with running(tmp_path, **settings) as service:
        await _answers_without_records(service, {"records"})
        _statement(database, f"UPDATE alembic_version SET version_num = '{NEWEST}'")  # noqa: S608 - ours
        await _is_whole(service)


async def test_a_start_while_postgresql_is_down_serves_questions_and_needs_no_other(
    parts: Parts, tmp_path: Path
) -> None:
    settings = {**parts.settings, "JUZHUZHENG_DATABASE_URL": parts.postgres.database()}
    with ExitStack() as outage:
        outage.enter_context(ended(parts.postgres, gently=False))
        with running(tmp_path, **settings) as service:
            await _answers_without_records(service, {"records", "keys"})
            outage.close()
            await _is_whole(service)


async def _answers_without_records(service: Service, out: set[str]) -> None:
    assert {part for part, state in service.parts().items() if state == "out"} == out
    async with connected() as session:
        anna = Follower(session, f"o{secrets.token_hex(8)}")
        assert (await anna.say(service, QUESTION)).startswith(FIRST_LINE)
        assert ALL_IS_THERE in await anna.say(service, "我要申报")


async def _is_whole(service: Service) -> None:
    """Return once every part is in order and a dialog begins."""
    for _ in range(100):
        if set(service.parts().values()) == {"ok"}:
            break
        await asyncio.sleep(0.1)
    assert set(service.parts().values()) == {"ok"}
    async with connected() as session:
        assert "哪个市" in await Follower(session, f"o{secrets.token_hex(8)}").say(service, "我要申报")
