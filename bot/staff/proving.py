"""Is it they? A password or a code is looked at after its try was counted, with the same words for every wrong one.

A browser in which somebody has signed in before holds a mark, by which its tries at their name are counted apart: who
locks a name from elsewhere does not lock the person out.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from math import ceil

import pyotp
from aiohttp import web

from bot.channels.site import Trouble
from bot.staff.passwords import TooBusy
from bot.staff.visit import Visit
from bot.store.staff_tries import Try
from bot.store.staffing import Officer, folded

CODE_SECONDS = 30
KNOWN = "staff_known"
KNOWN_SECONDS = 90 * 86_400
LONGEST_NAME = 64
_LONGEST_MARK = 100
_LOCKED = "错的次数多了，请过 {seconds} 秒再试。忘了密码请找管理员。"
_BUSY = ("人太多了", "请过一会儿再登录。")


@dataclass(frozen=True)
class Proof:
    """What became of a try. Not `is_right`: `problem` tells the person, with the `status` of the answer."""

    tried: Try
    kept: str = field(default="", repr=False)
    """The hash that the password was compared with: it may be changed meanwhile."""
    is_right: bool = True
    problem: str = ""
    status: int = 200


async def prove_password(visit: Visit, name: str, password: str, wrong: str) -> Proof:
    """Look at somebody's password. As long for nobody's name; `wrong` is the sentence for any that is not right."""
    records = visit.console.records
    tried = await visit.of_records(records.begin_try, who(visit, name), visit.now)
    if tried.is_refused:
        return _refused(visit, tried)
    kept = await visit.of_records(records.password_of, name)
    try:
        is_right = await visit.console.passwords.is_right(kept, password)
    except TooBusy:
        await visit.of_records(records.undo_try, tried)
        raise Trouble(503, *_BUSY) from None
    if is_right and kept is not None:
        return Proof(tried, kept)
    await visit.of_records(records.note_wrong, tried, name, "password", visit.now)
    return Proof(tried, is_right=False, problem=wrong, status=422)


async def prove_code(visit: Visit, officer: Officer, code: str, wrong: str) -> Proof:
    """Look at a code of somebody's second factor; each is good once."""
    records = visit.console.records
    tried = await visit.of_records(records.begin_try, who(visit, officer.name), visit.now)
    if tried.is_refused:
        return _refused(visit, tried)
    secret = await visit.of_records(records.totp_of, officer)
    step = None if secret is None else step_of(secret, code, visit.now)
    if step is not None and await visit.of_records(records.take_step, officer, step):
        return Proof(tried)
    await visit.of_records(records.note_wrong, tried, officer.name, "code", visit.now)
    return Proof(tried, is_right=False, problem=wrong, status=422)


def step_of(secret: str, code: str, now: float) -> int | None:
    """Return the step whose code this is, among that of `now` and its two neighbours; None for a wrong code."""
    digits = "".join(unicodedata.normalize("NFKC", code).split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    totp, present = pyotp.TOTP(secret, interval=CODE_SECONDS), int(now) // CODE_SECONDS
    right = [step for step in (present, present - 1, present + 1) if _is_same(totp.generate_otp(step), digits)]
    return right[0] if right else None


def who(visit: Visit, name: str) -> str:
    """Return under what tries at a name are counted: its keyed hash, apart for a browser that is known for it."""
    name = folded(name)
    mark = visit.request.cookies.get(KNOWN, "")
    nonce = mark.partition(".")[0]
    is_known = len(mark) <= _LONGEST_MARK and mark.isascii() and _is_same(_mark(visit, name, nonce), mark)
    return visit.console.identities.of("staff-name", name, *([nonce] if is_known else []))


def is_known_browser(visit: Visit, name: str) -> bool:
    """Tell whether somebody of this name has signed in here before."""
    return who(visit, name) != visit.console.identities.of("staff-name", folded(name))


def mark_known(response: web.Response, visit: Visit, name: str, *, is_secure: bool) -> None:
    """Mark the browser as one in which somebody of this name has signed in: for 90 days."""
    response.set_cookie(
        KNOWN,
        _mark(visit, folded(name), secrets.token_hex(16)),
        path="/staff",
        max_age=KNOWN_SECONDS,
        httponly=True,
        secure=is_secure,
        samesite="Strict",
    )


def _mark(visit: Visit, name: str, nonce: str) -> str:
    return f"{nonce}.{visit.console.identities.of('staff-known', name, nonce)}"


def _refused(visit: Visit, tried: Try) -> Proof:
    told = _LOCKED.format(seconds=ceil(tried.locked_until - visit.now))
    return Proof(tried, is_right=False, problem=told, status=429)


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
