"""Everything kept of a person as text to take along."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, func, select

from bot.store import notices, reaching
from bot.store.belongings import reminders_of
from bot.store.declaring import Record, read_items, read_reason, rows_of
from bot.store.office import EXPORTED as TAKEN_OUT
from bot.store.office import READ
from bot.store.photos import PHOTO
from bot.store.schema import access, consent, photo
from bot.store.work import Work, to_the_minute
from dialogs.effects import EXPORTED, Export, Status
from knowledge.text import in_chinese

_STATES = {
    Status.WAITING: "等待受理",
    Status.RETURNED: "退回，等您补正",
    Status.REGISTERED: "已登记",
    Status.WITHDRAWN: "已撤回",
    Status.DUPLICATE: "和另一份重复，以另一份为准",
}
_WRITTEN = {Status.RETURNED: "退回原因", Status.DUPLICATE: "为准的"}
_LOOKS = {READ: "工作人员查看", TAKEN_OUT: "工作人员导出"}
_KINDS = {"basic": "保存基本信息", "sensitive": "保存证件号码、照片和住址"}


def export(work: Work, effect: Export) -> dict[str, str]:
    """Return everything kept of the person, in Chinese, one fact a line."""
    rows = rows_of(work.connection, work.person)
    lines = [f"这里保存着您的这些内容（{to_the_minute(work.now)}）"]
    lines += [f"一、申报 {len(rows)} 份", *(line for row in rows for line in _declaration(work, row))]
    lines += ["二、您同意过的", *(_consents(work) or ["没有"])]
    lines += ["三、提醒", *(_reminders(work) or ["没有"])]
    lines += _notices(work)
    lines += ["微信里的账号标识（加密）"] if reaching.is_kept(work.connection, work.person) else []
    lines += _draft_photos(work)
    return {EXPORTED: "\n".join(lines)}


def _declaration(work: Work, row: Record) -> Iterator[str]:
    kind = "演示申报" if row.is_demonstration else "申报"
    city, day = work.labels.city(row.city), in_chinese(row.submitted_on)
    yield f"{kind} {row.receipt}：{city}，{day}提交，{_STATES[row.status]}"
    if row.registered_on is not None:
        yield f"登记日期：{in_chinese(row.registered_on)}"
    reason = read_reason(work.vault, row)
    if reason:
        yield f"{_WRITTEN.get(row.status, '受理的地方写的')}：{reason}"
    for name, value in read_items(work.vault, row):
        yield f"{name}：{'照片一张' if value.startswith(PHOTO) else value}"
    photos = _count_photos(work, photo.c.declaration == row.id)
    if photos:
        yield f"照片：{photos} 张"
    looks = and_(access.c.receipt == row.receipt, access.c.what.in_(_LOOKS))
    for what, at in work.connection.execute(select(access.c.what, access.c.at).where(looks).order_by(access.c.at)):
        yield f"{_LOOKS[what]}：{to_the_minute(at)}"


def _consents(work: Work) -> list[str]:
    wanted = select(consent).where(consent.c.person == work.person).order_by(consent.c.at, consent.c.id)
    rows = work.connection.execute(wanted)
    told = ((to_the_minute(row.at), work.labels.city(row.city), _KINDS.get(row.kind, row.kind), row) for row in rows)
    return [f"{at}，{city}：{kind}（告知书 {row.version}）" for at, city, kind, row in told]


def _reminders(work: Work) -> list[str]:
    told = reaching.told(work.connection, work.person)
    return [
        f"{in_chinese(kept.day)}，{work.labels.city(kept.city)}：{work.labels.reminder(kept.what)}"
        + ("（提醒过了）" if (kept.city, kept.day, kept.what) in told else "")
        for kept in reminders_of(work.connection, work.person)
    ]


def _notices(work: Work) -> list[str]:
    told = reaching.told(work.connection, work.person)
    return [
        f"办理结果的通知：{in_chinese(one.day)}，{work.labels.city(one.city)}"
        + ("（告诉过了）" if (one.city, one.day, one.what) in told else "")
        for one in notices.notices_of(work.connection, work.person)
    ]


def _draft_photos(work: Work) -> list[str]:
    photos = _count_photos(work, and_(photo.c.person == work.person, photo.c.declaration.is_(None)))
    return [f"四、没提交的照片 {photos} 张"] if photos else []


def _count_photos(work: Work, condition: ColumnElement[bool]) -> int:
    return work.connection.scalar(select(func.count()).select_from(photo).where(condition)) or 0
