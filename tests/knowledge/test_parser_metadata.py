"""Title, number, issuer, dates and status, read from a title block of any shape."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.parsing import parse_act
from tests.knowledge.reading import small_act, wide


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["云州市居住证", "管理办法（试行）", "第一条 甲。"], "云州市居住证管理办法（试行）"),
        (["《云州市居住证办法》", "第一条 甲。"], "云州市居住证办法"),
        (["云州市实施《居住证暂行条例》办法 来源：云州日报", "第一条 甲。"], "云州市实施《居住证暂行条例》办法"),
        (["《云州市实施〈居住证条例〉办法》已经会议通过。", "第一条 甲。"], "云州市实施《居住证条例》办法"),
        (["云 州 市 居 住 证 办 法", "第一条 甲。"], "云州市居住证办法"),
        (
            ["关于印发云州市居住证条例实施细则的通知", "云州市居住证条例实", "施细则", "第一条 甲。"],
            "云州市居住证条例实施细则",
        ),
        (["（2008年8月13日云州市人民代表大会通过）", "第一条 甲。"], None),
    ],
)
def test_the_title_is_found_where_it_stands(lines: list[str], title: str | None) -> None:
    assert parse_act("\n".join(lines)).title == title


@pytest.mark.parametrize(
    ("lines", "number", "issuer"),
    [
        (["云州市人民政府令", "（第12号）"], "云州市人民政府令第12号", "云州市人民政府"),
        (["云州市人大常委会公告第3号公布"], "云州市人大常委会公告第3号", "云州市人大常委会"),
        (
            ["云政办〔2017〕16号", "云州市人民政府办公室关于印发办法的通知"],
            "云政办〔2017〕16号",
            "云州市人民政府办公室",
        ),
        (["根据《居住证暂行条例》（国务院令第663号）制定"], None, None),
        ([wide("云政发[2017]8号")], "云政发〔2017〕8号", None),
        (["云州市公安局", "2017年5月1日"], None, "云州市公安局"),
    ],
)
def test_number_and_issuer_are_the_acts_own(lines: list[str], number: str | None, issuer: str | None) -> None:
    act = small_act(*lines, "第一条 甲。")
    assert (act.number, act.issuer) == (number, issuer)


@pytest.mark.parametrize(
    ("lines", "adopted", "effective"),
    [
        (["二〇一七年五月三日"], date(2017, 5, 3), None),
        ([wide("2017年5月3日")], date(2017, 5, 3), None),
        (["2014年1月1日", "网页发布", "2017年5月3日"], date(2017, 5, 3), None),
        (["（2017年5月3日云州市人民政府令第1号公布 自2018年1月1日起施行）"], date(2017, 5, 3), date(2018, 1, 1)),
        (
            ["已经2017年4月1日会议通过，现予公布，自2018年1月1日起施行。", "2017年5月3日"],
            date(2017, 5, 3),
            date(2018, 1, 1),
        ),
        (["根据2015年11月26日国务院公布的条例制定。"], None, None),
        (["2017年13月3日"], None, None),
    ],
)
def test_dates_are_read_from_the_title_block(lines: list[str], adopted: date | None, effective: date | None) -> None:
    act = small_act(*lines, "第一条 本办法自印发之日起施行。")
    assert (act.adopted, act.effective) == (adopted, effective)


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("云州市居住证办法（草 案）", "draft"),
        ("云州市居住证办法（征求意见稿）", "draft"),
        ("云州市居住证办法（已废止）", "repealed"),
    ],
)
def test_the_status_is_read_from_the_title(title: str, status: str) -> None:
    assert parse_act(f"{title}\n第一条 甲。").status == status
