"""The words that repair a dialog. They count only as a whole message: 继续教育学院 is an answer, 继续 is a command."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from dialogs.flows.flow import Flow
from dialogs.flows.listing import is_listed, listed
from dialogs.flows.scene import Heard, Scene
from knowledge.text import to_int

_CHANGE = re.compile(r"(?:修改|更改|改|换)(?:一下)?(?P<what>.+?)|(?P<before>.+?)(?:要|想)?(?:修改|改)(?:一下)?")
_NUMBERED = re.compile(r"(?:第)?([1-9一二三四五六七八九十]{1,3}|[12]\d)(?:项|条|个|题|行)?")


class Command(StrEnum):
    """The commands; their words are the options of `commands` in `wording/common.toml`."""

    BACK = "back"
    SKIP = "skip"
    REPEAT = "repeat"
    WHY = "why"
    PROGRESS = "progress"
    CANCEL = "cancel"
    RESTART = "restart"
    GO_ON = "go_on"
    HELP = "help"
    HUMAN = "human"
    CHANGE = "change"


@dataclass(frozen=True)
class Commanded:
    """A command; `ask` and `rest` of 改电话 and what is written after it."""

    command: Command
    ask: str | None = None


def command_in(heard: Heard, flow: Flow, scene: Scene) -> Commanded | None:
    """Return the command that the whole message is; None for any other message."""
    said = heard.bare
    for code, option in scene.wording.all_options("commands").items():
        if option.heard.fullmatch(said) or said == option.label:
            return Commanded(Command(code))
    match = _CHANGE.fullmatch(said)
    name = _named_ask((match["what"] or match["before"]).strip(), flow, scene) if match else None
    return Commanded(Command.CHANGE, name) if name else None


def _named_ask(what: str, flow: Flow, scene: Scene) -> str | None:
    """Return the ask that is meant by its number in the list (第3项) or by its name (电话)."""
    told = listed(flow, scene)
    number = _NUMBERED.fullmatch(what)
    position = to_int(number[1]) if number else None
    if position and position <= len(told):
        return told[position - 1].name
    known = [ask for ask in flow.asks if is_listed(ask, scene.wording)]
    known = [ask for ask in known if ask.name in scene.answers or flow.is_asked(ask, scene)]
    named = [ask.name for ask in known if what in scene.wording.names(ask.name)]
    return named[0] if named else None
