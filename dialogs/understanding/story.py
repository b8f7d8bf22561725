"""A person's own story → the facts of the batch contract. What is not said stays unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from dialogs.understanding.happenings import Event, Happening, Told
from dialogs.understanding.places import Mention
from dialogs.understanding.reading import Reader
from dialogs.understanding.story_bases import Said, bases_of
from knowledge.city import City
from knowledge.divisions import prefecture_of, province_names, short_name

_MOVED = (Event.ARRIVED, Event.RESIDES, Event.HIRED)
_LASTING = (
    (Event.REGISTERED, "months_registered"),
    (Event.ARRIVED, "months_resided"),
    (Event.RESIDES, "months_resided"),
)
_FROM_THERE = re.compile(
    r"[\u4e00-\u9fff]{0,6}?(?:的|嘞|哩|滴)(?:人|农村)?(?:[,，。 ]|$)|[\u4e00-\u9fff]{0,6}?人[,，。 ]"
)
"""What follows a place at the beginning of a story when one is from there: 平昌驷马镇的，宁城天义的人。"""

_BEGINNING = 5
_NEAR = 8
"""So many characters before a day can still say that it is the registration's."""

_TOWNSHIP = re.compile(r"[省市县区旗]?([\u4e00-\u9fff]{2,4}?(?:镇|乡|苏木))")
_AGE = re.compile(r"(?<![\d第])(\d{1,2})\s*周?岁|满(\d{1,2})(?!\d|个|年|天|月|周)")
_DAYS_IN_MONTH = 30


class StoryReader:
    """Reads stories with the words of `knowledge/story.toml`. Built once; `read` is a pure function."""

    def __init__(self, reader: Reader, words: Mapping[str, re.Pattern[str]]) -> None:
        self._reader = reader
        self._words = words

    def read(self, story: str, city: City, today: date) -> dict[str, Any]:
        """Return the facts that `story`, told in or about `city`, says; keys as in the batch contract."""
        normalised, places, told = self._reader.facts_in(story, city.slug, today)
        text = normalised.text
        said = Said(text, self._words)
        facts: dict[str, Any] = {}
        facts |= _nationality(said)
        facts |= _places(text, said, city, places.mentions)
        facts |= _times(said, told)
        facts |= _others(said)
        bases = bases_of(said)
        return {**facts, **({"basis": bases} if bases else {})}


def _nationality(said: Said) -> dict[str, Any]:
    for name, told in (("hong_kong_macao_taiwan", "港澳台居民"), ("foreigner", "外国人")):
        match = said.words[name].search(said.text)
        if match is None:
            continue
        is_of_another = said.words["of_others"].search(said.text[: match.start()]) is not None
        if not is_of_another or "proxy" in said:
            return {"nationality": told}
    return {}


# --- places ---


def _places(text: str, said: Said, city: City, mentions: tuple[Mention, ...]) -> dict[str, Any]:
    home = _hukou_mentions(text, city, mentions)
    lived = [mention for mention in mentions if mention not in home and mention.city == city.slug]
    county = next((mention.county for mention in lived if mention.county), None)
    residence: dict[str, Any] = {"city": city.name}
    residence |= {"county": county} if county else {}
    residence |= _area(said)
    hukou = _hukou(text, city, home)
    return {"residence_place": residence, **({"hukou_place": hukou} if hukou else {})}


def _hukou_mentions(text: str, city: City, mentions: tuple[Mention, ...]) -> list[Mention]:
    """Return the places of the household registration: said to be, or of another city, or where one says to be from."""
    said = [
        mention
        for mention in mentions
        if mention.hukou or mention.origin or mention.city != city.slug or _says_home(text, mention)
    ]
    elsewhere = [mention for mention in said if mention.city != city.slug]
    said = [mention for mention in said if not (mention.former and mention.city == city.slug and elsewhere)]
    named = [mention for mention in said if mention.hukou or _hukou_follows(text, mention)]
    if named:  # 达州渠县户口: the prefecture right before its county belongs to it
        first = min(mention.start for mention in named)
        joined = [m for m in said if m not in named and m.start + len(m.name) == first]
        return [*joined, *named]
    return said


def _says_home(text: str, mention: Mention) -> bool:
    """Tell whether 户口 follows the place, or the story begins with being from there."""
    begins = mention.start <= _BEGINNING and not mention.lives
    after = text[mention.start + len(mention.name) :]
    return _hukou_follows(text, mention) or (begins and _FROM_THERE.match(after) is not None)


def _hukou_follows(text: str, mention: Mention) -> bool:
    after = text[mention.start + len(mention.name) :]
    return re.match(r"[省市县区旗]?(?:[\u4e00-\u9fff]{2,4}(?:镇|乡|苏木))?(?:的|农村)*户口", after) is not None


def _hukou(text: str, city: City, home: list[Mention]) -> dict[str, Any]:
    """Return the place in its parts; a county alone tells its prefecture where no other is called so."""
    found: dict[str, Any] = {}
    for mention in home:
        if mention.city == city.slug:
            found |= {"city": city.name, "province": city.province}
            found |= {"county": mention.county} if mention.county else {}
        elif mention.name in set(province_names()):
            found["province"] = mention.name
        elif seat := prefecture_of(mention.name, found.get("province")):
            found |= {"province": seat[0], "city": seat[1], "county": mention.name}
        elif "city" not in found:
            found["city"] = mention.name
        else:
            found["county"] = mention.name
        township = _TOWNSHIP.match(text, mention.start + len(mention.name))
        found |= {"township": township[1]} if township else {}
    return found


def _area(said: Said) -> dict[str, Any]:
    for name, area in (("town", "县城"), ("city_area", "城区"), ("countryside", "乡镇")):
        if name in said:
            return {"area": area}
    return {}


# --- times ---


def _times(said: Said, told: Told) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    registration = _registration(told)
    if registration is not None:
        facts |= {"registered": True, **_when("registered", registration.span.first, registration.span.last)}
    elif "not_registered" in said:
        facts["registered"] = False
    elif "registered" in said:
        facts |= {"registered": True, **_lone_day(said.text, told)}
    change = _change(told)
    moved = told.of(*_MOVED) or (told.of(Event.CHANGED) if not change else None)
    if moved is not None:
        facts |= _when("moved", moved.span.first, moved.span.last)
    for event, key in _LASTING:
        lasting = told.since(event)
        if lasting is not None:
            length = lasting.length
            months = length.months + length.days / _DAYS_IN_MONTH + length.tendency
            if length.is_exact or length.tendency:  # 大概半年 can be more or less: not known
                facts.setdefault(key, round(max(months, 0.0), 1))
    return facts | change


def _when(name: str, first: date, last: date) -> dict[str, Any]:
    if first == last:
        return {f"{name}_on": first.isoformat()}
    if name == "moved" or (first.day == 1 and (last.month, last.year) == (first.month, first.year) and last.day > 27):
        return {f"{name}_month": f"{first:%Y-%m}"}
    return {f"{name}_range": [first.isoformat(), last.isoformat()]}


def _registration(told: Told) -> Happening | None:
    """Return the registration that counts: the last one, unless a change of address lies between two."""
    found = [one for one in told.happenings if one.event is Event.REGISTERED]
    return (found[0] if told.of(Event.CHANGED) else found[-1]) if found else None


def _lone_day(text: str, told: Told) -> dict[str, Any]:
    """Return the registration's day when the story names a single day and says of it nothing else."""
    moments = [one for one in told.moments if "登" in text[max(0, one.start - _NEAR) : one.start]]
    if len(moments) != 1 or told.happenings:
        return {}
    return _when("registered", moments[0].span.first, moments[0].span.last)


def _change(told: Told) -> dict[str, Any]:
    changed, registrations = told.of(Event.CHANGED), [one for one in told.happenings if one.event is Event.REGISTERED]
    if changed is None or not changed.span.is_exact or not registrations:
        return {}
    if registrations[0].span.first > changed.span.first:
        return {}  # 搬来以后才登记：搬来，不是换地址
    facts: dict[str, Any] = {"address_changed": True, "address_changed_on": changed.span.first.isoformat()}
    reports = [one for one in told.happenings if one.event in (Event.REGISTERED, Event.CHANGED)]
    later = [one for one in reports if one.span.is_exact and one.span.first > changed.span.first]
    return facts | ({"change_reported_on": later[0].span.first.isoformat()} if later else {})


# --- what applies besides ---


def _others(said: Said) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "interrupted" in said and "not_interrupted" not in said:
        facts["interrupted"] = True
    for name, key, value in (
        ("should_settle", "should_hold_local_urban_hukou", True),
        ("mobility_impaired", "mobility_impaired", True),
        ("no_id_card", "has_id_card", False),
        ("proxy", "proxy", "家人"),
    ):
        if name in said:
            facts[key] = value
    age = _AGE.search(said.text)
    return facts | ({"age": int(age[1] or age[2])} if age else {})


_SAME = (
    {"moved_on", "moved_month", "months_resided"},
    {"registered_on", "registered_month", "registered_range", "months_registered", "registered"},
)
"""Keys that tell the same thing: what is given as a fact takes the place of all that the story says of it."""


def merged(told: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a story with those given beside it, which win; a place is taken part by part."""
    given = {key: value for key, value in facts.items() if value is not None and value != []}
    ruled_out = {key for group in _SAME if group & set(given) for key in group}
    both = {key: value for key, value in told.items() if key not in ruled_out}
    for key, value in given.items():
        is_place = isinstance(value, dict) and isinstance(both.get(key), dict)
        both[key] = _joined(both[key], value) if is_place else value
    return {**facts, **both}


def _joined(told: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a place whose given parts win; a given city leaves nothing of another one that was told."""
    known = {key: value for key, value in given.items() if value is not None}
    levels = [key for key in ("province", "city") if key in told and key in known]
    same = all(short_name(str(told[key])) == short_name(str(known[key])) for key in levels)
    return {**(told if same else {}), **known}
