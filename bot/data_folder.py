"""The data folder belongs to one running service: a second one would keep an order of its own for the same people."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.settings import SettingsError

_LOCK = "serve.lock"


@contextmanager
def served_alone(folder: Path) -> Iterator[None]:
    """Keep every other service out of `folder` until the end, or until this process and its workers are gone.

    Makes the folder when there is none. Raises SettingsError when a service uses it already. Commands that only read or
    change single entries (`erase`, `keys`, `backup`) ask for no lock: the databases keep those apart.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The file stays when the service ends, however it ends: the lock is the system's and goes with the processes.
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                f"数据文件夹 {folder} 正被另一个 juzhuzheng serve 用着；请先停掉那一个，"
                "或者用 JUZHUZHENG_DATA_DIR 给这一个换一个文件夹（要几个进程一起答，用 --workers）"
            ) from None
        yield
    finally:
        os.close(descriptor)
