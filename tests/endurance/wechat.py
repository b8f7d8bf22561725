"""Two hundred people on an official account, while everything that can go wrong at the platform goes wrong."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from bot.identity import Identities
from bot.sandbox.faults import LABELS, Fault
from bot.sandbox.ledger import Tally
from bot.sandbox.options import Clocks, SandboxOptions
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from bot.store.base import Claim, Limits
from bot.store.redis import RedisConversations
from tests.bot.process import Service, running
from tests.bot.sandbox.accounts import ROTATING
from tests.bot.servers import RedisServer, redis_server
from tests.bot.visiting import written_settings
from tests.bot.wechat.fuzzing import fuzz_door
from tests.bot.wechat.slow_store import SlowProxy, slowed
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

LATE_SHARE, LATE_EACH = 0.018, 3
"""So much of it is asked while the store is slow, by people with so many questions each."""
SLOWNESS_SECONDS, SLOW_SECONDS, QUICK_SECONDS = 0.45, 6.0, 8.0
"""What the store takes for an answer while it is slow (a second is "out"), how long it is slow, how long quick."""
HELD_SECONDS, HELD_SHARE = 5.5, 0.7
"""So long another host is slow with a turn, and with how many."""
API_CHANCE = 0.1
PATIENCE_SECONDS, MOST_TRIES, SETTLING_SECONDS = 4.0, 15, 8.0

_OF_THE_API = tuple(fault for fault in Fault if fault.startswith(("token", "quota", "api")))
_NOT_TRIED = {*_OF_THE_API}
"""They break what goes through the interfaces, and nobody answered in time is sent anything through them."""
_KIND = ("您前面那句话还在办", "现在存不下", "这句我还在查", "现在问的人太多", "您发得太快了")
_NO_ANSWER, _NEVER_SEEN = "问了一分钟没有答复", "没有人看到"
_ASK_AGAIN = ("您前面那句话还在办", "现在存不下", "对不起，刚才没有处理好")
QUESTIONS = {
    "巴中补办居住证要钱吗": "免收",
    "我在洛阳，签注过期了怎么办": "自动失效",
    "赤峰多久能拿到证": "赤峰",
    "开封办居住证要带什么": "开封",
    "安康居住证有什么用": "安康",
}


LATE_QUESTIONS = {
    "巴中补办居住证要钱吗": "《巴中市",
    "我在洛阳，签注过期了怎么办": "《洛阳市",
    "赤峰多久能拿到证": "《赤峰市",
    "开封办居住证要带什么": "《开封市",
}
"""Each with the name of what its answer quotes, which stands in no other."""

Hold = Callable[[Person], Coroutine[Any, Any, None]]


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


@dataclass
class _Late:
    """What came of questions whose answers were late: each is to be seen once.

    `ways` counts how the answers came; `wrong` tells what should not have happened.
    """

    ways: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> int:
        """How many were never seen."""
        return self.wrong[_NEVER_SEEN]


def _seen(person: Person, answer: str) -> int:
    """Return how often the person was shown an answer."""
    return sum(bubble.said is not None and answer in bubble.said.text for bubble in person.talk)


async def _waits_for(person: Person, question: str, answer: str, late: _Late) -> None:
    """Ask, and do as one is told until the answer is there; who is told nothing waits and writes again."""
    reply = (await person.says(question)).text
    way = "在时限内" if answer in reply else "随后的客服消息"
    for _ in range(MOST_TRIES):
        if _seen(person, answer):
            late.ways[way] += 1
            return
        await asyncio.sleep(PATIENCE_SECONDS)
        if _seen(person, answer):
            continue
        is_told_to = "“继续”" in reply
        is_refused = reply.startswith(_ASK_AGAIN)
        reply = (await person.says(question if is_refused else "继续" if is_told_to else "谢谢")).text
        way = "在时限内，再问一次" if is_refused else "回复“继续”" if is_told_to else "放在下一条答复前面"
    late.wrong[_NO_ANSWER] += 1


async def _asks_while_slow(person: Person, late: _Late, hold: Hold, chance: random.Random, count: int) -> None:
    asked = chance.sample(sorted(LATE_QUESTIONS), count)
    for question in asked:
        await asyncio.sleep(chance.random() * THINKING_SECONDS)
        # Most of them while another host is slow with the turn before.
        holding = asyncio.create_task(hold(person)) if chance.random() < HELD_SHARE else None
        await asyncio.sleep(0.1)
        await _waits_for(person, question, LATE_QUESTIONS[question], late)
        if holding is not None:
            await holding
    await asyncio.sleep(SETTLING_SECONDS)
    for question in asked:
        times = _seen(person, LATE_QUESTIONS[question])
        if times != 1:
            late.wrong[f"看到 {times} 次" if times else _NEVER_SEEN] += 1


async def _slow_and_quick(proxy: SlowProxy) -> None:
    """Let the store answer slowly for a while, again and again, until cancelled."""
    while True:
        proxy.delay = SLOWNESS_SECONDS
        await asyncio.sleep(SLOW_SECONDS)
        proxy.delay = 0.0
        await asyncio.sleep(QUICK_SECONDS)


async def _answers_late(seed: int, people: int, *, is_verified: bool) -> tuple[Tally, _Late, dict[Fault, int]]:
    """Have people ask while the store is slow, and the interfaces go wrong in every way."""
    account = replace(ROTATING, verified=is_verified)
    faults = dict.fromkeys(_OF_THE_API, API_CHANCE)
    options = SandboxOptions("http://127.0.0.1:9/", account, faults=faults, seed=seed, failures_before_rest=50)
    late = _Late()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        redis = stack.enter_context(redis_server(Path(folder) / "redis"))
        async with Sandbox(options) as box, slowed(redis.port) as proxy:
            url = f"redis://127.0.0.1:{proxy.port}/0"
            service = await asyncio.to_thread(
                _served, stack, Path(folder), box, is_verified=is_verified, JUZHUZHENG_REDIS_URL=url
            )
            hold = partial(_held, redis.url, Identities.from_file(service.data / "identity.key"))
            slowing = asyncio.create_task(_slow_and_quick(proxy))
            talks = (
                _asks_while_slow(box.person(), late, hold, random.Random(f"{seed}-{number}"), LATE_EACH)
                for number in range(people)
            )
            await asyncio.gather(*talks)
            slowing.cancel()
            await asyncio.gather(slowing, return_exceptions=True)
            await box.settled()
            return box.ledger.tally(), late, dict(box.faults.happened)


async def _held(url: str, identities: Identities, person: Person) -> None:
    """Hold the person's turn as another host does that is slow with it."""
    conversations = RedisConversations(url, limits=Limits(lease_seconds=2 * HELD_SECONDS))
    try:
        who = identities.of("wechat", ROTATING.name, person.openid)
        claim = await conversations.claim(who, f"held {person.openid} {time.monotonic()}")
        if isinstance(claim, Claim):
            await asyncio.sleep(HELD_SECONDS)
            await conversations.release(claim)
    finally:
        await conversations.close()


def _served(stack: ExitStack, folder: Path, box: Sandbox, *, is_verified: bool = True, **more: str) -> Service:
    """Start the service with the sandbox as its platform, and point the sandbox at it."""
    settings = written_settings(folder)
    lines = [
        f"[{ROTATING.name}]",
        *(f'{name} = "{getattr(ROTATING, name)}"' for name in ("app_id", "token", "aes_key", "previous_aes_key")),
        f'app_secret = "{ROTATING.app_secret}"',
        'type = "service"',
        f"verified = {str(is_verified).lower()}",
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
    people = max(3, int(asked * LATE_SHARE) // LATE_EACH)
    late, told, happened_late = asyncio.run(_answers_late(seed, people, is_verified=True))
    late_plain, told_plain, _ = asyncio.run(_answers_late(seed, max(2, people // 3), is_verified=False))
    refused = fuzz_door(seed, max(200, int(INPUTS * scale)))
    figures = _told("平台出错", platform)
    figures |= {f"平台出错：{LABELS[fault]}": f"{count:,}" for fault, count in happened.items() if count}
    figures |= _told("Redis 时停时好", store)
    # Who was told nothing in time is told later, with another message: lost is what nobody was shown.
    late, late_plain = replace(late, lost=told.lost), replace(late_plain, lost=told_plain.lost)
    for name, tally, seen in (("答得慢，接口出错", late, told), ("答得慢，没有认证", late_plain, told_plain)):
        figures |= _told(name, tally) | {f"{name}：{way}": f"{count:,}" for way, count in seen.ways.items()}
    figures |= {f"答得慢：{LABELS[fault]}": f"{count:,}" for fault, count in happened_late.items() if count}
    figures["乱推给门的"] = f"{refused.total():,}，出来的都是消息或记了原因的拒绝"
    # Asked to come again while Redis is out is an answer, and a kind one.
    paused = Counter({text: count for text, count in wrong_then.items() if not text.startswith(_KIND)})
    failures = [*_faults_of("平台出错", platform, wrong), *_faults_of("Redis 时停时好", store, paused)]
    for name, tally, seen in (("答得慢，接口出错", late, told), ("答得慢，没有认证", late_plain, told_plain)):
        failures += _faults_of(name, tally, Counter())
        failures += [f"{name}：{count} 次{what}" for what, count in seen.wrong.items()]
    return Part("公众号：什么都出错", figures, failures)
