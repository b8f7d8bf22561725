"""An assessment in plain words: the verdict, each condition with its provision, what is missing, what would help."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dialogs import words
from dialogs.compose import caveats, document_word, quotation
from dialogs.office_lines import office_lines
from dialogs.saying import Kind, Line, Part
from knowledge.address import Address
from knowledge.city import City
from knowledge.library import Library
from knowledge.text import in_chinese
from rules.eligibility import Assessment, Reason, Verdict
from rules.eligibility.clock import CLOCKS
from rules.eligibility.remedies import Remedy, remedies
from rules.next_steps import PROOFS, NextStep, next_steps
from rules.person import Person

_CARRYING = {"conditions", *CLOCKS}

_FIRST_LINES = {
    Verdict.ELIGIBLE: words.CHECK_ELIGIBLE,
    Verdict.NOT_ELIGIBLE: words.CHECK_NOT_ELIGIBLE,
    Verdict.NEED_MORE_INFO: words.CHECK_NEED_MORE,
}


MAX_QUOTATIONS = 3
"""So many provisions are quoted in full beside a verdict; the others are named."""


def verdict_text(library: Library, city: City, person: Person, found: Assessment, today: date) -> str:
    """Return the whole answer to a pre-check as text, for the batch command."""
    lines: list[str] = []
    for part in verdict_parts(library, city, person, found, today):
        lines += [part.first_line, *([city.source] if not lines else [])]
        lines += [*(line.shown for line in part.lines), *part.notes]
    return "\n".join([*lines, *caveats(city, today), words.CHECK_NOT_BINDING])


def verdict_parts(library: Library, city: City, person: Person, found: Assessment, today: date) -> tuple[Part, ...]:
    """Return a verdict as it is said: each condition with its provisions, what would help, what to do next."""
    first = _first_line(city, person, found)
    notes = [*_readings(city, person, found), *_missing(found), *_presumed(found)]
    spoken = (in_chinese(found.earliest),) if found.earliest else ()
    quotations = tuple(quotation(city, city.provision(address)) for address in _deciding(found))
    parts = [Part(Kind.FLOW, first, None, quotations, tuple(notes), computed=spoken, lines=_conditions(city, found))]
    changes = tuple(_remedy(city, remedy) for remedy in remedies(city, person, found, today))
    if changes:
        parts.append(Part(Kind.FLOW, words.CHECK_REMEDIES, lines=changes))
    if found.verdict in (Verdict.ELIGIBLE, Verdict.NOT_YET):
        parts.append(_next_part(library, city, person))
    return tuple(parts)


def _deciding(found: Assessment) -> list[Address]:
    """Return the provisions that decide: of what is not met; else those of the time and of job, home and study."""
    unmet = [reason for reason in found.reasons if reason.met is False and not reason.condition.startswith("basis.")]
    deciding = unmet or [reason for reason in found.reasons if reason.condition in _CARRYING]
    return list(dict.fromkeys(reason.address for reason in deciding))[:MAX_QUOTATIONS]


def _missing(found: Assessment) -> list[str]:
    what = "；".join(words.CHECK_KEYS.get(key, key) for key in found.missing)
    return [words.CHECK_MISSING.format(what=what)] if what else []


def _presumed(found: Assessment) -> list[str]:
    what = "、".join(words.CHECK_CONDITIONS.get(name, name) for name in found.presumed)
    return [words.CHECK_PRESUMED.format(what=what)] if what else []


def _readings(city: City, person: Person, found: Assessment) -> list[str]:
    """Return how else the text can be read, where that would decide otherwise."""
    rules = city.eligibility
    if rules is None:
        return []
    doubtful = {reason.condition for reason in found.reasons if reason.met is not True}
    told = [rules.inside_city.readings] if "inside_city" in doubtful and _reads_both_ways(city, person) else []
    told += [rules.clock.readings] if {reason.condition for reason in found.reasons} & CLOCKS else []
    return [words.CHECK_READINGS.format(readings=readings) for readings in told if readings]


def _reads_both_ways(city: City, person: Person) -> bool:
    """Tell whether the move was between a county and the town's districts: of it the text does not speak clearly."""
    hukou, home = person.hukou.county, person.residence.county
    is_between = hukou is not None and home is not None and hukou.endswith("区") != home.endswith("区")
    return is_between and city.eligibility is not None and bool(city.eligibility.inside_city.readings)


def _first_line(city: City, person: Person, found: Assessment) -> str:
    if any(reason.condition == "people" and reason.met is False for reason in found.reasons):
        return words.CHECK_PEOPLE
    if found.verdict is Verdict.NOT_YET:
        return words.CHECK_NOT_YET_ON.format(day=in_chinese(found.earliest)) if found.earliest else words.CHECK_NOT_YET
    unmet = {reason.condition for reason in found.reasons if reason.met is False}
    if unmet == {"inside_city"} and _reads_both_ways(city, person):
        return words.CHECK_NOT_ELIGIBLE_AS_READ
    return _FIRST_LINES[found.verdict].format(city=city.short, document=document_word(city))


def _conditions(city: City, found: Assessment) -> tuple[Line, ...]:
    """Return a line for each condition, its places named once, in the order they were judged."""
    grouped: dict[tuple[str, bool | None, str], list[Reason]] = {}
    for reason in found.reasons:
        grouped.setdefault((reason.condition, reason.met, reason.detail), []).append(reason)
    lines = []
    for (condition, met, detail), reasons in grouped.items():
        does_not_matter = condition.startswith("basis.") and met is not True and _has_counted(found)
        if condition in found.presumed or does_not_matter:
            continue
        told = words.CHECK_RELATED if condition in words.CHECK_HOW else words.CHECK_MET[met]
        kind = f"（{words.CHECK_CODES[detail]}）" if detail in words.CHECK_CODES else ""
        text = f"{words.CHECK_CONDITIONS.get(condition, condition)}{kind}：{told}"
        lines.append(_line(city, text, (reason.address for reason in reasons), kind))
    return tuple(lines)


def _has_counted(found: Assessment) -> bool:
    return any(reason.condition == "conditions" and reason.met for reason in found.reasons)


def _line(city: City, text: str, cites: Iterable[Address], *computed: str) -> Line:
    places = tuple((city.name_of(address), address) for address in dict.fromkeys(cites))
    return Line(city.slug, text, places, tuple(one for one in computed if one))


def _remedy(city: City, remedy: Remedy) -> Line:
    return _line(city, _change(remedy), remedy.cites, in_chinese(remedy.day) if remedy.day else "")


def _change(remedy: Remedy) -> str:
    """Return the change in words; a code is the sort of job, home or study that would count."""
    code = words.CHECK_CODES.get(remedy.change)
    if code is not None:
        return words.CHECK_NEAREST.format(what=words.CHECK_CONDITIONS[remedy.condition], code=code)
    dated, undated = words.CHECK_CHANGES[remedy.change]
    return dated.format(day=in_chinese(remedy.day)) if remedy.day and dated else undated


def _next_part(library: Library, city: City, person: Person) -> Part:
    steps = next_steps(city, person)
    readings = [step.parameter.readings for step in steps if step.parameter.value is not None]
    notes = [words.CHECK_READINGS.format(readings=one) for one in readings if one]
    offices = office_lines(library, city, person.residence.county)
    lines = tuple(_next_step(city, step) for step in steps)
    return Part(Kind.FLOW, words.CHECK_NEXT, lines=lines, notes=(*notes, *offices))


def _next_step(city: City, step: NextStep) -> Line:
    parameter = step.parameter
    told = parameter.spoken or words.CHECK_SILENT.format(document=document_word(city))
    is_list = isinstance(parameter.value, tuple) and len(parameter.value) > 1
    is_proof = step.name in PROOFS.values() and is_list
    if is_proof and any("之一" in city.provision(address).in_full for address in parameter.cites):
        told += words.CHECK_ONE_IS_ENOUGH
    return _line(city, f"{parameter.kind.title}：{told}", parameter.cites if parameter.value is not None else ())
