"""Which answer written by staff a question gets, if any.

A question is like an ask when both tell the same concepts, those of nearly every question aside, and their features,
each weighed by how few messages have it, point the same way (cosine). The limits were chosen on labelled messages:

- 3,000 training messages beside 9,000 of all topics: at 0.75 no pair asked different things, at 0.3 38 of 538 did, most
  of them 补办 beside 补办要钱吗, which have an answer of their own and need 0.75;
- 1,584 asks, eight a topic, and 4,950 other training messages: at 0.3 183 found one, 6 a wrong one; without the limit
  to the same concepts 718 did, 159 a wrong one. Of 140 labelled messages that ask nothing of ours one found one;
- the shipped questions that have an answer, half of them made entries and the others asked, both ways: 399 of 403 asks
  found themselves, of the 827 other questions none an entry;
- a question that is spoiled still finds itself at 0.75: in traditional characters always, dictated in 97 of 100 cases,
  with fillers in 96, with a wrong homophone in 75, with two characters swapped in 63; the rest is answered as usual.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from dialogs.compose import caveats, verify_part
from dialogs.published import FaqEntry, Published, part_of
from dialogs.saying import Kind, Part, Saying
from dialogs.suggestions import suggestions_after
from dialogs.understanding.features import features_of
from dialogs.understanding.following import SHARED_CONCEPTS, Asked
from dialogs.understanding.reading import Reader, Understanding
from knowledge.library import Library

SAME = 0.75
"""So like an ask a question must be to be answered by it where it has a sure answer otherwise."""

LIKE = 0.3
"""So like an ask it must be where it would be asked back, or told that the text says nothing."""

_NOT_ANSWERED = (Kind.CLARIFY, Kind.NOT_COVERED)


@dataclass(frozen=True)
class Found:
    """The entry a question is most like: how much (0..1), what is said, and the topics that its asks are read as."""

    entry: FaqEntry
    likeness: float
    part: Part
    topics: frozenset[str]


@dataclass
class _Shelf:
    """The asks of a city that tell the same concepts: of each its entry and length, and by feature which have it."""

    asks: list[tuple[str, float]] = field(default_factory=list)
    having: dict[str, list[int]] = field(default_factory=dict)


class FaqBook:
    """The entries of all cities, prepared once; `find` is a pure function.

    Raises KeyError or ProofError for an entry that does not verify (`dialogs.published.problem_of`).
    """

    def __init__(self, library: Library, reader: Reader, published: Published) -> None:
        self.published = published
        self._library = library
        self._reader, self._model = reader, library.topic_model
        self._rarest = max(self._model.rarity, default=1.0)
        self._cities = frozenset(entry.city for entry in published.entries)
        self._shelves: dict[tuple[str, frozenset[str]], _Shelf] = {}
        self._found: dict[str, Found] = {}
        for entry in published.entries:
            part = part_of(library, entry)
            verify_part(library, part)
            topics = (topic for ask in entry.asks for topic in reader.read(ask, entry.city).topics)
            self._found[entry.id] = Found(entry, 0.0, part, frozenset(topics))
            for ask in entry.asks:
                normalised, places, told = reader.facts_in(ask, entry.city)
                self._add(entry, reader.asked_in(normalised, places, told))

    def instead_of(self, saying: Saying, city: str, understood: Understanding, today: date) -> Saying | None:
        """Return what staff wrote to this message of a person in `city`; None where `saying` stays.

        Where the message has an answer it must be the SAME as an ask, where it has none it may be LIKE one. What is
        switched off is answered by nobody.
        """
        is_settled = understood.places.outside or understood.places.several or saying.kind is Kind.PRIVACY
        if city not in self._cities or is_settled or self.published.sentence_for(city) is not None:
            return None
        if any(part.kind is Kind.REFUSE and part.topic for part in saying.parts):
            return None
        found = self.find(city, understood, LIKE if saying.kind in _NOT_ANSWERED else SAME)
        if found is None or any(self.published.sentence_for(city, topic) for topic in found.topics):
            return None
        topics, notes = understood.topics, caveats(self._library.cities[city], today)
        suggestions = suggestions_after(self._library, topics) if topics else ()
        topic = topics[0] if topics else None
        return Saying(Kind.ANSWER, city, topic, (found.part,), notes, suggestions, found.likeness)

    def find(self, city: str, understood: Understanding, least: float) -> Found | None:
        """Return the entry of `city` that the message is most like, at least so much; of equal ones the first.

        One that might go on from what was talked of before must be SAME, whatever `least` says.
        """
        asked = understood.asked
        if understood.goes_on:
            least = max(least, SAME)
            asked = self._reader.asked_in(understood.normalised, understood.places, understood.told)
        found = self._best(city, asked)
        return found if found is not None and found.likeness >= least else None

    def _best(self, city: str, asked: Asked) -> Found | None:
        shelf = self._shelves.get((city, _telling(asked.concepts)))
        if shelf is None:
            return None  # most questions: nobody wrote of these things
        features = features_of(asked.text, asked.concepts)
        shared: dict[int, float] = defaultdict(float)
        for feature in sorted(features & shelf.having.keys()):  # always in one order: such sums are not exact
            square = self._square(feature)
            for at in shelf.having[feature]:
                shared[at] += square
        if not shared:
            return None
        length = self._length(features)
        likeness = {at: common / length / shelf.asks[at][1] for at, common in shared.items()}
        best = max(sorted(likeness), key=likeness.__getitem__)
        return replace(self._found[shelf.asks[best][0]], likeness=round(likeness[best], 4))

    def _add(self, entry: FaqEntry, asked: Asked) -> None:
        features = features_of(asked.text, asked.concepts)
        shelf = self._shelves.setdefault((entry.city, _telling(asked.concepts)), _Shelf())
        for feature in features:
            shelf.having.setdefault(feature, []).append(len(shelf.asks))
        shelf.asks.append((entry.id, self._length(features)))

    def _length(self, features: Iterable[str]) -> float:
        return math.sqrt(math.fsum(map(self._square, features)))

    def _square(self, feature: str) -> float:
        """Return how much a feature counts: one that no message has is as rare as the rarest."""
        at = self._model.index.get(feature)
        return (self._rarest if at is None else self._model.rarity[at]) ** 2


def _telling(concepts: Iterable[str]) -> frozenset[str]:
    """Return the concepts that say what is asked: not those of nearly every question, nor that a day was told."""
    return frozenset(name for name in concepts if not name.startswith("_")) - SHARED_CONCEPTS
