"""One message in a running dialog, and the move that a reading makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from dialogs.effects import Effect, Known
from dialogs.flows.field import Rejected
from dialogs.flows.flow import Ask, Flow
from dialogs.flows.listing import listed, numbered, shown
from dialogs.flows.scene import Heard, Scene
from dialogs.flows.state import Doubt, FlowState
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from knowledge.wording import Wording


@dataclass(frozen=True)
class Digressed:
    """An answer given in the middle of a dialog: what was said, and the session it would have led to."""

    saying: Saying
    session: Session


@dataclass(frozen=True)
class Around:
    """What a turn of a dialog stands in. `digress` answers a message as if no dialog were running.

    `on_page`: the answer comes from a page of its own, where sensitive things may be written.
    """

    today: date
    known: Known
    digress: Callable[[Session, Heard], Digressed]
    on_page: bool = False


@dataclass(frozen=True)
class Move:
    """What a reading makes of a message.

    `state` None drops the dialog. `parts` are said before the next ask. `starts` names another dialog to begin.
    `digressed` is what was answered beside the dialog.
    """

    state: FlowState | None
    parts: tuple[Part, ...] = ()
    effects: tuple[Effect, ...] = ()
    starts: str | None = None
    digressed: Digressed | None = None


@dataclass(frozen=True)
class Talk:
    """A message, the dialog it comes into, and everything to read it with."""

    flow: Flow
    state: FlowState
    scene: Scene
    heard: Heard
    session: Session
    around: Around

    @property
    def wording(self) -> Wording:
        """The words of this dialog."""
        return self.scene.wording

    @cached_property
    def ask(self) -> Ask | None:
        """The ask this message may answer: the one being changed, else the next one; None at the end."""
        if self.state.is_finished:
            return None
        return self.flow.ask(self.state.changing) or self.flow.current(self.scene)

    def with_state(self, state: FlowState) -> Talk:
        """Return the talk as it stands in another state."""
        return replace(self, state=state, scene=self.scene.having(state.answers))

    def say(self, key: str, **values: object) -> Part:
        """Return a sentence of this dialog as a part."""
        return Part(Kind.FLOW, self.wording.say(key, **values))

    def shown(self, name: str) -> str:
        """Return an answer as it is read back."""
        ask = self.flow.ask(name)
        return shown(ask, self.scene) if ask else self.wording.say("item_unknown")

    def items(self, names: tuple[str, ...] | None = None) -> str:
        """Return the listed answers with their titles (户口：甘肃省), all or those of `names`."""
        asks = [ask for ask in listed(self.flow, self.scene) if names is None or ask.name in names]
        return "；".join(f"{self.wording.title(ask.name)}：{shown(ask, self.scene)}" for ask in asks)

    def numbered_items(self) -> tuple[str, ...]:
        """Return the answers that can be changed, numbered as 改第3项 counts them."""
        return numbered(self.flow, self.scene)

    def reject(self, ask: Ask, problem: Rejected) -> Part:
        """Return why a message cannot be the answer, and what to write."""
        key = f"{ask.name}.{problem.code}"
        return self.say(key if self.wording.has(key) else f"rejected.{problem.code}", **problem.values)

    def take(self, ask: Ask, value: Any) -> FlowState:
        """Return the state with an answer; a changed one takes back the answers that depend on it.

        Raises Rejected for a value that cannot be.
        """
        code = ask.check(value, self.scene) if ask.check and value is not None else None
        if code is not None:
            raise Rejected(code)
        state = replace(self.state, changing=None, doubt=None, is_finished=False)
        changes = ask.name in state.answers and state.answers[ask.name] != value
        state = state.without(*self.flow.dependents(ask.name)) if changes else state
        return state.answered(ask.name, value)

    def accepted(self, ask: Ask, state: FlowState, *, told: tuple[str, ...] = ()) -> Move:
        """Return the move of an answer: it is read back where it was changed or told beside others."""
        after = self.with_state(state)
        is_new = ask.name not in self.state.answers or self.state.answers[ask.name] != state.answers[ask.name]
        effects = tuple(self.flow.effects_on(ask, after.scene)) if is_new else ()
        changed = ask.name in self.state.answers and self.state.answers[ask.name] != state.answers[ask.name]
        names = (*told, *(() if self._is_plain(ask) and not changed else (ask.name,)))
        items = after.items(names) if names else ""
        key = "changed" if changed else "recorded"
        return Move(state, (after.say(key, items=items),) if items else (), effects)

    def _is_plain(self, ask: Ask) -> bool:
        """Tell whether the message was a choice of the ask: it needs no reading back."""
        return self.heard.text.strip() in ask.field.labels(self.scene)

    def doubting(self, kind: str, value: Any = None) -> Move:
        """Return the move that leaves everything as it is and asks the engine's own question."""
        return Move(replace(self.state, doubt=Doubt(kind, value)))
