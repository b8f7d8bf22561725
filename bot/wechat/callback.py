"""The WeChat callback: GET verifies the address, POST takes one message and answers it in the same breath.

The platform shows people an error banner for a 500 and pushes again after five seconds. So a stranger's request ends
in a counted 400, and a fault of our own in a logged traceback and a calm sentence.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiohttp import web

from bot import metrics
from bot.assistant import Assistant
from bot.identity import Identities
from bot.places import Place
from bot.settings import WechatAccount
from bot.wechat.door import (
    MAX_BODY_BYTES,
    MAX_REPLY_BYTES,
    SUCCESS,
    WINDOW_SECONDS,
    Push,
    PushKind,
    Reason,
    Refused,
    check_account,
    check_query,
    open_push,
    seal_reply,
    verify_echo,
)
from dialogs.saying import Saying

REFUSALS: web.AppKey[dict[Reason, int]] = web.AppKey("wechat_refusals", dict)

ASK_TO_TYPE = "我现在只看得懂文字。请把想问的事打成一句话发给我，例如：办居住证要带什么？"
CALM = "对不起，刚才没有处理好您的消息，请过一会儿再发一次。"
BODY_SECONDS = 5  # the platform itself gives up after five

_logger = logging.getLogger(__name__)


def setup_routes(
    app: web.Application,
    accounts: Iterable[WechatAccount],
    assistant: Assistant,
    identities: Identities,
    render: Callable[[Saying], str],
    *,
    welcome: str,
    public_url: str | None = None,
    now: Callable[[], float] = time.time,
    window: int = WINDOW_SECONDS,
) -> None:
    """Serve `/wechat/<account>` for `accounts`, and count refusals by reason in `app[REFUSALS]`.

    `public_url` begins links, None: there are none. `render` gives at most 2,047 UTF-8 bytes, as `welcome` has. A
    signature is valid for `window` seconds on both sides of now; a reply is kept as long, so that a request that is
    captured and sent again gets the reply it had.

    Raises SettingsError for an account whose keys would leave the door open, ValueError for too long a welcome.
    """
    by_name = {account.name: account for account in accounts}
    for account in by_name.values():
        check_account(account)
    if len(welcome.encode()) > MAX_REPLY_BYTES:
        raise ValueError(f"欢迎词超过微信的上限 {MAX_REPLY_BYTES} 字节")
    refusals = app[REFUSALS] = dict.fromkeys(Reason, 0)
    answers = _Answers(assistant, identities, render, welcome, public_url)
    callback = _Callback(by_name, answers, refusals, now, window)
    app.router.add_get("/wechat/{account}", callback.verify, allow_head=False)
    app.router.add_post("/wechat/{account}", callback.receive)


@dataclass(frozen=True)
class _Answers:
    """What is said to a message that came through the door; "" means nothing."""

    assistant: Assistant
    identities: Identities
    render: Callable[[Saying], str]
    welcome: str
    public_url: str | None

    def message_key(self, push: Push) -> str:
        """Events have no id, and an id alone has been seen with two people, so both ends belong to the key."""
        if push.message_id is not None:
            return self.identities.of(push.to_user, push.from_user, str(push.message_id))
        return self.identities.of(push.to_user, push.from_user, str(push.created), push.event, push.event_key)

    async def answer(self, account: WechatAccount, push: Push) -> str:
        """Return the reply: the same one however often and to whichever process the message is pushed."""
        person = self.identities.of("wechat", account.name, push.from_user)
        if push.kind is PushKind.EVENT:
            return await self._answer_event(person, push)
        if push.kind is PushKind.OTHER:
            _logger.info("message of type %s", push.type_name)
            return ASK_TO_TYPE
        place = Place(links=self.public_url, usual_city=account.city, channel="wechat")
        key = self.message_key(push)
        return await self.assistant.hear_once(person, push.content, message_key=key, render=self.render, place=place)

    async def _answer_event(self, person: str, push: Push) -> str:
        if push.event == "subscribe":
            return self.welcome
        if push.event != "unsubscribe":
            _logger.info("event of type %s", push.event)
            return ""

        async def forget() -> str:
            await self.assistant.forget(person)
            return ""

        return await self.assistant.once(person, self.message_key(push), forget)


@dataclass(frozen=True)
class _Callback:
    accounts: dict[str, WechatAccount]
    answers: _Answers
    refusals: dict[Reason, int]
    now: Callable[[], float]
    window: int

    async def verify(self, request: web.Request) -> web.Response:
        """Give the console its `echostr` back."""
        account = self._account(request)
        try:
            echo = verify_echo(account, request.query, now=self.now(), window=self.window)
        except Refused as refused:
            return self._refuse(account, refused.reason)
        return web.Response(text=echo, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one pushed message or event: a sealed reply, `success`, or a 400."""
        account = self._account(request)
        try:
            check_query(request.query, now=self.now(), window=self.window)
            body = await _read_body(request)
            push = open_push(account, request.query, body, now=self.now(), window=self.window)
        except Refused as refused:
            return self._refuse(account, refused.reason)
        try:
            reply = await self.answers.answer(account, push)
            sealed = seal_reply(account, push, reply, now=self.now())
        except Exception as error:  # a 500 would show the person an error banner and stop the pushes for a minute
            self.answers.assistant.observer.saw_fault("wechat", error)
            sealed = seal_reply(account, push, "" if push.kind is PushKind.EVENT else CALM, now=self.now())
        content_type = "text/plain" if sealed == SUCCESS else "application/xml"
        return web.Response(text=sealed, content_type=content_type)

    def _account(self, request: web.Request) -> WechatAccount:
        account = self.accounts.get(request.match_info["account"])
        if account is None:
            raise web.HTTPNotFound
        return account

    def _refuse(self, account: WechatAccount, reason: Reason) -> web.Response:
        self.refusals[reason] += 1
        metrics.REFUSALS.labels(reason).inc()
        _logger.info("refused on account %s: %s", account.name, reason)
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
