"""Events that nobody is answered: who stops following, what is allowed or not any more, what did not arrive."""

from __future__ import annotations

import logging
from functools import partial

from bot.assistant import Assistant
from bot.wechat.leaving import forget_follower
from bot.wechat.push import CHANGED
from bot.wechat.reminding import GRANT_SECONDS, GRANTED, note_undelivered
from bot.wechat.visit import Visit

_log = logging.getLogger(__name__)


async def take_note(assistant: Assistant, visit: Visit) -> None:
    """Do what the event asks for, once however often it is pushed. Raises StoreError: to be done again."""
    push, template = visit.push, visit.desk.account.reminder_template
    if push.event == "unsubscribe":
        act = partial(forget_follower, assistant, visit.person)
    elif any(one == template for one, _ in push.grants):
        act = partial(_note_grants, assistant, visit)
    elif template in push.undelivered:
        act = partial(_note_undelivered, assistant, visit.person)
    else:
        _log.info("event of type %s", push.event)
        return
    await assistant.once(visit.person, visit.key, act)


async def _note_grants(assistant: Assistant, visit: Visit) -> str:
    for template, is_accepted in visit.push.grants:
        if template != visit.desk.account.reminder_template:
            continue
        if not is_accepted:
            await assistant.conversations.note(visit.person, GRANTED, None)
        elif visit.push.event != CHANGED:  # a switch in the settings takes back, and allows nothing by itself
            await assistant.conversations.note(visit.person, GRANTED, "", GRANT_SECONDS)
    return ""


async def _note_undelivered(assistant: Assistant, person: str) -> str:
    await note_undelivered(assistant, person)
    return ""
