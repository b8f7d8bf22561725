"""What staff publish, brought to the answers of this process; what is switched off holds while the database is out."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.faults import StoreError
from bot.store.keyfile import sync_folder
from bot.store.records import Records
from bot.store.work import in_shanghai
from dialogs.advisor import Advisor
from dialogs.published import Published, Switch, problem_of
from dialogs.saying import Saying

if TYPE_CHECKING:
    from bot.assistant import Assistant

_log = logging.getLogger(__name__)

SWITCHES = "switches.json"


class Publishing:
    """Asks the records what is in force, gives the assistant an advisor that says it, and counts what was served.

    In the data folder a copy of the switches is kept, for a start while the records are out.
    """

    def __init__(self, records: Records, folder: Path, now: Callable[[], float]) -> None:
        self._records = records
        self._file = folder / SWITCHES
        self._now = now
        self._version = ""
        self._is_out = False
        self._served: Counter[tuple[str, date]] = Counter()
        self._one_at_a_time = asyncio.Lock()

    def at_start(self, advisor: Advisor) -> Advisor:
        """Return the advisor with what is published; while the records are out, with the switches kept last."""
        try:
            version, published = self._records.published()
        except StoreError as error:
            self._saw_outage(error)
            return advisor.with_published(Published(_read(self._file)))
        self._version = version
        _write(self._file, published.switches)
        return verified(advisor, published)

    async def refresh(self, assistant: Assistant) -> None:
        """Give the assistant what is published, if it has changed; while the records are out nothing does."""
        async with self._one_at_a_time:
            of_records = assistant.turns.of_records
            try:
                if await of_records(self._records.published_version) == self._version:
                    self._is_out = False
                    return
                version, published = await of_records(self._records.published)
            except StoreError as error:
                self._saw_outage(error)
                return
            self._is_out = False
            advisor = await asyncio.to_thread(verified, assistant.advisor, published)
            assistant.publish(advisor)
            self._version = version
            await asyncio.to_thread(_write, self._file, published.switches)

    def note(self, saying: Saying) -> None:
        """Count an answer written by staff; every other saying is left alone."""
        if saying.faq is not None:
            self._served[saying.faq, in_shanghai(self._now()).date()] += 1

    async def flush(self) -> None:
        """Hand what was counted to the records; while they are out it is kept for the next time."""
        served, self._served = self._served, Counter()
        if not served:
            return
        try:
            await asyncio.to_thread(self._records.count_served, served)
        except StoreError as error:
            self._served.update(served)
            self._saw_outage(error)

    def _saw_outage(self, error: StoreError) -> None:
        """Log that the records are out, once until they are back."""
        if not self._is_out:
            _log.error("what is published cannot be read, nothing of it changes: %s", type(error).__name__)
        self._is_out = True


def verified(advisor: Advisor, published: Published) -> Advisor:
    """Return an advisor that says what is published; an entry that does not verify is left out and named in the log."""
    entries = []
    for entry in published.entries:
        if problem_of(advisor.library, entry, advisor.reader.gazetteer) is None:
            entries.append(entry)
        else:
            _log.error("an answer written by staff does not verify and is left out: %s", entry.id)
    return advisor.with_published(Published(published.switches, tuple(entries)))


def _read(file: Path) -> tuple[Switch, ...]:
    """Return the switches of the file; none when there is no such file, or it cannot be read."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return tuple(_switch(**one) for one in kept)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as error:
        _log.error("%s cannot be read, nothing is switched off by it: %s", file.name, type(error).__name__)
        return ()


def _switch(city: str | None, topic: str | None, sentence: str) -> Switch:
    """Return a switch. Raises TypeError for values that are none."""
    if not isinstance(sentence, str) or not all(isinstance(one, str | None) for one in (city, topic)):
        raise TypeError("no switch")
    return Switch(city, topic, sentence)


def _write(file: Path, switches: Iterable[Switch]) -> None:
    """Put the file in place in one step, readable by its owner only; a disk that refuses is told in the log."""
    data = f"{json.dumps([vars(switch) for switch in switches], ensure_ascii=False, indent=1)}\n".encode()
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        if file.exists() and file.read_bytes() == data:
            return
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        _log.error("%s cannot be kept: %s", file.name, type(error).__name__)
