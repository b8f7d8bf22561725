"""The WeChat callback of the real process under good, spoiled and hostile pushes over real HTTP."""

from __future__ import annotations

import asyncio
import random
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

from aiohttp import ClientError, ClientSession

from bot.wechat.door import MAX_REPLY_BYTES, SUCCESS, sanitise
from dialogs.advisor import Advisor
from knowledge.loading import open_library
from tests.bot.process import Service, running
from tests.bot.wechat.platform import ACCOUNT, Query, encrypt, envelope, read, text
from tests.endurance.messages import Messages
from tests.endurance.report import Part

PUSHES = 4_000
ACCOUNTS = f'[{ACCOUNT.name}]\napp_id = "{ACCOUNT.app_id}"\ntoken = "{ACCOUNT.token}"\naes_key = "{ACCOUNT.aes_key}"\n'
BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><xml><ToUserName>&a;</ToUserName></xml>'
SPOILS = ("cut", "flip", "signature", "old", "plain", "bomb", "huge", "empty", "no query", "inner cut", "inner bomb")
HARMLESS = {"flip"}
"""A flipped bit may stand outside what the signature covers; every other spoiled push must be refused."""
_CALM = re.compile(r'^\{.*"level":"(?:info|warning)"')
HUNG_UP = 0
"""The status of a push whose connection the service closed before all of it was sent."""


def pushed(inner: str, number: int) -> tuple[Query, bytes]:
    """Return a push sealed now, its nonce made of `number`."""
    return envelope(encrypt(inner), nonce=f"n{number}", timestamp=str(int(time.time())))


def spoil(kind: str, query: Query, body: bytes, chance: random.Random) -> tuple[Query, bytes]:
    """Return the push spoiled in one way; each of them must be refused."""
    changed = {
        "signature": query | {"msg_signature": "0" * 40},
        "old": query | {"timestamp": str(int(time.time()) - 100_000)},
        "plain": {name: value for name, value in query.items() if name != "encrypt_type"},
        "no query": {},
    }.get(kind, query)
    place = chance.randrange(len(body))
    bodies = {
        "cut": body[:place],
        "flip": body[:place] + bytes([body[place] ^ (1 << chance.randrange(8))]) + body[place + 1 :],
        "bomb": BOMB.encode(),
        "huge": b"<xml>" + b"x" * 100_000,
        "empty": b"",
    }
    if kind in ("inner cut", "inner bomb"):
        inner = text("居住证" * 9)[: chance.randrange(200)] if kind == "inner cut" else BOMB
        return pushed(inner, chance.randrange(1 << 60))
    return changed, bodies.get(kind, body)


async def _push(session: ClientSession, service: Service, query: Query, body: bytes) -> tuple[int, str]:
    try:
        async with session.post(f"{service.url}/wechat/{ACCOUNT.name}", params=query, data=body) as response:
            return response.status, await response.text()
    except ClientError:
        return HUNG_UP, ""


def fault_of(kind: str, status: int, reply: str) -> str | None:
    """Return what is wrong with the answer to one push, or None."""
    refused = status == 400 or (kind == "huge" and status == HUNG_UP)
    if kind != "good" and not refused and not (kind in HARMLESS and status == 200):
        return f"{kind}：{status}"
    if kind == "good" and status != 200:
        return f"{kind}：{status}"
    if status == 200 and reply != SUCCESS and len(str(read(reply)["Content"]).encode()) > MAX_REPLY_BYTES:
        return "回复太长"
    return None


async def _storm(service: Service, seed: int, count: int, first: int = 0) -> tuple[Counter[str], list[str]]:
    chance = random.Random(seed)
    messages = Messages(chance, Advisor(open_library()))
    seen: Counter[str] = Counter()
    failures: list[str] = []
    async with ClientSession() as session:
        for number in range(first, first + count):
            inner = text(sanitise(messages.one()), number=number + 1, user=f"o{chance.randrange(50)}")
            query, body = pushed(inner, number)
            kind = chance.choice(SPOILS) if chance.random() < 0.5 else "good"
            status, reply = await _push(session, service, *spoil(kind, query, body, chance))
            seen[f"{kind} {status}"] += 1
            fault = fault_of(kind, status, reply)
            failures += [f"{fault}：第 {number} 条"] if fault else []
            if kind == "good" and status == 200 and chance.random() < 0.2:
                for again in ((query, body), pushed(inner, count + number)):  # the same bytes, and signed anew
                    repeat = await _push(session, service, *again)
                    is_same = repeat[0] == 200 and _same(repeat[1], reply)
                    failures += [] if is_same else [f"重推得到别的回复：第 {number} 条"]
                    seen["repeated"] += 1
    return seen, failures


def _same(one: str, other: str) -> bool:
    if SUCCESS in (one, other):
        return one == other
    return bool(read(one)["Content"] == read(other)["Content"])


def faults_in(log: str) -> list[str]:
    """Return the lines of a log that are neither an information nor a warning of the service."""
    return [line for line in log.splitlines() if not _CALM.search(line)]


def run(seed: int, scale: float) -> Part:
    """Push at a service of its own and read its memory before and after."""
    count = max(20, int(PUSHES * scale))
    with tempfile.TemporaryDirectory() as folder:
        accounts = Path(folder) / "accounts.toml"
        accounts.write_text(ACCOUNTS, encoding="utf-8")
        with running(Path(folder), JUZHUZHENG_WECHAT_ACCOUNTS=str(accounts)) as service:
            warm = asyncio.run(_storm(service, seed + 1, max(10, count // 10), first=1_000_000))
            before = service.resident_kib()
            seen, failures = asyncio.run(_storm(service, seed, count))
            after = service.resident_kib()
            log = service.log.read_text(encoding="utf-8")
    failures += warm[1]
    failures += [f"日志里有出错的痕迹：{line[:200]}" for line in faults_in(log)[:3]]
    refused = sum(number for name, number in seen.items() if name.endswith(" 400"))
    figures = {
        "推送": f"{count:,}",
        "完好的": f"{seen['good 200']:,}",
        "再推一次的（原样，或重新签名）": f"{seen['repeated']:,}",
        "弄坏的，被拒（400）": f"{refused:,}",
        "没收完就断开的（太长的）": str(seen[f"huge {HUNG_UP}"]),
        "5xx": str(sum(number for name, number in seen.items() if name[-3:-2] == "5")),
        "内存，前后": f"{before / 1024:.0f} → {after / 1024:.0f} MiB",
    }
    notes = [f"翻转一位仍被接受：{seen['flip 200']} 次（那一位不在签名所盖之内）"] if seen["flip 200"] else []
    return Part("微信回调：乱推", figures, failures[:20], notes)
