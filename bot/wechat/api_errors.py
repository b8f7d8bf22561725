"""How a call of the platform's API ends: with an answer read within bounds, or in an `ApiError` that says what to do.

The platform's own texts, the URL (it carries the token) and aiohttp's errors (they quote it) stay out of ours, also out
of `__cause__` and `__context__`: that is why errors are raised after an `except` clause here and not within it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import aiohttp
import orjson

BASE = "https://api.weixin.qq.com"
MAX_JSON_BYTES = 1024 * 1024

_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{3,45}")
_NO_TIMEOUT = aiohttp.ClientTimeout()  # the deadline of `ask` covers everything
_HEADERS = {"Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity"}


class ApiError(Exception):
    """A call did not succeed. The text says what to do; `code` is the platform's errcode and may be counted."""

    codes: ClassVar[tuple[int, ...]] = ()
    advice: ClassVar[str] = "微信接口没有成功；请按错误码在公众平台文档“全局返回码”里查原因"

    def __init__(self, code: int, advice: str | None = None) -> None:
        super().__init__(f"{advice or self.advice}（微信错误码 {code}）")
        self.code = code


class InvalidCredential(ApiError):
    """The access token is not valid (any more), and a new one did not help either."""

    codes = (40001, 40014, 42001)
    advice = "接口凭证已失效，换过也没用；请确认 AppSecret 没有重置过，也没有别的程序替这个公众号强制换凭证，再试一次"


class WrongSecret(ApiError):
    """No token is given out for this app id and secret."""

    codes = (40125, 40013)
    advice = "AppID 或 AppSecret 不对；请从公众平台“基本配置”页重新抄到账号文件里，如果那里已重置或冻结，先处理好"


class NotWhitelisted(ApiError):
    """This machine's address may not call. `ip` is the address as the platform sees it, "" when it named none."""

    codes = (40164,)

    def __init__(self, code: int, ip: str = "") -> None:
        which = f" {ip} " if ip else ""
        super().__init__(code, f"本机的出口 IP{which}不在白名单里；请在公众平台“基本配置”页加进去，几分钟后生效")
        self.ip = ip


class NotAuthorised(ApiError):
    """The account has no right to this call."""

    codes = (48001,)
    advice = "这个公众号没有这项接口权限；请在公众平台“接口权限”页查看，多数要先完成微信认证"


class WrongAccountType(ApiError):
    """This type of account cannot do that, whatever its rights."""

    codes = (40200,)
    advice = "这种类型的公众号用不了这项功能；请在账号文件里照实写账号类型，程序就会改用别的办法"


class WindowClosed(ApiError):
    """The person has not written for so long that nothing may be sent to them."""

    codes = (45015, 45080)
    advice = "离对方上次发消息太久，现在不能主动发；请等对方再发消息后回复，或改用订阅通知"


class NoMoreMessages(ApiError):
    """As many messages as are allowed were sent since the person last wrote."""

    codes = (45047,)
    advice = "对方上次发消息以来，可主动发的条数已用完；请等对方再发消息后回复"


class QuotaUsedUp(ApiError):
    """The account has called as often as it may, today or in this minute."""

    codes = (45009, 45011)
    advice = "接口调用次数已到上限；请过一会儿再试，若是当天的额度用完，要等到明天，或在公众平台申请清零"


class NotSubscribed(ApiError):
    """The person does not follow the account (any more)."""

    codes = (43004,)
    advice = "对方没有关注这个公众号，消息发不到；请等对方关注后再发"


class NotGranted(ApiError):
    """The person has not granted this notification, has taken the grant back, or it is used up."""

    codes = (43101,)
    advice = "对方没有同意接收这种订阅通知，或同意的次数已用完；请等对方在订阅页上再同意一次"


class OtherApiError(ApiError):
    """Any errcode that has no class of its own."""


class Why(StrEnum):
    """Why there is no usable answer; the values are said to the operator."""

    NO_CONNECTION = "连不上微信的接口服务器，或连接中断；请检查本机的网络、域名解析和防火墙，好了再试"
    TOO_SLOW = "微信的接口没有在时限内答完；请过一会儿再试，常这样就检查本机的网络"
    HTTP_STATUS = "微信的接口答的不是 200；请过一会儿再试，常这样就检查中间有没有代理改了请求"
    UNREADABLE = "微信的接口答的内容读不懂；请过一会儿再试，常这样就检查中间有没有代理改了内容"
    TOO_LARGE = "微信的接口答的内容太大，没有收；如果是图片，请对方发小一点的"
    BUSY = "微信的系统正忙；请过一会儿再试"


class Unreachable(ApiError):
    """There was no usable answer. `code` is -1, as the platform says it of itself.

    `may_have_arrived`: whether the request may have been carried out all the same; False when it surely was not.
    """

    codes = (-1,)

    def __init__(self, why: Why, *, may_have_arrived: bool = True) -> None:
        super().__init__(-1, why.value)
        self.why = why
        self.may_have_arrived = may_have_arrived


_SIMPLE: dict[int, type[ApiError]] = {
    code: kind
    for kind in (
        InvalidCredential,
        WrongSecret,
        NotAuthorised,
        WrongAccountType,
        WindowClosed,
        NoMoreMessages,
        QuotaUsedUp,
        NotSubscribed,
        NotGranted,
    )
    for code in kind.codes
}


def error_of(code: int, message: str) -> ApiError:
    """Return the error of an errcode; of the platform's `message` nothing is kept but the address in a 40164."""
    if code in Unreachable.codes:
        return Unreachable(Why.BUSY)
    if code in NotWhitelisted.codes:
        return NotWhitelisted(code, _first_address(message[:1000]))
    return _SIMPLE.get(code, OtherApiError)(code)


@dataclass(frozen=True)
class Answer:
    """The body of an HTTP 200."""

    content_type: str
    body: bytes = field(repr=False)

    def table(self) -> dict[str, Any]:
        """Return the JSON object that was answered. Raises ApiError for an errcode, and for what is no JSON object."""
        try:
            table = orjson.loads(self.body)
        except orjson.JSONDecodeError:  # it quotes the body
            table = None
        if not isinstance(table, dict):
            raise Unreachable(Why.UNREADABLE)
        code = table.get("errcode", 0)
        if type(code) is not int:
            raise Unreachable(Why.UNREADABLE)
        if code != 0:
            raise error_of(code, str(table.get("errmsg", "")))
        return table

    def text(self, name: str, shape: re.Pattern[str]) -> str:
        """Return a text of the JSON object that has this shape. Raises ApiError."""
        value = self.table().get(name)
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise Unreachable(Why.UNREADABLE)
        return value

    def number(self, name: str, highest: int) -> int:
        """Return a whole number of the JSON object between 1 and `highest`. Raises ApiError."""
        value = self.table().get(name)
        if type(value) is not int or not 1 <= value <= highest:
            raise Unreachable(Why.UNREADABLE)
        return value


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    deadline: float,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, object] | None = None,
    limit: int = MAX_JSON_BYTES,
) -> Answer:
    """Return the answer to one request, at most `limit` bytes; `body` goes as JSON in UTF-8.

    `deadline` is a time of the running loop's clock. Redirects are not followed. Raises Unreachable.
    """
    # A lone surrogate, which no UTF-8 can hold, goes as a question mark: a message is not lost for one broken emoji.
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    given: dict[str, Any] = {"params": query, "data": data, "headers": _HEADERS, "timeout": _NO_TIMEOUT}
    arrived = True
    try:
        asked = session.request(method, url, allow_redirects=False, **given)
        async with asyncio.timeout_at(deadline), asked as response:
            return await _answer_of(response, limit)
    except TimeoutError:
        why = Why.TOO_SLOW
    except aiohttp.ClientConnectorError:
        why, arrived = Why.NO_CONNECTION, False
    except (aiohttp.ClientError, OSError):
        why = Why.NO_CONNECTION
    raise Unreachable(why, may_have_arrived=arrived)


async def _answer_of(response: aiohttp.ClientResponse, limit: int) -> Answer:
    if response.status != 200:
        raise Unreachable(Why.HTTP_STATUS)
    content = await _read(response.content, limit)
    if content is None:
        raise Unreachable(Why.TOO_LARGE)
    return Answer(response.content_type, content)


async def _read(content: aiohttp.StreamReader, limit: int) -> bytes | None:
    """Return the whole body; None as soon as it is longer than `limit`."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def _first_address(text: str) -> str:
    for found in _ADDRESS.findall(text):
        try:
            return str(ipaddress.ip_address(found))
        except ValueError:
            continue
    return ""
