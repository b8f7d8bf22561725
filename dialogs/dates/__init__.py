"""Answers to date questions: the day first, how it was worked out, then the law."""

from __future__ import annotations

from dialogs.completing import is_across
from dialogs.dates.deadlines import DEADLINES, deadline_part
from dialogs.dates.endorsement import WINDOW_TOPICS, endorsement_part
from dialogs.dates.lateness import LATE_TOPICS
from dialogs.dates.occasion import Occasion
from dialogs.dates.others import OTHERS, across_part
from dialogs.saying import Part

__all__ = ["Occasion", "with_dates"]

_AFTER_A_MOVE = (
    *WINDOW_TOPICS,
    "address_change",
    "address_change_deadline",
    "address_change_within",
    "address_change_cross",
    "half_year",
)
"""Topics that a move across counties answers otherwise than a year lived in one place."""


def with_dates(occasion: Occasion) -> Part:
    """Return the part of a topic with its dates worked out, where it has any; else as it is."""
    has_own_rule = occasion.city.parameters["change_across"].value is not None
    if has_own_rule and is_across(occasion.concepts) and occasion.part.topic in _AFTER_A_MOVE:
        return across_part(occasion) or occasion.part
    if occasion.part.topic in (*WINDOW_TOPICS, *LATE_TOPICS):
        return endorsement_part(occasion)
    topic = occasion.part.topic or ""
    if topic in DEADLINES:
        return deadline_part(occasion, DEADLINES[topic])
    return OTHERS[topic](occasion) if topic in OTHERS else occasion.part
