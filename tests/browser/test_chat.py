"""The chat and the pages to read, in a real browser: by touch, by keyboard, enlarged, and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from knowledge.library import Library
from tests.bot.fakes import HOSTILE, HostileAdvisor
from tests.browser.conftest import OpenPage, serving

QUESTION = "赤峰签注过期了怎么办"

SLOW_FETCH = """
  const quick = window.fetch;
  window.fetch = (...given) => new Promise((done) => setTimeout(() => done(quick(...given)), 600));
"""

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


def test_a_question_is_answered_and_its_citation_leads_to_the_marked_words(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    ask(page, QUESTION)
    expect(page.locator(".answer").last).to_contain_text("逾期未办理签注手续的，其使用功能中止。")
    expect(page.locator("#city")).to_have_text("赤峰市")
    page.locator(".answer").last.get_by_role("link", name="第二十条第二款").click()
    page.wait_for_url("**/law/chifeng/20?p=2#cited")
    mark = page.locator("mark")
    expect(mark).to_have_count(1)
    expect(mark).to_be_in_viewport()
    expect(mark).to_contain_text("逾期未办理签注手续的")
    expect(mark).to_have_css("background-color", "rgb(255, 229, 138)")


def test_after_reading_an_article_the_talk_is_still_there(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    ask(page, QUESTION)
    page.locator(".answer a").last.click()
    page.get_by_role("link", name="回到问答").click()
    expect(page.locator(".mine")).to_have_text([QUESTION])
    expect(page.locator(".answer").last).to_contain_text("使用功能中止")
    expect(page.locator("#city")).to_have_text("赤峰市")
    expect(page.locator("#choose")).to_be_hidden()


def test_on_the_first_visit_the_city_is_chosen_by_a_tap(site: str, open_page: OpenPage, library: Library) -> None:
    page = open_page(has_touch=True)
    page.goto(site)
    expect(page.locator("#choose .chip")).to_have_count(len(library.cities))
    page.locator("#choose").get_by_text("洛阳市").tap()
    expect(page.locator("#city")).to_have_text("洛阳市")
    expect(page.locator("#choose")).to_be_hidden()
    page.reload()
    expect(page.locator("#city")).to_have_text("洛阳市")


def test_a_suggestion_is_asked_by_a_tap_and_old_ones_go(site: str, open_page: OpenPage) -> None:
    page = open_page(has_touch=True)
    page.goto(site)
    ask(page, QUESTION)
    suggestions = page.locator(".choices:not(#choose) .chip")
    first = suggestions.first.inner_text()
    suggestions.first.tap()
    expect(page.locator(".mine").last).to_have_text(first)
    expect(page.locator(".mine + .answer")).to_have_count(2)
    assert page.locator(".choices:not(#choose)").count() <= 1


def test_each_menu_opens_a_list_that_can_be_tapped(site: str, open_page: OpenPage) -> None:
    page = open_page(has_touch=True)
    page.goto(site)
    page.locator("summary", has_text="换城市").tap()
    page.locator(".menus details[open] button", has_text="开封市").tap()
    expect(page.locator("#city")).to_have_text("开封市")
    expect(page.locator(".menus details[open]")).to_have_count(0)
    page.locator("summary", has_text="问办法").tap()
    page.locator(".menus details[open] button").first.tap()
    expect(page.locator(".mine")).to_have_count(2)
    expect(page.locator(".quote").first).to_be_visible()
    page.locator("summary", has_text="看原文").tap()
    page.locator(".menus details[open] a", has_text="赤峰市居住证管理办法").tap()
    page.wait_for_url("**/law/chifeng")


def test_only_one_menu_is_open_and_a_tap_elsewhere_closes_it(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    page.locator("summary", has_text="问办法").click()
    page.locator("summary", has_text="换城市").click()
    expect(page.locator(".menus details[open]")).to_have_count(1)
    page.locator("h1").click()
    expect(page.locator(".menus details[open]")).to_have_count(0)


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


def test_a_long_answer_is_read_from_its_question_on_and_no_bar_covers_it(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    ask(page, QUESTION)
    ask(page, "安康多久能拿到居住证")
    top = page.locator(".top").bounding_box()
    bottom = page.locator(".bar").bounding_box()
    question = page.locator(".mine").last.bounding_box()
    assert top
    assert bottom
    assert question
    assert top["y"] + top["height"] <= question["y"] < bottom["y"]


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


def test_an_empty_message_is_not_sent(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    page.fill("#text", "  \n ")
    page.click("text=发送")
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


def test_ending_clears_the_talk_the_cookie_and_what_the_tab_kept(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    ask(page, QUESTION)
    assert page.context.cookies()
    expect(page.get_by_role("button", name="结束并清除")).to_be_in_viewport()
    page.click("text=结束并清除")
    expect(page.locator(".answer").last).to_contain_text("已经清除")
    expect(page.locator(".mine")).to_have_count(0)
    expect(page.locator("#city")).to_have_text("")
    expect(page.locator("#choose")).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    expect(page.locator(".mine")).to_have_count(0)


def test_when_the_session_is_over_the_tab_keeps_nothing_of_it(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    ask(page, QUESTION)
    page.context.clear_cookies()
    page.reload()
    expect(page.locator(".mine")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_new_bubbles_are_announced_and_waiting_is_shown(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    page.add_init_script(SLOW_FETCH)
    page.reload()
    page.fill("#text", QUESTION)
    page.click("text=发送")
    expect(page.get_by_role("status")).to_contain_text("正在查办法")
    expect(page.locator(".quote")).to_be_visible()
    expect(page.get_by_role("status")).to_be_hidden()


def test_without_network_the_words_come_back_to_the_input(site: str, open_page: OpenPage) -> None:
    page = open_page(expected="ERR_FAILED")
    page.goto(site)
    page.route("**/api/*", lambda route: route.abort())
    ask(page, QUESTION)
    expect(page.locator(".answer").last).to_contain_text("没有发出去")
    expect(page.locator("#text")).to_have_value(QUESTION)
    page.click("text=结束并清除")
    expect(page.locator(".answer").last).to_contain_text("没有清除成")


def test_a_refusal_of_the_server_is_shown_in_its_own_words(site: str, open_page: OpenPage) -> None:
    page = open_page(expected="413")
    page.goto(site)
    page.evaluate("document.getElementById('text').removeAttribute('maxlength')")
    ask(page, "问" * 1500)
    expect(page.locator(".answer").last).to_contain_text("这段话有1500个字，太长了。")


def test_nothing_that_is_said_or_typed_becomes_markup(library: Library, tmp_path: Path, open_page: OpenPage) -> None:
    with serving(HostileAdvisor(), library, tmp_path) as site:
        page = open_page()
        page.goto(site)
        ask(page, HOSTILE)
        expect(page.locator(".first").last).to_have_text(HOSTILE)
        expect(page.locator(".quote .words")).to_have_text(HOSTILE)
        page.locator(".choices:not(#choose) .chip").click()
        expect(page.locator(".mine")).to_have_text([HOSTILE, HOSTILE])
        page.reload()
        expect(page.locator(".mine")).to_have_text([HOSTILE, HOSTILE])
        assert page.locator("main img, main script").count() == 0


def test_without_scripts_the_form_works_and_menus_open(site: str, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site)
    expect(page.locator("[data-text-size]")).to_be_hidden()
    page.locator("#choose").get_by_text("赤峰市").click()
    expect(page.locator("#city")).to_have_text("赤峰市")
    page.fill("#text", "签注过期了怎么办")
    page.click("text=发送")
    expect(page.locator(".mine")).to_have_text("签注过期了怎么办")
    expect(page.locator(".answer").last).to_contain_text("使用功能中止")
    page.locator(".answer a").last.click()
    expect(page.locator("mark")).to_be_visible()
    page.go_back()
    page.locator("summary", has_text="问办法").click()
    page.locator(".menus details[open] button").first.click()
    expect(page.locator(".quote").first).to_be_visible()
    page.click("text=结束并清除")
    expect(page.locator(".mine")).to_have_count(0)
    assert page.context.cookies() == []


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
