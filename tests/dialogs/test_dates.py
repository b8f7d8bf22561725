"""Dates and durations as people write them, relative to today, and what they are the dates of."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.advisor import Advisor
from dialogs.understanding.dates import moments_in
from dialogs.understanding.durations import lengths_in
from dialogs.understanding.happenings import Event
from knowledge.text import in_chinese
from rules.calendar import Span

TODAY = date(2026, 11, 21)


def day(text: str) -> Span:
    return Span(date.fromisoformat(text), date.fromisoformat(text))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026年3月8日", day("2026-03-08")),
        ("26年3月8号", day("2026-03-08")),
        ("2026.3.8", day("2026-03-08")),
        ("26.3.8登记的", day("2026-03-08")),
        ("2026-03-08", day("2026-03-08")),
        ("20260308", day("2026-03-08")),
        ("二〇二六年三月八日", day("2026-03-08")),
        ("98年3月8日登记的", day("1998-03-08")),
        ("三月八号来的", day("2026-03-08")),
        ("12月8号", day("2025-12-08")),  # a day without a year is the latest one gone by
        ("去年十月二十号", day("2025-10-20")),
        ("上个月15号", day("2026-10-15")),
        ("这个月3号", day("2026-11-03")),
        ("昨天受理的", day("2026-11-20")),
        ("前儿个", day("2026-11-19")),
        ("上周五", day("2026-11-13")),
        ("20天前", day("2026-11-01")),
        ("国庆节那天", day("2026-10-01")),
        ("13号去补的", day("2026-11-13")),
        ("25号去补的", day("2026-10-25")),
        ("今年3月份", Span(date(2026, 3, 1), date(2026, 3, 31))),
        ("去年十月来的", Span(date(2025, 10, 1), date(2025, 10, 31))),
        ("上个月初", Span(date(2026, 10, 1), date(2026, 10, 10))),
        ("九月底", Span(date(2026, 9, 21), date(2026, 9, 30))),
    ],
)
def test_a_date_is_read(typed: str, read: Span) -> None:
    assert [moment.span for moment in moments_in(typed, TODAY)] == [read]


@pytest.mark.parametrize(
    "typed",
    [
        "2月30日",
        "第42号令",
        "3号楼",
        "10号线",
        "啥前儿",
        "满半年",
        "9998年12月1号",
        "15日内",
        "7个工作日",
        "没有31号咋算",
        "12345",
        "",
    ],
)
def test_what_is_no_date_is_not_read_as_one(typed: str) -> None:
    assert moments_in(typed, TODAY) == []


@given(st.dates(date(2010, 1, 1), date(2035, 12, 31)), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_full_date_is_that_day_whatever_today_is(named: date, today: date) -> None:
    for written in (in_chinese(named), named.isoformat(), f"{named:%Y%m%d}"):
        assert [moment.span for moment in moments_in(written, today)] == [Span(named, named)]


@given(st.text(alphabet="一二三四五六七八九十年月日号上下个周天0123456789-./今去前昨半多", max_size=30))
def test_nothing_that_is_typed_breaks_the_reading(typed: str) -> None:
    moments = moments_in(typed, TODAY)
    assert all(one.end <= other.start for one, other in pairwise(moments))
    list(lengths_in(typed, moments))


@pytest.mark.parametrize(
    ("typed", "months", "days", "exact"),
    [
        ("七个月零三天", 7, 3, True),
        ("半年多", 6, 0, False),
        ("快八个月", 8, 0, False),
        ("九个多月", 9, 0, False),
        ("一年半", 18, 0, True),
        ("二十天", 0, 20, True),
        ("两个半月", 2, 15, True),
        ("三周", 0, 21, True),
    ],
)
def test_a_duration_is_read(typed: str, months: int, days: int, exact: bool) -> None:
    (length,) = lengths_in(typed)
    assert (length.months, length.days, length.is_exact) == (months, days, exact)


@pytest.mark.parametrize("typed", ["满半年", "每年", "第三年", "三五天", "连续住六个月不", "15日内"])
def test_a_rule_or_a_guess_is_no_duration_of_the_person(typed: str) -> None:
    assert list(lengths_in(typed)) == []


@pytest.mark.parametrize(
    ("typed", "event", "read"),
    [
        ("签发日期是2025年12月18日", Event.ISSUED, "2025-12-18"),
        ("2026年3月20日发的证", Event.ISSUED, "2026-03-20"),
        ("证2026年9月15日到的期", Event.EXPIRED, "2026-09-15"),
        ("有效期到26年12月31日", Event.EXPIRED, "2026-12-31"),
        ("7月20号受理的", Event.ACCEPTED, "2026-07-20"),
        ("9月24号派出所给了回执", Event.ACCEPTED, "2026-09-24"),
        ("5月22号办的暂住登记", Event.REGISTERED, "2026-05-22"),
        ("登记是四月二号弄的", Event.REGISTERED, "2026-04-02"),
        ("7月25日在尉氏县里从一个乡搬到另一个乡", Event.CHANGED, "2026-07-25"),
        ("我们厂11月16日招了个外地工", Event.HIRED, "2026-11-16"),
        ("居住从2026年1月8日算", Event.RESIDES, "2026-01-08"),
        ("7月10日周五到的松山区", Event.ARRIVED, "2026-07-10"),
        ("拖到2026年11月23日才去", Event.ENDORSED, "2026-11-23"),
        ("2017年5月23日发的文", Event.PUBLISHED, "2017-05-23"),
        ("11月18号满的一年", Event.FULL, "2026-11-18"),
    ],
)
def test_what_happened_on_a_date_is_told_by_the_words_beside_it(
    advisor: Advisor, typed: str, event: Event, read: str
) -> None:
    told = advisor.reader.times.told_in(typed, TODAY).of(event)
    assert told is not None
    assert told.span == day(read)


def test_words_repeated_many_times_are_read_like_any_others(advisor: Advisor) -> None:
    told = advisor.reader.times.told_in("我住" + "得有已经都快" * 40 + "吧3个月了", TODAY)
    assert told.happenings == ()


def test_a_reason_in_the_clause_before_is_not_the_date_s(advisor: Advisor) -> None:
    told = advisor.reader.times.told_in("签注过期了,今天去补", TODAY)
    assert told.of(Event.EXPIRED) is None
    assert told.of(Event.ENDORSED) is not None


def test_an_expiry_without_a_year_lies_ahead(advisor: Advisor) -> None:
    told = advisor.reader.times.told_in("证12月20号到期", TODAY).of(Event.EXPIRED)
    assert told is not None
    assert told.span == day("2026-12-20")
