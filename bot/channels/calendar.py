"""A reminder as a calendar file (.ics, RFC 5545) for the telephone's own calendar. Nothing personal is in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from aiohttp import web

from bot.channels.site import SITE, Trouble

_YEARS = range(2020, 2100)
_NINE_IN_THE_MORNING = timedelta(hours=9)


def setup_routes(app: web.Application) -> None:
    """Add the calendar file of a reminder."""
    app.router.add_get("/calendar/{city}/{what}/{day}.ics", _calendar)


async def _calendar(request: web.Request) -> web.Response:
    library = request.app[SITE].library
    city = library.cities.get(request.match_info["city"])
    option = library.wordings["remind"].options["what"].get(request.match_info["what"])
    day = _day(request.match_info["day"])
    if city is None or option is None or day is None:
        raise Trouble(404, "没有这个日子", "地址可能抄错了。请回到对话，再设一次提醒。")
    uid = f"{request.match_info['what']}-{day}-{request.match_info['city']}@juzhuzheng"
    body = calendar_file(f"{city.short}：{option.label}", day, uid)
    headers = {"Content-Disposition": f'attachment; filename="juzhuzheng-{day}.ics"'}
    return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)


def calendar_file(summary: str, day: date, uid: str) -> bytes:
    """Return a calendar with one whole-day event and an alarm at nine that morning."""
    from icalendar import Alarm, Calendar, Event  # only who sets a reminder needs it

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", datetime(day.year, day.month, day.day, tzinfo=UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", summary)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", _NINE_IN_THE_MORNING)
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//juzhuzheng//ZH")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None
