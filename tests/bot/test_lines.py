"""Whose turn it is and how often something happened, within one process and by a clock that is set by hand."""

from __future__ import annotations

import asyncio

import pytest

from bot.store.base import Limits
from bot.store.counters import Counters
from bot.store.lines import Lines


class Clock:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def lines_by(clock: Clock, *, wait_seconds: float = 0.0) -> Lines:
    return Lines(Limits(lease_seconds=4, wait_seconds=wait_seconds), clock)


async def test_a_turn_is_held_until_it_is_left(clock: Clock) -> None:
    lines = lines_by(clock)
    token = await lines.enter("anna")
    assert token is not None
    assert lines.holds("anna", token)
    assert lines.is_busy("anna")
    assert not lines.is_busy("boris")
    assert await lines.enter("anna") is None
    lines.leave("anna", token)
    assert not lines.holds("anna", token)
    assert not lines.is_busy("anna")
    assert await lines.enter("anna") is not None


async def test_a_turn_is_lost_to_the_next_when_its_lease_ends_and_not_before(clock: Clock) -> None:
    lines = lines_by(clock)
    late = await lines.enter("anna")
    assert late is not None
    clock.time += 3.99
    assert await lines.enter("anna") is None
    clock.time += 0.01
    taken_over = await lines.enter("anna")
    assert taken_over is not None
    assert not lines.holds("anna", late)
    lines.leave("anna", late)
    assert lines.holds("anna", taken_over), "who lost its turn ends no other's"


async def test_a_turn_that_nobody_took_over_is_still_its_owners(clock: Clock) -> None:
    lines = lines_by(clock)
    token = await lines.enter("anna")
    assert token is not None
    clock.time += 60
    assert lines.holds("anna", token)


async def test_a_turn_that_is_being_written_is_taken_over_by_nobody(clock: Clock) -> None:
    lines = lines_by(clock)
    token = await lines.enter("anna")
    assert token is not None
    assert lines.stay("anna", token)
    clock.time += 60
    lines.tidy_up()
    assert await lines.enter("anna") is None
    lines.leave("anna", token)
    assert not lines.stay("anna", token)
    assert await lines.enter("anna") is not None
    assert not lines.stay("anna", token)


async def test_the_first_in_the_line_goes_first_also_past_a_dead_holder() -> None:
    lines = Lines(Limits(lease_seconds=0.1, wait_seconds=5))
    await lines.enter("anna")
    order: list[int] = []

    async def turn(number: int) -> None:
        token = await lines.enter("anna")
        assert token is not None
        order.append(number)
        lines.leave("anna", token)

    await asyncio.wait_for(asyncio.gather(*(turn(number) for number in range(10))), 3)
    assert order == [*range(10)]


async def test_dead_holders_with_nobody_behind_them_are_forgotten(clock: Clock) -> None:
    lines = lines_by(clock)
    dead = await lines.enter("anna")
    assert dead is not None
    clock.time += 3
    boris = await lines.enter("boris")
    assert boris is not None
    clock.time += 1
    lines.tidy_up()
    assert not lines.is_busy("anna")
    assert not lines.holds("anna", dead)
    assert lines.holds("boris", boris)


async def test_a_line_is_not_forgotten_while_somebody_waits_in_it() -> None:
    lines = Lines(Limits(lease_seconds=0.05, wait_seconds=5))
    await lines.enter("anna")
    waits = asyncio.create_task(lines.enter("anna"))
    await asyncio.sleep(0)
    lines.tidy_up()
    token = await asyncio.wait_for(waits, 3)
    assert token is not None
    assert lines.holds("anna", token)


def test_a_window_begins_with_its_first_and_ends_for_all_at_once(clock: Clock) -> None:
    counters = Counters(clock)
    assert counters.take("a", 2, 60)
    clock.time += 59
    assert counters.take("a", 2, 60)
    assert not counters.take("a", 2, 60)
    assert counters.take("b", 2, 60)
    clock.time += 1
    assert [counters.take("a", 2, 60) for _ in range(3)] == [True, True, False]


def test_windows_that_have_ended_are_forgotten_and_no_others(clock: Clock) -> None:
    counters = Counters(clock)
    counters.take("a", 1, 60)
    counters.take("b", 1, 61)
    clock.time += 60
    counters.tidy_up()
    assert list(counters._counts) == ["b"]
    assert counters.take("a", 1, 60)
    assert not counters.take("b", 1, 60)
