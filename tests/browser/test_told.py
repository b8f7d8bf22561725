"""In a real browser: what an office decided stands where it is seen, once, and after a reload too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.channels.web import COOKIE
from bot.clock import today_in_shanghai
from bot.identity import Identities
from bot.store.records import Records
from bot.store.vault import Vault
from dialogs.effects import RECEIPT
from tests.bot.keeping import DECLARATION
from tests.browser.conftest import OpenPage
from tests.browser.reader import has_no_sideways_scroll
from tests.browser.served import Served, Visitor, served
from tests.browser.test_dialogs import OPERATORS

BACK = "您在巴中的填报被退回：照片看不清。回复“更正”就能改，回复“我的申报”看全部。"
NOTED = "您在巴中的填报，受理的地方已经登记了。回复“我的申报”看登记日期。"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, OPERATORS) as started:
        yield started


def person_at(page: Page, service: Served) -> str:
    """Return under which name the stores know this browser."""
    (cookie,) = [one["value"] for one in page.context.cookies() if one["name"] == COOKIE]
    return Identities.from_file(service.data / "identity.key").of("web", cookie)


def test_what_was_decided_stands_behind_the_old_talk_and_before_the_next_answer(
    service: Served, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(service.url)
    visitor = Visitor(page)
    visitor.say("补办要钱吗")
    visitor.say("我要申报")
    with closing(Vault.open(service.data)) as vault, closing(Records.open(service.data, vault)) as records:
        wanted = replace(DECLARATION, city="bazhong")
        person = person_at(page, service)
        receipt = records.carry_out("k", person, [wanted], today_in_shanghai(), 1.0)[RECEIPT]
        records.return_to_person(receipt, "photo_unclear", "clerk")
        page.reload()
        told = page.locator(".told")
        expect(told).to_have_text(BACK)
        expect(told).to_be_in_viewport()
        expect(page.locator(".mine ~ .told")).to_have_count(1)
        page.reload()
        expect(told).to_have_text(BACK)
        records.record_registration(receipt, today_in_shanghai(), "clerk")
        page.fill("#text", "巴中")
        page.press("#text", "Enter")
        expect(page.locator(".told ~ .mine ~ .told ~ .answer")).to_have_count(1)
        expect(told.last).to_have_text(NOTED)
    expect(told).to_have_count(2)
    assert has_no_sideways_scroll(page)
    page.get_by_role("button", name="结束并清除").click()
    expect(told).to_have_count(0)
