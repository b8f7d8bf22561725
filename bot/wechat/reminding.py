"""Reminders that are due, and what an office decided: sent once where the platform allows it, else told at a visit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from bot.assistant import Assistant
from bot.store.faults import StoreError
from bot.store.notices import notice_of
from bot.store.reaching import Due, Outcome
from bot.store.records import Records
from bot.telling import TO_TELL, facts_of, tell, told
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError, NotGranted, Unreachable
from bot.wechat.desk import Desk
from bot.wechat.later import is_to_tell, to_tell
from bot.wechat.ledger import Ledger
from bot.wechat.reply import MAX_REPLY_BYTES

_log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
HOURS = range(8, 21)
"""Nobody is woken by a reminder."""
AT_ONCE = 20
TO_TELL_SECONDS = 400 * 24 * 3600.0
GRANTED = "granted"
"""The note of a person who allowed one notification; the platform keeps it for long, so do we."""
GRANT_SECONDS = 400 * 24 * 3600.0


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
        await self._assistant.conversations.note(due.person, TO_TELL, to_tell(), TO_TELL_SECONDS)
        reach = await turns.of_records(records.reach_of, due.person)
        desk = self._desks.get(reach.account) if reach is not None else None
        api = desk.messenger if desk is not None else None
        outcome: Outcome | None = Outcome.KEPT
        way = await self._way(desk, due) if api is not None and desk is not None else None
        if reach is not None and api is not None and desk is not None and way is not None:
            begin = partial(records.begin_delivery, notifies=way is Outcome.NOTIFIED)
            if not await turns.of_records(begin, due.id, turns.now()):
                return
            outcome = await self._sent(api, desk, reach.openid, due, way)
        if outcome is not None:
            await turns.of_records(records.end_delivery, due.id, outcome, turns.now())

    async def _way(self, desk: Desk, due: Due) -> Outcome | None:
        """Return how the person can be reached now: by the notification they allowed, else by message; None: not.

        What an office decided goes as a message first: the notification was allowed for the day of a reminder.
        """
        is_decision = notice_of(due.what) is not None
        if is_decision and await self._ledger.spend(due.person):
            return Outcome.MESSAGED
        conversations = self._assistant.conversations
        if desk.profile.notifies and await conversations.noted(due.person, GRANTED) is not None:
            await conversations.note(due.person, GRANTED, None)  # one grant, one notification
            return Outcome.NOTIFIED
        return Outcome.MESSAGED if not is_decision and await self._ledger.spend(due.person) else None

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


async def with_reminders(
    assistant: Assistant, person: str, key: str, text: str, noted: str | None, created: float
) -> str:
    """Return the reply `text` to the message `key` with the reminders the person is to be told before it.

    `noted` is the note TO_TELL, None for none; the message was `created` then, in seconds since 1970. The reminders are
    told with one message, the same however often it is pushed. Where they do not fit or a store is out, the next
    message tells them.
    """
    if noted is None or not text or assistant.records is None:
        return text
    room = MAX_REPLY_BYTES - len(f"\n\n{text}".encode())
    told_with, _, lines = noted.partition("\n")
    try:
        if is_to_tell(told_with, created):
            # Nothing to tell now may be something in a moment: a push under way is told when nobody knows how it ended.
            due = await assistant.turns.of_records(assistant.records.reminders_to_show, person, assistant.turns.now())
            lines = await tell(assistant, assistant.records, person, key, due, room)
        elif told_with != key:
            lines = ""
    except StoreError as error:
        assistant.observer.saw_store_fault("reminders", error)
        return text
    return f"{lines}\n\n{text}" if lines else text


async def take_back_reminders(assistant: Assistant, person: str, key: str) -> None:
    """Note that the person never saw what was told with this message: the next one tells it. Raises StoreError."""
    noted = await assistant.conversations.noted(person, TO_TELL)
    if noted is None or not noted.startswith(f"{key}\n") or assistant.records is None:
        return
    turns = assistant.turns
    await assistant.conversations.note(person, TO_TELL, to_tell(), TO_TELL_SECONDS)
    await turns.of_records(assistant.records.note_unseen, person, turns.now())


async def note_undelivered(assistant: Assistant, person: str) -> None:
    """Note that the notification just sent to the person did not arrive: the next visit tells it. Raises StoreError."""
    if assistant.records is None:
        return
    turns = assistant.turns
    await assistant.conversations.note(person, TO_TELL, to_tell(), TO_TELL_SECONDS)
    if not await turns.of_records(assistant.records.note_undelivered, person, turns.now()):
        _log.warning("a notification that did not arrive belongs to no reminder")
