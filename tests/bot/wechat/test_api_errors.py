"""What goes wrong in a call: told apart, in Chinese, in time, tried again at most once, and nothing given away."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from bot.wechat import api_errors
from bot.wechat.api import MAX_MEDIA_BYTES
from bot.wechat.api_errors import (
    MAX_JSON_BYTES,
    ApiError,
    InvalidCredential,
    NotGranted,
    NotWhitelisted,
    Unreachable,
    Why,
    error_of,
)
from tests.bot.wechat.fake_api import (
    CALLS,
    MENU,
    NOT_LISTED,
    OPENID,
    WORDS,
    Platform,
    all_said,
    is_said_plainly,
    platform_running,
)

every_call = pytest.mark.parametrize("path", CALLS)


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    async with platform_running() as running:
        yield running


# ------------------------------------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (40001, "InvalidCredential"),
        (40014, "InvalidCredential"),
        (42001, "InvalidCredential"),
        (40125, "WrongSecret"),
        (40013, "WrongSecret"),
        (40164, "NotWhitelisted"),
        (48001, "NotAuthorised"),
        (40200, "WrongAccountType"),
        (45015, "WindowClosed"),
        (45080, "WindowClosed"),
        (45047, "NoMoreMessages"),
        (45009, "QuotaUsedUp"),
        (45011, "QuotaUsedUp"),
        (43004, "NotSubscribed"),
        (43101, "NotGranted"),
        (-1, "Unreachable"),
        (40003, "OtherApiError"),
        (10**30, "OtherApiError"),
    ],
)
def test_each_errcode_has_its_error_that_says_in_chinese_what_to_do(code: int, name: str) -> None:
    error = error_of(code, f"hint [abc] {OPENID} https://x/?access_token=1 rid: 7")
    assert type(error) is getattr(api_errors, name)
    assert error.code == code
    assert str(code) in str(error)
    assert OPENID not in all_said(error)
    if name != "OtherApiError":
        assert is_said_plainly(error), str(error)


@pytest.mark.parametrize(
    ("message", "ip"),
    [
        (NOT_LISTED, "203.0.113.9"),
        ("invalid ip 2001:db8::7, not in whitelist", "2001:db8::7"),
        ("", ""),
        ("invalid ip 999.1.1.1 ..... :::: , not in whitelist", ""),
        (f"invalid ip {OPENID}", ""),
    ],
)
def test_the_address_to_be_whitelisted_is_told(message: str, ip: str) -> None:
    error = error_of(40164, message)
    assert isinstance(error, NotWhitelisted)
    assert error.ip == ip
    assert ip in str(error)
    assert "白名单" in str(error)


async def test_a_notification_without_a_grant_is_told_from_any_other_trouble(platform: Platform) -> None:
    platform.fake.says("message/subscribe/bizsend", 43101, "user refuse to accept the msg")
    with pytest.raises(NotGranted):
        await platform.api().notify(OPENID, "template", "", {})


@every_call
@pytest.mark.parametrize("status", [204, 301, 302, 404, 500, 502])
async def test_any_status_but_200_is_no_answer_and_no_redirect_is_followed(
    platform: Platform, path: str, status: int
) -> None:
    headers = {"Location": f"{platform.url}/cgi-bin/elsewhere"}
    platform.fake.answers(path, status=status, text='{"errcode": 0}' if status != 204 else None, headers=headers)
    with pytest.raises(Unreachable) as caught:
        await CALLS[path](platform.api())
    assert caught.value.why is Why.HTTP_STATUS
    assert "elsewhere" not in platform.fake.counted()


@every_call
@pytest.mark.parametrize("text", ["", "ok", "[]", "null", '{"errcode": "0"}', '{"errcode": true}', "{}", "[" * 5000])
async def test_an_answer_that_cannot_be_read_is_no_success(platform: Platform, path: str, text: str) -> None:
    platform.fake.answers(path, text=text, content_type="application/json")
    with pytest.raises(Unreachable) as caught:
        await CALLS[path](platform.api())
    assert caught.value.why is Why.UNREADABLE
    assert caught.value.may_have_arrived or path == "ticket/getticket"


@pytest.mark.parametrize(
    ("path", "limit", "kind"),
    [("menu/get", MAX_JSON_BYTES, "application/json"), ("media/get", MAX_MEDIA_BYTES, "image/jpeg")],
)
@pytest.mark.parametrize("is_packed", [False, True])
async def test_an_answer_is_read_up_to_its_limit(
    platform: Platform, path: str, limit: int, kind: str, is_packed: bool
) -> None:
    whole = b'{"menu": {}}'.ljust(limit)
    for body in (whole, whole + b" "):
        packed = {"body": gzip.compress(body), "headers": {"Content-Encoding": "gzip"}} if is_packed else {"body": body}
        platform.fake.answers(path, content_type=kind, **packed)
    api = platform.api(seconds=10)
    assert await CALLS[path](api) is not None
    with pytest.raises(Unreachable) as caught:
        await CALLS[path](api)
    assert caught.value.why is Why.TOO_LARGE


@every_call
async def test_a_slow_answer_is_not_waited_for(platform: Platform, path: str) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            for _ in range(50):  # a byte now and then must not keep the call alive
                await response.write(b" ")
                await asyncio.sleep(0.02)
        return response

    api = platform.api(seconds=0.3)
    await api.read_menu()
    platform.fake.next_answers[path].append(slow)
    began = asyncio.get_running_loop().time()
    with pytest.raises(Unreachable) as caught:
        await CALLS[path](api)
    assert caught.value.why is Why.TOO_SLOW
    assert asyncio.get_running_loop().time() - began < 0.6


async def test_waiting_for_a_token_counts_too_and_then_nothing_was_sent(platform: Platform) -> None:
    platform.fake.seconds = 0.3
    with pytest.raises(Unreachable) as caught:
        await platform.api(seconds=0.1).send_text(OPENID, WORDS)
    assert caught.value.why is Why.TOO_SLOW
    assert not caught.value.may_have_arrived
    assert platform.fake.counted() == {"stable_token": 1}


@pytest.mark.parametrize("part", ["stable_token", "the call"])
async def test_when_nobody_is_there_nothing_was_sent(platform: Platform, part: str) -> None:
    away = "http://127.0.0.1:1"
    api = platform.api(platform.tokens(base=away)) if part == "stable_token" else platform.api(base=away)
    with pytest.raises(Unreachable) as caught:
        await api.send_text(OPENID, WORDS)
    assert caught.value.why is Why.NO_CONNECTION
    assert not caught.value.may_have_arrived


@pytest.mark.parametrize("status", [200, 500])
async def test_when_no_token_is_given_out_nothing_was_sent(platform: Platform, status: int) -> None:
    platform.fake.answers("stable_token", status=status, text="<html>")
    with pytest.raises(Unreachable) as caught:
        await platform.api().send_text(OPENID, WORDS)
    assert not caught.value.may_have_arrived


async def test_nothing_secret_or_personal_is_in_any_error_repr_or_log(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    asyncio.get_running_loop().set_debug(True)
    tokens = platform.tokens(patience=0)
    api = platform.api(tokens, seconds=0.3)
    token = await tokens.token()
    errors: list[ApiError] = []
    for path, call in CALLS.items():
        quoting = f"{token} {platform.fake.secret} {OPENID} {WORDS}"
        for code in (-1, 40013, 40164, 43101, 45009, 77777, 40001, 40001):  # the last: refused again
            platform.fake.says(path, code, quoting)
        platform.fake.answers(path, text=quoting, content_type="application/json", status=200)
        platform.fake.answers(path, text=quoting, content_type="application/json", status=500)
        while platform.fake.next_answers[path]:
            with pytest.raises(ApiError) as caught:
                await call(api)
            errors.append(caught.value)
        with pytest.raises(ApiError) as caught:
            await call(platform.api(tokens, base="http://127.0.0.1:1"))
        errors.append(caught.value)
    # The test's own server logs what it was asked.
    logged = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
    everything = "\n".join([repr(api), repr(tokens), *map(all_said, errors), *logged])
    assert len(errors) >= 10 * len(CALLS)
    assert not [error for error in errors if error.__cause__ or error.__context__], "those of others quote the URL"
    for kept_back in (token, platform.fake.token, platform.fake.secret, OPENID, WORDS):
        assert kept_back not in everything


# ------------------------------------------------------------------------------------------------ one retry


@every_call
@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_call_whose_token_was_refused_is_made_again_with_another(
    platform: Platform, path: str, code: int
) -> None:
    platform.fake.menu = MENU
    platform.fake.says(path, code)
    await CALLS[path](platform.api())
    first, second = (call.query["access_token"] for call in platform.fake.calls if call.path == path)
    assert first != second == platform.fake.token


@every_call
async def test_a_call_that_is_refused_again_is_not_made_a_third_time(platform: Platform, path: str) -> None:
    platform.fake.says(path, 40001, times=5)
    with pytest.raises(InvalidCredential):
        await CALLS[path](platform.api())
    assert platform.fake.counted()[path] == 2


@every_call
@pytest.mark.parametrize("code", [-1, 45009, 48001, 45047, 99999])
async def test_no_other_error_leads_to_a_second_call(platform: Platform, path: str, code: int) -> None:
    platform.fake.says(path, code)
    with pytest.raises(ApiError) as caught:
        await CALLS[path](platform.api())
    assert caught.value.code == code
    assert platform.fake.counted()[path] == 1


async def test_a_message_is_never_sent_twice_because_its_answer_was_lost(platform: Platform) -> None:
    async def dropped(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    platform.fake.next_answers["message/custom/send"].append(dropped)
    with pytest.raises(Unreachable) as caught:
        await platform.api().send_text(OPENID, WORDS)
    assert caught.value.may_have_arrived
    assert platform.fake.counted()["message/custom/send"] == 1
