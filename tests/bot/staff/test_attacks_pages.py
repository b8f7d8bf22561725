"""What somebody types to have it run in another's browser, and what the answers forbid it."""

from __future__ import annotations

import re

import pytest
from aiohttp import ClientResponse

from bot.staff.app import ROUTES
from tests.bot.staff.console import Office
from tests.bot.staff.test_rights import address_of

SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><svg/onload=alert(1)>",
    "' onfocus=alert(1) x='",
)


async def test_what_is_typed_at_the_sign_in_comes_back_as_text(service: Office) -> None:
    desk = await service.desk()
    for text in SCRIPTS:
        response = await desk.client.post("/staff/login", data={"name": text, "password": "x"})
        assert text not in await response.text()
    response = await desk.client.post("/staff/login", data={"name": "{{191*7}}", "password": "x"})
    assert 'value="{{191*7}}"' in await response.text(), "a template is text too"


@pytest.mark.parametrize("text", SCRIPTS[1:3])
async def test_what_colleagues_are_called_is_text_on_every_page(service: Office, text: str) -> None:
    service.records.add_officer("mallory", text, ["clerk"], ["<i>"], "hash", text, service.clock())
    service.records.note_done(text, text, text, text, service.clock())
    admin = await service.desk("admin")
    fields = {"shown": text, "role_administrator": "on", "cities": "all", "active": "on"}
    await admin.post("/staff/people/admin", fields)
    for path in ("/staff/people", "/staff/people/mallory", "/staff/audit", "/staff/me", "/staff"):
        page = await admin.text(path)
        assert text not in page, path
        assert "<i>" not in page
    shown = await (await admin.post("/staff/people/mallory/password")).text()
    assert text not in shown


@pytest.mark.parametrize("text", SCRIPTS[1:3])
async def test_what_stands_in_an_address_comes_back_as_text(service: Office, text: str) -> None:
    admin = await service.desk("admin")
    asked = dict.fromkeys(("q", "next", "done", "by", "about", "before", "city", "topic", "days"), text)
    for route in ROUTES:
        if route.method == "GET":
            response = await admin.client.get(address_of(route), params=asked)
            body = await response.text()
            if response.content_type == "text/html":
                assert text not in body, route.path
            assert response.status < 500, route.path


async def test_a_line_break_in_an_address_makes_no_header(service: Office) -> None:
    desk = await service.desk("admin")
    for path in (
        "/staff/login?next=%2Fstaff%0d%0aX-Evil:%201",
        "/staff/%0d%0aX-Evil:1",
        "/staff/audit.csv?by=%0d%0aX-Evil:1",
    ):
        response = await desk.client.get(path, allow_redirects=False)
        assert "X-Evil" not in response.headers
        assert response.status < 500


async def every_answer(service: Office) -> list[tuple[str, ClientResponse]]:
    """Return an answer of every address: for nobody, for a clerk and for an administrator, and of what is not there."""
    found = []
    for desk in (await service.desk(), await service.desk("wang"), await service.desk("admin")):
        for route in ROUTES:
            if route.path != "/staff/logout":
                ask = desk.get if route.method == "GET" else desk.post
                found.append((f"{route.method} {route.path}", await ask(address_of(route))))
        found += [("nothing", await desk.get("/staff/nothing/here")), ("method", await desk.client.put("/staff"))]
    return found


async def test_no_answer_is_kept_framed_sniffed_or_lets_a_foreign_script_in(service: Office) -> None:
    for where, response in await every_answer(service):
        headers = response.headers
        policy = headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store", where
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["X-Frame-Options"] == "DENY", where
        assert headers["Referrer-Policy"] == "same-origin", where
        assert "default-src 'none'" in policy, where
        assert "unsafe-inline" not in policy.partition("script-src")[2], where
        assert "unsafe-eval" not in policy, where
        assert headers["Server"] == "juzhuzheng", where
        if response.content_type == "text/html":
            assert "frame-ancestors 'none'" in policy, where
            assert "unsafe-inline" not in policy, where
        assert "Access-Control-Allow-Origin" not in headers, where


async def test_pages_have_no_script_or_style_inside(service: Office) -> None:
    admin = await service.desk("admin")
    for route in ROUTES:
        response = await admin.get(address_of(route)) if route.method == "GET" else None
        if response is None or response.content_type != "text/html":
            continue
        page = await response.text()
        assert re.search(r"<script(?![^>]*\bsrc=)", page) is None, route.path
        assert re.search(r"\sstyle=|<style|\son\w+=|javascript:", page) is None, route.path


async def test_an_error_tells_nothing_of_the_inside(service: Office) -> None:
    for where, response in await every_answer(service):
        if response.status >= 400:
            text = await response.text()
            assert not re.search(r"Traceback|sqlite|sqlalchemy|aiohttp|\.py\b|/work|argon2", text), where
