"""The WeChat callback against hostile HTTP: each request a 400, a 404 or its echo, cheaply."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from bot.assistant import Assistant
from bot.clock import now_in_shanghai
from bot.wechat.answering import Answers
from bot.wechat.callback import REFUSALS, setup_routes
from bot.wechat.desk import desk_of
from bot.wechat.door import Reason
from tests.bot.wechat.platform import (
    ACCOUNT,
    CHANGED,
    LUOYANG,
    CountingAdvisor,
    Platform,
    encrypt,
    envelope,
    greet,
    render,
    serve,
    text,
)

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Platform]:
    async with serve(tmp_path, ACCOUNT, LUOYANG, CHANGED) as served:
        yield served


async def test_an_unknown_account_is_not_found(platform: Platform) -> None:
    assert (await platform.post(*platform.pushed(text()), replace(ACCOUNT, name="nobody")))[0] == 404
    async with platform.client.get("/wechat/nobody") as response:
        assert response.status == 404


async def test_another_accounts_message_is_refused(platform: Platform) -> None:
    assert await platform.post(*platform.pushed(text()), LUOYANG) == (400, "")
    assert platform.app[REFUSALS][Reason.APP_ID] == 1


async def test_a_plaintext_message_is_refused_and_counted(platform: Platform) -> None:
    query, _ = platform.pushed(text())
    del query["encrypt_type"]
    assert await platform.post(query, text().encode()) == (400, "")
    assert {reason: count for reason, count in platform.app[REFUSALS].items() if count} == {Reason.NOT_AES: 1}


async def test_ten_megabytes_are_refused_cheaply_and_others_are_answered_meanwhile(platform: Platform) -> None:
    query, _ = platform.pushed(text())
    start = time.process_time()
    refused = asyncio.create_task(platform.post(query, b"<xml>" + b"<a></a>" * 1_500_000))
    assert await platform.reply_to(text())
    assert await refused == (400, "")
    assert time.process_time() - start < 0.5  # the client that sends it included
    assert platform.app[REFUSALS][Reason.BODY_TOO_LARGE] == 1


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (b"Content-Length: 10485760", b""),
        (b"Transfer-Encoding: chunked", b"11000\r\n" + b" " * 0x11000 + b"\r\n"),
    ],
)
async def test_a_body_over_64_kib_is_refused_without_waiting_for_the_rest(
    platform: Platform, header: bytes, body: bytes
) -> None:
    assert (await raw_post(platform, header, body)).startswith(b"HTTP/1.1 400")
    assert platform.app[REFUSALS][Reason.BODY_TOO_LARGE] == 1


async def test_a_wrong_query_is_refused_before_the_body_is_read(platform: Platform) -> None:
    answer = await raw_post(platform, b"Content-Length: 100", b"", encrypt_type="raw")
    assert answer.startswith(b"HTTP/1.1 400")
    assert platform.app[REFUSALS][Reason.NOT_AES] == 1


async def test_a_compressed_body_is_refused(platform: Platform) -> None:
    query, body = platform.pushed(text())
    async with platform.client.post("/wechat/jzz", params=query, data=body, compress=True) as response:
        assert (response.status, await response.text()) == (400, "")
    assert platform.app[REFUSALS][Reason.BODY_COMPRESSED] == 1


@pytest.mark.parametrize(
    ("start", "rest"),
    [
        (b"Content-Length: 100", b"<xml>"),
        (b"Transfer-Encoding: chunked", b"5\r\n<xml>\r\n"),
        (b"Transfer-Encoding: chunked", b"zzz"),
    ],
)
async def test_a_body_that_never_ends_is_given_up(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, start: bytes, rest: bytes
) -> None:
    monkeypatch.setattr("bot.wechat.callback.BODY_SECONDS", 0.1)
    assert (await raw_post(platform, start, rest)).startswith(b"HTTP/1.1 400")
    assert platform.app[REFUSALS][Reason.BODY_SLOW] == 1


async def test_a_connection_lost_within_the_body_is_counted_and_no_fault(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    app = web.Application()
    assistant = Assistant(CountingAdvisor(), platform.conversations)
    answers = Answers(assistant, platform.identities, greet, None, now_in_shanghai)
    setup_routes(app, {ACCOUNT.name: desk_of(ACCOUNT, lambda _: render)}, answers)
    runner = web.AppRunner(app)  # unlike the test server, a real one does not cancel the handler
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await raw_post(platform, b"Content-Length: 100", b"<xml>", port=runner.addresses[0][1], hang_up=True)
    await asyncio.sleep(0.05)
    await runner.cleanup()
    assert app[REFUSALS][Reason.BODY_BROKEN] == 1
    assert "Error handling request" not in caplog.text


async def raw_post(
    platform: Platform, header: bytes, body: bytes, *, port: int | None = None, hang_up: bool = False, **changed: str
) -> bytes:
    """Send what no client library would, after a right request line; return the start of the answer."""
    query, _ = platform.pushed(text())
    path = "/wechat/jzz?" + "&".join(f"{name}={value}" for name, value in (query | changed).items())
    reader, writer = await asyncio.open_connection("127.0.0.1", port or platform.client.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: test\r\n".encode() + header + b"\r\n\r\n")
    await asyncio.sleep(0.02)  # the server is already reading when the body comes
    writer.write(body)
    await writer.drain()
    await asyncio.sleep(0.02)
    answer = b"" if hang_up else await reader.read(2000)
    writer.close()
    return answer


@pytest.mark.parametrize(
    "query", ["", "timestamp=%ff%fe&nonce=%00", "nonce=%ed%a0%80&encrypt_type=aes", "%", "a" * 8000]
)
async def test_a_mangled_query_string_is_a_400(platform: Platform, query: str) -> None:
    for method in (b"GET", b"POST"):
        reader, writer = await asyncio.open_connection(platform.client.host, platform.client.port)
        writer.write(method + b" /wechat/jzz?" + query.encode() + b" HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n")
        answer = await reader.read(2000)
        writer.close()
        assert answer.startswith(b"HTTP/1.1 400")


# ------------------------------------------------------------------------------------------------------- verification


async def test_saving_the_callback_url_gives_the_encrypted_echo_back_in_the_clear(platform: Platform) -> None:
    echo = encrypt("5894412749035375647")
    query = envelope(echo, timestamp=str(int(time.time())))[0] | {"echostr": echo}
    async with platform.client.get("/wechat/jzz", params=query) as response:
        assert (response.status, await response.text()) == (200, "5894412749035375647")
        assert response.content_type == "text/plain"
    async with platform.client.get("/wechat/jzz", params=query | {"msg_signature": "0" * 40}) as response:
        assert (response.status, await response.text()) == (400, "")
