"""A step of a dialog, a page of law, and the word that the service lives, each beside its floor."""

from __future__ import annotations

import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.bench.figures import Rounds, Section, written
from tests.bench.jobs import Job
from tests.bench.measuring import measure
from tests.bench.mixes import CONVERSATION, conversations
from tests.bench.servers import Served, echo, ours
from tests.bench.turn import FLOORS

OURS, FLOOR = "本服务", "aiohttp 回声"
STEP, LAW, HEALTH = "预审的一步", "法规一页（/law/luoyang/15）", "/healthz"
CLOSED_CONNECTIONS = 8
ECHO_TIMES = 6
FASTEST = 500.0
"""Requests a second that the generator, on the same machine, offers at most: beyond it would measure itself."""

_OPEN_CONNECTIONS = 64


@dataclass(frozen=True)
class Amount:
    """How many people talk, how often a page is fetched in the open loop and in the closed one.

    A page takes little CPU time beside a clock tick, hence the many fetches.
    """

    people: int = 60
    fetches: int = 600
    fetched_at_once: int = 3_000


def run(rounds: int, *, quick: bool) -> list[Section]:
    """Measure the three."""
    amount = Amount(people=10, fetches=20, fetched_at_once=20) if quick else Amount()
    figures: dict[str, Rounds] = {STEP: Rounds(), LAW: Rounds(), HEALTH: Rounds()}
    rates: dict[str, list[float]] = {name: [] for name in figures}
    loop = ""
    for number in range(rounds):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            served = stack.enter_context(ours(folder / "ours"))
            loop = served.loop
            start_echo = partial(echo, module="echo_aiohttp", options=(loop,))
            servers = {OURS: served, FLOOR: stack.enter_context(start_echo(folder / "echo"))}
            for name, round_figures in figures.items():
                rates[name].append(_round(servers, name, number, amount, round_figures))
    return [_section(name, figures[name], rates[name], loop) for name in figures]


def _round(servers: dict[str, Served], name: str, number: int, amount: Amount, figures: Rounds) -> float:
    """Measure one round of one of the three; return the rate of the open loop."""
    first = 1_000_000 * (number + 1)
    speeds = []
    for who, served in servers.items():
        job = _job(name, served, who == FLOOR, amount, first)
        _warm_up(served, job)
        longer = replace(job, messages=job.messages * (ECHO_TIMES if job.echoes else 1), count=amount.fetched_at_once)
        measured = measure(served, longer)
        figures.add(f"CPU（毫秒），{CLOSED_CONNECTIONS} 条连接", who, measured.cpu)
        speeds.append(measured.per_second)
    rate = min(FASTEST, min(speeds) / 2)
    for who, served in servers.items():
        job = _job(name, served, who == FLOOR, amount, first + 500_000)
        measured = measure(served, replace(job, connections=_OPEN_CONNECTIONS, rate=rate))
        figures.add("等多久，p50（毫秒）", who, measured.middle)
        figures.add("等多久，p99（毫秒）", who, measured.slow)
    return rate


def _job(name: str, served: Served, is_echo: bool, amount: Amount, first: int) -> Job:
    """Return the job of the closed loop; what is said first differs in every round."""
    if name == STEP:
        messages = conversations(amount.people, first)
        return Job(served.port, CLOSED_CONNECTIONS, None, messages, first, echoes=is_echo)
    path, must_say = ("/law/luoyang/15", "第十五条") if name == LAW else ("/healthz", "")
    if is_echo:
        path, must_say = "/", "ok"
    return Job(served.port, CLOSED_CONNECTIONS, path=path, count=amount.fetches, must_say=must_say)


def _warm_up(served: Served, job: Job) -> None:
    if job.messages:
        messages = conversations(1, job.first_number + 250_000)
        measure(served, replace(job, connections=1, messages=messages, first_number=job.first_number + 250_000))
    else:
        measure(served, replace(job, connections=1, count=10))


def _section(name: str, figures: Rounds, rates: list[float], loop: str) -> Section:
    floor = FLOORS[loop] + ("" if name == STEP else "，两个字节的一页")
    notes = [f"开环：平均每秒 {written(statistics.median(rates))} 个。"]
    if name == STEP:
        notes.append(f"{len(CONVERSATION)} 句：{'、'.join(CONVERSATION)}；到结论为止，每人一遍。")
    header = ("中位数（最小–最大）", OURS, floor, f"{OURS} ÷ 回声")
    return Section(name, header, figures.rows([OURS, FLOOR], [(OURS, FLOOR)]), notes)
