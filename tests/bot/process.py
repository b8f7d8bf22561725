"""The real service as a process of its own: started, found by its port, ended gently or not."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_LISTENS = re.compile(
    r"serving on http://127\.0\.0\.1:(\d+)[\s\S]*the console, health and counts on http://127\.0\.0\.1:(\d+)"
)
_COUNT = re.compile(r"^(juzhuzheng_\w+)(\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)
_START_TENTHS = 600
OF_TESTS = {
    "PYTHONUNBUFFERED": "1",
    "JUZHUZHENG_INTERNAL": "127.0.0.1:0",
    "JUZHUZHENG_TURNS_A_MINUTE": "10000",
    "JUZHUZHENG_POSTS_A_MINUTE": "100000",
}
"""Any free port inside, and as many questions as a test likes."""


def without_our_settings() -> dict[str, str]:
    """Return this environment without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JUZHUZHENG_")}


def environment(data: Path, **more: str) -> dict[str, str]:
    """Return this environment with no settings of ours but `data` and `more`."""
    return {**without_our_settings(), **OF_TESTS, "JUZHUZHENG_DATA_DIR": str(data), **more}


@dataclass
class Service:
    """A running service: its ports, data folder and log file."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path
    log: Path
    internal_port: int = 0

    @property
    def url(self) -> str:
        """The address people would open."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def internal(self) -> str:
        """The address monitoring would ask."""
        return f"http://127.0.0.1:{self.internal_port}"

    def resident_kib(self) -> int:
        """Return the memory the process holds, in KiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) if found else 0

    def workers(self) -> list[int]:
        """Return the ids of the processes that answer, where there are several."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in children.read_text(encoding="ascii").split()]

    def inside(self, path: str) -> bytes:
        """Return what the internal listener answers. Raises OSError when it does not."""
        connection = HTTPConnection("127.0.0.1", self.internal_port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def parts(self) -> dict[str, str]:
        """Return what /healthz says of the parts."""
        return dict(json.loads(self.inside("/healthz"))["parts"])

    def counts(self) -> dict[str, float]:
        """Return the counts of /metrics by name, summed over their labels, and by name with labels."""
        found: defaultdict[str, float] = defaultdict(float)
        for name, labels, number in _COUNT.findall(self.inside("/metrics").decode()):
            found[name] += float(number)
            if labels:
                found[f"{name}{labels}"] = float(number)
        return found

    def logged(self) -> list[dict[str, Any]]:
        """Return what was logged, one object a line; a line that is no JSON as {"text": line}."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) if line.startswith("{") else {"text": line} for line in lines if line]

    def errors(self) -> list[str]:
        """Return what was logged as an error, and what is no log line at all."""
        return [str(line) for line in self.logged() if line.get("level") in (None, "error", "critical")]

    def pause(self) -> None:
        """Let nothing of the process run: its connections stay open and nobody answers."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on where it was paused."""
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the process as a power cut would: kill -9, its workers with it."""
        for worker in self.workers():
            os.kill(worker, signal.SIGKILL)
        self.process.kill()
        self.process.wait(timeout=20)

    def stop(self) -> int:
        """Tell the process to stop, as systemd does; return its exit status."""
        self.process.terminate()
        return self.process.wait(timeout=30)


@contextmanager
def running(folder: Path, *options: str, module: str = "bot", **settings: str) -> Iterator[Service]:
    """Start the service with its data in `folder`/data and stop it afterwards, if it still runs; it answers meanwhile.

    `options` are given to `serve` behind the port, as ("--workers", "2"); `module` is run in place of the program.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    with log.open("a", encoding="utf-8") as output:
        start = log.stat().st_size
        process = subprocess.Popen(
            [sys.executable, "-m", module, "serve", "--port", "0", *options],
            cwd=ROOT, env=environment(folder / "data", **settings), stdout=output, stderr=output,
        )  # fmt: skip
        try:
            port, internal_port = _ports(process, log, start)
            service = Service(process, port, folder / "data", log, internal_port)
            _wait_for_answer(service)
            yield service
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                process.wait(timeout=20)


def refusal(folder: Path, *options: str, **settings: str) -> str:
    """Start the service where it must refuse to; return what it says. Raises AssertionError when it serves."""
    command = [sys.executable, "-m", "bot", "serve", "--port", "0", *options]
    given = environment(folder / "data", **settings)
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, timeout=60, check=False)
    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert "Traceback" not in said
    return said


def _ports(process: subprocess.Popen[bytes], log: Path, start: int) -> tuple[int, int]:
    for _ in range(_START_TENTHS):
        written = log.read_bytes()[start:].decode()
        told = _LISTENS.search(written)
        if told:
            return int(told[1]), int(told[2])
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"没有启动：{log.read_bytes()[start:].decode()}")
    raise RuntimeError(f"一分钟内没有启动：{log.read_text(encoding='utf-8')}")


def _wait_for_answer(service: Service) -> None:
    """Wait until it answers: it listens before its stores are open."""
    try:
        service.inside("/readyz")
    except OSError as error:
        service.process.wait(timeout=20)
        raise RuntimeError(f"没有启动：{service.log.read_text(encoding='utf-8')}") from error
