"""What the program logs while the tests run: nowhere the people of the tests, nor anything that looks like a number."""

from __future__ import annotations

import logging
import re

from tests.bot.canaries import CANARIES
from tests.bot.keeping import NUMBER

_NUMBERS = re.compile(r"(?<![0-9A-Za-z.])(?:\d{11}|\d{17}[0-9Xx])(?![0-9A-Za-z])")
"""A telephone or an identity card."""
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({})))
_PEOPLE = (*CANARIES.values(), NUMBER)


class LogWatch(logging.Handler):
    """Keeps where something personal was logged, without repeating it."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at the message and at what was added to it."""
        added = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        text = f"{record.getMessage()} {added}"
        if _NUMBERS.search(text) or any(person in text for person in _PEOPLE):
            self._found.append(f"{record.name}:{record.lineno} logs what is somebody's: {record.msg!r:.60}")

    def taken(self) -> list[str]:
        """Return what was found since the last call."""
        found, self._found = self._found, []
        return found
