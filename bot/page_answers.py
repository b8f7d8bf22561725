"""Answers that are given on a page of their own, opened by a one-time link."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.assistant import Assistant
from bot.places import Place
from bot.store.base import Claim
from bot.store.faults import StoreError, StoreUnavailable
from bot.store.records import Page, Records
from dialogs.advisor import Turn
from dialogs.results import completed
from dialogs.saying import Saying


@dataclass(frozen=True)
class PageAnswer:
    """What came of an answer on a page.

    `problem` says why it was not taken. Else `next_page` may go on, or `saying` is how the dialog ended; `said` is what
    is said in the talk, whether it goes on or ends.
    """

    problem: str | None = None
    next_page: str | None = None
    saying: Saying | None = None
    said: Saying | None = None


async def page_of(assistant: Assistant, token: str) -> Page | None:
    """Return what a one-time link was made for; None when it is used, too old or never was. Raises StoreError."""
    if assistant.records is None:
        return None
    return await assistant.turns.of_records(assistant.records.page, token, assistant.turns.now())


async def notes_on(assistant: Assistant, page: Page) -> tuple[str, ...]:
    """Return what the page says beside its question: that nothing true belongs into a demonstration."""
    turns = assistant.turns
    session = await assistant.session_of(page.person)
    before = replace(turns.without_session(page.person), session=session)
    before = await turns.with_known(before, Place(links=""))
    return assistant.advisor.notes_of(before.session, today=turns.today(), known=before.known)


async def answer_page(assistant: Assistant, token: str, answer: str | bytes, place: Place) -> PageAnswer | None:
    """Take the answer given on the page of a link: a text, or the bytes of a checked photo.

    None: the link is used up or its question no longer asked. Raises StoreError when it could not be kept: then the
    link stays open.
    """
    page = await page_of(assistant, token)
    if page is None or assistant.records is None:
        return None
    claim = await assistant.conversations.claim(page.person, secrets.token_hex(16))
    if not isinstance(claim, Claim):
        raise StoreUnavailable("这个人的上一句话还在处理，稍后再试")
    try:
        return await _answered(assistant, assistant.records, claim, page, token, answer, place)
    finally:
        # What was saved is saved, and its claim over, whatever comes of this.
        with suppress(StoreError):
            await assistant.conversations.release(claim)


async def _answered(
    assistant: Assistant,
    records: Records,
    claim: Claim,
    page: Page,
    token: str,
    answer: str | bytes,
    place: Place,
) -> PageAnswer | None:
    turns, advisor = assistant.turns, assistant.advisor
    before = await turns.before(claim, place)
    flow = before.session.flow
    # Looked at again under the claim: another answer on the same page may have been waited for.
    if await page_of(assistant, token) is None or flow is None or flow.flow != page.draft:
        return None
    text = answer
    if isinstance(answer, bytes):
        text = await turns.of_records(records.keep_photo, page.person, page.draft, answer)
    turn = advisor.take_answer(before.session, page.ask, str(text), today=turns.today(), known=before.known)
    if not isinstance(turn, Turn):
        return None if turn is None else PageAnswer(problem=turn)
    # The link is used up last: what could not be kept can be given again.
    results = await turns.results(page.person, f"page:{_digest(token, str(text))}", turn, place)
    turn = replace(turn, saying=completed(advisor.library, turn.saying, results))
    await turns.save(before, turn)
    await turns.of_records(records.use_page, token, turns.now())
    links = [link.href for part in turn.saying.parts for link in part.links if "/page/" in link.href]
    goes_on = turn.session.flow is not None and not turn.session.flow.is_finished
    said = turn.saying
    return PageAnswer(next_page=links[0] if links and goes_on else None, saying=None if goes_on else said, said=said)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
