"""The chat on the public site, as a browser meets it: cookies, bounds, foreign posts, and what happens to markup."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.web import COOKIE, TEXT_LIMIT
from bot.settings import WechatAccount
from dialogs import words
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.fakes import HOSTILE, BrokenAdvisor, HostileAdvisor, build_site

Client = TestClient[Any, Any]
Open = Callable[..., Awaitable[Client]]
pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def open_site(library: Library, advisor: Advisor, tmp_path: Path) -> AsyncIterator[Open]:
    """Yield a function that starts the site and returns its client; another advisor or public address by keyword."""
    clients: list[Client] = []

    async def start(*, by: Advisor | None = None, public_url: str | None = None) -> Client:
        app = build_site(by or advisor, library, tmp_path, public_url=public_url)
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


async def ask(client: Client, text: object, **more: object) -> tuple[ClientResponse, dict[str, Any]]:
    response = await client.post("/api/say", json={"text": text, **more})
    return response, await response.json()


def is_calm(text: str) -> bool:
    """Chinese, a whole sentence, and nothing of the machine in it."""
    return text.endswith("。") and not any(word in text for word in ("Error", "error", "Traceback", "None", "JSON"))


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


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"null", 400),
        (b"{}", 400),
        (b'{"text": null}', 400),
        (b'{"text": 7}', 400),
        (b'{"text": ["a"]}', 400),
        (b'{"text": ""}', 400),
        (b'{"text": " \\n\\t "}', 400),
        (b'{"text": "\\u0000\\ud800"}', 400),
        (b"\x00\xff\xfe\x80" * 50, 400),
        (b"[" * 30_000, 400),
        (b'{"text": "a", "x": ' + b"9" * 20_000 + b"}", 400),
        (json.dumps({"text": "问" * 10_000}, ensure_ascii=False).encode(), 413),
        (json.dumps({"text": "问" * 10_000}).encode(), 413),
        (b'{"text": "' + b"a" * 40_000 + b'"}', 413),
        (b'{"text": "a", "city": "beijing"}', 400),
        (b'{"text": "a", "city": {"a": 1}}', 400),
    ],
)
async def test_what_cannot_be_read_is_answered_calmly(open_site: Open, body: bytes, status: int) -> None:
    client = await open_site()
    response = await client.post("/api/say", data=body, headers={"Content-Type": "application/json"})
    assert response.status == status
    assert is_calm((await response.json())["error"])


async def test_the_longest_allowed_message_is_answered(open_site: Open) -> None:
    client = await open_site()
    assert (await ask(client, "问" * TEXT_LIMIT, city="chifeng"))[0].status == 200
    assert (await ask(client, "问" * (TEXT_LIMIT + 1), city="chifeng"))[0].status == 413


@pytest.mark.parametrize(
    "text", ["赤峰\x00\x1b签注", "赤峰 \ud83d 签注", "𠮷赤峰👨‍👩‍👧", "'; DROP TABLE session; --", "{{ 7*7 }}"]
)
async def test_strange_characters_get_an_ordinary_reply(open_site: Open, text: str) -> None:
    client = await open_site()
    assert (await ask(client, text))[0].status == 200
    form = await client.post("/say", data={"text": text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")})
    assert form.status == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [("/api/say", b"text=a"), ("/say", b'{"text": "a"}'), ("/say", b"\xff\xfe\x00"), ("/say", b"a=1&" * 500)],
)
async def test_the_wrong_kind_of_body_is_refused_calmly(open_site: Open, path: str, body: bytes) -> None:
    client = await open_site()
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        response = await client.post(path, data=body, headers={"Content-Type": kind})
        assert response.status in {400, 415}
        assert "Traceback" not in await response.text()


@pytest.mark.parametrize("path", ["/api/say", "/api/clear", "/say", "/clear"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_cannot_post_in_the_visitors_name(
    open_site: Open, path: str, headers: dict[str, str]
) -> None:
    client = await open_site()
    await ask(client, "赤峰市")
    response = await client.post(path, json={"text": "洛阳市"}, headers=headers)
    assert response.status == 403
    assert COOKIE not in response.cookies
    assert 'id="city">赤峰市<' in await (await client.get("/")).text()


async def test_our_own_pages_may_post_also_behind_a_proxy(open_site: Open) -> None:
    client = await open_site(public_url="https://jzz.example.gov.cn")
    own = f"http://{client.host}:{client.port}"
    for headers in ({"Origin": own}, {"Origin": "https://jzz.example.gov.cn"}, {"Sec-Fetch-Site": "same-origin"}):
        response = await client.post("/api/say", json={"text": "赤峰市"}, headers=headers)
        assert response.status == 200


async def test_every_answer_carries_the_security_headers(open_site: Open) -> None:
    client = await open_site()
    for path in ("/", "/law/chifeng/20", "/compare", "/nowhere", "/static/chat.js", "/healthz"):
        headers = (await client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "aiohttp" not in headers["Server"]


async def test_official_accounts_are_served_beside_the_pages(
    library: Library, advisor: Advisor, tmp_path: Path
) -> None:
    account = WechatAccount(name="city", app_id="wx0123456789abcdef", token="of-the-test", aes_key="a" * 43)
    async with TestClient(TestServer(build_site(advisor, library, tmp_path, accounts=(account,)))) as client:
        refused = await client.get("/wechat/city")
        assert refused.status == 400
        assert "<html" not in await refused.text()


async def test_an_unknown_page_is_a_calm_404_with_the_way_home(open_site: Open) -> None:
    response = await (await open_site()).get("/nowhere")
    page = await response.text()
    assert response.status == 404
    assert "没有这个页面" in page
    assert '<a href="/">回到首页</a>' in page


async def test_the_wrong_method_is_refused_calmly(open_site: Open) -> None:
    client = await open_site()
    response = await client.get("/api/say")
    assert response.status == 405
    assert response.headers["Allow"] == "POST"
    assert is_calm((await response.json())["error"])


@pytest.mark.parametrize("path", ["/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/chat.py"])
async def test_only_the_files_meant_for_browsers_are_served(open_site: Open, path: str) -> None:
    assert (await (await open_site()).get(path)).status in {403, 404}


async def test_our_own_fault_is_a_calm_500_and_what_was_said_is_not_logged(
    open_site: Open, caplog: pytest.LogCaptureFixture
) -> None:
    client = await open_site(by=BrokenAdvisor())
    with caplog.at_level(logging.DEBUG):
        response, body = await ask(client, "我的秘密")
        page = await client.post("/say", data={"text": "我的秘密"})
    assert response.status == page.status == 500
    assert is_calm(body["error"])
    assert words.FAULT in await page.text()
    assert "KeyError" in caplog.text
    assert "我的秘密" not in caplog.text
