"""Search over the words of the provisions: an inverted BM25 index of jieba words and character bigrams."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledge.address import Address
from knowledge.city import City
from knowledge.segment import words
from knowledge.text import squeeze

_K1, _B = 1.2, 0.6


@dataclass(frozen=True)
class Passage:
    """A provision found, with its score and the words of the query it contains (why it ranked)."""

    city: str
    address: Address
    score: float
    matched: tuple[str, ...]


class ArticleSearch:
    """Finds provisions by their words. Built once; searching is a pure function."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        self._units: list[tuple[str, Address, str]] = []
        for city in cities.values():
            for address in city.addresses():
                provision = city.provision(address)
                own = provision.text if address.item else _opening(city, address)
                self._units.append((city.slug, address, squeeze(own)))
        self._terms = [Counter(_terms(text)) for _, _, text in self._units]
        self._lengths = [sum(terms.values()) for terms in self._terms]
        self._average = sum(self._lengths) / max(1, len(self._lengths))
        self._postings: dict[str, list[int]] = defaultdict(list)
        for index, terms in enumerate(self._terms):
            for term in terms:
                self._postings[term].append(index)

    def search(self, query: str, city: str | None = None, limit: int = 10) -> list[Passage]:
        """Return the best passages for `query`, best first; `city` restricts them to one city."""
        terms = [term for term in dict.fromkeys(_terms(squeeze(query))) if term in self._postings]
        scores: dict[int, float] = defaultdict(float)
        for term in terms:
            for index in self._postings[term]:
                if city is None or self._units[index][0] == city:
                    scores[index] += self._weight(term, index)
        best = sorted(scores, key=lambda index: (-scores[index], index))[: limit * 3]
        ranked = sorted(best, key=lambda index: -scores[index] * (1 + self._likeness(query, index)))
        return [self._passage(index, scores[index], terms) for index in ranked[:limit]]

    def containing(self, phrase: str, city: str | None = None) -> list[tuple[str, Address]]:
        """Return every 款 or 项 whose own text contains `phrase` (widths and white space aside), in order."""
        wanted = squeeze(phrase)
        return [
            (slug, address)
            for slug, address, text in self._units
            if wanted and wanted in text and (city is None or slug == city)
        ]

    def frequency(self, word: str) -> int:
        """Return in how many provisions `word` occurs."""
        wanted = squeeze(word)
        return sum(wanted in text for _, _, text in self._units)

    def _weight(self, term: str, index: int) -> float:
        containing = len(self._postings[term])
        rarity = math.log(1 + (len(self._units) - containing + 0.5) / (containing + 0.5))
        count = self._terms[index][term]
        norm = _K1 * (1 - _B + _B * self._lengths[index] / self._average)
        return rarity * count * (_K1 + 1) / (count + norm) * (1.5 if len(term) > 2 else 1.0)

    def _likeness(self, query: str, index: int) -> float:
        return fuzz.partial_ratio(squeeze(query), self._units[index][2][:200]) / 300

    def _passage(self, index: int, score: float, terms: list[str]) -> Passage:
        slug, address, _ = self._units[index]
        return Passage(slug, address, round(score, 3), tuple(term for term in terms if term in self._terms[index]))


def _opening(city: City, address: Address) -> str:
    """Return a 款's own words: its opening sentence when it has items, which are indexed on their own."""
    article = city.act.article(address.article)
    paragraph = article.paragraph(address.paragraph or 1) if article else None
    return paragraph.text if paragraph else ""


def _terms(text: str) -> list[str]:
    bigrams = [text[index : index + 2] for index in range(len(text) - 1)]
    return [*(word for word in words(text) if len(word) > 1), *bigrams]
