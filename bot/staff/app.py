"""The console put together on the internal listener: every route behind the guard, calm errors, strict headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from aiohttp import web

from bot.channels.site import SECURITY_HEADERS, SITE, STATIC, Site, Trouble, add_headers, page
from bot.staff import (
    auditing,
    comparing,
    deciding,
    declaration,
    declarations,
    faq,
    looking_up,
    me,
    overview,
    people,
    questions,
    signing_in,
    switches,
    why,
)
from bot.staff.faq_checking import CHECKS, Checks, close_checks
from bot.staff.guard import add_route
from bot.staff.passwords import Passwords, TooBusy
from bot.staff.questions import BOARD, Board
from bot.staff.visit import CONSOLE, Console, Route
from bot.store.faults import StoreError
from bot.store.publishing import PublishingError
from bot.store.records import Records
from bot.store.staffing import StaffTrouble
from dialogs import words
from dialogs.lookup import Clerk

HEADERS = SECURITY_HEADERS | {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_WORDS = {404: ("没有这个页面", "地址可能抄错了。"), 405: ("这个地址不能这样用", "请从上面的菜单重新开始。")}
_OTHER_WORDS = ("这个请求没看懂", "请回到上一页，再试一次。")
_HOME = (("查条文", "/staff"),)

ROUTES: Sequence[Route] = (
    *signing_in.ROUTES,
    *looking_up.ROUTES,
    *me.ROUTES,
    *people.ROUTES,
    *auditing.ROUTES,
    *comparing.ROUTES,
    *why.ROUTES,
    *overview.ROUTES,
    *declarations.ROUTES,
    *declaration.ROUTES,
    *deciding.ROUTES,
    *questions.ROUTES,
    *faq.ROUTES,
    *switches.ROUTES,
)
"""Every address of the console."""
DONE: Mapping[str, str] = {**me.DONE, **people.DONE, **declarations.DONE, **questions.DONE, **faq.DONE, **switches.DONE}
"""What a page says after an act, by the word in its address: each module tells of its own acts."""


def add_console(app: web.Application, site: Site, records: Records, *, is_beyond: bool) -> None:
    """Serve the console in `app`. `is_beyond`: it is reached from other machines than this one."""
    advisor = site.assistant.advisor
    # Its own pages alone may post to it: not those of the public site, which has an address of its own.
    app[SITE] = replace(site, public_url=None)
    app[CONSOLE] = Console(
        assistant=site.assistant,
        records=records,
        library=site.library,
        identities=site.identities,
        clerk=Clerk(site.library, advisor.reader),
        templates=site.templates,
        passwords=Passwords(),
        is_beyond=is_beyond,
        done=DONE,
        public_url=site.public_url,
        proxies=site.proxies,
    )
    app[BOARD], app[CHECKS] = Board(), Checks()
    app.on_cleanup.append(close_checks)
    app.middlewares.append(_calm_errors)
    app.on_response_prepare.append(_add_headers)
    app.router.add_static("/static", STATIC)
    app.router.add_get("/", _to_the_console)
    for route in ROUTES:
        add_route(app, route)


async def _to_the_console(request: web.Request) -> web.Response:
    """Lead whoever typed the address alone to the console."""
    del request
    return web.Response(status=303, headers={"Location": "/staff"})


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    add_headers(response, HEADERS)
    if request.path.startswith("/staff"):
        response.headers["Cache-Control"] = "no-store"


@web.middleware
async def _calm_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn every failure of a page into calm words; the addresses of monitoring answer as they do."""
    if not request.path.startswith("/staff"):
        return await handler(request)
    try:
        return await handler(request)
    except Trouble as trouble:
        return _sorry(request, trouble)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _sorry(request, Trouble(error.status, *_WORDS.get(error.status, _OTHER_WORDS)))
    except (StaffTrouble, PublishingError) as error:
        return _sorry(request, Trouble(409, "没有做成", f"{error}。"))
    except TooBusy:
        return _sorry(request, Trouble(503, "人太多了", "刚才的没有执行，请过一会儿再试。"))
    except StoreError as error:
        request.app[CONSOLE].assistant.observer.saw_store_fault("staff", error)
        return _sorry(request, Trouble(503, "现在用不了", "数据库没有应答，刚才的没有执行。请过一会儿再试。"))
    except Exception as error:
        request.app[CONSOLE].assistant.observer.saw_fault("staff", error)
        return _sorry(request, Trouble(500, "出了点问题", words.FAULT))


def _sorry(request: web.Request, trouble: Trouble) -> web.Response:
    if request.path.startswith("/staff/api/"):
        return web.json_response({"error": trouble.text}, status=trouble.status)
    links = trouble.links or _HOME
    return page(request, "staff/trouble.html", status=trouble.status, trouble=trouble, links=links)
