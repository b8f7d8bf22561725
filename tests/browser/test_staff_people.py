"""People, passwords, the second factor and the log in a real browser: by keyboard, narrow and wide."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.bot.staff.console import PASSWORD
from tests.bot.staff.factor import code
from tests.browser.axe import serious_faults
from tests.browser.conftest import OpenPage
from tests.browser.staff import ConsoleSite

NEW = "another sentence of my own"


def typed(page: Page, *fields: tuple[str, str]) -> None:
    """Fill in fields by their labels and send the form with the last of them."""
    for label, text in fields:
        page.get_by_label(label, exact=True).focus()
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def added_by(admin: Page) -> str:
    """Add 孙五 by keyboard alone; return the password that is shown."""
    admin.get_by_label("登录名").focus()
    for text in ("sunwu", "孙五"):
        admin.keyboard.type(text)
        admin.keyboard.press("Tab")
    admin.keyboard.press("Space")  # 窗口
    for _ in range(4):
        admin.keyboard.press("Tab")
    admin.keyboard.press("Space")  # 全部城市
    admin.keyboard.press("Enter")
    expect(admin.locator("h1")).to_have_text("孙五的密码")
    return admin.locator("code.secret").inner_text()


def protected(page: Page, site: ConsoleSite) -> str:
    """Set up a second factor by keyboard alone; return its secret."""
    page.goto(f"{site.address}/staff/totp")
    expect(page.locator("img.code")).to_have_js_property("complete", value=True)
    assert page.locator("img.code").evaluate("image => image.naturalWidth") > 100
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    typed(page, ("验证器上的 6 位数字", code(secret, site.office.clock())), ("您的密码", NEW))
    expect(page.locator(".done")).to_contain_text("设置好了")
    return secret


def test_somebody_is_added_signs_in_and_protects_the_account_by_keyboard_alone(
    console_site: ConsoleSite, open_page: OpenPage
) -> None:
    admin, clerk = console_site.enter(open_page(1440, 900), "/staff/people", "admin"), open_page(360, 740)
    given = added_by(admin)
    clerk.goto(f"{console_site.address}/staff")
    typed(clerk, ("登录名", "sunwu"), ("密码", given))
    expect(clerk.locator("h1")).to_have_text("请换成自己的密码")
    typed(clerk, ("给您的密码", given), ("新密码", NEW), ("再输一次新密码", NEW))
    expect(clerk.locator("h1")).to_have_text("查条文")
    secret = protected(clerk, console_site)
    clerk.get_by_role("button", name="退出").focus()
    clerk.keyboard.press("Enter")
    typed(clerk, ("登录名", "sunwu"), ("密码", NEW))
    console_site.office.clock.at += 30
    typed(clerk, ("手机验证器上的 6 位数字", code(secret, console_site.office.clock())))
    expect(clerk.locator("h1")).to_have_text("查条文")

    admin.goto(f"{console_site.address}/staff/audit")
    typed(admin, ("谁（登录名）", "sunwu"))
    expect(admin.locator("tbody tr")).to_have_count(4)
    expect(admin.locator("tbody tr").nth(2)).to_contain_text("改自己的密码")
    expect(admin.locator("tbody")).not_to_contain_text("加人")


def on_people(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/people")


def on_person(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/people/wang")


def on_given(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/people/wang")
    page.get_by_role("button", name="给新密码").click()
    expect(page.locator("code.secret")).to_be_visible()


def on_audit(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/audit")


def on_me(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/me")


def on_password(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/password")
    typed(page, ("原来的密码", "wrong"), ("新密码", NEW), ("再输一次新密码", NEW))
    expect(page.get_by_role("alert")).to_be_visible()


def on_totp(page: Page, address: str) -> None:
    page.goto(f"{address}/staff/totp")


def on_login(page: Page, address: str) -> None:
    page.get_by_role("button", name="退出").click()
    typed(page, ("登录名", "admin"), ("密码", PASSWORD + "x"))
    expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_keeps_anybody_out(console_site: ConsoleSite, open_page: OpenPage, width: int) -> None:
    page = console_site.enter(open_page(width, 800, expected="422"), "/staff/me", "admin")
    console_site.office.records.note_done("wang", "returned", "1234-5678-9012", "照片看不清", 1.8e9)
    for on in (on_people, on_person, on_given, on_audit, on_me, on_password, on_totp, on_login):
        on(page, console_site.address)
        assert serious_faults(page) == [], on.__name__
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing is pushed out to the side"
        expect(page.locator("h1")).to_have_count(1)
