"""What an account may do is told by its settings; how many messages may be pushed is counted, never found out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.accounts import AccountType, Hours, SettingsError, WechatAccount, read_accounts
from bot.clock import SHANGHAI
from bot.store.sqlite import SqliteConversations
from bot.wechat.ledger import ALLOWANCES, Ledger, Opened
from bot.wechat.profile import profile_of
from tests.bot.conversing import Clock
from tests.bot.wechat.platform import ACCOUNT, KEY

WHOLE = f"""
[main]
app_id = "wx1"
token = "t"
aes_key = "{KEY}"
app_secret = "s"
type = "service"
verified = true
cities = ["bazhong", "luoyang"]
clerk_hours = ["1-5 09:00-12:00", "6 09:00-11:30"]
clerk_phone = "0827-5261234"
reminder_template = "T1"
reminder_fields = {{ thing1 = "{{city}}：{{what}}", time2 = "{{day}}" }}
verify_files = ["MP_verify_AbC123.txt"]
"""


def _read(tmp_path: Path, text: str) -> WechatAccount:
    file = tmp_path / "accounts.toml"
    file.write_text(text, encoding="utf-8")
    return read_accounts("JUZHUZHENG_WECHAT_ACCOUNTS", file)[0]


def test_a_verified_service_account_with_a_secret_may_do_everything(tmp_path: Path) -> None:
    account = _read(tmp_path, WHOLE)
    assert set(vars(profile_of(account)).values()) == {True}
    assert account.cities == ("bazhong", "luoyang")
    assert "0827" not in repr(replace(account, clerk_phone=None))
    assert "app_secret" not in repr(account)


def test_an_account_of_which_nothing_is_told_may_do_nothing_more_than_answer() -> None:
    assert set(vars(profile_of(ACCOUNT)).values()) == {False}


@pytest.mark.parametrize(
    ("kind", "verified", "menu", "messages", "taps"),
    [
        (AccountType.SUBSCRIPTION, False, False, False, False),
        (AccountType.SUBSCRIPTION, True, True, True, False),
        (AccountType.SERVICE, False, True, False, False),
        (AccountType.SERVICE, True, True, True, True),
    ],
)
def test_rights_follow_type_and_verification(
    kind: AccountType, verified: bool, menu: bool, messages: bool, taps: bool
) -> None:
    profile = profile_of(replace(ACCOUNT, app_secret="s", type=kind, verified=verified))
    assert (profile.has_menu, profile.sends_messages, profile.taps_options) == (menu, messages, taps)


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        ('type = "服务号"', "「type」只能写 service、subscription"),
        ('mode = ["safe"]', "「mode」只能写 safe、compatible、plain"),
        ('verified = "yes"', "「verified」写 true（认证过）或 false，不加引号"),
        ('cities = "bazhong"', "「cities」应写成一列"),
        ('clerk_hours = ["周一到周五"]', '写成 "1-5 09:00-12:00"，1 是周一'),
        ('clerk_hours = ["5-1 09:00-12:00"]', "看不懂“5-1 09:00-12:00”"),
        ('clerk_hours = ["1-5 12:00-09:00"]', "看不懂“1-5 12:00-09:00”"),
        ('reminder_fields = { thing1 = "{who}" }', "「reminder_fields」看不懂"),
        ('reminder_fields = "thing1"', "「reminder_fields」看不懂"),
        ('verify_files = ["../vault.key"]', "「verify_files」写平台给的文件名"),
        ("app_secret = 5", "「app_secret」应写在引号里"),
    ],
)
def test_a_mistake_is_told_with_what_to_write(tmp_path: Path, instead: str, told: str) -> None:
    name = instead.partition(" ")[0]
    lines = [line for line in WHOLE.splitlines() if not line.startswith(f"{name} ")]
    with pytest.raises(SettingsError) as caught:
        _read(tmp_path, "\n".join([*lines, instead]))
    assert told in str(caught.value)
    assert "[main]" in str(caught.value)


def test_hours_hold_on_their_days_until_they_end(tmp_path: Path) -> None:
    week, saturday = _read(tmp_path, WHOLE).clerk_hours
    assert str(week) == "周一至周五 09:00-12:00"
    assert str(saturday) == "周六 09:00-11:30"
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
    assert week.hold_at(monday)
    assert not week.hold_at(monday.replace(hour=12))
    assert not week.hold_at(monday.replace(day=28))
    assert saturday.hold_at(monday.replace(day=28))
    assert isinstance(week, Hours)


# -------------------------------------------------------------------------------------------------------- the ledger


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def ledger(tmp_path: Path, clock: Clock) -> AsyncIterator[Ledger]:
    conversations = SqliteConversations(tmp_path / "c.sqlite3", now=clock)
    yield Ledger(conversations, clock)
    await conversations.close()


async def _spent(ledger: Ledger, person: str = "anna") -> int:
    count = 0
    while await ledger.spend(person):
        count += 1
    return count


async def test_nothing_is_pushed_to_who_has_not_written(ledger: Ledger) -> None:
    assert not await ledger.spend("anna")


async def test_a_message_opens_five_for_two_days_and_a_tap_three_for_a_minute(ledger: Ledger, clock: Clock) -> None:
    assert {how: (one.pushes, one.seconds) for how, one in ALLOWANCES.items()} == {
        Opened.BY_MESSAGE: (5, 172_800.0),
        Opened.BY_TAP: (3, 60.0),
    }
    await ledger.heard("anna", Opened.BY_MESSAGE)
    await ledger.heard("boris", Opened.BY_TAP)
    await ledger.heard("clara", Opened.BY_TAP)
    assert (await _spent(ledger, "anna"), await _spent(ledger, "boris")) == (5, 3)
    clock.time += 59
    assert not await ledger.spend("clara"), "closed a little early: clocks differ"


async def test_a_window_ends_with_its_time(ledger: Ledger, clock: Clock) -> None:
    await ledger.heard("anna", Opened.BY_MESSAGE)
    clock.time += 48 * 3600 - 10
    assert await ledger.spend("anna")
    clock.time += 10
    assert not await ledger.spend("anna")


async def test_both_windows_together_and_nobody_elses(ledger: Ledger) -> None:
    await ledger.heard("anna", Opened.BY_MESSAGE)
    await ledger.heard("anna", Opened.BY_TAP)
    assert (await _spent(ledger, "anna"), await _spent(ledger, "boris")) == (8, 0)
