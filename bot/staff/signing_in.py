"""Signing in to the console and out of it, with a password and, where there is one, a code of the second factor."""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import ceil

import pyotp
from aiohttp import web

from bot.channels.posting import address_of
from bot.channels.site import Trouble
from bot.staff.guard import CODE, LOGIN, drop_token, own_path, set_token
from bot.staff.rights import Right
from bot.staff.visit import Need, Route, Visit
from bot.store.faults import StoreError

CODE_SECONDS = 30
TRIES_A_MINUTE = 20
"""From one address: a counter has a handful of clerks, who mistype now and then."""
_WRONG = "登录名或密码不对。"
_WRONG_CODE = "验证码不对，或已经用过。请等下一个数字再输。"
_LOCKED = "错的次数多了，请过 {seconds} 秒再试。忘了密码请找管理员。"


async def show_login(visit: Visit) -> web.Response:
    """Show where to sign in; whoever is signed in goes on."""
    if visit.signed is not None and visit.signed.is_whole:
        return visit.see_other(own_path(visit.asked("next")))
    return _login(visit)


async def sign_in(visit: Visit) -> web.Response:
    """Take name and password. The same answer, after the same time, whether the name or the password is wrong."""
    await _refuse_guessing(visit)
    form = await visit.form()
    name, password = form.get("name", "").strip()[:64], form.get("password", "")
    records = visit.console.records
    officer = await visit.of_records(records.officer, name)
    locked = officer.locked_until if officer is not None else 0.0
    if locked > visit.now:
        return _login(visit, _LOCKED.format(seconds=ceil(locked - visit.now)), name)
    kept = await visit.of_records(records.password_of, name)
    if not await visit.console.passwords.is_right(kept, password) or officer is None:
        if officer is not None:
            await visit.of_records(records.note_failure, name, "password", visit.now)
        return _login(visit, _WRONG, name)
    # A new token each time: one that was planted in this browser before opens nothing.
    if visit.signed is not None:
        await visit.of_records(records.sign_out, visit.signed.token)
    token = await visit.of_records(records.sign_in, officer, is_whole=not officer.has_totp, now=visit.now)
    onward = own_path(visit.asked("next"))
    response = visit.see_other(CODE, next=onward) if officer.has_totp else visit.see_other(onward)
    set_token(response, visit.request, visit.console, token)
    return response


async def show_code(visit: Visit) -> web.Response:
    """Show where the code of the second factor is typed."""
    return visit.page("code.html", problem=None)


async def take_code(visit: Visit) -> web.Response:
    """Take the code; each is good once. The session gets a new token as it becomes whole."""
    records, officer = visit.console.records, visit.officer
    if officer.locked_until > visit.now:
        told = _LOCKED.format(seconds=ceil(officer.locked_until - visit.now))
        return visit.page("code.html", problem=told, status=429)
    secret = await visit.of_records(records.totp_of, officer)
    step = step_of(secret[0], (await visit.form()).get("code", "")) if secret else None
    if step is None or not await visit.of_records(records.take_step, officer, step):
        await visit.of_records(records.note_failure, officer.name, "code", visit.now)
        return visit.page("code.html", problem=_WRONG_CODE, status=422)
    if visit.signed is not None:
        await visit.of_records(records.sign_out, visit.signed.token)
    token = await visit.of_records(records.sign_in, officer, is_whole=True, now=visit.now)
    response = visit.see_other(own_path(visit.asked("next")))
    set_token(response, visit.request, visit.console, token)
    return response


async def sign_out(visit: Visit) -> web.Response:
    """End the session."""
    if visit.signed is not None:
        await visit.of_records(visit.console.records.sign_out, visit.signed.token)
    response = visit.see_other(LOGIN)
    drop_token(response)
    return response


def step_of(secret: str, code: str) -> int | None:
    """Return the step whose code this is, among the present one and its two neighbours; None for a wrong code."""
    totp, now = pyotp.TOTP(secret, interval=CODE_SECONDS), int(time.time()) // CODE_SECONDS
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    return next((step for step in (now, now - 1, now + 1) if totp.verify(digits, for_time=step * CODE_SECONDS)), None)


async def _refuse_guessing(visit: Visit) -> None:
    console = visit.console
    name = console.identities.of("staff-address", address_of(visit.request, console.proxies))
    try:
        is_taken = await console.assistant.conversations.take(f"staff:{name}", TRIES_A_MINUTE, 60)
    except StoreError:
        return  # each name is still locked by its own wrong tries
    if not is_taken:
        raise Trouble(429, "试得太快了", "请过一分钟再登录。")


def _login(visit: Visit, problem: str | None = None, name: str = "") -> web.Response:
    return visit.page("login.html", problem=problem, name=name, status=200 if problem is None else 422)


ROUTES: Sequence[Route] = (
    Route("GET", LOGIN, show_login, None),
    Route("POST", LOGIN, sign_in, None),
    Route("GET", CODE, show_code, Right.OWN, Need.PASSWORD),
    Route("POST", CODE, take_code, Right.OWN, Need.PASSWORD),
    Route("POST", "/staff/logout", sign_out, Right.OWN, Need.PASSWORD),
)
