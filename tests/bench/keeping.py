"""The same question with its session kept in SQLite and in Redis, and answered by two workers that share one Redis."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.bench.contest import QUICK, Contestant, Sizes, compare
from tests.bench.figures import Section
from tests.bench.servers import Served, ours
from tests.bench.turn import FLOOR
from tests.bot.servers import redis_server

SQLITE, REDIS, TWO = "SQLite", "Redis", "Redis，两个进程"
CORES_NEEDED = 4
_WITH_REDIS = "Redis 的 CPU 时间算在内；它写到盘上才答（appendfsync always）。"


@contextmanager
def on_redis(folder: Path, *, workers: int = 1) -> Iterator[Served]:
    """Start our server with a Redis of its own, which has on disk what it has answered to."""
    with (
        redis_server(folder / "redis") as server,
        ours(folder, JUZHUZHENG_REDIS_URL=server.url, JUZHUZHENG_WORKERS=str(workers)) as served,
    ):
        yield replace(served, helpers=(server.pid,))


def run_stores(rounds: int, *, quick: bool) -> list[Section]:
    """Measure the question beside itself, kept elsewhere."""
    contestants = (Contestant(SQLITE, ours), Contestant(REDIS, on_redis), FLOOR)
    comparison = compare(contestants, "distinct", rounds, QUICK if quick else Sizes())
    names = [one.name for one in contestants]
    rows = comparison.figures.rows(names, [(REDIS, SQLITE), (REDIS, FLOOR.name)])
    header = ("中位数（最小–最大）", *names, f"{REDIS} ÷ {SQLITE}", f"{REDIS} ÷ {FLOOR.name}")
    return [Section("问一句：记在 SQLite 或 Redis", header, rows, [*comparison.notes(), _WITH_REDIS])]


def run_workers(rounds: int, *, quick: bool) -> list[Section]:
    """Measure two workers beside one; both keep in Redis."""
    cores = os.cpu_count() or 1
    title = f"问一句：一个进程和两个进程（这台机器 {cores} 核）"
    contestants = (Contestant(REDIS, on_redis), Contestant(TWO, partial(on_redis, workers=2)))
    comparison = compare(contestants, "distinct", rounds, QUICK if quick else Sizes())
    names = [one.name for one in contestants]
    rows = comparison.figures.rows(names, [(TWO, REDIS)])
    notes = [*comparison.notes(), _WITH_REDIS]
    if cores < CORES_NEEDED:
        notes.append(f"每秒请求和等待没有意义：只有 {cores} 核，发请求的一方也在上面；要 {CORES_NEEDED} 核。")
    return [Section(title, ("中位数（最小–最大）", *names, f"{TWO} ÷ {REDIS}"), rows, notes)]
