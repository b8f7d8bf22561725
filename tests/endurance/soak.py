"""Many people at once on the web, for minutes: every answer comes, and memory stays where it was."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
import unicodedata
from pathlib import Path

from aiohttp import ClientSession

from dialogs.advisor import Advisor
from knowledge.loading import open_library
from tests.bot.process import Service, running
from tests.endurance.messages import Messages
from tests.endurance.report import Part

SECONDS = 180.0
PEOPLE = 40
LONGEST_MESSAGE = 1000


def typed(messages: Messages) -> str:
    """Return a message with something in it: the service refuses, rightly, one without (400) or a longer one (413)."""
    while True:
        text = messages.one()[:LONGEST_MESSAGE]
        if any(unicodedata.category(sign) not in {"Cc", "Cs"} and not sign.isspace() for sign in text):
            return text


async def _visitor(service: Service, messages: Messages, until: float, times: list[float], failures: list[str]) -> None:
    async with ClientSession() as session:
        while time.monotonic() < until:
            text = typed(messages)
            started = time.perf_counter()
            async with session.post(f"{service.url}/api/say", json={"text": text}) as response:
                said = await response.json()
            times.append(time.perf_counter() - started)
            if response.status != 200 or not said.get("parts"):
                failures.append(f"{response.status}：{text[:40]!r}")
            await asyncio.sleep(0.2)


async def _crowd(service: Service, seed: int, seconds: float) -> tuple[list[float], list[str], int]:
    advisor = Advisor(open_library())
    times: list[float] = []
    failures: list[str] = []
    until = time.monotonic() + seconds
    people = [Messages(random.Random(seed + number), advisor) for number in range(PEOPLE)]
    warm = asyncio.create_task(_memory_after(service, seconds / 4))
    await asyncio.gather(*(_visitor(service, messages, until, times, failures) for messages in people))
    return times, failures, await warm


async def _memory_after(service: Service, seconds: float) -> int:
    await asyncio.sleep(seconds)
    return service.resident_kib()


def run(seed: int, scale: float) -> Part:
    """Let people talk for `scale` times five minutes."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service:
        seconds = max(4.0, SECONDS * scale)
        times, failures, warm = asyncio.run(_crowd(service, seed, seconds))
        after = service.resident_kib()
        store = sum(file.stat().st_size for file in service.data.glob("conversations*"))
    figures = {
        "同时的人": str(PEOPLE), "时间": f"{seconds:.0f} 秒", "消息": f"{len(times):,}", "失败": str(len(failures)),
        "等多久，中位数": f"{statistics.median(times) * 1000:.0f} 毫秒",
        "等多久，百分之九十九以内": f"{statistics.quantiles(times, n=100)[98] * 1000:.0f} 毫秒",
        "内存，过了四分之一时和结束时": f"{warm / 1024:.0f} → {after / 1024:.0f} MiB",
        "会话库": f"{store / 1024:.0f} KiB",
    }  # fmt: skip
    return Part("网页：许多人同时问", figures, failures[:20])
