"""What is said to a person whose 签注 is late: what the permit is worth, until when what can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dialogs.dates import words
from dialogs.dates.occasion import Occasion, addresses_of, answered
from dialogs.saying import NamedDate, Part
from knowledge.address import Address
from knowledge.city import City
from knowledge.text import in_chinese
from rules.endorsement import Anchor, Cycle, Lateness, Outcome, anchor_of, lateness
from rules.reckoning import half_year

LATE_TOPICS = ("overdue", "overdue_years")
WINDOW_RULES = ("endorsement_window", "endorsement_counts_from")
_LATE_RULES = (
    "late_effect",
    "late_restored_by",
    "late_restores_within",
    "late_afterwards",
    "late_years",
    "late_keeps_years_within",
)


@dataclass(frozen=True)
class Year:
    """The cycle a person asks about and how it was found; `is_about` when the day was only told by a duration.

    `note` says what the text leaves open about its start.
    """

    cycle: Cycle
    how: str
    start: date
    is_about: bool = False
    note: str = ""


def late_part(occasion: Occasion, year: Year, day: date) -> Part:
    """Return what follows from endorsing on `day`; the topic's own part where the text does not say."""
    city, cycle = occasion.city, year.cycle
    late = lateness(city, cycle, day)
    if late is None:
        return occasion.part
    lines = _LateLines(city, cycle, late, day)
    first, workings = lines.first(), [lines.how_late()]
    if year.is_about:
        estimate = words.ABOUT.format(line=first)
        answers = occasion.part.topic in LATE_TOPICS
        first, workings = (occasion.part.first_line, [estimate]) if answers else (estimate, [])
    if late.outcome in (Outcome.KEPT, Outcome.RESTARTED):
        workings.append(lines.how_limit())
    return answered(
        occasion,
        first,
        lines.dates(is_about=year.is_about),
        _late_places(occasion, *(() if year.is_about else WINDOW_RULES)),
        workings=workings,
        notes=[*([words.ABOUT_CHECK] if year.is_about else []), *lines.notes(), *([year.note] if year.note else [])],
        days=[day, year.start, *lines.days()],
        counts=[lines.days_late],
    )


def _late_places(occasion: Occasion, *further: str) -> list[Address]:
    """Return the provisions of the topic's own answer, then those the reckoning rests on."""
    own = [shown.address for shown in occasion.part.quotations]
    return [*own, *addresses_of(occasion.city, *_LATE_RULES, *further)]


@dataclass(frozen=True)
class _LateLines:
    """What is said of a missed year."""

    city: City
    cycle: Cycle
    late: Lateness
    day: date

    @property
    def days_late(self) -> int:
        """Days since the year was full; where the text counts to the expiry date, since the permit stopped."""
        start = self.late.broken_from if anchor_of(self.city) is Anchor.EXPIRY else self.cycle.full
        return (self.day - start).days

    def first(self) -> str:
        """Return the first line."""
        late = self.late
        limit = in_chinese(late.limit) if late.limit else ""
        strict = in_chinese(late.strict_limit) if late.strict_limit else ""
        is_strictly_past = late.strict_limit is not None and late.strict_limit < self.day
        match late.outcome:
            case Outcome.VOID:
                return words.VOID.format(last=in_chinese(self.cycle.last))
            case Outcome.REGISTER_ANEW:
                return words.REGISTER_ANEW.format(limit=limit)
            case Outcome.KEPT:
                return (words.KEPT_TODAY if is_strictly_past else words.KEPT).format(limit=limit, strict=strict)
            case Outcome.RESTARTED:
                within = self.city.parameters["late_keeps_years_within"].duration
                return words.RESTARTED.format(counts=in_chinese(self.day), within=within)
        if late.limit is None:
            return words.RESTORED
        return (words.RESTORED_TODAY if is_strictly_past else words.RESTORED_UNTIL).format(limit=limit, strict=strict)

    def days(self) -> list[date | None]:
        """Return the days that the lines can name."""
        cycle, late = self.cycle, self.late
        anew = half_year(self.city, self.day) if late.outcome is Outcome.REGISTER_ANEW else None
        return [cycle.full, cycle.last, late.limit, late.strict_limit, late.broken_from, anew]

    def how_late(self) -> str:
        """Return how many days late it is, and from when."""
        told = {"full": in_chinese(self.cycle.full), "day": in_chinese(self.day), "late": self.days_late}
        if anchor_of(self.city) is Anchor.EXPIRY:
            return words.LATE_EXPIRY.format(**told, broken=in_chinese(self.late.broken_from))
        line = words.LATE_LAST if self.days_late else words.LATE_TODAY
        return line.format(**told, last=in_chinese(self.cycle.last))

    def how_limit(self) -> str:
        """Return why the years run on or begin anew."""
        late = self.late
        limit = in_chinese(late.limit) if late.limit else ""
        within = self.city.parameters["late_keeps_years_within"].duration
        told = {"within": within, "limit": limit, "day": in_chinese(self.day)}
        return (words.KEPT_LIMIT if late.outcome is Outcome.KEPT else words.RESTARTED_LIMIT).format(**told)

    def notes(self) -> list[str]:
        """Return what comes of it, what the text leaves open, and whom to ask."""
        office = (self.city.parameters["endorsement_at"].words or (words.THE_OFFICE,))[0]
        strict, day = self.late.strict_limit, in_chinese(self.day)
        is_strictly_past = strict is not None and strict < self.day
        match self.late.outcome:
            case Outcome.VOID:
                today = [] if self.days_late else [words.VOID_TODAY]
                return [*today, words.VOID_CHECK, *self._open("late_restored_by")]
            case Outcome.REGISTER_ANEW:
                half = in_chinese(half_year(self.city, self.day))
                anew = words.HALF_ANEW.format(day=day, half=half, office=office)
                return [anew, *self._open("late_afterwards")]
            case Outcome.RESTARTED:
                return [words.RESTARTED_HOW.format(office=office), *self._open("late_restores_within")]
        told = [words.STRICT_IS_PAST.format(office=office)] if is_strictly_past else []
        if self.late.outcome is Outcome.RESTORED and self.late.counts_from is not None:
            return [*told, words.COUNTS_FROM.format(counts=day), *self._open("late_years")]
        return told

    def _open(self, name: str) -> list[str]:
        """Return what this city's text leaves open on a rule: its silence, or its two readings."""
        parameter = self.city.parameters[name]
        told = parameter.note or parameter.readings
        return [words.READINGS.format(readings=told)] if told else []

    def dates(self, *, is_about: bool) -> list[NamedDate]:
        """Return the computed dates by their names in the batch contract; of an estimate only what is sure."""
        city, cycle, late = self.city, self.cycle, self.late
        place = city.parameters["late_effect"].cites[-1]
        if is_about:
            return [NamedDate("residence_count_from", late.counts_from, place)] if late.counts_from else []
        if anchor_of(city) is Anchor.EXPIRY:
            found: list[tuple[str, date | None]] = [("expires_on", cycle.full), ("suspended_from", late.broken_from)]
            found += [("last_day_to_keep_continuity", late.limit), ("last_day_conservative", late.strict_limit)]
        else:
            found = [("anniversary", cycle.full), ("last_day_in_time", cycle.last)]
            found += [("last_day_to_restore", late.limit)]
        if late.outcome is Outcome.REGISTER_ANEW:
            found += [("reregistered_on", self.day), ("half_year_mark_if_reregistered", half_year(city, self.day))]
        found += [("residence_count_from", late.counts_from)]
        return [NamedDate(name, day, place) for name, day in found if day]
