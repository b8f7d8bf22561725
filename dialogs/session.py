"""What is remembered between two turns: never the person's own words, but for the answers of a dialog."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dialogs.flows.state import FlowState, read_state

_ENCODER = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True)
class Session:
    """`city` and `topics` are the last ones talked about; `waiting` are topics understood before the city was known.

    `offered` are the numbered choices of the last reply, so that 「2」 can be read. `flow` is the running dialog,
    `parked` the one beneath it; `heard` is what was heard of a voice message and waits for a yes. What these hold is
    personal, and sealed before it is kept. `unrated`: the last answer waits for 有用 or 没用, which count once.
    """

    city: str | None = None
    topics: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    flow: FlowState | None = None
    parked: FlowState | None = None
    heard: str = ""
    unrated: bool = False

    @property
    def is_personal(self) -> bool:
        """Whether the session holds answers of a dialog, or words of the person."""
        return self.flow is not None or self.parked is not None or bool(self.heard)

    def to_json(self) -> str:
        """Return the session as JSON text."""
        kept: dict[str, Any] = {
            "city": self.city,
            "topics": self.topics,
            "waiting": self.waiting,
            "offered": self.offered,
            "flow": None if self.flow is None else self.flow.to_dict(),
            "parked": None if self.parked is None else self.parked.to_dict(),
        }
        if self.heard:
            kept["heard"] = self.heard
        if self.unrated:
            kept["unrated"] = True
        return _ENCODER.encode(kept)

    @classmethod
    def from_json(cls, text: str) -> Session:
        """Read what `to_json` wrote; names unknown to this release are ignored, missing and damaged ones are empty."""
        try:
            stored: Any = json.loads(text)
        except (ValueError, RecursionError):
            stored = None
        stored = stored if isinstance(stored, dict) else {}
        city = stored.get("city")
        return cls(
            city=city if isinstance(city, str) else None,
            **{name: _texts(stored.get(name)) for name in ("topics", "waiting", "offered")},
            flow=read_state(stored.get("flow")),
            parked=read_state(stored.get("parked")),
            heard=heard if isinstance(heard := stored.get("heard"), str) else "",
            unrated=stored.get("unrated") is True,
        )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()
