"""What is tried below the pages: texts that no database takes, planted cookies, silent proxies, great lists."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert

from bot.channels.site import SITE
from bot.health import Health
from bot.internal import build_internal
from bot.staff.app import add_console
from bot.staff.rights import Role
from bot.store.schema_staff import audit
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.keeping import Place
from tests.bot.staff.console import EVERYBODY, HASH, PASSWORD, Desk, Office, office
from tests.bot.staff.declared import LIST, cover_as_in_service, fields, hand_in, reveal
from tests.bot.staff.test_audit import rows

OVER_TLS = {"X-Forwarded-Proto": "https"}
_ROLES = {f"role_{role}": "on" for role in Role}


# --- texts that no database takes ---


@pytest_asyncio.fixture
async def on_postgres(service: Office, shared: Place) -> AsyncIterator[Desk]:
    """Yield a desk at the console of a service that keeps its records on a PostgreSQL server."""
    with shared.opened() as (records, _):
        for name in EVERYBODY:
            records.add_officer(name, name, [role.value for role in Role], [], HASH, "test", service.clock())
            records.set_password(name, HASH, must_change=False, by=name, now=service.clock())
        app = build_internal(Health({}))
        add_console(app, service.public.app[SITE], records, is_beyond=False)
        async with TestClient(TestServer(app)) as client:
            yield Desk(client)


async def test_a_text_that_no_database_takes_is_no_outage(on_postgres: Desk) -> None:
    """Else whoever reaches the page for signing in could have the records rest, and with them every dialog."""
    desk = on_postgres
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for name in ("%00", "wang%00", "wang%ED%A0%80"):
        body = f"name={name}&password=x%00"
        response = await desk.client.post("/staff/login", data=body, headers=kind, allow_redirects=False)
        assert response.status == 422, name
    assert (await desk.sign_in("li", PASSWORD)).status == 303
    for path in (
        *("/staff/audit?by=%00", "/staff/audit?about=a%00%ED%A0%80", "/staff/audit.csv?by=%00&about=%00"),
        *("/staff/people/%00", "/staff/people/w%00ang%ED%A0%80", "/staff/declarations?station=%00&after=1_%00"),
        *("/staff/faq/new?cluster=%00", "/staff/questions?kind=%00&city=%00", "/staff/login?next=%00"),
    ):
        assert (await desk.get(path)).status < 500, path
    for path, typed in (
        ("/staff/people", {"name": "x\0y", "shown": "\0", **_ROLES, "cities": "all"}),
        ("/staff/switches/on", {"city": "\0", "topic": "\0"}),
        ("/staff/switches", {"city": "\0", "topic": "*", "sentence": "\0"}),
        ("/staff/faq/new", {"entry": "\0", "city": "luoyang", "asks": "\0", "line": "\0", "places": "1条"}),
        (f"{LIST}/export?city=luoyang", {"why": "核对", "more": "\0"}),
    ):
        assert (await desk.post(path, typed)).status < 500, path


# --- cookies ---


def session_cookie(headers: list[str]) -> str:
    """Return the cookie of a session among those that an answer sets."""
    (found,) = [one for one in headers if re.match(r"(__Host-)?staff=", one)]
    return found


async def test_over_tls_the_cookie_is_one_that_no_other_host_or_page_can_plant(service: Office) -> None:
    desk = await service.desk()
    form = {"name": "wang", "password": PASSWORD}
    response = await desk.client.post("/staff/login", data=form, headers=OVER_TLS, allow_redirects=False)
    cookie = session_cookie(response.headers.getall("Set-Cookie"))
    assert cookie.startswith("__Host-staff=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/;"))
    assert "Domain" not in cookie
    token = cookie.partition(";")[0].partition("=")[2]
    other = await service.desk()
    for name, status in (("__Host-staff", 200), ("staff", 303)):
        asked = {**OVER_TLS, "Cookie": f"{name}={token}"}
        assert (await other.get("/staff/me", headers=asked)).status == status, name
    planted = {**OVER_TLS, "Cookie": f"staff={'A' * 43}; __Host-staff={token}; staff={'B' * 43}"}
    assert (await other.get("/staff/me", headers=planted)).status == 200


async def test_signing_out_over_tls_takes_the_cookie_away(service: Office) -> None:
    desk = await service.desk()
    form = {"name": "wang", "password": PASSWORD}
    response = await desk.client.post("/staff/login", data=form, headers=OVER_TLS, allow_redirects=False)
    asked = {**OVER_TLS, "Cookie": session_cookie(response.headers.getall("Set-Cookie")).partition(";")[0]}
    page = await (await desk.get("/staff/me", headers=asked)).text()
    key = page.partition('name="form_key" value="')[2][:64]
    out = await desk.client.post("/staff/logout", data={"form_key": key}, headers=asked, allow_redirects=False)
    (gone,) = [one for one in out.headers.getall("Set-Cookie") if one.startswith("__Host-staff=")]
    assert all(part in gone for part in ("Max-Age=0", "Secure", "Path=/")), "without Secure browsers ignore it"
    assert (await desk.get("/staff/me", headers=asked)).status == 303


# --- proxies ---


@pytest.mark.parametrize(
    "name", ["staff.example.gov.cn", "10.1.2.3:8081", "[2001:db8::1]", "localhost.evil.example", "["]
)
async def test_a_proxy_that_adds_nothing_is_told_by_the_name_it_was_asked_under(service: Office, name: str) -> None:
    """Such as one that only ends TLS: the administrator at the other end needs a second factor all the same."""
    desk = await service.desk("admin")
    await desk.text("/staff/people")
    response = await desk.get("/staff/people", headers={"Host": name})
    assert response.status == 400 or response.headers["Location"].startswith("/staff/totp")


@pytest.mark.parametrize("name", ["localhost:8081", "127.0.0.1", "[::1]:8081"])
async def test_a_tunnel_ends_on_this_machine(service: Office, name: str) -> None:
    desk = await service.desk("admin")
    assert (await desk.get("/staff/people", headers={"Host": name})).status == 200


# --- the log ---


async def test_whoever_reads_a_declaration_stands_in_the_log_that_nobody_changes(
    service: Office, library: Library
) -> None:
    """A clerk who opens one after the other is seen by the administrator, also when the declarations are gone."""
    cover_as_in_service(service, library)
    receipt = hand_in(service)
    wang, admin = await service.desk("wang"), await service.desk("admin")
    await reveal(wang, receipt, why="其他", more="张三来电")
    refused = await wang.post(
        f"{LIST}/{receipt}", {**fields(await wang.text(f"{LIST}/{receipt}"), f"{LIST}/{receipt}")}
    )
    assert refused.status == 422
    (row,) = [row for row in await rows(admin) if row[2] == "查看填报"]
    assert row[1:] == ["wang", "查看填报", receipt, "其他"], "and not what was added of the person"


async def test_a_great_list_lets_nobody_wait(service: Office) -> None:
    """Residents are answered on the same loop: while some ten thousand rows are made into a file, it goes on."""
    row = {"at": service.clock(), "by": "wang", "what": "read", "about": "1231-8447-1098", "detail": "核对材料" * 20}
    with service.records._writing() as connection:
        connection.execute(insert(audit), [row] * 20_000)
    admin = await service.desk("admin")
    begun = before = perf_counter()
    asked = asyncio.create_task(admin.get("/staff/audit.csv"))
    longest = 0.0
    while not asked.done():
        await asyncio.sleep(0.01)
        longest, before = max(longest, perf_counter() - before), perf_counter()
    assert (await asked).status == 200
    assert longest < 0.4 * (perf_counter() - begun)


async def test_a_page_of_the_public_site_cannot_post_to_the_console(advisor: Advisor, tmp_path: Path) -> None:
    given = {"name": "wang", "password": PASSWORD}
    async with office(advisor, tmp_path, public_url="https://jzz.example.cn") as service:
        desk = await service.desk()
        own = f"http://{desk.client.host}:{desk.client.port}"
        for origin, status in (("https://jzz.example.cn", 403), (own, 303)):
            response = await desk.client.post(
                "/staff/login", data=given, headers={"Origin": origin}, allow_redirects=False
            )
            assert response.status == status, origin
