"""Many people at once on all channels, for an hour: every answer comes, and memory stays where it was."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession

from bot.wechat.door import sanitise
from dialogs import words
from dialogs.advisor import Advisor
from knowledge.library import Library
from knowledge.loading import open_library
from tests.bot.declaring import Say, label, until_submission
from tests.bot.process import Service, running
from tests.bot.visiting import Follower, connected, in_turn, precheck_steps, push, sealed_push, written_settings
from tests.endurance.messages import Messages
from tests.endurance.report import Part

HOURS = 1.0
"""How long at scale 1; `--hours` says otherwise."""
WEB, WECHAT, DIALOGS = 20, 16, 4
"""How many people there are at once on each channel, and in the middle of something."""
SAMPLE_SECONDS = 10.0
LONGEST_MESSAGE = 1000
CROWD = 2_000
"""So many connections ask at the same moment."""
MOST_GROWTH = 1024 / 600
"""KiB a second: one MiB in ten minutes."""
_FEWEST_SAMPLES = 60
"""Fewer than ten minutes of samples say nothing of a trend: one megabyte more or less is what an allocator does."""
_BROKEN = (ClientError, ConnectionError, TimeoutError, AssertionError)


@dataclass
class Curve:
    """Resident memory in KiB at times in seconds."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    def later(self) -> Sequence[tuple[float, int]]:
        """Return the last three quarters."""
        return self.samples[len(self.samples) // 4 :]

    def growth(self) -> float:
        """Return the linear trend of the last three quarters, in KiB a second."""
        times, sizes = zip(*self.later(), strict=True)
        return statistics.linear_regression(times, sizes).slope if len(set(times)) > 1 else 0.0

    def early_most(self) -> int:
        """Return the most of the first quarter."""
        return max(size for _, size in self.samples[: max(1, len(self.samples) // 4)])

    def faults(self) -> list[str]:
        """Return what says that memory is not flat; too short a run says nothing."""
        if len(self.samples) < _FEWEST_SAMPLES:
            return []
        end = self.samples[-1][1]
        found = [f"内存每十分钟多 {self.growth() * 600 / 1024:.1f} MiB"] if self.growth() >= MOST_GROWTH else []
        return found + (["结束时比前四分之一最多时多 5% 以上"] if end > self.early_most() * 1.05 else [])


@dataclass
class Heard:
    """What the people got: seconds an answer took, by channel, and what was wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    declared: int = 0

    def took(self, channel: str, seconds: float) -> None:
        """Note an answer."""
        self.times.setdefault(channel, []).append(seconds)


def typed(messages: Messages) -> str:
    """Return a message with something in it: the service refuses, rightly, one without (400) or a longer one (413)."""
    while True:
        text = messages.one()[:LONGEST_MESSAGE]
        if any(unicodedata.category(sign) not in {"Cc", "Cs"} and not sign.isspace() for sign in text):
            return text


async def _on_the_web(service: Service, messages: Messages, until: float, heard: Heard) -> None:
    async with ClientSession() as session:
        while time.monotonic() < until:
            text = typed(messages)
            started = time.perf_counter()
            async with session.post(f"{service.url}/api/say", json={"text": text}) as response:
                said = await response.json()
            heard.took("网页", time.perf_counter() - started)
            if response.status != 200 or not said.get("parts"):
                heard.failures.append(f"{response.status}：{text[:40]!r}")
            await asyncio.sleep(0.5)


async def _on_wechat(service: Service, messages: Messages, until: float, heard: Heard, name: str) -> None:
    async with connected() as session:
        number = 0
        while time.monotonic() < until:
            number += 1
            text = sanitise(typed(messages)) or "您好"
            started = time.perf_counter()
            try:
                reply = await push(session, service, sealed_push(text, number, f"{name}{number % 50}"))
                wrong = "" if reply else "没有回复"
            except _BROKEN as error:
                wrong = f"{type(error).__name__}：{text[:40]!r}"
            heard.took("微信", time.perf_counter() - started)
            heard.failures += [wrong] if wrong else []
            await asyncio.sleep(0.5)


async def _in_dialogs(service: Service, until: float, heard: Heard, name: str, library: Library) -> None:
    """Pre-checks and declarations, one after the other, each declaration erased in the end."""
    declaration = (*until_submission(library), Say(label(library, "truthful", "yes")))
    erase = (Say("删除我的信息"), Say(label(library, "sure", "yes", "erase")))
    number = 0
    async with connected() as session:
        while time.monotonic() < until:
            number += 1
            follower = Follower(session, f"{name}{number}")
            started = time.perf_counter()
            try:
                await follower.walk(in_turn(service), (*precheck_steps(), *declaration))
                assert follower.receipt()
                await follower.walk(in_turn(service), erase)
                heard.declared += 1
            except _BROKEN as error:
                heard.failures.append(f"办事：{type(error).__name__}")
            heard.took("办一件事（含填报、照片、删除）", time.perf_counter() - started)
            await asyncio.sleep(0.5)


async def _sampled(service: Service, until: float, curve: Curve) -> None:
    while time.monotonic() < until:
        curve.samples.append((time.monotonic(), service.resident_kib()))
        await asyncio.sleep(min(SAMPLE_SECONDS, max(0.1, until - time.monotonic())))


async def _many(service: Service, seed: int, seconds: float) -> tuple[Heard, Curve]:
    library, heard, curve = open_library(), Heard(), Curve()
    advisor = Advisor(library)
    until = time.monotonic() + seconds
    words_of = [Messages(random.Random(seed + number), advisor) for number in range(WEB + WECHAT)]
    await asyncio.gather(
        _sampled(service, until, curve),
        *(_on_the_web(service, words_of[number], until, heard) for number in range(WEB)),
        *(_on_wechat(service, words_of[WEB + number], until, heard, f"o{number}x") for number in range(WECHAT)),
        *(_in_dialogs(service, until, heard, f"d{number}x", library) for number in range(DIALOGS)),
    )
    return heard, curve


async def _crowd(service: Service, count: int) -> tuple[dict[str, int], float]:
    """Ask on so many connections at once; return what came of it, and the seconds until all had their answer."""
    outcomes = {"答了": 0, "请过一会儿再发": 0, "断开": 0, "别的": 0}
    started = time.perf_counter()

    async def one(session: ClientSession, number: int) -> None:
        try:
            reply = await push(session, service, sealed_push("巴中补办居住证要钱吗", 1, f"crowd{number}"))
        except (ClientError, ConnectionError, TimeoutError):
            outcomes["断开"] += 1
            return
        kind = "答了" if "免收" in reply else "请过一会儿再发" if reply == words.CROWDED else "别的"
        outcomes[kind] += 1

    async with connected(60) as session:
        await asyncio.gather(*(one(session, number) for number in range(count)))
    return outcomes, time.perf_counter() - started


def _crowded(service: Service, count: int) -> tuple[dict[str, str], list[str]]:
    """Let a crowd come, and see that afterwards everything is as before; return figures and failures."""
    before = service.resident_kib()
    outcomes, seconds = asyncio.run(_crowd(service, count))
    after = service.resident_kib()
    alone, _ = asyncio.run(_crowd(service, 1))
    failures = [f"{count} 人同时：{kind} {outcomes[kind]} 人" for kind in ("断开", "别的") if outcomes[kind]]
    failures += [] if alone["答了"] else ["人多过后不答了"]
    failures += ["人多时内存涨了 100 MiB 以上"] if after - before > 100 * 1024 else []
    figures = {
        f"{count:,} 个连接同时问": "，".join(f"{kind} {number:,}" for kind, number in outcomes.items()),
        "全部得到答复": f"{seconds:.1f} 秒",
        "内存，之前和之后": f"{before / 1024:.0f} → {after / 1024:.0f} MiB",
    }
    return figures, failures


def _figures(heard: Heard, curve: Curve, seconds: float) -> dict[str, str]:
    figures = {"同时的人": f"网页 {WEB}、微信 {WECHAT}、在办事的 {DIALOGS}", "时间": f"{seconds:,.0f} 秒"}
    for channel, times in heard.times.items():
        most = statistics.quantiles(times, n=100)[98] if len(times) > 1 else max(times)
        figures[f"{channel}：次数"] = f"{len(times):,}"
        figures[f"{channel}：中位数、百分之九十九以内、最慢"] = (
            f"{statistics.median(times) * 1000:.0f}、{most * 1000:.0f}、{max(times) * 1000:.0f} 毫秒"
        )
    sizes = [size / 1024 for _, size in curve.samples]
    quarters = [sizes[len(sizes) * part // 4] for part in range(4)] + [sizes[-1]]
    return figures | {
        "失败": str(len(heard.failures)),
        "填报，交了又删": f"{heard.declared:,}",
        "内存，每过四分之一": " → ".join(f"{size:.1f}" for size in quarters) + " MiB",
        "内存，后四分之三的趋势": f"每十分钟 {curve.growth() * 600 / 1024:+.2f} MiB（{len(sizes)} 次量得）",
        "内存，前四分之一最多、结束时": f"{curve.early_most() / 1024:.1f}、{sizes[-1]:.1f} MiB",
    }


def run(seed: int, scale: float, hours: float = HOURS) -> Part:
    """Let people talk for `scale` times so many hours, then let a crowd come."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **written_settings(Path(folder))) as service:
        seconds = max(4.0, 3600 * hours * scale)
        heard, curve = asyncio.run(_many(service, seed, seconds))
        crowd, crowd_failures = _crowded(service, max(100, int(CROWD * min(1.0, scale))))
        store = sum(file.stat().st_size for file in service.data.glob("*.sqlite3*"))
        errors = service.errors()
    failures = heard.failures + curve.faults() + crowd_failures + [f"日志里有错：{line[:120]}" for line in errors]
    figures = _figures(heard, curve, seconds) | crowd | {"会话库、填报库和密钥库": f"{store / 1024:,.0f} KiB"}
    return Part("许多人同时问、同时办", figures, failures[:20])
