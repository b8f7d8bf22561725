"""What may be logged of an error: its kind and where it broke. Its text may quote what a person wrote and stays out."""

from __future__ import annotations

import traceback


def trace_of(error: BaseException | None) -> str:
    """Return the kind of `error`, the places it passed and the same of what caused it, without their messages."""
    if error is None:
        return "no error is known"
    traces = []
    while error is not None:
        traces.append(f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}")
        error = error.__cause__ or error.__context__
    return "".join(traces)
