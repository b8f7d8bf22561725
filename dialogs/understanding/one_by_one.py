"""Many questions in one message, told one by one: which are answered now, and which were asked too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dialogs.understanding.choosing import MAX_TOPICS, SURE
from dialogs.understanding.following import ASPECTS, SHARED_CONCEPTS
from dialogs.understanding.ranking import Candidate
from knowledge.topic import Topic

ABOUT_APPLYING = ("application", "basics")
"""Groups of topics whose thing is the permit itself: 能办不，要带啥 asks what to bring for it."""

CLEAR_CLAUSE = 0.9
"""A clause that is so clear a question by itself is answered too."""

_PERMIT = "_named_permit"
_OF_THE_PERMIT = (*ABOUT_APPLYING, "fees")


@dataclass(frozen=True)
class Clause:
    """A clause that asks: its concepts, and the topic it is likeliest to ask by itself; None for no topic."""

    concepts: frozenset[str]
    likeliest: Candidate | None


def one_by_one(
    topics: tuple[str, ...], clauses: Iterable[Clause], known: Mapping[str, Topic]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the topics to answer, and those that were asked too and are left out: none where all find room.

    `topics` are those that all the words together are likest to. More than MAX_TOPICS clear questions are answered in
    the order in which they were asked instead.
    """
    named = [one for one in _by_themselves(clauses, known) if one.score >= SURE]
    clear = tuple(dict.fromkeys(one.topic for one in named if one.score >= CLEAR_CLAUSE))
    if len(clear) > MAX_TOPICS:
        topics = clear[:MAX_TOPICS]
    everything = dict.fromkeys((*topics, *(one.topic for one in named)))
    if not topics or len(everything) <= MAX_TOPICS:
        return topics, ()
    return topics, tuple(topic for topic in everything if topic not in topics)


def _by_themselves(clauses: Iterable[Clause], known: Mapping[str, Topic]) -> Iterable[Candidate]:
    """Yield what each clause asks, but for those that ask something of a thing named before: 证丢了，要不要钱."""
    is_of_a_thing = False
    for clause in clauses:
        asked = clause.likeliest
        if asked is None:
            continue
        names_a_thing = bool(clause.concepts - ASPECTS - SHARED_CONCEPTS - {_PERMIT})
        if names_a_thing or not is_of_a_thing:
            yield asked
        is_of_a_thing |= asked.score >= SURE and known[asked.topic].group not in _OF_THE_PERMIT
