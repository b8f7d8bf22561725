"""kill -9 in the middle of the talk, again and again: what was told is kept, and no declaration is lost or doubled."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from aiohttp import ClientError, ClientSession

from dialogs.flows.declaration import Declaration
from knowledge.library import Library
from knowledge.loading import open_library
from tests.bot.declaring import label, until_submission
from tests.bot.process import Service, running
from tests.bot.servers import postgres_server, redis_server
from tests.bot.visiting import Follower, connected, push, receipts_in, sealed_push, written_settings
from tests.endurance.report import Part

ROUNDS = 100
"""Of each kind: files of one host, and Redis and PostgreSQL of two."""
CITIES = {"巴中": "巴中市", "赤峰": "赤峰市", "开封": "开封市", "洛阳": "洛阳市"}
REPLIES_CHECKED = 12
ASKERS, DECLARERS = 3, 3
_BROKEN = (ClientError, ConnectionError, TimeoutError)


@dataclass(frozen=True)
class Sent:
    """A message as it can be pushed again."""

    content: str
    number: int
    person: str


@dataclass
class Told:
    """What people were told before the power went."""

    cities: dict[str, str] = field(default_factory=dict)
    replies: list[tuple[Sent, str]] = field(default_factory=list)
    unanswered: list[Sent] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    """By person."""
    fresh: list[str] = field(default_factory=list)
    """Who has got a receipt since the last power cut."""
    numbers: Iterator[int] = field(default_factory=lambda: count(10**9))
    """Of messages, apart from those of a `Follower`."""
    failures: list[str] = field(default_factory=list)


class Host:
    """A host that is started again after each power cut."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder, self.settings = folder, settings
        self.starts: list[float] = []
        self._running: AbstractContextManager[Service] | None = None
        self._service: Service | None = None
        self._logged = 0

    @property
    def service(self) -> Service:
        """The service as it runs now."""
        assert self._service is not None
        return self._service

    def start(self) -> None:
        """Start it; it answers when this returns."""
        started = time.perf_counter()
        self._running = running(self.folder, **self.settings)
        self._service = self._running.__enter__()
        self.starts.append(time.perf_counter() - started)

    def end(self) -> list[str]:
        """See that it has ended; return what it logged as an error since its start."""
        assert self._running is not None
        self._running.__exit__(None, None, None)
        found = self.service.errors()[self._logged :]
        self._logged += len(found)
        return found


async def _send(session: ClientSession, host: Host, told: Told, sent: Sent) -> str | None:
    """Push a message; None when the power went before its answer came."""
    try:
        reply = await push(session, host.service, sealed_push(sent.content, sent.number, sent.person))
    except _BROKEN:
        told.unanswered.append(sent)
        return None
    told.replies.append((sent, reply))
    return reply


async def _asks(session: ClientSession, hosts: Sequence[Host], told: Told, chance: random.Random, end: float) -> None:
    while time.monotonic() < end:
        number, name = next(told.numbers), chance.choice(list(CITIES))
        sent = Sent(f"我在{name}，补办居住证要钱吗", number, f"o{number}")
        if await _send(session, chance.choice(hosts), told, sent) is not None:
            told.cities[sent.person] = CITIES[name]
        await asyncio.sleep(0.01)


async def _ready_to_declare(
    session: ClientSession, hosts: Sequence[Host], told: Told, chance: random.Random, library: Library
) -> Sent:
    """Fill in everything but the last yes; return that."""
    number = next(told.numbers)
    sent = Sent(label(library, "truthful", "yes", Declaration.name), number, f"o{number}")
    chosen = (chance.choice(hosts).service for _ in count())
    await Follower(session, sent.person).walk(chosen, until_submission(library))
    return sent


async def _declares(session: ClientSession, hosts: Sequence[Host], told: Told, sent: Sent, seconds: float) -> None:
    await asyncio.sleep(seconds)
    host = hosts[sent.number % len(hosts)]
    _note_receipt(told, sent.person, await _send(session, host, told, sent))


async def _fills_in(
    session: ClientSession, hosts: Sequence[Host], told: Told, chance: random.Random, library: Library
) -> None:
    """Be in the middle of a declaration when the power goes: then nothing was handed in."""
    with suppress(*_BROKEN, AssertionError):
        await _ready_to_declare(session, hosts, told, chance, library)


def _note_receipt(told: Told, person: str, reply: str | None) -> None:
    if reply is None:
        return
    found = receipts_in(reply)
    if len(found) != 1:
        told.failures.append(f"交了没有回执：{reply[:60]}")
        return
    if told.receipts.setdefault(person, found[0]) != found[0]:
        told.failures.append("同一份得到两个回执")
    told.fresh.append(person)


async def _talk_until_killed(hosts: Sequence[Host], told: Told, chance: random.Random, library: Library) -> Host:
    """People ask and declare; after a random while one of the hosts is killed under them. Return which."""
    async with connected(10) as session:
        ready = [_ready_to_declare(session, hosts, told, chance, library) for _ in range(DECLARERS)]
        handed_in = await asyncio.gather(*ready)
        doomed, seconds = chance.choice(hosts), 0.2 + 0.8 * chance.random()
        end = time.monotonic() + seconds
        people = [_asks(session, hosts, told, chance, end) for _ in range(ASKERS)]
        people += [_declares(session, hosts, told, sent, seconds * chance.random()) for sent in handed_in]
        people += [_fills_in(session, hosts, told, chance, library)]
        tasks = [asyncio.create_task(person) for person in people]
        await asyncio.sleep(seconds * 0.9)
        await asyncio.to_thread(doomed.service.kill)
        await asyncio.gather(*tasks)
    return doomed


async def _check(hosts: Sequence[Host], told: Told, chance: random.Random) -> None:
    """See that everything told before is told again, by whichever host."""
    async with connected() as session:
        for sent in told.unanswered:  # its turn was taken or not; from now on it has one reply
            first, second = [await _again(session, hosts, chance, sent) for _ in range(2)]
            if first != second:
                told.failures.append("断电时没答完的消息，重推两次得到两种回复")
            if sent.content not in first and receipts_in(first):
                _note_receipt(told, sent.person, first)
        told.unanswered.clear()
        for sent, reply in told.replies[-REPLIES_CHECKED:]:
            if await _again(session, hosts, chance, sent) != reply:
                told.failures.append(f"同一条消息重推，得到别的回复：{sent.content[:20]}")
        for person in told.fresh:
            listed = Sent("我的申报", next(told.numbers), person)
            if receipts_in(await _again(session, hosts, chance, listed)) != [told.receipts[person]]:
                told.failures.append("给过回执的填报不见了，或者成了两份")
        told.fresh.clear()
        for person in chance.sample(sorted(told.cities), min(REPLIES_CHECKED, len(told.cities))):
            asked = Sent("签注过期了怎么办", next(told.numbers), person)
            if f"《{told.cities[person]}" not in await _again(session, hosts, chance, asked):
                told.failures.append("忘了人在哪个城市")


async def _again(session: ClientSession, hosts: Sequence[Host], chance: random.Random, sent: Sent) -> str:
    return await push(session, chance.choice(hosts).service, sealed_push(sent.content, sent.number, sent.person))


def _unsound(host: Host) -> list[str]:
    """Return which of the host's files a power cut has spoiled."""
    found = []
    for file in sorted((host.folder / "data").glob("*.sqlite3")):
        with closing(sqlite3.connect(file)) as database:
            (sound,) = database.execute("PRAGMA quick_check").fetchone()
        found += [] if sound == "ok" else [f"{file.name} 坏了：{sound}"]
    return found


def _declarations(host: Host) -> int:
    """Return how many declarations are kept."""
    url, statement = host.settings.get("JUZHUZHENG_DATABASE_URL"), "SELECT count(*) FROM declaration"
    if url is None:
        with closing(sqlite3.connect(host.folder / "data" / "records.sqlite3")) as database:
            return int(database.execute(statement).fetchone()[0])
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0


def _power_cuts(hosts: Sequence[Host], rounds: int, chance: random.Random) -> Told:
    """Kill a random host, start it again and check, so many times."""
    told, library = Told(), open_library()
    for host in hosts:
        host.start()
    for _ in range(rounds):
        killed = asyncio.run(_talk_until_killed(hosts, told, chance, library))
        told.failures += [f"日志里有错：{line[:120]}" for line in killed.end()]
        told.failures += _unsound(killed)
        killed.start()
        asyncio.run(_check(hosts, told, chance))
    for host in hosts:
        told.failures += [f"日志里有错：{line[:120]}" for line in host.end()]
    if _declarations(hosts[0]) != len(told.receipts):
        told.failures.append(f"给过 {len(told.receipts)} 个回执，存着 {_declarations(hosts[0])} 份")
    return told


@contextmanager
def _one_host(folder: Path) -> Iterator[list[Host]]:
    yield [Host(folder / "one", written_settings(folder))]


@contextmanager
def _two_hosts(folder: Path) -> Iterator[list[Host]]:
    with redis_server(folder / "redis") as redis, postgres_server(folder / "postgres") as postgres:
        stores = {"JUZHUZHENG_REDIS_URL": redis.url, "JUZHUZHENG_DATABASE_URL": postgres.database()}
        settings = {**written_settings(folder), **stores}
        first, second = (Host(folder / name, settings) for name in ("first", "second"))
        first.start()
        first.end()
        for file in ("vault.key", "identity.key"):
            target = second.folder / "data" / file
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.write_bytes((first.folder / "data" / file).read_bytes())
            target.chmod(0o600)
        yield [first, second]


def run(seed: int, scale: float) -> Part:
    """Start, talk, kill, start again; check the stores and what people had been told."""
    rounds = max(2, int(ROUNDS * scale))
    figures: dict[str, str] = {}
    failures: list[str] = []
    for name, hosts_in in (("文件，一台", _one_host), ("Redis 和 PostgreSQL，两台", _two_hosts)):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            hosts = stack.enter_context(hosts_in(Path(folder)))
            told = _power_cuts(hosts, rounds, random.Random(seed))
            failures += [f"{name}：{failure}" for failure in told.failures]
            starts = [seconds for host in hosts for seconds in host.starts]
        figures |= {
            f"{name}：断电（kill -9）": f"{rounds} 次",
            f"{name}：断电前已答复的消息": f"{len(told.replies):,}",
            f"{name}：给过的回执": f"{len(told.receipts):,}",
            f"{name}：丢失、多出或答得不同": str(len(told.failures)),
            f"{name}：再启动到能答，最慢": f"{max(starts):.1f} 秒",
        }
    return Part("断电", figures, failures[:20])
