"""Short texts that all processes share, of a person or an account: kept for their time, forgotten with the person."""

from __future__ import annotations

from tests.bot.conversing import Store


async def test_a_note_is_found_by_every_process_until_its_time_is_over_or_it_is_removed(store: Store) -> None:
    one, other = store.open(), store.open()
    await one.note("anna", "window", "48 小时", 600)
    await one.note("anna", "else", "", 600)
    assert (await other.noted("anna", "window"), await other.noted("anna", "else")) == ("48 小时", "")
    assert await other.noted("boris", "window") is None
    await other.note("anna", "window", "1 分钟", 60)
    store.let_pass(59)
    assert await one.noted("anna", "window") == "1 分钟"
    store.let_pass(1)
    assert await one.noted("anna", "window") is None
    await one.note("anna", "else", None)
    assert await other.noted("anna", "else") is None


async def test_the_notes_of_a_person_are_forgotten_with_the_person(store: Store) -> None:
    conversations = store.open()
    for owner in ("anna", "boris"):
        await conversations.note(owner, "window", "开", 600)
    await conversations.forget("anna")
    assert [await conversations.noted(owner, "window") for owner in ("anna", "boris")] == [None, "开"]
