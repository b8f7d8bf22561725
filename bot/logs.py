"""The log: one JSON object a line on standard error, with the id of the turn it belongs to; readable at a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

import orjson

from bot.faults import trace_of

FIELDS = ("channel", "kind", "city", "ms", "part", "limit", "status")
"""What a line may hold beside its time, level, logger, event, turn and trace: given as `extra` where it is logged."""

_TURN: ContextVar[str | None] = ContextVar("turn", default=None)


@contextmanager
def turn_id(given: str) -> Iterator[None]:
    """Have every line that is logged within bear this id."""
    token = _TURN.set(given)
    try:
        yield
    finally:
        _TURN.reset(token)


def set_up_logs(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send everything that is logged to `stream`, standard error unless given."""
    stream = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_ForReaders() if stream.isatty() else _JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Nobody asks which thread or line a record comes from, and finding out costs more than writing it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # the way that logging's own manual names
    # What Alembic does to tables is told by our own words; what libraries say at INFO helps nobody here.
    for name in ("alembic", "asyncio", "redis", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _JsonLines(logging.Formatter):
    """Writes a record as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return orjson.dumps(_line_of(record), default=str).decode()


class _ForReaders(logging.Formatter):
    """Writes a record for somebody who watches."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: time, level, what happened, the rest as name=value."""
        line = _line_of(record)
        begins = (str(line.pop("timestamp"))[11:19], line.pop("level"), line.pop("event"))
        line.pop("logger")
        return " ".join([*map(str, begins), *(f"{name}={value}" for name, value in line.items())])


def _line_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what is written of a record; of an exception its kind and place, since its message may quote a person."""
    event = record.getMessage()
    line: dict[str, object] = {
        "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        # What asyncio tells of an exception stands below its first line.
        "event": event.partition("\n")[0] if record.name == "asyncio" else event,
    }
    turn = _TURN.get()
    if turn is not None:
        line["turn"] = turn
    given = record.__dict__
    line.update((name, given[name]) for name in FIELDS if name in given)
    if record.exc_info:
        line["trace"] = trace_of(record.exc_info[1])
    return line
