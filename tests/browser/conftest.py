"""A real browser against the real site on a free loopback port. What goes wrong in its console fails the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.fakes import build_site
from tests.browser.staff import ConsoleSite, console_for

CHROMIUM = Path("/usr/bin/chromium")
INSTALL = "没有找到浏览器，请先运行：sudo apt-get install -y chromium fonts-noto-cjk"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenPage = Callable[..., Page]


@contextmanager
def serving(by: Advisor, library: Library, folder: Path) -> Iterator[str]:
    """Serve the site from a thread of its own, where its store is opened too, and yield its address."""
    addresses: list[str] = []
    started = threading.Event()
    loop = asyncio.new_event_loop()

    async def start() -> web.AppRunner:
        app = build_site(by, library, folder)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        addresses.append("http://{}:{}".format(*runner.addresses[0][:2]))
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        started.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(timeout=30), "the site did not start"
    try:
        yield addresses[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=30)


# One browser a module, not a session: while it is open its own event loop runs in this thread, and tests of other
# folders need theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(INSTALL)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(advisor: Advisor, library: Library, tmp_path: Path) -> Iterator[str]:
    with serving(advisor, library, tmp_path) as address:
        yield address


@pytest.fixture
def console_site(advisor: Advisor, tmp_path: Path) -> Iterator[ConsoleSite]:
    """Yield the console of the staff, with one person of every role (see tests/bot/staff/console.py)."""
    with console_for(advisor, tmp_path) as site:
        yield site


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Yield a function that opens a page; a screenshot of each is left in the test's folder.

    Fails the test for anything in the console that was not `expected`, and for any request to another host.
    """
    troubles: list[str] = []
    pages: list[Page] = []

    def start(width: int = 360, height: int = 740, *, expected: str | None = None, **options: Any) -> Page:
        page = browser.new_context(viewport={"width": width, "height": height}, **options).new_page()
        page.set_default_timeout(10_000)

        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not (expected and expected in message.text):
                troubles.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(f"dialog {dialog.message}"))
        page.on("request", lambda sent: troubles.append(sent.url) if "//127.0.0.1:" not in sent.url else None)
        pages.append(page)
        return page

    yield start
    for index, page in enumerate(pages):
        page.screenshot(path=tmp_path / f"{request.node.name}-{index}.png")
        page.context.close()
    assert troubles == []
