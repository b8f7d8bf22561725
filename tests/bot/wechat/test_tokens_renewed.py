"""A token that was refused: replaced by what another process has, by a plain fetch, and by force only when it must."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.wechat.api_errors import InvalidCredential
from bot.wechat.tokens import FORCED_A_DAY, FORCED_APART_SECONDS, Tokens
from tests.bot.wechat.fake_api import APP_ID, Platform, platform_running


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    async with platform_running() as running:
        yield running


async def test_a_stale_token_is_replaced_by_a_plain_fetch_when_that_gives_another(platform: Platform) -> None:
    tokens = platform.tokens()
    old = await tokens.token()
    platform.fake.revoke()
    assert await tokens.renew(old) == platform.fake.token != old
    assert await tokens.token() == platform.fake.token
    assert platform.fake.counted() == {"stable_token": 2}
    assert platform.fake.forced() == 0


async def test_a_hundred_callers_with_the_stale_token_make_one_fetch(platform: Platform) -> None:
    tokens = platform.tokens()
    old = await tokens.token()
    platform.fake.revoke()
    given = await asyncio.gather(*(tokens.renew(old) for _ in range(100)))
    assert set(given) == {platform.fake.token}
    assert platform.fake.counted() == {"stable_token": 2}


async def test_what_another_process_has_renewed_is_used(platform: Platform) -> None:
    here, there = platform.tokens(), platform.tokens()
    old = await here.token()
    assert await there.token() == old
    platform.fake.revoke()
    await here.renew(old)
    assert await there.renew(old) == platform.fake.token
    assert platform.fake.counted() == {"stable_token": 2}


async def test_a_token_refused_right_after_it_was_fetched_is_renewed_without_waiting(platform: Platform) -> None:
    old = await platform.tokens().token()
    for another in [platform.tokens(patience=60) for _ in range(3)]:
        platform.fake.revoke()
        old, before = await asyncio.wait_for(another.renew(old), 1), old
        assert old == platform.fake.token != before


async def test_the_stale_token_is_not_given_again_by_a_fetch_that_was_under_way(platform: Platform) -> None:
    platform.fake.seconds = 0.05
    stale = platform.fake.token
    tokens = platform.tokens()
    cold, renewed = await asyncio.gather(tokens.token(), tokens.renew(stale))
    assert cold == stale
    assert renewed == platform.fake.token != stale


async def test_it_is_forced_only_when_a_plain_fetch_gives_the_stale_one_again(platform: Platform) -> None:
    tokens = platform.tokens()
    old = await tokens.token()
    assert await tokens.renew(old) == platform.fake.token != old
    assert [call.body["force_refresh"] for call in platform.fake.calls] == [False, False, True]


async def test_a_second_force_within_half_a_minute_is_not_asked_for(platform: Platform) -> None:
    """The platform would change nothing, and count it."""
    tokens = platform.tokens()
    new = await tokens.renew(await tokens.token())
    with pytest.raises(InvalidCredential):
        await tokens.renew(new)
    assert platform.fake.forced() == 1


async def test_it_is_forced_at_most_twenty_times_a_day(platform: Platform) -> None:
    class Patient:
        """Notes for which half a minute is always over; a day is not."""

        def __init__(self) -> None:
            self.note, self.noted = platform.notes.note, platform.notes.noted

        async def take(self, name: str, limit: int, seconds: float) -> bool:
            return seconds <= FORCED_APART_SECONDS or await platform.notes.take(name, limit, seconds)

    seal, unseal = platform.sealer.seal, platform.sealer.unseal
    tokens = Tokens(
        APP_ID, platform.fake.secret, platform.session, Patient(), seal=seal, unseal=unseal, base=platform.url
    )
    token = await tokens.token()
    for _ in range(FORCED_A_DAY):
        token = await tokens.renew(token)
    with pytest.raises(InvalidCredential):
        await tokens.renew(token)
    assert platform.fake.forced() == FORCED_A_DAY == 20


async def test_who_cannot_count_does_not_force(platform: Platform) -> None:
    tokens = platform.tokens()
    token = await tokens.token()
    platform.notes.is_out = True
    with pytest.raises(InvalidCredential):
        await tokens.renew(token)
    assert platform.fake.forced() == 0
