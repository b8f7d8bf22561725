"""The real service as a process of its own: started, found by its port, ended gently or not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LISTENS = re.compile(r"http://127\.0\.0\.1:(\d+)")
_START_TENTHS = 600


def without_our_settings() -> dict[str, str]:
    """Return this environment without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JUZHUZHENG_")}


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return this environment with no settings of ours but `data` and `more`."""
    return {**without_our_settings(), "JUZHUZHENG_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1", **more}


@dataclass
class Service:
    """A running service: its port, data folder and log file."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path
    log: Path

    @property
    def url(self) -> str:
        """The address people would open."""
        return f"http://127.0.0.1:{self.port}"

    def resident_kib(self) -> int:
        """Return the memory the process holds, in KiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) if found else 0

    def kill(self) -> None:
        """End the process as a power cut would: kill -9."""
        self.process.kill()
        self.process.wait(timeout=20)


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Service]:
    """Start the service with its data in `folder`/data and stop it afterwards, if it still runs."""
    log = folder / "log.txt"
    with log.open("a", encoding="utf-8") as output:
        start = log.stat().st_size
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", "0"],
            cwd=ROOT, env=environment(folder / "data", **settings), stdout=output, stderr=output,
        )  # fmt: skip
        try:
            yield Service(process, _port(process, log, start), folder / "data", log)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(timeout=20)


def _port(process: subprocess.Popen[bytes], log: Path, start: int) -> int:
    for _ in range(_START_TENTHS):
        written = log.read_bytes()[start:].decode()
        told = _LISTENS.search(written)
        if told:
            return int(told[1])
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"没有启动：{written}")
    raise RuntimeError(f"一分钟内没有启动：{log.read_text(encoding='utf-8')}")
