"""`make screenshots`: take the pictures of docs/images anew, from a real server in real Chromium."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

IMAGES = Path(__file__).parent.parent / "docs" / "images"
COMMAND = Path(sys.executable).parent / "juzhuzheng"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
STORY = "我甘肃的，去年十月来巴中打工，签了合同，租房住，帮我看看能不能办"
QUESTION = "我在赤峰，证9月15号到的期，今天去补签行不行"
CITATION = "巴中12条3项"
PASSWORD = secrets.token_urlsafe(24)


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(address: str) -> None:
    """Return when the server answers; raises TimeoutError after 20 seconds."""
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1).close()  # noqa: S310  # our own loopback server
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{address} 没有启动")


def take(address: str) -> None:
    """Take the pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 390, "height": 760}, device_scale_factor=2)
        page.goto(address)
        box = page.get_by_role("textbox")
        box.fill(QUESTION)
        box.press("Enter")
        page.get_by_text("第二十条第二款").wait_for()
        page.wait_for_timeout(400)
        page.screenshot(path=IMAGES / "chat.png")
        page.get_by_role("link", name="第二十条第二款").click()
        page.wait_for_load_state()
        page.screenshot(path=IMAGES / "law.png")
        page.goto(f"{address}/?city=bazhong")
        box = page.get_by_role("textbox")
        box.fill(STORY)
        box.press("Enter")
        page.get_by_text("您住在城区").wait_for()
        page.wait_for_timeout(400)
        page.screenshot(path=IMAGES / "dialog.png")
        wide = browser.new_page(viewport={"width": 1280, "height": 800})
        wide.goto(f"{address}/compare/overdue")
        wide.screenshot(path=IMAGES / "compare.png")
        browser.close()


def take_console(address: str, given: str) -> None:
    """Take the picture of the console: signed in for the first time with the password that was given."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1200, "height": 960})
        page.goto(f"{address}/staff")
        page.get_by_label("登录名").fill("wang")
        page.get_by_label("密码").fill(given)
        page.keyboard.press("Enter")
        page.get_by_label("给您的密码").fill(given)
        page.get_by_label("新密码", exact=True).fill(PASSWORD)
        page.get_by_label("再输一次新密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.type(CITATION)
        page.keyboard.press("Enter")
        page.locator("#leaf mark").wait_for()
        page.screenshot(path=IMAGES / "staff.png")
        browser.close()


def add_clerk(environment: Mapping[str, str]) -> str:
    """Add somebody to the console as an administrator does on the server; return the password made for them."""
    adding = [COMMAND, "staff", "add", "wang", "--role", "clerk", "--shown", "王敏", "--generate"]
    said = subprocess.run(adding, env=environment, capture_output=True, text=True, check=True).stdout
    return said.partition("密码：")[2].split()[0]


def main() -> None:
    """Start a server with a data folder of its own, take the pictures, stop it."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    port, internal = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "JUZHUZHENG_DATA_DIR": folder,
            "JUZHUZHENG_INTERNAL": f"127.0.0.1:{internal}",
        }
        given = add_clerk(environment)
        server = subprocess.Popen([COMMAND, "serve", "--port", str(port)], env=environment)
        try:
            wait_for(f"http://127.0.0.1:{port}")
            take(f"http://127.0.0.1:{port}")
            take_console(f"http://127.0.0.1:{internal}", given)
        finally:
            server.terminate()
            server.wait(timeout=20)


if __name__ == "__main__":
    main()
