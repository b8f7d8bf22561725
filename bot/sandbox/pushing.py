"""The delivery engine: pushes a message until it is answered, three times at most, and shows what came back.

Each push has five seconds, then the connection is dropped and the same message is pushed again. What comes back and is
no reply ends it at once with the platform's banner; after several such messages in a row nothing is pushed for a
minute.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Coroutine
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from bot.sandbox.envelope import opened_reply, sealed_echo, sealed_push
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.ledger import Attempt, Delivery, Fate, Ledger, Outcome
from bot.sandbox.messages import Message, inner_xml
from bot.sandbox.options import Clock, SandboxOptions
from bot.sandbox.people import BANNER, Person, Side
from bot.sandbox.replies import Flaw, NotAReply, Said, SaidKind, read_reply

MAX_RESPONSE_BYTES = 256 * 1024
SILENT_BODIES = ("success", "")
_WITH_HUMAN = "（人工客服收到了这条消息；人工接待期间，公众号的程序看不到它）"
_TO_HUMAN = "（已转人工客服）"


class Pushing:
    """Pushes to one callback address. `callback_url` may be changed while it runs."""

    def __init__(self, options: SandboxOptions, clock: Clock, faults: Faults, ledger: Ledger) -> None:
        self.callback_url = options.callback_url
        self._options = options
        self._clock = clock
        self._faults = faults
        self._ledger = ledger
        self._session: ClientSession | None = None
        self._background: set[asyncio.Task[Any]] = set()
        self._overtaken: dict[str, asyncio.Event] = {}
        self._last_id: tuple[str, int] = ("", 0)
        self._event_seconds: dict[tuple[str, ...], int] = {}
        self._next_id = int(time.time()) * 10**9 + secrets.randbelow(10**6)
        self._failures = 0
        self._rests_until = 0.0

    def open(self) -> None:
        """Begin; needs a running event loop."""
        # A limit would keep pushes waiting that the platform sends at once.
        self._session = ClientSession(
            connector=TCPConnector(limit=0),
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=None),
            headers={"User-Agent": "Mozilla/4.0", "Accept": "*/*"},
        )

    @property
    def is_resting(self) -> bool:
        """Whether nothing is pushed because too much has failed."""
        return self._rests_until > self._clock.now()

    async def deliver(self, person: Person, message: Message) -> Delivery:
        """Push a message until the platform is done with it, and return what became of it."""
        delivery = self._ledger.open(person.openid, message)
        if not message.is_event and person.is_with_human:
            delivery.fate = Fate.WITH_HUMAN
            person.meet_human()
            person.show(Side.PLATFORM, _WITH_HUMAN)
            return delivery
        self._write(person, delivery)
        overtaken = self._overtaken.pop(person.openid, None)
        await self._hold_back(person, message, may_be_held=overtaken is None)
        await self._push_until_answered(person, delivery)
        if overtaken is not None:
            overtaken.set()
        if delivery.fate in (Fate.REPLIED, Fate.SILENT) and self._faults.happens(Fault.DUPLICATE):
            self.in_background(self._repeat(delivery))
        return delivery

    async def verify(self) -> bool:
        """Ask the address for its `echostr`, as the console does; tell whether it gave it back."""
        echo = str(secrets.randbelow(10**18))
        query = sealed_echo(self._options, echo, now=time.time())
        try:
            async with asyncio.timeout(self._clock.ours(self._options.clocks.patience)):
                async with self._opened().get(self.callback_url, params=query, allow_redirects=False) as response:
                    return response.status == 200 and await response.content.read(len(echo) + 1) == echo.encode()
        except (ClientError, TimeoutError):
            return False

    def in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Start work that nobody waits for but `settled`."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._forget_when_well)

    async def settled(self) -> None:
        """Return when nothing is under way in the background. Raises what went wrong there."""
        while self._background:
            under_way = tuple(self._background)
            self._background.difference_update(under_way)
            await asyncio.gather(*under_way)

    async def close(self) -> None:
        """Drop what is under way."""
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _forget_when_well(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and task.exception() is None:
            self._background.discard(task)

    def _opened(self) -> ClientSession:
        if self._session is None:
            raise RuntimeError("the box is not open: use it as an asynchronous context manager")
        return self._session

    def _write(self, person: Person, delivery: Delivery) -> None:
        message, created = delivery.message, int(time.time())
        if message.is_event:
            # Events are told apart by their second. When the clock runs fast, two taps share one of ours.
            same = (person.openid, message.name, str(message.fields), message.inner)
            created = self._event_seconds[same] = max(created, self._event_seconds.get(same, 0) + 1)
        else:
            delivery.message_id = self._take_id(person.openid)
        ends = {"to_user": self._options.original_id, "from_user": person.openid}
        delivery.xml = inner_xml(message, **ends, created=created, message_id=delivery.message_id)

    def _take_id(self, openid: str) -> int:
        last_openid, last_id = self._last_id
        if last_openid not in ("", openid) and self._faults.happens(Fault.SAME_ID):
            self._last_id = ("", 0)  # the same one for two people, not for three, and never twice for one
            return last_id
        self._next_id += 1
        self._last_id = (openid, self._next_id)
        return self._next_id

    async def _hold_back(self, person: Person, message: Message, *, may_be_held: bool) -> None:
        if self._faults.happens(Fault.DELAY):
            await self._clock.sleep(self._faults.between(Fault.DELAY, self._options.clocks.longest_delay))
        if message.is_event or not self._faults.happens(Fault.REORDER) or not may_be_held:
            return
        event = self._overtaken[person.openid] = asyncio.Event()
        try:
            async with asyncio.timeout(self._clock.ours(self._options.clocks.overtaking)):
                await event.wait()
        except TimeoutError:  # nothing came that could overtake it
            self._overtaken.pop(person.openid, None)

    async def _push_until_answered(self, person: Person, delivery: Delivery) -> None:
        if self.is_resting:
            delivery.fate = Fate.WITHHELD
            person.show(Side.PLATFORM, BANNER)
            return
        for number in range(self._options.pushes):
            attempt = await self._push(delivery, may_drop=number + 1 < self._options.pushes)
            if attempt.outcome in (Outcome.REPLY, Outcome.SILENCE):
                self._succeeded(person, delivery, attempt.said)
                return
            if attempt.outcome is Outcome.INVALID:
                break
            if number + 1 < self._options.pushes:  # a connection that broke early is tried again no sooner
                await self._clock.sleep(max(self._options.clocks.patience - attempt.seconds, 0.0))
        self._failed(person, delivery)

    def _succeeded(self, person: Person, delivery: Delivery, said: Said | None) -> None:
        self._failures = 0
        delivery.fate, delivery.said = (Fate.REPLIED if said else Fate.SILENT), said
        if said is None or not person.is_following:
            return
        if said.kind is SaidKind.HANDOFF:
            person.meet_human()
            person.show(Side.PLATFORM, _TO_HUMAN)
        else:
            person.show(Side.ACCOUNT, said=said)

    def _failed(self, person: Person, delivery: Delivery) -> None:
        delivery.fate = Fate.BANNER
        if person.is_following:
            person.show(Side.PLATFORM, BANNER)
        self._failures += 1
        if self._failures >= self._options.failures_before_rest:
            self._failures = 0
            self._rests_until = self._clock.now() + self._options.clocks.rest

    async def _repeat(self, delivery: Delivery) -> None:
        """Push again what was answered: its reply is noted, and nobody is shown it."""
        await self._clock.sleep(self._faults.between(Fault.DUPLICATE, self._options.clocks.longest_delay))
        await self._push(delivery, may_drop=False, is_repeat=True)

    async def _push(self, delivery: Delivery, *, may_drop: bool, is_repeat: bool = False) -> Attempt:
        account = self._options.account
        takes_previous = account.previous_aes_key is not None and self._faults.happens(Fault.PREVIOUS_KEY)
        key = account.previous_aes_key if takes_previous and account.previous_aes_key else account.aes_key
        query, body = sealed_push(self._options, delivery.xml, openid=delivery.openid, key=key, now=time.time())
        attempt = Attempt(self._clock.now(), is_repeat, request=body)
        delivery.attempts.append(attempt)
        clocks = self._options.clocks
        drops = may_drop and self._faults.happens(Fault.DROP)
        seconds = self._faults.between(Fault.DROP, clocks.longest_drop) if drops else clocks.patience
        try:
            async with asyncio.timeout(self._clock.ours(seconds)):
                await self._exchange(attempt, query)
                attempt.seconds = self._clock.now() - attempt.started
                self._judge(delivery, attempt, key)
        except TimeoutError:
            attempt.outcome = Outcome.TIMEOUT
        except ClientError:
            attempt.outcome = Outcome.UNREACHED
        attempt.seconds = attempt.seconds or self._clock.now() - attempt.started
        if drops:  # nobody is shown its reply; one that came all the same tells whether it was handled twice
            attempt.outcome = Outcome.DROPPED
        return attempt

    async def _exchange(self, attempt: Attempt, query: dict[str, str]) -> None:
        headers = {"Content-Type": "text/xml"}
        async with self._opened().post(
            self.callback_url, params=query, data=attempt.request, headers=headers, allow_redirects=False
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > MAX_RESPONSE_BYTES:
                    break
            attempt.status, attempt.response = response.status, body.decode(errors="replace")

    def _judge(self, delivery: Delivery, attempt: Attempt, key: str) -> None:
        try:
            attempt.said = self._read(delivery, attempt, key)
        except NotAReply as error:
            attempt.outcome, attempt.flaw = Outcome.INVALID, error.flaw
        else:
            attempt.outcome = Outcome.REPLY if attempt.said else Outcome.SILENCE

    def _read(self, delivery: Delivery, attempt: Attempt, key: str) -> Said | None:
        if attempt.status != 200:
            raise NotAReply(Flaw.STATUS)
        if len(attempt.response.encode()) > MAX_RESPONSE_BYTES:
            raise NotAReply(Flaw.TOO_LARGE)
        if "�" in attempt.response:
            raise NotAReply(Flaw.NOT_TEXT)
        if attempt.response.strip() in SILENT_BODIES:
            return None
        attempt.plain = opened_reply(self._options, attempt.response, key=key)
        ends = {"to_user": delivery.openid, "from_user": self._options.original_id}
        return read_reply(attempt.plain, **ends, is_event=delivery.message.is_event)
