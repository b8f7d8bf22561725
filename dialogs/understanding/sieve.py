"""Of many patterns the few that a text can match: most are sorted out by a character that the text does not hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from operator import add

from dialogs.understanding.needles import LETTER, needles_of


class Sieve:
    """Sorts patterns out. Built once; `left_for` is a pure function."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        holding: defaultdict[str, set[int]] = defaultdict(set)
        always: list[int] = []
        for place, pattern in enumerate(patterns):
            needles = needles_of(pattern.pattern) if not pattern.flags & re.VERBOSE else ()
            for needle in needles:
                holding[needle].add(place)
            if not needles:
                always.append(place)
        self._holding = {LETTER: (), **{needle: tuple(places) for needle, places in holding.items()}}
        self._always = tuple(always)

    def left_for(self, text: str) -> list[int]:
        """Return the places, in order, of the patterns that may be found in `text`; any other is not."""
        needles = {*text, *map(add, text, text[1:])} & self._holding.keys()
        if text.lower() != text.upper():
            needles.add(LETTER)
        return sorted({*self._always, *chain.from_iterable(map(self._holding.__getitem__, needles))})
