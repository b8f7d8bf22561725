"""Every fault of every part, under load, on one host and on two: what people see, and how fast it is over."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from knowledge.library import Library
from knowledge.loading import open_library
from tests.bot.loading import Seen, live_through, under_load
from tests.bot.process import Service, running
from tests.bot.taking_away import (
    FAULTS,
    RECORDS,
    Parts,
    ended,
    full,
    paused,
    small_disk,
    with_servers,
    without_key_file,
)
from tests.bot.visiting import written_settings
from tests.endurance.report import Part

SECONDS = 10.0
"""How long a fault lasts at scale 1, beside those that tell their own."""
SUBMITTERS = 6

Fault = tuple[Callable[[Parts], AbstractContextManager[None]], set[str]]


@contextmanager
def _both_killed(parts: Parts) -> Iterator[None]:
    with ended(parts.redis, gently=False), ended(parts.postgres, gently=False):
        yield


@contextmanager
def _both_paused(parts: Parts) -> Iterator[None]:
    with paused(parts.redis), paused(parts.postgres):
        yield


ALL: dict[str, Fault] = {name: (fault, out) for name, (fault, _, out) in FAULTS.items()} | {
    "Redis stopped": (lambda parts: ended(parts.redis, gently=True), {"conversations"}),
    "PostgreSQL stopped": (lambda parts: ended(parts.postgres, gently=True), RECORDS),
    "both killed": (_both_killed, {"conversations", *RECORDS}),
    "both paused": (_both_paused, {"conversations", *RECORDS}),
}


async def _lived_through(
    library: Library,
    services: Sequence[Service],
    fault: Callable[[], AbstractContextManager[None]],
    seconds: float,
    out: set[str] | None,
) -> Seen:
    async with under_load(library, *services, submitters=SUBMITTERS) as load:
        return await live_through(load, fault, seconds, out=out)


@contextmanager
def _second(parts: Parts, folder: Path) -> Iterator[Service]:
    """Start another host on the same servers."""
    data = folder / "second" / "data"
    data.mkdir(mode=0o700, parents=True)
    for file in ("vault.key", "identity.key"):
        shutil.copy(parts.service.data / file, data / file)
    with running(folder / "second", **parts.settings) as service:
        yield service


def _on_servers(library: Library, seconds: float) -> Iterator[tuple[str, Seen]]:
    with tempfile.TemporaryDirectory() as folder, with_servers(Path(folder)) as parts:
        for name, (fault, out) in ALL.items():
            lived = _lived_through(library, [parts.service], partial(fault, parts), seconds, out)
            yield name, asyncio.run(lived)
        with _second(parts, Path(folder)) as second:
            for name, (fault, out) in ALL.items():
                lived = _lived_through(library, [parts.service, second], partial(fault, parts), seconds, out)
                yield f"{name}, two hosts", asyncio.run(lived)


def _on_files(library: Library, seconds: float) -> Iterator[tuple[str, Seen]]:
    with tempfile.TemporaryDirectory() as name, _served(Path(name)) as service:
        lived = _lived_through(library, [service], partial(without_key_file, service.data), seconds, {"keys"})
        yield "files, without vault.key", asyncio.run(lived)
    if os.geteuid() != 0:
        return
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name)), _served(Path(name)) as service:
        lived = _lived_through(library, [service], partial(full, service.data), seconds, None)
        yield "files, disk full (ENOSPC)", asyncio.run(lived)


def _served(folder: Path) -> AbstractContextManager[Service]:
    return running(folder, **written_settings(folder))


def run(seed: int, scale: float) -> Part:
    """Live through every fault once; the load's chance is not the seed's, so that it stays unused."""
    del seed
    library, seconds = open_library(), max(2.5, SECONDS * scale)
    figures: dict[str, str] = {}
    failures: list[str] = []
    slowest = 0.0
    for cases in (_on_servers, _on_files):
        for name, seen in cases(library, seconds):
            slowest = max(slowest, seen.slowest())
            failures += [f"{name}：{wrong}" for wrong in dict.fromkeys(seen.wrong)]
            failures += [f"{name}：{seen.unseen} 份收下了，却没有给人看回执"] if seen.unseen else []
            figures[name] = (
                f"问 {len(seen.questions):,} 次，最慢 {seen.slowest():.2f} 秒；"
                f"办事 {len(seen.dialogs)} 次，最慢 {max(seen.dialogs):.2f} 秒，请等 {seen.paused} 次；"
                f"恢复 {seen.recovered_seconds:.1f} 秒"
            )
    notes = [] if os.geteuid() == 0 else ["磁盘满没有试：只有 root 能装小的文件系统"]
    return Part(
        "一部分坏了的时候",
        {"每次坏多久": f"{seconds:.1f} 秒", **figures, "问的，最慢": f"{slowest:.2f} 秒"},
        failures,
        notes,
    )
