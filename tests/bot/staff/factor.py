"""The telephone of somebody of the staff: it shows the codes of a second factor."""

from __future__ import annotations

import re

import pyotp

from bot.staff.proving import CODE_SECONDS
from tests.bot.staff.console import PASSWORD, Desk, Office

_SECRET = re.compile(r'<code class="secret">([A-Z2-7 ]+)</code>')


def code(secret: str, at: float) -> str:
    """Return what the telephone shows at that moment."""
    return pyotp.TOTP(secret, interval=CODE_SECONDS).at(int(at))


async def secret_shown(desk: Desk) -> str:
    """Return the secret of the page where a second factor is set up."""
    found = _SECRET.search(await desk.text("/staff/totp"))
    assert found
    return found[1].replace(" ", "")


async def set_up(service: Office, desk: Desk) -> str:
    """Set up a second factor at a desk; return its secret. The next code is good half a minute later."""
    secret = await secret_shown(desk)
    fields = {"password": PASSWORD, "code": code(secret, service.clock())}
    response = await desk.post("/staff/totp", fields)
    assert (response.status, response.headers["Location"]) == (303, "/staff/me?done=totp")
    service.clock.at += CODE_SECONDS
    await desk.learn()
    return secret
