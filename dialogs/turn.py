"""What a turn gives: the session after it, what is said, and what the outside is to do."""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.effects import Effect
from dialogs.saying import Saying
from dialogs.session import Session
from dialogs.understanding.reading import Understanding


@dataclass(frozen=True)
class Turn:
    """The session after a turn, what is said, and what the outside is to do before the session is kept.

    `understanding` says why (None for a message without text).
    """

    session: Session
    saying: Saying
    understanding: Understanding | None = None
    effects: tuple[Effect, ...] = ()
