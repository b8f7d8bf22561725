"""What of a conversation is personal: unreadable wherever it lies, and lost with its key when its time is over."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.render import as_text
from bot.store.base import ClaimLost, Kept
from bot.store.faults import StoreError
from bot.store.vault import Vault
from dialogs.advisor import Advisor
from dialogs.session import Session
from tests.bot.conversing import DIALOG, SECRET, TALK, Store, claimed, keep, reply_to

REPLY = f"您住在{SECRET}，对吗？"


@pytest.fixture
def vault(store: Store, tmp_path: Path) -> Iterator[Vault]:
    opened = Vault(tmp_path / "keys", now=store.clock)
    yield opened
    opened.close()


def keys_of(vault: Vault, prefix: str) -> frozenset[str]:
    """Return whose data keys there are."""
    return frozenset(owner.removeprefix(prefix) for owner in vault.owners(prefix, older_than=-1))


def modes_in(folder: Path) -> dict[str, int]:
    """Return who may do what with the files of the store."""
    return {part.name: stat.S_IMODE(part.stat().st_mode) for part in folder.glob("conversations*")}


async def test_a_dialog_and_its_reply_are_found_again_and_nowhere_readable(store: Store, vault: Vault) -> None:
    conversations = store.open(vault)
    await keep(conversations, DIALOG, REPLY, is_personal=True)
    assert await conversations.load("anna") == DIALOG
    assert await reply_to(conversations) == REPLY
    assert (await claimed(conversations, key="m2")).session == DIALOG
    assert store.files_with(SECRET) == []
    assert store.files_with("anna") != [], "this is where it would stand"
    await store.close()
    assert store.files_with(SECRET) == []
    reopened = store.open(vault)
    assert await reopened.load("anna") == DIALOG
    assert await reply_to(reopened) == REPLY


async def test_without_a_vault_nothing_personal_is_written(store: Store) -> None:
    conversations = store.open()
    await keep(conversations, DIALOG, REPLY, is_personal=True)
    assert await conversations.load("anna") == Session(city="bazhong")
    assert await reply_to(conversations) is None
    assert store.files_with(SECRET) == []


async def test_what_was_sealed_for_one_person_opens_for_no_other(store: Store, vault: Vault) -> None:
    conversations = store.open(vault)
    await keep(conversations, DIALOG, REPLY, is_personal=True)
    await keep(conversations, DIALOG, REPLY, person="boris", key="b1", is_personal=True)
    store.put_session(store.session("anna"), "boris")
    assert await conversations.load("boris") == Session()
    assert await conversations.load("anna") == DIALOG


async def test_forgetting_destroys_the_keys_of_the_person_alone(store: Store, vault: Vault) -> None:
    conversations = store.open(vault)
    for person, key in (("anna", "m1"), ("boris", "b1")):
        await keep(conversations, DIALOG, REPLY, person=person, key=key, is_personal=True)
    await conversations.forget("anna")
    assert keys_of(vault, "draft:") == keys_of(vault, "reply:") == {"boris"}
    assert await conversations.load("anna") == Session()
    assert await reply_to(conversations) is None
    assert await reply_to(conversations, "b1", "boris") == REPLY


async def test_a_turn_that_drops_replies_destroys_their_key_and_its_own_reply_opens(store: Store, vault: Vault) -> None:
    conversations = store.open(vault)
    await keep(conversations, DIALOG, REPLY, is_personal=True)
    before = vault.seal("reply:anna", b"x", b"reply")
    await keep(conversations, TALK, "说完了", key="m2", is_personal=True, drops_replies=True)
    with pytest.raises(StoreError):
        vault.unseal("reply:anna", before, b"reply")
    assert await reply_to(conversations, "m2") == "说完了"
    assert await reply_to(conversations, "m1") is None


async def test_a_lost_turn_that_would_drop_replies_leaves_those_of_its_successor_readable(
    store: Store, vault: Vault
) -> None:
    conversations = store.open(vault, lease_seconds=0.5, wait_seconds=5)
    late = await claimed(conversations)
    await keep(conversations, DIALOG, REPLY, is_personal=True)
    with pytest.raises(ClaimLost):
        await conversations.save(late, Kept(TALK, "迟到的", is_personal=True, drops_replies=True))
    assert await reply_to(conversations) == REPLY


async def test_a_purge_destroys_the_keys_of_what_is_over_and_of_nothing_else(store: Store, vault: Vault) -> None:
    conversations = store.open(vault)
    await keep(conversations, DIALOG, REPLY, person="old", key="o1", is_personal=True, draft_seconds=3600)
    store.let_pass(3000)
    await keep(conversations, DIALOG, REPLY, person="young", key="y1", is_personal=True)
    await conversations.purge()
    assert keys_of(vault, "draft:") == {"old", "young"}
    store.let_pass(3601)
    await keep(conversations, DIALOG, REPLY, person="new", key="n1", is_personal=True)
    await conversations.purge()
    assert keys_of(vault, "draft:") == {"young", "new"}
    assert keys_of(vault, "reply:") == {"new"}
    assert await conversations.load("young") == DIALOG
    assert await conversations.load("new") == DIALOG
    assert await reply_to(conversations, "n1", "new") == REPLY
    await store.close()
    assert store.files_with(SECRET) == []


async def test_a_purge_does_not_destroy_the_key_of_a_turn_being_taken(store: Store, vault: Vault) -> None:
    conversations = store.open(vault, wait_seconds=0.1)
    await keep(conversations, DIALOG, REPLY, is_personal=True, draft_seconds=60)
    store.let_pass(3601)
    claim = await claimed(conversations, key="m2")
    await conversations.purge()
    await conversations.save(claim, Kept(DIALOG, REPLY, is_personal=True))
    assert await conversations.load("anna") == DIALOG
    assert await reply_to(conversations, "m2") == REPLY


async def test_while_the_vault_is_out_a_dialog_is_not_begun_anew_and_no_turn_is_held(
    store: Store, vault: Vault, tmp_path: Path
) -> None:
    conversations = store.open(vault, wait_seconds=0.1)
    await keep(conversations, DIALOG, REPLY, is_personal=True)
    key, aside = tmp_path / "keys" / "vault.key", tmp_path / "aside"
    key.rename(aside)
    with pytest.raises(StoreError):
        await conversations.claim("anna", "m2")
    with pytest.raises(StoreError):
        await conversations.load("anna")
    aside.rename(key)
    claim = await claimed(conversations, key="m2")
    assert claim.session == DIALOG
    key.rename(aside)
    with pytest.raises(StoreError):
        await conversations.save(claim, Kept(DIALOG, REPLY, is_personal=True))
    aside.rename(key)
    assert (await claimed(conversations, key="m2")).session == DIALOG


async def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path)
    await keep(store.open())
    modes = modes_in(tmp_path)
    assert len(modes) == 3, "the file and its two journals"
    assert set(modes.values()) == {0o600}, modes
    await store.close()


async def test_a_persons_words_are_nowhere_in_the_place(store: Store, advisor: Advisor) -> None:
    assistant = Assistant(advisor, store.open())
    for number, said in enumerate(("我叫张三丰，洛阳的，签注忘了", "13912345678", "涧西区某某街5号")):
        await assistant.hear_once("hash-of-person", said, message_key=f"m{number}", render=as_text)
    assert store.files_with("hash-of-person")
    assert not any(store.files_with(word) for word in ("张三丰", "13912345678", "某某街", "签注忘了"))
