"""An operator changes the master key, on one host and on several."""

from __future__ import annotations

import shutil
import stat

import pytest

from bot.store.faults import KeyFileTrouble, WrongKey
from tests.bot.keeping import NAME
from tests.bot.operating.hosts import Host


def test_a_new_master_key_opens_everything_and_the_old_one_nothing(small: Host) -> None:
    small.run("doctor")
    (receipt,) = small.declarations("anna")
    old = small.beside("old")
    shutil.copytree(small.data, old.data)
    told = small.run("keys", "rotate")
    assert "备份" in told
    assert (small.data / "vault.key").read_bytes() != (old.data / "vault.key").read_bytes()
    assert stat.S_IMODE((small.data / "vault.key").stat().st_mode) == 0o600
    assert dict(small.read(receipt).items)["姓名"] == NAME
    shutil.copy(old.data / "vault.key", small.data / "vault.key")
    with pytest.raises(WrongKey):
        small.read(receipt)


def test_on_one_host_nothing_is_staged(small: Host) -> None:
    assert "直接轮换" in small.run("keys", "stage", code=1)


def test_hosts_that_share_the_keys_change_the_master_key_in_four_steps(large: Host) -> None:
    large.run("doctor")
    other, old = large.beside("other"), large.beside("old")
    for host in (other, old):
        large.give_keys(host)
    (receipt,) = large.declarations("anna")
    assert "还没有备好" in large.run("keys", "rotate", code=1)

    assert "抄到每台机器" in large.run("keys", "stage")
    large.give_keys(other)
    assert dict(other.read(receipt).items)["姓名"] == NAME
    assert "keys finish" in large.run("keys", "rotate")
    for host in (large, other):
        assert dict(host.read(receipt).items)["姓名"] == NAME
    with pytest.raises(KeyFileTrouble) as caught:
        old.read(receipt)
    assert "拷贝过来" in str(caught.value)

    for host in (large, other):
        host.run("keys", "finish")
        assert len((host.data / "vault.key").read_text(encoding="ascii").splitlines()) == 1
        assert dict(host.read(receipt).items)["姓名"] == NAME
        host.run("doctor")
