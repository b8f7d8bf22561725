"""The assistant for tests that tell a story in plain steps: every call waits until its turn is done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.assistant import Assistant
from bot.page_answers import PageAnswer, answer_page
from bot.places import NOWHERE, Place
from bot.store.records import Records
from dialogs.saying import Saying
from dialogs.session import Session

T = TypeVar("T")


class Loop:
    """An event loop in a thread of its own: a test that has one running may use it too."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what the coroutine returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    def close(self) -> None:
        """End the loop."""
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()


class Blocking:
    """An assistant whose methods wait."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self._loop = Loop()

    @property
    def records(self) -> Records | None:
        return self.assistant.records

    def hear(self, person: str, text: str, place: Place = NOWHERE) -> Saying:
        return self._loop.run(self.assistant.hear(person, text, place))

    def hear_once(self, person: str, text: str, **given: Any) -> str:
        return self._loop.run(self.assistant.hear_once(person, text, **given))

    def session_of(self, person: str) -> Session:
        return self._loop.run(self.assistant.session_of(person))

    def answer_page(self, token: str, answer: str | bytes, place: Place) -> PageAnswer | None:
        return self._loop.run(answer_page(self.assistant, token, answer, place))

    def forget(self, person: str) -> None:
        self._loop.run(self.assistant.forget(person))

    def purge(self) -> None:
        self._loop.run(self.assistant.purge())

    def close(self) -> None:
        self._loop.run(self.assistant.close())
        self._loop.close()
