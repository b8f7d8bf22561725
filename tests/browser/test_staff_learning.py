"""What was not answered becomes an answer, and what is wrong is switched off: in a real browser, by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.judging import Verdict
from bot.publishing import Publishing
from bot.regression import Change, Report
from bot.staff.clustering import clustered
from bot.store.feedback import Feedback
from bot.store.questions import KeptQuestion
from dialogs.advisor import Advisor
from knowledge.address import Address
from tests.bot.declaring import DAY
from tests.browser.axe import serious_faults
from tests.browser.conftest import OpenPage
from tests.browser.reader import ask, has_no_sideways_scroll, press_until
from tests.browser.staff import ConsoleSite

ASKED = "派出所周末上班吗"
OTHERS = ("居住证照片要什么底色", "居住证能不能寄到家里", "捡到别人的居住证交到哪里", "签注的时候要本人到场吗")
LINE = "办法只写了由居住地公安派出所受理，没有写几点上班。"
NASTY = "<img src=x onerror=alert(1)>居住证"
SIZES = ((360, 740), (1440, 900))


@pytest.fixture
def console(console_site: ConsoleSite, tmp_path: Path) -> ConsoleSite:
    """Return the console of a service that is asked many things, and answers by what is published."""
    office = console_site.office

    async def publish() -> None:
        office.assistant.publishing = Publishing(office.records, tmp_path / "data", office.clock)

    console_site.run(publish())
    now = office.clock()
    texts = [ASKED, f"巴中{ASKED}", "那个派出所礼拜天开不开门", NASTY, *OTHERS, *OTHERS[:2]]
    rows = [KeptQuestion(now - n * DAY, "not_covered", text, "bazhong") for n, text in enumerate(texts)]
    rows.append(KeptQuestion(now - 60, "clarify", ASKED, "ankang"))
    office.records.keep_questions(sorted(rows, key=lambda row: row.at))
    topic = next(iter(office.assistant.advisor.library.topics))
    office.records.keep_feedback([Feedback(now - 60, False, "bazhong", topic, "answer")] * 2)
    return console_site


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to something by Tab, and press a key."""
    press_until(page, "Tab", selector)
    page.keyboard.press(key)


def written(page: Page, field: str, text: str, way: str = "Tab") -> None:
    """Go to a field, and write over what is in it."""
    press_until(page, way, f"[name={field}]")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def resident_hears(console: ConsoleSite, open_page: OpenPage) -> str:
    page = open_page()
    page.goto(console.public)
    page.click("text=巴中市")
    expect(page.locator("#city")).to_have_text("巴中市")
    ask(page, ASKED)
    return page.locator(".answer").last.inner_text()


def handed_in(console: ConsoleSite, page: Page) -> None:
    """Write an answer to what was asked most, with a mistake that is put right while the page looks on."""
    console.enter(page, "/staff/questions", "li")
    expect(page.locator(".group").first).to_contain_text(ASKED)
    press(page, ".group .go")
    expect(page.locator("[name=asks]")).to_have_value(re.compile(ASKED))
    written(page, "line", "30天内一定能办。")
    written(page, "places", "8条")
    expect(page.locator("#shown .problem")).to_contain_text("没有“30")
    written(page, "line", LINE, "Shift+Tab")
    expect(page.locator("#shown .mark")).to_be_visible()
    expect(page.locator("#shown .quote")).to_contain_text("受理居住证申领一般由居住地公安派出所负责")
    press(page, "[value=hand_in]")
    expect(page.locator("h1")).to_contain_text("等审核")
    expect(page.get_by_text("没有一道的回答变了")).to_be_visible()


def test_a_question_becomes_an_answer_and_is_taken_back_without_a_mouse(
    console: ConsoleSite, open_page: OpenPage
) -> None:
    handed_in(console, open_page(1440, 900))
    page = console.enter(open_page(1440, 900), "/staff/faq", "zhao")
    press(page, "table a")
    expect(page.locator("#preview .quote")).to_be_visible()
    press(page, "form[action$=approve] button")
    expect(page.get_by_role("status")).to_contain_text("上线了")
    assert LINE in resident_hears(console, open_page)
    publishing = console.office.assistant.publishing
    assert publishing is not None
    console.run(publishing.flush())
    page.reload()
    expect(page.get_by_text("今天用了 1 次")).to_be_visible()
    press(page, "summary")
    press(page, ".danger")
    expect(page.get_by_role("status")).to_contain_text("撤下了")
    assert LINE not in resident_hears(console, open_page)


def test_a_group_is_set_aside_and_brought_back_without_a_mouse(console: ConsoleSite, open_page: OpenPage) -> None:
    page = console.enter(open_page(1440, 900), "/staff/questions", "li")
    page.goto(f"{console.address}/staff/questions?days=90&city=bazhong")
    before = page.locator(".groups > .group").count()
    press(page, "form[action$=aside] button")
    expect(page.get_by_role("status")).to_contain_text("放下了")
    expect(page).to_have_url(re.compile("days=90.*city=bazhong"))
    expect(page.locator("main > .groups > .group")).to_have_count(before - 1)
    press(page, "summary")
    press(page, "form[action$=back] button")
    expect(page.locator("main > .groups > .group")).to_have_count(before)


def test_a_city_is_switched_off_and_on_without_a_mouse(
    console: ConsoleSite, open_page: OpenPage, tmp_path: Path
) -> None:
    page = console.enter(open_page(1440, 900), "/staff/switches", "zhao")
    press_until(page, "Tab", "main [name=city]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    press_until(page, "Tab", "main [name=topic]")
    page.keyboard.press("ArrowDown")
    press(page, "[value=look]")
    expect(page.locator(".reads")).to_contain_text("巴中的全部回答正在核对，暂时停用")
    assert serious_faults(page) == []
    expect(page.locator("#reads")).to_be_focused()  # not the button: a second Enter must not do it
    page.screenshot(path=tmp_path / "confirm.png")
    press(page, ".danger")
    expect(page.get_by_role("status")).to_contain_text("停用了")
    assert "正在核对，暂时停用" in resident_hears(console, open_page)
    press(page, ".off button")
    expect(page.get_by_role("status")).to_contain_text("恢复了")
    assert "正在核对" not in resident_hears(console, open_page)


def test_what_was_asked_is_text_and_nothing_else(console: ConsoleSite, open_page: OpenPage) -> None:
    page = console.enter(open_page(1440, 900), "/staff/questions", "li")
    expect(page.locator(".asked li", has_text="onerror")).to_have_text(NASTY)
    assert page.locator("main img, main script").count() == 0
    page.locator(".group", has_text="onerror").locator("a.go").click()
    expect(page.locator("[name=asks]")).to_have_value(NASTY)
    page.locator("[name=line]").fill(NASTY)
    expect(page.locator("#shown .first")).to_have_text(NASTY)
    assert page.locator("main img, main script").count() == 0


def test_the_answer_is_written_without_scripts_too(console: ConsoleSite, open_page: OpenPage) -> None:
    page = console.enter(open_page(360, 740, java_script_enabled=False), "/staff/faq/new", "li")
    page.select_option("[name=city]", label="巴中")
    page.fill("[name=asks]", ASKED)
    page.fill("[name=line]", LINE)
    page.fill("[name=places]", "8条")
    page.click("text=看效果")
    expect(page.locator("#shown .quote")).to_be_visible()
    page.click("text=存好，送审")
    expect(page.get_by_text("没有一道的回答变了")).to_be_visible(timeout=20_000)


@pytest.fixture
def paths(console: ConsoleSite, advisor: Advisor) -> dict[str, tuple[str, ...]]:
    """Return the pages to be looked at by somebody, with an answer in every state, and something set aside and off."""
    records, now = console.office.records, console.office.clock()
    worse = Change("x", "bazhong", ASKED, Verdict.RIGHT, Verdict.WRONG, LINE, "另一句")
    reports = (Report(615, 580, 580), Report(615, 580, 580), Report(615, 580, 579, (worse,)))
    given = ("bazhong", [ASKED], LINE, [Address("8")], "li", now)
    live, waiting, refused, draft = (records.draft(None, *given) for _ in range(4))
    for revision, report in zip((live, waiting, refused), reports, strict=True):
        records.hand_in(revision, "li", now)
        records.keep_report(revision, report.to_json(), "li", now)
    records.approve(live, "zhao", now)
    records.refuse(refused, "zhao", "试答没有通过：有 1 道题变差了。", now)
    records.switch_off("ankang", None, "安康暂停回答，请打 12345。", "zhao", now)
    (aside,) = clustered(advisor.library, advisor.reader, [KeptQuestion(now, "clarify", OTHERS[0])])
    records.set_aside(aside.key, "li", now)
    questions, form = ("questions?days=30", "questions?city=luoyang"), ("faq/new", f"faq/new?revision={draft}")
    return {
        "li": (*questions, "faq", *form, f"faq/{draft}", f"faq/{refused}"),
        "zhao": ("switches", f"faq/{waiting}", f"faq/{live}"),
    }


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_no_page_has_a_serious_fault(
    console: ConsoleSite,
    open_page: OpenPage,
    paths: dict[str, tuple[str, ...]],
    tmp_path: Path,
    width: int,
    height: int,
) -> None:
    for name, several in paths.items():
        page = console.enter(open_page(width, height), "/staff", name)
        for path in several:
            page.goto(f"{console.address}/staff/{path}")
            for fold in page.locator("summary").all():
                fold.click()
            page.screenshot(path=tmp_path / f"{width}-{re.sub('[^a-z0-9]', '_', path)}.png", full_page=True)
            assert has_no_sideways_scroll(page), path
            assert serious_faults(page) == [], path
