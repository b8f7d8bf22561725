"""What somebody with bad intentions tries at the console, one after the other of the usual lists."""

from __future__ import annotations

import asyncio
import gzip
import json
import re

import pytest

from bot.channels.posting import BODY_LIMIT
from bot.staff.app import ROUTES
from bot.staff.guard import own_path
from bot.staff.rights import RIGHTS, Role
from bot.staff.visit import MOST_FIELDS
from tests.bot.staff.console import EVERYBODY, PASSWORD, Desk, Office
from tests.bot.staff.test_rights import address_of

ELSEWHERE = (
    *("https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example"),
    *("javascript:alert(1)", "data:text/html,x", " //evil.example", "/\t/evil.example", "http://[::1", "//[", "?x", ""),
    *("/staff@evil.example", "/staffevil", "staff", "/staff/../metrics", "/staff/\u2028x", "/staff/\0x"),
    "/staff/\r\nSet-Cookie: a=b",
)
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://["},
)


def cookie_of(desk: Desk, name: str = "staff") -> str:
    """Return a cookie as the desk's browser has it."""
    return desk.client.session.cookie_jar.filter_cookies(desk.client.make_url("/staff"))[name].value


# --- sessions ---


async def test_a_token_planted_before_the_sign_in_opens_nothing_afterwards(service: Office) -> None:
    """Session fixation: neither one the attacker made up nor one that was good for somebody else."""
    attacker = await service.desk("li")
    for planted in ("A" * 43, cookie_of(attacker)):
        victim = await service.desk()
        fields = {"name": "wang", "password": PASSWORD}
        await victim.client.post("/staff/login", data=fields, cookies={"staff": planted})
        thief = await service.desk()
        page = await thief.get("/staff/me", cookies={"staff": planted})
        assert page.status == 303
    assert cookie_of(victim) not in (planted, cookie_of(attacker))


async def test_every_sign_in_has_a_token_of_its_own_that_nobody_guesses(service: Office) -> None:
    tokens = {cookie_of(await service.desk("wang")) for _ in range(4)}
    assert len(tokens) == 4
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in tokens)


async def test_a_token_that_is_none_is_nobody(service: Office) -> None:
    desk = await service.desk()
    for token in ("", "x", "x" * 65, "x" * 5000, "鬼" * 20, "../..", "' OR 1=1 --"):
        response = await desk.get("/staff/me", headers={"Cookie": f"staff={token}"})
        assert response.status in (303, 400), token


async def test_a_cookie_is_for_the_console_alone_unreadable_for_scripts_and_not_sent_from_elsewhere(
    service: Office,
) -> None:
    desk = await service.desk()
    fields = {"name": "wang", "password": PASSWORD}
    for address, is_secure in (({}, False), ({"X-Forwarded-Proto": "https"}, True)):
        response = await desk.client.post("/staff/login", data=fields, allow_redirects=False, headers=address)
        for name, path in (("__Host-staff", "/") if is_secure else ("staff", "/staff"), ("staff_known", "/staff")):
            (cookie,) = [one for one in response.headers.getall("Set-Cookie") if one.startswith(f"{name}=")]
            assert all(part in cookie for part in ("HttpOnly", f"Path={path};", "SameSite=Strict"))
            assert ("Secure" in cookie) == is_secure
            assert "Domain" not in cookie
        assert "Max-Age" not in response.headers.getall("Set-Cookie")[0], "gone with the browser"


async def test_the_public_site_knows_nothing_of_the_console(service: Office) -> None:
    desk = await service.desk("admin")
    for route in ROUTES:
        address = service.public.make_url(address_of(route))
        async with desk.client.session.get(address, cookies={"staff": cookie_of(desk)}) as response:
            assert response.status == 404, route.path


# --- where one may go ---


async def test_forced_browsing_by_every_spelling_of_an_address_is_refused(service: Office) -> None:
    nobody, clerk = await service.desk(), await service.desk("wang")
    for path in (
        *(
            "/staff/people/",
            "/staff//people",
            "/staff/./people",
            "/staff/%70eople",
            "/STAFF/people",
            "/staff/people%2f",
        ),
        *("/staff/people;x", "/staff/x/../people", "/staff/people?x=/staff/login", "/staff/audit.csv/"),
    ):
        for desk in (nobody, clerk):
            response = await desk.get(path)
            assert response.status in (303, 403, 404), path
            assert "加一个人" not in await response.text()
    for method in ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        response = await nobody.client.request(method, "/staff/people", allow_redirects=False)
        assert response.status == 405, method
    override = {"X-HTTP-Method-Override": "POST", "X-Original-URL": "/staff/login", "X-Rewrite-URL": "/staff/login"}
    assert (await clerk.get("/staff/people", headers=override)).status == 403


async def test_nobody_is_led_to_another_site(service: Office) -> None:
    desk = await service.desk("wang")
    for target in ELSEWHERE:
        assert own_path(target) == "/staff", target
        response = await desk.client.get("/staff/login", params={"next": target}, allow_redirects=False)
        assert response.headers["Location"] in ("/staff", "/staff/x"), target  # a NUL is dropped before it is looked at
    for target in ELSEWHERE[:3]:
        fields = {"name": "wang", "password": PASSWORD}
        new = await service.desk()
        response = await new.client.post("/staff/login", params={"next": target}, data=fields, allow_redirects=False)
        assert (response.status, response.headers["Location"]) == (303, "/staff"), target


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/staff", "/staff"),
        ("/staff?q=12%E6%9D%A1", "/staff?q=12%E6%9D%A1"),
        ("/staff/audit?by=王&x=//y", "/staff/audit?by=%E7%8E%8B&x=//y"),
    ],
)
def test_a_page_of_the_console_is_led_to(asked: str, path: str) -> None:
    assert own_path(asked) == path


# --- forms ---


def own_posts() -> list[str]:
    """Return the addresses that an administrator may post to."""
    rights = RIGHTS[Role.ADMINISTRATOR]
    return [address_of(route) for route in ROUTES if route.method == "POST" and route.right in rights]


async def test_a_post_from_another_site_is_refused_even_with_the_key(service: Office) -> None:
    desk = await service.desk("admin")
    for headers in FOREIGN:
        for path in (*own_posts(), "/staff/login"):
            assert (await desk.post(path, {"name": "x"}, headers=headers)).status == 403, (path, headers)


async def test_a_key_of_another_session_or_none_does_nothing(service: Office) -> None:
    desk, other = await service.desk("admin"), await service.desk("admin")
    fields = {"name": "intruder", "role_administrator": "on", "cities": "all"}
    for key in ("", other.form_key, desk.form_key[:-1], desk.form_key.upper() + " ", "鬼"):
        desk.form_key = key
        assert (await desk.post("/staff/people", fields)).status == 403
    without = await desk.client.post("/staff/people", data=fields)
    in_address = await desk.client.post(f"/staff/people?form_key={other.form_key}", data=fields)
    as_json = await desk.client.post("/staff/people", json=fields)
    assert [without.status, in_address.status, as_json.status] == [403, 403, 415]
    assert service.records.officer("intruder") is None


async def test_a_form_with_ten_thousand_fields_or_a_huge_body_is_refused_soon(service: Office) -> None:
    desk = await service.desk("admin")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    many = "&".join(f"f{number}=" for number in range(10_000))
    more = "&".join(f"f{number}=1" for number in range(MOST_FIELDS))
    for path in (*own_posts(), "/staff/login"):
        assert (await desk.client.post(path, data=many, headers=kind)).status in (400, 413), path
        assert (await desk.client.post(path, data=f"{more}&x=1", headers=kind)).status == 400, path
        huge = await desk.client.post(path, data=b"x=" + b"y" * BODY_LIMIT, headers=kind)
        assert huge.status == 413, path


async def test_other_kinds_of_bodies_are_refused(service: Office) -> None:
    desk = await service.desk()
    multipart = b'--x\r\nContent-Disposition: form-data; name="name"; filename="../../x"\r\n\r\nx\r\n--x--'
    for body, kind in (
        (multipart, "multipart/form-data; boundary=x"),
        (json.dumps({"name": "x"}).encode(), "application/json"),
        (b"<!DOCTYPE x><x/>", "text/xml"),
        (b"", ""),
    ):
        response = await desk.client.post("/staff/login", data=body, headers={"Content-Type": kind} if kind else {})
        assert response.status == 415, kind
    zipped = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
    bomb = await desk.client.post("/staff/login", data=gzip.compress(b"x=" + b"y" * 5_000_000), headers=zipped)
    assert bomb.status in (400, 413)


async def test_bytes_that_are_no_text_are_a_wrong_password(service: Office) -> None:
    desk = await service.desk()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in ("name=%ff%fe&password=%00", "name=wang%00&password=x", "name[]=wang&password[$ne]=x", "=&=&"):
        assert (await desk.client.post("/staff/login", data=body, headers=kind)).status == 422, body


# --- at once ---


async def test_of_two_who_change_a_password_at_once_one_does(service: Office) -> None:
    desks = [await service.desk("wang") for _ in range(2)]
    news = [f"a sentence of number {number} here" for number in range(2)]
    changes = (
        desk.post("/staff/password", {"old": PASSWORD, "new": new, "again": new})
        for desk, new in zip(desks, news, strict=True)
    )
    answers = await asyncio.gather(*changes)
    alive = [(await desk.get("/staff/me")).status for desk in desks]
    assert sorted(answer.status for answer in answers) in ([303, 401], [303, 409])
    assert alive.count(200) == 1


def test_every_role_is_among_the_people_of_these_tests() -> None:
    assert {role for roles in EVERYBODY.values() for role in roles} == set(Role)
