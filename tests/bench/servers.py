"""The servers that are measured: started on a free port, waited for, their CPU time and memory read, stopped."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.sealing import ACCOUNT
from tests.bot.process import ROOT, environment

_HOST = "127.0.0.1"
_START_SECONDS = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """A server that answers. `seconds_to_answer` is from its start to the first answer on its port.

    `helpers` are processes that work for it and are not its children: a Redis.
    """

    process: subprocess.Popen[bytes]
    port: int
    seconds_to_answer: float
    helpers: tuple[int, ...] = ()

    def cpu_seconds(self) -> float:
        """Return the CPU time of the process, its threads, children and helpers, user and system; ten ms fine."""
        family = [*family_of(self.process.pid), *self.helpers]
        return sum(_cpu_of(process) for process in family)

    def resident_mib(self) -> float:
        """Return the memory that the process and its children hold, in MiB; what they share counts for each."""
        return sum(_resident_kib(process) for process in family_of(self.process.pid)) / 1024

    @property
    def loop(self) -> str:
        """The event loop it runs on: uvloop when that is loaded."""
        maps = (Path(f"/proc/{process}/maps").read_bytes() for process in family_of(self.process.pid))
        return "uvloop" if any(b"/uvloop/" in loaded for loaded in maps) else "asyncio"


def family_of(process: int) -> list[int]:
    """Return the process and all that descend from it."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in brackets may hold anything; behind it come the state and the parent.
            parents[int(status.parent.name)] = int(_fields_of(status)[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    family = [process]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def _fields_of(status: Path) -> list[str]:
    return status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _cpu_of(process: int) -> float:
    fields = _fields_of(Path(f"/proc/{process}/stat"))
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident_kib(process: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


@contextmanager
def ours(folder: Path, **settings: str) -> Iterator[Served]:
    """Start `juzhuzheng serve` with its data and one account in `folder`; it is ready when /healthz says so."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts = folder / "accounts.toml"
    accounts.write_text(ACCOUNT.to_toml(), encoding="utf-8")
    given = environment(folder / "data", JUZHUZHENG_WECHAT_ACCOUNTS=str(accounts), **settings)
    with _running(("bot", "serve", "--port", "{port}"), given, folder, "/healthz") as served:
        yield served


@contextmanager
def echo(folder: Path, *, module: str, options: tuple[str, ...] = ()) -> Iterator[Served]:
    """Start one of the echo servers of this package; `folder` takes what it prints."""
    folder.mkdir(parents=True, exist_ok=True)
    command = (f"tests.bench.{module}", "{port}", *options)
    with _running(command, environment(folder), folder, "/") as served:
        yield served


@contextmanager
def _running(module: Sequence[str], given: dict[str, str], folder: Path, path: str) -> Iterator[Served]:
    port = _free_port()
    arguments = [part.replace("{port}", str(port)) for part in module]
    with (folder / "log.txt").open("wb") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            _wait_for(process, port, path, folder / "log.txt")
            yield Served(process, port, time.perf_counter() - started)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=20)


def _wait_for(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while not _answers(port, path):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"没有启动：{log.read_text(encoding='utf-8', errors='replace')}")
        time.sleep(0.005)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        # An echo refuses what is no push; that it answers is enough.
        return connection.getresponse().status < 500
    except (ConnectionError, TimeoutError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((_HOST, 0))
        return int(asked.getsockname()[1])
