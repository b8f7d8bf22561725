"""A topic: a subject a resident, employer, landlord or clerk can ask about, the same for all cities."""

from __future__ import annotations

from dataclasses import dataclass

Gate = tuple[frozenset[str], ...]
"""A combination of concepts: one of each group must be in the message."""


def read_gate(notation: str) -> Gate:
    """Read 「pay permit/apply」: space = and, slash = or."""
    return tuple(frozenset(group.split("/")) for group in notation.split())


def opens(gate: Gate, concepts: frozenset[str]) -> bool:
    """Tell whether a message with these concepts passes the gate."""
    return all(group & concepts for group in gate)


@dataclass(frozen=True)
class Topic:
    """`slug` names it in data and in the batch contract.

    `title` is how it is offered as a choice; `subject` completes 「某市的办法没有写：……」.
    `examples` are questions people ask; the topic model learns from them and from many more.
    `dated` select it for a message that tells a day (受理那天 and 最晚), any suffices; `dated_excludes` rule it out.
    A topic that `overrides` leaves no room for another: for foreigners no other rule of the text may be told.
    """

    slug: str
    group: str
    title: str
    subject: str
    examples: tuple[str, ...]
    overrides: bool = False
    dated: tuple[Gate, ...] = ()
    dated_excludes: tuple[Gate, ...] = ()
