"""Two hundred people on an official account, while everything that can go wrong at the platform goes wrong."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bot.sandbox.faults import LABELS, Fault
from bot.sandbox.ledger import Tally
from bot.sandbox.options import Clocks, SandboxOptions
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from tests.bot.process import Service, running
from tests.bot.sandbox.accounts import ROTATING
from tests.bot.servers import RedisServer, redis_server
from tests.bot.visiting import written_settings
from tests.bot.wechat.fuzzing import fuzz_door
from tests.endurance.report import Part

PEOPLE, MESSAGES = 200, 10_000
OUTAGE_SHARE = 0.1
"""So much of it is asked while Redis stops and comes back."""
INPUTS = 200_000
SPEED = 4.0
"""The platform's clocks run so much faster: a reply has 4.5 seconds of them."""
CHANCE = 0.03
"""How probable each fault of the platform is, each time."""
PAUSE_SECONDS, BETWEEN_SECONDS = 6.0, 4.0
THINKING_SECONDS = 1.0
"""At most so long somebody thinks before the next message."""

_NOT_TRIED = {Fault.QUOTA}
"""It breaks what is sent by message alone, and `bot.wechat.ledger` never asks for more than there is."""
_KIND = ("您前面那句话还在办", "现在存不下", "这句我还在查", "现在问的人太多", "您发得太快了")
QUESTIONS = {
    "巴中补办居住证要钱吗": "免收",
    "我在洛阳，签注过期了怎么办": "自动失效",
    "赤峰多久能拿到证": "赤峰",
    "开封办居住证要带什么": "开封",
    "安康居住证有什么用": "安康",
}


async def _talks(person: Person, count: int, chance: random.Random, wrong: Counter[str]) -> None:
    for _ in range(count):
        question = chance.choice([*QUESTIONS])
        await asyncio.sleep(chance.random() * THINKING_SECONDS)
        delivery = await person.says(question)
        if QUESTIONS[question] not in delivery.text:
            wrong[delivery.text[:30] or f"（{delivery.fate}）"] += 1


async def _crowd(box: Sandbox, seed: int, messages: int) -> Counter[str]:
    """Have everybody talk; return the answers that were not what was asked for."""
    wrong: Counter[str] = Counter()
    each = max(1, messages // PEOPLE)
    people = min(PEOPLE, messages)
    await asyncio.gather(
        *(_talks(box.person(), each, random.Random(f"{seed}-{number}"), wrong) for number in range(people))
    )
    await box.settled()
    return wrong


async def _outages(redis: RedisServer) -> None:
    """Stop Redis for some seconds, again and again, until cancelled."""
    while True:
        redis.pause()
        try:
            await asyncio.sleep(PAUSE_SECONDS)
        finally:
            redis.resume()
        await asyncio.sleep(BETWEEN_SECONDS)


def _served(stack: ExitStack, folder: Path, box: Sandbox, **more: str) -> Service:
    """Start the service with the sandbox as its platform, and point the sandbox at it."""
    settings = written_settings(folder)
    lines = [
        f"[{ROTATING.name}]",
        *(f'{name} = "{getattr(ROTATING, name)}"' for name in ("app_id", "token", "aes_key", "previous_aes_key")),
        f'app_secret = "{ROTATING.app_secret}"',
        'type = "service"',
        "verified = true",
    ]
    Path(settings["JUZHUZHENG_WECHAT_ACCOUNTS"]).write_text("\n".join(lines), encoding="utf-8")
    given = settings | {"JUZHUZHENG_WECHAT_API": box.api_url, "JUZHUZHENG_TURNS_AT_ONCE": "2000"} | more
    service = stack.enter_context(running(folder, **given))
    box.point_at(f"{service.url}/wechat/{ROTATING.name}")
    return service


async def _platform_breaks(seed: int, messages: int) -> tuple[Tally, Counter[str], dict[Fault, int]]:
    faults = {fault: CHANCE for fault in Fault if fault not in _NOT_TRIED}
    options = SandboxOptions(
        "http://127.0.0.1:9/", ROTATING, clocks=Clocks(speed=SPEED), faults=faults, seed=seed, failures_before_rest=50
    )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        async with Sandbox(options) as box:
            await asyncio.to_thread(_served, stack, Path(folder), box)
            wrong = await _crowd(box, seed, messages)
            return box.ledger.tally(), wrong, dict(box.faults.happened)


async def _store_breaks(seed: int, messages: int) -> tuple[Tally, Counter[str]]:
    options = SandboxOptions("http://127.0.0.1:9/", replace(ROTATING), seed=seed, failures_before_rest=50)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        redis = stack.enter_context(redis_server(Path(folder) / "redis"))
        async with Sandbox(options) as box:
            await asyncio.to_thread(_served, stack, Path(folder), box, JUZHUZHENG_REDIS_URL=redis.url)
            breaking = asyncio.create_task(_outages(redis))
            try:
                wrong = await _crowd(box, seed, messages)
            finally:
                breaking.cancel()
                await asyncio.gather(breaking, return_exceptions=True)
            return box.ledger.tally(), wrong


def _told(name: str, tally: Tally) -> dict[str, str]:
    return {
        f"{name}：消息": f"{tally.messages:,}",
        f"{name}：推送": f"{tally.pushes:,}",
        f"{name}：丢、重、不合格、超过 4.5 秒": f"{tally.lost}、{tally.doubled}、{tally.invalid}、{tally.late}",
    }


def _faults_of(name: str, tally: Tally, wrong: Counter[str]) -> list[str]:
    counted = {"丢了": tally.lost, "重了": tally.doubled, "不合格": tally.invalid, "太迟": tally.late}
    found = [f"{name}：{count} 条{what}" for what, count in counted.items() if count]
    return [*found, *(f"{name}：{count} 次答的不是问的：{text}" for text, count in wrong.most_common(5))]


def run(seed: int, scale: float) -> Part:
    """Ask through the sandbox under faults of the platform, then of the store; then fuzz the door."""
    asked = max(20, int(MESSAGES * scale))
    outage = max(10, int(asked * OUTAGE_SHARE))
    platform, wrong, happened = asyncio.run(_platform_breaks(seed, asked - outage))
    store, wrong_then = asyncio.run(_store_breaks(seed, outage))
    refused = fuzz_door(seed, max(200, int(INPUTS * scale)))
    figures = _told("平台出错", platform)
    figures |= {f"平台出错：{LABELS[fault]}": f"{count:,}" for fault, count in happened.items() if count}
    figures |= _told("Redis 时停时好", store)
    figures["乱推给门的"] = f"{refused.total():,}，出来的都是消息或记了原因的拒绝"
    # Asked to come again while Redis is out is an answer, and a kind one.
    paused = Counter({text: count for text, count in wrong_then.items() if not text.startswith(_KIND)})
    failures = [*_faults_of("平台出错", platform, wrong), *_faults_of("Redis 时停时好", store, paused)]
    return Part("公众号：什么都出错", figures, failures)
