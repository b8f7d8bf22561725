"""The WeChat callback: GET verifies the address, POST takes one message and answers it in the same breath.

The platform shows people an error banner for a 500 and pushes again after five seconds. So a stranger's request ends
in a counted 400, and a fault of our own in a logged traceback and a calm sentence.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from bot import metrics
from bot.store.faults import StoreError
from bot.wechat.answering import Answers
from bot.wechat.desk import Desk
from bot.wechat.door import (
    MAX_BODY_BYTES,
    WINDOW_SECONDS,
    WRONG_KEY_REASONS,
    PushKind,
    Reason,
    Refused,
    SignatureMemory,
    check_account,
    check_query,
    open_push,
    seal_article,
    seal_handoff,
    seal_reply,
    verify_echo,
)
from bot.wechat.late import ANSWER_SECONDS, Deadline
from bot.wechat.owed import CALM
from bot.wechat.reply import SUCCESS
from bot.wechat.visit import Reply, Visit

REFUSALS: web.AppKey[dict[Reason, int]] = web.AppKey("wechat_refusals", dict)

BODY_SECONDS = 5  # the platform itself gives up after five
WRONG_KEY = "wrong_key"
"""The note of an account whose pushes are signed rightly and opened by no key: `juzhuzheng wechat check` names it."""
WRONG_KEY_SECONDS = 24 * 3600.0
_DRAIN_SECONDS = 8.0

_logger = logging.getLogger(__name__)


def setup_routes(
    app: web.Application,
    desks: Mapping[str, Desk],
    answers: Answers,
    *,
    now: Callable[[], float] = time.time,
    window: int = WINDOW_SECONDS,
    seconds: float = ANSWER_SECONDS,
) -> None:
    """Serve `/wechat/<account>` for the accounts of `desks`, by name, and count refusals by reason in `app[REFUSALS]`.

    A desk renders messages of at most 2,047 UTF-8 bytes. A signature is valid for `window` seconds on both sides of
    now; a reply is kept as long, so that a request that is captured and sent again gets the reply it had. An answer
    that takes longer than `seconds` is late (`bot.wechat.late`).

    Raises SettingsError for an account whose keys would leave the door open.
    """
    for desk in desks.values():
        check_account(desk.account)
    refusals = app[REFUSALS] = dict.fromkeys(Reason, 0)
    deadline = Deadline(answers, seconds)
    callback = _Callback(desks, answers, deadline, refusals, SignatureMemory(2 * window), now, window)
    app.router.add_get("/wechat/{account}", callback.verify, allow_head=False)
    app.router.add_post("/wechat/{account}", callback.receive)

    async def drained(_app: web.Application) -> AsyncIterator[None]:
        yield
        await deadline.drain(_DRAIN_SECONDS)

    app.cleanup_ctx.append(drained)


@dataclass(frozen=True)
class _Callback:
    desks: Mapping[str, Desk]
    answers: Answers
    deadline: Deadline
    refusals: dict[Reason, int]
    memory: SignatureMemory
    now: Callable[[], float]
    window: int

    async def verify(self, request: web.Request) -> web.Response:
        """Give the console its `echostr` back."""
        desk = self._desk(request)
        try:
            echo = verify_echo(desk.account, request.query, now=self.now(), window=self.window)
        except Refused as refused:
            return await self._refuse(desk, refused.reason)
        return web.Response(text=echo, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one pushed message or event: a sealed reply, `success`, or a 400."""
        desk = self._desk(request)
        account = desk.account
        try:
            check_query(request.query, now=self.now(), window=self.window, mode=account.mode)
            body = await _read_body(request)
            push = open_push(account, request.query, body, now=self.now(), window=self.window, memory=self.memory)
        except Refused as refused:
            return await self._refuse(desk, refused.reason)
        try:
            visit = self.answers.visit(desk, push)
            sealed = self._sealed(visit, await self.deadline.reply_to(visit))
        except Exception as error:  # a 500 would show the person an error banner and stop the pushes for a minute
            self.answers.assistant.observer.saw_fault("wechat", error)
            sealed = seal_reply(account, push, "" if push.kind is PushKind.EVENT else CALM, now=self.now())
        content_type = "text/plain" if sealed == SUCCESS else "application/xml"
        return web.Response(text=sealed, content_type=content_type)

    def _sealed(self, visit: Visit, reply: Reply) -> str:
        account, push = visit.desk.account, visit.push
        if reply.hands_off and push.kind is not PushKind.EVENT:
            return seal_handoff(account, push, self.now())
        if reply.article is not None:
            return seal_article(account, push, reply.article, self.now())
        return seal_reply(account, push, reply.text, now=self.now())

    def _desk(self, request: web.Request) -> Desk:
        desk = self.desks.get(request.match_info["account"])
        if desk is None:
            raise web.HTTPNotFound
        return desk

    async def _refuse(self, desk: Desk, reason: Reason) -> web.Response:
        self.refusals[reason] += 1
        metrics.REFUSALS.labels(reason).inc()
        if reason not in WRONG_KEY_REASONS:
            _logger.info("refused on account %s: %s", desk.account.name, reason)
            return web.Response(status=400)
        # Signed with the token and opened by no key: nobody is answered until an operator puts the key right.
        _logger.error("wrong key on account %s: %s; run juzhuzheng wechat check", desk.account.name, reason)
        conversations = self.answers.assistant.conversations
        try:
            if await conversations.take(f"{desk.account.app_id}:{WRONG_KEY}", 1, 60.0):
                await conversations.note(desk.account.app_id, WRONG_KEY, reason, WRONG_KEY_SECONDS)
        except StoreError as error:
            self.answers.assistant.observer.saw_store_fault("conversations", error)
        return web.Response(status=400)


async def _read_body(request: web.Request) -> bytes:
    """Return the body; stop at 64 KiB or after 5 seconds. Raises Refused."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(Reason.BODY_COMPRESSED)
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise Refused(Reason.BODY_TOO_LARGE)
    if request.content.is_eof():  # nearly always: it came with the headers
        whole = request.content.read_nowait()
        if len(whole) > MAX_BODY_BYTES:
            raise Refused(Reason.BODY_TOO_LARGE)
        return whole
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise Refused(Reason.BODY_TOO_LARGE)
    except TimeoutError:
        raise Refused(Reason.BODY_SLOW) from None
    except (web.RequestPayloadError, ConnectionError):
        raise Refused(Reason.BODY_BROKEN) from None
    return bytes(body)
