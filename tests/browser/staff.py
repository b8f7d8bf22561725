"""The console of the staff for a real browser: served from a thread, with people of every role."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Page

from dialogs.advisor import Advisor
from tests.bot.staff.console import PASSWORD, Office, office

T = TypeVar("T")
_SECONDS = 30


@dataclass(frozen=True)
class ConsoleSite:
    """The running console. `address` is the base of the console, `public` that of the residents' site beside it."""

    address: str
    public: str
    office: Office
    _loop: asyncio.AbstractEventLoop

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something in the thread of the service, whose stores of conversations are used nowhere else."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_SECONDS)

    def enter(self, page: Page, path: str = "/staff", name: str = "wang") -> Page:
        """Sign somebody in at a page by keyboard, and go on to `path`."""
        page.goto(f"{self.address}/staff/login?next={path}")
        page.get_by_label("登录名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.address}{path}")
        return page


def clipboard(page: Page) -> str:
    """Return what was copied; the page must have been opened with permission to read it."""
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


@contextmanager
def console_for(advisor: Advisor, folder: Path) -> Iterator[ConsoleSite]:
    """Serve the console in `folder` from a thread of its own, where its stores are opened too."""
    loop = asyncio.new_event_loop()
    started, ended = threading.Event(), asyncio.Event()
    opened: list[ConsoleSite] = []

    async def serve() -> None:
        async with office(advisor, folder) as running:
            address, public = (str(server.make_url("")).rstrip("/") for server in (running.internal, running.public))
            opened.append(ConsoleSite(address, public, running, loop))
            started.set()
            await ended.wait()

    def run() -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(serve())
        finally:
            started.set()
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(timeout=_SECONDS), "the console did not start"
    assert opened, "the console did not start"
    try:
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(timeout=_SECONDS)
