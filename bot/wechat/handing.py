"""What a person who is handed to a clerk has been asking about: sent to them first, so that the clerk reads it too.

The hand-over itself carries no text; but the clerk's window shows the messages of the account. The person's words are
not kept, so only city and subjects are told.
"""

from __future__ import annotations

import asyncio
import logging

from bot.assistant import Assistant
from bot.store.base import REPLY_SECONDS
from bot.store.faults import StoreError
from bot.wechat.api_errors import ApiError
from bot.wechat.ledger import Ledger
from bot.wechat.visit import Visit
from dialogs.session import Session
from knowledge.library import Library

_log = logging.getLogger(__name__)

GIST = "马上转人工。您刚才问的是：{gist}。可以直接把这段发给工作人员。"
GIST_SECONDS = 1.5
"""The hand-over waits no longer for it."""
_MOST_SUBJECTS = 3


def gist_of(library: Library, session: Session) -> str:
    """Return city and latest subjects, as people call them; "" when nothing was talked of."""
    city = library.cities.get(session.city or "")
    known = [library.topics[slug].title for slug in session.topics if slug in library.topics]
    return "；".join(([city.name] if city else []) + known[-_MOST_SUBJECTS:]) if known else ""


async def send_gist(assistant: Assistant, ledger: Ledger, visit: Visit) -> None:
    """Send it once where the account may send messages; whatever fails, the hand-over goes on. Raises nothing."""
    api = visit.desk.messenger
    if api is None:
        return
    try:
        async with asyncio.timeout(GIST_SECONDS):
            gist = gist_of(assistant.advisor.library, await assistant.session_of(visit.person))
            if not gist or not await assistant.conversations.take(f"{visit.key}:gist", 1, REPLY_SECONDS):
                return
            if await ledger.spend(visit.person):
                await api.send_text(visit.push.from_user, GIST.format(gist=gist))
    except (TimeoutError, StoreError, ApiError) as error:
        _log.warning("nothing told before a hand-over: %s", type(error).__name__)
