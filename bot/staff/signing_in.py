"""Signing in to the console and out of it, with a password and, where there is one, a code of the second factor."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.channels.posting import address_of
from bot.channels.site import Trouble
from bot.staff.guard import CODE, LOGIN, drop_token, is_secure, own_path, set_token
from bot.staff.proving import LONGEST_NAME, Proof, is_known_browser, mark_known, prove_code, prove_password
from bot.staff.rights import Right
from bot.staff.visit import Need, Route, Visit
from bot.store.faults import StoreError
from bot.store.staffing import Officer

TRIES_A_MINUTE = 20
"""From one address: a counter has a handful of clerks, who mistype now and then."""
_WRONG = "登录名或密码不对。"
WRONG_CODE = "验证码不对，或已经用过。请等下一个数字再输。"


async def show_login(visit: Visit) -> web.Response:
    """Show where to sign in; whoever is signed in goes on."""
    if visit.signed is not None and visit.signed.is_whole:
        return visit.see_other(own_path(visit.asked("next")))
    return await _login(visit)


async def sign_in(visit: Visit) -> web.Response:
    """Take name and password. The same answer, after the same time, whether the name or the password is wrong."""
    form = await visit.form()
    name, password = form.get("name", "").strip()[:LONGEST_NAME], form.get("password", "")
    if not is_known_browser(visit, name):
        await _refuse_guessing(visit)
    proof = await prove_password(visit, name, password, _WRONG)
    officer = await visit.of_records(visit.console.records.officer, name)
    if not proof.is_right or officer is None:
        return await _login(visit, proof, name)
    onward = own_path(visit.asked("next"))
    response = visit.see_other(CODE, next=onward) if officer.has_totp else visit.see_other(onward)
    return await _signed_in(visit, officer, proof, response, is_whole=not officer.has_totp)


async def show_code(visit: Visit) -> web.Response:
    """Show where the code of the second factor is typed; whoever has given it goes on."""
    if visit.signed is not None and visit.signed.is_whole:
        return visit.see_other(own_path(visit.asked("next")))
    return visit.page("code.html", problem="")


async def take_code(visit: Visit) -> web.Response:
    """Take the code; each is good once."""
    if visit.signed is not None and visit.signed.is_whole:
        return visit.see_other(own_path(visit.asked("next")))
    proof = await prove_code(visit, visit.officer, (await visit.form()).get("code", ""), WRONG_CODE)
    if not proof.is_right:
        return visit.page("code.html", problem=proof.problem, status=proof.status)
    response = visit.see_other(own_path(visit.asked("next")))
    return await _signed_in(visit, visit.officer, proof, response, is_whole=True)


async def sign_out(visit: Visit) -> web.Response:
    """End the session."""
    if visit.signed is not None:
        await visit.of_records(visit.console.records.sign_out, visit.signed.token)
    response = visit.see_other(LOGIN)
    drop_token(response)
    return response


async def _signed_in(
    visit: Visit, officer: Officer, proof: Proof, response: web.Response, *, is_whole: bool
) -> web.Response:
    """Begin a session under a new token each time: one that was planted in this browser before opens nothing."""
    before = visit.signed.token if visit.signed is not None else ""
    token = await visit.of_records(
        visit.console.records.sign_in,
        officer,
        proof.tried,
        is_whole=is_whole,
        now=visit.now,
        instead_of=before,
        kept=proof.kept,
    )
    set_token(response, visit.request, visit.console, token)
    if is_whole:
        mark_known(response, visit, officer.name, is_secure=is_secure(visit.request, visit.console))
    return response


async def _refuse_guessing(visit: Visit) -> None:
    console = visit.console
    name = console.identities.of("staff-address", address_of(visit.request, console.proxies))
    try:
        is_taken = await console.assistant.conversations.take(f"staff:{name}", TRIES_A_MINUTE, 60)
    except StoreError:
        return  # each name is still locked by its own wrong tries
    if not is_taken:
        raise Trouble(429, "试得太快了", "请过一分钟再登录。", links=(("登录", LOGIN),))


async def _login(visit: Visit, proof: Proof | None = None, name: str = "") -> web.Response:
    problem, status = ("", 200) if proof is None else (proof.problem, proof.status)
    has_people = bool(await visit.of_records(visit.console.records.officers))
    return visit.page("login.html", problem=problem, name=name, has_people=has_people, status=status)


ROUTES: Sequence[Route] = (
    Route("GET", LOGIN, show_login, None),
    Route("POST", LOGIN, sign_in, None),
    Route("GET", CODE, show_code, Right.OWN, Need.PASSWORD),
    Route("POST", CODE, take_code, Right.OWN, Need.PASSWORD),
    Route("POST", "/staff/logout", sign_out, Right.OWN, Need.PASSWORD),
)
