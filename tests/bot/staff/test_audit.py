"""What was done stands in the log, in words, and no address of the console changes it."""

from __future__ import annotations

import ast
import re

import pytest

from bot.staff.app import ROUTES
from bot.staff.auditing import A_PAGE, WORDS
from bot.store.notices import KINDS
from bot.store.records import Records
from tests.architecture.sizes import ROOT
from tests.bot.staff.console import Desk, Office

_ROW = re.compile(r"<tr>(<td.*?)</tr>")
_CELL = re.compile(r"<td[^>]*>(.*?)</td>")


async def rows(desk: Desk, path: str = "/staff/audit") -> list[list[str]]:
    """Return the cells of the rows that a page shows."""
    return [_CELL.findall(row) for row in _ROW.findall(await desk.text(path))]


def noted_kinds() -> set[str]:
    """Return every kind of row that the store writes out in its code."""
    found = set()
    for file in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("note", "auditing.note"):
                found |= {part.value for part in ast.walk(node.args[2]) if isinstance(part, ast.Constant)}
    return found


def test_every_kind_of_row_has_a_word() -> None:
    written = {kind for kind in noted_kinds() if isinstance(kind, str)} - {"wrong_"}
    assert {"staff_add", "sign_in", "faq_approve", "switch_off"} <= written, "the search finds them"
    assert {*written, *KINDS, "exported", "wrong_password", "wrong_code"} - set(WORDS) == set()
    assert len(set(WORDS.values())) == len(WORDS)


async def test_what_people_do_is_read_in_words_the_latest_first(service: Office) -> None:
    wang = await service.desk()
    await wang.sign_in("wang", "wrong")
    await wang.sign_in("wang")
    admin = await service.desk("admin")
    service.clock.at += 60
    city = next(iter(service.assistant.advisor.library.cities.values()))
    fields = {"shown": "王", "role_editor": "on", "cities": "some", f"city_{city.slug}": "on", "active": "on"}
    await admin.post("/staff/people/wang", fields)
    found = await rows(admin)
    assert found[0] == [
        "2026-11-02 09:31:00",
        "admin",
        "改角色、城市",
        "wang",
        f"窗口 | 全部城市 → 编辑 | {city.short}",
    ]
    assert [row[1:4] for row in found[1:4]] == [
        ["admin", "登录", "admin"],
        ["wang", "登录", "wang"],
        ["wang", "密码输错", "wang"],
    ]


async def test_the_log_is_turned_page_by_page_without_a_row_twice(service: Office) -> None:
    admin = await service.desk("admin")
    for number in range(2 * A_PAGE + 7):
        service.records.note_done("li", "read", f"number {number}", "", service.clock())
    path: str | None = "/staff/audit?by=li&about="
    seen: list[str] = []
    while path is not None:
        page = await admin.text(path)
        found = [_CELL.findall(row)[3] for row in _ROW.findall(page)]
        assert len(found) <= A_PAGE
        seen += found
        link = re.search(r'href="([^"]+)">更早的', page)
        path = link[1].replace("&amp;", "&") if link else None
    assert [text for text in seen if text.startswith("number")] == [
        f"number {number}" for number in reversed(range(2 * A_PAGE + 7))
    ]
    assert len(seen) == len(set(seen))


async def test_the_log_is_searched_by_person_and_by_thing(service: Office) -> None:
    admin = await service.desk("admin")
    service.records.note_done("li", "read", "1234-5678-9012", "", service.clock())
    service.records.note_done("@命令行", "read", "1234-5678-9012", "", service.clock())
    assert [row[1] for row in await rows(admin, "/staff/audit?about=1234-5678-9012")] == ["命令行", "li"]
    assert [row[1] for row in await rows(admin, "/staff/audit?about=1234-5678-9012&by=命令行")] == ["命令行"]
    assert [row[1] for row in await rows(admin, "/staff/audit?about=1234-5678-9012&by=LI")] == ["li"]
    assert "没有这样的记录" in await admin.text("/staff/audit?by=nobody")
    for odd in ("before=x", "before=-1", "before=99999999999999", "before=0", f"by={'x' * 900}", "about=%00"):
        assert (await admin.get(f"/staff/audit?{odd}")).status == 200, odd


async def test_an_unknown_kind_is_shown_as_it_is(service: Office) -> None:
    admin = await service.desk("admin")
    service.records.note_done("li", "novelty", "x", "y", service.clock())
    assert (await rows(admin))[0][1:] == ["li", "novelty", "x", "y"]


async def test_the_table_to_take_away_is_safe_to_open_and_its_taking_is_noted(service: Office) -> None:
    admin = await service.desk("admin")
    service.records.note_done("li", "read", '=HYPERLINK("http://x")', "+1\n@x", service.clock())
    response = await admin.get("/staff/audit.csv?by=li")
    assert response.content_type == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    text = (await response.read()).decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == '"时间","谁","做了什么","对谁、对什么","细节"'
    assert lines[1].endswith('"\'=HYPERLINK(""http://x"")","\'+1 @x"')
    assert (await rows(admin))[0][1:3] == ["admin", "导出操作记录"]


@pytest.mark.parametrize("name", ["wang", "li", "zhao"])
async def test_only_administrators_read_it(service: Office, name: str) -> None:
    desk = await service.desk(name)
    for path in ("/staff/audit", "/staff/audit.csv"):
        assert (await desk.get(path)).status == 403


def test_no_address_and_no_method_changes_the_log() -> None:
    assert {route.method for route in ROUTES if route.path.startswith("/staff/audit")} == {"GET"}
    about_rows = {name for name in dir(Records) if "audit" in name}
    assert about_rows == {"audited"}
    changing = re.compile(r"(update|delete)\(audit\)")
    found = {
        file.name: changing.findall(file.read_text(encoding="utf-8"))
        for file in (ROOT / "bot").rglob("*.py")
        if changing.search(file.read_text(encoding="utf-8"))
    }
    assert found == {"auditing.py": ["delete"]}, "that of what is past its time"
