"""Access tokens as `stable_token` gives them: the same one until shortly before its end, or a new one by force."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from bot.sandbox.options import Clock, Clocks

FORCED_A_DAY = 20
_DAY_SECONDS = 24 * 3600


@dataclass
class _Token:
    text: str = field(repr=False)
    until: float


class Tokens:
    """The tokens of one account. Its repr shows none.

    `fetches` counts how often one was asked for, `made` how many there were.
    """

    def __init__(self, clock: Clock, clocks: Clocks) -> None:
        self.fetches = 0
        self.made = 0
        self._clock = clock
        self._clocks = clocks
        self._current: _Token | None = None
        self._good: dict[str, float] = {}
        self._expired: set[str] = set()
        self._revoked: set[str] = set()
        self._forced: list[float] = []

    def fetch(self, *, by_force: bool) -> tuple[str, int] | None:
        """Return the token and for how many seconds it is good; None when forced more than 20 times a day."""
        self.fetches += 1
        now = self._clock.now()
        if by_force:
            self._forced = [at for at in self._forced if at > now - _DAY_SECONDS]
            if len(self._forced) >= FORCED_A_DAY:
                return None
            self._forced.append(now)
            self.revoke()
        if self._current is None or self._current.until - now <= self._clocks.token_overlap:
            self._make(now)
        assert self._current is not None  # noqa: S101  # made above
        return self._current.text, int(self._current.until - now)

    def revoke(self) -> None:
        """Make every token invalid at once, as a new AppSecret does (40001)."""
        self._revoked |= set(self._good)
        self._good.clear()
        self._current = None

    def expire(self) -> None:
        """End every token before its time (42001)."""
        self._expired |= set(self._good)
        self._good.clear()
        self._current = None

    def error_of(self, text: str) -> int:
        """Return the platform's error number for a token, 0 when it is good."""
        if self._good.get(text, 0.0) > self._clock.now():
            return 0
        if text in self._revoked:
            return 40001
        return 42001 if text in self._good or text in self._expired else 40014

    def _make(self, now: float) -> None:
        self.made += 1
        text = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(96)}"
        self._current = _Token(text, now + self._clocks.token)
        self._good[text] = self._current.until
