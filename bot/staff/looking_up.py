"""Look-up in one box."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.staff.rights import Right
from bot.staff.visit import Route, Visit


async def show(visit: Visit) -> web.Response:
    """Show the box."""
    return visit.page("look_up.html", here="/staff")


async def show_me(visit: Visit) -> web.Response:
    """Show who is signed in, and what they may change of themselves."""
    return visit.page("me.html")


ROUTES: Sequence[Route] = (
    Route("GET", "/staff", show, Right.LOOK_UP),
    Route("GET", "/staff/me", show_me, Right.OWN),
)
