"""Where to go: the offices an operator has entered, or that their addresses are not on file."""

from __future__ import annotations

from dialogs import words
from knowledge.city import City
from knowledge.library import Library
from knowledge.offices import Office
from knowledge.text import in_chinese

MAX_OFFICES = 3
"""So many offices fit beside an answer; the rest is counted."""

WHERE_TOPICS = frozenset(
    "apply_where registration_how endorsement_where lost damaged address_change office_info entrusted".split()
)
"""Topics whose answer is where to go."""


def office_lines(library: Library, city: City, county: str | None = None) -> tuple[str, ...]:
    """Return a line for each office near `county`; that none is on file when the operator has entered none."""
    offices = library.offices.of(city, county)
    if not offices:
        return (words.NO_OFFICES,)
    more = len(offices) - MAX_OFFICES
    shown = tuple(_line(office) for office in offices[:MAX_OFFICES])
    return (*shown, words.MORE_OFFICES.format(count=more)) if more > 0 else shown


def known_offices(library: Library, city: City, county: str | None = None) -> tuple[str, ...]:
    """Return the lines of the offices on file; none when there are none: who asks something else misses nothing."""
    return office_lines(library, city, county) if library.offices.of(city) else ()


def offices_named(library: Library, city: City, name: str) -> tuple[str, ...]:
    """Return the line of the office of this name; none when there is none."""
    return tuple(_line(office) for office in library.offices.of(city) if office.name == name)


def _line(office: Office) -> str:
    parts = [office.address, office.phone, office.hours, office.note]
    checked = words.OFFICE_CHECKED.format(day=in_chinese(office.checked_on))
    return words.OFFICE.format(name=office.name, told="，".join(part for part in parts if part), checked=checked)
