"""Turns that were taken before: a question that many ask in the same words is understood once.

A turn is pure: the same session, message and day give the same saying. Held is only what was asked twice; in memory
alone, at most so many, and found by a keyed hash: what one person wrote is not kept. A turn that would be the same
whatever was talked of before is found in every conversation about the city, any other only in one that stands alike.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from dialogs.advisor import Turn
from dialogs.saying import Kind, Saying
from dialogs.session import Session

_KINDS = frozenset(
    {Kind.ANSWER, Kind.NOT_COVERED, Kind.REFER_NATIONAL, Kind.CLARIFY, Kind.UNSUPPORTED_CITY, Kind.SMALLTALK}
)
"""The kinds that are said to questions; what belongs to a dialog, an emergency or a number is taken anew each time."""
_LONGEST = 200
_MOST_TURNS, _MOST_SEEN = 1000, 10_000
_MOST_RENDERINGS = 4
"""One a channel; whoever renders with a new function each time finds nothing here, and leaves nothing."""

Render = Callable[[Saying], str]
_Entry = TypeVar("_Entry")


@dataclass(frozen=True)
class Keys:
    """What a turn is found by: the message in any conversation about its city, and both with what was talked of."""

    of_message: bytes
    of_both: bytes


@dataclass(frozen=True)
class _Held:
    key: bytes
    turn: Turn
    rendered: dict[Render, str] = field(default_factory=dict)


class RecentTurns:
    """Holds turns; those not used for the longest go first."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._in_context: OrderedDict[bytes, None] = OrderedDict()
        """Messages that do not stand alone: that is looked at once."""
        self._held: OrderedDict[bytes, _Held] = OrderedDict()
        self._by_saying: dict[int, _Held] = {}

    def keys_of(self, session: Session, text: str, city: str | None, today: date, can_open_page: bool) -> Keys | None:
        """Return what a turn is found by; None in a dialog and for long texts."""
        if session.is_personal or len(text) > _LONGEST:
            return None
        told = repr((text, session.city, city, today.toordinal(), can_open_page))
        talked = repr((session.topics, session.waiting, session.offered, session.unrated))
        return Keys(self._hash_of(told), self._hash_of(told + talked))

    def find(self, keys: Keys | None) -> Turn | None:
        """Return the turn that is held."""
        if keys is None:
            return None
        held = self._held.get(keys.of_message) or self._held.get(keys.of_both)
        if held is None:
            return None
        self._held.move_to_end(held.key)
        return held.turn

    def note(self, keys: Keys | None, turn: Turn, stands_alone: Callable[[], bool]) -> None:
        """Hold a turn that was taken before, as far as it was a question; the first time only its hash is noted.

        `stands_alone` tells, the second time, whether the turn is the same whatever was talked of before.
        """
        if keys is None or turn.saying.kind not in _KINDS or turn.effects or turn.session.is_personal:
            return
        if id(turn.saying) in self._by_saying:
            return
        if keys.of_message in self._in_context:
            self._hold_second_time(keys.of_both, turn)
        elif keys.of_message not in self._seen:
            _remember(self._seen, keys.of_message)
        elif stands_alone():
            self._hold(keys.of_message, turn)
        else:
            _remember(self._in_context, keys.of_message)
            self._hold_second_time(keys.of_both, turn)

    def rendered(self, saying: Saying, render: Render) -> str:
        """Return `render(saying)`; of a saying that is held it is rendered once."""
        held = self._by_saying.get(id(saying))
        if held is None:
            return render(saying)
        if render not in held.rendered and len(held.rendered) == _MOST_RENDERINGS:
            return render(saying)
        if render not in held.rendered:
            held.rendered[render] = render(saying)
        return held.rendered[render]

    def _hold_second_time(self, key: bytes, turn: Turn) -> None:
        if key in self._seen:
            self._hold(key, turn)
        else:
            _remember(self._seen, key)

    def _hold(self, key: bytes, turn: Turn) -> None:
        # Not why it was understood so: that is many times larger than what is said.
        held = self._held[key] = _Held(key, replace(turn, understanding=None))
        self._by_saying[id(turn.saying)] = held
        for dropped in _shorten(self._held, _MOST_TURNS):
            del self._by_saying[id(dropped.turn.saying)]

    def _hash_of(self, told: str) -> bytes:
        return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16, key=self._secret).digest()


def _remember(keys: OrderedDict[bytes, None], key: bytes) -> None:
    keys[key] = None
    _shorten(keys, _MOST_SEEN)


def _shorten(entries: OrderedDict[bytes, _Entry], most: int) -> list[_Entry]:
    """Drop the oldest entries until `most` are left and return them."""
    return [entries.popitem(last=False)[1] for _ in range(len(entries) - most)]
