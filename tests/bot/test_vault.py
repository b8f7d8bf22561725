"""What the vault seals only its key opens, and a destroyed key is nowhere."""

from __future__ import annotations

import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.faults import StoreUnavailable
from bot.store.vault import Forgotten, KeyFileTrouble, Vault, VaultError, WrongKey, key_notice
from tests.bot.keeping import CANARIES, Place, found_in, master_keys, rotate

PLAIN = "410311199003074518 欧阳小麦".encode()


@pytest.fixture
def vault(place: Place) -> Iterator[Vault]:
    with place.vault() as opened:
        yield opened


def test_what_was_sealed_is_opened_again_after_a_restart(place: Place) -> None:
    with place.vault() as vault:
        box = vault.seal("draft:anna", PLAIN, b"name")
    with place.vault() as vault:
        assert vault.unseal("draft:anna", box, b"name") == PLAIN


def test_a_box_names_its_cipher_and_key_and_shows_nothing(vault: Vault, place: Place) -> None:
    box = vault.seal("draft:anna", PLAIN)
    cipher, key_id, sealed = box.split(".")
    assert (cipher, len(key_id)) == ("A256GCM", 16)
    assert set(sealed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert [found_in(place.folder, canary) for canary in CANARIES] == [[]] * len(CANARIES)


def test_the_same_text_is_never_sealed_the_same_way(vault: Vault) -> None:
    assert len({vault.seal("draft:anna", PLAIN) for _ in range(200)}) == 200


def test_an_empty_text_can_be_sealed(vault: Vault) -> None:
    assert vault.unseal("draft:anna", vault.seal("draft:anna", b"")) == b""


def test_every_changed_character_is_noticed(vault: Vault) -> None:
    box = vault.seal("draft:anna", PLAIN)
    for at, character in enumerate(box[:-1]):
        changed = box[:at] + ("A" if character != "A" else "B") + box[at + 1 :]
        with pytest.raises(VaultError):
            vault.unseal("draft:anna", changed)


@pytest.mark.parametrize(
    "box", ["", "A256GCM", "A256GCM.", "SM4GCM.1.AAAA", "A256GCM.{id}.", "A256GCM.{id}.漢", "x.y.z"]
)
def test_what_is_no_box_is_refused(vault: Vault, box: str) -> None:
    key_id = vault.seal("draft:anna", PLAIN).split(".")[1]
    with pytest.raises(VaultError):
        vault.unseal("draft:anna", box.replace("{id}", key_id))


def test_a_box_opens_for_its_owner_and_its_context_alone(vault: Vault) -> None:
    box = vault.seal("draft:anna", PLAIN, b"name")
    vault.seal("draft:boris", PLAIN)
    with pytest.raises(WrongKey):
        vault.unseal("draft:boris", box, b"name")
    with pytest.raises(WrongKey):
        vault.unseal("draft:anna", box, b"phone")
    with pytest.raises(WrongKey):
        vault.unseal("draft:nobody", box, b"name")


def test_a_data_key_moved_to_another_owner_opens_nothing(place: Place, vault: Vault) -> None:
    box = vault.seal("draft:anna", PLAIN)
    place.run_on_keys("UPDATE data_key SET owner = 'draft:ann'")
    with pytest.raises(WrongKey):
        vault.unseal("draft:ann", box)


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    with closing(Vault.open(tmp_path / "one")) as one, closing(Vault.open(tmp_path / "other")) as other:
        box = one.seal("draft:anna", PLAIN)
        other.seal("draft:anna", PLAIN)
        with pytest.raises(VaultError):
            other.unseal("draft:anna", box)
        (tmp_path / "one" / "vault.key").write_bytes((tmp_path / "other" / "vault.key").read_bytes())
        with pytest.raises(WrongKey, match="备份"):
            one.unseal("draft:anna", box)


def test_a_master_key_with_the_right_id_and_other_bytes_opens_nothing(place: Place, vault: Vault) -> None:
    box = vault.seal("draft:anna", PLAIN)
    file = place.folder / "vault.key"
    before = file.read_text(encoding="ascii")
    at = before.index('"key": "') + len('"key": "')
    file.write_text(before[:at] + ("0" if before[at] != "0" else "1") + before[at + 1 :], encoding="ascii")
    with pytest.raises(WrongKey):
        vault.unseal("draft:anna", box)


def test_destroyed_is_forgotten_and_stays_so_with_a_new_key(vault: Vault) -> None:
    box, others = vault.seal("draft:anna", PLAIN), vault.seal("draft:boris", PLAIN)
    vault.destroy("draft:anna")
    with pytest.raises(Forgotten):
        vault.unseal("draft:anna", box)
    vault.seal("draft:anna", b"new")
    with pytest.raises(Forgotten):
        vault.unseal("draft:anna", box)
    assert vault.unseal("draft:boris", others) == PLAIN
    vault.destroy("draft:nobody")


def test_destroyed_keys_are_in_no_file(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.vault() as vault:
        owners = [f"declaration:{secrets.token_hex(16)}" for _ in range(400)]
        for owner in owners:
            vault.seal(owner, PLAIN)
        keys = place.wrapped_keys()
        assert all(found_in(tmp_path, keys[owner]) == ["keys.sqlite3"] for owner in owners[:5])
        vault.destroy(owners[0])
        vault.destroy_many(owners[1::2])
        left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        gone = {owners[0], *owners[1::2]}
        assert [owner for owner in gone if keys[owner][:16] in left or keys[owner][-16:] in left] == []
        assert all(keys[owner] in left for owner in set(owners) - gone)


def test_what_one_process_destroyed_another_does_not_open(place: Place, vault: Vault) -> None:
    with place.vault() as other:
        box = vault.seal("draft:anna", PLAIN)
        assert other.unseal("draft:anna", box) == PLAIN
        vault.destroy("draft:anna")
        with pytest.raises(Forgotten):
            other.unseal("draft:anna", box)


def test_the_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    with closing(Vault.open(tmp_path)) as first, closing(Vault.open(tmp_path)) as second:
        assert (first.key_was_created, second.key_was_created) == (True, False)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert {name: mode for name, mode in modes.items() if mode != 0o600} == {}
    assert {"vault.key", "keys.sqlite3"} <= set(modes)
    assert str(tmp_path / "vault.key") in key_notice(tmp_path)


def test_without_its_key_file_a_vault_with_keys_does_not_open(place: Place) -> None:
    with place.vault() as vault:
        vault.seal("draft:anna", PLAIN)
        (place.folder / "vault.key").unlink()
        with pytest.raises(KeyFileTrouble, match="放回原处"):
            vault.seal("draft:boris", PLAIN)
    with pytest.raises(KeyFileTrouble, match="放回原处"):
        Vault.open(place.folder, place.database)
    assert not (place.folder / "vault.key").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_open_to_others_is_refused(place: Place, mode: int) -> None:
    Vault.open(place.folder, place.database).close()
    (place.folder / "vault.key").chmod(mode)
    with pytest.raises(KeyFileTrouble, match="chmod 600"):
        Vault.open(place.folder, place.database)


@pytest.mark.parametrize("content", ["", "\n", "{}", "[]", "null", '{"id": "a", "key": "00"}', "{", "密钥"])
def test_a_damaged_key_file_is_refused_and_kept(place: Place, content: str) -> None:
    Vault.open(place.folder, place.database).close()
    (place.folder / "vault.key").write_text(content, encoding="utf-8")
    with pytest.raises(KeyFileTrouble):
        Vault.open(place.folder, place.database)
    assert (place.folder / "vault.key").read_text(encoding="utf-8") == content


def test_a_damaged_database_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "keys.sqlite3").write_bytes(b"no database" * 500)
    with pytest.raises(StoreUnavailable, match="请检查"):
        Vault.open(tmp_path)


def test_a_digest_is_the_same_after_restart_and_rotation_and_differs_by_purpose(place: Place) -> None:
    with place.vault() as vault:
        digest = vault.digest("identity", "410311")
        assert digest != vault.digest("identity", "410312")
        assert digest != vault.digest("other", "410311")
        rotate(vault)
    with place.vault() as vault:
        assert vault.digest("identity", "410311") == digest
    with closing(Vault.open(place.folder / "other")) as vault:
        assert vault.digest("identity", "410311") != digest


def test_rotation_changes_every_wrapping_and_nothing_that_was_sealed(place: Place, vault: Vault) -> None:
    boxes = {f"draft:{number}": vault.seal(f"draft:{number}", PLAIN) for number in range(20)}
    file, keys = (place.folder / "vault.key").read_bytes(), place.wrapped_keys()
    with place.vault() as other:
        rotate(vault)
        assert [opened.unseal(owner, box) for opened in (vault, other) for owner, box in boxes.items()] == [PLAIN] * 40
        other.seal("draft:new", PLAIN)
    assert (place.folder / "vault.key").read_bytes() != file
    assert master_keys(place.folder) == 1
    assert set(keys.values()) & set(place.wrapped_keys().values()) == set()
    assert place.database or [owner for owner, key in keys.items() if found_in(place.folder, key)] == []


def test_many_threads_make_one_key_an_owner(place: Place, vault: Vault) -> None:
    with place.vault() as other:
        boxes: list[str] = []

        def seal(opened: Vault) -> None:
            boxes.extend(opened.seal("draft:anna", PLAIN) for _ in range(5))

        threads = [threading.Thread(target=seal, args=(opened,)) for opened in (vault, other) * 4]
        for thread in threads:
            thread.start()
        rotate(vault)
        for thread in threads:
            thread.join()
        assert len({box.split(".")[1] for box in boxes}) == 1
        assert [other.unseal("draft:anna", box) for box in boxes] == [PLAIN] * 40


def test_a_key_another_process_has_just_made_is_not_replaced(vault: Vault) -> None:
    box = vault.seal("draft:anna", PLAIN)
    vault._create("draft:anna")
    assert vault.unseal("draft:anna", box) == PLAIN


def test_owners_are_found_by_prefix_and_age(place: Place) -> None:
    now = 1_000.0
    with place.vault(lambda: now) as vault:
        vault.seal("declaration:old", PLAIN)
        now = 2_000.0
        vault.seal("declaration:new", PLAIN)
        vault.seal("declarationX", PLAIN)
        assert vault.owners("declaration:", older_than=500) == {"declaration:old"}
        assert vault.owners("declaration:", older_than=-1) == {"declaration:old", "declaration:new"}
