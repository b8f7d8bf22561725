"""Who may do what in the console: one table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is in the console; one may be several."""

    CLERK = "clerk"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a page or an act asks for. Whoever is signed in has OWN and LOOK_UP."""

    OWN = "own"
    """One's own password, second factor and sign-out."""
    LOOK_UP = "look_up"
    """Provisions, comparison, and why an answer is what it is."""
    DECLARATIONS = "declarations"
    """The queue, what is in a declaration, and deciding on it; in one's own cities."""
    OVERVIEW = "overview"
    LEARN = "learn"
    """What was not answered, and the answers written by staff."""
    WRITE = "write"
    """Drafts of answers, and setting questions aside."""
    REVIEW = "review"
    """Putting another's answer into force, and taking one back."""
    SWITCH = "switch"
    PEOPLE = "people"
    AUDIT = "audit"


ROLE_WORDS: Mapping[Role, str] = {
    Role.CLERK: "窗口",
    Role.EDITOR: "编辑",
    Role.REVIEWER: "审核",
    Role.ADMINISTRATOR: "管理员",
}

COMMAND_LINE = "@命令行"
"""By whom is, in the audit log, what was done from the server's command line: no name that anybody can have."""

_EVERYBODY = frozenset({Right.OWN, Right.LOOK_UP})
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.CLERK: _EVERYBODY | {Right.DECLARATIONS, Right.OVERVIEW},
    Role.EDITOR: _EVERYBODY | {Right.OVERVIEW, Right.LEARN, Right.WRITE},
    Role.REVIEWER: _EVERYBODY | {Right.OVERVIEW, Right.LEARN, Right.REVIEW, Right.SWITCH},
    # Not the declarations: who gives out the rights need not read what residents handed in.
    Role.ADMINISTRATOR: _EVERYBODY | {Right.OVERVIEW, Right.SWITCH, Right.PEOPLE, Right.AUDIT},
}


def may(roles: Collection[Role], right: Right) -> bool:
    """Tell whether somebody with these roles has the right."""
    return any(right in RIGHTS[role] for role in roles)
