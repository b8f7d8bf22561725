"""The overview in a real browser: chosen by keyboard, read at a desk and on a telephone, and printed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.bot.staff.counted import fill, rate
from tests.browser.axe import serious_faults
from tests.browser.conftest import OpenPage
from tests.browser.staff import ConsoleSite

TOPICS = ("materials", "fee_first", "validity", "photo_needed")
DRAWN = "[...document.images].every((image) => image.complete && image.naturalWidth > 0)"


@pytest.fixture
def busy(console_site: ConsoleSite) -> ConsoleSite:
    """The console after two months of questions."""
    office = console_site.office
    fill(office.records, TOPICS, office.clock.today(), 60)
    rate(office.records, TOPICS, office.clock())
    return console_site


def drawn(page: Page) -> None:
    """Wait until every chart is there."""
    expect(page.locator(".figure img").first).to_be_visible()
    page.wait_for_function(DRAWN)


def test_period_and_city_are_chosen_and_numbers_opened_by_keyboard(busy: ConsoleSite, open_page: OpenPage) -> None:
    page = busy.enter(open_page(1440, 900), "/staff/overview")
    page.get_by_label("时间").focus()
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/overview?days=365&city=luoyang")
    expect(page.locator("main")).to_contain_text("洛阳市 · 2025年11月4日至2026年11月2日")
    drawn(page)
    first = page.locator(".figure").first
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(first.get_by_role("table", name="每周的消息，数字")).to_be_visible()
    expect(first.get_by_role("columnheader")).to_have_text(
        ["从这天起的一周", "已回答", "反问", "办法没写", "其他", "合计"]
    )


@pytest.mark.parametrize(("width", "drawing"), [(360, 480), (1440, 800)])
def test_charts_fit_the_screen_and_nothing_stands_in_the_way_of_anybody(
    busy: ConsoleSite, open_page: OpenPage, width: int, drawing: int
) -> None:
    page = busy.enter(open_page(width, 900), "/staff/overview")
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].map((image) => image.currentSrc.includes('narrow'))") == (
        [drawing == 480] * page.locator(".figure img").count()
    )
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "wide tables scroll within themselves"
    assert serious_faults(page) == []


def test_on_paper_the_numbers_are_open_and_letters_are_not_too_small(busy: ConsoleSite, open_page: OpenPage) -> None:
    page = busy.enter(open_page(718, 1000), "/staff/overview")  # what A4 leaves between its margins
    page.emulate_media(media="print")
    drawn(page)
    assert page.locator("details[open]").count() == 0
    for table in page.locator(".figure table").all():
        expect(table).to_be_visible()
    for hidden in (".bar", ".filters", "summary"):
        expect(page.locator(hidden).first).to_be_hidden()
    points = page.evaluate("document.images[0].getBoundingClientRect().width / 800 * 18 * 0.75")
    assert points >= 10
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0, "for browsers that open nothing by style alone"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_a_chart_opened_alone_is_drawn_with_its_own_style(busy: ConsoleSite, open_page: OpenPage) -> None:
    page = busy.enter(open_page(1440, 900), "/staff/overview")
    page.goto(f"{busy.address}/staff/chart/days.svg")
    filled = "getComputedStyle(document.querySelector('.serie-1 .reactive')).fill"
    assert page.evaluate(filled).startswith("url(")
    expect(page.locator(".axis.x text.major").last).to_have_text("11月2日")
