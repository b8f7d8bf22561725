"""Settings, read once from the environment. An unknown JUZHUZHENG_ name is an error, not a silent typo."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.accounts import SettingsError, WechatAccount, read_accounts

__all__ = ["PREFIX", "SETTINGS", "Setting", "Settings", "SettingsError", "WechatAccount"]

PREFIX = "JUZHUZHENG_"
_POSTGRES = ("postgresql://", "postgresql+psycopg://")
_REDIS = ("redis://", "rediss://", "unix://")


@dataclass(frozen=True)
class Settings:
    """What the program runs with; the table SETTINGS tells of each. None: not set.

    The repr shows no address of a store: a password may stand in it.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    internal_host: str = "127.0.0.1"
    internal_port: int = 8081
    workers: int = 1
    public_url: str | None = None
    proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})
    data_dir: Path = Path("data")
    cities_dir: Path | None = None
    operator_dir: Path | None = None
    redis_url: str | None = None
    database_url: str | None = None
    turns_a_minute: int = 30
    posts_a_minute: int = 300
    turns_at_once: int = 200
    keeps_questions: bool = True
    wechat_accounts: tuple[WechatAccount, ...] = ()
    wechat_api: str = "https://api.weixin.qq.com"

    def __repr__(self) -> str:
        return f"Settings(host={self.host!r}, port={self.port}, data_dir={self.data_dir})"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the JUZHUZHENG_ names of SETTINGS; an empty value counts as not set.

        Raises SettingsError for an unknown name or an unusable value, without quoting an address that may hold a
        password.
        """
        given = {name[len(PREFIX) :]: value for name, value in environment.items() if name.startswith(PREFIX)}
        unknown = sorted(set(given) - set(SETTINGS))
        if unknown:
            known = "、".join(sorted(PREFIX + name for name in SETTINGS))
            raise SettingsError(f"没有 {PREFIX}{unknown[0]} 这个设置；可用的有：{known}")
        read: dict[str, Any] = {}
        for name, value in given.items():
            if value:
                read |= SETTINGS[name].read(PREFIX + name, value)
        settings = cls(**read)
        settings.check()
        return settings

    def check(self) -> None:
        """Raise SettingsError when settings do not go together."""
        if self.workers > 1 and self.redis_url is None:
            raise SettingsError(f"几个进程（WORKERS）要靠 Redis 排队、记住说到哪里；请设 {PREFIX}REDIS_URL")


@dataclass(frozen=True)
class Setting:
    """One setting: `read` turns its name and text into fields of Settings; `default` and `meaning` are for people."""

    read: Callable[[str, str], dict[str, Any]]
    default: str
    meaning: str


def _as_text(field: str) -> Callable[[str, str], dict[str, Any]]:
    return lambda _, text: {field: text}


def _as_path(field: str) -> Callable[[str, str], dict[str, Any]]:
    return lambda _, text: {field: Path(text)}


def _as_number(field: str, lowest: int, highest: int) -> Callable[[str, str], dict[str, Any]]:
    def read(name: str, text: str) -> dict[str, Any]:
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(highest))
        if not is_number or not lowest <= int(text) <= highest:
            raise SettingsError(f"{name} 应是 {lowest} 到 {highest} 的整数，现在是「{text}」")
        return {field: int(text)}

    return read


def _as_yes_or_no(field: str) -> Callable[[str, str], dict[str, Any]]:
    def read(name: str, text: str) -> dict[str, Any]:
        if text.lower() not in ("yes", "no"):
            raise SettingsError(f"{name} 应是 yes 或 no，现在是「{text}」")
        return {field: text.lower() == "yes"}

    return read


def _as_store(
    field: str, beginnings: tuple[str, ...], example: str, *, names_one: bool = False
) -> Callable[[str, str], dict[str, Any]]:
    def read(name: str, text: str) -> dict[str, Any]:
        try:
            found = urlsplit(text)
            is_right = text.startswith(beginnings) and bool(found.hostname or found.path) and found.port != 0
            is_right = is_right and (not names_one or len(found.path) > 1)
        except ValueError:  # its text may quote a part of the password
            is_right = False
        if not is_right:
            raise SettingsError(f"{name} 应以 {' 或 '.join(beginnings)} 开头，例如 {example}")
        return {field: text}

    return read


def _public_url(name: str, text: str) -> dict[str, Any]:
    if not text.startswith(("http://", "https://")):
        raise SettingsError(f"{name} 应以 https:// 开头，例如 https://jzz.example.gov.cn")
    return {"public_url": text.rstrip("/")}


def _wechat_api(name: str, text: str) -> dict[str, Any]:
    if not text.startswith(("http://", "https://")):
        raise SettingsError(f"{name} 应以 https:// 开头，例如 https://api.weixin.qq.com")
    return {"wechat_api": text.rstrip("/")}


def _internal(name: str, text: str) -> dict[str, Any]:
    try:
        found = urlsplit(f"//{text}")
        host, port = found.hostname, found.port
    except ValueError:
        host = port = None
    if not host or port is None:
        raise SettingsError(f"{name} 应是“地址:端口”，例如 127.0.0.1:8081，现在是「{text}」")
    return {"internal_host": host, "internal_port": port}


def _proxies(name: str, text: str) -> dict[str, Any]:
    try:
        return {"proxies": frozenset(str(ipaddress.ip_address(part.strip())) for part in text.split(","))}
    except ValueError:
        raise SettingsError(f"{name} 应是用逗号隔开的 IP 地址，例如 127.0.0.1,10.0.0.5") from None


SETTINGS: Mapping[str, Setting] = {
    "HOST": Setting(_as_text("host"), "127.0.0.1", "监听地址。对外服务请放在反向代理后面，由它做 HTTPS"),
    "PORT": Setting(_as_number("port", 0, 65535), "8080", "端口"),
    "INTERNAL": Setting(
        _internal,
        "127.0.0.1:8081",
        "内部监听：工作台 `/staff`，和 `/metrics`、`/healthz`、`/readyz`。不要对外开放；端口写 0 由系统选",
    ),
    "WORKERS": Setting(
        _as_number("workers", 1, 64), "1", "几个进程一起服务；大于 1 要设 REDIS_URL。`juzhuzheng serve --workers` 相同"
    ),
    "PUBLIC_URL": Setting(
        _public_url, "无", "对外网址，例如 `https://jzz.example.gov.cn`；设了以后引文带链接，cookie 只走 HTTPS"
    ),
    "PROXIES": Setting(_proxies, "127.0.0.1,::1", "反向代理的 IP 地址，逗号隔开；只信它们写的 X-Forwarded-For"),
    "DATA_DIR": Setting(_as_path("data_dir"), "data", "会话、填报和密钥放在哪里"),
    "OPERATOR_DIR": Setting(
        _as_path("operator_dir"),
        "无",
        "您自己填的：`operators.toml` 谁接收填报、`offices.csv` 受理点名录、`holidays.toml` 放假安排",
    ),
    "CITIES_DIR": Setting(_as_path("cities_dir"), "程序自带", "改用这个文件夹里的城市（自带的就不用了）"),
    "WECHAT_ACCOUNTS": Setting(
        lambda name, text: {"wechat_accounts": read_accounts(name, Path(text))}, "无", "公众号账号文件"
    ),
    "WECHAT_API": Setting(
        _wechat_api,
        "https://api.weixin.qq.com",
        "微信接口的地址；只有在沙箱里试（`juzhuzheng wechat sandbox`）或经过代理时才改",
    ),
    "REDIS_URL": Setting(
        _as_store("redis_url", _REDIS, "redis://127.0.0.1:6379/0"),
        "无",
        "会话放在 Redis（6 以上）而不是数据文件夹；几个进程、几台机器必须设",
    ),
    "DATABASE_URL": Setting(
        _as_store("database_url", _POSTGRES, "postgresql://jzz@127.0.0.1/jzz", names_one=True),
        "无",
        "填报和数据密钥放在 PostgreSQL（14 以上）而不是数据文件夹；几台机器必须设",
    ),
    "TURNS_A_MINUTE": Setting(_as_number("turns_a_minute", 1, 100_000), "30", "一个人一分钟最多答几句"),
    "POSTS_A_MINUTE": Setting(_as_number("posts_a_minute", 1, 1_000_000), "300", "网页上一个地址一分钟最多发几次"),
    "TURNS_AT_ONCE": Setting(
        _as_number("turns_at_once", 1, 10_000), "200", "一个进程同时处理几句；再多就请人过一分钟再发，不占内存"
    ),
    "KEEP_QUESTIONS": Setting(
        _as_yes_or_no("keeps_questions"), "yes", "没答上的问题要不要留下（先隐去认不得的词，180 天）供改进：yes 或 no"
    ),
}
"""Every setting, in the order in which it is documented (`juzhuzheng settings`)."""
