"""Which topic a message is about: several signals for each topic, joined by a small fitted model.

The signals are things one can point at: concepts that open the topic's gate, likeness to example questions, words typical of
the topic. Their weights (`weights.py`) are fitted on labelled questions by `make fit`.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dialogs.understanding.normalise import normalise
from dialogs.understanding.weights import WEIGHTS
from knowledge.library import Library
from knowledge.topic import Gate, Topic, opens

SIGNALS = (
    "gate", "opened", "excluded", "gate_excluded", "nearest", "nearest_three", "typical", "telling", "explained", "gate_nearest",
)  # fmt: skip
"""The signals in the order of WEIGHTS; each is between 0 and about 1."""

_FILLER = re.compile(
    r"[\s,，。.?？!！;；:：、~…“”\"'()（）《》【】]|我想问[一下哈]*|请问|你好|您好|那个|这个|就是|额|俺|我|一下|一哈|哦|嘛|呢|啊|呀|嘞|咧|滴|的|了|吗|哎|喂|嗯|老师|师傅|谢谢"
)
_WORTH_YIELDING = 0.1
OTHER_THINGS = ("services", "elsewhere")
"""Groups of topics about other things than the permit: 驾照换证 is not about 换证."""
_GRAM_WEIGHT = {1: 0.5, 2: 1.0, 3: 0.8}
_CONCEPT_WEIGHT = 1.6
_TELLING_WEIGHT = {1: 0.3, 2: 0.6, 3: 0.6}
_TELLING_CONCEPT_WEIGHT = 1.5


@dataclass(frozen=True)
class Candidate:
    """A topic with its probability and the signals that speak for it.

    `score` is 0..1 over all topics; `gate` is how strongly the message's own concepts open the topic (0: not at all).
    """

    topic: str
    score: float
    gate: float
    concepts: tuple[str, ...]
    example: str | None
    signals: tuple[float, ...]


@dataclass(frozen=True)
class _Example:
    topic: str
    text: str
    features: frozenset[str]


class TopicRanker:
    """Ranks topics for a normalised text. Built once from the library; ranking is a pure function."""

    def __init__(self, library: Library) -> None:
        self._topics: Mapping[str, Topic] = library.topics
        self._concepts = library.concepts
        self._rarity = self._concept_rarity()
        self._examples = [
            self._example(topic.slug, text)
            for topic in library.topics.values()
            for text in (topic.title, *topic.examples)
        ]
        self._index()

    def concepts_in(self, text: str) -> frozenset[str]:
        """Return the concepts whose words occur in the normalised text."""
        return frozenset(name for name, pattern in self._concepts.items() if pattern.search(text))

    def spans_of_concepts(self, text: str) -> list[tuple[int, int]]:
        """Return where in `text` words of concepts stand, as (start, end)."""
        return [match.span() for pattern in self._concepts.values() for match in pattern.finditer(text)]

    def rank(self, text: str, extra: frozenset[str] = frozenset()) -> list[Candidate]:
        """Return the topics, most probable first. `extra` are concepts known from elsewhere than the words.

        Empty when nothing in the text speaks for any topic.
        """
        concepts = self.concepts_in(text) | extra
        rows = self._signals(text, concepts)
        if not rows:
            return []
        logits = {slug: sum(w * s for w, s in zip(WEIGHTS, row.signals, strict=True)) for slug, row in rows.items()}
        top = max(logits.values())
        total = sum(math.exp(value - top) for value in logits.values()) + (len(self._topics) - len(rows)) * math.exp(
            -top
        )
        scores = {slug: math.exp(value - top) / total for slug, value in logits.items()}
        scores = self._yield_to_specific(scores, rows, concepts)
        ranked = sorted(scores, key=lambda slug: (-scores[slug], slug))
        return [_with_score(rows[slug], scores[slug]) for slug in ranked]

    def _yield_to_specific(
        self, scores: dict[str, float], rows: dict[str, Candidate], concepts: frozenset[str]
    ) -> dict[str, float]:
        """Let a topic that is ruled out (材料, by 签注) give its place to the topic that 签注 and 材料 open together."""
        best = max(scores, key=lambda slug: scores[slug])
        ruled_out_by = {
            name
            for never in self._topics[best].excludes
            if opens(never, concepts)
            for group in never
            for name in group & concepts
        }
        if not ruled_out_by:
            return scores
        for other in sorted(scores, key=lambda slug: -scores[slug])[1:5]:
            row = rows[other]
            takes_over = not row.signals[2] and ruled_out_by & set(row.concepts)
            is_another_thing = self._topics[other].group in OTHER_THINGS
            if takes_over and (is_another_thing or (len(row.concepts) > 1 and scores[other] >= _WORTH_YIELDING)):
                return {**scores, best: scores[other], other: scores[best]}
        return scores

    def signals(self, text: str, extra: frozenset[str] = frozenset()) -> dict[str, Candidate]:
        """Return, for each topic with any signal, a candidate without score."""
        return self._signals(text, self.concepts_in(text) | extra)

    def _signals(self, text: str, concepts: frozenset[str]) -> dict[str, Candidate]:
        features = _features(text, concepts)
        vector = self._vector(features)
        alike = self._alike(vector)
        typical, telling = self._typical_of(vector), self._telling_of(features)
        known = sum(self._rarity[name] for name in concepts if name[0] != "_") or 1.0
        rows: dict[str, Candidate] = {}
        for slug, topic in self._topics.items():
            gate, used = self._strongest(topic.gates, concepts)
            dated, dated_used = self._strongest(topic.dated, concepts)
            excludes = topic.excludes
            if dated_used:
                gate, used, excludes = max(gate, dated), dated_used, topic.dated_excludes
            near = alike.get(slug)
            if near is None and not used:
                continue
            best, three, example = near or (0.0, 0.0, None)
            excluded = float(any(opens(never, concepts) for never in excludes))
            explained = sum(self._rarity[name] for name in concepts & self._named[slug]) / known
            signals = (
                gate, float(bool(used)), excluded, gate * excluded, best, three, typical.get(slug, 0.0), telling.get(slug, 0.0), explained, gate * best,
            )  # fmt: skip
            rows[slug] = Candidate(slug, 0.0, gate * (1 - 0.7 * excluded), used, example, signals)
        return rows

    # --- concepts and gates ---

    def _strongest(self, gates: Iterable[Gate], concepts: frozenset[str]) -> tuple[float, tuple[str, ...]]:
        """Return the strength of the best open gate and the concepts that open it."""
        best = 0.0
        used: tuple[str, ...] = ()
        for gate in gates:
            if not opens(gate, concepts):
                continue
            matched = self._matched(gate, concepts)
            total = sum(self._rarity[name] for name in matched)
            if total > best:
                best, used = total, matched
        return 1 - math.exp(-best / 4.0), used

    def _matched(self, gate: Gate, concepts: frozenset[str]) -> tuple[str, ...]:
        return tuple(max(group & concepts, key=lambda name: (self._rarity[name], name)) for group in gate)

    def _concept_rarity(self) -> dict[str, float]:
        """Weigh a concept by how few topics need it: folic acid says more than 居住证."""
        used = Counter(
            name
            for topic in self._topics.values()
            for name in {n for gate in topic.gates for group in gate for n in group}
        )
        total = len(self._topics)
        return {name: math.log(1 + total / (1 + 2 * used.get(name, 0))) for name in self._concepts}

    # --- example questions ---

    def _example(self, slug: str, text: str) -> _Example:
        normal = normalise(text).text
        return _Example(slug, text, _features(normal, self.concepts_in(normal)))

    def _index(self) -> None:
        self._seen = Counter(feature for example in self._examples for feature in example.features)
        self._idf = {feature: math.log(1 + len(self._examples) / count) for feature, count in self._seen.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        summed: dict[str, dict[str, float]] = {slug: defaultdict(float) for slug in self._topics}
        for index, example in enumerate(self._examples):
            for feature, weight in self._vector(example.features).items():
                self._postings[feature].append((index, weight))
                summed[example.topic][feature] += weight
        self._typical: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for slug, weights in summed.items():
            norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
            for feature, weight in weights.items():
                self._typical[feature].append((slug, weight / norm))
        self._named = {
            slug: frozenset(name for gate in (*topic.gates, *topic.dated) for group in gate for name in group)
            for slug, topic in self._topics.items()
        }
        self._telling = self._telling_features()

    def _telling_features(self) -> dict[str, list[tuple[str, float]]]:
        """Map a feature to the topics it is more frequent in than elsewhere, with the logarithm of how much."""
        sizes = Counter(example.topic for example in self._examples)
        within = Counter((example.topic, feature) for example in self._examples for feature in example.features)
        telling: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for (slug, feature), count in within.items():
            here = (count + 0.3) / (sizes[slug] + 1)
            everywhere = (self._seen[feature] + 0.3) / (len(self._examples) + 1)
            weight = _TELLING_CONCEPT_WEIGHT if feature[0] == "#" else _TELLING_WEIGHT[len(feature)]
            telling[feature].append((slug, max(0.0, math.log(here / everywhere)) * weight))
        return telling

    def _typical_of(self, vector: Mapping[str, float]) -> dict[str, float]:
        """Return how much the message's features are those of a topic's examples taken together."""
        sums: dict[str, float] = defaultdict(float)
        for feature, weight in vector.items():
            for slug, value in self._typical.get(feature, ()):
                sums[slug] += weight * value
        return sums

    def _telling_of(self, features: frozenset[str]) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for feature in features:
            for slug, value in self._telling.get(feature, ()):
                sums[slug] += value
        scale = 5 + 2 * math.sqrt(len(features))
        return {slug: value / scale for slug, value in sums.items()}

    def _vector(self, features: Iterable[str]) -> dict[str, float]:
        unseen = math.log(1 + len(self._examples))
        raw = {
            feature: self._idf.get(feature, unseen)
            * (_CONCEPT_WEIGHT if feature[0] == "#" else _GRAM_WEIGHT[len(feature)])
            for feature in features
        }
        norm = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {feature: weight / norm for feature, weight in raw.items()}

    def _alike(self, vector: Mapping[str, float]) -> dict[str, tuple[float, float, str]]:
        """Return per topic the cosine to its nearest example, the mean of its nearest three, and the nearest example."""
        sums: dict[int, float] = defaultdict(float)
        for feature, weight in vector.items():
            for index, other in self._postings.get(feature, ()):
                sums[index] += weight * other
        by_topic: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for index, value in sums.items():
            by_topic[self._examples[index].topic].append((value, index))
        alike: dict[str, tuple[float, float, str]] = {}
        for slug, values in by_topic.items():
            values.sort(reverse=True)
            best, index = values[0]
            alike[slug] = (best, sum(value for value, _ in values[:3]) / 3, self._examples[index].text)
        return alike


def _with_score(candidate: Candidate, score: float) -> Candidate:
    return Candidate(candidate.topic, score, candidate.gate, candidate.concepts, candidate.example, candidate.signals)


def _features(text: str, concepts: Iterable[str]) -> frozenset[str]:
    """Return the concepts (#name; a helper of gates, _name, is none) and the runs of one, two and three characters, fillers left out."""
    plain = _FILLER.sub("", text)
    grams = (plain[index : index + size] for size in (1, 2, 3) for index in range(len(plain) - size + 1))
    return frozenset(grams) | {f"#{name}" for name in concepts if name[0] != "_"}
