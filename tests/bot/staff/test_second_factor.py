"""A code from the telephone besides the password: set up, asked for, good once, lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
import pytest_asyncio
import segno

from bot.staff.proving import CODE_SECONDS, step_of
from bot.store.staff_sessions import HALF_SECONDS
from bot.store.staff_tries import FREE_FAILURES
from dialogs.advisor import Advisor
from tests.bot.staff.console import PASSWORD, Desk, Office, office
from tests.bot.staff.factor import code, secret_shown, set_up

_DRAWN = re.compile(r' d="([^"]+)"')


@pytest_asyncio.fixture
async def beyond(advisor: Advisor, tmp_path: Path) -> AsyncIterator[Office]:
    """Yield a console that other machines reach."""
    async with office(advisor, tmp_path, is_beyond=True) as opened:
        yield opened


async def with_password(service: Office, name: str = "wang") -> Desk:
    """Return a desk at which the password was given, and the code is still asked for."""
    desk = await service.desk()
    response = await desk.sign_in(name)
    assert (response.status, response.headers["Location"]) == (303, "/staff/code?next=%2Fstaff")
    return desk


async def test_once_set_up_the_code_is_asked_for_before_anything_is_shown(service: Office) -> None:
    secret = await set_up(service, await service.desk("wang"))
    desk = await with_password(service)
    for path in ("/staff", "/staff/me", "/staff/password", "/staff/totp", "/staff/totp.svg"):
        assert (await desk.get(path)).headers["Location"].startswith("/staff/code?next="), path
    assert (await desk.post("/staff/password", {"old": PASSWORD})).status == 401
    half = desk.form_key
    response = await desk.post("/staff/code?next=%2Fstaff%2Fme", {"code": code(secret, service.clock())})
    assert (response.status, response.headers["Location"]) == (303, "/staff/me")
    await desk.learn()
    assert desk.form_key != half, "a new token as the session becomes whole"


async def test_a_code_is_good_once_within_half_a_minute_of_its_time(service: Office) -> None:
    secret = await set_up(service, await service.desk("wang"))
    now = service.clock()
    for offset, is_right in ((-2, False), (2, False), (-1, False), (1, True), (1, False), (0, False)):
        # The step before was used up in setting up; after that of the future none before it is good.
        desk = await with_password(service)
        response = await desk.post("/staff/code", {"code": code(secret, now + offset * CODE_SECONDS)})
        assert (response.status == 303) == is_right, offset
        assert is_right or "验证码不对，或已经用过" in await response.text()


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_clock_half_a_minute_off_is_forgiven_and_the_typing_of_another_keyboard(offset: int) -> None:
    secret, now = pyotp.random_base32(), 1_795_000_000.0
    shown = code(secret, now + offset * CODE_SECONDS)
    step = int(now) // CODE_SECONDS + offset
    wide = "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in shown)
    for typed in (shown, f"{shown[:3]} {shown[3:]}", wide):
        assert step_of(secret, typed, now) == step
    for typed in ("", " ", shown[:5], f"{shown}0", f"-{shown[1:]}", "１２三４５６", "٣" * 6, "x" * 9999):
        assert step_of(secret, typed, now) is None


async def test_guessing_codes_is_locked_and_giving_the_password_again_does_not_help(service: Office) -> None:
    secret = await set_up(service, await service.desk("wang"))
    desk = await service.desk()
    for _ in range(FREE_FAILURES + 1):
        await desk.sign_in("wang")
        assert (await desk.post("/staff/code", {"code": "000000"})).status == 422
    response = await desk.post("/staff/code", {"code": code(secret, service.clock())})
    assert response.status == 429
    assert (await desk.sign_in("wang")).status == 429


async def test_half_a_sign_in_is_over_after_ten_minutes(service: Office) -> None:
    await set_up(service, await service.desk("wang"))
    desk = await with_password(service)
    service.clock.at += HALF_SECONDS
    assert (await desk.get("/staff/code")).headers["Location"].startswith("/staff/login")


async def test_the_secret_stands_in_a_picture_and_as_text_and_in_no_address(service: Office) -> None:
    desk = await service.desk("wang")
    assert (await desk.get("/staff/totp.svg")).status == 404, "nothing is being set up"
    secret = await secret_shown(desk)
    assert await secret_shown(desk) == secret, "opening the page again replaces nothing"
    picture = await desk.get("/staff/totp.svg")
    assert (picture.content_type, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    body = await picture.text()
    assert "style" not in body
    assert "script" not in body
    address = pyotp.TOTP(secret).provisioning_uri(name="wang", issuer_name="居住证助手")
    drawn = segno.make(address, error="m").svg_inline(scale=5)
    assert _DRAWN.findall(body)[-1] == _DRAWN.findall(drawn)[-1]
    page = await desk.text("/staff/totp")
    assert not any(secret in where for where in re.findall(r'(?:href|src|action)="([^"]*)"', page))


@pytest.mark.parametrize(("field", "value"), [("password", "wrong"), ("code", "000000"), ("code", "")])
async def test_it_is_set_up_with_the_password_and_a_first_code_alone(service: Office, field: str, value: str) -> None:
    desk = await service.desk("wang")
    secret = await secret_shown(desk)
    fields = {"password": PASSWORD, "code": code(secret, service.clock()), field: value}
    assert (await desk.post("/staff/totp", fields)).status == 422
    assert (await (await service.desk()).sign_in("wang")).headers["Location"] == "/staff"
    assert await secret_shown(desk) == secret


async def test_what_is_set_up_at_one_desk_is_not_put_into_force_at_another(service: Office) -> None:
    here, there = await service.desk("wang"), await service.desk("wang")
    secret = await secret_shown(here)
    assert await secret_shown(there) != secret
    fields = {"password": PASSWORD, "code": code(secret, service.clock())}
    assert (await there.post("/staff/totp", fields)).status == 422
    assert (await here.post("/staff/totp", fields)).status == 303
    assert (await there.get("/staff/me")).status == 303, "other sessions end"
    await here.learn()
    for response in (await here.get("/staff/totp"), await here.get("/staff/totp.svg"), await here.post("/staff/totp")):
        assert response.status == 409, "replaced by nothing: it is taken away first"


async def test_it_is_taken_away_with_password_and_code(service: Office) -> None:
    desk = await service.desk("wang")
    secret = await set_up(service, desk)
    now = code(secret, service.clock())
    for fields in ({"password": "wrong", "code": now}, {"password": PASSWORD, "code": "000000"}, {}):
        assert (await desk.post("/staff/totp/remove", fields)).status == 422
    response = await desk.post("/staff/totp/remove", {"password": PASSWORD, "code": now})
    assert response.headers["Location"] == "/staff/login"
    assert (await desk.get("/staff/me")).status == 303, "the session ends with it"
    assert (await (await service.desk()).sign_in("wang")).headers["Location"] == "/staff"


async def test_administrators_must_have_one_where_other_machines_reach_the_console(beyond: Office) -> None:
    admin, clerk = await beyond.desk("admin"), await beyond.desk("wang")
    await clerk.text("/staff")
    assert (await admin.get("/staff/people")).headers["Location"] == "/staff/totp?next=%2Fstaff%2Fpeople"
    assert (await admin.post("/staff/people")).status == 401
    page = await admin.client.get("/staff/totp?next=%2Fstaff%2Fpeople")
    assert page.status == 200
    admin.form_key = (await page.text()).partition('name="form_key" value="')[2][:64]
    secret = await secret_shown(admin)
    fields = {"password": PASSWORD, "code": code(secret, beyond.clock())}
    response = await admin.post("/staff/totp?next=%2Fstaff%2Fpeople", fields)
    assert response.headers["Location"] == "/staff/people"
    await admin.text("/staff/people")


@pytest.mark.parametrize(
    "header", [{"X-Forwarded-For": "10.1.2.3"}, {"Forwarded": "for=10.1.2.3"}, {"X-Real-IP": "10.1.2.3"}]
)
async def test_who_comes_through_a_proxy_comes_from_another_machine(service: Office, header: dict[str, str]) -> None:
    desk = await service.desk("admin")
    await desk.text("/staff/people")
    assert (await desk.get("/staff/people", headers=header)).headers["Location"].startswith("/staff/totp")
