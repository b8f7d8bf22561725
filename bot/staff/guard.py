"""What stands before every page of the console: signed in, the right, one's own form. Refused unless all hold."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.channels.posting import address_of, refuse_foreign
from bot.channels.site import Trouble
from bot.staff.rights import Right, Role, may
from bot.staff.visit import CONSOLE, Console, Need, Route, Visit
from bot.store.faults import StoreError
from bot.store.records_staff import SEEN_EVERY_SECONDS, Signed
from bot.store.staffing import Officer

COOKIE, COOKIE_OVER_TLS = "staff", "__Host-staff"
"""Of the second kind browsers take none but by https and from this very host: nobody else can plant one."""
LOGIN, CODE, PASSWORD, TOTP = "/staff/login", "/staff/code", "/staff/password", "/staff/totp"
_LONGEST_TOKEN = 64
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
"""What a proxy adds: then whoever asks sits elsewhere, wherever the connection comes from."""
_NO_RIGHT = ("这里不归您用", "您的角色没有这一项。需要的话，请管理员给您加上。")
_STALE = ("这一页放得太久了", "请回到上一页，刷新后再做一次；刚才的没有执行。")


def add_route(app: web.Application, route: Route) -> None:
    """Serve a route behind the guard."""
    app.router.add_route(route.method, route.path, guarded(route))


def guarded(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler that asks for all that the route asks for before it is called."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if route.method == "POST":
            refuse_foreign(request)
        console = request.app[CONSOLE]
        signed = await signed_in(request, console)
        visit = Visit(request, console, signed)
        if route.right is not None:
            elsewhere = _first_elsewhere(request, console, route, signed)
            if elsewhere is not None:
                return _sent(visit, elsewhere)
            if not visit.may(route.right):
                raise Trouble(403, *_NO_RIGHT, links=(("查条文", "/staff"),))
            if route.method == "POST" and not await _is_own_form(visit):
                raise Trouble(403, *_STALE)
        return await route.handler(visit)

    return handle


async def signed_in(request: web.Request, console: Console) -> Signed | None:
    """Return who is signed in. Raises StoreError: nobody is let in while that cannot be known."""
    token = request.cookies.get(COOKIE_OVER_TLS if is_secure(request, console) else COOKIE, "")
    if not token or len(token) > _LONGEST_TOKEN or not token.isascii():
        return None
    turns, records = console.assistant.turns, console.records
    found = await turns.of_records(records.signed, token, turns.now())
    if found is not None and turns.now() - found.seen_at > SEEN_EVERY_SECONDS:
        try:
            await turns.of_records(records.note_seen, token, turns.now())
        except StoreError as error:  # signed in they are; only the half hour is not counted anew
            console.assistant.observer.saw_store_fault("staff", error)
    return found


def set_token(response: web.Response, request: web.Request, console: Console, token: str) -> None:
    """Give the browser the session's token: for this console alone, unreadable for scripts, gone with the browser."""
    secure = is_secure(request, console)
    name, path = (COOKIE_OVER_TLS, "/") if secure else (COOKIE, "/staff")
    response.set_cookie(name, token, path=path, httponly=True, secure=secure, samesite="Strict")


def is_secure(request: web.Request, console: Console) -> bool:
    """Tell whether the browser came by https, to us or to our own proxy."""
    is_forwarded = request.headers.get("X-Forwarded-Proto") == "https"
    return request.scheme == "https" or ((request.remote or "") in console.proxies and is_forwarded)


def drop_token(response: web.Response) -> None:
    """Take the token away from the browser."""
    response.del_cookie(COOKIE, path="/staff")
    response.del_cookie(COOKIE_OVER_TLS, path="/", secure=True)


def must_have_totp(request: web.Request, console: Console, officer: Officer) -> bool:
    """Tell whether a second factor is asked of somebody: of administrators once other machines reach the console."""
    is_keeper = may([Role(role) for role in officer.roles], Right.PEOPLE)
    return is_keeper and (console.is_beyond or _is_from_elsewhere(request, console))


def own_path(text: str) -> str:
    """Return a path of the console that was asked for, the first page for anything else."""
    path = text.partition("?")[0]
    is_own = path == "/staff" or path.startswith("/staff/")
    is_plain = text.isprintable() and "\\" not in text and ".." not in path
    return quote(text, safe="/?&=%:@!$'()*+,;~") if is_own and is_plain else "/staff"


def _is_from_elsewhere(request: web.Request, console: Console) -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return True
    try:
        # A proxy that adds nothing is told by the name that it was asked under.
        asked = urlsplit(f"//{request.host}").hostname or ""
        is_here = asked == "localhost" or ip_address(asked).is_loopback
        return not (is_here and ip_address(address_of(request, console.proxies)).is_loopback)
    except ValueError:
        return True


def _first_elsewhere(request: web.Request, console: Console, route: Route, signed: Signed | None) -> str | None:
    """Return where somebody has to go first; None when nothing is in the way."""
    if signed is None:
        return LOGIN
    steps = (
        (Need.PASSWORD, signed.is_whole, CODE),
        (Need.CODE, not signed.officer.must_change, PASSWORD),
        (Need.OWN_PASSWORD, signed.officer.has_totp or not must_have_totp(request, console, signed.officer), TOTP),
    )
    return next((where for before, is_done, where in steps if route.needs > before and not is_done), None)


def _sent(visit: Visit, elsewhere: str) -> web.Response:
    request = visit.request
    if request.method != "GET" or request.path.startswith("/staff/api/"):
        # What was posted is not done after signing in: nobody remembers what it was.
        raise Trouble(401, "登录过期了", "请重新登录，再做一次；刚才的没有执行。", links=(("登录", LOGIN),))
    return web.Response(status=303, headers={"Location": f"{elsewhere}?next={quote(request.path_qs, safe='')}"})


async def _is_own_form(visit: Visit) -> bool:
    given = (await visit.form()).get("form_key", "")
    return hmac.compare_digest(given.encode(), visit.form_key.encode())
