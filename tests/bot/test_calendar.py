"""A reminder as a calendar file: any telephone can read it, and nothing in it is about anybody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from icalendar.cal import Component

from bot.channels.calendar import calendar_file
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.asking import Open, ask
from tests.bot.full_site import full_site

pytestmark = pytest.mark.asyncio

LEAP_DAY = date(2028, 2, 29)


def event_in(file: bytes) -> Component:
    calendar = Calendar.from_ical(file)
    assert calendar["version"] == "2.0"
    (event,) = calendar.walk("VEVENT")
    assert not event.errors
    return event


async def test_every_reminder_in_every_city_is_a_whole_day_in_chinese_with_an_alarm(
    open_site: Open, library: Library
) -> None:
    client = await open_site()
    for slug, city in library.cities.items():
        for what, option in library.wordings["remind"].options["what"].items():
            response = await client.get(f"/calendar/{slug}/{what}/{LEAP_DAY}.ics")
            event = event_in(await response.read())
            assert (response.status, response.content_type) == (200, "text/calendar")
            assert response.charset == "utf-8"
            assert event["summary"] == f"{city.short}：{option.label}"
            assert (event.decoded("dtstart"), event.decoded("dtend")) == (LEAP_DAY, date(2028, 3, 1))
            (alarm,) = event.walk("VALARM")
            assert alarm.decoded("trigger") == timedelta(hours=9)


async def test_the_same_day_is_the_same_event_and_another_is_another(open_site: Open) -> None:
    client = await open_site()
    paths = [f"/calendar/{place}.ics" for place in ("chifeng/apply/2027-03-01", "chifeng/apply/2027-03-02")]
    paths += ["/calendar/chifeng/endorse/2027-03-01.ics", "/calendar/luoyang/apply/2027-03-01.ics", paths[0]]
    uids = [event_in(await (await client.get(path)).read())["uid"] for path in paths]
    assert len(set(uids)) == 4
    assert uids[0] == uids[-1]


async def test_every_line_is_as_the_standard_wants_it() -> None:
    file = calendar_file("呼伦贝尔：签注的最后一天；记得带证，别忘了" * 5, LEAP_DAY, "x@y")
    assert file.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in file.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert event_in(file)["summary"] == "呼伦贝尔：签注的最后一天；记得带证，别忘了" * 5


@pytest.mark.parametrize(
    "path",
    [
        "nowhere/apply/2027-03-01",
        "chifeng/party/2027-03-01",
        "chifeng/apply/2027-02-29",
        "chifeng/apply/0000-00-00",
        "chifeng/apply/2027-03-01T00:00",
        "chifeng/apply/今天",
        "chifeng/apply/%0d%0aX-Evil:%201",
        "chifeng/apply/2027-03-01%0d%0aSet-Cookie:a=b",
        "chifeng/apply/" + "9" * 3000,
        "%2e%2e/%2e%2e/identity.key",
        "chifeng/apply/<script>",
        "chifeng/apply/-2027-03-01",
    ],
)
async def test_no_other_address_is_a_day(open_site: Open, path: str) -> None:
    response = await (await open_site()).get(f"/calendar/{path}.ics")
    assert response.status == 404
    assert response.content_type == "text/html"
    assert "<script>" not in (await response.text()).replace("<script src", "")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "20270301", "2027-W09-1"])
async def test_a_day_nobody_means_is_no_fault_of_ours(open_site: Open, day: str) -> None:
    response = await (await open_site()).get(f"/calendar/chifeng/apply/{day}.ics")
    assert response.status in {200, 404}


async def test_the_talk_gives_the_address_of_the_file(advisor: Advisor, tmp_path: Path) -> None:
    async with full_site(advisor, tmp_path) as (client, _):
        _, said = await ask(client, "提醒我明年3月1号去签注", city="chifeng")
        (href,) = [link["href"] for part in said["parts"] for link in part["links"]]
        event = event_in(await (await client.get(href)).read())
        assert event.decoded("dtstart") == date(2027, 3, 1)
        assert event["summary"] == "赤峰：可以去签注"
