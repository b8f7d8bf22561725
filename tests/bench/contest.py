"""Servers measured beside each other: in every round each of them gets the same load, one after the other."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.figures import Rounds, written
from tests.bench.jobs import Job, Message
from tests.bench.measuring import Measured, measure
from tests.bench.mixes import Mix
from tests.bench.servers import Served

CROWD = 32
CPU = "每个请求的 CPU（毫秒），{connections} 条连接"
COLD = "每个请求的 CPU（毫秒），刚启动后的头一批，8 条连接"
"""What is read, composed or compiled at its first use is paid for in these."""
PER_SECOND = f"每秒请求，{CROWD} 条连接"
MIDDLE = "等多久，p50（毫秒）"
SLOW = "等多久，p99（毫秒）"


@dataclass(frozen=True)
class Sizes:
    """How much is asked: messages of a server just started, for each number of connections, and in the open loop.

    An echo keeps nothing of a text, so it is asked `echo_times` as much: its CPU time is short beside a clock tick.
    """

    warm: int = 1500
    closed: int = 600
    open: int = 600
    echo_times: int = 6
    connections: tuple[int, ...] = (1, 8, CROWD)


QUICK = Sizes(warm=4, closed=12, open=12, echo_times=2, connections=(1, CROWD))


@dataclass(frozen=True)
class Contestant:
    """A server to be measured: how to start it with its data in a folder, and whether it only echoes.

    The slowest of those that `sets_pace` decides what load is offered to all. One that cannot `keep_alive` is
    connected to for each request.
    """

    name: str
    start: Callable[[Path], AbstractContextManager[Served]]
    echoes: bool = False
    sets_pace: bool = True
    keep_alive: bool = True


class Contest:
    """The contestants of one round, all running, the idle ones costing nothing."""

    def __init__(self, contestants: Sequence[Contestant], stack: ExitStack) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        self.contestants = contestants
        self.served = {
            one.name: stack.enter_context(one.start(folder / str(number))) for number, one in enumerate(contestants)
        }
        self._asked = 0

    def put(
        self, one: Contestant, messages: tuple[Message, ...], connections: int, rate: float | None = None
    ) -> Measured:
        """Put messages to one of them."""
        first, self._asked = self._asked + 1, self._asked + len(messages)
        served = self.served[one.name]
        return measure(served, Job(served.port, connections, rate, messages, first, one.echoes, one.keep_alive))


@dataclass
class Comparison:
    """What came of a contest: figures, the loops servers run on, the rates offered, the generator's lateness."""

    figures: Rounds = field(default_factory=Rounds)
    loops: dict[str, str] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)
    lateness: list[float] = field(default_factory=list)

    def notes(self) -> list[str]:
        """Return what must be known to read the waits."""
        loops = "；".join(f"{name} {loop}" for name, loop in self.loops.items())
        return [
            f"开环：不管答没答完，请求随机到达，平均每秒 {written(statistics.median(self.rates))} 个，"
            f"等待从预定的时刻算起；发请求的一方自己晚的也在内，p50 {written(statistics.median(self.lateness))} 毫秒。",
            f"事件循环：{loops}。",
        ]


def compare(contestants: Sequence[Contestant], mix_name: str, rounds: int, sizes: Sizes) -> Comparison:
    """Measure CPU, requests a second and waits of all contestants, started anew for each round."""
    comparison = Comparison()
    for number in range(rounds):
        with ExitStack() as stack:
            contest, mix = Contest(contestants, stack), Mix(mix_name, number)
            warm = mix.take(sizes.warm)
            for one in contestants:
                comparison.figures.add(COLD, one.name, contest.put(one, warm, connections=8).cpu)
            _closed_loops(contest, mix, sizes, comparison)
            _open_loops(contest, mix, sizes, comparison)
            comparison.loops = {one.name: contest.served[one.name].loop for one in contestants if not one.echoes}
    return comparison


def _closed_loops(contest: Contest, mix: Mix, sizes: Sizes, comparison: Comparison) -> None:
    speeds = []
    for connections in sizes.connections:
        messages = mix.take(sizes.closed)
        for one in contest.contestants:
            measured = contest.put(one, messages * (sizes.echo_times if one.echoes else 1), connections)
            comparison.figures.add(CPU.format(connections=connections), one.name, measured.cpu)
            if connections == CROWD:
                comparison.figures.add(PER_SECOND, one.name, measured.per_second)
                speeds += [measured.per_second] if one.sets_pace else []
    comparison.rates.append(min(speeds) / 2)


def _open_loops(contest: Contest, mix: Mix, sizes: Sizes, comparison: Comparison) -> None:
    messages = mix.take(sizes.open)
    for one in contest.contestants:
        measured = contest.put(one, messages, 2 * CROWD, comparison.rates[-1])
        comparison.figures.add(MIDDLE, one.name, measured.middle)
        comparison.figures.add(SLOW, one.name, measured.slow)
        comparison.lateness.append(measured.late)
