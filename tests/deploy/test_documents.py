"""What operators read is what the program does: settings, counts, log fields, limits, and how long what is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import doctor, metrics
from bot.__main__ import main
from bot.channels.web import COOKIE_SECONDS, KEPT_SECONDS, TEXT_LIMIT
from bot.health import Health
from bot.photo import MAX_BYTES, MAX_PIXELS
from bot.serving import DRAIN_SECONDS
from bot.settings import PREFIX, SETTINGS, Settings
from bot.staff.commands import staff
from bot.staff.proving import KNOWN_SECONDS
from bot.staff.rights import ROLE_WORDS
from bot.store import counting, in_force
from bot.store.auditing import AUDIT_DAYS
from bot.store.base import DRAFT_SECONDS, REPLY_SECONDS, SESSION_SECONDS
from bot.store.declaring import DEMONSTRATION_SECONDS, FINISHED_KEPT_DAYS, LONGEST_KEPT_DAYS
from bot.store.lookups import MOST_WRONG_TRIES
from bot.store.pages import LINK_SECONDS
from bot.store.purging import (
    ACCESS_DAYS,
    CONSENT_DAYS,
    DONE_DAYS,
    DRAFT_PHOTO_DAYS,
    FEEDBACK_DAYS,
    QUESTION_DAYS,
    REMINDER_DAYS,
    RESULT_DAYS,
    WRONG_TRY_DAYS,
)
from bot.store.reaching import UNNEEDED_SECONDS
from bot.store.staff_sessions import HALF_SECONDS, IDLE_SECONDS, LONGEST_SECONDS
from bot.store.staff_tries import FIRST_LOCK_SECONDS, FREE_FAILURES, LONGEST_LOCK_SECONDS, TRY_DAYS
from bot.wechat.door import MAX_BODY_BYTES, WINDOW_SECONDS
from bot.wechat.ledger import ALLOWANCES, Opened
from bot.wechat.reminding import GRANT_SECONDS, TO_TELL_SECONDS
from dialogs import words
from tests.architecture.sizes import ROOT
from tests.deploy.proxy import DEPLOY
from tests.deploy.test_examples import known_series

MINUTE, HOUR, DAY = 60, 3600, 86_400
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
DEPLOYING = (DEPLOY / "README.md").read_text(encoding="utf-8")
RECORDS_BACKUP_DAYS = int(re.findall(r"-mtime \+(\d+)", (DEPLOY / "backup.sh").read_text(encoding="utf-8"))[0]) + 1
DURATION = re.compile(r"([0-9]+|[一十五]+) ?(秒|分钟|小时|天)")
NUMERALS = {"一": 1, "五": 5, "十": 10, "十五": 15}
SECONDS = {"秒": 1, "分钟": MINUTE, "小时": HOUR, "天": DAY}
KEPT: dict[str, list[float]] = {
    "会话状态：城市、上次问的事、给出的选项": [SESSION_SECONDS],
    "发出的回复（微信重推时原样再发）": [REPLY_SECONDS],
    "没答上的问题": [QUESTION_DAYS * DAY],
    "“有用”“没用”和附上的话": [FEEDBACK_DAYS * DAY],
    "每天答了几句（按城市、事项、渠道）、用了多久": [counting.KEPT_DAYS * DAY],
    "办事时填的（没办完）": [DRAFT_SECONDS, DEMONSTRATION_SECONDS],
    "语音里听到的一句，等人说“对”": [DRAFT_SECONDS],
    "公众号的记号：还能发几条、允许过提醒没有、有没有提醒要告诉、哪句还没答完": [
        ALLOWANCES[Opened.BY_MESSAGE].seconds,
        max(GRANT_SECONDS, TO_TELL_SECONDS),
    ],
    "没交的照片": [DRAFT_PHOTO_DAYS * DAY],
    "交上去的填报、照片": [FINISHED_KEPT_DAYS * DAY, LONGEST_KEPT_DAYS * DAY, DEMONSTRATION_SECONDS],
    "同意记录": [CONSENT_DAYS * DAY],
    "提醒、办理结果的通知，有没有告诉到": [REMINDER_DAYS * DAY],
    "微信提醒用的账号标识（openid）": [UNNEEDED_SECONDS],
    "谁查看过填报": [ACCESS_DAYS * DAY],
    "工作台的登录": [IDLE_SECONDS, LONGEST_SECONDS, HALF_SECONDS],
    "工作台登录时输错的次数": [TRY_DAYS * DAY],
    "工作台的操作记录：谁、什么时候、做了什么、回执号；没有填报的内容": [AUDIT_DAYS * DAY],
    "不再看的问题": [in_force.ASIDE_DAYS * DAY],
    "查询时输错的次数": [WRONG_TRY_DAYS * DAY],
    "哪一步办过了（免得办两次）": [RESULT_DAYS * DAY, DONE_DAYS * DAY],
    "一次性网页的地址": [LINK_SECONDS],
    "填报的备份": [RECORDS_BACKUP_DAYS * DAY],
}
TOLD_BESIDES: list[float] = [COOKIE_SECONDS, KEPT_SECONDS, 2 * WINDOW_SECONDS, LINK_SECONDS, DAY, KNOWN_SECONDS]
"""What is told below the table, in its order; the day is that of the wrong tries."""
LOG_FIELDS = re.compile(r"`([a-z]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def durations_in(text: str) -> list[float]:
    """Return the durations a text names, in seconds."""
    found = DURATION.findall(text)
    return [(int(number) if number.isdigit() else NUMERALS[number]) * SECONDS[unit] for number, unit in found]


def table_below(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the rows of the first table below a heading or a line, its own heading aside."""
    lines = text[text.index(heading) :].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|--"))
    rows = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def anchors_of(document: Path) -> set[str]:
    """Return what links to a heading of the document name."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w-]", "", heading.replace(" ", "-")) for heading in headings}


def test_the_reference_of_the_settings_is_what_the_program_prints() -> None:
    document = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    between = document.split("<!-- juzhuzheng settings -->\n")[1].split("<!-- /juzhuzheng settings -->")[0]
    assert between == CliRunner().invoke(main, ["settings"], catch_exceptions=False).output
    assert [row[0] for row in table_below(between, "| 名称")] == [f"`{PREFIX}{name}`" for name in SETTINGS]


def test_how_long_everything_is_kept_is_how_long_the_program_keeps_it() -> None:
    rows = {row[0]: row[2] for row in table_below(SECURITY, "## 留什么")}
    told = {name: durations_in(text) for name, text in rows.items()}
    assert {name: found for name, found in told.items() if found} == KEPT


def test_what_is_told_of_durations_besides_is_true_too() -> None:
    outside = "\n".join(line for line in SECURITY.splitlines() if not line.startswith("|"))
    assert durations_in(outside) == TOLD_BESIDES
    assert "一天错五次就停" in SECURITY
    assert NUMERALS["五"] == MOST_WRONG_TRIES


@pytest.mark.parametrize("text", ["9 天", "最长 181 天", "十分钟"])
def test_another_duration_would_be_seen(text: str) -> None:
    assert durations_in(text)[0] not in {seconds for kept in KEPT.values() for seconds in kept} - {REPLY_SECONDS}


def test_every_count_is_explained_with_its_labels() -> None:
    explained = {row[0].strip("`"): row[1] for row in table_below(OPERATIONS, "| 数 |")}
    known = {re.sub("_(bucket|count|sum)$", "", series) for series in known_series()}
    assert set(explained) == known
    for name, labels in explained.items():
        stem = name.removesuffix("_total")
        (kept,) = [one for one in vars(metrics).values() if getattr(one, "_name", None) == stem]
        assert labels == ", ".join(kept._labelnames)


def test_what_weaker_settings_of_redis_lose_is_what_the_doctor_says() -> None:
    rows = {row[0].strip("`"): (row[1].strip("`"), row[2]) for row in table_below(OPERATIONS, "| 设置 | 要")}
    said = {name: (wanted, loses.partition("（")[0]) for name, (wanted, loses) in doctor.REDIS_NEEDS.items()}
    assert rows == said


def test_the_limits_told_are_the_programs() -> None:
    rows = {row[0]: row[1] for row in table_below(OPERATIONS, "## 限制")}
    usual = Settings()
    assert rows == {
        "一个人一分钟几句": str(usual.turns_a_minute),
        "网页上一个地址一分钟发几次": str(usual.posts_a_minute),
        "一个进程同时答几句": str(usual.turns_at_once),
        "一句话": f"{TEXT_LIMIT} 字",
        "一张照片": "5 MB，两千万像素",
        "公众号推送": f"{MAX_BODY_BYTES // 1024} KiB",
    }
    assert (MAX_BYTES, MAX_PIXELS) == (5 * 1024 * 1024, 20_000_000)


def test_what_is_told_of_the_console_is_what_it_does() -> None:
    section = OPERATIONS.split("\n## 工作台\n")[1].split("\n## ")[0]
    assert durations_in(section) == [FIRST_LOCK_SECONDS, LONGEST_LOCK_SECONDS, LONGEST_SECONDS, AUDIT_DAYS * DAY]
    assert IDLE_SECONDS == HOUR / 2
    assert NUMERALS["五"] == FREE_FAILURES + 1
    roles = {row[0]: row[1] for row in table_below(section, "| 角色")}
    assert list(roles) == [f"`{role}` {word}" for role, word in ROLE_WORDS.items()]
    assert set(re.findall("juzhuzheng staff ([a-z-]+)", section)) == set(staff.commands)


def test_what_people_read_while_a_part_is_out_is_quoted() -> None:
    for said in (words.PAUSED, words.FAULT):
        beginning = said[: said.index("，")]
        assert beginning in OPERATIONS
    assert words.FAULT in OPERATIONS


def test_the_parts_and_the_time_a_stop_takes_are_named() -> None:
    assert f"最多等 {DRAIN_SECONDS:.0f} 秒" in OPERATIONS
    assert all(f'"{part}"' in OPERATIONS for part in ("conversations", "records", "keys"))
    assert Health({}).is_draining is False


@pytest.mark.parametrize("text", [OPERATIONS, DEPLOYING, SECURITY], ids=["operations", "deploy", "security"])
def test_every_setting_and_command_named_exists(text: str) -> None:
    assert set(re.findall(rf"{PREFIX}([A-Z_]+)", text)) <= set(SETTINGS)
    named = re.findall(r"(?:^|`|sudo |&& )(?:juzhuzheng|jzz) (keys [a-z]+|[a-z]+)", text, re.MULTILINE)
    known = {*main.commands, *(f"keys {name}" for name in main.commands["keys"].commands)}  # type: ignore[attr-defined]
    assert set(named) - known == set()


@pytest.mark.parametrize("document", [DEPLOY / "README.md", ROOT / "docs" / "operations.md", ROOT / "SECURITY.md"])
def test_every_link_leads_to_a_heading_that_is_there(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        there = (document.parent / name).resolve() if name else document
        assert there.exists(), target
        if anchor:
            assert anchor in anchors_of(there / "README.md" if there.is_dir() else there), target


def test_the_installation_names_every_file_there_is_and_none_besides() -> None:
    named = set(re.findall(r"\bdeploy/([\w*.-]+[\w*])", DEPLOYING))
    assert all(list(DEPLOY.glob(name)) for name in named)
    assert {file.name for file in DEPLOY.iterdir()} <= {"README.md", *LINK.findall(DEPLOYING)}
