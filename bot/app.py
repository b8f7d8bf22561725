"""The public listener: routes, calm error pages and the headers every answer carries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from bot.assistant import Assistant
from bot.channels import calendar, law, pages
from bot.channels import web as chat
from bot.channels.site import SITE, STATIC, Site, Trouble, make_templates, page
from bot.faults import trace_of
from bot.identity import Identities
from bot.settings import Settings
from bot.store.faults import StoreError
from dialogs import words
from dialogs.saying import Saying
from knowledge.library import Library

_log = logging.getLogger(__name__)
_PURGE_SECONDS = 3600

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it a browser sends "Origin: null" from our own forms, and those would look foreign.
    "Referrer-Policy": "same-origin",
    "Server": "juzhuzheng",  # the default one names our versions
}
_WORDS = {
    403: ("这里不能打开", "这个地址不对外开放。"),
    404: ("没有这个页面", "地址可能抄错了，或者页面已经搬走。"),
    405: ("这个地址不能这样用", "请回到首页，从那里开始。"),
    413: ("内容太长了", "请写短一些再发。"),
}
_OTHER_WORDS = ("这个请求没看懂", "请回到首页，再试一次。")
_OUR_FAULT = ("出了点问题", words.FAULT)


def build_app(
    settings: Settings,
    assistant: Assistant,
    library: Library,
    identities: Identities,
    *,
    render: Callable[[Saying], str],
) -> web.Application:
    """Return the public application. `render` turns a saying into the text of a message, for channels without pages.

    The application owns the conversations of `assistant` and closes them when it stops.
    """
    app = web.Application(middlewares=[_calm_errors])
    app[SITE] = Site(settings.public_url, assistant, library, identities, make_templates())
    app.on_response_prepare.append(_add_headers)
    app.on_cleanup.append(_close)
    app.router.add_get("/healthz", _healthz)
    app.router.add_static("/static", STATIC)
    chat.setup_routes(app)
    law.setup_routes(app)
    pages.setup_routes(app)
    calendar.setup_routes(app)
    app.cleanup_ctx.append(_purging)
    if settings.wechat_accounts:
        _add_wechat(app, settings, assistant, identities, render)
    return app


def _add_wechat(
    app: web.Application,
    settings: Settings,
    assistant: Assistant,
    identities: Identities,
    render: Callable[[Saying], str],
) -> None:
    # Only here: a site without accounts needs none of its libraries.
    from bot.channels.wechat import setup_routes

    setup_routes(
        app,
        settings.wechat_accounts,
        assistant,
        identities,
        render,
        welcome=words.WELCOME,
        public_url=settings.public_url,
    )


async def _purging(app: web.Application) -> AsyncIterator[None]:
    """Remove what is past its time, at the start and every hour."""
    task = asyncio.create_task(_purge_hourly(app[SITE].assistant))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _purge_hourly(assistant: Assistant) -> None:
    while True:
        try:
            assistant.purge()
        except StoreError as error:
            _log.error("nothing purged: %s", type(error).__name__)
        await asyncio.sleep(_PURGE_SECONDS)


async def _healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _close(app: web.Application) -> None:
    app[SITE].assistant.close()


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)
    if request.path.startswith("/static/"):
        # Pages name each file with its fingerprint, so a changed file has a new address.
        response.headers.setdefault("Cache-Control", "public, max-age=86400")


@web.middleware
async def _calm_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn every failure into calm words. The platform of official accounts reads its own answers: left alone."""
    if request.path.startswith("/wechat/"):
        return await handler(request)
    try:
        return await handler(request)
    except Trouble as trouble:
        return _sorry(request, trouble)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _sorry(request, Trouble(error.status, *_WORDS.get(error.status, _OTHER_WORDS)), error)
    except Exception as error:
        # Only the kind and the place: the message of an exception may hold what a person wrote.
        _log.error("while serving %s: %s", request.match_info.route.resource, trace_of(error))
        return _sorry(request, Trouble(500, *_OUR_FAULT))


def _sorry(request: web.Request, trouble: Trouble, error: web.HTTPException | None = None) -> web.Response:
    if request.path.startswith("/api/"):
        response = web.json_response({"error": trouble.text}, status=trouble.status)
    else:
        response = page(request, "trouble.html", status=trouble.status, trouble=trouble)
    if error is not None and "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response
