"""Trying a text on all labelled questions before anybody can put it into force; beside the requests, not in them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from bot.assistant import Assistant
from bot.publishing import verified
from bot.regression import Report, run
from bot.staff.visit import Visit
from bot.store.faults import StoreError
from bot.store.publishing import PublishingError, Revision
from bot.store.records import Records
from dialogs.advisor import Advisor
from dialogs.published import FaqEntry, Published, problem_of

PATIENCE_SECONDS = 8.0
"""So long a page waits for a trial, which takes about two; then it is shown as it is, and loads itself again."""
NOT_ACCEPTED = "试答没有通过：有 {count} 道题变差了。"


def tried(advisor: Advisor, published: Published, entry: FaqEntry) -> Report:
    """Return what the labelled questions say of the entry beside all that is in force, as if nothing were switched off.

    The entry must verify. Takes a second or two of one core: call it in a thread.
    """
    others = tuple(one for one in published.entries if one.id != entry.id)
    before = verified(advisor, Published((), published.entries))
    return run(before, verified(advisor, Published((), (*others, entry))))


@dataclass
class Checks:
    """The revisions that are being tried in this process, one after another."""

    _under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def begin(self, assistant: Assistant, records: Records, revision: Revision, by: str) -> None:
        """Try a waiting revision, unless it is being tried.

        Its report is kept with it; where a question is answered worse it is refused, and is a draft again.
        """
        if revision.id in self._under_way:
            return
        task = asyncio.create_task(self._check(assistant, records, revision, by))
        self._under_way[revision.id] = task
        task.add_done_callback(lambda done: self._ended(assistant, revision.id, done))

    def is_under_way(self, revision: int) -> bool:
        """Tell whether it is being tried in this process."""
        return revision in self._under_way

    async def ended(self, revision: int) -> bool:
        """Wait a little for a revision that is being tried here; tell whether it was, and no longer is."""
        task = self._under_way.get(revision)
        if task is None:
            return False
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        return bool(done)

    async def close(self) -> None:
        """Give up what is under way: it can be begun again."""
        tasks = [*self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _check(self, assistant: Assistant, records: Records, revision: Revision, by: str) -> None:
        async with self._one_at_a_time:
            report = await keep_report(assistant, records, revision, by)
        of_records, now = assistant.turns.of_records, assistant.turns.now()
        if isinstance(report, str) or not report.is_accepted:
            reason = report if isinstance(report, str) else NOT_ACCEPTED.format(count=len(report.worse))
            entry = revision.faq
            await of_records(records.refuse, revision.id, by, reason, now)
            await of_records(records.draft, entry.id, entry.city, entry.asks, entry.line, entry.places, by, now)

    def _ended(self, assistant: Assistant, revision: int, task: asyncio.Task[None]) -> None:
        del self._under_way[revision]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, PublishingError):
            return  # somebody else has decided on it meanwhile
        if isinstance(error, StoreError):
            assistant.observer.saw_store_fault("staff", error)
        elif error is not None:
            assistant.observer.saw_fault("staff", error)


async def keep_report(assistant: Assistant, records: Records, revision: Revision, by: str) -> Report | str:
    """Try a revision beside all that is in force now, and keep the report; or return why it cannot be tried.

    Raises StoreError, PublishingError.
    """
    turns, advisor = assistant.turns, assistant.advisor
    problem = problem_of(advisor.library, revision.faq, advisor.reader.gazetteer)
    if problem is not None:
        return problem
    _, published = await turns.of_records(records.published)
    report = await asyncio.to_thread(tried, advisor, published, revision.faq)
    await turns.of_records(records.keep_report, revision.id, report.to_json(), by, turns.now())
    return report


async def hand_in(visit: Visit, revision: int) -> None:
    """Hand a draft in, so that nobody changes it any more, and begin to try it. Raises StoreError, PublishingError."""
    await visit.of_records(visit.console.records.hand_in, revision, visit.officer.name, visit.now)
    await begin(visit, revision)


async def begin(visit: Visit, revision: int) -> None:
    """Begin to try a revision that was handed in. Raises StoreError, PublishingError."""
    console = visit.console
    found = await visit.of_records(console.records.revision, revision)
    visit.request.app[CHECKS].begin(console.assistant, console.records, found, visit.officer.name)


CHECKS: web.AppKey[Checks] = web.AppKey("checks", Checks)


async def close_checks(app: web.Application) -> None:
    """End with the application."""
    await app[CHECKS].close()
