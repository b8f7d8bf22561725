"""What was done in the console, by whom and when: to be read, never to be changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.exporting import csv_of
from bot.staff.rights import COMMAND_LINE, ROLE_WORDS, Right
from bot.staff.visit import Route, Visit
from bot.store.auditing import Audited
from bot.store.staffing import folded
from bot.store.work import in_shanghai

AUDIT = "/staff/audit"
A_PAGE = 50
MOST_EXPORTED = 50_000
_HEADING = ("时间", "谁", "做了什么", "对谁、对什么", "细节")
WORDS: Mapping[str, str] = {
    "sign_in": "登录",
    "wrong_password": "密码输错",
    "wrong_code": "验证码输错",
    "own_password": "改自己的密码",
    "totp_set": "设置验证码",
    "totp_removed": "停用验证码",
    "staff_add": "加人",
    "staff_change": "改角色、城市",
    "staff_on": "启用人员",
    "staff_off": "停用人员",
    "staff_password": "给新密码",
    "faq_draft": "写补充回答",
    "faq_hand_in": "补充回答送审",
    "faq_report": "补充回答试答完",
    "faq_approve": "补充回答上线",
    "faq_refuse": "退回补充回答",
    "faq_roll_back": "撤下补充回答",
    "switch_off": "停用",
    "switch_on": "恢复",
    "set_aside": "放下没答好的问题",
    "bring_back": "拿回没答好的问题",
    "read": "查看填报",
    "exported": "导出填报",
    "registered": "受理填报",
    "returned": "退回填报",
    "duplicate": "填报记为重复",
    "audit_export": "导出操作记录",
}
"""What each kind of row is called; a kind that is not here is shown as it is."""
_PARTS: Mapping[str, str] = {
    **{role.value: word for role, word in ROLE_WORDS.items()},
    "*": "全部城市",
    "off": "停用",
    "locked": "锁定",
}


async def show(visit: Visit) -> web.Response:
    """Show a page of the log, the latest first; of one person, or about one thing."""
    by, about, before = _wanted(visit)
    start = before if before > 1 else None
    read = visit.console.records.audited
    rows = await visit.of_records(read, before=start, limit=A_PAGE + 1, by=by, about=about)
    earlier = rows[A_PAGE - 1].id if len(rows) > A_PAGE else None
    return visit.page(
        "audit.html",
        here=AUDIT,
        rows=[told(visit, row) for row in rows[:A_PAGE]],
        heading=_HEADING,
        by=visit.asked("by"),
        about=about,
        is_first=start is None,
        earlier=earlier,
    )


async def export(visit: Visit) -> web.Response:
    """Return the latest MOST_EXPORTED rows as a table, the latest first; that it was taken is noted in the log."""
    by, about, _ = _wanted(visit)
    records = visit.console.records
    await visit.of_records(records.note_done, visit.officer.name, "audit_export", about, by, visit.now)
    rows = await visit.of_records(records.audited, limit=MOST_EXPORTED, by=by, about=about)
    # Not on the event loop: fifty thousand rows take a second or two, and somebody is always waiting for an answer.
    body = await asyncio.to_thread(lambda: csv_of([_HEADING, *(told(visit, row) for row in rows)]))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


def told(visit: Visit, row: Audited) -> tuple[str, str, str, str, str]:
    """Return a row in words: when (in Shanghai), who, what, about whom or what, and how exactly."""
    at = f"{in_shanghai(row.at):%Y-%m-%d %H:%M:%S}"
    return at, row.by.removeprefix("@"), WORDS.get(row.what, row.what), row.about, _detail(visit, row)


def _wanted(visit: Visit) -> tuple[str, str, int]:
    by = visit.asked("by", 64)
    if by == COMMAND_LINE.removeprefix("@"):
        by = COMMAND_LINE
    return folded(by), visit.asked("about", 128), visit.number_asked("before", 0)


def _detail(visit: Visit, row: Audited) -> str:
    """Return the detail; roles and cities by the names that people know."""
    if not row.what.startswith(("staff_", "wrong_")):
        return row.detail
    names = {slug: city.short for slug, city in visit.library.cities.items()}
    return " ".join(names.get(part, _PARTS.get(part, part)) for part in row.detail.split())


ROUTES: Sequence[Route] = (
    Route("GET", AUDIT, show, Right.AUDIT),
    Route("GET", f"{AUDIT}.csv", export, Right.AUDIT),
)
