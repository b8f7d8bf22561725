"""Notes of what is told before a reply: with which message, if it was, else from which on it is to be told.

A message that was answered may be pushed again, and nobody reads what comes back for it: so what is noted now is told
with a message that was written after.
"""

from __future__ import annotations

from time import time

_FROM = "@"


def to_tell(after: float = 0.0) -> str:
    """Return the note of what is to be told with a message written from now, or `after` so many seconds, on."""
    return f"{_FROM}{int(time() + after)}"


def is_to_tell(told_with: str, created: float) -> bool:
    """Tell whether the first line of such a note says that a message `created` then (seconds since 1970) tells it."""
    return not told_with or (told_with.startswith(_FROM) and created >= float(told_with.removeprefix(_FROM)))
