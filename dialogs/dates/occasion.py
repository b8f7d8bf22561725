"""What a date answer is made from, and the form every one of them has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dialogs.compose import quotation
from dialogs.saying import Kind, NamedDate, Part
from dialogs.understanding.happenings import Event, Told
from knowledge.address import Address
from knowledge.city import City
from knowledge.text import in_chinese
from rules.reckoning import Reckoner


@dataclass(frozen=True)
class Occasion:
    """What a date answer is made from: the city, the topic's own part, what the person told, today and the calendar."""

    city: City
    part: Part
    told: Told
    concepts: frozenset[str]
    asked_on: date
    reckoner: Reckoner

    def day_of(self, *events: Event) -> date | None:
        """Return the day of the first of `events` that is told to the day, and with one day only."""
        told = self.told.only(*events)
        return told.span.first if told is not None and told.span.is_exact else None

    def names_time(self, *events: Event) -> bool:
        """Tell whether the message names a time of `events` that is no exact day."""
        told = self.told.of(*events)
        return told is not None and not told.span.is_exact


def answered(
    occasion: Occasion,
    first_line: str,
    dates: Iterable[NamedDate],
    addresses: Iterable[Address],
    *,
    workings: Iterable[str] = (),
    notes: Iterable[str] = (),
    days: Iterable[date | None] = (),
    counts: Iterable[int] = (),
) -> Part:
    """Return the part of a date answer. `days` and `counts` are what the lines say beside `dates`."""
    dates = tuple(dates)
    spoken = [in_chinese(named.day) for named in dates] + [in_chinese(day) for day in days if day]
    city = occasion.city
    quotations = tuple(quotation(city, city.provision(address)) for address in _narrowest(addresses))
    computed = tuple(dict.fromkeys([*spoken, *(f"{count}天" for count in counts)]))
    topic = occasion.part.topic
    return Part(Kind.ANSWER, first_line, topic, quotations, tuple(notes), tuple(workings), dates, computed)


def _narrowest(addresses: Iterable[Address]) -> list[Address]:
    """Return each provision once, and no whole article beside an 项 of it, which brings its opening words along."""
    once = list(dict.fromkeys(addresses))
    itemised = {address.article for address in once if address.item is not None}
    return [one for one in once if one.item is not None or one.paragraph is not None or one.article not in itemised]


def with_request(part: Part, request: str) -> Part:
    """Return a topic's own part with the request for the date that would let us count."""
    return replace(part, notes=(*part.notes, request))


def addresses_of(city: City, *names: str) -> list[Address]:
    """Return the provisions that carry the named rules, where the text states them."""
    rules = [city.parameters[name] for name in names]
    return [evidence.address for rule in rules for evidence in rule.evidence]
