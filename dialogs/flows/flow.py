"""A dialog as declared: its asks in order. Which one is next is computed from the answers, never stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from dialogs.effects import Effect
from dialogs.flows.field import Field
from dialogs.flows.scene import Heard, Scene
from dialogs.saying import Link, Part

Condition = Callable[[Scene], bool]


def always(scene: Scene) -> bool:
    """Hold in every scene."""
    del scene
    return True


@dataclass(frozen=True)
class Outcome:
    """How a dialog ends: what is said and done, and which messages are offered next.

    `stays`: the answers are kept a while, so that 「不对，是去年八月」 still finds its dialog. `forgets`: everything
    else that is remembered of the person goes too, a parked dialog included.
    """

    parts: tuple[Part, ...]
    effects: tuple[Effect, ...] = ()
    suggestions: tuple[str, ...] = ()
    stays: bool = False
    forgets: bool = False


class Ask:
    """One question of a dialog.

    `when` decides, without the ask's own answer, whether it is asked. `depends` names asks whose change takes this
    answer back. `check` gives the code of the sentence that says why a value cannot be, or None. `needed`: it cannot
    be skipped. `why` gives the topic that says why this is asked. `hides` names asks that an answer to this one says
    nothing of: the county of a household registration is not the one a person lives in.
    """

    def __init__(
        self,
        field: Field,
        *,
        when: Condition = always,
        depends: tuple[str, ...] = (),
        check: Callable[[Any, Scene], str | None] | None = None,
        needed: bool = False,
        why: str = "",
        hides: tuple[str, ...] = (),
    ) -> None:
        self.name = ""
        self.field, self.when, self.depends, self.check = field, when, depends, check
        self.needed, self.why, self.hides = needed, why, hides

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.field.name = name


class Flow:
    """The base of all dialogs. A subclass declares its asks as attributes, in the order in which they are asked."""

    name: ClassVar[str]
    asks: ClassVar[tuple[Ask, ...]] = ()
    starts: ClassVar[str | None] = None
    """The manner (`manners.toml`) that starts it, beside the words of its own wording."""
    hears_stories: ClassVar[bool] = False
    """Whether it takes what a person tells of themselves, in whatever order."""
    needs_records: ClassVar[bool] = False
    """Whether it can do nothing while the records cannot be reached: it pauses then, and says so."""
    is_last: ClassVar[bool] = False
    """Whether it ends everything else that is running."""
    before_city: ClassVar[frozenset[str]] = frozenset()
    """Asks whose answers mean the same in every city: told before the city, they are kept."""
    topic: ClassVar[str] = "conditions"
    """What a short question in the middle (要带什么) is about."""

    near: ClassVar[tuple[str, ...]] = ()
    """Topics that a doubtful question in the middle is taken for."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.asks = tuple(value for value in vars(cls).values() if isinstance(value, Ask))

    def ask(self, name: str | None) -> Ask | None:
        """Return the ask of that name."""
        return next((ask for ask in self.asks if ask.name == name), None)

    def is_asked(self, ask: Ask, scene: Scene) -> bool:
        """Tell whether an ask has a place in this dialog as it stands."""
        return ask.when(scene.without(ask.name))

    def current(self, scene: Scene) -> Ask | None:
        """Return the first ask that has a place and no answer; None at the end."""
        return next((ask for ask in self.asks if ask.name not in scene.answers and self.is_asked(ask, scene)), None)

    def answered(self, scene: Scene) -> tuple[Ask, ...]:
        """Return the asks that have an answer, in the order of the dialog."""
        return tuple(ask for ask in self.asks if ask.name in scene.answers)

    def is_dormant(self, ask: Ask, scene: Scene) -> bool:
        """Tell whether an answer no longer matters, as the others stand."""
        return not self.is_asked(ask, scene)

    def dependents(self, name: str) -> tuple[str, ...]:
        """Return the asks whose answers are taken back when the answer to `name` changes."""
        direct = [ask.name for ask in self.asks if name in ask.depends]
        return tuple(dict.fromkeys([*direct, *(deeper for one in direct for deeper in self.dependents(one))]))

    # --- what a dialog may do its own way ---

    def is_started_by(self, heard: Heard, today: date) -> bool:
        """Tell whether a message has the manner that starts this dialog; one without manners starts none so."""
        del today
        return self.starts is not None and any(manner == self.starts for manner in heard.understood.manners.found)

    def spot(self, heard: Heard, scene: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a longer message tells beside an answer: values, and values that wait for a yes."""
        del heard, scene
        return {}, {}

    def stop(self, scene: Scene) -> Outcome | None:
        """Return the end that the answers so far lead to whatever else could be asked; None to go on."""
        del scene
        return None

    def opening(self, scene: Scene) -> tuple[str, ...]:
        """Return what is said before the first ask."""
        del scene
        return ()

    def ending(self, scene: Scene) -> Outcome:
        """Return the end, once nothing is left to ask."""
        raise NotImplementedError

    def effects_on(self, ask: Ask, scene: Scene) -> Iterable[Effect]:
        """Return what is to be done when `ask` was answered."""
        del ask, scene
        return ()

    def effects_before(self, ask: Ask, scene: Scene) -> Iterable[Effect]:
        """Return what is to be done when `ask` is put: a page to answer it on."""
        del ask, scene
        return ()

    def notes_on(self, ask: Ask, scene: Scene) -> tuple[str, ...]:
        """Return what is said below an ask, beside its help."""
        del ask, scene
        return ()

    def links_on(self, ask: Ask, scene: Scene) -> tuple[Link, ...]:
        """Return what can be opened to answer an ask."""
        del ask, scene
        return ()

    def caveats(self, scene: Scene) -> tuple[str, ...]:
        """Return what every reply of this dialog says at its end."""
        del scene
        return ()

    def values_of_ask(self, ask: Ask, scene: Scene) -> dict[str, object]:
        """Return what fills the places of an ask's sentences."""
        del ask, scene
        return {}
