"""Concepts: what people's words mean, by the lexicon `knowledge/topics/concepts.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dialogs.understanding.sieve import Sieve


class Lexicon:
    """Finds the concepts of a normalised text. Built once; every method is a pure function."""

    def __init__(self, concepts: Mapping[str, re.Pattern[str]]) -> None:
        self._patterns = tuple(concepts.values())
        self._searches = tuple((name, pattern.search) for name, pattern in concepts.items())
        self._sieve = Sieve(concepts.values())

    def concepts_in(self, text: str) -> frozenset[str]:
        """Return the concepts whose words occur in the normalised text."""
        left = map(self._searches.__getitem__, self._sieve.left_for(text))
        return frozenset(name for name, search in left if search(text))

    def spans_of_concepts(self, text: str) -> list[tuple[int, int]]:
        """Return where in `text` words of concepts stand, as (start, end)."""
        return [match.span() for pattern in self._patterns for match in pattern.finditer(text)]
