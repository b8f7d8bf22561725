"""What is said to a message or event that came through the door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.assistant import Assistant
from bot.identity import Identities
from bot.places import Place
from bot.store.faults import StoreError
from bot.telling import TO_TELL
from bot.wechat import happening
from bot.wechat.api import WechatApi
from bot.wechat.desk import FOR_A_CLERK, PIECES_APART, Desk
from bot.wechat.handing import send_gist
from bot.wechat.ledger import Ledger, Opened
from bot.wechat.news import news_in
from bot.wechat.owed import REST, UNSAID, Owed
from bot.wechat.pictures import answer_video, take_picture
from bot.wechat.push import Push, PushKind
from bot.wechat.reminding import take_back_reminders, with_reminders
from bot.wechat.reply import MAX_REPLY_BYTES
from bot.wechat.visit import NOTHING, Reply, Visit
from dialogs.advisor import Turn
from dialogs.greeting import SHORTEST_HEARD, heard_as, placed
from dialogs.session import Session

_log = logging.getLogger(__name__)

ASK_TO_TYPE = "我现在只看得懂文字。请把想问的事打成一句话发给我，例如：办居住证要带什么？"
NOT_HEARD = "这句话没有听清。请再说一遍，或打字告诉我。"
TYPE_FOR_CLERK = "请打字发“转人工”，我马上转给工作人员。"
CLERK_IS_OFF = "人工现在不在，时间是{hours}。"
CLERK_PHONE = "也可以打 {phone}。"

MORE, GO_ON = "更多", "继续"
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
        self.owed = Owed(assistant)

    def visit(self, desk: Desk, push: Push) -> Visit:
        """Return who it is and which message: events have no id, and an id alone has been seen with two people."""
        who = (push.to_user, push.from_user)
        if push.message_id is not None:
            key = self._identities.of(*who, str(push.message_id))
        else:
            key = self._identities.of(*who, str(push.created), push.event, push.event_key)
        return Visit(desk, push, self._identities.of("wechat", desk.account.name, push.from_user), key)

    async def answer(self, visit: Visit) -> Reply:
        """Return the reply. Raises StoreError for events, and where a word asks for what cannot be read."""
        may_be_sent = visit.desk.profile.sends_messages and is_heard(visit.push)
        if may_be_sent:
            if await self.owed.was_sent(visit):
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
        return Reply(await answer_video(self.assistant, visit) or ASK_TO_TYPE, is_kept=False)

    async def is_kept(self, visit: Visit) -> bool:
        """Tell whether the push has its answer, for good. Raises StoreError."""
        return await self._given(visit, visit.key) is not None

    async def keep_said(self, visit: Visit, text: str) -> Reply:
        """Keep `text` as the reply to the push, unless it has one; return its reply. Raises StoreError."""
        return await self._opened(
            visit, await self.assistant.once(visit.person, visit.key, partial(_at_once, text), is_personal=True)
        )

    # --- messages ---

    def asks_for(self, visit: Visit, *wanted: str) -> bool:
        """Tell whether the message only asks for what was not told yet, by one of these words."""
        return visit.push.kind is PushKind.TEXT and visit.push.content.strip(_AROUND_A_WORD) in wanted

    async def _answer_text(self, visit: Visit) -> Reply:
        if self.asks_for(visit, MORE):
            return await self._opened(visit, await self.owed.more(visit))
        if self.asks_for(visit, GO_ON):
            found = await self.owed.late_answer(visit)
            if found is not None:
                return await self._opened(visit, found)
        return await self._hear(visit, visit.push.content)

    async def _answer_voice(self, visit: Visit, recognised: str) -> Reply:
        """Repeat what was heard before it decides anything; what is short, or urgent, is taken at once."""
        if not recognised:
            return Reply(NOT_HEARD, is_kept=False)
        short = recognised.strip(_AROUND_A_WORD)
        if len(short) < SHORTEST_HEARD or self.assistant.advisor.must_be_heard_at_once(recognised):
            return await self._hear(visit, short)
        return await self._tell(visit, partial(heard_as, text=recognised))

    async def _hear(self, visit: Visit, text: str) -> Reply:
        place = self._place(visit)
        hear = self.assistant.hear_once
        stored = await hear(visit.person, text, message_key=visit.key, render=visit.desk.render, place=place)
        return replace(await self._opened(visit, stored), goes_on=PIECES_APART not in stored)

    async def _tell(self, visit: Visit, respond: Callable[[Session], Turn]) -> Reply:
        place = self._place(visit)
        tell = self.assistant.tell_once
        stored = await tell(visit.person, respond, message_key=visit.key, render=visit.desk.render, place=place)
        return await self._opened(visit, stored)

    async def _take_picture(self, visit: Visit, api: WechatApi) -> Reply:
        stored = await self._given(visit, visit.key)
        if stored is not None:
            return await self._opened(visit, stored)
        return await self.keep_said(visit, await take_picture(self.assistant, api, visit, self._place(visit)))

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
            takes_pictures=visit.desk.api is not None,
        )

    async def _opened(self, visit: Visit, stored: str) -> Reply:
        """Return what is sent of a kept reply; where it has more pieces, 「更多」 is prepared."""
        if stored.startswith(FOR_A_CLERK):
            now, account = self._clock(), visit.desk.account
            if visit.desk.has_clerks_at(now):
                # The platform hands over messages only, no tap on a menu.
                return Reply(TYPE_FOR_CLERK) if visit.push.kind is PushKind.EVENT else Reply(hands_off=True)
            # Behind its first line an open question of a dialog may follow.
            said, line, further = stored.removeprefix(FOR_A_CLERK).partition("\n")
            phone = f"\n{CLERK_PHONE.format(phone=account.clerk_phone)}" if account.clerk_phone else ""
            stored = f"{said}{phone}{line}{further}"
            if visit.desk.profile.hands_off:
                stored = f"{CLERK_IS_OFF.format(hours='、'.join(map(str, account.clerk_hours)))}\n{stored}"
        first, apart, _ = stored.partition(PIECES_APART)
        if apart:
            await self.owed.note_rest(visit)
        news = news_in(first)
        return Reply(first) if news is None else Reply(article=news)

    async def _given(self, visit: Visit, key: str) -> str | None:
        """Return the reply a message got; None when it has none (yet)."""
        return await self.assistant.conversations.given(visit.person, key)

    # --- beside the answer ---

    async def with_owed(self, visit: Visit, reply: Reply) -> Reply:
        """Return the reply with what is told before it: late answers nobody told, reminders.

        Raises StoreError where nobody knows what was noted as told: `take_back`, and the reply goes without.
        """
        if reply.hands_off:
            await send_gist(self.assistant, self.ledger, visit)
            return reply
        is_typed = visit.push.kind is PushKind.TEXT and bool(reply.text)
        names = {
            REST: reply.goes_on,
            TO_TELL: is_typed and self.assistant.records is not None,
            UNSAID: is_typed and visit.desk.messenger is not None and not self.asks_for(visit, MORE, GO_ON),
        }
        noted = await self._noted(visit, [name for name, matters in names.items() if matters])
        if not noted:  # nearly always
            return reply
        if REST in noted:
            await self.owed.forget_rest(visit)  # 「更多」 would go on with what was talked of before
        key, text = visit.key, reply.text
        created = visit.push.created
        text = await with_reminders(self.assistant, visit.person, key, text, noted.get(TO_TELL), created)
        return replace(reply, text=await self._with_unsaid(visit, text, noted.get(UNSAID)))

    async def take_back(self, visit: Visit) -> None:
        """Note that the person never saw what was told with this message. Raises StoreError."""
        await self.owed.take_back(visit)
        await take_back_reminders(self.assistant, visit.person, visit.key)

    async def _with_unsaid(self, visit: Visit, text: str, noted: str | None) -> str:
        if noted is None:
            return text
        lines = await self.owed.before_reply(visit, noted, MAX_REPLY_BYTES - len(text.encode()) - 2)
        return f"{lines}\n\n{text}" if lines else text

    async def _noted(self, visit: Visit, names: list[str]) -> dict[str, str]:
        """Return the notes there are, read together; where the store is out, none."""
        noted = self.assistant.conversations.noted
        try:
            found = await asyncio.gather(*(noted(visit.person, name) for name in names))
        except StoreError as error:
            self.assistant.observer.saw_store_fault("conversations", error)
            return {}
        return {name: one for name, one in zip(names, found, strict=True) if one is not None}

    async def _answer_event(self, visit: Visit) -> Reply:
        push = visit.push
        if push.event in ("subscribe", "scan"):
            account = visit.desk.account
            cities = account.cities or tuple(filter(None, [account.city]))
            return await self._tell(visit, lambda session: self._welcome(session, push.scene, cities))
        if push.event == "click":
            return await self._hear(visit, push.event_key)
        await happening.take_note(self.assistant, visit)
        return NOTHING

    async def _note_window(self, visit: Visit) -> None:
        is_tap = visit.push.kind is PushKind.EVENT
        try:
            await self.ledger.heard(visit.person, Opened.BY_TAP if is_tap else Opened.BY_MESSAGE)
        except StoreError as error:
            # Fewer messages may be pushed then; the answer does not wait for that.
            self.assistant.observer.saw_store_fault("conversations", error)


def is_heard(push: Push) -> bool:
    """Tell whether the person said or tapped something, which is answered: other events only tell."""
    return push.kind is not PushKind.EVENT or push.event in TAPS


async def _at_once(text: str) -> str:
    return text
