"""Which of the ranked topics is meant: one, several, or none surely enough."""

from __future__ import annotations

from dataclasses import replace

from dialogs.understanding.happenings import DATED
from dialogs.understanding.ranking import Candidate

SURE = 0.55
"""A best candidate at or above this probability is answered."""

CLEAR_LEAD = 0.18
"""From UNSURE up, a candidate that leads the next by this much is answered too."""

UNSURE = 0.35
"""Between UNSURE and SURE the best readings are offered as a choice; below, nothing was understood."""

WORTH_OFFERING = 0.08
"""A reading below this probability is not offered as a choice."""

ASKED_WITH_A_DAY = 0.25
"""A topic opened by a day the message tells (受理那天, 到期日) needs to be less sure: such a message asks for a day."""

WORTH_A_DAY = 0.015
DAY_GATE = 0.75
"""A topic opened this strongly by a day and by a question for a day goes before likelier ones without."""

OPEN_GATE = 0.45
"""A candidate whose gate is weaker than this was chosen by likeness alone and needs to be surer."""

ONE_OF_SEVERAL = 0.15
SEVERAL_TOGETHER = 0.55
"""Two or three topics opened by different words are all answered when each and all together are this probable."""

MAX_TOPICS = 3

SHARED_CONCEPTS = frozenset({"permit", "apply", "regulation"})
"""Concepts of nearly every question; alone they single out no topic."""

_ASKS_WHEN = frozenset({"when", "deadline", "how_long"})


def asked_in_one_breath(candidates: tuple[Candidate, ...]) -> tuple[str, ...]:
    """Return two or three topics of one message (多长时间 多少钱 带啥), each opened by words of its own."""
    several = [c for c in candidates[:MAX_TOPICS] if c.score >= ONE_OF_SEVERAL and c.concepts]
    own = [set(c.concepts) - SHARED_CONCEPTS for c in several]
    apart = all(one - other and other - one for index, one in enumerate(own) for other in own[index + 1 :])
    together = sum(c.score for c in several) >= SEVERAL_TOGETHER
    return tuple(c.topic for c in several) if len(several) > 1 and apart and together else ()


def day_first(ranked: list[Candidate], concepts: frozenset[str]) -> list[Candidate]:
    """Put the topic first that a day of the message opens, when the message asks until when or from when.

    证丢了，11月4日受理的，几号前能发 asks for a day, however much its words are like those of other questions.
    """
    if not concepts & _ASKS_WHEN:
        return ranked
    dated = [c for c in ranked if _is_opened_by_a_day(c) and not c.signals[2] and c.score >= WORTH_A_DAY]
    if not dated or _is_opened_by_a_day(ranked[0]):
        return ranked
    first = max(dated, key=lambda candidate: (candidate.gate, candidate.score))
    raised = replace(first, score=max(first.score, ranked[0].score))
    lowered = replace(ranked[0], score=min(first.score, ranked[0].score))
    return [raised, lowered, *(c for c in ranked[1:] if c is not first)]


def _is_opened_by_a_day(candidate: Candidate) -> bool:
    return candidate.gate >= DAY_GATE and any(name.startswith(DATED) for name in candidate.concepts)


def is_clear(candidates: tuple[Candidate, ...]) -> bool:
    """Tell whether the best candidate is sure enough, or leads clearly enough, to be answered."""
    best = candidates[0]
    # A rival that the message itself rules out is none, unless the best is ruled out too.
    rivals = [candidate for candidate in candidates[1:] if best.signals[2] or not candidate.signals[2]]
    lead = best.score - (rivals[0].score if rivals else 0.0)
    needed = 0.0 if best.gate >= OPEN_GATE else 0.2
    if any(name.startswith(DATED) for name in best.concepts):
        needed = ASKED_WITH_A_DAY - UNSURE
    return best.score >= SURE + needed or (best.score >= UNSURE + needed and lead >= CLEAR_LEAD)
