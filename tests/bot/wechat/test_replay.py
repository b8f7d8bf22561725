"""The memory of signatures: what is known with one body does not come with another, and the memory has an end."""

from __future__ import annotations

import secrets
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wechat.replay import MAX_SIGNATURES, SignatureMemory

SIGNATURE = "a" * 40
NOW = 1_700_000_000.0


def admits(memory: SignatureMemory, body: bytes, *, signature: str = SIGNATURE, now: float = NOW) -> bool:
    return memory.admits("main", signature, body, now=now)


def test_a_request_may_come_again_unchanged_and_not_with_another_body() -> None:
    memory = SignatureMemory(600)
    assert [admits(memory, body) for body in (b"one", b"one", b"two", b"", b"one")] == [True, True, False, False, True]
    assert len(memory) == 1


def test_a_signature_says_nothing_of_another_one_or_of_another_account() -> None:
    memory = SignatureMemory(600)
    assert admits(memory, b"one")
    assert admits(memory, b"two", signature="b" * 40)
    assert memory.admits("other", SIGNATURE, b"two", now=NOW)
    assert not memory.admits("other", SIGNATURE, b"one", now=NOW)


def test_a_signature_is_remembered_for_as_long_as_it_can_be_valid_and_no_longer() -> None:
    memory = SignatureMemory(600)
    assert admits(memory, b"one")
    assert not admits(memory, b"two", now=NOW + 600)
    assert admits(memory, b"two", now=NOW + 600.1)
    assert not admits(memory, b"one", now=NOW + 600.1)


def test_a_repetition_does_not_make_the_memory_longer() -> None:
    memory = SignatureMemory(600)
    assert admits(memory, b"one")
    assert admits(memory, b"one", now=NOW + 599)
    assert admits(memory, b"two", now=NOW + 601)


def test_what_is_past_its_time_takes_no_room() -> None:
    memory = SignatureMemory(600)
    for second in range(3000):
        assert admits(memory, b"x", signature=f"{second:040x}", now=NOW + second)
    assert len(memory) == 601


def test_where_there_is_no_more_room_the_oldest_is_forgotten_first() -> None:
    memory = SignatureMemory(600, capacity=3)
    for name in "abcd":
        assert admits(memory, b"x", signature=name * 40)
    assert len(memory) == 3
    assert [admits(memory, b"y", signature=name * 40) for name in "bcda"] == [False, False, False, True]


def test_a_clock_that_is_put_back_neither_opens_nor_fills_the_memory() -> None:
    memory = SignatureMemory(600, capacity=5)
    assert admits(memory, b"one")
    assert not admits(memory, b"two", now=NOW - 10_000)
    for number in range(20):
        assert admits(memory, b"x", signature=f"{number:040x}", now=NOW - 10_000)
    assert len(memory) == 5


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from([b"1", b"2", b"3"]), st.integers(0, 400)), max_size=40
    )
)
def test_it_says_what_a_list_of_everything_that_came_would_say(requests: list[tuple[str, bytes, int]]) -> None:
    memory, came, clock = SignatureMemory(600), list[tuple[str, bytes, int]](), 0
    for signature, body, later in requests:
        clock += later
        first = next((old for name, old, when in came if name == signature and clock - when <= 600), None)
        assert memory.admits("main", signature, body, now=clock) is (first in (None, body))
        if first is None:
            came.append((signature, body, clock))


def test_neither_signatures_nor_bodies_are_kept_and_the_key_is_of_this_memory_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[bytes] = []
    real = secrets.token_bytes

    def recorded(size: int) -> bytes:
        made.append(real(size))
        return made[-1]

    monkeypatch.setattr(secrets, "token_bytes", recorded)
    memories = SignatureMemory(600), SignatureMemory(600)
    for memory in memories:
        assert admits(memory, "我住某街1号".encode())
    kept = [repr(vars(memory)["_seen"]) for memory in memories]
    assert "某街" not in kept[0]
    assert SIGNATURE not in kept[0]
    assert kept[0] != kept[1]
    assert [len(key) for key in made] == [32, 32]
    assert made[0] != made[1]


def test_the_smallest_memory_remembers_one_signature_for_a_moment() -> None:
    memory = SignatureMemory(0.5, capacity=1)
    assert [admits(memory, body) for body in (b"one", b"two")] == [True, False]


@pytest.mark.parametrize(("seconds", "capacity"), [(0, 1), (-1, 1), (600, 0)])
def test_a_memory_that_would_remember_nothing_is_not_made(seconds: float, capacity: int) -> None:
    with pytest.raises(ValueError, match="大于 0"):
        SignatureMemory(seconds, capacity=capacity)


def test_a_full_memory_costs_microseconds_and_a_few_tens_of_megabytes() -> None:
    tracemalloc.start()
    memory = SignatureMemory(600)
    names = [f"{number:040x}" for number in range(MAX_SIGNATURES + 2000)]
    before, _ = tracemalloc.get_traced_memory()
    for name in names[:MAX_SIGNATURES]:
        admits(memory, b"x", signature=name)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    body, costs = secrets.token_bytes(1000), list[float]()
    for name in names[MAX_SIGNATURES:]:
        start = time.perf_counter()
        admits(memory, body, signature=name)
        costs.append(time.perf_counter() - start)
    assert len(memory) == MAX_SIGNATURES == 100_000
    assert held < 40_000_000
    assert sorted(costs)[len(costs) // 2] < 50e-6
