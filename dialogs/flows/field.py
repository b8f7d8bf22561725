"""How an ask reads its answer. A field reads a whole message, or says why it cannot be the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dialogs.flows.scene import Heard, Scene


@dataclass(frozen=True)
class Read:
    """An answer as a JSON value. `needs_yes`: it was reckoned, and counts only once the person has agreed."""

    value: Any
    needs_yes: bool = False


class Rejected(Exception):
    """The message is meant as the answer, and cannot be it: `code` names the sentence that says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Field:
    """The base of all fields. `name` is that of its ask, set when the ask is declared.

    `is_free`: nearly any text can be the answer. `is_sensitive`: the answer goes onto a page of its own, unless it may
    be typed; `is_file`: it can only be given there.
    """

    name = ""
    is_free = False
    is_sensitive = False
    is_file = False

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        """Return the answer that the whole message is; None when it is none. Raises Rejected."""
        raise NotImplementedError

    def labels(self, scene: Scene) -> tuple[str, ...]:
        """Return the choices to tap, each a message that `read` reads."""
        del scene
        return ()

    def show(self, value: Any, scene: Scene) -> str:
        """Return an answer as it is read back."""
        del scene
        return str(value)

    def holds(self, value: Any, scene: Scene) -> bool:
        """Tell whether a stored value can still be an answer: an older release may have kept it otherwise."""
        del scene
        return isinstance(value, str)

    def rejections(self) -> tuple[str, ...]:
        """Return the codes `read` can reject with: for each there is a sentence."""
        return ()
