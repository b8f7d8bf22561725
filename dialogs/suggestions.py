"""What to offer next: the neighbours of a topic, as complete messages."""

from __future__ import annotations

from knowledge.library import Library

PRECHECK = "帮我看看能不能办"

_NEXT = {
    "basics": ("materials", "apply_where"),
    "registration": ("conditions", "half_year"),
    "application": ("issue_time", "fee_first"),
    "fees": ("materials", "issue_time"),
    "endorsement": ("endorsement_where", "overdue"),
    "changes": ("fee_reissue", "replacement_time"),
    "services": ("benefits_all", "conditions"),
    "settlement": ("settle", "conditions"),
    "penalties": ("appeal", "complaint"),
    "duties": ("registration_deadline", "registration_how"),
    "document": ("effective_date", "interpretation"),
    "elsewhere": ("apply_where", "materials"),
}


def suggestions_after(library: Library, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Return up to three likely next messages; the pre-check first after a question of eligibility."""
    group = library.topics[topics[0]].group
    titles = [library.topics[slug].title for slug in _NEXT[group] if slug in library.topics and slug not in topics]
    first = [PRECHECK] if group == "basics" else []
    return tuple([*first, *titles][:3])
