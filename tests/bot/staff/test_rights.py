"""Every route of the console and every role, in one table; what is not in the table is refused."""

from __future__ import annotations

import re

import pytest

from bot.staff.app import ROUTES
from bot.staff.rights import RIGHTS, Right, Role
from bot.staff.visit import Need, Route
from tests.bot.staff.console import EVERYBODY, Office

E_, C_, R_, A_ = Role.EDITOR, Role.CLERK, Role.REVIEWER, Role.ADMINISTRATOR
ALL = {E_, C_, R_, A_}
NOBODY_NEEDED = None
TABLE: dict[tuple[str, str], set[Role] | None] = {
    ("GET", "/staff/login"): NOBODY_NEEDED,
    ("POST", "/staff/login"): NOBODY_NEEDED,
    ("GET", "/staff/code"): ALL,
    ("POST", "/staff/code"): ALL,
    ("POST", "/staff/logout"): ALL,
    ("GET", "/staff"): ALL,
    ("GET", "/staff/api/look-up"): ALL,
    ("GET", "/staff/law/{city}"): ALL,
    ("GET", "/staff/law/{city}/{article}"): ALL,
    ("GET", "/staff/api/law/{city}/{article}"): ALL,
    ("GET", "/staff/compare"): ALL,
    ("GET", "/staff/compare/{topic}"): ALL,
    ("GET", "/staff/compare/{topic}.csv"): ALL,
    ("GET", "/staff/map"): ALL,
    ("GET", "/staff/map.csv"): ALL,
    ("GET", "/staff/why"): ALL,
    ("GET", "/staff/me"): ALL,
    ("GET", "/staff/password"): ALL,
    ("POST", "/staff/password"): ALL,
    ("GET", "/staff/totp"): ALL,
    ("POST", "/staff/totp"): ALL,
    ("GET", "/staff/totp.svg"): ALL,
    ("POST", "/staff/totp/remove"): ALL,
    ("GET", "/staff/people"): {A_},
    ("POST", "/staff/people"): {A_},
    ("GET", "/staff/people/{name}"): {A_},
    ("POST", "/staff/people/{name}"): {A_},
    ("POST", "/staff/people/{name}/password"): {A_},
    ("POST", "/staff/people/{name}/without-code"): {A_},
    ("GET", "/staff/audit"): {A_},
    ("GET", "/staff/audit.csv"): {A_},
    ("GET", "/staff/questions"): {E_, R_},
    ("POST", "/staff/questions/{key}/aside"): {E_},
    ("POST", "/staff/questions/{key}/back"): {E_},
    ("GET", "/staff/faq"): {E_, R_},
    ("GET", "/staff/faq/new"): {E_},
    ("POST", "/staff/faq/new"): {E_},
    ("POST", "/staff/api/faq/preview"): {E_},
    ("GET", "/staff/faq/{revision}"): {E_, R_},
    ("POST", "/staff/faq/{revision}/check"): {E_},
    ("POST", "/staff/faq/{revision}/approve"): {R_},
    ("POST", "/staff/faq/{revision}/refuse"): {R_},
    ("POST", "/staff/faq/{revision}/take-back"): {R_},
    ("GET", "/staff/switches"): {R_, A_},
    ("POST", "/staff/switches"): {R_, A_},
    ("POST", "/staff/switches/on"): {R_, A_},
    ("GET", "/staff/overview"): ALL,
    ("GET", "/staff/overview/{name}"): ALL,
    ("GET", "/staff/chart/{name}"): ALL,
    ("GET", "/staff/declarations"): {C_},
    ("GET", "/staff/declarations/export"): {C_},
    ("POST", "/staff/declarations/export"): {C_},
    ("GET", "/staff/declarations/{receipt}"): {C_},
    ("POST", "/staff/declarations/{receipt}"): {C_},
    ("POST", "/staff/declarations/{receipt}/register"): {C_},
    ("POST", "/staff/declarations/{receipt}/return"): {C_},
    ("POST", "/staff/declarations/{receipt}/duplicate"): {C_},
}
"""Written by hand from what each role is for, not taken from the code."""


def test_the_table_has_every_route_and_no_other() -> None:
    assert {(route.method, route.path) for route in ROUTES} == set(TABLE)


def test_each_route_is_for_the_roles_of_the_table() -> None:
    for route in ROUTES:
        found = None if route.right is None else {role for role in Role if route.right in RIGHTS[role]}
        assert found == TABLE[(route.method, route.path)], (route.method, route.path)


def address_of(route: Route) -> str:
    """Return an address of the route; what stands in braces is made up."""
    return re.sub(r"\{\w+\}", "x", route.path)


async def test_nobody_gets_anywhere_without_signing_in(service: Office) -> None:
    desk = await service.desk()
    for route in ROUTES:
        if route.right is None:
            continue
        response = await (desk.get if route.method == "GET" else desk.post)(address_of(route))
        sent = response.headers.get("Location", "")
        assert response.status == 401 or sent.startswith("/staff/login?next="), (route.method, route.path)


@pytest.mark.parametrize("name", EVERYBODY)
async def test_each_role_is_refused_what_is_not_theirs(service: Office, name: str) -> None:
    desk = await service.desk(name)
    roles = set(EVERYBODY[name])
    for route in ROUTES:
        allowed = TABLE[(route.method, route.path)]
        if allowed is None or route.path == "/staff/logout":
            continue
        response = await (desk.get if route.method == "GET" else desk.post)(address_of(route))
        assert (response.status == 403) == (not roles & allowed), (route.method, route.path, response.status)


async def test_a_form_without_the_key_of_the_session_does_nothing(service: Office) -> None:
    desk = await service.desk("admin")
    desk.form_key = "0" * 64
    for route in ROUTES:
        if (
            route.method == "POST"
            and route.right is not None
            and Role.ADMINISTRATOR in (TABLE[("POST", route.path)] or ())
        ):
            assert (await desk.post(address_of(route))).status == 403, route.path
    assert (await desk.get("/staff/me")).status == 200  # and still signed in


async def test_a_form_from_another_site_does_nothing(service: Office) -> None:
    desk = await service.desk("admin")
    for route in ROUTES:
        if route.method == "POST":
            response = await desk.post(address_of(route), headers={"Sec-Fetch-Site": "cross-site"})
            assert response.status == 403, route.path


async def test_the_address_alone_leads_to_the_console(service: Office) -> None:
    response = await (await service.desk()).get("/")
    assert (response.status, response.headers["Location"]) == (303, "/staff")


def test_only_what_signing_in_needs_is_open_before_it_is_whole() -> None:
    open_early = {route.path for route in ROUTES if route.right is not None and route.needs < Need.CODE}
    assert open_early == {"/staff/code", "/staff/logout"}


def test_whoever_gives_out_rights_reads_no_declarations() -> None:
    assert Right.DECLARATIONS not in RIGHTS[Role.ADMINISTRATOR]
