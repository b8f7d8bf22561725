"""The platform's API as far as we call it, asynchronous: every call ends in time, if in an ApiError."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import aiohttp

from bot.wechat.api_errors import (
    BASE,
    MAX_JSON_BYTES,
    Answer,
    ApiError,
    InvalidCredential,
    Unreachable,
    Why,
    ask,
)
from bot.wechat.tokens import SECRET_SHAPE, Fresh, Tokens

MAX_MEDIA_BYTES = 10 * 1024 * 1024
LONGEST_CODE_SECONDS = 30 * 24 * 3600
LONGEST_SCENE = 64
"""What the platform allows of a parameter QR code: seconds of a temporary one, characters of its scene."""

_NO_MENU = 46003
_ALREADY_TYPING = 45081
_URL = re.compile(r"https?://[!-~]{1,1024}")
_ADDRESS = re.compile(r"[0-9A-Fa-f:./]{3,64}")

T = TypeVar("T")


@dataclass(frozen=True)
class Media:
    """What a person sent, as the platform gives it out. The type is what it says: look at the bytes before use."""

    content_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Code:
    """A parameter QR code: `ticket` fetches its picture, `url` is what it says; `seconds` None: for ever."""

    ticket: str
    url: str
    seconds: int | None


class WechatApi:
    """Calls for one account. `seconds` bounds a whole call, with the token it may need and the one retry.

    A call is made again once, and only when the platform refused its token. Every method raises ApiError (after
    Unreachable see `may_have_arrived`) and nothing else, whatever the platform answers. `session` should keep no
    cookies; it stays the caller's to close.
    """

    def __init__(
        self,
        account_app_id: str,
        session: aiohttp.ClientSession,
        tokens: Tokens,
        *,
        base: str = BASE,
        seconds: float = 4.0,
    ) -> None:
        self.app_id = account_app_id
        self._session = session
        self._tokens = tokens
        self._base = base.rstrip("/")
        self._seconds = seconds
        self._ticket = tokens.shared("jsapi_ticket", self._fetch_ticket)

    def __repr__(self) -> str:
        return f"WechatApi({self.app_id!r})"

    async def send_text(self, openid: str, text: str) -> None:
        """Send a customer-service message; the platform takes at most 2,048 UTF-8 bytes."""
        await self._send(openid, "text", {"content": text})

    async def send_article(self, openid: str, title: str, description: str, url: str, picture_url: str = "") -> None:
        """Send one article that leads to `url`."""
        article = {"title": title, "description": description, "url": url, "picurl": picture_url}
        await self._send(openid, "news", {"articles": [article]})

    async def send_options(self, openid: str, head: str, options: Sequence[tuple[str, str]], tail: str) -> None:
        """Send options to tap, each an id and what it says; the id comes back as `bizmsgmenuid`."""
        listed = [{"id": number, "content": content} for number, content in options]
        await self._send(openid, "msgmenu", {"head_content": head, "list": listed, "tail_content": tail})

    async def typing(self, openid: str, is_on: bool) -> None:
        """Show the person that an answer is being written, or no longer; for 15 seconds at most. Twice is once."""
        body = {"touser": openid, "command": "Typing" if is_on else "CancelTyping"}
        await self._do("message/custom/typing", body, fine=_ALREADY_TYPING)

    async def create_menu(self, menu: Mapping[str, Any]) -> None:
        """Publish the menu `{"button": [...]}` in place of the one there is; phones show it within a day."""
        await self._do("menu/create", menu)

    async def read_menu(self) -> dict[str, Any] | None:
        """Return the menu as `create_menu` takes it, None when there is none."""
        return await self._call("GET", "menu/get", _menu)

    async def delete_menu(self) -> None:
        """Remove the menu; without one nothing happens."""
        await self._call("GET", "menu/delete", partial(_done, fine=_NO_MENU))

    async def download(self, media_id: str) -> Media:
        """Return a picture or sound that was sent within the last three days, at most 10 MiB."""
        return await self._call("GET", "media/get", _media, query={"media_id": media_id}, limit=MAX_MEDIA_BYTES)

    async def make_code(self, scene: str, seconds: int | None) -> Code:
        """Return a new QR code that tells `scene` when it is scanned, for `seconds` or, with None, for ever.

        The platform gives an account 100,000 permanent ones. Raises ValueError for a scene that is not 1 to 64
        characters or more than 30 days.
        """
        if not 1 <= len(scene) <= LONGEST_SCENE:
            raise ValueError(f"二维码的场景要有 1 到 {LONGEST_SCENE} 个字，现在有 {len(scene)} 个；请改短或补上")
        if seconds is not None and not 1 <= seconds <= LONGEST_CODE_SECONDS:
            raise ValueError(f"临时二维码的时限要在 1 到 {LONGEST_CODE_SECONDS} 秒之间；更久的请做永久的")
        wanted: dict[str, object] = {
            "action_name": "QR_LIMIT_STR_SCENE" if seconds is None else "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        if seconds is not None:
            wanted["expire_seconds"] = seconds
        return await self._call("POST", "qrcode/create", partial(_code, is_temporary=seconds is not None), body=wanted)

    async def jsapi_ticket(self) -> str:
        """Return the ticket that pages sign for the JS-SDK; kept and shared like the token."""
        return await _before_sending(self._ticket.value(), self._deadline())

    async def notify(self, openid: str, template_id: str, page: str, data: Mapping[str, str]) -> None:
        """Send a subscription notification the person has granted; `page` "" leads nowhere."""
        body: dict[str, object] = {
            "touser": openid,
            "template_id": template_id,
            "data": {name: {"value": value} for name, value in data.items()},
        }
        await self._do("message/subscribe/bizsend", body | {"page": page} if page else body)

    async def callback_addresses(self) -> list[str]:
        """Return the addresses and networks that the platform pushes from."""
        return await self._call("GET", "getcallbackip", _addresses)

    async def _send(self, openid: str, kind: str, content: Mapping[str, object]) -> None:
        await self._do("message/custom/send", {"touser": openid, "msgtype": kind, kind: content})

    async def _do(self, path: str, body: Mapping[str, object], *, fine: int | None = None) -> None:
        await self._call("POST", path, partial(_done, fine=fine), body=body)

    async def _fetch_ticket(self, _stale: str | None) -> Fresh:
        return await self._call("GET", "ticket/getticket", _fresh_ticket, query={"type": "jsapi"})

    async def _call(
        self,
        method: str,
        path: str,
        read: Callable[[Answer], T],
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        limit: int = MAX_JSON_BYTES,
    ) -> T:
        """Return what `read` makes of the answer; its InvalidCredential leads to the one retry. Raises ApiError."""
        deadline = self._deadline()

        async def once(token: str) -> T:
            url = f"{self._base}/cgi-bin/{path}"
            with_token = {"access_token": token, **(query or {})}
            return read(
                await ask(self._session, method, url, query=with_token, body=body, limit=limit, deadline=deadline)
            )

        token = await _before_sending(self._tokens.token(), deadline)
        try:
            return await once(token)
        except InvalidCredential:
            pass  # left first, so that the error of the second try does not carry this one along
        return await once(await _before_sending(self._tokens.renew(token), deadline))

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._seconds


async def _before_sending(secret: Awaitable[str], deadline: float) -> str:
    """Return a secret that a request needs; without it the request has surely not been made. Raises ApiError."""
    try:
        async with asyncio.timeout_at(deadline):
            return await secret
    except TimeoutError:
        pass
    except Unreachable as error:
        error.may_have_arrived = False
        raise
    raise Unreachable(Why.TOO_SLOW, may_have_arrived=False)


def _done(answer: Answer, *, fine: int | None) -> None:
    """Read the answer to an order: it says expressly that it was carried out, or with `fine` that it need not be."""
    try:
        table = answer.table()
    except ApiError as error:
        if error.code == fine:
            return
        raise
    if "errcode" not in table:
        raise Unreachable(Why.UNREADABLE)


def _menu(answer: Answer) -> dict[str, Any] | None:
    try:
        menu = answer.table().get("menu")
    except ApiError as error:
        if error.code == _NO_MENU:
            return None
        raise
    if not isinstance(menu, dict):
        raise Unreachable(Why.UNREADABLE)
    return menu


def _media(answer: Answer) -> Media:
    """Read a file; an error comes as JSON in its place, sometimes called plain text."""
    if answer.content_type.startswith("text/") or answer.content_type.endswith("json"):
        answer.table()
        raise Unreachable(Why.UNREADABLE)
    if not answer.body:
        raise Unreachable(Why.UNREADABLE)
    return Media(answer.content_type, answer.body)


def _code(answer: Answer, *, is_temporary: bool) -> Code:
    seconds = answer.number("expire_seconds", LONGEST_CODE_SECONDS) if is_temporary else None
    return Code(answer.text("ticket", SECRET_SHAPE), answer.text("url", _URL), seconds)


def _fresh_ticket(answer: Answer) -> Fresh:
    return Fresh.read(answer, "ticket")


def _addresses(answer: Answer) -> list[str]:
    listed = answer.table().get("ip_list")
    if not isinstance(listed, list):
        raise Unreachable(Why.UNREADABLE)
    addresses = [each for each in listed if isinstance(each, str) and _ADDRESS.fullmatch(each)]
    if len(addresses) != len(listed):
        raise Unreachable(Why.UNREADABLE)
    return addresses
