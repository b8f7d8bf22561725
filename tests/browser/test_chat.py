"""The chat and the pages to read, in a real browser: asked, tapped, cleared, and without scripts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from knowledge.library import Library
from tests.bot.fakes import HOSTILE, HostileAdvisor
from tests.browser.conftest import OpenPage, serving
from tests.browser.reader import QUESTION, ask

SLOW_FETCH = """
  const quick = window.fetch;
  window.fetch = (...given) => new Promise((done) => setTimeout(() => done(quick(...given)), 600));
"""


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


def test_an_empty_message_is_not_sent(site: str, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(site)
    page.fill("#text", "  \n ")
    page.click("text=发送")
    expect(page.locator(".mine")).to_have_count(0)


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
