"""The platform's short-lived secrets, access token and jsapi ticket: fetched once for all processes, kept sealed.

A process remembers what it has, so a call costs no round trip to the store, and goes on when the store is out.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import aiohttp

from bot.store.faults import StoreError
from bot.store.off_loop import off_loop
from bot.wechat.api_errors import BASE, Answer, InvalidCredential, WrongSecret, ask

EARLY_SECONDS = 300
"""So long before its end a secret is no longer used; of one that lives shorter than twice this, the first half is."""
LOCK_SECONDS = 5
"""For so long the process that fetches is left alone by the others."""
PATIENCE_SECONDS = 2.0
"""So long another process waits for what that one notes; then it asks too, which does no harm."""
FORCED_A_DAY, FORCED_APART_SECONDS = 20, 30
"""What the platform allows of `force_refresh`: closer together it changes nothing but the count."""

LONGEST_SECONDS = 24 * 3600
SECRET_SHAPE = re.compile(r"[!-~]{1,1024}")  # the platform promises at least 512 characters will do

_POLL_SECONDS = 0.1
_DAY_SECONDS = 24 * 3600
_logger = logging.getLogger(__name__)


class Notes(Protocol):
    """Short texts that all processes share. Methods raise StoreError; then a process does with what it has itself."""

    async def note(self, name: str, value: str | None, seconds: float) -> None:
        """Keep `value` under `name` for `seconds`; None removes it."""
        ...

    async def noted(self, name: str) -> str | None:
        """Return what is kept, None when there is nothing or its time is over."""
        ...

    async def take(self, name: str, limit: int, seconds: float) -> bool:
        """Count one more of `name`, whatever the process; False when there were `limit` in these seconds already."""
        ...


@dataclass(frozen=True)
class Fresh:
    """A secret as it was just fetched, and how many seconds it will be valid."""

    value: str = field(repr=False)
    seconds: int

    @classmethod
    def read(cls, answer: Answer, name: str) -> Fresh:
        """Read the secret `name` and its `expires_in`. Raises ApiError."""
        return cls(answer.text(name, SECRET_SHAPE), answer.number("expires_in", LONGEST_SECONDS))


@dataclass(frozen=True)
class _Held:
    value: str = field(repr=False)
    until: float
    """Seconds of the wall clock, which processes share."""

    def serves(self, now: float, stale: str | None) -> bool:
        return self.until > now and self.value != stale


class Shelf:
    """Notes that are sealed before they leave the process. While the store or the vault is out it holds nothing.

    `seal` and `unseal` are called in a thread of their own and may wait for a disk. Both raise StoreError, `unseal`
    also for what it cannot open.
    """

    def __init__(self, notes: Notes, seal: Callable[[str], str], unseal: Callable[[str], str]) -> None:
        self._notes = notes
        self._seal = seal
        self._unseal = unseal

    async def read(self, name: str) -> _Held | None:
        """Return what was put there and can still be opened and read."""
        try:
            sealed = await self._notes.noted(name)
            text = None if sealed is None else await off_loop(partial(self._unseal, sealed), "密钥库")
        except StoreError as error:
            _report(name, error)
            return None
        if text is None:
            return None
        kept = json.loads(text)  # sealed, so nobody but this class wrote it; its name tells one moved from elsewhere
        return _Held(kept["value"], kept["until"]) if kept["name"] == name else None

    async def put(self, name: str, held: _Held, seconds: float) -> None:
        """Keep it sealed for `seconds`, as far as the store takes it."""
        text = json.dumps({"name": name, "value": held.value, "until": held.until})
        try:
            await self._notes.note(name, await off_loop(partial(self._seal, text), "密钥库"), seconds)
        except StoreError as error:
            _report(name, error)

    async def take(self, name: str, limit: int, seconds: float, *, when_out: bool) -> bool:
        """Count one more across processes; `when_out` is the answer while the store cannot count."""
        try:
            return await self._notes.take(name, limit, seconds)
        except StoreError as error:
            _report(name, error)
            return when_out


class SharedSecret:
    """One secret of the platform's, fetched by one task in the process and, as far as the notes work, by one process.

    `fetch` is given the value that turned out to be stale, None when there was none, and never returns that one. It
    raises ApiError; everybody who waits for it gets the same error.
    """

    def __init__(
        self,
        name: str,
        shelf: Shelf,
        fetch: Callable[[str | None], Awaitable[Fresh]],
        *,
        patience: float = PATIENCE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._name = name
        self._shelf = shelf
        self._fetch = fetch
        self._patience = patience
        self._now = now
        self._held: _Held | None = None
        self._running: asyncio.Task[str] | None = None
        self._ours, self._ours_until = "", 0.0

    async def value(self) -> str:
        """Return the secret. Raises ApiError."""
        return await self._other_than(None)

    async def renewed(self, stale: str) -> str:
        """Return another secret than `stale`, which the platform has just refused. Raises ApiError."""
        return await self._other_than(stale)

    async def _other_than(self, stale: str | None) -> str:
        while True:
            if self._held is not None and self._held.serves(self._now(), stale):
                return self._held.value
            if self._running is None or self._running.done():
                self._running = asyncio.create_task(self._obtain(stale))
                self._running.add_done_callback(_look_at)
            # Shielded: a caller whose time is over must not take the secret away from the others who wait.
            value = await asyncio.shield(self._running)
            if value != stale:  # it may be, when the running task was begun for somebody who had none yet
                return value

    async def _obtain(self, stale: str | None) -> str:
        held = await self._shelf.read(self._name)
        if held is not None and held.serves(self._now(), stale):
            self._held = held
            return held.value
        if not await self._is_ours_to_fetch(stale):
            held = await self._noted_by_another(stale)
            if held is not None:
                self._held = held
                return held.value
        fresh = await self._fetch(stale)
        seconds = max(fresh.seconds - EARLY_SECONDS, fresh.seconds / 2)
        self._held = _Held(fresh.value, self._now() + seconds)
        await self._shelf.put(self._name, self._held, seconds)
        return fresh.value

    async def _is_ours_to_fetch(self, stale: str | None) -> bool:
        """Take the lock on replacing `stale`; a fetch of this process that failed may be tried again at once.

        Each value has a lock of its own: one that is refused seconds after it was fetched is renewed without waiting.
        """
        mark = "none" if stale is None else hashlib.sha256(stale.encode()).hexdigest()[:8]
        lock, now = f"{self._name}:lock:{mark}", asyncio.get_running_loop().time()
        if self._ours == lock and now < self._ours_until:
            return True
        if not await self._shelf.take(lock, 1, LOCK_SECONDS, when_out=True):
            return False
        self._ours, self._ours_until = lock, now + LOCK_SECONDS
        return True

    async def _noted_by_another(self, stale: str | None) -> _Held | None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._patience
        while loop.time() < end:
            await asyncio.sleep(_POLL_SECONDS)
            held = await self._shelf.read(self._name)
            if held is not None and held.serves(self._now(), stale):
                return held
        return None


class Tokens:
    """The access token of one account, by `stable_token`. Neither repr nor any error shows token or secret.

    `session` should keep no cookies. `seal` and `unseal` are as in `Shelf`. `seconds` bounds each request. Raises
    ValueError without an app id or a secret: there is no default.
    """

    def __init__(
        self,
        app_id: str,
        secret: str,
        session: aiohttp.ClientSession,
        notes: Notes,
        *,
        seal: Callable[[str], str],
        unseal: Callable[[str], str],
        base: str = BASE,
        seconds: float = 4.0,
        patience: float = PATIENCE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not app_id or not secret:
            raise ValueError("要调用微信接口，AppID 和 AppSecret 都不能为空；请从公众平台“基本配置”页抄到账号文件里")
        self._app_id = app_id
        self._secret = secret
        self._session = session
        self._shelf = Shelf(notes, seal, unseal)
        self._url = f"{base.rstrip('/')}/cgi-bin/stable_token"
        self._seconds = seconds
        self._patience = patience
        self._now = now
        self._token = self.shared("token", self._fetch)

    def __repr__(self) -> str:
        return f"Tokens({self._app_id!r})"

    async def token(self) -> str:
        """Return a token that is valid for some minutes yet, as far as is known here. Raises ApiError."""
        return await self._token.value()

    async def renew(self, stale: str) -> str:
        """Return another token than `stale`, which a call was refused with.

        It is the one that another process has fetched meanwhile, or else a new one. Raises ApiError; InvalidCredential
        when the platform gives out none but `stale` and may not be forced again yet.
        """
        return await self._token.renewed(stale)

    def shared(self, name: str, fetch: Callable[[str | None], Awaitable[Fresh]]) -> SharedSecret:
        """Return another secret of this account that is to be kept like the token, under a `name` of its own."""
        return SharedSecret(self._note(name), self._shelf, fetch, patience=self._patience, now=self._now)

    def _note(self, name: str) -> str:
        return f"wechat:{self._app_id}:{name}"

    async def _fetch(self, stale: str | None) -> Fresh:
        fresh = await self._ask(force=False)
        if fresh.value == stale and await self._may_force():
            fresh = await self._ask(force=True)
        if fresh.value == stale:
            raise InvalidCredential(InvalidCredential.codes[0])
        return fresh

    async def _may_force(self) -> bool:
        """Whether a forced refresh is left. Who cannot count does not force: twenty are all there are in a day."""
        apart = await self._shelf.take(self._note("forced"), 1, FORCED_APART_SECONDS, when_out=False)
        return apart and await self._shelf.take(self._note("forced_today"), FORCED_A_DAY, _DAY_SECONDS, when_out=False)

    async def _ask(self, *, force: bool) -> Fresh:
        account = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        deadline = asyncio.get_running_loop().time() + self._seconds
        answer = await ask(self._session, "POST", self._url, body=account | {"force_refresh": force}, deadline=deadline)
        try:
            return Fresh.read(answer, "access_token")
        except InvalidCredential as error:  # no token was sent: here 40001 speaks of the secret
            code = error.code
        raise WrongSecret(code)


def _report(name: str, error: StoreError) -> None:
    _logger.warning("%s is not shared with other processes now: %s", name, type(error).__name__)


def _look_at(task: asyncio.Task[str]) -> None:
    """Look at an error that nobody waited for any more, so that it is not reported as forgotten."""
    if not task.cancelled():
        task.exception()
