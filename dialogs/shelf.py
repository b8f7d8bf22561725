"""Answers that are the same for everyone: composed and proven once, then handed out as they are."""

from __future__ import annotations

from dataclasses import replace

from dialogs.compose import topic_part, verify_part
from dialogs.office_lines import WHERE_TOPICS, known_offices, office_lines
from dialogs.saying import Kind, Part
from knowledge.city import City
from knowledge.library import Library


class Shelf:
    """Holds what each city answers to each topic, before anything that a person told changes it.

    It holds at most one part for each topic and county, and nothing of any message.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._parts: dict[tuple[str, str, str | None], Part] = {}
        self._proven: dict[int, Part] = {}

    def part_of(self, city: City, topic: str, county: str | None) -> Part:
        """Return the answer to one topic for a person who lives in `county`, or somewhere in the city.

        Raises ProofError when it does not verify: it must not be sent. Raises KeyError for a topic that does not exist.
        """
        place = (city.slug, topic, county)
        part = self._parts.get(place)
        if part is None:
            part = _with_offices(self._library, city, topic_part(self._library, city, topic), county)
            verify_part(self._library, part)
            self._parts[place] = self._proven[id(part.quotations)] = part
        return part

    def has_proven(self, part: Part) -> bool:
        """Tell whether all that a proof would look at was proven here: the very same quotations, under the same line.

        What was only put beside them proves nothing and needs no proof: a note, or that a detail is not written.
        """
        proven = self._proven.get(id(part.quotations))  # what is kept keeps its quotations: no others have their id
        if proven is None or part.workings or part.lines:
            return False
        says_the_same = (part.kind, part.first_line) == (proven.kind, proven.first_line)
        return says_the_same or part.kind is Kind.NOT_COVERED


def _with_offices(library: Library, city: City, part: Part, county: str | None) -> Part:
    """Return the part with where to go, if it asks for that or the text is silent."""
    if part.topic in WHERE_TOPICS and part.kind is not Kind.REFER_NATIONAL:
        return replace(part, notes=(*part.notes, *office_lines(library, city, county)))
    if part.kind is Kind.NOT_COVERED:
        return replace(part, notes=(*part.notes, *known_offices(library, city, county)))
    return part
