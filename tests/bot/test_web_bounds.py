"""What the public site refuses or bears: bodies, foreign posts, headers, unknown pages, our own faults."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.web import COOKIE, TEXT_LIMIT
from bot.settings import WechatAccount
from dialogs import words
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.asking import Open, ask, is_calm
from tests.bot.fakes import BrokenAdvisor, build_site

pytestmark = pytest.mark.asyncio


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
