"""How many customer-service messages a person may still be sent: windows that what they do opens."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MESSAGES_AFTER_WORDS = 5
MESSAGES_AFTER_TOUCH = 3


class Opened(StrEnum):
    """What opened a window."""

    WORDS = "words"
    TOUCH = "touch"


class Left(StrEnum):
    """Whether a message may be sent, and why not."""

    YES = "yes"
    CLOSED = "closed"
    USED_UP = "used_up"


@dataclass
class _Window:
    until: float
    left: int


class Windows:
    """The windows of one person; times are the platform's seconds.

    Words open one for 48 hours and five messages, a click, a follow or a scan one for a minute and three. The newest of
    each kind counts; of two that are open, the one that closes sooner is used up first.
    """

    def __init__(self, message_seconds: float, touch_seconds: float) -> None:
        self._kinds = {
            Opened.WORDS: (message_seconds, MESSAGES_AFTER_WORDS),
            Opened.TOUCH: (touch_seconds, MESSAGES_AFTER_TOUCH),
        }
        self._windows: dict[Opened, _Window] = {}

    def open(self, by: Opened, now: float) -> None:
        """Begin a window."""
        seconds, count = self._kinds[by]
        self._windows[by] = _Window(now + seconds, count)

    def close(self) -> None:
        """Close all: whoever does not follow any more is sent nothing."""
        self._windows.clear()

    def take(self, now: float) -> Left:
        """Use one message up if there is one."""
        opened = sorted((one for one in self._windows.values() if one.until > now), key=lambda one: one.until)
        if not opened:
            return Left.CLOSED
        for window in opened:
            if window.left:
                window.left -= 1
                return Left.YES
        return Left.USED_UP

    def left(self, now: float) -> int:
        """Return how many messages may still be sent."""
        return sum(one.left for one in self._windows.values() if one.until > now)
