"""What the platform lets an account do, told by its type, its verification and its secret: never found out by trying.

Who may, from the platform's documentation: the customer-service interface and subscription notifications only verified
accounts; menus service accounts and verified subscription accounts; tappable options, QR codes with a scene and the
JS-SDK's pages only verified service accounts. A right the platform takes away later shows in `juzhuzheng wechat check`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.accounts import AccountType, WechatAccount


@dataclass(frozen=True)
class Profile:
    """What an account may do. `calls_api`: it has a secret, so that the platform's interfaces can be called at all."""

    calls_api: bool
    sends_messages: bool
    has_menu: bool
    taps_options: bool
    makes_codes: bool
    notifies: bool
    hands_off: bool


def profile_of(account: WechatAccount) -> Profile:
    """Return what `account` may do."""
    is_service = account.type is AccountType.SERVICE
    calls = account.app_secret is not None
    verified = account.verified
    return Profile(
        calls_api=calls,
        sends_messages=calls and verified,
        has_menu=calls and (verified or is_service),
        taps_options=verified and is_service,
        makes_codes=calls and verified and is_service,
        notifies=calls and verified and account.reminder_template is not None and bool(account.reminder_fields),
        hands_off=verified and bool(account.clerk_hours),
    )


RIGHTS = {
    "calls_api": "调用接口",
    "sends_messages": "发客服消息（慢的答复随后补上、提醒）",
    "has_menu": "自定义菜单",
    "taps_options": "点选答案（否则回复序号）",
    "makes_codes": "带参数的二维码",
    "notifies": "订阅通知（提醒）",
    "hands_off": "转人工",
}
"""Each right as it is told to an operator."""
