"""One's own password and second factor."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pyotp
import segno
from aiohttp import web

from bot.channels.site import Trouble
from bot.staff.guard import LOGIN, PASSWORD, TOTP, must_have_totp, own_path, set_token
from bot.staff.passwords import problem_of
from bot.staff.proving import prove_code, prove_password, step_of
from bot.staff.rights import Right
from bot.staff.signing_in import WRONG_CODE
from bot.staff.visit import Need, Route, Visit
from bot.store.records_staff import Signed

ME = "/staff/me"
ISSUER = "居住证助手"
"""What the authenticator on the telephone calls us."""
_WRONG_OLD = "原来的密码不对。"
_WRONG_OWN = "密码不对。"
_DIFFERENT = "两次输的新密码不一样。"
_SAME = "新密码要和原来的不一样。"
_WRONG_FIRST_CODE = "验证码不对。请看手机的时间准不准，等下一个数字再输。"
_HAS_ONE = ("已经有验证码了", "换手机请先停用原来的，再重新设置。")
_GONE = ("没有设置完", "请重新开始设置；刚才的没有执行。")

DONE: Mapping[str, str] = {
    "password": "密码改好了，别处的登录都退出了。",
    "totp": "设置好了。以后登录要输手机上的验证码。",
}


async def show(visit: Visit) -> web.Response:
    """Show who is signed in, and what they may change of themselves."""
    return _page(visit)


async def show_password(visit: Visit) -> web.Response:
    """Show where one's password is changed."""
    return visit.page("password.html", problem="")


async def change_password(visit: Visit) -> web.Response:
    """Take a new password, the old one with it; all other sessions end, this one goes on under a new token."""
    form, officer = await visit.form(), visit.officer
    proof = await prove_password(visit, officer.name, form.get("old", ""), _WRONG_OLD)
    if not proof.is_right:
        return visit.page("password.html", problem=proof.problem, status=proof.status)
    await visit.of_records(visit.console.records.undo_try, proof.tried)
    new = form.get("new", "")
    problem = problem_of(new, officer.name)
    if problem is None and new != form.get("again", ""):
        problem = _DIFFERENT
    if problem is None and new == form.get("old", ""):
        problem = _SAME
    if problem is not None:
        return visit.page("password.html", problem=problem, status=422)
    hashed = await visit.console.passwords.hashed(new)
    token = await visit.of_records(visit.console.records.set_own_password, officer, proof.kept, hashed, visit.now)
    response = _onward(visit, "password")
    set_token(response, visit.request, visit.console, token)
    return response


async def show_totp(visit: Visit) -> web.Response:
    """Show the secret of a second factor to be. It is made once a session: no other page can put its own there."""
    signed = _without_totp(visit)
    secret = await visit.of_records(visit.console.records.begin_totp, signed, pyotp.random_base32())
    return _totp_page(visit, secret, "")


async def picture(visit: Visit) -> web.Response:
    """Show the secret that is being set up as a picture that a telephone reads."""
    secret = await visit.of_records(visit.console.records.pending_totp, _without_totp(visit))
    if secret is None:
        raise Trouble(404, *_GONE, links=(("重新开始", TOTP),))
    address = pyotp.TOTP(secret).provisioning_uri(name=visit.officer.name, issuer_name=ISSUER)
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=5, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return web.Response(body=drawn.getvalue(), content_type="image/svg+xml")


async def set_totp(visit: Visit) -> web.Response:
    """Put the second factor into force: with one's password and a first code."""
    form, records, signed = await visit.form(), visit.console.records, _without_totp(visit)
    secret = await visit.of_records(records.pending_totp, signed)
    if secret is None:
        raise Trouble(409, *_GONE, links=(("重新开始", TOTP),))
    proof = await prove_password(visit, visit.officer.name, form.get("password", ""), _WRONG_OWN)
    if not proof.is_right:
        return _totp_page(visit, secret, proof.problem, proof.status)
    await visit.of_records(records.undo_try, proof.tried)
    step = step_of(secret, form.get("code", ""), visit.now)
    if step is None:
        return _totp_page(visit, secret, _WRONG_FIRST_CODE, 422)
    token = await visit.of_records(records.set_totp, signed, step, visit.now)
    if token is None:
        raise Trouble(409, *_GONE, links=(("重新开始", TOTP),))
    response = _onward(visit, "totp")
    set_token(response, visit.request, visit.console, token)
    return response


async def drop_totp(visit: Visit) -> web.Response:
    """Take one's second factor away, with password and code; it ends all sessions, this one too."""
    form, records, officer = await visit.form(), visit.console.records, visit.officer
    if not officer.has_totp:
        return visit.see_other(ME)
    proof = await prove_password(visit, officer.name, form.get("password", ""), _WRONG_OWN)
    if proof.is_right:
        await visit.of_records(records.undo_try, proof.tried)
        proof = await prove_code(visit, officer, form.get("code", ""), WRONG_CODE)
    if not proof.is_right:
        return _page(visit, proof.problem, proof.status)
    await visit.of_records(records.undo_try, proof.tried)
    await visit.of_records(records.drop_totp, officer.name, officer.name, visit.now)
    return visit.see_other(LOGIN)


def _page(visit: Visit, problem: str = "", status: int = 200) -> web.Response:
    names = [city.name for city in visit.cities] if visit.officer.cities else []
    is_asked = must_have_totp(visit.request, visit.console, visit.officer)
    return visit.page("me.html", problem=problem, status=status, cities=names, must_have_totp=is_asked)


def _totp_page(visit: Visit, secret: str, problem: str, status: int = 200) -> web.Response:
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return visit.page("totp.html", problem=problem, status=status, secret=groups)


def _without_totp(visit: Visit) -> Signed:
    if visit.signed is None or visit.officer.has_totp:
        raise Trouble(409, *_HAS_ONE, links=(("我的账号", ME),))
    return visit.signed


def _onward(visit: Visit, done: str) -> web.Response:
    """Return the way on: where somebody wanted to go before this was asked of them, else to their own page."""
    wanted = visit.asked("next")
    return visit.see_other(own_path(wanted)) if wanted else visit.see_other(ME, done=done)


ROUTES: Sequence[Route] = (
    Route("GET", ME, show, Right.OWN),
    Route("GET", PASSWORD, show_password, Right.OWN, Need.CODE),
    Route("POST", PASSWORD, change_password, Right.OWN, Need.CODE),
    Route("GET", TOTP, show_totp, Right.OWN, Need.OWN_PASSWORD),
    Route("POST", TOTP, set_totp, Right.OWN, Need.OWN_PASSWORD),
    Route("GET", f"{TOTP}.svg", picture, Right.OWN, Need.OWN_PASSWORD),
    Route("POST", f"{TOTP}/remove", drop_totp, Right.OWN),
)
