"""What to offer next: the neighbours of a topic, as complete messages."""

from __future__ import annotations

from knowledge.library import Library

PRECHECK = "帮我看看能不能办"

_NEXT = {
    "basics": ("materials", "apply_where", "half_year"),
    "registration": ("conditions", "half_year", "registration_bring"),
    "application": ("issue_time", "fee_first", "materials"),
    "fees": ("materials", "issue_time", "apply_where"),
    "endorsement": ("endorsement_where", "overdue", "overdue_years", "endorsement_bring"),
    "changes": ("fee_reissue", "replacement_time", "return_old"),
    "services": ("benefits_all", "conditions", "materials"),
    "settlement": ("settle", "settle_years", "conditions"),
    "penalties": ("appeal", "complaint", "penalty_general"),
    "duties": ("registration_deadline", "registration_how", "registration_bring"),
    "document": ("effective_date", "interpretation", "document"),
    "elsewhere": ("apply_where", "materials", "issue_time"),
}


_DIALOGS = {
    "registration": "declaration",
    "endorsement": "endorsement",
    "changes": "replacement",
    "settlement": "settle",
}
"""The dialog that goes on from a group of topics."""


def suggestions_after(library: Library, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Return up to three likely next messages; the dialog that goes on from here first."""
    group = library.topics[topics[0]].group
    titles = [library.topics[slug].title for slug in _NEXT[group] if slug in library.topics and slug not in topics]
    return (*_dialog_after(library, group), *titles[:2])


def _dialog_after(library: Library, group: str) -> tuple[str, ...]:
    """Return the message that starts the dialog a question of this group leads to."""
    if group == "basics":
        return (PRECHECK,)
    return (library.wordings[_DIALOGS[group]].say("title"),) if group in _DIALOGS else ()
