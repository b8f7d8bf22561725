"""The engine's own questions: really cancel? from the beginning? another city? is this the answer? which one?"""

from __future__ import annotations

from dataclasses import replace

from dialogs.flows.commands import command_in
from dialogs.flows.field import Rejected
from dialogs.flows.fields import agreed_in
from dialogs.flows.repairs import repaired
from dialogs.flows.state import Doubt
from dialogs.flows.talk import Move, Talk
from dialogs.saying import Part
from knowledge.library import Library
from knowledge.text import fold

_OPTIONS = {"cancel": "cancel", "restart": "restart", "another_city": "city_change"}
"""The doubts that ask for a yes or no, with their options."""


def as_doubt(talk: Talk) -> Move | None:
    """The answer to the engine's own question, if there is one open. Anything else lets it rest and is read on."""
    doubt = talk.state.doubt
    if doubt is None:
        return None
    settled = talk.with_state(replace(talk.state, doubt=None))
    if doubt.kind == "as_answer":
        return _as_answer(settled, str(doubt.value))
    if doubt.kind == "which_change":
        commanded = command_in(talk.heard, talk.flow, talk.scene)
        named = commanded or command_in(replace(talk.heard, text=f"改{talk.heard.text}"), talk.flow, talk.scene)
        return repaired(settled, named) if named else None
    if doubt.kind not in _OPTIONS:
        return None
    agreed = agreed_in(talk.heard, dict(talk.wording.all_options(_OPTIONS[doubt.kind])))
    if agreed is None:
        return None
    return _ANSWERS[doubt.kind](settled, agreed, doubt.value)


def is_known_doubt(doubt: Doubt | None, library: Library) -> bool:
    """Tell whether an open question is one of this release's, about something it has."""
    if doubt is None or doubt.kind in ("cancel", "restart", "which_change"):
        return True
    if doubt.kind == "another_city":
        return doubt.value in library.cities
    return doubt.kind == "as_answer" and isinstance(doubt.value, str)


def question_of(talk: Talk) -> tuple[Part, tuple[str, ...]]:
    """Return the engine's own open question and its choices. Raises KeyError when there is none."""
    doubt = talk.state.doubt
    if doubt is None:
        raise KeyError("no doubt is open")
    if doubt.kind == "as_answer":
        title = talk.wording.title(talk.ask.name) if talk.ask else ""
        return talk.say("as_answer", title=title), (str(doubt.value),)
    if doubt.kind == "which_change":
        listed = replace(talk.say("which_change"), workings=talk.numbered_items())
        return listed, ()
    labels = tuple(option.label for option in talk.wording.all_options(_OPTIONS[doubt.kind]).values())
    values: dict[str, object] = {}
    if doubt.kind == "another_city":
        cities = talk.scene.library.cities
        values = {"city": talk.scene.place.short, "other": cities[doubt.value].short}
    key = doubt.kind if doubt.kind == "another_city" else f"{doubt.kind}_sure"
    return talk.say(key, **values), labels


def _as_answer(talk: Talk, message: str) -> Move | None:
    """「如果这就是您的单位，请回复 1」: the number stands for the message that was kept."""
    ask = talk.ask
    if ask is None or fold(talk.heard.text).strip() not in (fold(message).strip(), "1"):
        return None
    heard = replace(talk.heard, text=message)
    try:
        read = ask.field.read(heard, talk.scene)
        return talk.accepted(ask, talk.take(ask, read.value)) if read else None
    except Rejected as problem:
        return Move(talk.state, (talk.reject(ask, problem),))


def _cancel(talk: Talk, agreed: bool, value: object) -> Move:
    del value
    return Move(None, (talk.say("cancelled"),)) if agreed else Move(talk.state, (talk.say("cancel_kept"),))


def _restart(talk: Talk, agreed: bool, value: object) -> Move:
    del value
    if not agreed:
        return Move(talk.state, (talk.say("restart_kept"),))
    return Move(None, (talk.say("restarted"),), starts=talk.flow.name)


def _another_city(talk: Talk, agreed: bool, value: object) -> Move:
    ask = talk.flow.ask("city")
    if not agreed or ask is None:
        return Move(talk.state, (talk.say("another_city_kept", city=talk.scene.place.short),))
    return talk.accepted(ask, talk.take(ask, value))


_ANSWERS = {"cancel": _cancel, "restart": _restart, "another_city": _another_city}
