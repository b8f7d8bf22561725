"""Somebody of the staff signs in, is asked for what is missing, and is out when they should be."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.staff import passwords
from bot.staff.proving import KNOWN
from bot.staff.rights import Role
from bot.staff.signing_in import TRIES_A_MINUTE
from bot.store.staff_sessions import IDLE_SECONDS
from bot.store.staff_tries import FIRST_LOCK_SECONDS, FREE_FAILURES
from dialogs.advisor import Advisor
from tests.bot.staff.console import PASSWORD, Desk, Office, office

NEW = "another sentence of my own"


async def login(desk: Desk, name: str, password: str = PASSWORD, **headers: str) -> tuple[int, str]:
    """Sign in, and return the status with what is said or where it leads."""
    fields = {"name": name, "password": password}
    response = await desk.client.post("/staff/login", data=fields, allow_redirects=False, headers=headers)
    return response.status, response.headers.get("Location") or await response.text()


def problem_in(page: str) -> str:
    return page.partition('role="alert">')[2].partition("<")[0]


# --- who gets in ---


async def test_a_clerk_signs_in_looks_up_and_signs_out(service: Office) -> None:
    desk = await service.desk()
    assert (await desk.get("/staff?q=1")).headers["Location"] == "/staff/login?next=%2Fstaff%3Fq%3D1"
    response = await desk.client.post(
        "/staff/login?next=%2Fstaff%3Fq%3D1", data={"name": " WANG ", "password": PASSWORD}, allow_redirects=False
    )
    assert (response.status, response.headers["Location"]) == (303, "/staff?q=1")
    await desk.learn()
    assert "wang同志" in await desk.text("/staff/me")
    assert (await desk.get("/staff/login")).headers["Location"] == "/staff"
    assert (await desk.post("/staff/logout")).headers["Location"] == "/staff/login"
    assert (await desk.get("/staff/me")).status == 303


async def test_signing_out_ends_the_session_on_the_server(service: Office) -> None:
    desk = await service.desk("wang")
    token = desk.client.session.cookie_jar.filter_cookies(desk.client.make_url("/staff"))["staff"].value
    await desk.post("/staff/logout")
    stolen = await service.desk()
    assert (await stolen.get("/staff/me", cookies={"staff": token})).status == 303


async def test_half_an_hour_of_nothing_ends_a_session_and_its_form_is_not_done(service: Office) -> None:
    desk = await service.desk("wang")
    service.clock.at += IDLE_SECONDS - 1
    await desk.text("/staff/me")
    service.clock.at += IDLE_SECONDS - 1
    await desk.text("/staff/me")
    service.clock.at += IDLE_SECONDS
    response = await desk.post("/staff/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert response.status == 401
    assert "刚才的没有执行" in await response.text()
    assert (await login(await service.desk(), "wang"))[0] == 303


async def test_a_console_without_people_tells_the_operator_what_to_run(advisor: Advisor, tmp_path: Path) -> None:
    async with office(advisor, tmp_path, people={}) as empty:
        desk = await empty.desk()
        assert "juzhuzheng staff add 登录名 --role administrator" in await desk.text("/staff/login")
        for name in ("admin", "administrator", "root"):
            for password in ("admin", "password", "juzhuzheng", ""):
                assert (await login(desk, name, password))[0] in (422, 429)
        empty.add("first", Role.ADMINISTRATOR)
        assert "staff add" not in await desk.text("/staff/login")


# --- wrong ones ---


async def test_a_wrong_name_and_a_wrong_password_are_told_alike_and_locked_alike(service: Office) -> None:
    """Whoever guesses learns nothing of who there is: neither by words nor by the lock."""
    desk = await service.desk()
    told: dict[str, list[tuple[int, str]]] = {"wang": [], "nobody": []}
    for name, answers in told.items():
        for _ in range(FREE_FAILURES + 3):
            status, page = await login(desk, name, "wrong")
            answers.append((status, problem_in(page)))
    assert told["wang"] == told["nobody"]
    assert told["wang"][0] == (422, "登录名或密码不对。")
    assert told["wang"][-1] == (429, "错的次数多了，请过 30 秒再试。忘了密码请找管理员。")


async def test_a_locked_name_does_not_tell_whether_the_password_was_right(service: Office) -> None:
    desk = await service.desk()
    for _ in range(FREE_FAILURES + 1):
        await login(desk, "wang", "wrong")
    right, wrong = await login(desk, "wang"), await login(desk, "wang", "wrong")
    assert right == wrong
    assert right[0] == 429
    service.clock.at += FIRST_LOCK_SECONDS
    assert (await login(desk, "wang"))[0] == 303


async def test_as_much_work_is_done_for_nobody_s_name(service: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same calls of the store in the same order, and one hash: so it takes as long."""
    done: list[str] = []

    def watched(of: object, name: str) -> None:
        real = getattr(of, name)

        def call(*given: Any, **named: Any) -> Any:
            done.append(name)
            return real(*given, **named)

        monkeypatch.setattr(of, name, call)

    for name in ("begin_try", "password_of", "note_wrong", "undo_try", "officer", "officers"):
        watched(service.records, name)
    watched(passwords, "_matches")
    desk, seen = await service.desk(), []
    for name in ("wang", "nobody"):
        done.clear()
        await login(desk, name, "wrong")
        seen.append(tuple(done))
    assert seen[0] == seen[1]
    assert seen[0].count("_matches") == seen[0].count("note_wrong") == 1


async def test_wrong_ones_from_elsewhere_do_not_lock_out_who_has_been_here_before(service: Office) -> None:
    """A name is locked for whoever guesses; the browser that somebody works at counts its own tries."""
    own, elsewhere = await service.desk("wang"), await service.desk()
    await own.post("/staff/logout")
    for _ in range(FREE_FAILURES + 1):
        await login(elsewhere, "wang", "wrong")
    assert (await login(elsewhere, "wang"))[0] == 429
    assert (await login(own, "wang"))[0] == 303
    await own.learn()
    await own.post("/staff/logout")
    for _ in range(FREE_FAILURES + 1):  # and has no more of them than others
        await login(own, "wang", "wrong")
    assert (await login(own, "wang"))[0] == 429


async def test_the_mark_of_a_browser_is_for_one_name_and_cannot_be_made_up(service: Office) -> None:
    li = await service.desk("li")
    mark = li.client.session.cookie_jar.filter_cookies(li.client.make_url("/staff"))[KNOWN].value
    forged = f"{'0' * 32}.{'0' * 32}"
    attacker = await service.desk()
    for cookie in (mark, forged, mark[:-1], "x" * 5000, "鬼"):
        for _ in range(FREE_FAILURES + 1):
            fields = {"name": "wang", "password": "wrong"}
            address = {"X-Forwarded-For": f"10.0.{len(cookie) % 250}.7"}
            await attacker.client.post("/staff/login", data=fields, cookies={KNOWN: cookie}, headers=address)
    assert (await login(await service.desk(), "wang"))[0] == 429


async def test_twenty_tries_a_minute_from_one_address_and_other_addresses_go_on(service: Office) -> None:
    regular = await service.desk()
    assert (await login(regular, "zhao", **{"X-Forwarded-For": "10.0.0.1"}))[0] == 303
    desk = await service.desk()
    for number in range(TRIES_A_MINUTE - 1):
        assert (await login(desk, f"guess{number}", "x", **{"X-Forwarded-For": "10.0.0.1"}))[0] == 422
    status, page = await login(desk, "wang", **{"X-Forwarded-For": "10.0.0.1"})
    assert status == 429
    assert "请过一分钟再登录" in page
    assert (await login(desk, "wang", **{"X-Forwarded-For": "1.1.1.1, 10.0.0.2"}))[0] == 303
    # Who has been here before is not kept out by somebody else behind the same address.
    assert (await login(regular, "zhao", **{"X-Forwarded-For": "10.0.0.1"}))[0] == 303


async def test_when_very_many_sign_in_at_once_the_rest_are_asked_to_come_later(
    service: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 3)
    desks = [await service.desk() for _ in range(8)]
    answers = await asyncio.gather(*(login(desk, f"name{number}") for number, desk in enumerate(desks)))
    assert {status for status, _ in answers} == {422, 503}
    assert (await login(desks[0], "wang"))[0] == 303


@pytest.mark.parametrize("field", ["name", "password"])
async def test_a_form_that_lacks_something_is_a_wrong_one(service: Office, field: str) -> None:
    desk = await service.desk()
    response = await desk.client.post("/staff/login", data={field: "wang"})
    assert response.status == 422


async def test_a_password_longer_than_any_is_no_password(service: Office) -> None:
    desk = await service.desk("wang")
    longest = "一句很长的话，谁也猜不到。" * 9 + "1234567890x"
    assert len(longest) == 128
    response = await desk.post("/staff/password", {"old": PASSWORD, "new": longest, "again": longest})
    assert response.status == 303
    other = await service.desk()
    assert (await login(other, "wang", longest + "more"))[0] == 422
    assert (await login(other, "wang", longest))[0] == 303


# --- one's own password ---


async def test_a_password_from_another_is_changed_before_anything_else(service: Office) -> None:
    service.add("sun", Role.CLERK, is_own=False)
    desk = await service.desk()
    assert (await desk.sign_in("sun")).status == 303
    for path in ("/staff", "/staff/me", "/staff/totp"):
        assert (await desk.get(path)).headers["Location"].startswith("/staff/password?next="), path
    response = await desk.client.post(
        "/staff/password?next=%2Fstaff%2Fcompare",
        data={"form_key": desk.form_key, "old": PASSWORD, "new": NEW, "again": NEW},
        allow_redirects=False,
    )
    assert (response.status, response.headers["Location"]) == (303, "/staff/compare")
    await desk.text("/staff/me")
    assert (await login(await service.desk(), "sun"))[0] == 422
    assert (await login(await service.desk(), "sun", NEW))[0] == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        ("wrong", NEW, NEW, "原来的密码不对"),
        (PASSWORD, NEW, NEW + "x", "两次输的新密码不一样"),
        (PASSWORD, PASSWORD, PASSWORD, "和原来的不一样"),
        (PASSWORD, "short", "short", "至少 12 个字"),
        (PASSWORD, "x" * 129, "x" * 129, "最长 128 个字"),
        (PASSWORD, "password1234", "password1234", "太容易猜"),
        (PASSWORD, "123456789012", "123456789012", "太容易猜"),
        (PASSWORD, "qwertyuiop123", "qwertyuiop123", "太容易猜"),
        (PASSWORD, "wangwangwang1234", "wangwangwang1234", "太容易猜"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "太容易猜"),
    ],
)
async def test_a_password_that_cannot_be_taken_is_told_why(
    service: Office, old: str, new: str, again: str, told: str
) -> None:
    desk = await service.desk("wang")
    response = await desk.post("/staff/password", {"old": old, "new": new, "again": again})
    assert response.status == 422
    page = await response.text()
    assert told in problem_in(page)
    assert new not in page
    assert (await login(await service.desk(), "wang"))[0] == 303


async def test_guessing_the_old_password_at_an_unlocked_desk_is_locked_too(service: Office) -> None:
    desk = await service.desk("wang")
    for _ in range(FREE_FAILURES + 1):
        await desk.post("/staff/password", {"old": "wrong", "new": NEW, "again": NEW})
    assert (await desk.post("/staff/password", {"old": PASSWORD, "new": NEW, "again": NEW})).status == 429


async def test_a_changed_password_ends_other_sessions_and_this_one_goes_on_under_a_new_token(service: Office) -> None:
    desk, other = await service.desk("wang"), await service.desk("wang")
    before = desk.form_key
    response = await desk.post("/staff/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert response.headers["Location"] == "/staff/me?done=password"
    assert "密码改好了" in await desk.text("/staff/me?done=password")
    await desk.learn()
    assert desk.form_key != before
    assert (await other.get("/staff/me")).status == 303
