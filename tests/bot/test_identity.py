"""Who is talking is known only as a keyed hash, and the key belongs to its owner alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.identity import Identities

_STARTED_TOGETHER = """
import pathlib, sys
from bot.identity import Identities
sys.stdin.read()
print(Identities.from_file(pathlib.Path(sys.argv[1])).fingerprint)
"""
"""What each of several processes runs: they go on together when their common input ends."""


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


def test_processes_that_start_together_have_one_key(tmp_path: Path) -> None:
    """Workers of one service are started at once, and the first start of all makes the key."""
    for turn in range(5):
        file = tmp_path / str(turn) / "identity.key"
        starts, hold = os.pipe()
        command = [sys.executable, "-c", _STARTED_TOGETHER, str(file)]
        processes = [subprocess.Popen(command, stdin=starts, stdout=subprocess.PIPE) for _ in range(6)]
        os.close(starts)
        time.sleep(0.5)
        os.close(hold)
        told = {process.communicate(timeout=30)[0] for process in processes}
        assert told == {f"{Identities.from_file(file).fingerprint}\n".encode()}
        assert [entry.name for entry in file.parent.iterdir()] == ["identity.key"]


def test_a_damaged_key_is_told_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "identity.key"
    file.write_bytes(b"short")
    with pytest.raises(ValueError, match=r"请从备份取回 identity\.key"):
        Identities.from_file(file)
