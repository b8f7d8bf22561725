"""换领补领 / 变更地址 / 代办 / 落户: one or two facts that decide, then the provisions that answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from dialogs.compose import topic_part
from dialogs.dates import Occasion, with_dates
from dialogs.flows.conditions import has_city
from dialogs.flows.fields import CityOf, OneOf
from dialogs.flows.flow import Ask, Flow, Outcome
from dialogs.flows.past_date import PastDate, read_span
from dialogs.flows.scene import Scene
from dialogs.saying import Kind, Part
from dialogs.understanding.happenings import Event, Happening, Told

_Topics = Mapping[str, tuple[str, ...]]


def _parts(scene: Scene, topics: Iterable[str], told: Told, concepts: Iterable[str] = ()) -> tuple[Part, ...]:
    """Return the answers to `topics`; what this city's text is silent on comes after what it states."""
    city, given = scene.place, frozenset(concepts)

    def part(topic: str) -> Part:
        own = topic_part(scene.library, city, topic)
        return with_dates(Occasion(city, own, told, given, scene.today, scene.tools.reckoner))

    parts: list[Part] = []
    for answer in map(part, topics):
        same = [one for one in parts if answer.quotations and one.quotations == answer.quotations]
        if same and answer.dates and not same[0].dates:
            parts = [answer if one is same[0] else one for one in parts]  # the one that says the day
        elif not same:
            parts.append(answer)
    return tuple(sorted(parts, key=lambda answer: answer.kind is Kind.NOT_COVERED))


class _Guide(Flow):
    """A guide: the topics to answer are chosen by one ask."""

    chosen_by: ClassVar[str]
    topics: ClassVar[_Topics]

    def ending(self, scene: Scene) -> Outcome:
        topics = self.topics.get(scene.answers.get(self.chosen_by) or "", next(iter(self.topics.values())))
        return Outcome(_parts(scene, topics, self._told(scene), self._concepts(scene)))

    def _told(self, scene: Scene) -> Told:
        del scene
        return Told()

    def _concepts(self, scene: Scene) -> tuple[str, ...]:
        del scene
        return ()


class Replacement(_Guide):
    """换领、补领."""

    name = "replacement"
    topic = "lost"
    chosen_by = "what"
    topics: ClassVar[_Topics] = {
        "lost": ("lost", "replacement_bring", "fee_reissue", "replacement_time"),
        "damaged": ("damaged", "replacement_bring", "fee_exchange", "replacement_time", "return_old"),
        "changed": ("information_update", "fee_change"),
        "expired": ("overdue", "endorsement_where", "endorsement_bring"),
    }

    city = Ask(CityOf(), needed=True)
    what = Ask(OneOf(), needed=True, when=has_city, why="lost")


def _has_a_deadline(scene: Scene) -> bool:
    """Hold where the day of the move leads to a day by which something is to be done."""
    if not has_city(scene) or scene.answers.get("where") not in ("within", "across"):
        return False
    rules = scene.place.parameters
    is_across = scene.answers["where"] == "across" and rules["change_across"].value is not None
    return rules["change_across_wait" if is_across else "change_within"].value is not None


class AddressChange(_Guide):
    """变更地址: where to, and when."""

    name = "address"
    topic = "address_change"
    chosen_by = "where"
    topics: ClassVar[_Topics] = {
        "within": ("address_change_within", "address_change_deadline", "address_change_late"),
        "across": ("address_change_cross",),
        "away": ("address_change_cross", "circumstances_changed"),
    }

    city = Ask(CityOf(), needed=True)
    where = Ask(OneOf(), needed=True, when=has_city, why="address_change")
    moved_on = Ask(PastDate(), when=_has_a_deadline)

    def ending(self, scene: Scene) -> Outcome:
        """Where the text has no rule of its own for a move across counties, what it says of every move."""
        if scene.answers["where"] == "away":
            outcome = super().ending(scene)
            return replace(outcome, parts=(Part(Kind.FLOW, scene.wording.say("where.away")), *outcome.parts))
        if scene.answers["where"] != "across" or scene.place.parameters["change_across"].value is not None:
            return super().ending(scene)
        topics = ("address_change_deadline", "address_change_cross", "address_change")
        return Outcome(_parts(scene, topics, self._told(scene), ("address",)))

    def _told(self, scene: Scene) -> Told:
        day = scene.answers.get("moved_on")
        return Told((Happening(Event.CHANGED, read_span(day), 0, 0),)) if day else Told()

    def _concepts(self, scene: Scene) -> tuple[str, ...]:
        return ("address", {"across": "cross_move", "within": "within_area"}.get(scene.answers["where"], "address"))


class Proxy(_Guide):
    """代办: what is to be done for another person."""

    name = "proxy"
    topic = "proxy"
    chosen_by = "what"
    topics: ClassVar[_Topics] = {
        "register": ("registration_proxy", "registration_bring"),
        "apply": ("proxy", "materials"),
        "endorse": ("endorsement_proxy", "endorsement_bring"),
    }

    city = Ask(CityOf(), needed=True)
    what = Ask(OneOf(), needed=True, when=has_city, why="proxy")


class Settling(_Guide):
    """落户: what the text says of settling, and of what counts for it."""

    name = "settle"
    topic = "settle"
    chosen_by = "way"
    topics: ClassVar[_Topics] = {
        "any": ("settle", "settle_years", "points"),
        "renting": ("settle", "settle_renting", "settle_years"),
        "family": ("settle", "settle_family"),
    }

    city = Ask(CityOf(), needed=True)
    way = Ask(OneOf(), when=has_city, why="settle")
