"""A process may be killed at any moment of a rotation, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.keeping import Place, master_keys, rotate

PLAIN = "410311199003074518 欧阳小麦".encode()

CRASH = """
import os, sys
from pathlib import Path
from bot.store import data_keys_postgres, data_keys_sqlite, masters, vault
moment, folder, *database = sys.argv[1:]
opened = vault.Vault.open(Path(folder), *database)
data_keys_postgres.BATCH = data_keys_sqlite.BATCH = 1
if opened.is_shared: opened.stage()
write, promote, wrap = masters.write_ring, masters.Masters.promote, vault.Vault._wrap_batch
def die(*_): os._exit(9)
def write_and_die(*given): write(*given); die()
def promote_and_die(*given): promote(*given); die()
def wrap_and_die(*given): wrap(*given); die()
if moment == "before": masters.write_ring = die
if moment == "while": Path.replace = die
if moment == "written": masters.write_ring = write_and_die
if moment == "promoted": masters.Masters.promote = promote_and_die
if moment == "committed": vault.Vault._wrap_batch = die
if moment == "wrapped": vault.Vault._wrap_batch = wrap_and_die
if moment == "all wrapped": masters.Masters.drop_unused = die
opened.rotate()
opened.finish()
"""


@pytest.mark.parametrize("moment", ["before", "while", "written", "promoted", "committed", "wrapped", "all wrapped"])
def test_a_rotation_killed_at_any_moment_loses_nothing(place: Place, moment: str) -> None:
    owners = [f"draft:{number}" for number in range(3)]
    with place.vault() as vault:
        boxes = [vault.seal(owner, PLAIN) for owner in owners]
    command = [sys.executable, "-c", CRASH, moment, *place.arguments()]
    assert subprocess.run(command, timeout=60, check=False).returncode == 9
    with place.vault() as vault:
        assert [vault.unseal(owner, box) for owner, box in zip(owners, boxes, strict=True)] == [PLAIN] * 3
        rotate(vault)
        assert master_keys(place.folder) == 1
        assert [vault.unseal(owner, box) for owner, box in zip(owners, boxes, strict=True)] == [PLAIN] * 3


@pytest.mark.parametrize("moment", ["written", "wrapped", "all wrapped"])
def test_on_one_host_the_next_start_ends_a_rotation_cut_short(tmp_path: Path, moment: str) -> None:
    place = Place(tmp_path)
    with place.vault() as vault:
        box = vault.seal("draft:anna", PLAIN)
    subprocess.run([sys.executable, "-c", CRASH, moment, *place.arguments()], timeout=60, check=False)
    assert master_keys(tmp_path) == 2
    with place.vault() as vault:
        assert (vault.unseal("draft:anna", box), master_keys(tmp_path)) == (PLAIN, 1)
