"""What a person is still owed: the rest of a long reply on 「更多」, late answers on 「继续」 or before the next reply.

All of it is noted with the person, for every process. An answer counts as told when the reply of the message that told
it is kept: whatever crashes in between, the next 「继续」 finds it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from bot.assistant import Assistant
from bot.store.base import REPLY_SECONDS
from bot.store.faults import StoreError
from bot.wechat.desk import FOR_A_CLERK, PIECES_APART
from bot.wechat.late_notes import DOUBTED, NOTE_SECONDS, WAITS, Late, LateNotes, sending
from bot.wechat.later import is_to_tell, to_tell
from bot.wechat.reply import MAX_REPLY_BYTES
from bot.wechat.visit import Visit

STILL_WORKING = "这句我还在查，请过几秒回复“继续”。"
MORE_LATER = "这会儿有点慢，请过几秒再回复“更多”。"
NO_MORE = "没有更多了。想问别的，直接打字就行。"
CALM = "对不起，刚才没有处理好您的消息，请过一会儿再发一次。"
GO_ON_READING = "（还有，回复“继续”接着看。）"
ANSWER_IS_HERE = "您上一条问的，回答在这里："
ANSWER_IS_READY = "上一条的回答好了，回复“继续”就能看。"
ANSWERS_ARE_READY = "前面几条的回答好了，回复“继续”一条一条看。"
IF_NOT_SEEN = "上一条的回答要是没收到，回复“继续”再看一次。"

REST, UNSAID = "rest", "unsaid"
"""Notes: the message whose reply has more pieces and the next one's number; that nobody told the person of a late
answer (`bot.wechat.later`), or with which message what of it was told.
"""
_SENT, _WAITS_TOO = "sent:", "waits:"
"""Beginnings of notes: of a message whose answer followed as a message; of a 「继续」 that came too early."""

_AFTER_A_CRASH_SECONDS = 90.0


class Owed:
    """What persons are owed. Methods raise StoreError, but for those that say otherwise."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._conversations = assistant.conversations
        self._now = assistant.turns.now
        self._late = LateNotes(self._conversations, self._now)

    # --- 「更多」 ---

    async def note_rest(self, visit: Visit) -> None:
        """Note that the reply to this message has more pieces. Raises nothing."""
        await self._try_to_note(visit.person, REST, f"{visit.key} 1")

    async def forget_rest(self, visit: Visit) -> None:
        """Note that the talk went on: there is no 「更多」 of what was said before. Raises nothing."""
        await self._try_to_note(visit.person, REST, None)

    async def more(self, visit: Visit) -> str:
        """Return the next piece of the last long reply, the same however often the message comes."""
        noted = await self._conversations.noted(visit.person, REST)
        key, _, number = (noted or "").partition(" ")
        stored = await self._conversations.given(visit.person, key) if noted else None
        pieces = (stored or "").split(PIECES_APART)
        if stored is None or int(number) >= len(pieces):
            repeated = await self._conversations.given(visit.person, visit.key)
            return NO_MORE if repeated is None else repeated

        async def act() -> str:
            following = int(number) + 1
            await self._try_to_note(visit.person, REST, f"{key} {following}" if following < len(pieces) else None)
            return pieces[int(number)]

        return await self._assistant.once(visit.person, visit.key, act, is_personal=True)

    # --- 「继续」 ---

    async def note_late(self, visit: Visit) -> None:
        """Note that the answer to this message is asked for by 「继续」; noted once, however often."""
        await self._late.add(visit.person, visit.key)

    async def late_answer(self, visit: Visit) -> str | None:
        """Return the oldest late answer nobody told, as it is kept; None when nothing is waited for."""
        late = await self._late.of(visit.person)
        waiting = await self._waiting(visit, late)
        if not waiting and not self._is_any_under_way(late):
            return await self._conversations.given(visit.person, visit.key)
        if await self._conversations.noted(visit.person, f"{_WAITS_TOO}{visit.key}") is not None:
            return STILL_WORKING
        if await self._first_ready(visit.person, waiting) is None:
            # Pushed again it is told the same: its reply may not be read any more, and would take the answer along.
            await self.note_too_early(visit)
            return STILL_WORKING
        return await self._assistant.once(visit.person, visit.key, partial(self._told, visit), is_personal=True)

    async def note_too_early(self, visit: Visit) -> None:
        """Note that this 「继续」 was told to wait. Raises nothing."""
        await self._try_to_note(visit.person, f"{_WAITS_TOO}{visit.key}", "")

    async def _told(self, visit: Visit) -> str:
        """Tell the oldest one; now that it is this message's turn, none before it is being told any more."""
        remembered = await self._late.of(visit.person)
        waiting = await self._waiting(visit, remembered)
        ready = await self._first_ready(visit.person, waiting)
        if ready is None:
            return STILL_WORKING if waiting or self._is_any_under_way(remembered) else NO_MORE
        late, stored = ready
        await self._late.keep(visit.person, replace(late, state=visit.key))
        return _with_hint(stored) if len(waiting) > 1 else stored

    # --- messages that follow ---

    async def note_sent(self, visit: Visit) -> None:
        """Note that the answer follows as a message: pushed again, this gets nothing more.

        Should this process die, a reply after the next minute tells the answer.
        """
        await self._conversations.note(visit.person, f"{_SENT}{visit.key}", "", REPLY_SECONDS)
        await self._conversations.note(visit.person, UNSAID, to_tell(_AFTER_A_CRASH_SECONDS), NOTE_SECONDS)

    async def was_sent(self, visit: Visit) -> bool:
        """Tell whether the answer follows or followed as a message. Raises nothing."""
        try:
            return await self._conversations.noted(visit.person, f"{_SENT}{visit.key}") is not None
        except StoreError as error:
            self._saw(error)
            return False

    async def begin_sending(self, visit: Visit) -> bool:
        """Tell whether the late answer is to be sent now: not when 「继续」 was told it meanwhile."""

        async def act() -> str:
            mine = next((one for one in await self._late.of(visit.person) if one.key == visit.key), None)
            if mine is None:
                return "yes"
            if await self._is_told(visit, mine):
                return ""
            await self._late.keep(visit.person, replace(mine, state=sending(self._now())))
            return "yes"

        # In the person's turn: no 「继续」 is being answered at the same moment.
        return bool(await self._assistant.once(visit.person, f"{visit.key}:sent", act))

    async def note_told(self, visit: Visit) -> None:
        """Note that the late answer was told: 「继续」 means something else again."""
        await self._late.remove(visit.person, visit.key)

    async def note_unsaid(self, visit: Visit, *, is_doubted: bool) -> None:
        """Note that the late answer was not sent, or `is_doubted`: it may have arrived. The next reply tells of it."""
        await self._late.add(visit.person, visit.key)
        for one in await self._late.of(visit.person):
            if one.key == visit.key:
                await self._late.keep(visit.person, replace(one, state=DOUBTED if is_doubted else WAITS))
        await self._conversations.note(visit.person, UNSAID, to_tell(), NOTE_SECONDS)

    async def before_reply(self, visit: Visit, unsaid: str, room: int) -> str:
        """Return what is told of late answers before the reply to `visit`, in at most `room` bytes; "" for nothing.

        `unsaid` is the note UNSAID. The same message is told the same.
        """
        told_with, _, what = unsaid.partition("\n")
        if not is_to_tell(told_with, visit.push.created):
            return await self._lines(visit.person, what) if told_with == visit.key else ""
        remembered = await self._late.of(visit.person)
        waiting = await self._waiting(visit, remembered)
        ready = await self._first_ready(visit.person, waiting)
        if ready is None:
            if not waiting and not self._is_any_under_way(remembered):
                await self._conversations.note(visit.person, UNSAID, None)
            return ""
        late, stored = ready
        is_told_whole = len(waiting) == 1 and late.state != DOUBTED and _fits(stored, room)
        lines = _whole(stored) if is_told_whole else _told_of(waiting)
        if len(lines.encode()) > room:
            return ""
        # Which answer, not its words: notes are not sealed.
        what = late.key if is_told_whole else lines
        await self._conversations.note(visit.person, UNSAID, f"{visit.key}\n{what}", REPLY_SECONDS)
        if is_told_whole:
            await self._late.keep(visit.person, replace(late, state=visit.key))
        return lines

    async def take_back(self, visit: Visit) -> None:
        """Note that the person never saw what was told with this message: it is told another time."""
        for one in await self._late.of(visit.person):
            if one.state == visit.key:
                await self._late.keep(visit.person, replace(one, state=WAITS))
        if (await self._conversations.noted(visit.person, UNSAID) or "").startswith(f"{visit.key}\n"):
            await self._conversations.note(visit.person, UNSAID, to_tell(), NOTE_SECONDS)

    async def _lines(self, person: str, what: str) -> str:
        if what in (ANSWER_IS_READY, ANSWERS_ARE_READY, IF_NOT_SEEN):
            return what
        stored = await self._conversations.given(person, what)
        return "" if stored is None else _whole(stored)

    # --- what waits ---

    async def _waiting(self, visit: Visit, late: list[Late]) -> list[Late]:
        """Return those nobody told; those that perhaps arrived only where there is nothing else to wait for."""
        waiting = [one for one in late if not await self._is_told(visit, one)]
        firm = [one for one in waiting if one.state != DOUBTED]
        return firm if firm or self._is_any_under_way(late) else waiting

    def _is_any_under_way(self, late: Iterable[Late]) -> bool:
        return any(one.is_being_sent(self._now()) for one in late)

    async def _is_told(self, visit: Visit, one: Late) -> bool:
        if one.waits or one.state == visit.key:
            return False
        if one.is_sent:
            return one.is_being_sent(self._now())
        return await self._conversations.given(visit.person, one.state) is not None

    async def _first_ready(self, person: str, waiting: Iterable[Late]) -> tuple[Late, str] | None:
        """Return the oldest that is answered, with its answer."""
        for one in waiting:
            stored = await self._conversations.given(person, one.key)
            if stored is not None:
                return one, stored
        return None

    async def _try_to_note(self, person: str, name: str, value: str | None) -> None:
        try:
            await self._conversations.note(person, name, value, NOTE_SECONDS)
        except StoreError as error:
            self._saw(error)

    def _saw(self, error: StoreError) -> None:
        self._assistant.observer.saw_store_fault("conversations", error)


def _whole(stored: str) -> str:
    return f"{ANSWER_IS_HERE}\n{stored}"


def _fits(stored: str, room: int) -> bool:
    return not {PIECES_APART, FOR_A_CLERK} & set(stored) and len(_whole(stored).encode()) <= room


def _told_of(waiting: list[Late]) -> str:
    if len(waiting) > 1:
        return ANSWERS_ARE_READY
    return IF_NOT_SEEN if waiting[0].state == DOUBTED else ANSWER_IS_READY


def _with_hint(stored: str) -> str:
    """Say below the first piece that there is more to ask for, where that fits."""
    first, apart, further = stored.partition(PIECES_APART)
    hinted = f"{first}\n\n{GO_ON_READING}"
    return f"{hinted}{apart}{further}" if len(hinted.encode()) <= MAX_REPLY_BYTES else stored
