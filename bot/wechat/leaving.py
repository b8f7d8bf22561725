"""Who stops following: nothing is kept of them but what was handed in to an office."""

from __future__ import annotations

from bot.assistant import Assistant
from dialogs.effects import CancelReminders


async def forget_follower(assistant: Assistant, person: str) -> str:
    """Remove conversation, draft, reminders and where the person was reached; return the reply: none.

    May be done again from the beginning. Raises StoreError when a store is out.
    """
    await assistant.forget(person)
    if assistant.records is not None:
        turns = assistant.turns
        await turns.of_records(assistant.records.forget_reach, person)
        key, cancel = f"unsubscribe:{turns.now()}", (CancelReminders(),)
        await turns.of_records(assistant.records.carry_out, key, person, cancel, turns.today(), turns.now())
    return ""
