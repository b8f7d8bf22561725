"""The chat on the public site, as a browser meets it: cookies, clearing, forms, and what happens to markup."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.channels.web import COOKIE
from knowledge.library import Library
from tests.bot.asking import Open, ask
from tests.bot.fakes import HOSTILE, HostileAdvisor

pytestmark = pytest.mark.asyncio


async def test_the_service_says_that_it_is_up(open_site: Open) -> None:
    response = await (await open_site()).get("/healthz")
    assert (response.status, await response.json()) == (200, {"status": "ok"})


async def test_an_answer_carries_the_words_of_the_law_with_place_document_and_link(
    open_site: Open, library: Library
) -> None:
    response, saying = await ask(await open_site(), "签注过期了怎么办", city="chifeng")
    quote = saying["parts"][0]["quotations"][0]
    assert response.status == 200
    assert saying["kind"] == "answer"
    assert (saying["city"], saying["city_name"]) == ("chifeng", "赤峰市")
    assert quote["place"].startswith("第二十条")
    assert "赤政办发" in quote["source"]
    assert quote["text"] in library.cities["chifeng"].act.articles[19].text
    assert quote["href"] == "/law/chifeng/20?p=2#cited"


async def test_an_item_is_never_sent_without_the_opening_words_of_its_paragraph(
    open_site: Open, library: Library
) -> None:
    client = await open_site()
    seen = 0
    for topic in library.topics.values():
        _, saying = await ask(client, topic.examples[0], city="chifeng")
        for quote in (quote for part in saying["parts"] for quote in part["quotations"]):
            if "i=" in quote["href"]:
                seen += 1
                assert quote["lead_in"]
    assert seen


async def test_a_visitor_is_a_random_cookie_that_scripts_cannot_read(open_site: Open) -> None:
    client = await open_site()
    response, _ = await ask(client, "办居住证要带什么")
    cookie = response.cookies[COOKIE]
    assert len(bytes.fromhex(cookie.value)) == 16
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    again, _ = await ask(client, "赤峰")
    assert again.cookies[COOKIE].value == cookie.value


async def test_behind_https_the_cookie_never_travels_without_it(open_site: Open) -> None:
    response, _ = await ask(await open_site(public_url="https://jzz.example.gov.cn"), "赤峰")
    assert response.cookies[COOKIE]["secure"]


async def test_looking_at_the_page_leaves_no_cookie(open_site: Open) -> None:
    response = await (await open_site()).get("/")
    assert COOKIE not in response.cookies


@pytest.mark.parametrize("forged", ["", "abc", "../../etc", "G" * 32, "f" * 64])
async def test_a_cookie_we_did_not_make_is_replaced(open_site: Open, forged: str) -> None:
    client = await open_site()
    headers = {"Cookie": f"{COOKIE}={forged}"}
    response = await client.post("/api/say", json={"text": "赤峰"}, headers=headers)
    assert response.status == 200
    assert response.cookies[COOKIE].value != forged


async def test_neither_the_cookie_nor_what_was_said_is_in_the_store(open_site: Open, tmp_path: Path) -> None:
    response, _ = await ask(await open_site(), "我在赤峰松山区某某小区，居住证丢了咋办")
    database = sqlite3.connect(tmp_path / "conversations.sqlite")
    stored = "\n".join(database.iterdump())
    database.close()
    assert "chifeng" in stored
    assert response.cookies[COOKIE].value not in stored
    assert "某某小区" not in stored


async def test_the_city_once_chosen_is_shown_when_the_person_comes_back(open_site: Open) -> None:
    client = await open_site()
    assert "您住在哪个市" in await (await client.get("/")).text()
    await ask(client, "赤峰市")
    page = await (await client.get("/")).text()
    assert '<span class="city" id="city">赤峰市</span>' in page


async def test_a_poster_can_open_the_page_with_its_city_chosen(open_site: Open) -> None:
    client = await open_site()
    assert 'id="city">洛阳市<' in await (await client.get("/?city=luoyang")).text()
    unknown = await client.get("/?city=<script>")
    assert unknown.status == 200
    assert "<script>" not in (await unknown.text()).replace("<script src=", "")


async def test_clearing_forgets_the_person_and_drops_the_cookie(open_site: Open, tmp_path: Path) -> None:
    client = await open_site()
    await ask(client, "赤峰市")
    response = await client.post("/api/clear", json={})
    assert response.status == 200
    assert response.cookies[COOKIE]["max-age"] == "0"
    database = sqlite3.connect(tmp_path / "conversations.sqlite")
    left = database.execute("SELECT count(*) FROM session").fetchone()
    database.close()
    assert left == (0,)
    assert 'id="city"></span>' in await (await client.get("/")).text()


async def test_clearing_twice_or_without_a_cookie_is_no_error(open_site: Open) -> None:
    client = await open_site()
    assert [(await client.post("/api/clear")).status for _ in range(2)] == [200, 200]


async def test_clearing_by_form_leads_back_to_an_empty_page(open_site: Open) -> None:
    client = await open_site()
    await ask(client, "赤峰市")
    response = await client.post("/clear", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert response.cookies[COOKIE]["max-age"] == "0"


async def test_without_script_the_form_shows_the_exchange(open_site: Open) -> None:
    client = await open_site()
    response = await client.post("/say", data={"text": "签注过期了怎么办", "city": "chifeng"})
    page = await response.text()
    assert response.status == 200
    assert '<p class="mine">签注过期了怎么办</p>' in page
    assert "逾期未办理签注手续的，其使用功能中止。" in page
    assert 'href="/law/chifeng/20?p=2#cited"' in page
    assert 'name="city" id="chosen" value="chifeng"' in page


async def test_without_script_a_tapped_suggestion_is_the_message(open_site: Open) -> None:
    response = await (await open_site()).post("/say", data={"text": "", "tap": "洛阳市"})
    assert '<p class="mine">洛阳市</p>' in await response.text()


async def test_what_a_person_writes_is_never_markup(open_site: Open) -> None:
    page = await (await (await open_site()).post("/say", data={"text": HOSTILE, "city": "chifeng"})).text()
    assert "&lt;script&gt;alert(" in page
    assert "<script>alert" not in page
    assert "<img" not in page


async def test_what_the_advisor_says_is_never_markup(open_site: Open) -> None:
    page = await (await (await open_site(by=HostileAdvisor())).post("/say", data={"text": "问"})).text()
    assert page.count("&lt;script&gt;alert(") >= 9
    assert "<script>alert" not in page
    assert "<img" not in page
