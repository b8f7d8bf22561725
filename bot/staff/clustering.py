"""Questions that were kept, put together where they ask the same.

Each different wording is a set of the features that the reader looks at (runs of characters, concepts; names of our
cities left out), weighed by their rarity in the topic model, beside the GUESSES topics the reader takes it for first,
each by the root of its probability. Two wordings are as alike as the cosine of all that; the guesses count GUESSED
times the words. Wordings that are set aside come first, then the most asked, then the longest: each joins the leader
it is most like, if that is at least ALIKE, and is a leader otherwise. So the order in which questions came plays no
part, and every question is in exactly one cluster.

Chosen on the 403 labelled questions that have an answer, redacted (same topic = same cluster). Of the pairs put
together so many are right, of those to be put together so many are, so many questions are with the topic of most:

    words alone, ALIKE 0.20             0.34  0.18  0.87
    words alone, ALIKE 0.25             0.43  0.13  0.93
    GUESSED 1 (as much), ALIKE 0.50     0.43  0.35  0.84
    GUESSED 1.3, ALIKE 0.60             0.42  0.36  0.84
    GUESSED 1.3, ALIKE 0.65             0.39  0.15  0.91

Most of the pairs that count as wrong are the same matter under another label (overdue, overdue_suspend). The two in the
middle put the labelled questions together alike; of 5,000 training messages the latter makes fewer clusters, 1,639
instead of 2,061. That takes 1.8 s of one core: call `clustered` in a thread.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bot.store.questions import KeptQuestion
from dialogs.redaction_vocabulary import NUMBER, PLACE, SOMETHING
from dialogs.understanding.features import features_of
from dialogs.understanding.ranking import rank
from dialogs.understanding.reading import Reader
from knowledge.library import Library
from knowledge.topic_model import TopicModel

ALIKE = 0.6
GUESSED = 1.3
GUESSES = 3
EXAMPLES = 3

_NOT_WORDS = re.compile(r"[\W_]+")
_LEAST_GUESSES = (ALIKE * (1 + GUESSED**2) - 1) / GUESSED**2
"""Less alike in their guesses, two wordings with the very same words would still not be ALIKE."""

Vector = Mapping[str, float]


@dataclass(frozen=True)
class Wording:
    """Questions in the same words; `key` is the hash of these, `text` how they were written most often."""

    key: str
    text: str = field(repr=False)
    questions: tuple[KeptQuestion, ...] = field(repr=False)


@dataclass(frozen=True)
class Cluster:
    """Wordings that ask the same, the leader first; `is_aside`: staff set its leader aside."""

    wordings: tuple[Wording, ...]
    is_aside: bool

    @property
    def key(self) -> str:
        """The key of the leader."""
        return self.wordings[0].key

    @property
    def questions(self) -> tuple[KeptQuestion, ...]:
        """All questions of the cluster."""
        return tuple(question for wording in self.wordings for question in wording.questions)


@dataclass(frozen=True)
class Example:
    """A wording as it is shown: how often it was asked, and in which city (slug; None: not known) most often."""

    text: str = field(repr=False)
    city: str | None
    count: int


@dataclass(frozen=True)
class Seen:
    """What of a cluster is shown: of the questions that are looked at alone.

    `cities` (slug; None: not known) and `kinds` with their counts, most first; `first` and `last` in seconds since
    1970; `topic` is the one most of them were taken for. `examples` are at most EXAMPLES different wordings, and
    `is_whole` tells that there are no others.
    """

    key: str
    count: int
    examples: tuple[Example, ...] = field(repr=False)
    cities: tuple[tuple[str | None, int], ...]
    kinds: tuple[tuple[str | None, int], ...]
    topic: str | None
    first: float
    last: float
    is_aside: bool
    is_whole: bool


@dataclass(frozen=True)
class _Read:
    """A text as it is compared: `words` tells which texts are the same wording."""

    words: str = field(repr=False)
    features: Vector = field(repr=False)
    guesses: Vector


def clustered(
    library: Library, reader: Reader, questions: Iterable[KeptQuestion], aside: Collection[str] = ()
) -> tuple[Cluster, ...]:
    """Return the clusters of redacted questions, the most asked first; `aside` holds the keys that are set aside."""
    read, wordings = _wordings(library, reader, questions)
    wordings.sort(key=lambda one: (one.key not in aside, -len(one.questions), -len(one.text), one.key))
    by_guess: defaultdict[str, list[int]] = defaultdict(list)
    leaders: list[_Read] = []
    members: list[list[Wording]] = []
    for wording in wordings:
        one = read[wording.key]
        joined = None if wording.key in aside else _leader_of(one, leaders, by_guess)
        if joined is None:
            for guess in one.guesses:
                by_guess[guess].append(len(leaders))
            leaders.append(one)
            members.append([wording])
        else:
            members[joined].append(wording)
    found = [Cluster(tuple(several), several[0].key in aside) for several in members]
    return tuple(sorted(found, key=lambda one: (-len(one.questions), one.key)))


def seen(cluster: Cluster, is_wanted: Callable[[KeptQuestion], bool]) -> Seen | None:
    """Return what of a cluster is shown when these of its questions are looked at; None when it is none of them."""
    wanted = [
        (wording, kept)
        for wording in cluster.wordings
        if (kept := [one for one in wording.questions if is_wanted(one)])
    ]
    if not wanted:
        return None
    wanted.sort(key=lambda pair: (-len(pair[1]), len(pair[0].text), pair[0].text))
    questions = [question for _, kept in wanted for question in kept]
    examples = tuple(
        Example(wording.text, _counted(one.city for one in kept)[0][0], len(kept))
        for wording, kept in wanted[:EXAMPLES]
    )
    return Seen(
        cluster.key,
        len(questions),
        examples,
        cities=_counted(question.city for question in questions),
        kinds=_counted(question.kind for question in questions),
        topic=_commonest(question.topic for question in questions if question.topic),
        first=min(question.at for question in questions),
        last=max(question.at for question in questions),
        is_aside=cluster.is_aside,
        is_whole=len(wanted) <= EXAMPLES,
    )


def without_marks(text: str) -> str:
    """Return a redacted question without the marks of what was taken out."""
    return text.replace(SOMETHING, " ").replace(PLACE, " ").replace(NUMBER, " ").strip()


def _wordings(
    library: Library, reader: Reader, questions: Iterable[KeptQuestion]
) -> tuple[dict[str, _Read], list[Wording]]:
    """Return the different wordings, and by their keys how they are read."""
    by_text: dict[str, _Read] = {}
    rarest = max(library.topic_model.rarity, default=1.0)
    together: defaultdict[str, list[KeptQuestion]] = defaultdict(list)
    for question in questions:
        text = question.text
        if text not in by_text:
            by_text[text] = _read(library.topic_model, rarest, reader, text)
        together[by_text[text].words].append(question)
    read, wordings = {}, []
    for words, same in together.items():
        same.sort(key=lambda one: (one.at, one.text, one.kind, one.city or "", one.topic or ""))
        text = _commonest(one.text for one in same) or ""
        key = hashlib.sha256(words.encode()).hexdigest()
        # Names of places left out may still say something: of several readings that of the text that is shown.
        read[key] = by_text[text]
        wordings.append(Wording(key, text, tuple(same)))
    return read, wordings


def _read(model: TopicModel, rarest: float, reader: Reader, text: str) -> _Read:
    plain = text.replace(SOMETHING, " ").replace(PLACE, " ").replace(NUMBER, "0")
    normalised, places, told = reader.facts_in(plain)
    asked = reader.asked_in(normalised, places, told)
    features = {
        one: model.rarity[model.index[one]] if one in model.index else rarest
        for one in sorted(features_of(asked.text, asked.concepts))  # always in one order: sums are not exact
    }
    guesses = {one.topic: math.sqrt(one.score) for one in rank(model, asked.text, asked.concepts)[:GUESSES]}
    return _Read(_NOT_WORDS.sub("", asked.text), _unit(features), _unit(guesses))


def _leader_of(one: _Read, leaders: list[_Read], by_guess: Mapping[str, list[int]]) -> int | None:
    """Return the leader most alike, the first of several; None when none is alike enough."""
    best, found = ALIKE, None
    nearby = sorted({leader for guess in one.guesses if guess in by_guess for leader in by_guess[guess]})
    for at in nearby:
        other = leaders[at]
        guessed = _product(one.guesses, other.guesses)
        if guessed < _LEAST_GUESSES:
            continue
        alike = (_product(one.features, other.features) + GUESSED**2 * guessed) / (1 + GUESSED**2)
        if alike > best or (found is None and alike == best):
            best, found = alike, at
    return found


def _product(one: Vector, other: Vector) -> float:
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    return sum([weight * more[name] for name, weight in fewer.items() if name in more])


def _unit(weights: dict[str, float]) -> Vector:
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {name: weight / length for name, weight in weights.items()} if length else weights


def _counted(values: Iterable[str | None]) -> tuple[tuple[str | None, int], ...]:
    return tuple(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0] or "")))


def _commonest(values: Iterable[str | None]) -> str | None:
    return next((value for value, _ in _counted(values)), None)
