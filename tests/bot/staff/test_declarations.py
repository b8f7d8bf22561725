"""The queue of declarations, one of them under covers and whole, and a table of them: each look is noted."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from bot.staff.app import HEADERS
from bot.staff.declaration import CONTENT_SECURITY_POLICY
from bot.staff.declarations import A_PAGE
from knowledge.library import Library
from tests.bot.declaring import KEPT_PHOTO
from tests.bot.keeping import ADDRESS, NAME, NUMBER, PHONE
from tests.bot.staff.console import Office
from tests.bot.staff.declared import (
    BAZHONG,
    CONTENT,
    LIST,
    WHY,
    cover_as_in_service,
    done_to,
    exported,
    fields,
    hand_in,
    reveal,
)


@pytest.fixture(autouse=True)
def labels(service: Office, library: Library) -> None:
    cover_as_in_service(service, library)


async def test_nothing_waiting_is_said_kindly(service: Office) -> None:
    page = await (await service.desk("wang")).text(LIST)
    assert "都办完了。辛苦了。" in page
    assert "<table" not in page


async def test_the_queue_is_the_oldest_first_by_pages_and_marks_what_has_waited_long(service: Office) -> None:
    receipts = [hand_in(service, f"person {ago}", ago=ago) for ago in range(A_PAGE + 2, -1, -1)]
    desk = await service.desk("wang")
    first = await desk.text(LIST)
    found = re.findall(r">(\d{4}-\d{4}-\d{4})</a>", first)
    assert found == receipts[:A_PAGE]
    assert "等待受理（53）" in first
    rest = await desk.text(unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0]))
    assert re.findall(r">(\d{4}-\d{4}-\d{4})</a>", rest) == receipts[A_PAGE:]
    assert (first.count("久等"), rest.count("久等")) == (46, 0), "those of seven days and more"
    for page in (first, rest):
        assert not any(text in page for text in (*CONTENT, f"{NAME[0]}**"))


async def test_it_is_narrowed_by_city_station_state_and_age(service: Office) -> None:
    old = hand_in(service, "a", ago=9)
    other = hand_in(service, "b", of=replace(BAZHONG, station="恩阳区"))
    unknown = hand_in(service, "c", of=replace(BAZHONG, station=""))
    kaifeng = hand_in(service, "d", of=replace(BAZHONG, city="kaifeng", station="鼓楼区"))
    back = hand_in(service, "e")
    service.records.return_to_person(back, "photo_unclear", "wang", service.clock())
    desk = await service.desk("wang")

    async def found(query: str) -> set[str]:
        return set(re.findall(r">(\d{4}-\d{4}-\d{4})</a>", await desk.text(f"{LIST}?{query}")))

    assert await found("") == {old, other, unknown, kaifeng}
    assert await found("city=kaifeng") == {kaifeng}
    assert await found("city=bazhong&station=恩阳区") == {other}
    assert await found("station=-") == {unknown}
    assert await found("days=9") == {old}
    assert await found("days=10") == set()
    assert await found("status=returned") == {back}
    assert "照片看不清" in await desk.text(f"{LIST}?status=returned")
    every = {old, other, unknown, kaifeng}
    for made_up in ("status=withdrawn", "station=%00", "days=x", "after=nan_x", "days=999999999"):
        assert await found(made_up) in (every, set()), made_up


async def test_a_typed_receipt_opens_its_declaration_and_a_mistyped_one_says_so(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    response = await desk.get(f"{LIST}?receipt={receipt.replace('-', '')}")
    assert (response.status, response.headers["Location"]) == (303, f"{LIST}/{receipt}")
    response = await desk.get(f"{LIST}?receipt=1234")
    assert response.status == 422
    assert "回执号不对" in await response.text()


async def test_demonstrations_never_show(service: Office) -> None:
    receipt = hand_in(service, of=replace(BAZHONG, is_demonstration=True))
    desk = await service.desk("wang")
    assert "都办完了" in await desk.text(LIST)
    for path in (f"{LIST}/{receipt}", f"{LIST}?status=registered"):
        response = await desk.get(path)
        page = await response.text()
        assert not any(text in page for text in (*CONTENT, f">{receipt}<")), path
    assert (await desk.get(f"{LIST}/{receipt}")).status == 403
    assert (await desk.post(f"{LIST}/{receipt}", {**WHY, "looks": "0"})).status == 403


async def test_it_is_shown_covered_and_whole_only_for_a_reason_that_is_noted(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    covered = await desk.text(f"{LIST}/{receipt}")
    assert f"{NAME[0]}**" in covered
    assert f"138****{PHONE[-4:]}" in covered
    assert not any(text in covered for text in CONTENT)
    whole = await reveal(desk, receipt, why="处理投诉", more="来电 12345")
    assert all(text in whole for text in CONTENT)
    assert done_to(service, receipt) == [("masked", "wang", ""), ("read", "wang", "处理投诉：来电 12345")]
    again = await desk.text(f"{LIST}/{receipt}")
    assert not any(text in again for text in CONTENT), "gone when the page is opened again"
    assert "处理投诉：来电 12345" in again
    assert [one[0] for one in done_to(service, receipt)] == ["masked", "read"], "one look a day, one row a reveal"


async def test_items_stand_in_the_order_of_the_form_and_nothing_can_be_edited(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    whole = await reveal(desk, receipt)
    places = [whole.index(text) for text in (NAME, NUMBER, PHONE, ADDRESS)]
    assert places == sorted(places)
    named = set(re.findall(r'name="(\w+)"', whole))
    assert named <= {"form_key", "version", "day", "reason", "note", "other", "viewport"}


@pytest.mark.parametrize(
    "given", [{}, {"why": ""}, {"why": "随便"}, {"why": "其他"}, {"why": "其他", "more": " \u3000"}, {"more": "好奇"}]
)
async def test_without_a_reason_nothing_is_shown_and_nothing_noted(service: Office, given: dict[str, str]) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    path = f"{LIST}/{receipt}"
    response = await desk.post(path, {**fields(await desk.text(path), path), **given})
    page = await response.text()
    assert response.status == 422
    assert "原因" in page.partition('role="alert"')[2][:60]
    assert not any(text in page for text in CONTENT)
    assert [what for what, _, _ in done_to(service, receipt)] == ["masked"]


async def test_loading_the_whole_content_again_shows_it_covered(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    path = f"{LIST}/{receipt}"
    form = {**fields(await desk.text(path), path), **WHY}
    assert (await desk.post(path, form)).status == 200
    response = await desk.post(path, form)
    assert (response.status, response.headers["Location"]) == (303, path)
    assert [what for what, _, _ in done_to(service, receipt)] == ["masked", "read"]


async def test_after_signing_out_a_reveal_sent_again_shows_nothing(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    path = f"{LIST}/{receipt}"
    form = {**fields(await desk.text(path), path), **WHY}
    await desk.post("/staff/logout")
    for again in (await desk.post(path, form), await (await service.desk()).post(path, form)):
        assert again.status == 401
        page = await again.text()
        assert not any(text in page for text in CONTENT)
    back = await service.desk("wang")
    old_key = desk.form_key
    assert (await back.post(path, {**form, "form_key": old_key})).status == 403
    assert [what for what, _, _ in done_to(service, receipt)] == ["masked"]


async def test_the_photo_stands_in_the_page_and_nowhere_else(service: Office) -> None:
    photo = service.records.keep_photo("anna", "declaration", KEPT_PHOTO, service.clock())
    receipt = hand_in(service, of=replace(BAZHONG, items=(("姓名", NAME), ("照片", photo))))
    desk = await service.desk("wang")
    covered = await desk.text(f"{LIST}/{receipt}")
    assert "<dt>照片</dt><dd><bdi>（已填，未显示）" in covered
    assert "<img" not in covered
    whole = await reveal(desk, receipt)
    (source,) = re.findall(r'<img[^>]* src="([^"]+)"', whole)
    assert source.startswith("data:image/jpeg;base64,/9j/")
    assert "photo:" not in whole.replace(source, "")
    for path in (f"{LIST}/{receipt}/photo", f"{LIST}/{receipt}/{photo}"):
        assert (await desk.get(path)).status == 404


async def test_only_the_whole_content_may_show_what_stands_in_it_and_no_page_is_cached(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    covered = await desk.get(f"{LIST}/{receipt}")
    path = f"{LIST}/{receipt}"
    whole = await desk.post(path, {**fields(await covered.text(), path), **WHY})
    assert covered.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert whole.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.replace("'self' data:", "'self'") == HEADERS["Content-Security-Policy"]
    for response in (covered, whole):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.content_type == "text/html"


async def test_an_export_is_of_the_list_in_the_columns_of_the_office_and_each_is_noted(service: Office) -> None:
    old = hand_in(service, "anna", ago=9)
    young = hand_in(service, "boris", ago=1, of=replace(BAZHONG, station="恩阳区"))
    hand_in(service, "carla", of=replace(BAZHONG, city="kaifeng"))
    desk = await service.desk("wang")
    heading, *rows = await exported(desk, "city=bazhong")
    assert heading[:2] == ["回执号", "填报日期"]
    assert "公民身份号码" in heading
    assert [row[0] for row in rows] == [old, young]
    assert [row[0] for row in (await exported(desk, "city=bazhong&days=9"))[1:]] == [old]
    assert [row[0] for row in (await exported(desk, "city=bazhong&station=恩阳区"))[1:]] == [young]
    assert done_to(service, old) == [("exported", "wang", "核对：月报")] * 2
    assert "核对：月报" in await desk.text(f"{LIST}/{old}")


async def test_an_export_needs_a_reason_one_city_and_something_to_take(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    assert "导出 1 件" in await desk.text(f"{LIST}/export?city=bazhong")
    assert "请先选城市" in await desk.text(f"{LIST}/export")
    nothing: dict[str, str] = {}
    refused = (
        ("city=bazhong", nothing),
        ("city=bazhong", {"why": "其他"}),
        ("", WHY),
        ("city=kaifeng", {"why": "核对"}),
    )
    for query, given in refused:
        response = await desk.post(f"{LIST}/export?{query}", given)
        assert (response.status, response.content_type) == (422, "text/html"), query
        page = await response.text()
        assert not any(text in page for text in CONTENT)
    assert done_to(service, receipt) == []
