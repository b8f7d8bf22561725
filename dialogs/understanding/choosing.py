"""Which of the ranked topics are answered: one, several asked in one breath, or none surely enough.

The limits are probabilities of the calibrated topic model, chosen on the tuning questions (docs/understanding.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from dialogs.understanding.happenings import DATED
from dialogs.understanding.kinds import EMERGENCIES
from dialogs.understanding.ranking import Candidate
from knowledge.topic import Gate, Topic, opens

SURE = 0.2
"""A best candidate at or above this probability is answered: the next best is hardly ever near it."""

SHORTEST = 2
"""A single character asks for nothing."""

SHORT, SURE_WHEN_SHORT = 4, 0.7
"""A message of so few characters gives little to go by: it needs a surer topic, and asks for one only."""

ASKED_TOO = 0.3
"""Another candidate at or above this probability is asked in the same breath: 补办要钱不 几天拿."""

NEARLY = 0.7
"""When the best is unsure, another reading that is nearly as likely is answered with it rather than asked about."""

OTHER_THINGS = ("services", "elsewhere", "settlement")
"""护照几天拿到 asks nothing of the permit: with another thing only other things are answered."""

WORTH_OFFERING = 0.08
"""A reading below this probability is not offered as a choice."""

HEARD = 0.4
"""From here up a message is taken for a greeting, the wish for a dialog, another subject."""

HEARD_IN_NEED = 0.2
"""An emergency is heard sooner: a number to call too many harms less than one too few."""

SHORTEST_NEED = 8
"""But not in a message of fewer characters (钱, 觉得): these tell of one by the words of `manners.toml` alone."""

OVERRIDING = 0.3
"""From here up a topic that leaves no room for another (外国人) is taken alone."""

MAX_TOPICS = 3

_CHINESE = re.compile("[\u4e00-\u9fff]")
"""The model was taught Chinese: in <script> or ÿþ it hears nothing, whatever it is likest to."""

_ASKS_WHEN = frozenset({"when", "deadline", "how_long"})
_BY_A_DAY = 0.5
"""The probability of a topic that a day of the message and the question for a day open together."""


def chosen(text: str, candidates: tuple[Candidate, ...], topics: Mapping[str, Topic]) -> tuple[str, ...]:
    """Return the topics of `text` to answer, in order; empty when none is sure enough."""
    overriding = (c.topic for c in candidates if c.score >= OVERRIDING and c.is_topic and topics[c.topic].overrides)
    alone = next(overriding, None)
    if alone:
        return (alone,)
    best, length = _best_topic(candidates), len(text.strip())
    is_short = length <= SHORT
    if best is None or length < SHORTEST or best.score < (SURE_WHEN_SHORT if is_short else SURE):
        return ()
    needed = min(ASKED_TOO, best.score * NEARLY)
    likely = [c for c in candidates if (c is best or c.score >= needed) and c.is_topic]
    if topics[best.topic].group in OTHER_THINGS:
        likely = [c for c in likely if topics[c.topic].group in OTHER_THINGS]
    return tuple(c.topic for c in likely)[: 1 if is_short else MAX_TOPICS]


def _best_topic(candidates: tuple[Candidate, ...]) -> Candidate | None:
    """Return the likeliest topic; None when the message is surely something else.

    A manner rules no topic out: who wants to buy a false permit is told the law, who greets may ask too.
    """
    first = candidates[0] if candidates else None
    if first and first.score >= HEARD and first.kind in ("none", "flow"):
        return None
    return next((candidate for candidate in candidates if candidate.is_topic), None)


def heard_as(text: str, candidates: tuple[Candidate, ...], kind: str) -> frozenset[str]:
    """Return what else `text` surely is, of the kind "manner", "flow" or "none"."""
    named = [one for one in candidates if one.score >= HEARD_IN_NEED and one.kind == kind]
    if not named or not _CHINESE.search(text):
        return frozenset()
    is_long = len(text.strip()) >= SHORTEST_NEED
    surely = {one.name for one in named if one.name not in EMERGENCIES and one.score >= HEARD}
    in_need = {one.name for one in named if one.name in EMERGENCIES and is_long and one.score >= HEARD_IN_NEED}
    return frozenset(surely | in_need)


def choices(candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
    """Return the readings to offer when none is answered; none when it is most likely about nothing of ours."""
    if _best_topic(candidates) is None:
        return ()
    return tuple(c.topic for c in candidates[:3] if c.score >= WORTH_OFFERING and c.is_topic)


def tells_a_day(concepts: frozenset[str]) -> bool:
    """Tell whether a message with these concepts says of what a day or a while in it is told."""
    return any(name.startswith(DATED) for name in concepts)


def day_first(
    ranked: tuple[Candidate, ...], concepts: frozenset[str], topics: Mapping[str, Topic]
) -> tuple[Candidate, ...]:
    """Put the topic first that a day of the message opens, when it asks until when, or about nothing far from it.

    证丢了，11月4日受理的，几号前能发 asks for a day, however much its words are like those of other questions.
    """
    if not tells_a_day(concepts):
        return ranked
    opened = {slug: size for slug, topic in topics.items() if (size := _opened_by_a_day(topic, concepts))}
    if not concepts & _ASKS_WHEN:
        near = next((topics[one.topic].group for one in ranked if one.is_topic), None)
        opened = {slug: size for slug, size in opened.items() if topics[slug].group == near}
    if not opened:
        return ranked
    if ranked and ranked[0].topic in opened:
        return (replace(ranked[0], score=max(ranked[0].score, _BY_A_DAY)), *ranked[1:])
    scores = {candidate.topic: candidate.score for candidate in ranked}
    first = max(opened, key=lambda slug: (scores.get(slug, 0.0), opened[slug]))
    raised = Candidate(first, max(_BY_A_DAY, ranked[0].score if ranked else 0.0))
    others = (one for one in ranked if one.topic != first)
    rest = [replace(one, score=min(one.score, ASKED_TOO / 2)) if one.is_topic else one for one in others]
    return (raised, *rest)


def _opened_by_a_day(topic: Topic, concepts: frozenset[str]) -> int:
    """Return how many concepts of the message open the topic together with a day; 0 for none."""
    gates = [gate for gate in topic.dated if opens(gate, concepts) and _names_a_day(gate)]
    if not gates or any(opens(never, concepts) for never in topic.dated_excludes):
        return 0
    return max(map(len, gates))


def _names_a_day(gate: Gate) -> bool:
    return any(name.startswith(DATED) for group in gate for name in group)
