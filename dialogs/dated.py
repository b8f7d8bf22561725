"""Which topics are answered with dates."""

from __future__ import annotations

from dialogs.date_parts import Occasion, deadline_or_date
from dialogs.endorsement_parts import LATE_TOPICS, WINDOW_TOPICS, endorsement_part
from dialogs.saying import Part


def with_dates(occasion: Occasion) -> Part:
    """Return the part of a topic with its dates worked out, where it has any; else as it is."""
    if occasion.part.topic in (*WINDOW_TOPICS, *LATE_TOPICS):
        return endorsement_part(occasion)
    return deadline_or_date(occasion)
