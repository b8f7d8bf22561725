"""A real server process that can be killed and started again at the same address, and somebody in a dialog with it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.bot.process import ROOT, environment

_START_TENTHS = 600
CHIPS = ".choices:not(#choose) .chip"


@dataclass
class Served:
    """The service with its data below `folder`; `kill` ends it as a power cut would."""

    folder: Path
    operators: str = ""
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self.port = self.port or _free_port()
        settings = {}
        if self.operators:
            (self.folder / "operators.toml").write_text(self.operators, encoding="utf-8")
            settings["JUZHUZHENG_OPERATOR_DIR"] = str(self.folder)
        with (self.folder / "log.txt").open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--port", str(self.port)],
                cwd=ROOT, env=environment(self.data, **settings), stdout=log, stderr=log,
            )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        for _ in range(_START_TENTHS):
            if self.process is None or self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=1).close()  # noqa: S310
            except OSError:
                time.sleep(0.1)
            else:
                return
        self.kill()
        raise RuntimeError((self.folder / "log.txt").read_text(encoding="utf-8"))

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=20)

    def power_cut(self) -> None:
        self.kill()
        self.start()


@contextmanager
def served(folder: Path, operators: str = "") -> Iterator[Served]:
    """Start the service and end it afterwards."""
    service = Served(folder, operators)
    service.start()
    try:
        yield service
    finally:
        service.kill()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Visitor:
    """Somebody at the page: types, taps, opens the page that is offered and comes back."""

    page: Page

    def _answered(self, before: int) -> str:
        answers = self.page.locator(".answer")
        expect(answers).to_have_count(before + 1)
        expect(self.page.locator("#typing")).to_be_hidden()
        return answers.last.inner_text()

    def say(self, text: str) -> str:
        before = self.page.locator(".answer").count()
        self.page.fill("#text", text)
        self.page.press("#text", "Enter")
        return self._answered(before)

    def tap(self, text: str) -> str:
        before = self.page.locator(".answer").count()
        self.page.locator(CHIPS, has_text=re.compile(f"^{re.escape(text)}$")).click()
        return self._answered(before)

    def open(self) -> None:
        """Open the page that the last answer offers."""
        self.page.locator(".answer").last.locator("a.open").click()
        self.page.wait_for_url("**/page/**")

    def fill(self, answer: str) -> None:
        """Fill in the page and hand it in."""
        url = self.page.url
        self.page.fill("#answer", answer)
        self.page.locator("button.send").click()
        expect(self.page.locator(".problem")).to_have_count(0)
        self.page.wait_for_load_state()
        assert self.page.url != url or self.page.locator("h1", has_text="填好了").count()

    def choose_photo(self, file: Path) -> None:
        self.page.set_input_files("#photo", file)
        self.page.locator("button.send").click()
        expect(self.page.locator("h1")).to_have_text("填好了")

    def come_back(self) -> str:
        """Go back to the talk, which goes on by itself."""
        self.page.get_by_role("link", name="回到对话").click()
        expect(self.page.locator(".mine").last).to_have_text("继续")
        expect(self.page.locator(".mine ~ .answer").last).to_be_visible()
        expect(self.page.locator("#typing")).to_be_hidden()
        expect(self.page.locator(".mine").last.locator("~ .answer")).to_have_count(1)
        return self.page.locator(".answer").last.inner_text()
