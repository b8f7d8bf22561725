"""Comparison, map and explanation in a real browser: by keyboard, accessible, and on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from knowledge.address import Address
from knowledge.library import Library
from knowledge.official import official_citation
from tests.browser.axe import serious_faults
from tests.browser.conftest import OpenPage
from tests.browser.reader import has_no_sideways_scroll, press_until
from tests.browser.staff import ConsoleSite, clipboard
from tests.browser.test_access import LOW_CONTRAST


def test_a_topic_is_found_compared_cited_and_read_without_a_mouse(
    console_site: ConsoleSite, open_page: OpenPage, library: Library
) -> None:
    page = open_page(1440, 900, permissions=["clipboard-read", "clipboard-write"])
    console_site.enter(page, "/staff/compare")
    expect(page.locator("#filter")).to_be_focused()
    page.keyboard.type("丢了补办")
    expect(page.locator("#told")).to_have_text("1 个题目")
    press_until(page, "Tab", ".topics li:not([hidden]) a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/compare/fee_reissue")
    expect(page.locator("tr.silent")).to_contain_text("没有写")
    press_until(page, "Tab", ".place a")
    page.keyboard.press("c")
    expect(page.locator("#told")).to_have_text("已复制：安康第十六条")
    assert clipboard(page) == official_citation(library.cities["ankang"], Address("16"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/law/ankang/16")
    expect(page.locator("#opened")).to_contain_text("第十六条")


def test_a_question_is_explained_without_a_mouse(console_site: ConsoleSite, open_page: OpenPage) -> None:
    page = console_site.enter(open_page(1440, 900), "/staff/why")
    expect(page.get_by_label("群众怎么问")).to_be_focused()
    page.keyboard.type("签注过期了怎么办")
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_contain_text("第二十条第二款")
    expect(page.locator(".stages")).to_contain_text("结论")


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1440, 900)])
def test_every_page_fits_and_has_no_serious_fault(
    console_site: ConsoleSite, open_page: OpenPage, width: int, height: int
) -> None:
    page = console_site.enter(open_page(width, height, expected="404"))
    page.keyboard.type("安康12条")
    page.keyboard.press("Enter")
    expect(page.locator("#opened")).to_be_focused()
    assert serious_faults(page) == []
    for path in (
        "/staff?q=洛阳第三十条", "/staff?q=哪些城市补领收费", "/staff/law/kaifeng", "/staff/law/ankang/12?p=1",
        "/staff/compare", "/staff/compare/fee_reissue", "/staff/map", "/staff/why",
        "/staff/why?q=签注过期&city=chifeng", "/staff/law/x/1",
    ):  # fmt: skip
        page.goto(console_site.address + path)
        assert has_no_sideways_scroll(page), path
        assert page.evaluate(LOW_CONTRAST) == [], path
        assert serious_faults(page) == [], path


def test_the_public_pages_have_no_serious_fault(console_site: ConsoleSite, open_page: OpenPage) -> None:
    page = open_page(360, 740)
    for path in ("/", "/law", "/law/chifeng", "/law/ankang/12?p=1", "/compare", "/compare/fee_reissue"):
        page.goto(console_site.public + path)
        assert serious_faults(page) == [], path


def test_a_page_with_a_fault_is_found_out(console_site: ConsoleSite, open_page: OpenPage) -> None:
    page = console_site.enter(open_page())
    page.evaluate("document.querySelector('label[for=q]').remove(); document.getElementById('q').placeholder = ''")
    assert any(fault.startswith("label:") for fault in serious_faults(page))


@pytest.mark.parametrize("topic", ["fee_reissue", "overdue", "materials"])
def test_a_comparison_prints_its_table_with_sources_and_day_on_one_page(
    console_site: ConsoleSite, open_page: OpenPage, topic: str
) -> None:
    page = console_site.enter(open_page(1440, 900), f"/staff/compare/{topic}")
    page.emulate_media(media="print")
    for name in (".bar", ".tools-line", ".akin", ".copy"):
        expect(page.locator(name).first).to_be_hidden()
    page.set_viewport_size({"width": 1032, "height": 703})  # A4 across, without its margins
    foot = page.locator(".sources").bounding_box()
    assert foot is not None
    assert foot["y"] + foot["height"] <= 703
    expect(page.locator(".sources")).to_contain_text(re.compile("赤政办发〔2017〕25号.*2026年11月2日", re.DOTALL))
