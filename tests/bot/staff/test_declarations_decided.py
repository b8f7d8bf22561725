"""What clerks decide on declarations: shown in words first, done once, on what they have seen."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.staff.rights import Role
from bot.store.reaching import Due
from bot.telling import told
from dialogs.effects import Correct, Status, Withdraw
from dialogs.returning import RETURN_REASONS
from knowledge.library import Library
from tests.bot.staff.console import Office
from tests.bot.staff.declared import (
    LIST,
    asked_to,
    decide,
    done_to,
    fields,
    hand_in,
)


async def test_the_office_own_date_is_confirmed_in_words_and_then_counts(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    path = f"{LIST}/{receipt}"
    page = await desk.text(path)
    assert re.search(r'name="day" type="date" min="1985-01-01" max="2026-11-02" value=""', page)
    response = await desk.post(f"{path}/register", {**fields(page, f"{path}/register"), "day": "2026-10-20"})
    sure = await response.text()
    assert "2026年10月20日，星期二，13天前" in sure
    assert "受理的地方已经登记了" in sure
    assert service.records.declarations_of("anna")[0].status == Status.WAITING, "nothing is done yet"
    response = await desk.post(f"{path}/register", fields(sure, f"{path}/register"))
    assert response.headers["Location"] == f"{LIST}?done=registered"
    assert "会告诉本人" in await desk.text(response.headers["Location"])
    (kept,) = service.records.declarations_of("anna")
    assert (kept.status, str(kept.registered_on)) == (Status.REGISTERED, "2026-10-20")
    await decide(desk, receipt, "register", day="2026-10-21")
    assert str(service.records.declarations_of("anna")[0].registered_on) == "2026-10-21", "a slip can be put right"


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("", "请填登记日期"),
        ("2026-11-03", "还没有到"),
        ("1984-12-31", "太早了"),
        ("2026-02-30", "请填登记日期"),
        ("\0", "请填登记日期"),
    ],
)
async def test_a_day_that_cannot_be_is_refused_with_what_to_do(service: Office, day: str, problem: str) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    path = f"{LIST}/{receipt}"
    form = fields(await desk.text(path), f"{path}/register")
    for sure in ({}, {"sure": "yes"}):
        response = await desk.post(f"{path}/register", {**form, "day": day, **sure})
        assert response.status == 422
        assert problem in await response.text()
    assert service.records.declarations_of("anna")[0].status == Status.WAITING


@pytest.mark.parametrize("code", RETURN_REASONS)
async def test_before_it_is_returned_the_clerk_reads_what_the_resident_will_read(
    service: Office, library: Library, code: str
) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    path = f"{LIST}/{receipt}"
    form = fields(await desk.text(path), f"{path}/return")
    response = await desk.post(f"{path}/return", {**form, "reason": code, "note": "请带原件"})
    sure = await response.text()
    await desk.post(f"{path}/return", fields(sure, f"{path}/return"))
    (declared,) = service.records.declarations_of("anna")
    assert (declared.status, declared.returned_for) == (Status.RETURNED, code)
    (due,) = service.records.due_at_visit("anna", service.clock.today(), service.clock())
    assert told(library, Due("", "", "bazhong", due.day, due.what)) in sure
    assert library.wordings["status"].say("status.returned", day="", reason=declared.reason) in sure
    assert "请带原件" in declared.reason


@pytest.mark.parametrize("typed", [{}, {"reason": "x"}, {"reason": "other"}, {"reason": "other", "note": "长" * 101}])
async def test_a_return_without_a_reason_of_the_list_is_refused(service: Office, typed: dict[str, str]) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    path = f"{LIST}/{receipt}"
    form = fields(await desk.text(path), f"{path}/return")
    response = await desk.post(f"{path}/return", {**form, **typed, "sure": "yes"})
    assert response.status == 422
    assert 'role="alert"' in await response.text()
    assert service.records.declarations_of("anna")[0].status == Status.WAITING


async def test_a_duplicate_points_to_the_one_that_counts(service: Office) -> None:
    first, second = hand_in(service, "anna"), hand_in(service, "boris")
    desk = await service.desk("wang")
    await decide(desk, second, "duplicate", other=first.replace("-", " "))
    assert service.records.find_waiting(second).duplicate_of == first
    page = await desk.text(f"{LIST}/{second}")
    assert f"以 {first} 为准" in page
    assert "/register" not in page
    third = hand_in(service, "carla")
    for other, problem in ((third, "同一份"), (second, "自己就是重复的"), ("1234", "12位数字")):
        path = f"{LIST}/{third}"
        form = fields(await desk.text(path), f"{path}/duplicate")
        response = await desk.post(f"{path}/duplicate", {**form, "other": other})
        assert response.status == 422
        assert problem in await response.text()


async def test_of_two_clerks_the_second_is_told_who_was_first(service: Office) -> None:
    receipt = hand_in(service)
    service.add("qian", Role.CLERK)
    wang, qian = await service.desk("wang"), await service.desk("qian")
    back = await asked_to(wang, receipt, "return", reason="in_person")
    day = await asked_to(qian, receipt, "register", day="2026-11-02")
    path = f"{LIST}/{receipt}"
    assert (await wang.post(f"{path}/return", back)).status == 303
    for desk, act, form, who in ((qian, "register", day, "wang已经把它退回"), (wang, "return", back, "您自己已经")):
        response = await desk.post(f"{path}/{act}", form)
        assert response.status == 409
        assert who in await response.text()
    assert service.records.declarations_of("anna")[0].status == Status.RETURNED
    assert [what for what, _, _ in done_to(service, receipt) if what != "masked"] == ["returned"]


async def test_of_many_at_the_same_moment_one_decides(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    sure = await asked_to(desk, receipt, "return", reason="in_person")
    path = f"{LIST}/{receipt}/return"
    responses = await asyncio.gather(*(desk.post(path, sure) for _ in range(8)))
    assert sorted(response.status for response in responses) == [303, *[409] * 7]
    assert [what for what, _, _ in done_to(service, receipt) if what == "returned"] == ["returned"]


async def test_what_the_resident_has_taken_back_or_mended_is_not_decided_on_an_old_page(service: Office) -> None:
    receipt, gone = hand_in(service), hand_in(service, "boris")
    desk = await service.desk("wang")
    await decide(desk, receipt, "return", reason="in_person")
    sure = await asked_to(desk, receipt, "register", day="2026-11-02")
    left = await asked_to(desk, gone, "register", day="2026-11-02")
    today, now = service.clock.today(), service.clock()
    service.records.carry_out("c", "anna", [Correct(receipt, (("住址", "别处"),))], today, now)
    service.records.carry_out("w", "boris", [Withdraw(gone)], today, now)
    response = await desk.post(f"{LIST}/{receipt}/register", sure)
    assert response.status == 409
    assert service.records.declarations_of("anna")[0].status == Status.WAITING
    response = await desk.post(f"{LIST}/{gone}/register", left)
    assert response.status == 403
    assert "已经撤回" in await response.text()


async def test_what_the_resident_mends_while_it_waits_is_seen_before_it_is_decided(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    sure = await asked_to(desk, receipt, "return", reason="in_person")
    today, now = service.clock.today(), service.clock()
    service.records.carry_out("c", "anna", [Correct(receipt, (("住址", "别处"),))], today, now)
    response = await desk.post(f"{LIST}/{receipt}/return", sure)
    assert response.status == 409
    assert "本人刚改过" in await response.text()
    assert service.records.declarations_of("anna")[0].status == Status.WAITING
    await decide(desk, receipt, "return", reason="in_person")


async def test_the_list_that_one_came_from_is_found_again(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    query = "?city=bazhong&station=%E5%B7%B4%E5%B7%9E%E5%8C%BA"
    listed = await desk.text(f"{LIST}{query}")
    assert f'href="{LIST}/{receipt}{query.replace("&", "&amp;")}"' in listed
    path = f"{LIST}/{receipt}/return"
    page = await desk.text(f"{LIST}/{receipt}{query}")
    response = await desk.post(f"{path}{query}", {**fields(page, path), "reason": "in_person"})
    response = await desk.post(f"{path}{query}", fields(await response.text(), path))
    assert response.headers["Location"] == f"{LIST}?done=returned&{query[1:]}"
