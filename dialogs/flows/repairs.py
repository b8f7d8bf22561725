"""What each word of repair does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dialogs.compose import topic_part
from dialogs.effects import HandOff
from dialogs.flows.commands import Command, Commanded
from dialogs.flows.flow import Ask
from dialogs.flows.listing import is_listed
from dialogs.flows.talk import Move, Talk
from dialogs.office_lines import known_offices
from dialogs.saying import Kind, Part


def repaired(talk: Talk, commanded: Commanded) -> Move:
    """Return the move of a command."""
    if commanded.command is Command.CHANGE:
        return _change(talk, commanded.ask)
    return _REPAIRS[commanded.command](talk)


def _change(talk: Talk, name: str | None) -> Move:
    if name is None or talk.flow.ask(name) is None:
        return talk.doubting("which_change")
    return Move(replace(talk.state, changing=name, doubt=None, is_finished=False))


def _back(talk: Talk) -> Move:
    """Return to the answer told before the one on the screen; its old value stays until it is changed."""
    told = [name for name in talk.state.answers if _can_be_changed(talk, name)]
    if talk.state.changing in told:
        told = told[: told.index(str(talk.state.changing))]
    if not told:
        return Move(talk.state, (talk.say("nothing_before"),))
    return Move(replace(talk.state, changing=told[-1], doubt=None))


def _can_be_changed(talk: Talk, name: str) -> bool:
    ask = talk.flow.ask(name)
    return ask is not None and is_listed(ask, talk.wording)


def _skip(talk: Talk) -> Move:
    ask = talk.ask
    if talk.state.changing is not None:
        name = talk.state.changing
        is_told = name in talk.state.answers
        kept = talk.say("kept", shown=talk.shown(name)) if is_told else talk.say("unknown_ok")
        return Move(replace(talk.state, changing=None), (kept,))
    if ask is None:
        return Move(talk.state, (talk.say("nothing_changes"),))
    if ask.needed:
        return Move(talk.state, (talk.say("needed"),))
    return Move(talk.take(ask, None), (talk.say("unknown_ok"),))


def _repeat(talk: Talk) -> Move:
    """Put the ask again; after the end, say the end again."""
    return Move(replace(talk.state, is_finished=False))


def _why(talk: Talk) -> Move:
    ask = talk.ask
    if ask is None:
        return Move(talk.state)
    own = f"{ask.name}.why"
    plain = talk.say(own if talk.wording.has(own) else "why_plain", **talk.flow.values_of_ask(ask, talk.scene))
    return Move(talk.state, (plain, *_provision_behind(talk, ask)))


def _provision_behind(talk: Talk, ask: Ask) -> tuple[Part, ...]:
    """Return the topic that makes the ask matter here, where this city's text says something of it."""
    city = talk.scene.city
    if city is None or ask.why not in talk.scene.library.topics:
        return ()
    part = topic_part(talk.scene.library, city, ask.why)
    return (part,) if part.kind is Kind.ANSWER else ()


def _progress(talk: Talk) -> Move:
    shown = talk.numbered_items()
    head = talk.say("progress", count=len(shown)) if shown else talk.say("progress_none")
    if talk.flow.hears_stories:
        return Move(talk.state, (replace(head, workings=shown),))  # how many are left depends on the answers
    left = sum(
        1
        for ask in talk.flow.asks
        if ask.name not in talk.state.answers and talk.flow.is_asked(ask, talk.scene) and is_listed(ask, talk.wording)
    )
    notes = (talk.wording.say("progress_left", left=left),) if left else ()
    return Move(talk.state, (replace(head, workings=shown, notes=notes),))


def _cancel(talk: Talk) -> Move:
    if talk.state.is_finished:
        return Move(None, (talk.say("cancelled"),))
    return talk.doubting("cancel")


def _restart(talk: Talk) -> Move:
    if talk.state.is_finished:
        return Move(None, (talk.say("restarted"),), starts=talk.flow.name)
    return talk.doubting("restart")


def _help(talk: Talk) -> Move:
    return Move(talk.state, (talk.say("help"),))


def _human(talk: Talk) -> Move:
    city = talk.scene.city
    notes = known_offices(talk.scene.library, city) if city else ()
    return Move(talk.state, (replace(talk.say("human"), notes=notes),), (HandOff(),))


_REPAIRS: dict[Command, Callable[[Talk], Move]] = {
    Command.BACK: _back,
    Command.SKIP: _skip,
    Command.REPEAT: _repeat,
    Command.WHY: _why,
    Command.PROGRESS: _progress,
    Command.CANCEL: _cancel,
    Command.RESTART: _restart,
    Command.GO_ON: _repeat,
    Command.HELP: _help,
    Command.HUMAN: _human,
}
