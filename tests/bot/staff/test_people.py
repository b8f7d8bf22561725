"""An administrator adds people, changes what they may do, and helps who is locked out."""

from __future__ import annotations

import re

import pytest

from bot.staff import passwords
from bot.staff.rights import Role
from bot.store.staff_tries import FREE_FAILURES
from tests.bot.staff.console import PASSWORD, Desk, Office
from tests.bot.staff.factor import set_up

_PASSWORD = re.compile(r'<code class="secret">(\w{16})</code>')
NEW = "another sentence of my own"
CLERK = {"name": "孙五", "shown": "孙小五", "role_clerk": "on", "cities": "all"}


async def given(desk: Desk, path: str, fields: dict[str, str] | None = None) -> str:
    """Post a form and return the password that is shown."""
    response = await desk.post(path, fields)
    page = await response.text()
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
    found = _PASSWORD.search(page)
    assert found, page
    return found[1]


async def test_somebody_is_added_with_a_password_that_is_shown_once_and_changed_at_once(service: Office) -> None:
    admin, new = await service.desk("admin"), await service.desk()
    password = await given(admin, "/staff/people", CLERK)
    page = await admin.text("/staff/people")
    assert "孙小五" in page
    assert "等本人改密码" in page
    assert password not in page
    assert (await new.sign_in("孙五", password)).status == 303
    assert (await new.get("/staff")).headers["Location"].startswith("/staff/password")
    assert (await new.post("/staff/password", {"old": password, "new": NEW, "again": NEW})).status == 303
    assert "2026-11-02 09:30" in await admin.text("/staff/people"), "and is seen to have signed in"
    assert password not in await admin.text("/staff/audit")


async def test_while_too_many_passwords_wait_nobody_is_added(service: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await service.desk("admin")
    monkeypatch.setattr(passwords, "MOST_WAITING", 0)
    response = await admin.post("/staff/people", CLERK)
    assert response.status == 503
    assert "请过一会儿再试" in await response.text()
    assert service.records.officer("孙五") is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "WANG"}, "登录名已经有了"),
        ({"name": "a b"}, "2 到 32 个字"),
        ({"name": ""}, "2 到 32 个字"),
        ({"role_clerk": ""}, "至少选一个角色"),
        ({"cities": ""}, "请选负责的城市"),
        ({"cities": "some"}, "请选负责的城市"),
        ({"cities": "some", "city_atlantis": "on"}, "请选负责的城市"),
    ],
)
async def test_what_is_missing_is_told_and_what_was_typed_stays(
    service: Office, change: dict[str, str], told: str
) -> None:
    admin = await service.desk("admin")
    response = await admin.post("/staff/people", CLERK | change)
    assert response.status == 422
    page = await response.text()
    assert told in page
    assert 'value="孙小五"' in page
    assert len(service.records.officers()) == 4


async def test_no_city_is_never_taken_for_all(service: Office) -> None:
    admin = await service.desk("admin")
    city = next(iter(service.assistant.advisor.library.cities))
    await given(admin, "/staff/people", CLERK | {"cities": "some", f"city_{city}": "on"})
    found = service.records.officer("孙五")
    assert found is not None
    assert found.cities == {city}
    fields = {"shown": "孙", "role_clerk": "on", "cities": "some", "active": "on"}
    assert (await admin.post("/staff/people/孙五", fields)).status == 422
    assert service.records.officer("孙五") == found


async def test_changed_rights_hold_at_once_and_sign_the_person_out(service: Office) -> None:
    admin, wang = await service.desk("admin"), await service.desk("wang")
    assert (await wang.get("/staff/audit")).status == 403
    fields = {"shown": "王", "role_administrator": "on", "cities": "all", "active": "on"}
    assert (await admin.post("/staff/people/wang", fields)).headers["Location"] == "/staff/people?done=person"
    assert (await wang.get("/staff/me")).status == 303
    again = await service.desk("wang")
    assert (await again.get("/staff/audit")).status == 200
    assert (await admin.post("/staff/people/wang", fields | {"active": ""})).status == 303
    assert (await again.get("/staff/me")).status == 303
    assert (await (await service.desk()).sign_in("wang")).status == 422
    assert "停用" in await admin.text("/staff/people")


@pytest.mark.parametrize(
    "fields", [{"role_clerk": "on", "active": "on"}, {"role_administrator": "on"}], ids=["role", "active"]
)
async def test_nobody_takes_themselves_out(service: Office, fields: dict[str, str]) -> None:
    service.add("boss", Role.ADMINISTRATOR)
    admin, before = await service.desk("admin"), service.records.officer("admin")
    response = await admin.post("/staff/people/ADMIN", {"shown": "我", "cities": "all", **fields})
    assert response.status == 409
    assert "另一位管理员" in await response.text()
    for act in ("password", "without-code"):
        assert (await admin.post(f"/staff/people/admin/{act}")).status == 409
    found = service.records.officer("admin")
    assert before is not None
    assert found is not None
    assert (found.roles, found.is_active) == (before.roles, True)


async def test_of_two_administrators_one_may_take_the_other_out_and_then_stays(service: Office) -> None:
    service.add("boss", Role.ADMINISTRATOR)
    admin = await service.desk("admin")
    fields = {"shown": "b", "role_clerk": "on", "cities": "all", "active": "on"}
    assert (await admin.post("/staff/people/boss", fields)).status == 303
    assert [one.name for one in service.records.officers() if Role.ADMINISTRATOR in one.roles] == ["admin"]


async def test_who_is_locked_out_is_seen_and_helped_with_a_new_password(service: Office) -> None:
    admin, wang = await service.desk("admin"), await service.desk()
    for _ in range(FREE_FAILURES + 1):
        await wang.sign_in("wang", "wrong")
    assert "锁到 09:30:30" in await admin.text("/staff/people")
    old_session = service.records.officer("wang")
    assert old_session is not None
    password = await given(admin, "/staff/people/wang/password")
    assert (await wang.sign_in("wang")).status == 422, "the old one is no more"
    assert (await wang.sign_in("wang", password)).status == 303
    assert (await wang.get("/staff")).headers["Location"].startswith("/staff/password")


async def test_whose_telephone_is_lost_signs_in_without_it_again(service: Office) -> None:
    wang, admin = await service.desk("wang"), await service.desk("admin")
    await set_up(service, wang)
    assert "停用验证码" in await admin.text("/staff/people/wang")
    response = await admin.post("/staff/people/wang/without-code")
    assert response.headers["Location"] == "/staff/people?done=person_code"
    assert (await wang.get("/staff/me")).status == 303
    assert (await (await service.desk()).sign_in("wang", PASSWORD)).headers["Location"] == "/staff"


async def test_somebody_who_is_not_there_is_a_calm_page(service: Office) -> None:
    admin = await service.desk("admin")
    for path in ("/staff/people/nobody", "/staff/people/%00", "/staff/people/" + "x" * 300):
        response = await admin.get(path)
        assert response.status == 404
        assert "没有这个人" in await response.text()


async def test_a_name_with_any_sign_that_it_may_have_leads_to_its_page(service: Office) -> None:
    admin = await service.desk("admin")
    service.add("李.四_5-x", Role.CLERK)
    assert 'href="/staff/people/%E6%9D%8E.%E5%9B%9B_5-x"' in await admin.text("/staff/people")
    assert "李.四_5-x同志" in await admin.text("/staff/people/%E6%9D%8E.%E5%9B%9B_5-x")
