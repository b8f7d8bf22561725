"""The clerk's box in a real browser: typed, opened and copied by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from knowledge.address import Address
from knowledge.library import Library
from knowledge.official import official_citation, official_citation_of
from tests.browser.conftest import OpenPage
from tests.browser.reader import press_until
from tests.browser.staff import ConsoleSite, clipboard

OPTION = "[role=option]"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
COPIED = """document.execCommand = () => {
  window.copied = document.activeElement.value.slice(
    document.activeElement.selectionStart, document.activeElement.selectionEnd);
  return true;
}"""


@pytest.fixture
def page(console_site: ConsoleSite, open_page: OpenPage) -> Page:
    """The box, opened by somebody whose browser may use the clipboard."""
    opened = open_page(1440, 900, permissions=["clipboard-read", "clipboard-write"])
    console_site.enter(opened)
    expect(opened.locator("#q")).to_be_focused()  # nobody types before
    return opened


def test_a_citation_is_typed_opened_and_copied_without_a_mouse(page: Page, library: Library) -> None:
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("巴中12条3项")
    expect(page.locator(OPTION)).to_have_count(1)
    expect(page.locator("#told")).to_have_text("1 处。")
    page.keyboard.press("ArrowDown")
    expect(page.locator(OPTION)).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#told")).to_have_text("已复制：巴中第十二条第（三）项")
    assert clipboard(page) == official_citation(library.cities["bazhong"], Address("12", 1, 3))
    page.keyboard.press("Enter")
    expect(page.locator("#opened")).to_be_focused()
    expect(page.locator("#leaf mark")).to_contain_text("住房公积金6个月以上")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#opened")).to_have_text("巴中 第十三条")
    page.keyboard.press("c")
    expect(page.locator("#told")).to_have_text("已复制：巴中第十三条")
    assert clipboard(page) == official_citation(library.cities["bazhong"], Address("13"))
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#opened")).to_have_text("巴中 第十二条")
    page.keyboard.press("Escape")
    expect(page.locator(OPTION)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("洛阳第三十条")  # what was there is selected, so it is written over
    expect(page.locator("#told")).to_contain_text("共24条，没有第三十条")
    expect(page.locator(OPTION)).to_have_count(0)
    expect(page.locator("#leaf")).to_be_hidden()


@pytest.mark.parametrize("height", [620, 900])
@pytest.mark.parametrize("query", ["巴中12条3项", "洛阳18条12项"])
def test_what_is_opened_and_what_is_told_are_in_sight_together(page: Page, query: str, height: int) -> None:
    page.set_viewport_size({"width": 1366, "height": height})
    page.keyboard.type(query)
    page.keyboard.press("Enter")
    expect(page.locator("#leaf mark")).to_be_in_viewport(ratio=1)
    page.keyboard.press("c")
    expect(page.locator("#told")).to_contain_text("已复制")
    expect(page.locator("#told")).to_be_in_viewport(ratio=1)
    expect(page.locator("#q")).to_be_in_viewport(ratio=1)
    expect(page.locator(".copied-now")).to_have_count(0)


def test_on_a_telephone_somebody_far_down_sees_that_it_was_copied(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.keyboard.type("巴中12条3项")
    page.locator(OPTION).click()
    page.locator("#leaf").get_by_role("button", name="复制").click()
    expect(page.locator("#told")).not_to_be_in_viewport()
    expect(page.locator(".copied-now")).to_have_text("已复制：巴中第十二条第（三）项")
    expect(page.locator(".copied-now")).to_be_in_viewport(ratio=1)
    expect(page.locator(".copied-now")).to_have_count(0)  # gone by itself


def test_a_whole_text_is_one_step_from_the_box(page: Page) -> None:
    press_until(page, "Tab", ".whole a:nth-of-type(5)")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("洛阳市居住证管理暂行办法")


def test_from_a_silent_city_one_sees_what_the_others_write(page: Page) -> None:
    page.keyboard.type("洛阳补领收费")
    expect(page.locator("#told")).to_have_text("洛阳的文本没有写丢了补领收不收钱。")
    page.get_by_role("link", name="看各市怎么写").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("丢了补办收不收钱")


def test_enter_opens_the_best_one_even_before_it_has_come(page: Page) -> None:
    page.keyboard.type("赤峰签注过期")
    page.keyboard.press("Enter")
    expect(page.locator("#opened")).to_have_text("赤峰 第二十条")
    expect(page.locator("#leaf mark")).to_contain_text("使用功能中止")


def test_arrows_go_through_the_list_and_back_into_the_box(page: Page) -> None:
    page.keyboard.type("哪些城市补领收费")
    expect(page.locator(OPTION)).to_have_count(5)
    for place in (0, 1, 2, 3, 4, 4):
        page.keyboard.press("ArrowDown")
        expect(page.locator(OPTION).nth(place)).to_be_focused()
        expect(page.locator("[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("c")
    expect(page.locator("#told")).to_have_text("这个城市没有写，没有可复制的。")
    page.keyboard.press("Home")
    expect(page.locator(OPTION).first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()


def test_a_range_is_copied_whole(page: Page, library: Library) -> None:
    page.keyboard.type("洛阳第二十条到第二十二条")
    expect(page.locator(OPTION)).not_to_have_count(0)
    press_until(page, "Tab", "#found button[data-citation]")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("已复制：全部")
    places = [Address("20"), Address("21"), Address("22")]
    assert clipboard(page) == official_citation_of(library.cities["luoyang"], places)


def test_without_a_clipboard_the_old_way_copies(console_site: ConsoleSite, open_page: OpenPage) -> None:
    page = open_page(1440, 900)
    page.add_init_script(NO_CLIPBOARD)
    page.add_init_script(COPIED)
    console_site.enter(page, "/staff?q=%E5%B7%B4%E4%B8%AD12%E6%9D%A13%E9%A1%B9")
    page.locator(OPTION).focus()
    page.keyboard.press("c")
    expect(page.locator("#told")).to_have_text("已复制：巴中第十二条第（三）项")
    assert page.evaluate("copied").startswith(
        "《巴中市居住证管理办法》（巴中市人民政府令第42号）第十二条第（三）项：「"
    )
    expect(page.locator(OPTION)).to_be_focused()
    expect(page.locator("#by-hand")).to_be_hidden()


def test_where_nothing_copies_the_words_stand_selected(console_site: ConsoleSite, open_page: OpenPage) -> None:
    page = open_page(1440, 900)
    page.add_init_script(NO_CLIPBOARD)
    page.add_init_script("document.execCommand = () => false")
    console_site.enter(page, "/staff?q=%E5%B7%B4%E4%B8%AD12%E6%9D%A13%E9%A1%B9")
    page.locator(OPTION).focus()
    page.keyboard.press("c")
    expect(page.locator("#told")).to_have_text("请按 Ctrl+C 复制。")
    expect(page.locator("#copied")).to_be_focused()
    assert page.evaluate("getSelection().toString()").startswith("《巴中市居住证管理办法》")
    page.keyboard.press("Escape")
    expect(page.locator("#by-hand")).to_be_hidden()
    expect(page.locator("#q")).to_be_focused()


def test_a_late_answer_to_an_earlier_word_is_dropped(console_site: ConsoleSite, open_page: OpenPage) -> None:
    page = open_page(1440, 900)
    page.add_init_script("AbortController.prototype.abort = () => {}")  # so that it does come
    console_site.enter(page)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(re.compile("look-up.*2%E6%9D%A1$"), hold)
    page.fill("#q", "巴中2条")
    page.wait_for_timeout(300)
    page.fill("#q", "洛阳9条")
    expect(page.locator(".hit .where")).to_contain_text("洛阳 第九条")
    assert len(waiting) == 1
    with page.expect_response(re.compile("look-up.*2%E6%9D%A1$")):
        waiting[0].fulfill(body='<div data-kind="cite" data-told="迟到">迟到</div>')
    page.wait_for_timeout(100)
    expect(page.locator(".hit .where")).to_contain_text("洛阳 第九条")
    expect(page.locator("#told")).to_have_text("1 处。")


def test_a_failed_look_up_says_so_and_keeps_what_was_typed(console_site: ConsoleSite, open_page: OpenPage) -> None:
    page = console_site.enter(open_page(1440, 900, expected="Failed to load resource"))
    page.route(re.compile("/staff/api/look-up"), lambda route: route.abort())
    page.keyboard.type("巴中2条")
    expect(page.locator("#told")).to_contain_text("没有查成")
    page.unroute_all()
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("重新登录")
    expect(page.locator("#q")).to_have_value("巴中2条")


def test_a_word_still_being_chosen_from_pinyin_is_not_looked_up(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "look-up" in sent.url else None)
    page.evaluate("""() => {
      const box = document.getElementById("q");
      box.value = "ba zhong";
      box.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }));
    }""")
    page.locator("#q").dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.wait_for_timeout(300)
    assert asked == []


def test_without_scripts_the_form_and_the_links_do_it(console_site: ConsoleSite, open_page: OpenPage) -> None:
    page = console_site.enter(open_page(360, 740, java_script_enabled=False))
    page.fill("#q", "安康12条")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator(".hit em").first).to_have_text("草案")
    expect(page.locator(".hit .flaw").first).to_contain_text("3日工作日")
    page.locator(".hit").first.click()
    expect(page.locator("h2").first).to_contain_text("安康 第十二条")
    expect(page.locator(".cite blockquote")).to_contain_text("（草案，无文号，施行日期空着）第十二条第一款")
    page.get_by_role("link", name="后一条：第十三条").click()
    expect(page.locator("h2").first).to_contain_text("安康 第十三条")
