"""Answers with dates: the day first, how it was worked out, the law; and no day the text does not give."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.advisor import Advisor
from dialogs.saying import Kind, Part
from dialogs.session import Session
from knowledge.library import Library
from knowledge.text import in_chinese

TODAY = date(2026, 11, 21)
CITIES = ["ankang", "bazhong", "chifeng", "kaifeng", "luoyang"]


def part_of(advisor: Advisor, city: str, text: str, today: date = TODAY) -> Part:
    return advisor.take_turn(Session(), text, today=today, city=city).saying.parts[0]


def days_in(part: Part) -> set[str]:
    return set(re.findall(r"\d{4}年\d{1,2}月\d{1,2}日", "\n".join((part.first_line, *part.workings))))


@pytest.mark.parametrize(
    ("city", "text", "first"),
    [
        ("kaifeng", "7月20号受理的，最晚哪天发证", "最晚2026年8月4日发证，已经过了；可以去问受理窗口。"),
        ("luoyang", "11月20号受理的，最晚哪天发证", "最晚2026年12月11日发证；连受理当天也算的话，是2026年12月10日。"),
        ("ankang", "11月9日受理的，最晚哪天发证", "一般最晚2026年11月12日；特殊情况最长到2026年11月24日。"),
        (
            "chifeng",
            "证11月10号到的期，没签",
            "补签就恢复，年限连续算；最晚2026年12月11日，为稳妥请在2026年12月10日前办。",
        ),
        ("chifeng", "证9月15号到的期，没签", "超过30日了：居住期限从恢复那天（2026年11月21日）重新算。"),
        ("luoyang", "去年9月10号签发的，没签注", "最后一天是2026年9月9日；过了没签，证自动失效。"),
        ("kaifeng", "居住从2025年4月6日算，签注过期了", "过了2026年10月6日，光补签不行了，要重新报暂住登记。"),
        ("bazhong", "居住从2025年3月1日算，签注过期了", "能补签，补了就恢复；没补以前，证停用。"),
        ("luoyang", "签发日期是2025年12月18日，现在能签注吗", "现在就能签，最晚2026年12月17日，还剩26天。"),
        ("kaifeng", "5月22号登记的，啥时候满半年", "满半年是2026年11月22日。"),
        ("kaifeng", "居住从2020年4月6日算，签注过期了", "过了2026年10月6日，光补签不行了，要重新报暂住登记。"),
        (
            "kaifeng",
            "居住从2024年3月10日算，一直没签过注，签注过期了",
            "过了2025年9月10日，光补签不行了，要重新报暂住登记。",
        ),
        ("chifeng", "证4月1号到期了，过期没签注怎么办", "超过30日了：居住期限从恢复那天（2026年11月21日）重新算。"),
        ("luoyang", "我的证今天到期，现在去签注还来得及吗", "今天是最后一天，请今天就去签注。"),
        (
            "kaifeng",
            "我从杞县搬到开封市区，11月1号搬的，最晚哪天办",
            "跨县、市区和县之间搬：证停用，重报暂住登记，满半年再签注。",
        ),
        (
            "kaifeng",
            "11月10号从龙亭区搬到顺河区了，地址几天里头去改",
            "最晚2026年11月25日；为稳妥请在2026年11月24日前办。",
        ),
        ("ankang", "我11月2日来学校读书，最晚哪天登记", "在全日制教育机构或培训机构学习的，可以不登记。"),
        ("chifeng", "全家2023年12月1号搬来的，住满三年能落户吗", "住满3年是2026年12月1日；别的条件看下面原文。"),
    ],
)
def test_the_day_is_the_first_thing_said(advisor: Advisor, city: str, text: str, first: str) -> None:
    assert part_of(advisor, city, text).first_line == first


def test_a_year_whose_start_the_text_leaves_open_is_counted_from_the_earlier_day_and_says_so(advisor: Advisor) -> None:
    part = part_of(advisor, "bazhong", "我2025年12月1日搬来的，2026年3月10日登记，什么时候去签注")
    assert part.first_line == "现在就能签，最晚2026年11月30日，还剩9天。"
    assert any("从哪天起算没有写明" in note for note in part.notes)


@pytest.mark.parametrize(("year", "told"), [(2026, False), (2027, True)])
def test_a_draft_whose_own_term_has_passed_says_so(advisor: Advisor, year: int, told: bool) -> None:
    saying = advisor.take_turn(Session(), "办居住证多久能拿到", today=date(year, 1, 5), city="ankang").saying
    assert any("有效期（至2026年）已经过了" in caveat for caveat in saying.caveats) is told


@pytest.mark.parametrize(
    ("city", "text"),
    [
        ("kaifeng", "再过20天去签注行不"),
        ("luoyang", "过3天去签注行不"),
        ("chifeng", "合同12月20号到期，居住证签注啥时候办"),
        ("luoyang", "驾驶证12月10号发的，居住证签注啥时候"),
        ("ankang", "娃2021年3月1号生，能登记不，最晚几号"),
        ("luoyang", "11月1号被罚200，几天内交"),
        ("luoyang", "受理号20261102，几号拿证"),
        ("kaifeng", "农历闰六月十五登记的，够半年没"),
        ("bazhong", "我13月5号登记的，满半年是哪天"),
        ("luoyang", "9999年12月31日登记的，满半年哪天"),
        ("luoyang", "证是去年今天发的，啥时候签注"),
        ("luoyang", "5月12号登记，7月8号重新登记了一次，哪天满半年"),
        ("chifeng", "老婆的居住证12月5号到期，我的居住证12月25号到期，几号签注"),
    ],
)
def test_a_day_of_something_else_or_of_no_calendar_of_ours_is_not_counted_with(
    advisor: Advisor, city: str, text: str
) -> None:
    assert advisor.take_turn(Session(), text, today=TODAY, city=city).saying.dates == ()


def test_a_day_of_the_lunar_calendar_is_counted_from(advisor: Advisor) -> None:
    dates = advisor.take_turn(Session(), "农历八月十五登记的，够半年没", today=TODAY, city="kaifeng").saying.dates
    assert [(one.name, one.day) for one in dates] == [("half_year_full", date(2027, 3, 25))]


def test_a_range_of_validity_is_told_by_its_end(advisor: Advisor) -> None:
    part = part_of(advisor, "chifeng", "卡上有效期限2025.12.01-2026.12.01，最晚啥时候去签")
    assert part.first_line == "现在就能签，最晚2026年12月1日，还剩10天。"


def test_one_day_is_not_said_twice(advisor: Advisor) -> None:
    saying = advisor.take_turn(Session(), "我11月16号搬的家，几号前去变更", today=TODAY, city="chifeng").saying
    lines = [part.first_line for part in saying.parts]
    assert len(lines) == len(set(lines))


def test_a_vague_duration_decides_no_cliff(advisor: Advisor) -> None:
    part = part_of(advisor, "chifeng", "过期一个多月了还能补吗")
    assert part.dates == ()
    assert any("请说证上哪天到期" in note for note in part.notes)


def test_a_next_window_says_what_a_missed_one_would_mean(advisor: Advisor) -> None:
    part = part_of(advisor, "luoyang", "签发日期是2024年3月1日，什么时候签注")
    assert part.first_line == "下一次签注：2027年2月1日到2027年2月28日之间。"
    assert "自动失效" in part.workings[0]


@pytest.mark.parametrize("city", ["bazhong", "ankang", "kaifeng"])
def test_whether_earlier_years_count_is_never_asserted(advisor: Advisor, city: str) -> None:
    part = part_of(advisor, city, "居住从2025年10月6日算，签注过期了，今天去补，年限怎么算")
    said = "".join((part.first_line, *part.workings, *part.notes))
    assert "没有写明" in said
    assert "2026年11月21日" in said
    assert "清零" not in said


def test_what_becomes_void_is_to_be_made_sure_of(advisor: Advisor) -> None:
    part = part_of(advisor, "luoyang", "去年9月10号签发的，没签注")
    assert any("请先向原受理机构核实" in note for note in part.notes)


@pytest.mark.parametrize(
    ("city", "text", "asked"),
    [
        ("luoyang", "2025年3月1日开始住的，哪天签注", "请说证上的签发日期"),
        ("chifeng", "2025年3月1日开始住的，哪天签注", "请说证上哪天到期"),
        ("kaifeng", "2026年1月5日搬来的，啥时候满半年", "请说哪天登记的"),
        ("chifeng", "上个月搬的家，几天内变更", "告诉我具体哪一天"),
    ],
)
def test_a_date_this_city_does_not_count_from_is_asked_for_and_nothing_is_counted(
    advisor: Advisor, city: str, text: str, asked: str
) -> None:
    part = part_of(advisor, city, text)
    assert part.dates == ()
    assert any(asked in note for note in part.notes)


@pytest.mark.parametrize("city", ["bazhong", "kaifeng", "luoyang"])
def test_a_text_without_a_deadline_of_registration_gives_no_day(advisor: Advisor, city: str) -> None:
    part = part_of(advisor, city, "2026年11月2日到的，最晚哪天登记")
    assert (part.kind, part.dates) == (Kind.NOT_COVERED, ())


def test_who_is_exempt_has_no_deadline_and_who_is_not_has_one(advisor: Advisor) -> None:
    saying = advisor.take_turn(Session(), "11月9号到的住宾馆，几天内登记", today=TODAY, city="ankang").saying
    assert saying.dates == ()
    saying = advisor.take_turn(Session(), "11月9号到的先住宾馆，还用登记吗", today=TODAY, city="chifeng").saying
    assert saying.dates[0].name == "deadline"


def test_a_year_without_published_holidays_is_told(advisor: Advisor) -> None:
    part = part_of(advisor, "luoyang", "12月28号受理的，最晚哪天发证", date(2026, 12, 29))
    assert any("2027年的放假安排还没有公布" in note for note in part.notes)


EVENTS = st.sampled_from(
    [
        "{}受理的，最晚哪天发证",
        "{}到的，最晚哪天登记",
        "{}搬的家，最晚哪天变更",
        "居住从{}算，签注过期了",
        "签发日期是{}，哪天签注",
        "有效期到{}，没签注",
        "{}登记的，哪天满半年",
        "我们厂{}招的人，最晚哪天报",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CITIES), EVENTS, st.dates(date(2022, 1, 1), date(2028, 12, 31)))
def test_every_day_that_is_said_is_the_person_s_own_or_was_computed(
    advisor: Advisor, library: Library, city: str, text: str, day: date
) -> None:
    saying = advisor.take_turn(Session(), text.format(in_chinese(day)), today=TODAY, city=city).saying
    for part in saying.parts:
        laws = "".join(shown.text for shown in part.quotations)
        known = set(part.computed) | {in_chinese(day)}
        assert all(said in known or said in laws for said in days_in(part))
        assert all(
            named.address.article in {shown.address.article for shown in part.quotations} for named in part.dates
        )


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CITIES), st.dates(date(2024, 1, 1), date(2026, 11, 1)), st.integers(1, 60))
def test_a_later_acceptance_never_means_an_earlier_permit(
    advisor: Advisor, library: Library, city: str, day: date, later: int
) -> None:
    texts = [f"{in_chinese(start)}受理的，最晚哪天发证" for start in (day, day + timedelta(days=later))]
    one, other = (part_of(advisor, city, text).dates for text in texts)
    firsts = [next((named.day for named in dates if named.name == "deadline"), None) for dates in (one, other)]
    assert firsts[0] is None or (firsts[1] is not None and firsts[0] <= firsts[1])
