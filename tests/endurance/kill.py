"""kill -9 in the middle of the talk, again and again: what was answered is kept, and a repeat gets the same reply."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession

from tests.bot.process import Service, running
from tests.bot.wechat_platform import ACCOUNT, Query, read, text
from tests.endurance.pushes import ACCOUNTS, pushed
from tests.endurance.report import Part

ROUNDS = 30
CITIES = {"巴中": "巴中市", "赤峰": "赤峰市", "开封": "开封市", "洛阳": "洛阳市"}
REPLIES_CHECKED = 12


@dataclass
class Told:
    """What people were told before the power went: their city, and each reply with the push it answered."""

    cities: dict[str, str] = field(default_factory=dict)
    replies: list[tuple[Query, bytes, str]] = field(default_factory=list)
    unanswered: list[tuple[Query, bytes]] = field(default_factory=list)
    number: int = 0


async def _push(session: ClientSession, service: Service, query: Query, body: bytes) -> str:
    async with session.post(f"{service.url}/wechat/{ACCOUNT.name}", params=query, data=body) as response:
        sealed = await response.text()
    return str(read(sealed)["Content"])


async def _talk_until_killed(service: Service, told: Told, chance: random.Random) -> None:
    """People name their city and ask; after a random while the process is killed under them."""
    killed = asyncio.create_task(_kill_after(service, 0.2 + chance.random()))
    async with ClientSession() as session:
        while not killed.done():
            told.number += 1
            person, name = f"o{told.number}", chance.choice(list(CITIES))
            query, body = pushed(text(f"我在{name}，补办居住证要钱吗", number=told.number, user=person), told.number)
            try:
                told.replies.append((query, body, await _push(session, service, query, body)))
                told.cities[person] = CITIES[name]
            except (ClientError, ConnectionError, TimeoutError):
                told.unanswered.append((query, body))
            await asyncio.sleep(0)
    await killed


async def _kill_after(service: Service, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await asyncio.to_thread(service.kill)


async def _what_is_lost(service: Service, told: Told, chance: random.Random) -> list[str]:
    lost: list[str] = []
    async with ClientSession() as session:
        for query, body, reply in told.replies[-REPLIES_CHECKED:]:
            if await _push(session, service, query, body) != reply:
                lost.append("同一条消息重推，得到别的回复")
        for query, body in told.unanswered:  # its turn was taken or not; from now on it has one reply
            if await _push(session, service, query, body) != await _push(session, service, query, body):
                lost.append("断电时没答完的消息，重推两次得到两种回复")
        told.unanswered.clear()
        for person in chance.sample(sorted(told.cities), min(REPLIES_CHECKED, len(told.cities))):
            told.number += 1
            again = pushed(text("签注过期了怎么办", number=told.number, user=person), told.number)
            if f"《{told.cities[person]}" not in await _push(session, service, *again):
                lost.append("忘了人在哪个城市")
    return lost


def run(seed: int, scale: float) -> Part:
    """Start, talk, kill, start again; check the store and what people had been told."""
    chance, told = random.Random(seed), Told()
    rounds = max(2, int(ROUNDS * scale))
    failures: list[str] = []
    starts: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "accounts.toml").write_text(ACCOUNTS, encoding="utf-8")
        for _ in range(rounds):
            started = time.perf_counter()
            with running(folder, JUZHUZHENG_WECHAT_ACCOUNTS=str(folder / "accounts.toml")) as service:
                starts.append(time.perf_counter() - started)
                failures += asyncio.run(_what_is_lost(service, told, chance))
                asyncio.run(_talk_until_killed(service, told, chance))
            with closing(sqlite3.connect(folder / "data" / "conversations.sqlite3")) as database:
                (sound,) = database.execute("PRAGMA quick_check").fetchone()
            failures += [] if sound == "ok" else [f"会话库坏了：{sound}"]
        with running(folder, JUZHUZHENG_WECHAT_ACCOUNTS=str(folder / "accounts.toml")) as service:
            failures += asyncio.run(_what_is_lost(service, told, chance))
    figures = {
        "断电（kill -9）": f"{rounds} 次",
        "断电前已答复的消息": f"{len(told.replies):,}",
        "丢失或答得不同": str(len(failures)),
        "再启动，最慢": f"{max(starts):.1f} 秒",
    }
    return Part("断电", figures, failures[:20])
