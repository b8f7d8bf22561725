"""Declarations in real browsers: a resident hands in, a clerk decides without a mouse, the resident goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from knowledge.library import Library
from tests.bot.declaring import EMPLOYER, HUKOU, KEPT_PHOTO, NUMBER, PHOTO, label, receipt_in
from tests.bot.keeping import ADDRESS, NAME, PHONE
from tests.bot.staff.declared import BAZHONG, cover_as_in_service, hand_in
from tests.browser.axe import serious_faults
from tests.browser.conftest import OpenPage
from tests.browser.reader import has_no_sideways_scroll, press_until
from tests.browser.served import Visitor
from tests.browser.staff import ConsoleSite
from tests.browser.test_dialogs import from_county_to_photo, until_the_first_page

LIST = "/staff/declarations"
QUESTIONS = ("看看能不能办", "甘肃天水", "县城", "有工作", "机关、事业单位")


@pytest.fixture
def site(console_site: ConsoleSite, library: Library) -> ConsoleSite:
    cover_as_in_service(console_site.office, library)
    return console_site


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "me.jpg"
    file.write_bytes(PHOTO)
    return file


def declared(page: Page, site: ConsoleSite, library: Library, photo: Path) -> str:
    """Fill in a whole declaration in the public chat; return its receipt number."""
    page.goto(site.public)
    visitor = Visitor(page)
    until_the_first_page(visitor, library)
    visitor.open()
    for answer in (NUMBER, PHONE, HUKOU):
        visitor.fill(answer)
    visitor.come_back()
    from_county_to_photo(visitor)
    visitor.open()
    visitor.choose_photo(photo)
    visitor.come_back()
    return receipt_in(visitor.tap(label(library, "truthful", "yes")))


def press(page: Page, selector: str) -> None:
    """Come to a button or a link by Tab alone, and press Enter there."""
    press_until(page, "Tab", selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose(page: Page, selector: str, option: str) -> None:
    """Come to a list by Tab and to an option by the arrow keys."""
    press_until(page, "Tab", selector)
    for _ in range(20):
        if page.locator(selector).evaluate("list => list.selectedOptions[0].innerText.trim()") == option:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{option} cannot be chosen by keyboard")


def opened_from_the_queue(page: Page, receipt: str) -> None:
    """Narrow the queue down and open the declaration, by keyboard."""
    choose(page, "select[name=city]", "巴中")
    choose(page, "select[name=station]", "巴州区")
    press(page, "form:has(select) button")
    expect(page.get_by_role("row")).to_have_count(2)
    press(page, f"a[href*='{receipt}']")
    expect(page.locator("h1")).to_have_text(receipt)


def test_from_the_chat_to_the_desk_and_back_without_a_mouse(
    site: ConsoleSite, open_page: OpenPage, library: Library, photo: Path
) -> None:
    resident, clerk = open_page(), open_page(1440, 900, locale="en-US")
    receipt = declared(resident, site, library, photo)
    hand_in(site.office, "boris", of=replace(BAZHONG, city="kaifeng", station="鼓楼区"))
    site.enter(clerk, LIST)
    opened_from_the_queue(clerk, receipt)
    seen_whole_for_a_reason(clerk)
    returned(clerk)
    assert "city=bazhong" in clerk.url, "back in the list that was chosen"
    goes_on_where_it_came_back(resident, photo)
    press(clerk, "form:has(select) button")
    press(clerk, f"a[href*='{receipt}']")
    registered(clerk)
    the_day_counts(resident)


def seen_whole_for_a_reason(page: Page) -> None:
    main = page.locator("main")
    expect(main).to_contain_text(f"{NAME[0]}**")
    for text in (NUMBER, PHONE, NAME, ADDRESS, EMPLOYER):
        expect(main).not_to_contain_text(text)
    choose(page, "select[name=why]", "核对材料")
    press(page, "section:has(#reveal) button")
    for text in (NUMBER, PHONE, NAME, ADDRESS, HUKOU, EMPLOYER):
        expect(main).to_contain_text(text)
    assert page.evaluate("document.querySelector('img.photo').naturalWidth") == 300


def returned(page: Page) -> None:
    press_summary(page, "退回")
    choose(page, "select[name=reason]", "照片看不清")
    press(page, "form[action*='/return'] button")
    expect(page.locator("h1")).to_have_text("退回给本人？")
    expect(page.locator("main")).to_contain_text("您在巴中的填报被退回：照片看不清。")
    expect(page.locator("button.go")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("退回了，会告诉本人。")


def registered(page: Page) -> None:
    press_until(page, "Tab", "input[name=day]")
    page.keyboard.type("04202026")
    press(page, "form[action*='/register'] button")
    expect(page.locator("main")).to_contain_text("2026年4月20日，星期一")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("登记日期记下了，会告诉本人。")


def the_day_counts(page: Page) -> None:
    """Read of the registration in the chat; the pre-check does not ask for its day any more."""
    page.reload()
    expect(page.locator(".told").last).to_contain_text("受理的地方已经登记了")
    visitor = Visitor(page)
    assert "登记日期是2026年4月20日" in visitor.say("我的申报")
    replies = [visitor.say(text) for text in QUESTIONS]
    assert not any("在这里办过居住登记" in reply for reply in replies)
    assert "符合" in replies[-1]


def press_summary(page: Page, name: str) -> None:
    """Open what is folded, by keyboard."""
    for _ in range(40):
        if page.evaluate("document.activeElement.matches('summary') && document.activeElement.innerText") == name:
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} cannot be reached by keyboard")


def goes_on_where_it_came_back(page: Page, photo: Path) -> None:
    """Read of the return in the chat and give a new photo, which is what it came back for."""
    page.reload()
    expect(page.locator(".told")).to_contain_text("照片看不清")
    visitor = Visitor(page)
    assert "请交一张新的照片" in visitor.say("更正")
    visitor.open()
    visitor.choose_photo(photo)
    expect(page.locator("main")).to_contain_text("改好了")
    page.get_by_role("link", name="回到对话").click()
    expect(page.locator("#text")).to_be_visible()


def test_the_whole_content_is_gone_when_the_page_is_left(site: ConsoleSite, open_page: OpenPage) -> None:
    receipt = hand_in(site.office)
    page = site.enter(open_page(1440, 900), f"{LIST}/{receipt}")
    main = page.locator("main")
    page.get_by_label("原因").first.select_option("联系本人")
    page.get_by_role("button", name="看完整内容").click()
    expect(main).to_contain_text(PHONE)
    page.reload()
    expect(main).to_contain_text(f"{NAME[0]}**")
    expect(main).not_to_contain_text(PHONE)
    page.goto(f"{site.address}{LIST}")
    page.go_back()
    expect(page.locator("h1")).to_have_text(receipt)
    expect(main).not_to_contain_text(PHONE)
    assert [one.what for one in site.office.records.accesses_of(receipt)] == ["masked", "read"]


def looks_well(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert has_no_sideways_scroll(page), page.url
    assert serious_faults(page) == [], page.url


@pytest.fixture
def receipt(site: ConsoleSite) -> str:
    """A declaration with long words and a photo, among others."""
    office = site.office
    image = office.records.keep_photo("anna", "declaration", KEPT_PHOTO, office.clock())
    written = (*BAZHONG.items, ("常住户口所在地地址", HUKOU), ("服务处所", "长" * 300), ("近期相片", image))
    others = [hand_in(office, f"person {ago}", ago=ago) for ago in range(12)]
    office.records.return_to_person(others[3], "address_incomplete", "wang", office.clock())
    return hand_in(office, "anna", of=replace(BAZHONG, items=written))


@pytest.mark.parametrize("width", [360, 1440])
def test_lists_fit_the_screen_and_nothing_stands_in_the_way_of_anybody(
    site: ConsoleSite, open_page: OpenPage, tmp_path: Path, width: int, receipt: str
) -> None:
    page = site.enter(open_page(width, 900, expected="422"), LIST)
    paths = {
        "list": "",
        "mistyped": "?status=returned&city=bazhong&receipt=12",
        "returned": "?status=returned",
        "empty": "?status=duplicate",
        "export": "/export?city=bazhong",
        "export_of_all": "/export",
        "covered": f"/{receipt}",
    }
    for name, path in paths.items():
        page.goto(f"{site.address}{LIST}{path}")
        looks_well(page, tmp_path, name)


@pytest.mark.parametrize("width", [360, 1440])
def test_one_fits_the_screen_and_nothing_stands_in_the_way_of_anybody(
    site: ConsoleSite, open_page: OpenPage, tmp_path: Path, width: int, receipt: str
) -> None:
    page = site.enter(open_page(width, 900, expected="422"), f"{LIST}/{receipt}")
    page.get_by_label("原因").first.select_option("其他")
    page.get_by_role("button", name="看完整内容").click()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    looks_well(page, tmp_path, "problem")
    page.get_by_label("补充").first.fill("核对门牌")
    page.get_by_role("button", name="看完整内容").click()
    expect(page.locator(".photo")).to_be_visible()
    for name in ("退回", "和另一份重复"):
        page.locator("summary", has_text=name).click()
    looks_well(page, tmp_path, "whole")
    page.get_by_label("原因").select_option("其他")
    page.get_by_label("写给本人的话").fill("门牌号和楼号都请写上，写到几单元几号。")
    page.locator("form[action*='/return'] button").click()
    looks_well(page, tmp_path, "sure")
