"""What is wrong with an account, told to the operator in Chinese: keys, token, whitelist, rights, menu."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from bot.accounts import Mode, SettingsError, WechatAccount
from bot.doctor import Finding
from bot.store.base import Conversations
from bot.store.faults import StoreError
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError, NotAuthorised
from bot.wechat.callback import WRONG_KEY
from bot.wechat.door import Reason, check_account
from bot.wechat.menu import as_platform_wants
from bot.wechat.profile import RIGHTS, profile_of

_WRONG_KEYS: Mapping[str, str] = {
    Reason.DECRYPTION: "EncodingAESKey 和公众平台上的不一样",
    Reason.APP_ID: "app_id 不是推消息来的那个公众号",
}


async def findings_of(
    account: WechatAccount, api: WechatApi | None, conversations: Conversations, public_url: str | None
) -> AsyncIterator[Finding]:
    """Yield what is found of one account, the most basic first; nothing is changed."""
    try:
        check_account(account)
    except SettingsError as error:
        yield Finding("密钥", "不能用", str(error), is_fatal=True)
        return
    yield _address(account, public_url)
    yield _mode(account)
    yield await _key(account, conversations)
    yield _rights(account)
    if api is None:
        advice = "菜单、客服消息、提醒都要它；需要就把“基本配置”页的 AppSecret 写成 app_secret"
        yield Finding("接口", "没有 app_secret，不调用微信的接口", advice)
        return
    try:
        addresses = await api.callback_addresses()
    except ApiError as error:
        yield Finding("接口", "调不通", str(error), is_fatal=True)
        return
    yield Finding("接口", f"通了，微信从 {len(addresses)} 个地址推消息")
    yield await _menu(account, api)


def _address(account: WechatAccount, public_url: str | None) -> Finding:
    if public_url is None:
        return Finding("服务器地址", "没有设对外网址", "请设 JUZHUZHENG_PUBLIC_URL，再把回调地址填到公众平台")
    return Finding("服务器地址", f"公众平台“基本配置”里填 {public_url}/wechat/{account.name}")


def _mode(account: WechatAccount) -> Finding:
    told = {Mode.SAFE: "安全模式", Mode.COMPATIBLE: "兼容模式", Mode.PLAIN: "明文模式"}[account.mode]
    if account.mode is Mode.SAFE:
        return Finding("消息加解密方式", f"{told}；公众平台里要选同一个")
    advice = "人说的话在路上能被人看到，明文的还能被人冒充；请两边都改成安全模式"
    return Finding("消息加解密方式", told, advice)


async def _key(account: WechatAccount, conversations: Conversations) -> Finding:
    try:
        wrong = await conversations.noted(account.app_id, WRONG_KEY)
    except StoreError as error:
        return Finding("EncodingAESKey", "这一天有没有打不开的消息，看不到", str(error))
    if wrong is None:
        return Finding("EncodingAESKey", "这一天没有打不开的消息")
    told = f"这一天有消息签名对、却打不开：{_WRONG_KEYS.get(wrong, wrong)}"
    return Finding("EncodingAESKey", told, "请从“基本配置”页重新抄到账号文件里，再重启服务", is_fatal=True)


def _rights(account: WechatAccount) -> Finding:
    profile = profile_of(account)
    able = [told for name, told in RIGHTS.items() if getattr(profile, name)]
    told = f"{account.type}，{'已认证' if account.verified else '没有认证'}；能用：{'、'.join(able) or '被动回复'}"
    return Finding("账号", told)


async def _menu(account: WechatAccount, api: WechatApi) -> Finding:
    if not profile_of(account).has_menu:
        return Finding("菜单", "这种账号没有自定义菜单")
    try:
        menu = await api.read_menu()
    except NotAuthorised as error:
        advice = f"账号文件里写的 type、verified 和公众平台不一样，请改对（{error}）"
        return Finding("菜单", "平台说没有权限", advice, is_fatal=True)
    except ApiError as error:
        return Finding("菜单", "读不出来", str(error))
    if menu is None:
        return Finding("菜单", "还没有", f"运行 juzhuzheng wechat menu publish --account {account.name}")
    ours = {button["name"] for button in as_platform_wants()["button"]}
    theirs = {
        str(button.get("name")) for button in menu.get("menu", menu).get("button", []) if isinstance(button, dict)
    }
    if ours <= theirs:
        return Finding("菜单", "发布过了")
    return Finding(
        "菜单", f"是别的菜单：{'、'.join(sorted(theirs))}", "要换成这里的就运行 juzhuzheng wechat menu publish"
    )
