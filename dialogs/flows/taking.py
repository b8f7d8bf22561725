"""A value that was read becomes an answer, with what else the message tells."""

from __future__ import annotations

from dataclasses import replace

from dialogs.flows.field import Read, Rejected
from dialogs.flows.flow import Ask
from dialogs.flows.scene import Scene
from dialogs.flows.state import Answers, FlowState
from dialogs.flows.talk import Move, Talk


def taken(talk: Talk, ask: Ask, read: Read) -> Move:
    """Return the move of a value that was read, with what else the message tells."""
    must_be_page = ask.field.is_file or (ask.field.is_sensitive and not may_type(talk.scene))
    if must_be_page and not talk.around.on_page:
        return Move(talk.state, (talk.say("on_the_page"),))
    if read.needs_yes:
        return Move(replace(talk.state, changing=None, doubt=None).hinted(ask.name, read.value))
    try:
        state = talk.take(ask, read.value)
    except Rejected as problem:
        return Move(talk.state, (talk.reject(ask, problem),))
    told: tuple[str, ...] = ()
    is_choice = talk.heard.text.strip() in ask.field.labels(talk.scene)
    if not (ask.field.is_free or ask.field.is_sensitive or is_choice):
        after = talk.with_state(state)
        values, hints = talk.flow.spot(talk.heard, after.scene)
        seen = {name: value for name, value in values.items() if name not in ask.hides}
        state, told = with_told(state, seen, hints)
    return talk.accepted(ask, state, told=told)


def with_told(state: FlowState, values: Answers, hints: Answers) -> tuple[FlowState, tuple[str, ...]]:
    """Return the state with what a message tells beside, and the names of what is new; no answer is overwritten."""
    new = {name: value for name, value in values.items() if state.answers.get(name) is None}
    told = {**(state.answers.get("told") or {}), **(values.get("told") or {})}
    if told and told != state.answers.get("told"):
        new["told"] = told
    waiting = {name: value for name, value in hints.items() if state.answers.get(name) is None and name not in new}
    answers = {name: value for name, value in state.answers.items() if name not in new and name not in waiting}
    return replace(state, answers={**answers, **new}, hints={**state.hints, **waiting}), tuple(new)


def may_type(scene: Scene) -> bool:
    """Tell whether sensitive answers may be typed into the chat: the operator says so, or nothing else is possible."""
    operator = scene.known.operator(scene.answers.get("city") or "")
    return operator.typed if operator else not scene.known.can_open_page
