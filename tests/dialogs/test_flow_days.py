"""How days are read: told to the day, to the month, by how long ago or only about; and what is no day."""

from __future__ import annotations

import pytest

from dialogs.advisor import Advisor
from dialogs.flows.field import Read
from tests.dialogs.test_flow_fields import SILENT, Asked


@pytest.fixture(scope="module")
def asked(advisor: Advisor) -> Asked:
    return Asked(advisor)


# --- days that were ---


def span(first: str, last: str = "") -> list[str]:
    """Return the value of a span."""
    return [first, last or first]


PAST = [
    ("2026年3月8号", span("2026-03-08")),
    ("上个月15号", span("2026-10-15")),
    ("8.1", span("2026-08-01")),
    ("12.1", span("2025-12-01")),
    ("去年十月份", span("2025-10-01", "2025-10-31")),
    ("去年10月", span("2025-10-01", "2025-10-31")),
    ("前年", span("2024-01-01", "2024-12-31")),
    ("2024年", span("2024-01-01", "2024-12-31")),
    ("昨天", span("2026-11-20")),
    ("今天", span("2026-11-21")),
    ("15号", span("2026-11-15")),
    ("28号", span("2026-10-28")),
    ("三月八号", span("2026-03-08")),
    ("就是12月5号", span("2025-12-05")),
    ("26.3.8", span("2026-03-08")),
    ("2026-03-08", span("2026-03-08")),
    ("去年年底", span("2025-10-01", "2025-12-31")),
    ("去年年初", span("2025-01-01", "2025-03-31")),
    ("大前年", span("2023-01-01", "2023-12-31")),
    ("今年三月份嘞", span("2026-03-01", "2026-03-31")),
    ("国庆那天", span("2026-10-01")),
    ("8月", span("2026-08-01", "2026-08-31")),
    ("12月", span("2025-12-01", "2025-12-31")),
    ("上个月", span("2026-10-01", "2026-10-31")),
    ("本月3号", span("2026-11-03")),
    ("俺去年八月来嘞", span("2025-08-01", "2025-08-31")),
    ("8/1", span("2026-08-01")),
    ("去年的3月8号", span("2025-03-08")),
    ("三月初", span("2026-03-01", "2026-03-10")),
]
RECKONED = [
    ("七个月零三天", span("2026-04-18")),
    ("三个月", span("2026-08-21")),
    ("两年", span("2024-11-21")),
    ("一年半", span("2025-05-21")),
    ("半年", span("2026-05-21")),
    ("来了八个月了", span("2026-03-21")),
    ("四个月前", span("2026-07-21")),
]
ABOUT = [
    ("半年多", "2026-04-21", "2026-05-21"),
    ("八个多月", "2026-02-21", "2026-03-21"),
    ("大概三个月", "2026-07-21", "2026-09-21"),
    ("快八个月了", "2026-03-21", "2026-04-21"),
    ("一年多", "2024-11-21", "2025-11-21"),
    ("好几年了", "1996-11-21", "2024-11-21"),
    ("快半年了", "2026-05-21", "2026-06-21"),
    ("快一年了", "2025-11-21", "2026-05-21"),
]


@pytest.mark.parametrize(("said", "value"), PAST)
def test_a_day_that_was_is_read_as_it_is_told(asked: Asked, said: str, value: list[str]) -> None:
    assert asked.read("precheck.moved_on", said) == Read(value)


@pytest.mark.parametrize(("said", "value"), RECKONED)
def test_how_long_ago_is_reckoned_and_waits_for_a_yes(asked: Asked, said: str, value: list[str]) -> None:
    assert asked.read("precheck.moved_on", said) == Read(value, needs_yes=True)


@pytest.mark.parametrize(("said", "earliest", "latest"), ABOUT)
def test_about_how_long_ago_is_a_span_that_holds_what_was_meant(
    asked: Asked, said: str, earliest: str, latest: str
) -> None:
    read = asked.read("precheck.moved_on", said)
    assert isinstance(read, Read)
    assert not read.needs_yes
    first, last = read.value
    assert earliest <= first <= last <= latest


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("明天", "future"),
        ("2027年3月8日", "future"),
        ("下个月3号", "future"),
        ("3月1号到4月5号", "several"),
        ("2026年2月30日", "no_such_day"),
        ("腊月里", "lunar"),
        ("35号", SILENT),
        ("13.5", SILENT),
        ("多久才算半年", SILENT),
        ("几月份办的算", SILENT),
        ("15", SILENT),
        ("农历三月初八", "lunar"),
        ("不知道", SILENT),
        ("户口在甘肃", SILENT),
        ("哪天登记的才算？", SILENT),
    ],
)
def test_what_is_no_day_that_was(asked: Asked, said: str, code: str) -> None:
    assert asked.value("precheck.moved_on", said) == code


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2027年3月8日", "2027-03-08"),
        ("2026年3月8日", "2026-03-08"),
        ("3月8号", "2027-03-08"),
        ("10月8号", "2026-10-08"),
        ("明天", "2026-11-22"),
    ],
)
def test_a_day_of_the_card_may_be_past_or_to_come(asked: Asked, said: str, day: str) -> None:
    assert asked.value("endorsement.expires_on", said) == span(day)


@pytest.mark.parametrize(
    ("said", "code"),
    [("2027年3月", "not_a_day"), ("2099年1月1日", "too_far"), ("3月1号或者4月5号", "several"), ("要到哪天？", SILENT)],
)
def test_what_is_no_day_of_the_card(asked: Asked, said: str, code: str) -> None:
    assert asked.value("endorsement.expires_on", said) == code


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("3月8号", span("2027-03-08")),
        ("12月1号", span("2026-12-01")),
        ("明年3月8日", span("2027-03-08")),
        ("后天", span("2026-11-23")),
    ],
)
def test_a_reminder_is_for_the_coming_day(asked: Asked, said: str, value: list[str]) -> None:
    assert asked.value("remind.day", said) == value


@pytest.mark.parametrize(
    ("said", "code"),
    [("昨天", "past"), ("今天", "today"), ("现在", "today"), ("2026年3月8日", "past"), ("明年3月", "not_a_day")],
)
def test_no_reminder_for_a_day_gone_by(asked: Asked, said: str, code: str) -> None:
    assert asked.value("remind.day", said) == code
