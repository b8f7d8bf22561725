"""Concepts: what people's words mean, by the lexicon `knowledge/topics/concepts.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping


class Lexicon:
    """Finds the concepts of a normalised text. Built once; every method is a pure function."""

    def __init__(self, concepts: Mapping[str, re.Pattern[str]]) -> None:
        self._concepts = concepts

    def concepts_in(self, text: str) -> frozenset[str]:
        """Return the concepts whose words occur in the normalised text."""
        return frozenset(name for name, pattern in self._concepts.items() if pattern.search(text))

    def spans_of_concepts(self, text: str) -> list[tuple[int, int]]:
        """Return where in `text` words of concepts stand, as (start, end)."""
        return [match.span() for pattern in self._concepts.values() for match in pattern.finditer(text)]
