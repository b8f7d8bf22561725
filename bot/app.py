"""The public listener: routes, calm error pages and the headers every answer carries."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Awaitable, Callable, Iterator

from aiohttp import web

from bot.assistant import Assistant
from bot.channels import calendar, law, pages
from bot.channels import web as chat
from bot.channels.site import SECURITY_HEADERS, SITE, STATIC, Site, Trouble, add_headers, make_templates, page
from bot.chores import chores
from bot.identity import Identities
from bot.logs import turn_id
from bot.settings import Settings
from dialogs import words
from knowledge.library import Library

_WORDS = {
    403: ("这里不能打开", "这个地址不对外开放。"),
    404: ("没有这个页面", "地址可能抄错了，或者页面已经搬走。"),
    405: ("这个地址不能这样用", "请回到首页，从那里开始。"),
    413: ("内容太长了", "请写短一些再发。"),
    429: ("发得太快了", "请过一分钟再发。"),
}
_OTHER_WORDS = ("这个请求没看懂", "请回到首页，再试一次。")
_OUR_FAULT = ("出了点问题", words.FAULT)


def build_app(settings: Settings, assistant: Assistant, library: Library, identities: Identities) -> web.Application:
    """Return the public application, which owns the stores of `assistant` and closes them when it stops."""
    app = web.Application(middlewares=[_calm_errors])
    limits = (settings.proxies, settings.posts_a_minute)
    app[SITE] = Site(settings.public_url, assistant, library, identities, make_templates(), *limits)
    app.on_response_prepare.append(_add_headers)
    app.on_cleanup.append(_close)
    app.router.add_get("/healthz", _healthz)
    app.router.add_static("/static", STATIC)
    chat.setup_routes(app)
    law.setup_routes(app)
    pages.setup_routes(app)
    calendar.setup_routes(app)
    app.cleanup_ctx.append(chores)
    if settings.wechat_accounts:
        # Only here: a site without accounts needs none of its libraries.
        from bot.wechat.setting_up import add_wechat

        add_wechat(
            app,
            settings.wechat_accounts,
            assistant,
            identities,
            public_url=settings.public_url,
            api_base=settings.wechat_api,
        )
    return app


async def _healthz(request: web.Request) -> web.Response:
    """Tell that this process answers; which part is out is told on the internal listener alone."""
    return web.json_response({"status": "ok"})


async def _close(app: web.Application) -> None:
    await app[SITE].assistant.close()


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    add_headers(response, SECURITY_HEADERS)
    if request.path.startswith("/static/"):
        # Pages name each file with its fingerprint, so a changed file has a new address.
        response.headers.setdefault("Cache-Control", "public, max-age=86400")


def _turn_ids() -> Iterator[str]:
    """Yield which process it was and which of its requests: so the lines of one are found, not who it was."""
    process = secrets.token_hex(3)  # at the first request: processes that are forked differ
    yield from (f"{process}-{number:x}" for number in itertools.count(1))


_turns = _turn_ids()


@web.middleware
async def _calm_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn every failure into calm words. The platform of official accounts reads its own answers: left alone."""
    with turn_id(next(_turns)):
        return await _calmly(request, handler)


async def _calmly(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if request.path.startswith("/wechat/") and not request.path.endswith("/remind"):
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
        request.app[SITE].assistant.observer.saw_fault("web", error)
        return _sorry(request, Trouble(500, *_OUR_FAULT))


def _sorry(request: web.Request, trouble: Trouble, error: web.HTTPException | None = None) -> web.Response:
    if request.path.startswith("/api/"):
        response = web.json_response({"error": trouble.text}, status=trouble.status)
    else:
        response = page(request, "trouble.html", status=trouble.status, trouble=trouble)
    if error is not None and "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response
