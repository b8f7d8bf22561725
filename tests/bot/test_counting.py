"""Turns are counted off the turn, for the overview: how many and how fast, and nothing of who asked or what."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from timeit import repeat
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot import chores, counting, metrics
from bot.app import build_app
from bot.counting import Counting
from bot.identity import Identities
from bot.opening import make_assistant
from bot.settings import Settings
from bot.store.counting import OVER, UNDER
from bot.store.faults import StoreUnavailable
from bot.store.records import Records
from bot.store.vault import Vault
from dialogs.advisor import Advisor
from dialogs.saying import Kind, Part, Saying
from knowledge.library import Library
from tests.bot.asking import ask
from tests.bot.declaring import Clock
from tests.bot.keeping import NAME, NUMBER, Place, found_in
from tests.bot.test_chores import until

TODAY = date(2026, 11, 2)
LONG_AGO, FAR_AHEAD = date(2000, 1, 1), date(2100, 1, 1)


def said(kind: Kind = Kind.ANSWER, city: str | None = "luoyang", topic: str | None = "fee") -> Saying:
    return Saying(kind, city, topic, (Part(kind, "……"),))


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path, Vault(tmp_path))
    yield opened
    opened.close()


def kept(records: Records, kind: Kind = Kind.ANSWER) -> dict[date, int]:
    found = records.turns_by("day", LONG_AGO, FAR_AHEAD)
    return {day: count for (day, of), count in found.items() if of == kind}


async def test_turns_are_counted_by_what_they_were_and_kept_once(records: Records) -> None:
    counted = Counting(records, Clock())
    for _ in range(3):
        counted.note("web", said(), 0.004)
    counted.note("wechat", said(Kind.CLARIFY, None, None), 0.004)
    assert kept(records) == {}, "off the turn"
    await counted.flush()
    await counted.flush()
    assert records.turns_by("channel", TODAY, TODAY) == {("web", "answer"): 3, ("wechat", "clarify"): 1}
    assert records.turns_by("city", TODAY, TODAY) == {("luoyang", "answer"): 3, ("", "clarify"): 1}
    assert records.turns_by("topic", TODAY, TODAY) == {("fee", "answer"): 3, ("", "clarify"): 1}
    assert records.turn_times(TODAY, TODAY) == {(TODAY, 5): 4}


async def test_a_day_begins_at_midnight_in_china_and_a_clock_put_back_is_followed(records: Records) -> None:
    clock = Clock()
    counted = Counting(records, clock)
    midnight = datetime(2026, 11, 3, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
    for at in (midnight - 0.001, midnight, midnight + 86_399, midnight + 86_400, midnight - 1):
        clock.at = at
        counted.note("web", said(), 0.001)
    await counted.flush()
    assert kept(records) == {TODAY: 2, date(2026, 11, 3): 2, date(2026, 11, 4): 1}


@given(milliseconds=st.floats(0, 100_000))
def test_a_turn_took_no_longer_than_its_bucket_and_longer_than_the_one_before(milliseconds: float) -> None:
    counted = Counting(None, Clock())  # type: ignore[arg-type]  # nothing is flushed
    counted.note("web", said(), milliseconds / 1000)
    ((_, under),) = counted._times
    index = bisect_left(UNDER, under) if under != OVER else len(UNDER)
    near = pytest.approx(milliseconds)
    assert under in (OVER, near) or milliseconds <= under
    assert index == 0 or milliseconds > UNDER[index - 1] or UNDER[index - 1] == near


async def test_while_the_records_are_out_nothing_piles_up_and_what_is_lost_is_told(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(self: Records, *_: object) -> None:
        raise StoreUnavailable("申报数据库 读写不了")

    dropped = metrics.COUNTS.labels("dropped")
    before, counted = dropped._value.get(), Counting(records, Clock())
    with monkeypatch.context() as broken:
        broken.setattr(Records, "add_counts", out)
        for _ in range(5):
            counted.note("web", said(), 0.004)
        await counted.flush()
    assert dropped._value.get() == before + 5
    await counted.flush()
    assert kept(records) == {}
    counted.note("web", said(), 0.004)
    await counted.flush()
    assert kept(records) == {TODAY: 1}, "counted again once the records are back"


async def test_where_nothing_is_flushed_memory_does_not_grow(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_MOST", 10)
    counted = Counting(records, Clock())
    for number in range(50):
        counted.note("web", said(topic=f"topic-{number}"), 0.004)
        counted.note("web", said(topic="topic-0"), 0.004)
    assert len(counted._turns) == 10
    await counted.flush()
    topics = records.turns_by("topic", TODAY, TODAY)
    assert len(topics) == 10
    assert topics["topic-0", "answer"] == 51, "what is known already is counted on"


def test_counting_costs_a_turn_next_to_nothing() -> None:
    counted = Counting(None, Clock())  # type: ignore[arg-type]  # nothing is flushed
    sayings = [said(kind, city) for kind in Kind for city in ("luoyang", "chifeng", None)]

    def count() -> None:
        for saying in sayings:
            counted.note("web", saying, 0.0031)

    best = min(repeat(count, number=200, repeat=10)) / 200 / len(sayings)
    assert best < 5e-6, "two microseconds, and as much again for a machine that is busy"


async def test_the_service_counts_emergencies_and_numbers_too_and_keeps_no_word_of_them(
    advisor: Advisor, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where questions are not to be kept, and without waiting for the end of the service."""
    monkeypatch.setattr(chores, "COUNTS_SECONDS", 0.01)
    settings = Settings(data_dir=tmp_path, keeps_questions=False)
    assistant = make_assistant(settings, advisor)
    app = build_app(settings, assistant, library, Identities(bytes(32)))
    assert assistant.records is not None
    async with TestClient(TestServer(app)) as client:
        for text in (f"我是{NAME}，洛阳办居住证要钱吗", "救命，有人要跳楼", f"我的身份证号是{NUMBER}"):
            await ask(client, text)
        found = assistant.records
        kinds = {"answer", "refuse", "privacy"}
        await until(lambda: {kind for _, kind in found.turns_by("channel", LONG_AGO, FAR_AHEAD)} == kinds)
    with Place(tmp_path).opened() as (opened, _):
        assert set(opened.turns_by("channel", LONG_AGO, FAR_AHEAD)) == {("web", kind) for kind in kinds}
        assert opened.questions(0, 10) == ()
    assert found_in(tmp_path, NAME.encode()) == found_in(tmp_path, NUMBER.encode()) == []


async def test_what_was_counted_last_is_kept_when_the_service_ends(advisor: Advisor, tmp_path: Path) -> None:
    assistant = make_assistant(Settings(data_dir=tmp_path), advisor)
    await assistant.hear("p" * 32, "赤峰补办要钱吗")
    await assistant.close()
    await asyncio.sleep(0)
    with Place(tmp_path).opened() as (opened, _):
        assert sum(opened.turns_by("city", LONG_AGO, FAR_AHEAD).values()) == 1
