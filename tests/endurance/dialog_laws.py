"""What must hold of every turn of a dialog, checked from outside: the session before, the message, the turn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.render import WECHAT_BYTES, as_wechat_text
from dialogs.advisor import Turn
from dialogs.compose import verify
from dialogs.effects import Erase
from dialogs.flows.all import FLOWS
from dialogs.flows.state import FlowState
from dialogs.session import Session
from knowledge.library import Library
from tests.endurance.dialog_messages import NO, YES, Message, Sort

DEPENDS = {flow.name: {ask.name: ask.depends for ask in flow.asks} for flow in FLOWS}
KEEPS_EVERYTHING = frozenset({Sort.QUESTION, Sort.HARMLESS})
"""The sorts of message that never change an answer."""

_A_NUMBER = re.compile(r"(?:第|我选)?([1-9])[个号。]?")
_STARTS_ANEW = frozenset({"cancel", "restart"})


@dataclass(frozen=True)
class Happened:
    """One turn: `before` is the session it began with, `today` its day, `keeps` whether the records were there."""

    before: Session
    message: Message
    turn: Turn
    today: date
    keeps: bool = True

    @property
    def meant(self) -> str:
        """The message, or the choice that its number stands for."""
        text, offered = self.message.text.strip(), self.before.offered
        match = _A_NUMBER.fullmatch(text)
        number = int(match[1]) if match else 0
        return offered[number - 1] if 0 < number <= len(offered) else text

    @property
    def has_text(self) -> bool:
        """Whether the turn was understood at all: a message of signs only is not."""
        return self.turn.understanding is not None


def faults_of(library: Library, happened: Happened) -> Iterator[str]:
    """Yield what is wrong with a turn."""
    yield from _of_the_reply(library, happened)
    yield from _of_the_session(happened)
    yield from _of_the_answers(happened)
    yield from _of_the_greeting(library, happened)


def _of_the_reply(library: Library, happened: Happened) -> Iterator[str]:
    saying = happened.turn.saying
    verify(library, saying)
    if not saying.parts or not all(part.first_line.strip() for part in saying.parts):
        yield "an empty line"
    if len(as_wechat_text(saying).encode()) > WECHAT_BYTES:
        yield "too long for WeChat"
    if not {shown.city for shown in saying.quotations} <= {saying.city}:
        yield "quotes another city"
    if happened.has_text and happened.turn.session.offered != saying.suggestions:
        yield f"the numbers shown {saying.suggestions} are not those that count {happened.turn.session.offered}"


def _of_the_session(happened: Happened) -> Iterator[str]:
    session = happened.turn.session
    if Session.from_json(session.to_json()) != session:
        yield "the session does not survive JSON"
    if session.parked is not None:
        if session.flow is None:
            yield "a dialog is parked beneath nothing"
        elif session.flow.flow == session.parked.flow:
            yield "a dialog is parked beneath itself"
        if session.parked.is_finished:
            yield "a finished dialog is parked"


def held(session: Session) -> dict[str, FlowState]:
    """Return the dialogs that are not finished, by name."""
    return {one.flow: one for one in (session.flow, session.parked) if one is not None and not one.is_finished}


def _of_the_answers(happened: Happened) -> Iterator[str]:
    if any(isinstance(effect, Erase) for effect in happened.turn.effects):
        return
    after = {one.flow: one for one in (happened.turn.session.flow, happened.turn.session.parked) if one is not None}
    for name, state in held(happened.before).items():
        is_running = state is happened.before.flow
        if is_running and _drops(state, happened.meant):
            continue
        if name not in after:
            if not (is_running and _may_end(state, happened.message)):
                yield f"{name} is gone"
            continue
        yield from _of_one_dialog(state, after[name], happened.message, is_running=is_running)


def _drops(state: FlowState, meant: str) -> bool:
    """Tell whether the message agrees to give the dialog up, or to begin it again."""
    if state.doubt is None or state.doubt.kind not in _STARTS_ANEW:
        return False
    own = {"cancel": ("不办了", "取消", "退出", "结束"), "restart": ("从头来", "重来", "从头")}
    words = own[state.doubt.kind]
    return meant not in NO and (meant in YES or any(word in meant for word in (*words, "确定")))


def _may_end(state: FlowState, message: Message) -> bool:
    """Tell whether the message can be the last answer of a dialog; no question and no word of repair is one."""
    if message.sort in (*KEEPS_EVERYTHING, Sort.RESTART, Sort.START):
        return False
    return message.sort is not Sort.CANCEL or state.doubt is not None


def _of_one_dialog(state: FlowState, after: FlowState, message: Message, *, is_running: bool) -> Iterator[str]:
    old, new = (_of_its_asks(state.flow, one.answers) for one in (state, after))
    if (message.sort in KEEPS_EVERYTHING or not is_running) and (dict(old) != dict(new) or state.hints != after.hints):
        yield f"{state.flow}: {dict(old)} became {dict(new)} by a message that tells nothing"
        return
    changed = {name for name in old if name in new and old[name] != new[name]}
    lost = {name for name in old if name not in new}
    if not after.is_finished:
        lost -= taken_back(state.flow, changed)
        lost -= {name for name in lost if old[name] is None and name in after.hints}
        if lost:
            yield f"{state.flow}: {sorted(lost)} lost"
    overwritten = {name for name in changed if old[name] is not None and name in DEPENDS[state.flow]}
    if len(overwritten) > 1:
        yield f"{state.flow}: {sorted(overwritten)} overwritten by one message"


def _of_its_asks(flow: str, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answers without a city that the dialog does not ask for."""
    return {name: value for name, value in answers.items() if name != "city" or name in DEPENDS[flow]}


def taken_back(flow: str, changed: set[str]) -> set[str]:
    """Return the answers that depend on a changed one, directly or by others."""
    found: set[str] = set()
    while True:
        more = {name for name, on in DEPENDS[flow].items() if set(on) & (changed | found)} - found
        if not more:
            return found
        found |= more


def _of_the_greeting(library: Library, happened: Happened) -> Iterator[str]:
    before, after = happened.before.flow, happened.turn.session.flow
    if before is None or after is None or before.is_finished or before.flow != after.flow or not happened.keeps:
        return
    if happened.message.sort not in (Sort.HARMLESS, Sort.ANSWER, Sort.YES, Sort.NO, Sort.UNKNOWN):
        return
    title = library.wordings[before.flow].say("title")
    greets = any(part.first_line.startswith("接着上次（") for part in happened.turn.saying.parts)
    is_back = date.fromisoformat(before.touched) < happened.today
    if greets != is_back and happened.has_text:
        yield f"{title}: greeting {greets}, came back {is_back}"


def values_in(answers: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts that the answers consist of, the city aside: it is remembered without any dialog."""
    for name, value in answers.items():
        if name != "city":
            yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
