"""Keeping what could not be answered, redacted, in batches and off the turn; when it cannot be kept it is dropped."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot import metrics
from bot.store.faults import StoreError
from bot.store.questions import KeptQuestion
from bot.store.records import Records
from dialogs.advisor import Turn
from dialogs.redaction import redacted
from dialogs.saying import Kind
from knowledge.library import Library

_log = logging.getLogger(__name__)

KEPT_KINDS = frozenset({Kind.NOT_COVERED, Kind.CLARIFY, Kind.UNSUPPORTED_CITY})
"""What is kept: what was not answered. What was said in a dialog, or held a number of the person's, never is."""
_MOST = 1000


@dataclass(frozen=True)
class _Asked:
    """A question in memory, on its way."""

    at: float
    text: str = field(repr=False)
    kind: str
    city: str | None
    topic: str | None


class Learning:
    """Takes questions in memory, at most 1,000; `flush` redacts them and hands them to the records."""

    def __init__(self, library: Library, records: Records, now: Callable[[], float]) -> None:
        self._library = library
        self._records = records
        self._now = now
        self._asked: deque[_Asked] = deque()

    def note(self, text: str, turn: Turn) -> None:
        """Take a question that was not answered; the rest is left alone, and what only waits for the city."""
        saying = turn.saying
        if saying.kind not in KEPT_KINDS or turn.session.waiting:
            return
        if len(self._asked) >= _MOST:
            metrics.QUESTIONS.labels("dropped").inc()
            return
        self._asked.append(_Asked(self._now(), text, saying.kind, saying.city, saying.topic))

    async def flush(self) -> None:
        """Redact and keep what was taken since the last time."""
        asked, self._asked = [*self._asked], deque()
        if not asked:
            return
        rows = []
        for one in asked:
            rows.append(KeptQuestion(one.at, one.kind, redacted(self._library, one.text), one.city, one.topic))
            # Not in a thread: it would hold the interpreter for milliseconds each time the loop lets go of it.
            await asyncio.sleep(0)
        try:
            await asyncio.to_thread(self._records.keep_questions, rows)
        except StoreError as error:
            # Not worth keeping people's words in memory until the records are back.
            metrics.QUESTIONS.labels("dropped").inc(len(asked))
            _log.error("questions dropped: %s", type(error).__name__)
        else:
            metrics.QUESTIONS.labels("kept").inc(len(asked))
