"""Who is talking is known only as a keyed hash, and the key belongs to its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.identity import Identities


def test_the_same_person_has_the_same_hash_and_nobody_elses() -> None:
    identities = Identities(bytes(32))
    assert identities.of("wechat", "main", "openid") == identities.of("wechat", "main", "openid")
    others = [
        ("web", "main", "openid"),
        ("wechat", "other", "openid"),
        ("wechat", "mainopenid"),
        ("wechat", "main", "openie"),
    ]
    assert identities.of("wechat", "main", "openid") not in {identities.of(*other) for other in others}


def test_the_parts_are_kept_apart() -> None:
    identities = Identities(bytes(32))
    assert identities.of("ab", "c") != identities.of("a", "bc")


def test_without_the_key_a_hash_cannot_be_made() -> None:
    assert Identities(bytes(32)).of("a") != Identities(b"\x01" * 32).of("a")


def test_the_key_is_made_once_at_random_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first, other = tmp_path / "data" / "identity.key", tmp_path / "other.key"
    made = Identities.from_file(first).of("a")
    assert Identities.from_file(first).of("a") == made
    assert Identities.from_file(other).of("a") != made
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert len(first.read_bytes()) == 32


def test_a_damaged_key_is_told_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "identity.key"
    file.write_bytes(b"short")
    with pytest.raises(ValueError, match="请删除密钥文件后重新启动"):
        Identities.from_file(file)
