"""Packages of npm that tests compare ours with, installed from a lock file that names no registry."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

CACHE = Path(__file__).parent.parent / ".pytest_cache" / "d"


def installed(name: str, source: Path, purpose: str) -> Path:
    """Return the folder where the npm package `name` is installed, with the files of `source` beside it.

    Installed once into the tests' cache, however many processes ask; `purpose` is told where npm is missing.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.fail(f"这项测试用 npm 包 {name} {purpose}，需要 node 和 npm（Debian：apt install nodejs npm）")
    lock = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()[:12]
    home = CACHE / f"{source.name}_{lock}"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        for file in source.iterdir():
            shutil.copy(file, home / file.name)
        if not (home / "node_modules" / name / "package.json").exists():
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts"], check=False, cwd=home, capture_output=True, text=True
            )
            if done.returncode != 0:
                pytest.fail(f"装不上 npm 包 {name}（npm ci 失败）：\n{done.stderr[-2000:]}")
    return home
