"""Whole dialogs in a real browser against a real server, which loses its power in the middle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.assistant import today_in_shanghai
from knowledge.library import Library
from tests.bot.declaring import ADDRESS, EMPLOYER, HUKOU, NUMBER, PHOTO, label, readable_in, receipt_in
from tests.bot.keeping import NAME, PHONE
from tests.browser.conftest import OpenPage
from tests.browser.reader import has_no_sideways_scroll, press_until
from tests.browser.served import CHIPS, Served, Visitor, served
from tests.browser.test_access import LOW_CONTRAST

OPERATORS = """
[bazhong]
name = "巴中市公安局巴州分局"
contact = "0827-5555555"
legal_basis = "《四川省流动人口信息登记办法》"
keep_days = 30
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, OPERATORS) as started:
        yield started


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service for the tests that leave it running; everybody has a browser of their own."""
    with served(tmp_path_factory.mktemp("standing"), OPERATORS) as started:
        yield started


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "me.jpg"
    file.write_bytes(PHOTO)
    return file


def day(days_ago: int) -> str:
    then: date = today_in_shanghai() - timedelta(days=days_ago)
    return f"{then.year}年{then.month}月{then.day}日"


def test_a_pre_check_typed_and_tapped_survives_a_power_cut(service: Served, open_page: OpenPage) -> None:
    page = open_page(has_touch=True)
    page.goto(service.url)
    visitor = Visitor(page)
    assert "哪个市" in visitor.say("看看能不能办")
    assert "户口在哪里" in visitor.tap("赤峰")
    assert "有哪些" in visitor.say("甘肃天水")
    assert "哪一种" in visitor.tap("有工作或做生意")
    visitor.tap("上班，没签合同")
    beside = visitor.say("办居住证要带什么")
    assert "本人居民身份证" in beside
    assert "刚才的还没答完" in beside
    service.power_cut()
    page.reload()
    expect(page.locator(".mine").last).to_have_text("办居住证要带什么")
    visitor.tap("有住的地方")
    visitor.say("我租的房子，签了合同")
    visitor.tap("登记过")
    assert "可以去申领" in visitor.say(day(400))
    told = visitor.say(f"不对，是{day(30)}")
    assert "改好了" in told
    assert "还差时间" in told
    assert page.locator(".answer").last.locator("a[href^='/law/chifeng/']").count() > 0
    assert "记下了" in visitor.tap(page.locator(CHIPS, has_text="提醒我").inner_text())
    assert has_no_sideways_scroll(page)


def until_the_first_page(visitor: Visitor, library: Library) -> None:
    visitor.say("我要申报")
    assert "巴中市公安局巴州分局" in visitor.tap("巴中")
    visitor.tap(label(library, "consent", "yes"))
    visitor.tap(label(library, "for_whom", "self"))
    visitor.tap(label(library, "consent_sensitive", "yes"))
    visitor.say(NAME)
    visitor.say("汉族")
    visitor.tap(label(library, "document", "id_card"))


def from_county_to_photo(visitor: Visitor) -> None:
    visitor.tap("巴州区")
    visitor.say("江北街道")
    visitor.open()
    visitor.fill(ADDRESS)
    visitor.come_back()
    visitor.say(EMPLOYER)
    visitor.say("2025年3月1日")


def test_a_declaration_with_its_pages_and_a_photo_survives_power_cuts(
    service: Served, open_page: OpenPage, library: Library, photo: Path
) -> None:
    page = open_page()
    page.goto(service.url)
    visitor = Visitor(page)
    until_the_first_page(visitor, library)
    visitor.open()
    visitor.fill(NUMBER)
    expect(page.locator("h1")).to_have_text("电话")
    service.power_cut()
    visitor.fill(PHONE)
    visitor.fill(HUKOU)
    assert "哪个区、县" in visitor.come_back()
    service.power_cut()
    from_county_to_photo(visitor)
    visitor.open()
    visitor.choose_photo(photo)
    review = visitor.come_back()
    for told in (NAME, "3620", "汉族", "江北街道", EMPLOYER, "照片：已交"):
        assert told in review
    assert NUMBER not in page.content()
    service.power_cut()
    receipt = receipt_in(visitor.tap(label(library, "truthful", "yes")))
    service.power_cut()
    assert receipt in visitor.tap("我的申报")
    assert readable_in(service.data) == {}
    assert NUMBER not in (service.folder / "log.txt").read_text(encoding="utf-8")


def test_what_could_not_be_sent_is_still_there_and_is_sent_when_the_server_is_back(
    service: Served, open_page: OpenPage
) -> None:
    page = open_page(expected="ERR_CONNECTION")
    page.goto(service.url)
    visitor = Visitor(page)
    visitor.say("我要申报")
    service.kill()
    assert "没有发出去" in visitor.say("巴中")
    expect(page.locator("#text")).to_have_value("巴中")
    service.start()
    assert "同意" in visitor.say("巴中")


def test_who_ends_the_conversation_leaves_no_draft_behind(
    standing: Served, open_page: OpenPage, library: Library
) -> None:
    page = open_page()
    page.goto(standing.url)
    visitor = Visitor(page)
    until_the_first_page(visitor, library)
    page.click("text=结束并清除")
    expect(page.locator(".answer").last).to_contain_text("已经清除")
    assert page.evaluate("sessionStorage.length") == 0
    assert "没有在办" in visitor.say("继续")


@pytest.mark.parametrize("width", [360, 320])
@pytest.mark.parametrize("big", [False, True])
def test_the_pages_fit_a_small_screen_and_can_be_read(
    standing: Served, open_page: OpenPage, library: Library, photo: Path, width: int, big: bool
) -> None:
    page = open_page(width, 640, expected="422")
    page.goto(standing.url)
    if big:
        page.click("text=大字")
    visitor = Visitor(page)
    until_the_first_page(visitor, library)
    visitor.open()
    looks_well(page)
    page.fill("#answer", "1" * 200)
    page.locator("button.send").click()
    expect(page.locator(".problem")).to_be_in_viewport()
    looks_well(page)
    for answer in (NUMBER, PHONE, HUKOU):
        visitor.fill(answer)
        looks_well(page)
    visitor.come_back()
    from_county_to_photo(visitor)
    visitor.open()
    looks_well(page)
    visitor.choose_photo(photo)
    looks_well(page)
    visitor.come_back()
    looks_well(page)


def looks_well(page: Page) -> None:
    assert has_no_sideways_scroll(page), page.url
    assert page.evaluate(LOW_CONTRAST) == [], page.url


def by_keyboard(page: Page, *choices: str) -> None:
    """Choose by number, as someone does who has no mouse: typed and sent, or reached by Tab."""
    for text in choices:
        before = page.locator(".answer").count()
        press_until(page, "Tab", "#text")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(page.locator(".answer")).to_have_count(before + 1)


def test_a_declaration_needs_no_mouse(standing: Served, open_page: OpenPage, library: Library, photo: Path) -> None:
    page = open_page(1280, 800)
    page.goto(standing.url)
    by_keyboard(page, "我要申报", "2", "1")
    press_until(page, "Shift+Tab", f"{CHIPS}[value={label(library, 'for_whom', 'self')}]")
    page.keyboard.press("Enter")
    expect(page.locator(".mine ~ .answer")).to_have_count(4)
    by_keyboard(page, "同意", NAME, "汉族", "1")
    press_until(page, "Shift+Tab", "a.open")
    page.keyboard.press("Enter")
    for answer, title in ((NUMBER, "证件号码"), (PHONE, "电话"), (HUKOU, "户口地址")):
        expect(page.locator("h1")).to_have_text(title)
        expect(page.locator("#answer")).to_be_focused()
        page.keyboard.type(answer)
        page.keyboard.press("Enter")
    back_by_keyboard(page)
    by_keyboard(page, "1", "江北街道")
    press_until(page, "Shift+Tab", "a.open")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_be_focused()
    page.keyboard.type(ADDRESS)
    page.keyboard.press("Enter")
    back_by_keyboard(page)
    by_keyboard(page, EMPLOYER, "2025年3月1日")
    photo_by_keyboard(page, photo)
    back_by_keyboard(page)
    by_keyboard(page, "1")
    expect(page.locator(".answer").last).to_contain_text(re.compile(r"回执号：\d{4}-\d{4}-\d{4}"))


def back_by_keyboard(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("填好了")
    press_until(page, "Tab", "main a")
    page.keyboard.press("Enter")
    expect(page.locator(".mine").last).to_have_text("继续")
    expect(page.locator(".mine").last.locator("~ .answer")).to_have_count(1)


def photo_by_keyboard(page: Page, photo: Path) -> None:
    press_until(page, "Shift+Tab", "a.open")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/**")
    press_until(page, "Tab", "#photo")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(photo)
    press_until(page, "Tab", "button.send")
    page.keyboard.press("Enter")
