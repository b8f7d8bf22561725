"""What a browser posts: only from our own pages, bounded, and read without ever failing on what is inside."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientError, web

from bot.channels.site import SITE, Trouble
from bot.store.faults import StoreError
from dialogs import words

BODY_LIMIT = 32 * 1024
BODY_SECONDS = 15
_UNREADABLE = "发来的内容没看懂。请打开本站首页，再试一次。"


def refuse_foreign(request: web.Request) -> None:
    """Refuse a post that another site makes in the visitor's name.

    A client that sends neither header is no browser of today: it carries nobody's cookie but its own.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if fetch_site is not None:
        ours = fetch_site in {"same-origin", "none"}
    else:
        ours = origin is None or _is_ours(origin, request)
    if not ours:
        raise Trouble(403, "请从本站发送", "这句话是从别的网站发来的，没有处理。请打开本站首页再问。")


async def refuse_flood(request: web.Request) -> None:
    """Refuse an address that posts more than a whole office would. While the counters are out nobody is refused."""
    site = request.app[SITE]
    name = site.identities.of("address", address_of(request, site.proxies))
    try:
        is_taken = await site.assistant.conversations.take(f"address:{name}", site.posts_a_minute, 60)
    except StoreError:
        return
    if not is_taken:
        site.assistant.observer.saw_limit("address")
        raise Trouble(429, "发得太快了", words.TOO_MANY)


def address_of(request: web.Request, proxies: frozenset[str]) -> str:
    """Return the address of whoever asks: what our own proxy says, else the other end of the connection."""
    remote = request.remote or ""
    if remote not in proxies:
        return remote
    # The last entry is what our proxy saw; those before it anyone can write.
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or remote


def _is_ours(origin: str, request: web.Request) -> bool:
    """Compare hosts only: behind a proxy that ends TLS the scheme we see is not the browser's."""
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(host) and host in {request.host, urlsplit(request.app[SITE].public_url or "").netloc}


async def json_body(request: web.Request) -> dict[str, Any]:
    """Return the posted object. Raises Trouble for anything else."""
    if request.content_type != "application/json":
        raise Trouble(415, "没看懂", _UNREADABLE)
    body = await _body(request)
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise Trouble(400, "没看懂", _UNREADABLE)
    return message


async def form_body(request: web.Request, *, most_fields: int = 10) -> dict[str, str]:
    """Return the filled fields of a posted form, the last of each name. Raises Trouble for anything else."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Trouble(415, "没看懂", _UNREADABLE)
    body = await _body(request)
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=most_fields)
    except ValueError:
        raise Trouble(400, "没看懂", _UNREADABLE) from None
    return {name: values[-1] for name, values in fields.items()}


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise Trouble(413, "内容太长了", "内容太长了，请写短一些再发。")
    except (TimeoutError, ConnectionError, ClientError, web.RequestPayloadError):
        raise Trouble(408, "没收全", "内容没有收全，请再发一次。") from None
    return bytes(body)
