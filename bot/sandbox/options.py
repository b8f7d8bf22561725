"""What a box is started with: whose account, how fast its clocks run, what goes wrong how often."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from bot.accounts import AccountType, SettingsError, WechatAccount
from bot.sandbox.faults import Fault
from bot.wechat.codec import is_aes_key

ORIGINAL_ID = "gh_0123456789ab"
_FASTEST = 10_000


class AccountKind(StrEnum):
    """What kind of account the platform holds; it decides which parts of the API may be called."""

    SERVICE = "service"
    SUBSCRIPTION = "subscription"
    TEST = "test"


@dataclass(frozen=True)
class Clocks:
    """How long things take on the platform, all in seconds of its own; `speed` of them pass in one of ours."""

    speed: float = 1.0
    patience: float = 5.0
    """How long a push waits for its reply; the next one begins when this is over."""
    late: float = 4.5
    """A push that took longer than this counts as late in the ledger."""
    rest: float = 60.0
    """How long nothing is pushed after too many failures."""
    message_window: float = 48 * 3600.0
    touch_window: float = 60.0
    token: float = 7200.0
    token_overlap: float = 300.0
    """How long before its end a token has a successor, beside which it stays good."""
    typing_window: float = 30.0
    typing: float = 15.0
    human: float = 1800.0
    """How long a conversation with a human lasts after the last message."""
    longest_delay: float = 8.0
    overtaking: float = 3.0
    """How long a message is held back for a later one to overtake it."""
    longest_drop: float = 1.0
    """How soon a connection that is dropped by a fault is dropped, at the latest."""
    api_slowness: float = 6.0


@dataclass(frozen=True)
class SandboxOptions:
    """What a box is started with. Its repr shows no key.

    `callback_url` is where pushes go. `account` is the one that the service has too, `mode` and keys included. What the
    platform holds of it may differ: `app_secret`, `kind` and `is_verified`, None: as `account` says. `whitelist` None:
    any address may ask for a token. `failures_before_rest` failures in a row stop the pushes for `clocks.rest` seconds.
    `faults` are probabilities, 0 to 1, drawn from `seed`: the same seed gives the same chances again. `port` 0: any.

    Raises SettingsError for what cannot be used.
    """

    callback_url: str
    account: WechatAccount
    app_secret: str | None = field(default=None, repr=False)
    kind: AccountKind | None = None
    is_verified: bool | None = None
    whitelist: frozenset[str] | None = None
    clocks: Clocks = Clocks()
    pushes: int = 3
    failures_before_rest: int = 5
    faults: Mapping[Fault, float] = field(default_factory=dict)
    seed: int = 0
    host: str = "127.0.0.1"
    port: int = 0
    original_id: str = ORIGINAL_ID

    def __post_init__(self) -> None:
        check_url(self.callback_url)
        if not self.account.token or not self.account.app_id or not self.secret:
            raise SettingsError(
                "沙箱要有 app_id、token 和 AppSecret，哪一个都不能空；没有公众号就用 invented_account()"
            )
        for key in (self.account.aes_key, self.account.previous_aes_key):
            if key is not None and not is_aes_key(key):
                raise SettingsError("沙箱的 EncodingAESKey 应为 43 个字母或数字，请与服务的账号文件一致")
        if self.faults.get(Fault.PREVIOUS_KEY) and self.account.previous_aes_key is None:
            raise SettingsError("要用上一个 EncodingAESKey 推送，账号里得有 previous_aes_key")
        if not 0 < self.clocks.speed <= _FASTEST:
            raise SettingsError(f"沙箱的快慢 speed 应大于 0、不超过 {_FASTEST}，例如 100 是快一百倍")
        if self.pushes < 1 or self.failures_before_rest < 1:
            raise SettingsError("推送次数和连续失败次数至少是 1")

    @property
    def secret(self) -> str:
        """The AppSecret that the platform takes; "" when none was given."""
        return self.account.app_secret or "" if self.app_secret is None else self.app_secret

    @property
    def kind_held(self) -> AccountKind:
        """The kind of account that the platform holds."""
        return AccountKind(self.account.type) if self.kind is None else self.kind

    @property
    def is_held_verified(self) -> bool:
        """Whether the platform holds the account for verified; a test account may all the same."""
        verified = self.account.verified if self.is_verified is None else self.is_verified
        return verified or self.kind_held is AccountKind.TEST


def check_url(callback_url: str) -> None:
    """Raise SettingsError for an address that nothing can be pushed to."""
    found = urlsplit(callback_url)
    if found.scheme not in ("http", "https") or not found.hostname:
        raise SettingsError("回调地址应以 http:// 开头，例如 http://127.0.0.1:8080/wechat/main")


def invented_account(name: str = "main") -> WechatAccount:
    """Return a verified service account that nobody has, with new keys each time, for whoever has none yet."""
    return WechatAccount(
        name=name,
        app_id=f"wx{secrets.token_hex(8)}",
        token=secrets.token_hex(16),
        aes_key=secrets.token_hex(22)[:43],
        app_secret=secrets.token_hex(16),
        type=AccountType.SERVICE,
        verified=True,
    )


@dataclass(frozen=True)
class Clock:
    """The platform's clock: it counts seconds of the platform, `speed` of which pass in one of ours."""

    speed: float

    def now(self) -> float:
        """Return the seconds of the platform since some beginning."""
        return time.monotonic() * self.speed

    def ours(self, seconds: float) -> float:
        """Return how many of our seconds these are."""
        return seconds / self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait so many seconds of the platform."""
        await asyncio.sleep(self.ours(seconds))
