"""Whoever pushes at the same moment, and whatever crashes: no reminder is pushed twice, and none is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.store.reaching import LEASE_SECONDS
from bot.store.records import Due, Records
from dialogs.effects import CancelReminders, Remind
from tests.bot.keeping import NOW, TODAY, Place, carry_out

FIRST = Remind("kuajing", TODAY, "endorsement")
LATER = NOW + LEASE_SECONDS
"""When a claim, or a push, begun now is over."""


def test_of_those_who_claim_and_begin_at_once_one_gets_each(place: Place) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(place.opened())[0] for _ in range(2)]
        for number in range(12):
            carry_out(opened[0], f"person {number}", FIRST)
        claimed: list[Due] = []
        begun: list[str] = []
        gate = threading.Barrier(6)

        def send(records: Records) -> None:
            gate.wait()
            while dues := records.claim_due(TODAY, NOW, 3):
                claimed.extend(dues)
            gate.wait()
            begun.extend(due.id for due in list(claimed) if records.begin_delivery(due.id, NOW))

        threads = [threading.Thread(target=send, args=(opened[number % 2],)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Counter(due.person for due in claimed) == {f"person {number}": 1 for number in range(12)}
    assert Counter(begun) == {due.id: 1 for due in claimed}


SENDS = """
import sys
from pathlib import Path
from tests.bot.keeping import NOW, TODAY, keeping
with keeping(Path(sys.argv[1]), *sys.argv[2:]) as (records, _):
    print("ready", flush=True)
    sys.stdin.read()
    while dues := records.claim_due(TODAY, NOW, 2):
        for due in dues:
            assert records.begin_delivery(due.id, NOW)
            print(due.person)
"""


def test_two_processes_push_each_reminder_once(place: Place) -> None:
    with place.opened() as (records, _):
        for number in range(9):
            carry_out(records, f"person {number}", FIRST)
    command = [sys.executable, "-W", "error", "-c", SENDS, *place.arguments()]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    pushed: Counter[str] = Counter()
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
    for process in processes:
        assert process.stdout is not None
        with process.stdout as output:
            pushed.update(output.read().splitlines())
        assert process.wait(timeout=60) == 0
    assert pushed == {f"person {number}": 1 for number in range(9)}


KILLED = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from tests.bot.keeping import NOW, TODAY, keeping
def die(*_): os._exit(9)
moment, folder, *database = sys.argv[1:]
with keeping(Path(folder), *database) as (records, _):
    (due,) = records.claim_due(TODAY, NOW, 1)
    if moment == "before it is noted": event.listen(records._engine, "commit", die)
    records.begin_delivery(due.id, NOW)
    die()
"""


@pytest.mark.parametrize("moment", ["before it is noted", "after it is noted"])
def test_a_process_killed_when_a_push_begins_neither_doubles_nor_loses_it(place: Place, moment: str) -> None:
    with place.opened() as (records, _):
        carry_out(records, "anna", FIRST)
    command = [sys.executable, "-c", KILLED, moment, *place.arguments()]
    assert subprocess.run(command, timeout=60, check=False).returncode == 9
    with place.opened() as (records, _):
        again = records.claim_due(TODAY, LATER, 10)
        shown = records.reminders_to_show("anna", LATER)
    assert (len(again), len(shown)) == ((1, 0) if moment == "before it is noted" else (0, 1))


class World:
    """Reminders, the two hosts that push them, the clock of both, and what arrived at people."""

    def __init__(self, place: Place, people: tuple[str, ...]) -> None:
        self.place = place
        self.people = people
        self.now = NOW
        self.pushed: Counter[str] = Counter()
        self.ended: set[str] = set()
        self._stack = [ExitStack(), ExitStack()]
        self.hosts = [stack.enter_context(place.opened())[0] for stack in self._stack]
        for person in people:
            carry_out(self.hosts[0], person, CancelReminders(), FIRST)
        self.senders = [self.sends(0), self.sends(1)]

    def sends(self, host: int) -> Iterator[None]:
        """Push what is due, as a host does it, one call to the records or the platform a step."""
        records = self.hosts[host]
        while True:
            dues = records.claim_due(TODAY, self.now, 2)
            yield
            for due in dues:
                if records.begin_delivery(due.id, self.now):
                    yield
                    self.pushed[due.person] += 1
                    yield
                    if records.end_delivery(due.id, "messaged", self.now):
                        self.ended.add(due.person)
                yield

    def step(self, what: str, host: int) -> None:
        """Let the host do its next call, crash and start again, or let time pass until every lease is over."""
        if what == "call":
            next(self.senders[host])
        elif what == "crash":
            self._stack[host].close()
            self.hosts[host] = self._stack[host].enter_context(self.place.opened())[0]
            self.senders[host] = self.sends(host)
        else:
            self.now += LEASE_SECONDS

    def is_over(self) -> bool:
        """Let a host that does not crash do the rest."""
        self.step("wait", 0)
        self.step("crash", 0)
        for _ in range(6 * len(self.people)):
            self.step("call", 0)
        self.step("wait", 0)
        return self.hosts[0].claim_due(TODAY, self.now, 10) == ()

    def shown(self) -> Counter[str]:
        """Return who would be told at their next visit."""
        return Counter(due.person for one in self.people for due in self.hosts[0].reminders_to_show(one, self.now))

    def close(self) -> None:
        for stack in self._stack:
            stack.close()


steps = st.tuples(st.sampled_from(("call", "call", "call", "call", "crash", "wait")), st.integers(0, 1))
BEGAN_THEN_CRASHED = [("call", 0), ("call", 0), ("crash", 0)]
PUSHED_THEN_CRASHED = [("call", 0), ("call", 0), ("call", 0), ("crash", 0)]
STALLED_WHILE_CLAIMING = [("call", 0), ("wait", 0), *[("call", 1), ("call", 0)] * 6]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(steps, max_size=24))
@example(story=BEGAN_THEN_CRASHED)
@example(story=PUSHED_THEN_CRASHED)
@example(story=STALLED_WHILE_CLAIMING)
def test_no_reminder_is_pushed_twice_and_none_is_lost_whatever_crashes(
    place: Place, story: list[tuple[str, int]]
) -> None:
    world = World(place, ("anna", "boris", "carla"))
    try:
        for what, host in story:
            world.step(what, host)
        assert world.is_over()
        shown = world.shown()
        assert set(world.pushed.values()) <= {1}, "pushed twice"
        assert set(shown.values()) <= {1}
        assert set(world.pushed) | set(shown) == set(world.people), "lost"
        assert world.ended & set(shown) == set(), "shown although it is known to have arrived"
    finally:
        world.close()
