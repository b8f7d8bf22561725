"""Reminders that are due: sent once where the platform allows it, else told at the person's next visit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from bot.assistant import Assistant
from bot.store.base import REPLY_SECONDS
from bot.store.faults import StoreError
from bot.store.reaching import Due, Outcome
from bot.store.records import Records
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError, NotGranted, Unreachable
from bot.wechat.desk import Desk
from bot.wechat.ledger import Ledger
from bot.wechat.reply import MAX_REPLY_BYTES
from knowledge.library import Library
from knowledge.text import in_chinese

_log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
HOURS = range(8, 21)
"""Nobody is woken by a reminder."""
AT_ONCE = 20
TO_TELL = "remind"
"""The note of a person who is to be told of a reminder at the next visit."""
TO_TELL_SECONDS = 400 * 24 * 3600.0
GRANTED = "granted"
"""The note of a person who allowed one notification; the platform keeps it for long, so do we."""
GRANT_SECONDS = 400 * 24 * 3600.0
REMINDS = "提醒您：{day}，{what}（{city}）。"


def facts_of(library: Library, due: Due) -> dict[str, str]:
    """Return what a reminder tells: what, day and city."""
    option = library.wordings["remind"].options["what"].get(due.what)
    city = library.cities.get(due.city)
    return {
        "what": option.label if option is not None else due.what,
        "day": in_chinese(due.day),
        "city": city.name if city is not None else due.city,
    }


def told(library: Library, due: Due) -> str:
    """Return the sentence of a reminder."""
    return REMINDS.format(**facts_of(library, due))


class Reminding:
    """Delivers what is due. A crash between any two steps sends nothing twice and loses nothing."""

    def __init__(
        self,
        assistant: Assistant,
        records: Records,
        desks: Mapping[str, Desk],
        ledger: Ledger,
        clock: Callable[[], datetime],
    ) -> None:
        self._assistant = assistant
        self._records = records
        self._desks = desks
        self._ledger = ledger
        self._clock = clock

    async def deliver(self) -> int:
        """Deliver what is due now; return how many reminders were dealt with. Raises StoreError."""
        now = self._clock()
        if now.hour not in HOURS:
            return 0
        turns, records = self._assistant.turns, self._records
        due = await turns.of_records(records.claim_due, turns.today(), turns.now(), AT_ONCE)
        for one in due:
            try:
                await self._deliver_one(one)
            except StoreError as error:  # the others do not wait for this one: its claim ends by itself
                _log.error("a reminder waits: %s", type(error).__name__)
        return len(due)

    async def _deliver_one(self, due: Due) -> None:
        turns, records = self._assistant.turns, self._records
        # Noted before anything is sent: whatever happens then, the next visit looks.
        await self._assistant.conversations.note(due.person, TO_TELL, "", TO_TELL_SECONDS)
        reach = await turns.of_records(records.reach_of, due.person)
        desk = self._desks.get(reach.account) if reach is not None else None
        api = desk.messenger if desk is not None else None
        outcome: Outcome | None = Outcome.KEPT
        way = await self._way(desk, due.person) if api is not None and desk is not None else None
        if reach is not None and api is not None and desk is not None and way is not None:
            if not await turns.of_records(records.begin_delivery, due.id, turns.now()):
                return
            outcome = await self._sent(api, desk, reach.openid, due, way)
        if outcome is not None:
            await turns.of_records(records.end_delivery, due.id, outcome, turns.now())

    async def _way(self, desk: Desk, person: str) -> Outcome | None:
        """Return how the person can be reached now: by the notification they allowed, else by message; None: not."""
        conversations = self._assistant.conversations
        if desk.profile.notifies and await conversations.noted(person, GRANTED) is not None:
            await conversations.note(person, GRANTED, None)  # one grant, one notification
            return Outcome.NOTIFIED
        return Outcome.MESSAGED if await self._ledger.spend(person) else None

    async def _sent(self, api: WechatApi, desk: Desk, openid: str, due: Due, way: Outcome) -> Outcome | None:
        """Send it; None when nobody knows whether it arrived: then it is told at the next visit, and not sent again."""
        library, template = self._assistant.advisor.library, desk.account.reminder_template
        try:
            if way is Outcome.NOTIFIED and template is not None:
                filled = facts_of(library, due)
                data = {name: text.format(**filled) for name, text in desk.account.reminder_fields.items()}
                await api.notify(openid, template, "", data)
            else:
                await api.send_text(openid, told(library, due))
        except Unreachable as error:
            _log.error("reminder not sent: %s", error)
            return None if error.may_have_arrived else Outcome.KEPT
        except NotGranted:
            # Taken back meanwhile: then as a message, where one is left.
            by_message = await self._ledger.spend(due.person)
            return await self._sent(api, desk, openid, due, Outcome.MESSAGED) if by_message else Outcome.KEPT
        except ApiError as error:
            _log.error("reminder not sent: %s", error)
            return Outcome.KEPT
        return way


async def with_reminders(assistant: Assistant, person: str, key: str, text: str) -> str:
    """Return the reply `text` to the message `key` with the reminders the person is to be told before it.

    They are told with one message, the same however often it is pushed. Where they do not fit or a store is out, the
    next message tells them.
    """
    try:
        noted = await assistant.conversations.noted(person, TO_TELL)
        if noted is None or not text or assistant.records is None:
            return text
        told_with, _, lines = noted.partition("\n")
        if not told_with:
            lines = await _lines_told(assistant, assistant.records, person, key, MAX_REPLY_BYTES - len(text.encode()))
        elif told_with != key:
            lines = ""
    except StoreError as error:
        assistant.observer.saw_store_fault("reminders", error)
        return text
    return f"{lines}\n\n{text}" if lines else text


async def _lines_told(assistant: Assistant, records: Records, person: str, key: str, room: int) -> str:
    """Return what is told of the person's reminders with this message, and note that it is told; "" for nothing."""
    turns, conversations = assistant.turns, assistant.conversations
    due = await turns.of_records(records.reminders_to_show, person, turns.now())
    lines = "\n".join(told(assistant.advisor.library, one) for one in due)
    # Nothing to tell now may be something in a moment: a push under way is told when nobody knows how it ended.
    if not due or len(lines.encode()) + 2 > room:
        return ""
    await turns.of_records(records.note_shown, person, [one.id for one in due], turns.now())
    with suppress(StoreError):  # told it is all the same; only a repeat of this push would be without it
        await conversations.note(person, TO_TELL, f"{key}\n{lines}", REPLY_SECONDS)
    return lines
