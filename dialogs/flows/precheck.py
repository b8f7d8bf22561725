"""资格预审: asks a fact only while it can still change the verdict; ends with the verdict, condition by condition."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dialogs import words
from dialogs.flows.conditions import either, has_city
from dialogs.flows.fields import CityOf, County, Hukou, OneOf, Several, YesNo
from dialogs.flows.flow import Ask, Condition, Flow, Outcome
from dialogs.flows.form import items_of
from dialogs.flows.past_date import DayWithin, PastDate, read_span
from dialogs.flows.precheck_facts import KINDS, answers_of, person_of, told_kinds
from dialogs.flows.scene import Heard, Scene
from dialogs.understanding.happenings import Event
from dialogs.verdicts import verdict_parts
from knowledge.text import in_chinese
from rules.eligibility import Assessment, Verdict, assess

_BY_OTHERS = re.compile(
    "(?:房东|老板|公司|单位|厂里?|你们这里?|这里)[^,，。]{0,4}(?:登记|填报|填过)|预先填报"
    "|(?:应该|好像|可能|大概|记得)[^,，。]{0,4}登记|登记[^,，。]{0,5}忘"
)
"""A landlord's or employer's form is no registration, nor is one that a person is not sure of."""

_SAYS_ENROLLED = re.compile("学籍|全日制|借读|培训|幼儿园")


def judged(scene: Scene) -> Assessment:
    """Return the assessment of what is told so far."""
    return assess(scene.place, person_of(scene.answers, scene.place), scene.today)


def lacks(*keys: str) -> Condition:
    """Hold while the assessment misses one of `keys`: the fact can still change the verdict."""

    def holds(scene: Scene) -> bool:
        return has_city(scene) and bool(set(keys) & set(judged(scene).missing))

    return holds


def _is_open(scene: Scene) -> bool:
    """Hold while none of job, home and study is known to count, and one still may."""
    if not has_city(scene):
        return False
    found = judged(scene)
    counted = any(reason.condition == "conditions" and reason.met for reason in found.reasons)
    return found.verdict is Verdict.NEED_MORE_INFO and not counted


def lacks_sort_of(kind: str) -> Condition:
    """Hold while it matters which sort of `kind` the person has."""
    return lambda scene: kind in told_kinds(scene.answers) and _is_open(scene)


def lacks_more(scene: Scene) -> bool:
    """Hold while what is told does not count, and the rest of job, home and study was not spoken of."""
    kinds = told_kinds(scene.answers)
    told_all = all(kind in scene.answers for kind in kinds) and 0 < len(kinds) < len(KINDS)
    return told_all and _is_open(scene)


def _rest(scene: Scene) -> list[str]:
    """Return what was not spoken of yet."""
    told = scene.answers.get("basis") or []
    return [kind for kind in (*KINDS, "none") if kind not in told]


def lacks_day(name: str, key: str) -> Condition:
    """Hold while only the month or so of `name` is told and the very day decides."""

    def holds(scene: Scene) -> bool:
        told = scene.answers.get(name)
        return bool(told) and not read_span(told).is_exact and lacks(key)(scene)

    return holds


def _within(name: str) -> Callable[[Any, Scene], str | None]:
    """Check that a day lies in the span that was told of it before."""

    def check(value: Any, scene: Scene) -> str | None:
        day, span = read_span(value), read_span(scene.answers[name])
        if not day.is_exact:
            return "not_a_day"
        return None if span.first <= day.first <= span.last else "outside"

    return check


def _left_to_the_office(name: str) -> Condition:
    """Hold while the office is to decide about two places in one city, and the county of one is not even known."""

    def holds(scene: Scene) -> bool:
        if not has_city(scene) or "local_interpretation_of_non_local_hukou" not in judged(scene).missing:
            return False
        person = person_of(scene.answers, scene.place)
        return (person.hukou if name == "hukou" else person.residence).county is None

    return holds


_COMING = (Event.ARRIVED, Event.RESIDES, Event.HIRED, Event.CHANGED)
_LACKS_HUKOU_COUNTY = either(lacks("hukou_county"), _left_to_the_office("hukou"))
_LACKS_COUNTY = either(lacks("residence_county"), _left_to_the_office("residence_county"))
_HOME = ("residence_county", "residence_area")


def _registered_by_the_office(scene: Scene) -> dict[str, Any]:
    """Return the registration a clerk has recorded for this person in this city; a declaration alone is none."""
    here = scene.place.slug
    days = [one.registered_on for one in scene.known.declarations if one.city == here]
    told = [day for day in days if day is not None]
    return {"registered": True, "registered_on": [max(told).isoformat()] * 2} if told else {}


class Precheck(Flow):
    """May I apply, and if not yet, when?"""

    name = "precheck"
    starts = "precheck"
    hears_stories = True
    topic = "conditions"
    near = ("materials", "conditions", "half_year", "issue_time", "fee_first", "apply_where")

    city = Ask(CityOf(), needed=True)
    hukou = Ask(Hukou(), when=lacks("hukou_place"), why="conditions", hides=_HOME)
    hukou_city = Ask(Hukou(), when=lacks("hukou_city"), depends=("hukou",), why="conditions", hides=_HOME)
    hukou_county = Ask(
        County(),
        when=_LACKS_HUKOU_COUNTY,
        depends=("city", "hukou"),
        why="conditions",
        hides=_HOME,
    )
    residence_county = Ask(
        County(),
        when=_LACKS_COUNTY,
        depends=("city",),
        why="conditions",
        hides=("hukou",),
    )
    residence_area = Ask(OneOf(), when=lacks("residence_area"), depends=("city",), why="conditions")
    hukou_township = Ask(OneOf(), when=lacks("hukou_township"), depends=("hukou",), why="conditions", hides=_HOME)
    basis = Ask(Several(), when=lacks("basis", *KINDS), why="conditions")
    employment = Ask(OneOf(), when=lacks_sort_of("employment"), depends=("basis",), why="stable_job")
    housing = Ask(OneOf(), when=lacks_sort_of("housing"), depends=("basis",), why="stable_home")
    study = Ask(OneOf(), when=lacks_sort_of("study"), depends=("basis",), why="study_basis")
    more = Ask(Several(_rest), when=lacks_more, depends=("basis",), why="conditions")
    registered = Ask(YesNo(), when=lacks("registered"), depends=("city",), why="half_year")
    registered_on = Ask(
        PastDate(Event.REGISTERED), when=lacks("registered_on"), depends=("registered",), why="half_year"
    )
    registered_day = Ask(
        DayWithin("registered_on", Event.REGISTERED),
        when=lacks_day("registered_on", "registered_on"),
        depends=("registered_on",),
        check=_within("registered_on"),
        why="half_year",
    )
    moved_on = Ask(PastDate(*_COMING), when=lacks("moved_on"), why="half_year")
    moved_day = Ask(
        DayWithin("moved_on", *_COMING),
        when=lacks_day("moved_on", "moved_on"),
        depends=("moved_on",),
        check=_within("moved_on"),
        why="half_year",
    )
    change_reported_on = Ask(PastDate(), when=lacks("change_reported_on"), why="address_change")

    def spot(self, heard: Heard, scene: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what the message tells of the person's own story."""
        if not heard.text.strip() or scene.city is None:
            return {}, {}
        facts = scene.tools.stories.read(heard.text, scene.city, scene.today)
        values, hints = answers_of(facts, scene.city, scene.today)
        if not {"registered", "registered_on"} & {*values, *hints}:
            values |= _registered_by_the_office(scene)
        if _BY_OTHERS.search(heard.normal):
            values = {name: value for name, value in values.items() if not name.startswith("registered")}
            hints.pop("registered_on", None)
        if not _SAYS_ENROLLED.search(heard.normal):
            values.pop("study", None)  # a school is no 学籍: it is asked
        return values, hints

    def opening(self, scene: Scene) -> tuple[str, ...]:
        return (scene.wording.say("opening"),)

    def is_dormant(self, ask: Ask, scene: Scene) -> bool:
        """Tell whether the person would be the same without the answer."""
        if ask.name == "city" or any(name in scene.answers for name in self.dependents(ask.name)):
            return False
        city = scene.place
        return person_of(scene.answers, city) == person_of(scene.without(ask.name).answers, city)

    def ending(self, scene: Scene) -> Outcome:
        found, city = judged(scene), scene.place
        person = person_of(scene.answers, city)
        parts = verdict_parts(scene.library, city, person, found, scene.today)
        first = replace(parts[0], notes=(*parts[0].notes, words.CHECK_NOT_BINDING))
        return Outcome((first, *parts[1:]), suggestions=self._next(scene, found), stays=True)

    def _next(self, scene: Scene, found: Assessment) -> tuple[str, ...]:
        """Offer a reminder of the earliest day, and the form to fill in beforehand."""
        offered = []
        if found.earliest is not None:
            offered.append(scene.wording.say("remind", day=in_chinese(found.earliest)))
        is_unregistered = scene.answers.get("registered") is False
        if is_unregistered and items_of(scene):
            offered.append(scene.wording.say("declare"))
        return (*offered, scene.wording.say("materials"))

    def values_of_ask(self, ask: Ask, scene: Scene) -> dict[str, object]:
        city = scene.city
        return {
            "city": city.short if city else "",
            "registration": "或者".join(city.parameters["registration_called"].words) if city else "",
        }
