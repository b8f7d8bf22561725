"""What is said to a message or event that came through the door."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.assistant import Assistant
from bot.identity import Identities
from bot.places import Place
from bot.store.base import REPLY_SECONDS
from bot.store.faults import StoreError
from bot.wechat.api import WechatApi
from bot.wechat.desk import FOR_A_CLERK, PIECES_APART, Desk
from bot.wechat.leaving import forget_follower
from bot.wechat.ledger import Ledger, Opened
from bot.wechat.pictures import take_picture
from bot.wechat.push import Push, PushKind
from bot.wechat.reminding import GRANT_SECONDS, GRANTED, with_reminders
from bot.wechat.visit import NOTHING, Reply, Visit
from dialogs.advisor import Turn
from dialogs.greeting import SHORTEST_HEARD, heard_as, placed
from dialogs.session import Session

_log = logging.getLogger(__name__)

ASK_TO_TYPE = "我现在只看得懂文字。请把想问的事打成一句话发给我，例如：办居住证要带什么？"
NOT_HEARD = "这句话没有听清。请再说一遍，或打字告诉我。"
NO_MORE = "没有更多了。想问别的，直接打字就行。"
TYPE_FOR_CLERK = "请打字发“转人工”，我马上转给工作人员。"
STILL_WORKING = "这句我还在查，请过几秒回复“继续”。"
CLERK_IS_OFF = "人工现在不在，时间是{hours}。"
CLERK_PHONE = "也可以打 {phone}。"

MORE, GO_ON = "更多", "继续"
_REST, _LATE, _SENT = "rest", "late", "sent:"
"""Notes: the message whose reply has more pieces, and the next one's number; the message that is answered late; one
whose answer followed as a message.
"""

_NOTE_SECONDS = REPLY_SECONDS - 30.0
"""A note never outlives the reply it points to."""

_AROUND_A_WORD = ' 。.!！“”"「」'
TAPS = frozenset({"subscribe", "scan", "click"})

Welcome = Callable[[Session, str, tuple[str, ...]], Turn]
"""Greets a person: the scene they came by ("" for none), the cities to choose from."""


class Answers:
    """Answers pushes for all accounts; the same push gets the same answer, whichever process it comes to."""

    def __init__(
        self,
        assistant: Assistant,
        identities: Identities,
        welcome: Welcome,
        public_url: str | None,
        clock: Callable[[], datetime],
    ) -> None:
        self.assistant = assistant
        self._identities = identities
        self._welcome = welcome
        self._public_url = public_url
        self._clock = clock
        self.ledger = Ledger(assistant.conversations)

    def visit(self, desk: Desk, push: Push) -> Visit:
        """Return who it is and which message: events have no id, and an id alone has been seen with two people."""
        who = (push.to_user, push.from_user)
        if push.message_id is not None:
            key = self._identities.of(*who, str(push.message_id))
        else:
            key = self._identities.of(*who, str(push.created), push.event, push.event_key)
        return Visit(desk, push, self._identities.of("wechat", desk.account.name, push.from_user), key)

    async def answer(self, visit: Visit) -> Reply:
        """Return the reply. Raises StoreError only for events."""
        if await self._was_sent(visit):
            return NOTHING
        await self._note_window(visit)
        return await self.answer_again(visit)

    async def answer_again(self, visit: Visit) -> Reply:
        """Return the reply to a push whose answer was late; the same one if it is kept."""
        push = visit.push
        if push.kind is PushKind.EVENT:
            return await self._answer_event(visit)
        if push.kind is PushKind.TEXT:
            return await self._answer_text(visit)
        if push.kind is PushKind.VOICE:
            return await self._answer_voice(visit, push.recognition.strip())
        if push.kind is PushKind.LOCATION and push.label.strip():
            library = self.assistant.advisor.library
            city = self.assistant.advisor.reader.gazetteer.find(push.label.strip()).residence
            return await self._tell(visit, lambda session: placed(library, session, city))
        if push.kind is PushKind.IMAGE and visit.desk.api is not None:
            return await self._take_picture(visit, visit.desk.api)
        _log.info("message of type %s", push.type_name)
        return Reply(ASK_TO_TYPE)

    async def note_late(self, visit: Visit) -> None:
        """Note that the answer to this message is asked for by 「继续」. Raises StoreError."""
        await self.assistant.conversations.note(visit.person, _LATE, visit.key, _NOTE_SECONDS)

    async def note_told(self, visit: Visit) -> None:
        """Note that the late answer was told: 「继续」 means something else again."""
        await self._note(visit, _LATE, None)

    async def note_sent(self, visit: Visit) -> None:
        """Note that the answer follows as a message: pushed again, this gets nothing more. Raises StoreError."""
        await self.assistant.conversations.note(visit.person, f"{_SENT}{visit.key}", "", REPLY_SECONDS)

    # --- messages ---

    def asks_for_more(self, visit: Visit) -> bool:
        """Tell whether the message only asks for what was not told yet."""
        return visit.push.kind is PushKind.TEXT and _word(visit) in (MORE, GO_ON)

    async def _answer_text(self, visit: Visit) -> Reply:
        word = _word(visit)
        if word in (MORE, GO_ON):
            found = await (self._more(visit) if word == MORE else self._late_answer(visit))
            if found is not None:
                return found
        return await self._hear(visit, visit.push.content)

    async def _answer_voice(self, visit: Visit, recognised: str) -> Reply:
        """Repeat what was heard before it decides anything; what is short, or urgent, is taken at once."""
        if not recognised:
            return Reply(NOT_HEARD)
        short = recognised.strip(_AROUND_A_WORD)
        if len(short) < SHORTEST_HEARD or self.assistant.advisor.must_be_heard_at_once(recognised):
            return await self._hear(visit, short)
        return await self._tell(visit, partial(heard_as, text=recognised))

    async def _hear(self, visit: Visit, text: str) -> Reply:
        place = self._place(visit)
        hear = self.assistant.hear_once
        stored = await hear(visit.person, text, message_key=visit.key, render=visit.desk.render, place=place)
        if PIECES_APART not in stored and await self._noted(visit, _REST) is not None:
            await self._note(visit, _REST, None)  # 「更多」 would go on with what was talked of before
        return await self._opened(visit, stored)

    async def _tell(self, visit: Visit, respond: Callable[[Session], Turn]) -> Reply:
        place = self._place(visit)
        tell = self.assistant.tell_once
        stored = await tell(visit.person, respond, message_key=visit.key, render=visit.desk.render, place=place)
        return await self._opened(visit, stored)

    async def _take_picture(self, visit: Visit, api: WechatApi) -> Reply:
        stored = await self._given(visit, visit.key)
        if stored is None:
            said = await take_picture(self.assistant, api, visit, self._place(visit))
            act = partial(_at_once, said)
            stored = await self.assistant.once(visit.person, visit.key, act, is_personal=True)
        return await self._opened(visit, stored)

    def _place(self, visit: Visit) -> Place:
        account = visit.desk.account
        reach = (account.name, visit.push.from_user) if visit.desk.profile.sends_messages else None
        notifies = self._public_url is not None and visit.desk.profile.notifies
        return Place(
            links=self._public_url,
            usual_city=account.city,
            channel="wechat",
            reach=reach,
            grants=f"{self._public_url}/wechat/{account.name}/remind" if notifies else None,
        )

    async def _opened(self, visit: Visit, stored: str) -> Reply:
        """Return what is sent of a kept reply; where it has more pieces, 「更多」 is prepared."""
        if stored.startswith(FOR_A_CLERK):
            now, account = self._clock(), visit.desk.account
            if visit.desk.has_clerks_at(now):
                # The platform hands over messages only, no tap on a menu.
                return Reply(TYPE_FOR_CLERK) if visit.push.kind is PushKind.EVENT else Reply(hands_off=True)
            stored = stored.removeprefix(FOR_A_CLERK)
            if visit.desk.profile.hands_off:
                stored = f"{CLERK_IS_OFF.format(hours='、'.join(map(str, account.clerk_hours)))}\n{stored}"
            if account.clerk_phone:
                stored = f"{stored}\n{CLERK_PHONE.format(phone=account.clerk_phone)}"
        first, apart, _ = stored.partition(PIECES_APART)
        if apart:
            await self._note(visit, _REST, f"{visit.key} 1")
        return Reply(first)

    async def _more(self, visit: Visit) -> Reply | None:
        """Return the next piece of the last long reply; None when there is none."""
        noted = await self._noted(visit, _REST)
        key, _, number = (noted or "").partition(" ")
        stored = await self._given(visit, key) if noted else None
        pieces = (stored or "").split(PIECES_APART)
        if stored is None or int(number) >= len(pieces):
            return await self._repeated(visit) or Reply(NO_MORE)

        async def act() -> str:
            following = int(number) + 1
            await self._note(visit, _REST, f"{key} {following}" if following < len(pieces) else None)
            return pieces[int(number)]

        return Reply(await self.assistant.once(visit.person, visit.key, act, is_personal=True))

    async def _late_answer(self, visit: Visit) -> Reply | None:
        """Return the answer that was not ready in time; None when nothing is waited for."""
        key = await self._noted(visit, _LATE)
        if key is None:
            return await self._repeated(visit)
        stored = await self._given(visit, key)
        if stored is None:
            return Reply(STILL_WORKING)

        async def act() -> str:
            await self._note(visit, _LATE, None)
            return stored

        return await self._opened(visit, await self.assistant.once(visit.person, visit.key, act, is_personal=True))

    async def _repeated(self, visit: Visit) -> Reply | None:
        """Return what this very message was answered before; None when it is new."""
        stored = await self._given(visit, visit.key)
        return None if stored is None else await self._opened(visit, stored)

    async def _given(self, visit: Visit, key: str) -> str | None:
        """Return the reply a message got; None when it has none (yet)."""
        return await self.assistant.conversations.given(visit.person, key)

    async def is_kept(self, visit: Visit) -> bool:
        """Tell whether the push has its answer, for good. Raises StoreError."""
        return await self._given(visit, visit.key) is not None

    async def with_reminders(self, visit: Visit, reply: Reply) -> Reply:
        """Return the reply to a typed message with the reminders that are told with it."""
        if visit.push.kind is not PushKind.TEXT or reply.hands_off:
            return reply
        return replace(reply, text=await with_reminders(self.assistant, visit.person, visit.key, reply.text))

    # --- events ---

    async def _answer_event(self, visit: Visit) -> Reply:
        push = visit.push
        if push.event in ("subscribe", "scan"):
            account = visit.desk.account
            cities = account.cities or tuple(filter(None, [account.city]))
            return await self._tell(visit, lambda session: self._welcome(session, push.scene, cities))
        if push.event == "click":
            return await self._hear(visit, push.event_key)
        for template, is_accepted in push.grants:
            if template == visit.desk.account.reminder_template:
                value = "" if is_accepted else None
                await self.assistant.conversations.note(visit.person, GRANTED, value, GRANT_SECONDS)
        if push.event != "unsubscribe":
            _log.info("event of type %s", push.event)
            return NOTHING
        await self.assistant.once(visit.person, visit.key, partial(forget_follower, self.assistant, visit.person))
        return NOTHING

    # --- notes ---

    async def _was_sent(self, visit: Visit) -> bool:
        is_able = visit.desk.profile.sends_messages
        return is_able and await self._noted(visit, f"{_SENT}{visit.key}") is not None

    async def _note_window(self, visit: Visit) -> None:
        if not visit.desk.profile.sends_messages:
            return
        is_tap = visit.push.kind is PushKind.EVENT
        if is_tap and visit.push.event not in TAPS:
            return
        try:
            await self.ledger.heard(visit.person, Opened.BY_TAP if is_tap else Opened.BY_MESSAGE)
        except StoreError as error:
            # Fewer messages may be pushed then; the answer does not wait for that.
            self.assistant.observer.saw_store_fault("conversations", error)

    async def _note(self, visit: Visit, name: str, value: str | None) -> None:
        try:
            await self.assistant.conversations.note(visit.person, name, value, _NOTE_SECONDS)
        except StoreError as error:
            self.assistant.observer.saw_store_fault("conversations", error)

    async def _noted(self, visit: Visit, name: str) -> str | None:
        try:
            return await self.assistant.conversations.noted(visit.person, name)
        except StoreError as error:
            self.assistant.observer.saw_store_fault("conversations", error)
            return None


def _word(visit: Visit) -> str:
    return visit.push.content.strip(_AROUND_A_WORD)


async def _at_once(text: str) -> str:
    return text
