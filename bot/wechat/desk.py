"""One account as the channel serves it: what it may do, how it says things, the interfaces it can call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.accounts import WechatAccount
from bot.wechat.api import WechatApi
from bot.wechat.profile import Profile, profile_of
from dialogs.saying import Saying

Render = Callable[[Saying], str]
"""Returns the messages that tell a saying, PIECES_APART between them, FOR_A_CLERK before them."""

PIECES_APART = "\x1e"
FOR_A_CLERK = "\x02"
"""Signs that no message can hold: they are taken out of what people read."""


@dataclass(frozen=True)
class Desk:
    """`api` is None where the account may not, or cannot, call the platform."""

    account: WechatAccount
    profile: Profile
    render: Render
    api: WechatApi | None = None

    @property
    def messenger(self) -> WechatApi | None:
        """The interfaces, where messages may be sent through them."""
        return self.api if self.profile.sends_messages else None

    def has_clerks_at(self, moment: datetime) -> bool:
        """Tell whether people can be handed to the account's clerks at `moment`, in the city's time."""
        return self.profile.hands_off and any(hours.hold_at(moment) for hours in self.account.clerk_hours)


def desk_of(account: WechatAccount, render: Callable[[Profile], Render]) -> Desk:
    """Return the desk of an account, its interfaces not opened yet."""
    profile = profile_of(account)
    return Desk(account, profile, render(profile))
