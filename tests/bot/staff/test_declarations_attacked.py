"""Residents who write what browsers and spreadsheets would run, and clerks who try doors that are not theirs."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.staff.deciding import Decision
from bot.staff.declaration import Content, Wrong, plain
from bot.staff.rights import Role
from dialogs.effects import Status
from knowledge.library import Library
from tests.bot.staff.console import Desk, Office
from tests.bot.staff.declared import (
    ABSENT,
    BAZHONG,
    LIST,
    WHY,
    asked_to,
    cover_as_in_service,
    decide,
    done_to,
    exported,
    fields,
    hand_in,
    reveal,
)


@pytest.fixture(autouse=True)
def labels(service: Office, library: Library) -> None:
    cover_as_in_service(service, library)


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    '\uff1dHYPERLINK("http://evil")',
    "@SUM(1)",
    "\u202e981765\u202c",
    "零\u200b宽",
    "好\0人\r\n=1+1",
    "{{ 7*7 }}",
    "长" * 5000,
)


ITEMS = """姓名 民族 公民身份号码 联系电话 常住户口所在地地址 居住地住址 服务处所 居住事由 住在哪个区县
街道、乡镇""".split()
WRITTEN = (*zip(ITEMS, HOSTILE, strict=False), (HOSTILE[0], HOSTILE[1]), (HOSTILE[10][:500], HOSTILE[10]))


async def lu_of_luoyang(service: Office) -> Desk:
    """Return the desk of a clerk who is there for one city alone."""
    service.add("lu", Role.CLERK, cities=("luoyang",))
    return await service.desk("lu")


async def test_of_another_city_nothing_is_told_not_even_that_it_is_there(service: Office) -> None:
    theirs = hand_in(service)
    desk = await lu_of_luoyang(service)
    pages = set()
    for path in (f"{LIST}/{theirs}", f"{LIST}/{ABSENT}"):
        responses = [await desk.get(path)]
        for act in ("", "/register", "/return", "/duplicate"):
            responses.append(await desk.post(f"{path}{act}", {**WHY, "looks": "0", "sure": "yes"}))
        assert [response.status for response in responses] == [403] * 5
        pages |= {await response.text() for response in responses}
    assert len(pages) == 1, "the same words whether there is one or not"
    assert done_to(service, theirs) == []


async def test_of_another_city_nothing_is_listed_exported_or_found_by_naming_it_as_a_duplicate(service: Office) -> None:
    theirs, own = hand_in(service), hand_in(service, "boris", of=replace(BAZHONG, city="luoyang"))
    desk = await lu_of_luoyang(service)
    told_of = set()
    for other in (theirs, ABSENT):
        path = f"{LIST}/{own}"
        form = fields(await desk.text(path), f"{path}/duplicate")
        response = await desk.post(f"{path}/duplicate", {**form, "other": other})
        assert response.status == 422
        told_of.add((await response.text()).replace(other, ""))
    assert len(told_of) == 1, "the same words whether there is one or not"
    for query in ("city=bazhong", "city=nowhere"):
        assert (await desk.get(f"{LIST}?{query}")).status == 403
        assert (await desk.post(f"{LIST}/export?{query}", WHY)).status == 403
    listed = await desk.text(LIST)
    assert own in listed
    assert theirs not in listed


async def test_whatever_a_resident_writes_is_shown_as_text_and_runs_nowhere(service: Office) -> None:
    receipt = hand_in(service, of=replace(BAZHONG, items=WRITTEN, station="<b>区"))
    desk = await service.desk("wang")
    query = "?station=<b>区&city=bazhong"
    paths = (LIST, f"{LIST}{query}", f"{LIST}/{receipt}", f"{LIST}/export{query}")
    whole = await reveal(desk, receipt)
    pages = [whole, *[await desk.text(path) for path in paths]]
    await decide(desk, receipt, "return", reason="other", note="请带原件")
    pages += [await desk.text(f"{LIST}/{receipt}"), await desk.text(f"{LIST}?status=returned")]
    for page in pages:
        assert not re.search(r"<script(?! src=\"/static/)|<img|<b>|onerror=alert\(1\)>|href=\"javascript", page)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\0]", page)
    for text in ("&lt;script&gt;alert(1)&lt;/script&gt;", "⟨202E⟩981765⟨202C⟩", "{{ 7*7 }}", HOSTILE[10]):
        assert text in whole


async def test_whatever_a_resident_writes_is_no_formula_in_an_export(service: Office) -> None:
    hand_in(service, of=replace(BAZHONG, items=WRITTEN, station="=1+1"))
    rows = await exported(await service.desk("wang"), "city=bazhong")
    cells = [cell for row in rows[1:] for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    for cell in cells:
        assert cell[:1] not in ("=", "+", "-", "@", "\uff1d", "\t"), cell
        assert "\n" not in cell


async def test_what_a_clerk_types_is_text_too(service: Office) -> None:
    receipt = hand_in(service)
    desk = await service.desk("wang")
    await reveal(desk, receipt, why="其他", more='<script>"\0\u202e')
    sure = await desk.post(
        f"{LIST}/{receipt}/return",
        {
            **fields(await desk.text(f"{LIST}/{receipt}"), f"{LIST}/{receipt}/return"),
            "reason": "other",
            "note": '"><b>x',
        },
    )
    for page in (await desk.text(f"{LIST}/{receipt}"), await sure.text()):
        assert "<b>" not in page
        assert '<script>"' not in page
    assert "⟨202E⟩" in await desk.text(f"{LIST}/{receipt}")


async def test_addresses_that_are_made_up_open_nothing(service: Office) -> None:
    hand_in(service)
    desk = await service.desk("wang")
    for made_up in ("0000-0000-0000", "1231-8447-1099", "..%2f..", "%00", "x" * 3000, "<script>", "photo:" + "0" * 32):
        for tail in ("", "/return"):
            response = await (desk.post(f"{LIST}/{made_up}{tail}") if tail else desk.get(f"{LIST}/{made_up}"))
            assert response.status in (403, 404), made_up
            assert "<script>" not in await response.text()


async def test_a_form_of_another_session_decides_nothing(service: Office) -> None:
    receipt = hand_in(service)
    mine, other = await service.desk("wang"), await service.desk("wang")
    sure = await asked_to(mine, receipt, "return", reason="in_person")
    assert (await other.post(f"{LIST}/{receipt}/return", sure)).status == 403
    foreign = await mine.post(f"{LIST}/{receipt}/return", sure, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    assert service.records.declarations_of("anna")[0].status == Status.WAITING


def test_signs_that_turn_or_hide_others_are_made_visible() -> None:
    assert plain("王\u202e小\u2066二\0\n") == "王⟨202E⟩小⟨2066⟩二⟨0000⟩⟨000A⟩"
    assert plain("欧阳·小麦（二）") == "欧阳·小麦（二）"


def test_what_a_clerk_writes_stands_in_no_repr() -> None:
    async def do() -> None: ...

    words = "王小麦来电"
    decision = Decision("returned", "退回给本人", (("原因", words),), {"note": words}, words, words, do)
    wrong = Wrong("请选一个原因", "reveal", {"more": words})
    assert words not in f"{decision!r}{Content((('姓名', words),), (words,), words)!r}{wrong!r}"
