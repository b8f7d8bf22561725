"""What of a stored dialog this release can still read: an older one may have had other asks, and other values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dialogs.flows.doubts import is_known_doubt
from dialogs.flows.flow import Flow
from dialogs.flows.precheck_facts import are_facts
from dialogs.flows.scene import Scene
from dialogs.flows.state import FlowState


def still_holds(flow: Flow, state: FlowState, scene: Scene) -> FlowState:
    """Return the state with the answers that can still be answers; what can not is asked again."""
    kept = _values(flow, state.answers, scene)
    hints = {name: value for name, value in _values(flow, state.hints, scene).items() if value is not None}
    if flow.ask("city") is None and state.answers.get("city") in scene.library.cities:
        kept["city"] = state.answers["city"]
    if flow.ask("city") is not None and "city" not in kept:
        # What was told was told of a city: of one that is served no more, or before it was named.
        lasting = frozenset[str]() if "city" in state.answers else flow.before_city
        kept, hints = ({name: value for name, value in one.items() if name in lasting} for one in (kept, hints))
        needs_city = state.doubt is not None and state.doubt.kind in ("another_city", "as_answer", "which_change")
        state = replace(state, changing=None, doubt=None if needs_city else state.doubt, is_finished=False)
    told = state.answers.get("told")
    if flow.hears_stories and isinstance(told, dict) and are_facts(told):
        kept["told"] = told
    return replace(
        state,
        answers=kept,
        hints=hints,
        changing=state.changing if flow.ask(state.changing) is not None else None,
        doubt=state.doubt if is_known_doubt(state.doubt, scene.library) else None,
    )


def _values(flow: Flow, values: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        ask = flow.ask(name)
        if ask is None:
            continue
        if (value is None and not ask.needed) or ask.field.holds(value, scene):
            found[name] = value
    return found
