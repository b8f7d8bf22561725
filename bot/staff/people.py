"""Who may sign in to the console and what they may do: for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from aiohttp import web

from bot.channels.site import Trouble
from bot.staff.passwords import new_password
from bot.staff.rights import ROLE_WORDS, Right, Role
from bot.staff.visit import Route, Visit
from bot.store.staffing import LONGEST_SHOWN, Officer, StaffTrouble, folded
from bot.store.work import in_shanghai, to_the_minute

PEOPLE = "/staff/people"
_NO_ROLE = "请至少选一个角色。"
_NO_CITY = "请选负责的城市，或选全部城市。"
_MANY_CITIES = "选的城市太多了，请选全部城市。"
_LONGEST_CITIES = 255
_NOBODY = ("没有这个人", "登录名可能抄错了。")
_SELF = ("不能改自己的这一项", "自己的管理员角色、停用，要请另一位管理员来改；自己的密码和验证码在“我的账号”里改。")

DONE: Mapping[str, str] = {
    "person": "改好了。改了角色、城市或停用的，那个人已退出登录。",
    "person_code": "验证码停用了，那个人已退出登录。",
}


async def show_people(visit: Visit) -> web.Response:
    """Show everybody, and where somebody is added."""
    return await _list(visit)


async def add(visit: Visit) -> web.Response:
    """Add somebody, with a password that is shown once."""
    form = await visit.form()
    problem, roles, cities = _rights_in(visit, form)
    if problem:
        return await _list(visit, problem, form)
    password = new_password()
    hashed = await visit.console.passwords.hashed(password)
    given = (form.get("name", "")[:64], form.get("shown", "")[:LONGEST_SHOWN], roles, cities, hashed)
    try:
        officer = await visit.of_records(visit.console.records.add_officer, *given, visit.officer.name, visit.now)
    except StaffTrouble as trouble:
        return await _list(visit, f"{trouble}。", form)
    return visit.page("given.html", here=PEOPLE, person=officer, password=password)


async def show_person(visit: Visit) -> web.Response:
    """Show what somebody may do, to be changed."""
    return await _person(visit, await _found(visit))


async def change(visit: Visit) -> web.Response:
    """Change what somebody may do; nobody takes themselves out."""
    person, form = await _found(visit), await visit.form()
    problem, roles, cities = _rights_in(visit, form)
    if problem:
        return await _person(visit, person, problem)
    is_active = "active" in form
    if person.id == visit.officer.id and not (is_active and Role.ADMINISTRATOR in roles):
        raise Trouble(409, *_SELF, links=((person.name, path_of_person(person.name)),))
    shown = form.get("shown", "")[:LONGEST_SHOWN]
    try:
        await visit.of_records(
            visit.console.records.change_officer,
            person.name,
            shown=shown,
            roles=roles,
            cities=cities,
            is_active=is_active,
            by=visit.officer.name,
            now=visit.now,
        )
    except StaffTrouble as trouble:
        return await _person(visit, person, f"{trouble}。", 409)
    return visit.see_other(PEOPLE, done="person")


async def give_password(visit: Visit) -> web.Response:
    """Give somebody a new password, which is shown once and changed by them at the next sign-in."""
    person = await _another(visit)
    password = new_password()
    hashed = await visit.console.passwords.hashed(password)
    key = visit.console.identities.of("staff-name", person.name)
    await visit.of_records(
        visit.console.records.set_password,
        person.name,
        hashed,
        must_change=True,
        by=visit.officer.name,
        now=visit.now,
        who=key,
    )
    return visit.page("given.html", here=PEOPLE, person=person, password=password)


async def drop_code(visit: Visit) -> web.Response:
    """Take somebody's second factor away: their telephone is lost."""
    person = await _another(visit)
    await visit.of_records(visit.console.records.drop_totp, person.name, visit.officer.name, visit.now)
    return visit.see_other(PEOPLE, done="person_code")


def path_of_person(name: str) -> str:
    """Return the address of somebody's page."""
    return f"{PEOPLE}/{quote(name, safe='')}"


async def _list(visit: Visit, problem: str = "", form: Mapping[str, str] | None = None) -> web.Response:
    records = visit.console.records
    officers = await visit.of_records(records.officers)
    locks = await visit.of_records(records.locks, visit.now)
    names = {officer.name: locks.get(visit.console.identities.of("staff-name", officer.name)) for officer in officers}
    locked = {name: f"{in_shanghai(until):%H:%M:%S}" for name, until in names.items() if until}
    return visit.page(
        "people.html",
        here=PEOPLE,
        status=422 if problem else 200,
        problem=problem,
        form=form or {},
        people=sorted(officers, key=lambda officer: not officer.is_active),
        locked=locked,
        roles_of=lambda officer: "、".join(word for role, word in ROLE_WORDS.items() if role in officer.roles),
        cities_of=lambda officer: _cities_of(visit, officer),
        at=to_the_minute,
        path_of_person=path_of_person,
    )


async def _person(visit: Visit, person: Officer, problem: str = "", status: int = 422) -> web.Response:
    return visit.page(
        "person.html",
        here=PEOPLE,
        status=status if problem else 200,
        problem=problem,
        person=person,
        is_self=person.id == visit.officer.id,
        path=path_of_person(person.name),
    )


async def _found(visit: Visit) -> Officer:
    name = folded(visit.request.match_info["name"])
    found = await visit.of_records(visit.console.records.officer, name)
    if found is None:
        raise Trouble(404, *_NOBODY, links=(("人员", PEOPLE),))
    return found


async def _another(visit: Visit) -> Officer:
    found = await _found(visit)
    if found.id == visit.officer.id:
        raise Trouble(409, *_SELF, links=(("我的账号", "/staff/me"),))
    return found


def _rights_in(visit: Visit, form: Mapping[str, str]) -> tuple[str, list[str], list[str]]:
    """Return what is wrong with the roles and cities of a form, and them."""
    roles = [role.value for role in Role if f"role_{role}" in form]
    if not roles:
        return _NO_ROLE, [], []
    if form.get("cities") == "all":
        return "", roles, []
    cities = [slug for slug in visit.library.cities if f"city_{slug}" in form]
    if not cities:
        # None would mean all: that is said, never left out by mistake.
        return _NO_CITY, roles, []
    return _MANY_CITIES if len(" ".join(cities)) > _LONGEST_CITIES else "", roles, cities


def _cities_of(visit: Visit, officer: Officer) -> str:
    known = visit.library.cities
    return "、".join(known[slug].short if slug in known else slug for slug in sorted(officer.cities)) or "全部"


_ONE = f"{PEOPLE}/{{name}}"
ROUTES: Sequence[Route] = (
    Route("GET", PEOPLE, show_people, Right.PEOPLE),
    Route("POST", PEOPLE, add, Right.PEOPLE),
    Route("GET", _ONE, show_person, Right.PEOPLE),
    Route("POST", _ONE, change, Right.PEOPLE),
    Route("POST", f"{_ONE}/password", give_password, Right.PEOPLE),
    Route("POST", f"{_ONE}/without-code", drop_code, Right.PEOPLE),
)
