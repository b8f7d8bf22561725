"""The results of effects in words: what `bot` has carried out fills the slots of what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from dialogs.effects import RECEIPT, SLOTS, STATUS
from dialogs.saying import Kind, Link, Part, Saying
from knowledge.library import Library
from knowledge.text import in_chinese

DUPLICATE, REFUSED, REASON, REGISTERED_ON = "duplicate", "refused", "reason", "registered_on"
"""What the results may hold beside the slots."""


def completed(library: Library, saying: Saying, results: Mapping[str, str]) -> Saying:
    """Return the saying with the results in their places; an effect that was refused is said instead of its success."""
    if results.get(DUPLICATE):
        said = library.wordings["declaration"].say("receipt.duplicate", receipt=results.get(RECEIPT, ""))
        saying = replace(saying, parts=tuple(_instead(part, RECEIPT, said) for part in saying.parts))
    if results.get(REFUSED):
        said = library.wordings["status"].say("too_late")
        return replace(saying, parts=(Part(Kind.FLOW, said),))
    filled = dict(results)
    if STATUS in results:
        filled[STATUS] = _status(library, results)
    slots = {slot: filled[slot] for slot in SLOTS if slot in filled}
    return replace(saying, parts=tuple(_filled(part, slots) for part in saying.parts))


def _status(library: Library, results: Mapping[str, str]) -> str:
    day = results.get(REGISTERED_ON)
    told = {"day": in_chinese(date.fromisoformat(day)) if day else "", "reason": results.get(REASON, "")}
    return library.wordings["status"].say(f"status.{results[STATUS]}", **told)


def _instead(part: Part, slot: str, said: str) -> Part:
    return replace(part, first_line=said) if slot in part.first_line else part


def _filled(part: Part, slots: Mapping[str, str]) -> Part:
    return replace(
        part,
        first_line=_put(part.first_line, slots),
        workings=tuple(_put(line, slots) for line in part.workings),
        notes=tuple(_put(line, slots) for line in part.notes),
        links=tuple(Link(link.label, slots.get(link.href, link.href)) for link in part.links if _is_open(link, slots)),
    )


def _is_open(link: Link, slots: Mapping[str, str]) -> bool:
    return link.href in slots or link.href not in SLOTS


def _put(text: str, slots: Mapping[str, str]) -> str:
    for slot, value in slots.items():
        text = text.replace(slot, value)
    return text
