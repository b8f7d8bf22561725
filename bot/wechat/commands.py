"""`juzhuzheng wechat …`: check an account, publish its menu, make a code for a poster, try everything in a sandbox."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from bot.command_line import check_owner, library_of, plainly
from bot.settings import PREFIX, Settings, SettingsError, WechatAccount

if TYPE_CHECKING:
    from bot.store.base import Conversations
    from bot.wechat.api import WechatApi

T = TypeVar("T")

_ACCOUNT = click.option("--account", "name", help="账号文件里的名字；只有一个账号时不用写。")


@click.group()
def wechat() -> None:
    """公众号：检查、发布菜单、做带参数的二维码、在沙箱里试。"""


@wechat.command()
@_ACCOUNT
@click.pass_obj
def check(settings: Settings, name: str | None) -> None:
    """检查公众号：密钥、接口、白名单、权限、菜单，哪里不对、怎么改。"""
    accounts = [_chosen(settings, name)] if name else _accounts(settings)
    is_fatal = False
    with plainly():
        for account in accounts:
            click.echo(f"公众号 [{account.name}]")
            is_fatal |= asyncio.run(_checked(settings, account))
    sys.exit(1 if is_fatal else 0)


async def _checked(settings: Settings, account: WechatAccount) -> bool:
    from bot.wechat.checking import findings_of

    is_fatal = False
    async with _opened(settings, account) as (api, conversations):
        async for finding in findings_of(account, api, conversations, settings.public_url):
            click.echo(str(finding))
            is_fatal |= finding.is_fatal
    return is_fatal


@wechat.group()
def menu() -> None:
    """自定义菜单。"""


@menu.command()
@click.pass_obj
def show(settings: Settings) -> None:
    """看看会发布什么菜单。"""
    from bot.wechat.menu import MENU

    del settings
    for group, buttons in MENU.items():
        click.echo(group)
        for button, said in buttons.items():
            click.echo(f"  {button}：{said}")


@menu.command()
@_ACCOUNT
@click.pass_obj
def publish(settings: Settings, name: str | None) -> None:
    """发布菜单，换掉原来的。"""
    from bot.wechat.menu import as_platform_wants
    from bot.wechat.profile import profile_of

    account = _chosen(settings, name)
    if not profile_of(account).has_menu:
        raise click.ClickException("这种账号没有自定义菜单：要认证过的订阅号或服务号，还要在账号文件里写 app_secret")
    _called(settings, account, lambda api: api.create_menu(as_platform_wants()))
    click.echo("发布了。手机上要过几分钟才看得到；取消关注再关注，马上就能看到。")


@menu.command()
@_ACCOUNT
@click.pass_obj
def remove(settings: Settings, name: str | None) -> None:
    """去掉菜单。"""
    _called(settings, _chosen(settings, name), lambda api: api.delete_menu())
    click.echo("菜单去掉了。")


@wechat.command()
@_ACCOUNT
@click.argument("city")
@click.option("--office", default="", help="受理点的名字，和 offices.csv 里的一样。")
@click.pass_obj
def code(settings: Settings, name: str | None, city: str, office: str) -> None:
    """做一个永久的二维码，贴在受理点：扫了就知道是哪个城市、哪个受理点。"""
    from bot.wechat.api import LONGEST_SCENE
    from bot.wechat.profile import profile_of
    from bot.wechat.push import MAX_KEY_BYTES

    account, library = _chosen(settings, name), library_of(settings)
    if city not in library.cities:
        raise click.ClickException(f"没有“{city}”这个城市；可用：{'、'.join(library.cities)}")
    scene = f"{city}/{office}" if office else city
    if len(scene) > LONGEST_SCENE or len(f"qrscene_{scene}".encode()) > MAX_KEY_BYTES:
        raise click.ClickException(
            "受理点的名字太长，扫码的人会打不开；最多三十个汉字左右，请在 offices.csv 里用短一些的"
        )
    if not profile_of(account).makes_codes:
        raise click.ClickException("带参数的二维码要认证过的服务号，还要在账号文件里写 app_secret")
    made = _called(settings, account, lambda api: api.make_code(scene, None))
    click.echo(f"二维码的内容：{made.url}（用任何二维码工具印出来）")


@wechat.command()
@_ACCOUNT
@click.option("--callback", help="已经开着的服务的回调地址；不写就另开一个服务来试。")
@click.option("--port", type=click.IntRange(1, 65535), default=8090, show_default=True, help="沙箱的端口。")
@click.pass_obj
def sandbox(settings: Settings, name: str | None, callback: str | None, port: int) -> None:
    """开一个假的微信，在浏览器里真的聊一聊：消息、加密、重推、菜单、接口，都和平台一样。

    没有公众号也能试：账号是现编的，服务另开一个，说的话存在临时文件夹里，停了就没了。
    """
    from bot.sandbox.options import SandboxOptions
    from bot.sandbox.serving import run_sandbox
    from bot.sandbox.trying import try_out

    with plainly():
        if callback is None:
            try_out(port)
        else:
            run_sandbox(SandboxOptions(callback, _chosen(settings, name), port=port))


def _accounts(settings: Settings) -> tuple[WechatAccount, ...]:
    if not settings.wechat_accounts:
        raise click.ClickException(f"没有公众号；请设 {PREFIX}WECHAT_ACCOUNTS，账号文件怎么写见 docs/operations.md")
    return settings.wechat_accounts


def _chosen(settings: Settings, name: str | None) -> WechatAccount:
    accounts = {account.name: account for account in _accounts(settings)}
    if name is None and len(accounts) == 1:
        return next(iter(accounts.values()))
    if name is None or name not in accounts:
        raise click.ClickException(f"请用 --account 说是哪个公众号：{'、'.join(accounts)}")
    return accounts[name]


def _called(settings: Settings, account: WechatAccount, call: Callable[[WechatApi], Awaitable[T]]) -> T:
    """Return what a call of the platform's interface gives; its error as a sentence."""
    from bot.wechat.api_errors import ApiError

    async def calling() -> T:
        async with _opened(settings, account) as (api, _):
            if api is None:
                raise SettingsError(
                    f"账号文件 [{account.name}] 没有 app_secret，调不了微信的接口；请从“基本配置”页抄来"
                )
            return await call(api)

    with plainly():
        try:
            return asyncio.run(calling())
        except ApiError as error:
            raise click.ClickException(str(error)) from None


@asynccontextmanager
async def _opened(settings: Settings, account: WechatAccount) -> AsyncIterator[tuple[WechatApi | None, Conversations]]:
    """Yield the account's interfaces, None without a secret, and the conversations with its notes."""
    # Here: the other commands of the console script need none of it.
    from aiohttp import ClientSession, DummyCookieJar

    from bot.identity import Identities
    from bot.opening import open_stores
    from bot.wechat.setting_up import api_of

    check_owner(settings.data_dir)
    stores = open_stores(settings, library_of(settings))
    try:
        identities = Identities.from_file(settings.data_dir / "identity.key")
        async with ClientSession(cookie_jar=DummyCookieJar()) as session:
            yield api_of(account, session, stores.conversations, identities, settings.wechat_api), stores.conversations
    finally:
        await stores.conversations.close()
        stores.records.close()
        stores.vault.close()
