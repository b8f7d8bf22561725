"""The access token: fetched once for everybody, kept sealed, renewed when it turns out to be stale."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from bot.store.faults import WrongKey
from bot.store.vault import Vault
from bot.wechat.api_errors import ApiError, InvalidCredential, NotWhitelisted, Unreachable, Why, WrongSecret
from tests.bot.wechat.fake_api import APP_ID, NOT_LISTED, Platform, all_said, platform_running

TOKEN_NOTE = f"wechat:{APP_ID}:token"


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    async with platform_running() as running:
        yield running


class Time:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


# ------------------------------------------------------------------------------------------------ fetched once


async def test_a_hundred_cold_callers_make_one_fetch(platform: Platform) -> None:
    platform.fake.seconds = 0.05
    tokens = platform.tokens()
    given = await asyncio.gather(*(tokens.token() for _ in range(100)))
    assert set(given) == {platform.fake.token}
    assert platform.fake.counted() == {"stable_token": 1}


async def test_processes_that_share_notes_make_one_fetch(platform: Platform) -> None:
    platform.fake.seconds = 0.05
    processes = [platform.tokens() for _ in range(5)]
    given = await asyncio.gather(*(tokens.token() for tokens in processes for _ in range(20)))
    assert set(given) == {platform.fake.token}
    assert platform.fake.counted() == {"stable_token": 1}


async def test_what_is_asked_for_is_as_the_platform_wants_it(platform: Platform) -> None:
    await platform.tokens().token()
    (call,) = platform.fake.calls
    assert call.method == "POST"
    assert call.query == {}, "a secret in a query ends in somebody's log"
    assert call.body == {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": platform.fake.secret,
        "force_refresh": False,
    }


async def test_when_the_process_that_fetches_is_dead_another_asks_after_a_while(platform: Platform) -> None:
    assert await platform.notes.take(f"{TOKEN_NOTE}:lock:none", 1, 60)
    assert await platform.tokens(patience=0.2).token() == platform.fake.token


async def test_a_caller_that_gives_up_takes_nothing_from_the_others(platform: Platform) -> None:
    platform.fake.seconds = 0.1
    tokens = platform.tokens()
    hasty = asyncio.create_task(tokens.token())
    patient = asyncio.create_task(tokens.token())
    await asyncio.sleep(0.05)
    hasty.cancel()
    assert await patient == platform.fake.token
    assert platform.fake.counted() == {"stable_token": 1}


async def test_an_error_goes_to_everybody_who_waits_and_the_next_asks_again(platform: Platform) -> None:
    platform.fake.says("stable_token", 40164, NOT_LISTED)
    tokens = platform.tokens(patience=60)
    ends = await asyncio.gather(*(tokens.token() for _ in range(10)), return_exceptions=True)
    assert all(isinstance(end, NotWhitelisted) and end.ip == "203.0.113.9" for end in ends)
    assert platform.fake.counted() == {"stable_token": 1}
    assert await asyncio.wait_for(tokens.token(), 1) == platform.fake.token


async def test_an_error_that_nobody_waits_for_any_more_is_not_reported_as_forgotten(platform: Platform) -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    platform.fake.seconds = 0.05
    platform.fake.secret = "another"
    tokens = platform.tokens(secret="wrong")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(tokens.token(), 0.01)
    await asyncio.sleep(0.1)
    del tokens
    gc.collect()
    assert platform.fake.counted() == {"stable_token": 1}
    assert reported == []


# ------------------------------------------------------------------------------------------------ how long it is kept


@pytest.mark.parametrize(("lives", "serves"), [(7200, 6900), (600, 300), (400, 200), (10, 5)])
async def test_a_token_serves_until_five_minutes_before_its_end_or_half_its_life(
    platform: Platform, lives: int, serves: int
) -> None:
    platform.fake.expires_in = lives
    clock = Time()
    tokens = platform.tokens(now=clock)
    await tokens.token()
    assert platform.notes.seconds[TOKEN_NOTE] == serves
    clock.now += serves - 1
    await tokens.token()
    await platform.tokens(now=clock).token()
    assert platform.fake.counted()["stable_token"] == 1
    clock.now += 1  # the store forgets by a clock of its own; that the note is still there must not matter
    await platform.tokens(now=clock, patience=0.1).token()
    assert platform.fake.counted()["stable_token"] == 2


async def test_the_token_lies_in_the_store_sealed_and_in_no_name(platform: Platform) -> None:
    token = await platform.tokens().token()
    assert list(platform.notes.texts) == [TOKEN_NOTE]
    assert token not in str(platform.notes.texts)
    assert token in platform.sealer.unseal(platform.notes.texts[TOKEN_NOTE])


async def test_the_vault_can_seal_it(platform: Platform, tmp_path: Path) -> None:
    vault = Vault.open(tmp_path)

    def seal(text: str) -> str:
        return vault.seal("wechat", text.encode())

    def unseal(sealed: str) -> str:
        return vault.unseal("wechat", sealed).decode()

    first = await platform.tokens(seal=seal, unseal=unseal).token()
    assert await platform.tokens(seal=seal, unseal=unseal).token() == first
    assert platform.fake.counted() == {"stable_token": 1}
    vault.close()


async def test_a_note_that_cannot_be_opened_is_none(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    def unseal(_: str) -> str:
        raise WrongKey("这份密文对不上密钥，打不开")

    platform.notes.texts[TOKEN_NOTE] = "sealed by a key that is gone"
    assert await platform.tokens(unseal=unseal).token() == platform.fake.token
    assert "WrongKey" in caplog.text


async def test_a_note_moved_from_another_name_is_none(platform: Platform) -> None:
    ticket = await platform.api().jsapi_ticket()
    platform.notes.texts[TOKEN_NOTE] = platform.notes.texts[f"wechat:{APP_ID}:jsapi_ticket"]
    token = await platform.tokens(patience=0.1).token()
    assert token == platform.fake.token != ticket


async def test_while_the_store_is_out_each_process_fetches_for_itself_and_remembers(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.notes.is_out = True
    processes = [platform.tokens(), platform.tokens()]
    for tokens in processes * 3:
        assert await tokens.token() == platform.fake.token
    assert platform.fake.counted() == {"stable_token": 2}
    assert "StoreUnavailable" in caplog.text
    assert platform.fake.token not in caplog.text


# ------------------------------------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize("code", [40001, 40125, 40013])
async def test_without_a_token_every_word_against_the_credential_speaks_of_the_secret(
    platform: Platform, code: int
) -> None:
    platform.fake.says("stable_token", code)
    with pytest.raises(WrongSecret, match="AppSecret") as caught:
        await platform.tokens().token()
    assert caught.value.code == code


@pytest.mark.parametrize("empty", ["app_id", "secret"])
async def test_there_is_no_default_secret(platform: Platform, empty: str) -> None:
    with pytest.raises(ValueError, match="AppSecret 都不能为空；请从公众平台"):
        platform.tokens(**{empty: ""})


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"access_token": "", "expires_in": 7200},
        {"access_token": 7, "expires_in": 7200},
        {"access_token": "has space", "expires_in": 7200},
        {"access_token": "x" * 1025, "expires_in": 7200},
        {"access_token": "token"},
        {"access_token": "token", "expires_in": 0},
        {"access_token": "token", "expires_in": -5},
        {"access_token": "token", "expires_in": True},
        {"access_token": "token", "expires_in": "7200"},
        {"access_token": "token", "expires_in": 10**30},
        ["access_token"],
    ],
)
async def test_a_token_that_is_none_is_not_kept(platform: Platform, table: object) -> None:
    async def answering(_: web.Request) -> web.StreamResponse:
        return web.json_response(table)

    platform.fake.next_answers["stable_token"].append(answering)
    tokens = platform.tokens(patience=0.05)
    with pytest.raises(Unreachable) as caught:
        await tokens.token()
    assert caught.value.why is Why.UNREADABLE
    assert platform.notes.texts == {}
    assert await tokens.token() == platform.fake.token


async def test_no_error_repr_or_log_tells_token_or_secret(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    asyncio.get_running_loop().set_debug(True)
    tokens = platform.tokens(patience=0.05, seconds=0.5)
    told = [repr(tokens), str(vars(tokens)["_token"])]
    for code in (-1, 40001, 40125, 40013, 40164, 45009, 45011, 50000):
        platform.fake.says("stable_token", code, f"{platform.fake.secret} {platform.fake.token}")
        with pytest.raises(ApiError) as caught:
            await tokens.token()
        told.append(all_said(caught.value))
    token = await tokens.token()
    forced = await tokens.renew(token)
    with pytest.raises(InvalidCredential) as stale:
        await tokens.renew(forced)
    platform.fake.seconds = 0.3
    with pytest.raises(Unreachable) as slow:
        await platform.tokens(app_id="wxslow", seconds=0.05).token()
    with pytest.raises(Unreachable) as away:
        await platform.tokens(app_id="wxaway", base="http://127.0.0.1:1").token()
    everything = "\n".join([*told, *(all_said(each.value) for each in (stale, slow, away)), caplog.text])
    for kept_back in (platform.fake.secret, token, forced):
        assert kept_back not in everything
