"""签注与期限: from the day this city counts from, the window, the last safe day, what lateness costs; reminders."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from dialogs.compose import topic_part
from dialogs.dates import Occasion, with_dates
from dialogs.effects import CALENDAR, GRANT, Remind
from dialogs.flows.conditions import has_city
from dialogs.flows.field import Read, Rejected
from dialogs.flows.fields import CityOf, OneOf
from dialogs.flows.flow import Ask, Condition, Flow, Outcome
from dialogs.flows.past_date import PastDate, read_span, show_span, span_value
from dialogs.flows.scene import Heard, Scene
from dialogs.saying import Kind, Link, Part
from dialogs.understanding.dates import Moment, moments_in, next_of
from dialogs.understanding.happenings import Event, Happening, Told
from knowledge.text import in_chinese
from rules.calendar import Span
from rules.endorsement import Anchor, anchor_of, first_cycle

_EVENTS = {Anchor.ISSUE: Event.ISSUED, Anchor.EXPIRY: Event.EXPIRED, Anchor.RESIDENCE: Event.RESIDES}
_ASKS = {Anchor.ISSUE: "issued_on", Anchor.EXPIRY: "expires_on", Anchor.RESIDENCE: "resident_since"}
_FARTHEST_YEARS = 30


class AnyDay(PastDate):
    """A day, past or to come. The value is [day, day]."""

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        moments = [] if heard.is_question else moments_in(heard.normal, scene.today)
        if len({moment.span for moment in moments}) > 1:
            raise Rejected("several")
        if not moments:
            return None
        span = self.meant(moments[0], scene.today)
        if not span.is_exact:
            raise Rejected("not_a_day")
        if abs(span.first.year - scene.today.year) > _FARTHEST_YEARS:
            raise Rejected("too_far")
        return Read(span_value(span))

    def meant(self, moment: Moment, today: date) -> Span:
        """Return the day that is meant where the year is not told: the nearer one."""
        coming = next_of(moment, today)
        is_near = (coming.first - today) <= (today - moment.span.last)
        return coming if not moment.has_year and is_near else moment.span

    def rejections(self) -> tuple[str, ...]:
        return ("several", "not_a_day", "too_far")


_TODAY = re.compile("现在|马上|立刻|立马|这会儿|这就|今[晚夜早]|即刻|眼下|眼前|当下|此刻")
"""Words for today that name no day."""


class ComingDay(AnyDay):
    """A day after today."""

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        read = super().read(heard, scene)
        if read is None:
            if _TODAY.search(heard.normal) and not heard.has_question_form:
                raise Rejected("today")
            return None
        day = read_span(read.value)
        if day.first <= scene.today:
            raise Rejected("today") if day.first == scene.today else Rejected("past", day=show_span(day))
        return read

    def meant(self, moment: Moment, today: date) -> Span:
        """Return the coming day."""
        return next_of(moment, today)

    def rejections(self) -> tuple[str, ...]:
        return (*super().rejections(), "past", "today")


def counts_from(anchor: Anchor) -> Condition:
    """Hold in a city whose year runs from `anchor`."""
    return lambda scene: has_city(scene) and anchor_of(scene.place) is anchor


def _start(scene: Scene) -> date | None:
    """Return the day the year runs from, once it is told."""
    anchor = anchor_of(scene.place) if has_city(scene) else None
    told = scene.answers.get(_ASKS[anchor]) if anchor else None
    return read_span(told).first if told else None


def _is_past_the_first_year(scene: Scene) -> bool:
    """Hold when a year of 签注 has gone by since the told day: was it endorsed? A printed expiry tells that."""
    if has_city(scene) and anchor_of(scene.place) is Anchor.EXPIRY:
        return False
    start = _start(scene)
    cycle = first_cycle(scene.place, start) if start else None
    return cycle is not None and cycle.last < scene.today


def _exact(value: Any, scene: Scene) -> str | None:
    del scene
    return None if read_span(value).is_exact else "not_a_day"


class Endorsement(Flow):
    """When to go for the yearly 签注, and what if it was missed."""

    name = "endorsement"
    starts = "remind"
    topic = "endorsement_window"

    city = Ask(CityOf(), needed=True)
    issued_on = Ask(
        PastDate(),
        when=counts_from(Anchor.ISSUE),
        depends=("city",),
        check=_exact,
        why="endorsement_window",
    )
    expires_on = Ask(AnyDay(), when=counts_from(Anchor.EXPIRY), depends=("city",), why="endorsement_window")
    resident_since = Ask(
        PastDate(),
        when=counts_from(Anchor.RESIDENCE),
        depends=("city",),
        check=_exact,
        why="endorsement_window",
    )
    endorsed = Ask(
        OneOf(),
        when=_is_past_the_first_year,
        depends=("issued_on", "expires_on", "resident_since"),
        why="overdue",
    )

    def spot(self, heard: Heard, scene: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the day the year runs from, where the message tells it."""
        anchor = anchor_of(scene.place) if has_city(scene) else None
        told = heard.understood.told.only(_EVENTS[anchor]) if anchor else None
        if anchor is None or told is None or not told.span.is_exact:
            return {}, {}
        return {_ASKS[anchor]: span_value(told.span)}, {}

    def values_of_ask(self, ask: Ask, scene: Scene) -> dict[str, object]:
        return {"city": scene.place.short} if has_city(scene) else {}

    def ending(self, scene: Scene) -> Outcome:
        endorsed = scene.answers.get("endorsed")
        topic = "overdue" if endorsed in ("missed", "never") or self._has_expired(scene) else "endorsement_window"
        part = self._dated(scene, topic)
        offered = [
            scene.wording.say(f"remind.{named.name}", day=in_chinese(named.day))
            for named in part.dates
            if scene.wording.has(f"remind.{named.name}") and named.day > scene.today
        ]
        return Outcome((part,), suggestions=(*offered, scene.wording.say("bring")), stays=True)

    def _has_expired(self, scene: Scene) -> bool:
        start = _start(scene)
        return anchor_of(scene.place) is Anchor.EXPIRY and start is not None and start < scene.today

    def _dated(self, scene: Scene, topic: str) -> Part:
        city, start = scene.place, _start(scene)
        anchor = anchor_of(city)
        happenings = (Happening(_EVENTS[anchor], Span(start, start), 0, 0),) if anchor and start else ()
        concepts = {"all": {"_endorsed_before"}, "missed": {"late"}, "never": {"late", "_never_endorsed"}}
        given = frozenset(concepts.get(scene.answers.get("endorsed") or "", set()))
        part = topic_part(scene.library, city, topic)
        return with_dates(Occasion(city, part, Told(happenings), given, scene.today, scene.tools.reckoner))


class Reminding(Flow):
    """提醒我…: keep a day. It is told when the person comes back, and can go into the telephone's own calendar."""

    name = "remind"
    needs_records = True
    before_city = frozenset({"what", "day"})
    starts = "remind"
    topic = "endorsement_window"

    city = Ask(CityOf(), needed=True)
    what = Ask(OneOf(), needed=True)
    day = Ask(ComingDay(), needed=True)

    def is_started_by(self, heard: Heard, today: date) -> bool:
        """Tell whether a reminder is asked for on a coming day that is named."""
        if not super().is_started_by(heard, today):
            return False
        return any(next_of(moment, today).first > today for moment in moments_in(heard.normal, today))

    def spot(self, heard: Heard, scene: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
        found: dict[str, Any] = {}
        for ask in (type(self).what, type(self).day):
            try:
                read = ask.field.read(heard, scene)
            except Rejected:
                continue
            found |= {ask.name: read.value} if read is not None else {}
        return found, {}

    def ending(self, scene: Scene) -> Outcome:
        day = read_span(scene.answers["day"]).first
        what = type(self).what.field.show(scene.answers["what"], scene)
        said = scene.wording.say("kept_day", day=in_chinese(day), what=what)
        part = Part(
            Kind.FLOW,
            said,
            notes=(scene.wording.say("how"),),
            links=(Link(scene.wording.say("calendar"), CALENDAR), Link(scene.wording.say("grant"), GRANT)),
        )
        remind = Remind(scene.place.slug, day, scene.answers["what"])
        return Outcome((part,), (remind,), (scene.wording.say("mine"), scene.wording.say("stop")))
