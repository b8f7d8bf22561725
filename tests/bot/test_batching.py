"""Requests that come while a batch is under way make up the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.store.batching import Batches


class Carrier:
    """Carries out batches as slowly as a test lets it: `open` lets them pass."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.door = asyncio.Event()

    async def __call__(self, requests: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append([*requests])
        await self.door.wait()
        if 99 in requests:
            raise OSError("carried nothing")
        return [ValueError(f"{number}") if number < 0 else 2 * number for number in requests]


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


async def asked(batches: Batches[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(batches.ask(number)) for number in numbers]
    await asyncio.sleep(0.01)
    return tasks


async def test_what_comes_meanwhile_goes_together_in_its_order_and_each_gets_its_own_answer(carrier: Carrier) -> None:
    batches = Batches(carrier)
    first = await asked(batches, 1)
    rest = await asked(batches, 5, 4, 3)
    assert carrier.batches == [[1]], "one batch at a time"
    carrier.door.set()
    assert await asyncio.gather(*first, *rest) == [2, 10, 8, 6]
    assert carrier.batches == [[1], [5, 4, 3]]


async def test_what_comes_at_once_is_one_batch(carrier: Carrier) -> None:
    carrier.door.set()
    assert await asyncio.gather(*map(Batches(carrier).ask, range(50))) == [2 * number for number in range(50)]
    assert len(carrier.batches) == 1


async def test_an_error_in_place_of_an_answer_is_that_requests_alone(carrier: Carrier) -> None:
    one, wrong, other = await asked(Batches(carrier), 1, -2, 3)
    carrier.door.set()
    assert [await one, await other] == [2, 6]
    with pytest.raises(ValueError, match="-2"):
        await wrong


async def test_a_batch_that_fails_fails_for_all_in_it_and_for_nobody_else(carrier: Carrier) -> None:
    batches = Batches(carrier)
    first = await asked(batches, 12, 99, 14)
    rest = await asked(batches, 15)
    carrier.door.set()
    for task in first:
        with pytest.raises(OSError, match="carried nothing"):
            await task
    assert await rest[0] == 30
    assert await batches.ask(1) == 2, "and it goes on"


async def test_who_gives_up_waiting_takes_nothing_from_the_others(carrier: Carrier) -> None:
    batches = Batches(carrier)
    under_way = await asked(batches, 1, 2)
    waiting = await asked(batches, 3, 4)
    for task in (under_way[0], waiting[0]):
        task.cancel()
    await asyncio.sleep(0)
    carrier.door.set()
    assert [await under_way[1], await waiting[1]] == [4, 8]
    assert carrier.batches == [[1, 2], [3, 4]], "what was asked is done all the same"


async def test_draining_waits_for_everything_that_was_asked(carrier: Carrier) -> None:
    batches = Batches(carrier)
    tasks = [*await asked(batches, 1), *await asked(batches, 2)]
    drained = asyncio.create_task(batches.drain())
    await asyncio.sleep(0.01)
    assert not drained.done()
    carrier.door.set()
    await drained
    assert [task.result() for task in tasks] == [2, 4]
    await batches.drain()
