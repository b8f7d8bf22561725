"""One measurement: a job put to a server, with the CPU time the server took for it."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.jobs import Job, Outcome
from tests.bench.load import READY
from tests.bench.servers import Served
from tests.bot.process import ROOT, without_our_settings


class LoadFailed(Exception):
    """The load could not be put to the server, or its replies were not what they had to be; the text says which."""


@dataclass(frozen=True)
class Measured:
    """What a job cost: CPU milliseconds a request, requests a second, and how long they waited, in milliseconds.

    `late` is the generator's own median lateness, in milliseconds.
    """

    cpu: float
    per_second: float
    middle: float
    slow: float
    late: float


def measure(served: Served, job: Job) -> Measured:
    """Put `job` to the server. Raises LoadFailed when a reply is not a good one."""
    command = [sys.executable, "-m", "tests.bench.load"]
    with subprocess.Popen(
        command, cwd=ROOT, env=without_our_settings(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as load:
        assert load.stdin is not None
        assert load.stdout is not None
        print(job.to_json(), file=load.stdin, flush=True)
        if load.stdout.readline().strip() != READY:
            raise LoadFailed("发请求的进程没有准备好")
        before = served.cpu_seconds()
        print("go", file=load.stdin, flush=True)
        reported = load.stdout.readline()
        spent = served.cpu_seconds() - before
    if not reported:
        raise LoadFailed("发请求的进程中断了")
    return _measured(Outcome.from_json(reported), spent)


def _measured(outcome: Outcome, spent: float) -> Measured:
    if outcome.failures:
        raise LoadFailed("；".join(outcome.failures[:5]))
    count = len(outcome.waits)
    return Measured(
        cpu=spent * 1000 / count,
        per_second=count / outcome.seconds,
        middle=statistics.median(outcome.waits) * 1000,
        slow=within(outcome.waits, 0.99) * 1000,
        late=outcome.late * 1000,
    )


def within(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
