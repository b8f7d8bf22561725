"""A person at the page: asks, presses keys, looks for a sideways scroll."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

QUESTION = "赤峰签注过期了怎么办"


def ask(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.click("text=发送")
    expect(page.locator(".mine").last).to_have_text(text)
    expect(page.locator(".mine ~ .answer").last).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()


def has_no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def press_until(page: Page, key: str, selector: str) -> None:
    """Press `key` until the focus is on `selector`, as someone without a mouse does."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{selector} cannot be reached by keyboard")
