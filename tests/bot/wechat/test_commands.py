"""`juzhuzheng wechat …` as an operator types it, against the platform of the sandbox over real HTTP."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.accounts import AccountType
from bot.sandbox.options import SandboxOptions
from bot.sandbox.sandbox import Sandbox
from bot.store.sqlite import SqliteConversations
from bot.wechat.callback import WRONG_KEY
from bot.wechat.menu import MENU, as_platform_wants
from dialogs.advisor import Advisor
from dialogs.saying import Kind
from dialogs.session import Session
from tests.bot.process import ROOT, environment
from tests.bot.sandbox.accounts import ACCOUNT, SECRET

NOWHERE = "http://127.0.0.1:9/wechat/jzz"


@dataclass
class Operator:
    """Somebody at the command line, with one account in the file and the sandbox as the platform."""

    folder: Path
    box: Sandbox

    def write(self, **instead: str) -> None:
        """Write the account file; `instead` are lines of TOML by name, "" leaves one out."""
        given = {
            "app_id": f'"{ACCOUNT.app_id}"',
            "token": f'"{ACCOUNT.token}"',
            "aes_key": f'"{ACCOUNT.aes_key}"',
            "app_secret": f'"{SECRET}"',
            "type": '"service"',
            "verified": "true",
        } | instead
        lines = [f"[{ACCOUNT.name}]", *(f"{name} = {value}" for name, value in given.items() if value)]
        (self.folder / "accounts.toml").write_text("\n".join(lines), encoding="utf-8")

    async def run(self, *words: str, code: int = 0, **more: str) -> str:
        """Run a command; return what it prints."""
        settings: Mapping[str, str] = {
            "JUZHUZHENG_WECHAT_ACCOUNTS": str(self.folder / "accounts.toml"),
            "JUZHUZHENG_WECHAT_API": self.box.api_url,
            "JUZHUZHENG_PUBLIC_URL": "https://jzz.example.gov.cn",
            **more,
        }
        command = [sys.executable, "-m", "bot", "wechat", *words]
        given = environment(self.folder / "data", **settings)
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=ROOT, env=given, capture_output=True, timeout=60, check=False
        )
        said = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == code, said
        assert "Traceback" not in said
        assert SECRET not in said
        return said


async def _operator(tmp_path: Path, **options: Any) -> AsyncIterator[Operator]:
    async with Sandbox(SandboxOptions(NOWHERE, ACCOUNT, **options)) as box:
        operator = Operator(tmp_path, box)
        operator.write()
        yield operator


@pytest_asyncio.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    async for one in _operator(tmp_path):
        yield one


async def test_an_account_in_order_is_told_so_and_its_menu_is_published(operator: Operator) -> None:
    said = await operator.run("check")
    assert "[好] 接口：通了" in said
    assert "填 https://jzz.example.gov.cn/wechat/jzz" in said
    assert "[注意] 菜单：还没有" in said
    assert "发布了" in await operator.run("menu", "publish")
    assert "[好] 菜单：发布过了" in await operator.run("check")
    assert "去掉了" in await operator.run("menu", "remove")
    assert "[注意] 菜单：还没有" in await operator.run("check")


async def test_a_wrong_secret_is_named(operator: Operator) -> None:
    operator.write(app_secret='"somebody-elses"')
    assert "[坏] 接口：调不通。AppID 或 AppSecret 不对" in await operator.run("check", code=1)


async def test_a_machine_that_is_not_on_the_list_is_told_its_address(tmp_path: Path) -> None:
    async for operator in _operator(tmp_path, whitelist=frozenset({"203.0.113.9"})):
        said = await operator.run("check", code=1)
        assert "127.0.0.1" in said
        assert "白名单" in said


async def test_rights_that_the_platform_does_not_give_are_named(tmp_path: Path) -> None:
    async for operator in _operator(tmp_path, kind=AccountType.SUBSCRIPTION, is_verified=False):
        said = await operator.run("check", code=1)
        assert "[坏] 菜单：平台说没有权限" in said
        assert "type、verified" in said


async def test_messages_that_no_key_opens_are_named(operator: Operator) -> None:
    (operator.folder / "data").mkdir()
    conversations = SqliteConversations(operator.folder / "data" / "conversations.sqlite3")
    await conversations.note(ACCOUNT.app_id, WRONG_KEY, "decryption", 3600)
    await conversations.close()
    assert "[坏] EncodingAESKey：这一天有消息签名对、却打不开" in await operator.run("check", code=1)


async def test_without_a_secret_it_says_what_that_costs_and_other_modes_what_they_risk(operator: Operator) -> None:
    operator.write(app_secret="", mode='"plain"')
    said = await operator.run("check")
    assert "[注意] 接口：没有 app_secret" in said
    assert "[注意] 消息加解密方式：明文模式" in said
    assert "没有自定义菜单" in await operator.run("menu", "publish", code=1)


async def test_a_code_for_a_poster_holds_city_and_office(operator: Operator) -> None:
    assert "二维码的内容：http" in await operator.run("code", "luoyang", "--office", "西工区办证中心")
    assert "名字太长" in await operator.run("code", "luoyang", "--office", "办" * 40, code=1)
    assert "没有“beijing”这个城市" in await operator.run("code", "beijing", code=1)


async def test_without_an_account_it_says_where_to_read_on(operator: Operator) -> None:
    assert "没有公众号" in await operator.run("check", code=1, JUZHUZHENG_WECHAT_ACCOUNTS="")
    assert "请用 --account 说是哪个公众号：jzz" in await operator.run("check", "--account", "nobody", code=1)


# ---------------------------------------------------------------------------------------------------------- the menu


def test_every_button_says_what_is_understood(advisor: Advisor) -> None:
    for buttons in MENU.values():
        for button, said in buttons.items():
            turn = advisor.take_turn(Session(city="bazhong"), said, today=date(2026, 11, 21))
            assert turn.saying.kind in (Kind.ANSWER, Kind.NOT_COVERED, Kind.FLOW) or turn.saying.asks_for_clerk, button


def test_a_menu_that_the_platform_would_refuse_is_refused_here() -> None:
    assert len(as_platform_wants()["button"]) == len(MENU)
    for menu in (
        {"四个字的组": {"甲": "一"}},
        {"组": {"九个字的按钮太长了": "一"}},
        {"组": {str(number): "一" for number in range(6)}},
        {str(number): {"甲": "一"} for number in range(4)},
        {"组": {"甲": "长" * 43}},
    ):
        with pytest.raises(ValueError, match="菜单最多 3 组"):
            as_platform_wants(menu)
