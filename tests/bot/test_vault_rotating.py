"""The master key is replaced under load, in several processes and on several hosts, and nothing is lost."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from bot.store.cipher import bound_to, decrypt
from bot.store.data_keys import WrappedKey
from bot.store.keyfile import read_ring
from bot.store.masters import Masters
from bot.store.vault import Forgotten, KeyFileTrouble, Vault, WrongKey
from dialogs.effects import Erase
from tests.bot.keeping import Place, carry_out, master_keys, rotate, submit

PLAIN = "410311199003074518 欧阳小麦".encode()
ROTATIONS = 4

LOAD = """
import sys, itertools, time
from pathlib import Path
from bot.store.vault import Vault
folder, *database = sys.argv[1:]
vault = Vault.open(Path(folder), *database)
boxes = {}
print("ready", flush=True)
for number in itertools.count():
    if Path(folder, "stop").exists(): break
    time.sleep(0.005)
    owner = f"draft:other {number}"
    boxes[owner] = vault.seal(owner, b"plain")
    vault.seal("draft:shared", b"plain")
    assert vault.unseal(f"draft:other {number // 2}", boxes[f"draft:other {number // 2}"]) == b"plain"
assert all(vault.unseal(owner, box) == b"plain" for owner, box in boxes.items())
vault.close()
print(len(boxes))
"""


def host(folder: Path, place: Place) -> Place:
    """Return the same keys as another host has them, with a folder and no key file yet."""
    folder.mkdir()
    return Place(folder, place.database, place.server)


def copy_key_file(source: Place, target: Place) -> None:
    shutil.copy2(source.folder / "vault.key", target.folder / "vault.key")


@pytest.fixture
def hosts(shared: Place, tmp_path: Path) -> tuple[Place, Place]:
    """Two hosts that share their keys, the second set up from the first."""
    first, second = host(tmp_path / "first", shared), host(tmp_path / "second", shared)
    with first.vault():
        copy_key_file(first, second)
    return first, second


def test_a_rotation_under_load_loses_nothing(place: Place) -> None:
    with place.vault() as vault:
        command = [sys.executable, "-W", "error", "-c", LOAD, *place.arguments()]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        boxes: dict[str, str] = {}

        def seal(thread: int) -> None:
            for number in range(40):
                owner = f"draft:{thread} {number}"
                boxes[owner] = vault.seal(owner, PLAIN)
                assert vault.unseal(owner, boxes[owner]) == PLAIN

        threads = [threading.Thread(target=seal, args=(thread,)) for thread in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(ROTATIONS):
            rotate(vault)
        for thread in threads:
            thread.join()
        (place.folder / "stop").touch()
        assert int(other.communicate(timeout=60)[0]) > 0
        assert other.returncode == 0
        assert len(boxes) == 120
        assert {vault.unseal(owner, box) for owner, box in boxes.items()} == {PLAIN}
    assert master_keys(place.folder) == 1


def test_a_rotation_waits_for_a_data_key_that_is_just_being_made(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    wrap, is_wrapped = Masters.wrap, threading.Event()

    def wrap_slowly(*given: Any) -> WrappedKey:
        wrapped = wrap(*given)
        is_wrapped.set()
        time.sleep(0.5)
        return wrapped

    with place.vault() as vault, place.vault() as other:
        monkeypatch.setattr(Masters, "wrap", wrap_slowly)
        boxes: list[str] = []
        thread = threading.Thread(target=lambda: boxes.append(vault.seal("draft:anna", PLAIN)))
        thread.start()
        assert is_wrapped.wait(timeout=10)
        rotate(other)
        thread.join()
        assert [opened.unseal("draft:anna", boxes[0]) for opened in (vault, other)] == [PLAIN] * 2


def test_more_keys_than_one_batch_are_wrapped_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sqlite", "postgres"):
        monkeypatch.setattr(f"bot.store.data_keys_{module}.BATCH", 3)
    with place.vault() as vault:
        boxes = {f"draft:{number}": vault.seal(f"draft:{number}", PLAIN) for number in range(10)}
        rotate(vault)
        assert len(place.run_on_keys("SELECT DISTINCT master FROM data_key")) == 1
        assert {vault.unseal(owner, box) for owner, box in boxes.items()} == {PLAIN}


def test_hosts_with_the_same_key_file_open_each_others_boxes(hosts: tuple[Place, Place]) -> None:
    first, second = hosts
    with first.vault() as one, second.vault() as other:
        assert (one.key_was_created, other.key_was_created) == (False, False)
        box = one.seal("draft:anna", PLAIN)
        assert other.unseal("draft:anna", box) == PLAIN
        other.destroy("draft:anna")
        with pytest.raises(Forgotten):
            one.unseal("draft:anna", box)


def test_a_host_with_a_key_file_of_its_own_does_not_start(shared: Place, tmp_path: Path) -> None:
    first, second = host(tmp_path / "first", shared), host(tmp_path / "second", shared)
    Vault.open(second.folder).close()
    before = (second.folder / "vault.key").read_bytes()
    with first.vault() as vault:
        box = vault.seal("draft:anna", PLAIN)
        with pytest.raises(KeyFileTrouble, match=r"这台机器的密钥文件.*和别的机器不是同一个.*拷贝"):
            second.vault()
        assert (second.folder / "vault.key").read_bytes() == before
        copy_key_file(first, second)
        with second.vault() as other:
            assert other.unseal("draft:anna", box) == PLAIN


def test_a_key_file_with_the_right_id_and_other_bytes_does_not_start(hosts: tuple[Place, Place]) -> None:
    file = hosts[1].folder / "vault.key"
    text = file.read_text(encoding="ascii")
    at = text.index('"key": "') + len('"key": "')
    file.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :], encoding="ascii")
    with pytest.raises(KeyFileTrouble, match="和别的机器不是同一个"):
        hosts[1].vault()


def test_a_host_without_a_key_file_does_not_start_even_before_anything_was_sealed(
    shared: Place, tmp_path: Path
) -> None:
    first, second = host(tmp_path / "first", shared), host(tmp_path / "second", shared)
    with first.vault() as vault:
        assert vault.key_was_created
        with pytest.raises(KeyFileTrouble, match="从别的机器拷贝过来"):
            second.vault()
        assert not (second.folder / "vault.key").exists()


def test_rotating_needs_a_staged_key_that_every_host_was_given(hosts: tuple[Place, Place]) -> None:
    first, second = hosts
    with first.vault() as one, second.vault() as other:
        box = one.seal("draft:anna", PLAIN)
        with pytest.raises(KeyFileTrouble, match=r"还没有备好新的主密钥.*拷贝到每一台机器"):
            one.rotate()
        one.stage()
        one.stage()
        copy_key_file(first, second)
        one.rotate()
        sealed_since = other.seal("draft:boris", PLAIN)
        assert [vault.unseal("draft:anna", box) for vault in (one, other)] == [PLAIN] * 2
        one.finish()
        other.finish()
        assert one.unseal("draft:boris", sealed_since) == PLAIN
    assert (first.folder / "vault.key").read_bytes() == (second.folder / "vault.key").read_bytes()
    with first.vault() as one, second.vault() as other:
        assert [vault.unseal("draft:anna", box) for vault in (one, other)] == [PLAIN] * 2


def test_a_staged_key_survives_restarts_and_the_end_of_another_rotation(hosts: tuple[Place, Place]) -> None:
    first = hosts[0]
    with first.vault() as vault:
        vault.stage()
        staged = (first.folder / "vault.key").read_bytes().splitlines()[1]
        vault.finish()
    with first.vault() as vault:
        vault.rotate()
        vault.stage()
        vault.finish()
    lines = (first.folder / "vault.key").read_bytes().splitlines()
    assert lines[0] == staged
    assert len(lines) == 2


def test_a_host_that_was_forgotten_refuses_and_is_mended_by_a_copy(hosts: tuple[Place, Place]) -> None:
    first, second = hosts
    with first.vault() as one, second.vault() as forgotten:
        box = one.seal("draft:anna", PLAIN)
        one.stage()
        one.rotate()
        for act in (lambda: forgotten.unseal("draft:anna", box), lambda: forgotten.seal("draft:new", PLAIN)):
            with pytest.raises(KeyFileTrouble, match="和别的机器不是同一个"):
                act()
        copy_key_file(first, second)
        assert forgotten.unseal("draft:anna", box) == PLAIN
        assert forgotten.unseal("draft:new", forgotten.seal("draft:new", PLAIN)) == PLAIN


def test_on_one_host_there_is_nothing_to_stage(tmp_path: Path) -> None:
    with Place(tmp_path).vault() as vault, pytest.raises(KeyFileTrouble, match="直接轮换"):
        vault.stage()


def test_what_was_saved_before_erasing_opens_nothing_after_a_rotation(shared: Place) -> None:
    assert shared.server is not None
    assert shared.database is not None
    file = shared.folder / "vault.key"
    with shared.opened() as (records, vault):
        receipt = submit(records)
        saved, old = shared.server.run("pg_dump", "--clean", "--if-exists", shared.database), file.read_bytes()
        carry_out(records, "anna", Erase())
        rotate(vault)
    shared.restore(saved)
    assert len(shared.wrapped_keys()) >= 2
    with pytest.raises(KeyFileTrouble):
        shared.vault()
    ring = read_ring(file)
    assert ring is not None
    for owner, key_id, wrapped in shared.run_on_keys("SELECT owner, id, wrapped FROM data_key"):
        with pytest.raises(WrongKey):
            decrypt(ring.current.secret, wrapped, bound_to(f"{ring.current.id}.{key_id}", owner))
    file.write_bytes(old)
    with shared.opened() as (records, _):
        assert records.read_declaration(receipt, "clerk", "核对").items, "so copies of the old key file are destroyed"
