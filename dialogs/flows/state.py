"""What is kept of a running dialog: the answers are the state, the position is computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

Answers = Mapping[str, Any]
"""Answers by the name of their ask, in the order they were told; JSON values. None: skipped, or not known."""


@dataclass(frozen=True)
class Doubt:
    """A question of the engine's own that the next message may answer.

    `kind` is cancel, restart, another_city (value: slug), as_answer (value: the message that may be an answer), or
    which_change.
    """

    kind: str
    value: Any = None


@dataclass(frozen=True)
class FlowState:
    """A dialog of the flow `flow`.

    `hints` are values that wait for a yes before they count. `asked` is the ask last shown, `changing` the one whose
    answer is being changed: it keeps the old answer until the new one is read. `touched` is the day of the last
    message. `is_finished`: its end was said, and its answers can still be corrected. `unread`: what was told before the
    city was known, by which it is read.
    """

    flow: str
    answers: Answers = field(default_factory=dict)
    hints: Answers = field(default_factory=dict)
    asked: str | None = None
    changing: str | None = None
    doubt: Doubt | None = None
    touched: str = ""
    is_finished: bool = False
    unread: str = ""

    def answered(self, name: str, value: Any) -> FlowState:
        """Return the state with one answer, the latest told; its hint is settled."""
        answers = {key: old for key, old in self.answers.items() if key != name} | {name: value}
        return replace(self, answers=answers, hints={key: v for key, v in self.hints.items() if key != name})

    def hinted(self, name: str, value: Any) -> FlowState:
        """Return the state with a value that waits for a yes."""
        return replace(self, hints={**self.hints, name: value})

    def without(self, *names: str) -> FlowState:
        """Return the state without the answers and hints of `names`."""
        return replace(
            self,
            answers={key: value for key, value in self.answers.items() if key not in names},
            hints={key: value for key, value in self.hints.items() if key not in names},
        )

    def days_since(self, today: date) -> int:
        """Return how many days ago the person last wrote; 0 when that is not known."""
        try:
            return (today - date.fromisoformat(self.touched)).days
        except ValueError:
            return 0

    def to_dict(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return asdict(self)


def read_state(stored: Any) -> FlowState | None:
    """Read what `to_dict` gave; None for anything that is no state of a dialog. Unknown names are ignored."""
    if not isinstance(stored, dict) or not isinstance(stored.get("flow"), str):
        return None
    return FlowState(
        flow=stored["flow"],
        answers=_mapping(stored.get("answers")),
        hints=_mapping(stored.get("hints")),
        asked=_text(stored.get("asked")),
        changing=_text(stored.get("changing")),
        doubt=_doubt(stored.get("doubt")),
        touched=_text(stored.get("touched")) or "",
        is_finished=stored.get("is_finished") is True,
        unread=_text(stored.get("unread")) or "",
    )


def _mapping(value: Any) -> dict[str, Any]:
    return {str(key): entry for key, entry in value.items()} if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _doubt(value: Any) -> Doubt | None:
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        return None
    return Doubt(value["kind"], value.get("value"))
