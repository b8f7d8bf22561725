"""An assessment in plain words: the verdict, each condition with its provision, what is missing, what would help."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dialogs import words
from dialogs.compose import caveats, document_word
from dialogs.office_lines import office_lines
from knowledge.address import Address
from knowledge.city import City
from knowledge.library import Library
from knowledge.text import in_chinese
from rules.eligibility import Assessment, Reason, Verdict
from rules.eligibility.clock import CLOCKS
from rules.eligibility.remedies import Remedy, remedies
from rules.next_steps import NextStep, next_steps
from rules.person import Person

_FIRST_LINES = {
    Verdict.ELIGIBLE: words.CHECK_ELIGIBLE,
    Verdict.NOT_ELIGIBLE: words.CHECK_NOT_ELIGIBLE,
    Verdict.NEED_MORE_INFO: words.CHECK_NEED_MORE,
}


def verdict_text(library: Library, city: City, person: Person, found: Assessment, today: date) -> str:
    """Return the whole answer to a pre-check, for people."""
    lines = [_first_line(city, found), city.source, *_conditions(city, found), *_readings(city, found)]
    if found.missing:
        what = "；".join(words.CHECK_KEYS.get(key, key) for key in found.missing)
        lines.append(words.CHECK_MISSING.format(what=what))
    if found.presumed:
        what = "、".join(words.CHECK_CONDITIONS.get(name, name) for name in found.presumed)
        lines.append(words.CHECK_PRESUMED.format(what=what))
    lines += _remedies(city, remedies(city, person, found, today))
    if found.verdict in (Verdict.ELIGIBLE, Verdict.NOT_YET):
        lines += [words.CHECK_NEXT, *(_next_step(city, step) for step in next_steps(city, person))]
        lines += office_lines(library, city, person.residence.county)
    return "\n".join([*lines, *caveats(city, today), words.CHECK_NOT_BINDING])


def _readings(city: City, found: Assessment) -> list[str]:
    """Return how else the text can be read, where that would decide otherwise."""
    rules = city.eligibility
    if rules is None:
        return []
    doubtful = {reason.condition for reason in found.reasons if reason.met is not True}
    told = [rules.inside_city.readings] if "inside_city" in doubtful else []
    told += [rules.clock.readings] if {reason.condition for reason in found.reasons} & CLOCKS else []
    return [words.CHECK_READINGS.format(readings=readings) for readings in told if readings]


def _first_line(city: City, found: Assessment) -> str:
    if any(reason.condition == "people" and reason.met is False for reason in found.reasons):
        return words.CHECK_PEOPLE
    if found.verdict is Verdict.NOT_YET:
        return words.CHECK_NOT_YET_ON.format(day=in_chinese(found.earliest)) if found.earliest else words.CHECK_NOT_YET
    return _FIRST_LINES[found.verdict].format(city=city.short, document=document_word(city))


def _places(city: City, addresses: Iterable[Address]) -> str:
    return "、".join(dict.fromkeys(city.name_of(address) for address in addresses))


def _conditions(city: City, found: Assessment) -> list[str]:
    """Return a line for each condition, its places named once, in the order they were judged."""
    grouped: dict[tuple[str, bool | None, str], list[Reason]] = {}
    for reason in found.reasons:
        grouped.setdefault((reason.condition, reason.met, reason.detail), []).append(reason)
    lines = []
    for (condition, met, detail), reasons in grouped.items():
        if condition in found.presumed:
            continue
        places = _places(city, (reason.address for reason in reasons))
        told = words.CHECK_RELATED if condition in words.CHECK_HOW else words.CHECK_MET[met]
        kind = f"（{words.CHECK_CODES[detail]}）" if detail in words.CHECK_CODES else ""
        lines.append(f"· {words.CHECK_CONDITIONS.get(condition, condition)}{kind}：{told}（{places}）")
    return lines


def _remedies(city: City, found: tuple[Remedy, ...]) -> list[str]:
    lines = [f"· {_change(remedy)}（{_places(city, remedy.cites)}）" for remedy in found]
    return [words.CHECK_REMEDIES, *lines] if lines else []


def _change(remedy: Remedy) -> str:
    """Return the change in words; a code is the sort of job, home or study that would count."""
    code = words.CHECK_CODES.get(remedy.change)
    if code is not None:
        return words.CHECK_NEAREST.format(what=words.CHECK_CONDITIONS[remedy.condition], code=code)
    dated, undated = words.CHECK_CHANGES[remedy.change]
    return dated.format(day=in_chinese(remedy.day)) if remedy.day and dated else undated


def _next_step(city: City, step: NextStep) -> str:
    parameter = step.parameter
    title = parameter.kind.title
    if parameter.value is None:
        return f"· {title}：{words.CHECK_SILENT.format(document=document_word(city))}"
    readings = words.CHECK_READINGS.format(readings=parameter.readings) if parameter.readings else ""
    return f"· {title}：{parameter.spoken}（{_places(city, parameter.cites)}）{readings}"
