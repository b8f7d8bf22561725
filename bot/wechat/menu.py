"""The menu of an account: buttons that say, for the person, what they could have typed."""

from __future__ import annotations

from typing import Any

from bot.wechat.push import MAX_KEY_BYTES

MOST_GROUPS, MOST_BUTTONS = 3, 5
LONGEST_GROUP, LONGEST_BUTTON = 4, 8
"""What the platform shows of a name, in Chinese characters."""

MENU: dict[str, dict[str, str]] = {
    "问办法": {
        "要带什么": "办居住证要带什么",
        "多久拿到": "多久能拿到证",
        "要不要钱": "办居住证要钱吗",
        "去哪里办": "去哪里办居住证",
        "证有什么用": "居住证有什么用",
    },
    "签注换补": {
        "什么时候签注": "我的证什么时候签注",
        "签注过期": "签注过期了怎么办",
        "丢了补办": "居住证丢了怎么补办",
        "换了地址": "换了地址怎么办",
        "到时提醒我": "设提醒",
    },
    "帮我办": {
        "看看能不能办": "帮我看看能不能办",
        "申报居住": "我要申报居住登记",
        "我的申报": "我的申报",
        "转人工": "转人工",
        "删除我的信息": "删除我的信息",
    },
}
"""Groups and their buttons; behind a button stands the message it sends."""


def as_platform_wants(menu: dict[str, dict[str, str]] = MENU) -> dict[str, Any]:
    """Return the menu as the platform's interface takes it. Raises ValueError for what it would refuse."""
    too_many = len(menu) > MOST_GROUPS or any(not 1 <= len(group) <= MOST_BUTTONS for group in menu.values())
    names = [
        *((name, LONGEST_GROUP) for name in menu),
        *((n, LONGEST_BUTTON) for group in menu.values() for n in group),
    ]
    too_long = [name for name, longest in names if len(name) > longest]
    keys = [key for group in menu.values() for key in group.values()]
    if too_many or too_long or any(len(key.encode()) > MAX_KEY_BYTES for key in keys):
        raise ValueError(
            f"菜单最多 {MOST_GROUPS} 组、每组 {MOST_BUTTONS} 个，名字最长 {LONGEST_GROUP}、{LONGEST_BUTTON} 个字"
        )
    return {
        "button": [
            {
                "name": name,
                "sub_button": [{"type": "click", "name": button, "key": said} for button, said in group.items()],
            }
            for name, group in menu.items()
        ]
    }
