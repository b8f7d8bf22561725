"""The page through which somebody chats with the box, and the JSON behind it."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import math
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox import view
from bot.sandbox.box import Box
from bot.sandbox.faults import Fault
from bot.sandbox.ledger import Delivery
from bot.sandbox.people import NotFollowing, Person

MAX_BYTES = 8 * 1024 * 1024
MAX_CONTENT = 2000
_STATIC = Path(__file__).parent / "static"
_FILES = {
    "/": ("sandbox.html", "text/html"),
    "/sandbox/sandbox.css": ("sandbox.css", "text/css"),
    "/sandbox/sandbox.js": ("sandbox.js", "text/javascript"),
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class BadRequest(Exception):
    """What the page sent cannot be done; the text says so in Chinese."""


def setup_routes(app: web.Application, box: Box) -> None:
    """Serve the page of `box`."""
    served = _Page(box)
    for path in _FILES:
        app.router.add_get(path, served.file)
    app.router.add_get("/sandbox/state", served.state)
    app.router.add_get("/sandbox/picture/{media_id}", served.picture)
    for name in ("do", "fault", "person", "verify"):
        app.router.add_post(f"/sandbox/{name}", served.take)


class _Page:
    def __init__(self, box: Box) -> None:
        self._box = box
        self._actions: dict[str, Callable[[Person, dict[str, Any]], Awaitable[Delivery]]] = {
            "says": lambda person, given: person.says(_text(given, "text"), _optional(given, "menu_id")),
            "image": lambda person, given: person.sends_image(_picture(given), "image/jpeg"),
            "voice": lambda person, given: person.speaks(_optional(given, "text")),
            "video": lambda person, _: person.sends_video(),
            "location": lambda person, given: person.sends_location(_text(given, "text")),
            "link": lambda person, given: person.sends_link(_text(given, "text"), _text(given, "url")),
            "follow": lambda person, given: person.follows(_optional(given, "scene")),
            "unfollow": lambda person, _: person.unfollows(),
            "click": lambda person, given: person.clicks(_text(given, "key"), _optional(given, "label") or ""),
            "view": lambda person, given: person.views(_text(given, "url"), _optional(given, "label") or ""),
            "grant": lambda person, given: person.answers_popup(_text(given, "text"), given.get("accepts") is True),
            "position": lambda person, _: person.reports_position(34.6, 112.4),
        }

    async def file(self, request: web.Request) -> web.Response:
        """Give the page or what belongs to it."""
        _check_host(request)
        name, kind = _FILES[request.path]
        body = (_STATIC / name).read_bytes()
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=_HEADERS)

    async def picture(self, request: web.Request) -> web.Response:
        """Give a photo that somebody sent, as PicUrl promises."""
        found = self._box.media.find(request.match_info["media_id"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found.content, content_type=found.content_type, headers=_HEADERS)

    async def state(self, request: web.Request) -> web.Response:
        """Give everything the page shows of the box and of one person."""
        _check_host(request)
        person = self._box.people.get(request.query.get("person", ""))
        return web.json_response(view.state_of(self._box, person), headers=_HEADERS)

    async def take(self, request: web.Request) -> web.Response:
        """Do what was tapped. A foreign page cannot: it may not send JSON here."""
        _check_host(request)
        try:
            if request.content_type != "application/json":
                raise BadRequest("请用 JSON 发送")
            given = await _json_of(request)
            answer = await self._do(request.path.rpartition("/")[2], given)
        except (BadRequest, NotFollowing, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400, headers=_HEADERS)
        return web.json_response(answer, headers=_HEADERS)

    async def _do(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        if name == "person":
            return {"openid": self._box.person((_optional(given, "name") or "")[:20]).openid}
        if name == "verify":
            return {"is_verified": await self._box.verify()}
        if name == "fault":
            self._set_fault(given)
            return {}
        return self._act(given)

    def _set_fault(self, given: dict[str, Any]) -> None:
        fault, chance = given.get("fault"), given.get("chance")
        is_number = isinstance(chance, int | float) and math.isfinite(chance)
        if fault not in set(Fault) or not is_number:
            raise BadRequest("没有这种故障，或概率不是 0 到 1 的数")
        if fault == Fault.PREVIOUS_KEY and chance and self._box.options.account.previous_aes_key is None:
            raise BadRequest("这个账号没有 previous_aes_key；请先在账号文件里写上")
        self._box.faults.set_chance(Fault(fault), float(chance or 0))

    def _act(self, given: dict[str, Any]) -> dict[str, Any]:
        person = self._box.people.get(str(given.get("person")))
        if person is None:
            raise BadRequest("没有这个人；请在上面选一位，或添一位")
        action = given.get("action")
        if action == "leave_human":
            person.leave_human()
            return {}
        if action not in self._actions:
            raise BadRequest("没有这个动作")
        if not person.is_following and action != "follow":
            raise NotFollowing
        # A push may take fifteen seconds: the page sees by its next look what came of it.
        self._box.pushing.in_background(_done(self._actions[action](person, given)))
        return {}


async def _done(action: Awaitable[Delivery]) -> None:
    await action


def _check_host(request: web.Request) -> None:
    """Refuse a name that somebody else points at this machine: their page must not read what is written here."""
    name = urlsplit(f"//{request.host}").hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        if name != "localhost":
            raise web.HTTPForbidden(text="请用 IP 地址或 localhost 打开") from None


async def _json_of(request: web.Request) -> dict[str, Any]:
    try:
        given = await request.json()
    except ValueError as error:
        raise BadRequest("发来的内容看不懂") from error
    if not isinstance(given, dict):
        raise BadRequest("发来的内容看不懂")
    return given


def _text(given: dict[str, Any], name: str) -> str:
    text = _optional(given, name)
    if not text or len(text) > MAX_CONTENT:
        raise BadRequest(f"请写点什么，最多 {MAX_CONTENT} 字")
    return text


def _optional(given: dict[str, Any], name: str) -> str | None:
    text = given.get(name)
    return text[:MAX_CONTENT] if isinstance(text, str) and text else None


def _picture(given: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(given.get("picture", "")), validate=True)
    except binascii.Error as error:
        raise BadRequest("图片没有读出来，请换一张") from error
