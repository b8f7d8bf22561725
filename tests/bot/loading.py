"""People who ask, and people in the middle of something, while a part of the service is taken away and given back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from aiohttp import ClientError, ClientSession

from bot.wechat.owed import STILL_WORKING
from dialogs import words
from knowledge.library import Library
from tests.bot.declaring import BEFORE_THE_PAGES, SECRETS, Step, label, until_submission
from tests.bot.process import Service
from tests.bot.visiting import (
    Follower,
    connected,
    in_turn,
    precheck_steps,
    push,
    receipts_in,
    sealed_push,
    without_secrets,
)

QUESTION, FIRST_LINE = "巴中补办居住证要钱吗", "不收钱：补领也免收工本费。"
LONGEST_SECONDS = 4.5
"""The platform gives up after five seconds."""
PROGRESS = "进度"
ALL_IS_THERE = "前面填的都还在"
"""In each sentence by which a dialog says that it waits."""
_RECOVERY_SECONDS = 15.0
_names = count()


@dataclass
class Seen:
    """What the people saw: seconds each question took, what was wrong, how often a dialog paused and went on."""

    questions: list[float] = field(default_factory=list)
    dialogs: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    paused: int = 0
    went_on: int = 0
    parts: list[dict[str, str]] = field(default_factory=list)
    recovered_seconds: float = 0.0
    unseen: int = 0
    """Declarations that were kept and whose receipt nobody was shown."""

    def slowest(self) -> float:
        """Return how long the slowest question took."""
        return max(self.questions, default=0.0)


@dataclass
class Talker:
    """Somebody in the middle of a dialog, who again and again asks how far it is; `stood` is the right answer."""

    follower: Follower
    stood: str

    async def ask(self, service: Service) -> str:
        """Ask how far the dialog is; a page that is offered has another link each time."""
        return without_secrets(await self.follower.say(service, PROGRESS))


@dataclass
class Submitter:
    """Somebody who has filled in everything and now hands it in, the same push until a receipt is shown."""

    follower: Follower
    number: int
    yes: str
    receipt: str = ""
    waits: bool = False

    async def hand_in(self, service: Service) -> None:
        """Push the last yes; remember the receipt when one is shown. Told that it waits, the person says it anew."""
        reply = await push(self.follower.session, service, sealed_push(self.yes, self.number, self.follower.name))
        self.waits = ALL_IS_THERE in reply
        if "回执号" in reply:
            self.follower.heard = reply
            self.receipt = self.follower.receipt()
        elif self.waits:
            self.number = _new_number()


class Load:
    """Steady load on one service, or on several that are one."""

    def __init__(self, session: ClientSession, library: Library, *services: Service) -> None:
        self.session = session
        self.library = library
        self.hosts = in_turn(*services)
        self.service = services[0]
        self.talkers: list[Talker] = []
        self.submitters: list[Submitter] = []

    async def prepare(self, submitters: int = 2) -> None:
        """Bring people into the middle of a pre-check and of a declaration, and some before the last yes."""
        declaration = until_submission(self.library)
        self.talkers = [await self._talker(steps) for steps in (precheck_steps()[:5], declaration[:BEFORE_THE_PAGES])]
        self.submitters = [await self._submitter(declaration) for _ in range(submitters)]

    async def ask_until(self, end: asyncio.Event, seen: Seen) -> None:
        """Ask as somebody new each time; each answer must be right, and in time."""
        while not end.is_set():
            started = time.monotonic()
            try:
                reply = await push(self.session, next(self.hosts), sealed_push(QUESTION, 1, _new_name()))
                if not reply.startswith(FIRST_LINE):
                    seen.wrong.append(f"a question was answered: {reply[:60]}")
            except (AssertionError, ClientError, TimeoutError) as error:
                seen.wrong.append(f"a question: {error!r}")
            seen.questions.append(time.monotonic() - started)
            await asyncio.sleep(0.05)

    async def talk_until(self, end: asyncio.Event, seen: Seen, talker: Talker) -> None:
        """Ask how far the dialog is: what was filled in, or that it waits, and nothing else."""
        while not end.is_set():
            started = time.monotonic()
            try:
                reply = await talker.ask(next(self.hosts))
                seen.went_on += reply == talker.stood
                seen.paused += ALL_IS_THERE in reply
                if reply not in (talker.stood, words.BUSY, STILL_WORKING) and ALL_IS_THERE not in reply:
                    seen.wrong.append(f"a dialog said: {reply[:80]}")
            except (AssertionError, ClientError, TimeoutError) as error:
                seen.wrong.append(f"a dialog: {error!r}")
            seen.dialogs.append(time.monotonic() - started)
            await asyncio.sleep(0.1)

    async def submit_until(self, end: asyncio.Event, seen: Seen, submitter: Submitter) -> None:
        """Push the last yes until there is a receipt."""
        while not end.is_set() and not submitter.receipt:
            try:
                await submitter.hand_in(next(self.hosts))
            except (AssertionError, ClientError, TimeoutError) as error:
                seen.wrong.append(f"a declaration: {error!r}")
            await asyncio.sleep(0.3)

    async def recover(self, seen: Seen) -> None:
        """Wait until every dialog goes on where it was; note the seconds."""
        started = time.monotonic()
        for talker in self.talkers:
            while True:
                reply = await talker.ask(next(self.hosts))
                if reply == talker.stood:
                    break
                if time.monotonic() - started > _RECOVERY_SECONDS:
                    seen.wrong.append(f"a dialog did not come back: {reply[:80]}")
                    break
                await asyncio.sleep(0.1)
        seen.recovered_seconds = time.monotonic() - started

    async def receipts_are_kept(self, seen: Seen) -> None:
        """Every receipt that was shown is there, once; who has handed in nothing can do it now."""
        for submitter in self.submitters:
            for _ in range(30):
                if not submitter.receipt:
                    await submitter.hand_in(next(self.hosts))
                if submitter.receipt or not submitter.waits:
                    break
                await asyncio.sleep(0.1)  # a part that has just come back is left alone for a second
            told = await self._listed(submitter)
            if len(receipts_in(told)) != 1 or submitter.receipt not in told:
                seen.wrong.append(f"a declaration is lost or doubled: {told[:80]}")
            seen.unseen += not submitter.receipt

    async def _listed(self, submitter: Submitter) -> str:
        for _ in range(30):
            told = await submitter.follower.say(next(self.hosts), "我的申报")
            if "请过一会儿" not in told:
                break
            await asyncio.sleep(0.1)
        return told

    async def _talker(self, steps: Sequence[Step]) -> Talker:
        follower = Follower(self.session, _new_name())
        await follower.walk(self.hosts, steps)
        return Talker(follower, without_secrets(await follower.say(next(self.hosts), PROGRESS)))

    async def _submitter(self, steps: Sequence[Step]) -> Submitter:
        follower = Follower(self.session, _new_name())
        await follower.walk(self.hosts, steps)
        return Submitter(follower, _new_number(), label(self.library, "truthful", "yes"))


def _new_number() -> int:
    return 999_000 + next(_names)


def _new_name() -> str:
    return f"o{next(_names)}x{time.monotonic_ns()}"


@asynccontextmanager
async def under_load(library: Library, *services: Service, submitters: int = 2) -> AsyncIterator[Load]:
    """Yield people who are ready, in the middle of their dialogs."""
    async with connected() as session:
        load = Load(session, library, *services)
        await load.prepare(submitters)
        yield load


async def live_through(
    load: Load, fault: Callable[[], AbstractContextManager[None]], seconds: float, *, out: set[str] | None
) -> Seen:
    """Let everybody go on before, during and after the fault; return what they saw.

    `out` are the parts that /healthz must name while it lasts, and no other; None: whichever it names.
    """
    seen, end = Seen(), asyncio.Event()
    people = [load.ask_until(end, seen) for _ in range(3)]
    people += [load.talk_until(end, seen, talker) for talker in load.talkers]
    people += [load.submit_until(end, seen, submitter) for submitter in load.submitters]
    before = await asyncio.to_thread(load.service.counts)
    tasks = [asyncio.create_task(person) for person in people]
    try:
        await asyncio.sleep(0.2)
        holds = fault()
        await asyncio.to_thread(holds.__enter__)
        try:
            await asyncio.sleep(seconds)
            seen.parts.append(await _parts_seen(load.service, out))
        finally:
            await asyncio.to_thread(holds.__exit__, None, None, None)
        await load.recover(seen)
    finally:
        end.set()
        await asyncio.gather(*tasks)
    await load.receipts_are_kept(seen)
    await _look(load.service, seen, before, out)
    return seen


async def _parts_seen(service: Service, out: set[str] | None) -> dict[str, str]:
    """Return what /healthz says; as it may be two seconds old, once more until it names what is out."""
    for _ in range(30):
        parts = await asyncio.to_thread(service.parts)
        if out is None or {part for part, state in parts.items() if state == "out"} == out:
            break
        await asyncio.sleep(0.1)
    return parts


async def _look(service: Service, seen: Seen, before: dict[str, float], out: set[str] | None) -> None:
    """Look at health, counts and the log once the fault is over."""
    named = {part for part, state in seen.parts[0].items() if state == "out"}
    if out is not None and named != out:
        seen.wrong.append(f"/healthz named {sorted(named)} and not {sorted(out)}")
    for _ in range(50):
        parts = await asyncio.to_thread(service.parts)
        if set(parts.values()) == {"ok"}:
            break
        await asyncio.sleep(0.1)
    else:
        seen.wrong.append(f"/healthz still says {parts}")
    after = await asyncio.to_thread(service.counts)
    if named and after["juzhuzheng_store_faults_total"] <= before["juzhuzheng_store_faults_total"]:
        seen.wrong.append("/metrics counted nothing")
    logged = service.log.read_bytes()
    seen.wrong += [f"the log holds {len(secret)} bytes of a person" for secret in SECRETS if secret in logged]
    seen.wrong += ["the log holds a fault of our own"] if b"Traceback" in logged or b"failed: " in logged else []
    if seen.slowest() > LONGEST_SECONDS:
        seen.wrong.append(f"a question took {seen.slowest():.1f} s")
