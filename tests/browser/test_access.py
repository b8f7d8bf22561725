"""The pages by keyboard, enlarged, on small screens, and against their background."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.reader import QUESTION, ask, has_no_sideways_scroll, press_until

# Every text on the page against the background behind it, by the formula of WCAG 2.
LOW_CONTRAST = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const node of document.querySelectorAll("body *")) {
    const hasText = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!hasText || !node.checkVisibility()) continue;
    const pair = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) low.push(`${node.className || node.tagName} ${ratio.toFixed(2)}`);
  }
  return low;
}"""


@pytest.mark.parametrize(("width", "height"), [(360, 740), (320, 568), (180, 370), (640, 400), (1280, 800)])
@pytest.mark.parametrize("big", [False, True])
def test_nothing_scrolls_sideways(site: str, open_page: OpenPage, width: int, height: int, big: bool) -> None:
    page = open_page(width, height, expected="404")
    page.goto(site)
    if big:
        page.click("text=大字")
    ask(page, QUESTION)
    assert has_no_sideways_scroll(page)
    page.locator("summary", has_text="看原文").click()
    assert has_no_sideways_scroll(page)
    for path in (
        "/law/ankang/12",
        "/law/chifeng/20?p=2",
        "/law/kaifeng",
        "/law",
        "/compare/fee_reissue",
        "/compare",
        "/x",
    ):
        page.goto(site + path)
        assert has_no_sideways_scroll(page), path


def test_everything_is_done_by_keyboard_alone(site: str, open_page: OpenPage) -> None:
    page = open_page(1280, 800)
    page.goto(site)
    press_until(page, "Tab", "#text")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".quote")).to_be_visible()
    expect(page.locator("#text")).to_be_focused()
    press_until(page, "Tab", ".menus details:nth-of-type(1) summary")
    page.keyboard.press("Enter")
    expect(page.locator(".menus details[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".menus details[open]")).to_have_count(0)
    expect(page.locator("summary").first).to_be_focused()
    press_until(page, "Shift+Tab", ".choices:not(#choose) .chip")
    page.keyboard.press("Enter")
    expect(page.locator(".mine + .answer")).to_have_count(2)
    expect(page.locator(".answer").last).to_be_focused()
    press_until(page, "Tab", ".quote a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/law/**")
    press_until(page, "Tab", "[rel=next]")


def test_what_has_the_focus_is_not_under_a_bar(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    for question in (QUESTION, "办居住证要带什么", "多久能拿到证"):
        ask(page, question)
    page.evaluate("scrollTo(0, 0)")
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
        page.keyboard.press(key)
        assert page.evaluate("""() => {
          const { left, top, width, height } = document.activeElement.getBoundingClientRect();
          const found = document.elementFromPoint(left + width / 2, top + height / 2);
          return document.activeElement === document.body || document.activeElement.contains(found);
        }"""), page.evaluate("document.activeElement.textContent")


def test_where_the_focus_is_can_be_seen(site: str, open_page: OpenPage) -> None:
    page = open_page(1280, 800)
    page.goto(site)
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(f"document.activeElement === document.body || {outline} === 'solid'")


def test_enter_while_a_word_is_chosen_from_pinyin_sends_nothing(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    page.fill("#text", "juzhuzheng")
    page.locator("#text").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".mine")).to_have_count(0)


def test_large_letters_are_remembered_on_every_page(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    size = "parseFloat(getComputedStyle(document.querySelector('main')).fontSize)"
    normal = page.evaluate(size)
    page.click("text=大字")
    assert page.evaluate(size) > 1.3 * normal
    expect(page.locator("[data-text-size]")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{site}/law/chifeng/20?p=2#cited")
    assert page.evaluate(size) > 1.3 * normal
    page.click("text=大字")
    page.goto(site)
    assert page.evaluate(size) == normal


def test_large_letters_keep_the_place_in_a_long_talk(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    for question in (QUESTION, "办居住证要带什么", "多久能拿到证", "签注过期了怎么办"):
        ask(page, question)
    page.click("text=大字")
    expect(page.locator(".answer").last).to_be_in_viewport()
    page.click("text=大字")
    expect(page.locator(".answer").last).to_be_in_viewport()


def test_every_text_can_be_read_against_its_background(site: str, open_page: OpenPage) -> None:
    page = open_page(expected="404")
    page.goto(site)
    ask(page, "安康多久能拿到居住证")
    page.locator("summary", has_text="问办法").click()
    assert page.evaluate(LOW_CONTRAST) == []
    page.click("text=大字")
    for path in (
        "/",
        "/law/ankang/12",
        "/law/chifeng/20?p=2",
        "/law/kaifeng",
        "/compare/fee_reissue",
        "/compare",
        "/x",
    ):
        page.goto(site + path)
        assert page.evaluate(LOW_CONTRAST) == [], path
