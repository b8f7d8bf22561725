"""What may be logged of an error: its kind and where it broke. Its text may quote what a person wrote and stays out."""

from __future__ import annotations

import traceback


def trace_of(error: BaseException | None) -> str:
    """Return the kind of `error` and the places it passed, without its message."""
    if error is None:
        return "no error is known"
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
