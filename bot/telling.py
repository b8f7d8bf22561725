"""What a person is told at the next visit: days they asked to be reminded of, and what an office decided."""

from __future__ import annotations

from contextlib import suppress

from bot.assistant import Assistant
from bot.store.base import REPLY_SECONDS
from bot.store.faults import StoreError
from bot.store.notices import Notice, notice_of
from bot.store.reaching import Due
from bot.store.records import Records
from dialogs.effects import Status
from dialogs.returning import OTHER, RETURN_REASONS
from knowledge.library import Library
from knowledge.text import in_chinese

TO_TELL = "remind"
"""The note of what a person was told, with which message; on WeChat also that there is something to tell."""

REMINDS = "提醒您：{day}，{what}（{city}）。"
RETURNED = "您在{city}的填报被退回：{reason}。回复“更正”就能改，回复“我的申报”看全部。"
RETURNED_WITH_NOTHING_TO_CORRECT = "您在{city}的填报被退回：{reason}。回复“我的申报”看全部。"
RETURNED_FOR_OTHERS = "您在{city}的填报被退回。回复“我的申报”看原因，回复“更正”就能改。"
REGISTERED = "您在{city}的填报，受理的地方已经登记了。回复“我的申报”看登记日期。"
DUPLICATE = "您在{city}的填报和另一份重复，不另外办了。回复“我的申报”看以哪一份为准。"
IN_SHORT = {
    Status.RETURNED: "填报被退回了",
    Status.REGISTERED: "填报已经登记",
    Status.DUPLICATE: "填报重复了",
}
"""For the fields of a template, which take few characters."""


def facts_of(library: Library, due: Due) -> dict[str, str]:
    """Return what stands in the fields of a template: what, day and city. Nothing in them tells who it is."""
    option, notice = library.wordings["remind"].options["what"].get(due.what), notice_of(due.what)
    city = library.cities.get(due.city)
    what = IN_SHORT[notice.kind] if notice is not None else option.label if option is not None else due.what
    return {"what": what, "day": in_chinese(due.day), "city": city.name if city is not None else due.city}


def told(library: Library, due: Due) -> str:
    """Return the sentence of a reminder, or of a decision; a clerk's own words are never in it."""
    notice = notice_of(due.what)
    if notice is None:
        return REMINDS.format(**facts_of(library, due))
    city = library.cities.get(due.city)
    return _decided(notice, city.short if city is not None else due.city)


def _decided(notice: Notice, city: str) -> str:
    if notice.kind == Status.REGISTERED:
        return REGISTERED.format(city=city)
    if notice.kind == Status.DUPLICATE:
        return DUPLICATE.format(city=city)
    reason = RETURN_REASONS.get(notice.reason, RETURN_REASONS[OTHER])
    if reason.code == OTHER:
        return RETURNED_FOR_OTHERS.format(city=city)
    sentence = RETURNED if reason.asks else RETURNED_WITH_NOTHING_TO_CORRECT
    return sentence.format(city=city, reason=reason.label)


async def told_at_visit(assistant: Assistant, person: str, key: str) -> tuple[str, ...]:
    """Return what a channel that can push nothing tells with this message, or this opening of its page, `key`.

    The same for the same `key` within ten minutes; else each line once. () when a store is out: then the next visit
    tells it.
    """
    if assistant.records is None:
        return ()
    turns = assistant.turns
    try:
        told_with, _, lines = (await assistant.conversations.noted(person, TO_TELL) or "").partition("\n")
        if told_with != key:
            due = await turns.of_records(assistant.records.due_at_visit, person, turns.today(), turns.now())
            lines = await tell(assistant, assistant.records, person, key, due)
    except StoreError as error:
        assistant.observer.saw_store_fault("reminders", error)
        return ()
    return tuple(lines.splitlines())


async def tell(
    assistant: Assistant, records: Records, person: str, key: str, due: tuple[Due, ...], room: int | None = None
) -> str:
    """Return the lines about what is `due`, and note that they are told with this message; "" for nothing.

    `room` is how many bytes there are; where the lines do not fit, nothing is told. Raises StoreError.
    """
    lines = "\n".join(told(assistant.advisor.library, one) for one in due)
    if not due or (room is not None and len(lines.encode()) > room):
        return ""
    turns = assistant.turns
    await turns.of_records(records.note_shown, person, [one.id for one in due], turns.now())
    with suppress(StoreError):  # told it is all the same; only a repeat of this message would be without it
        await assistant.conversations.note(person, TO_TELL, f"{key}\n{lines}", REPLY_SECONDS)
    return lines
