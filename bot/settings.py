"""Settings, read once from the environment. An unknown JUZHUZHENG_ name is an error, not a silent typo."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "JUZHUZHENG_"
_KNOWN = {"HOST", "PORT", "PUBLIC_URL", "DATA_DIR", "CITIES_DIR", "OPERATOR_DIR", "WECHAT_ACCOUNTS"}


class SettingsError(Exception):
    """A setting that cannot be used; the text says which one and what to write instead."""


@dataclass(frozen=True)
class WechatAccount:
    """One official account. `name` is the last part of its callback URL; keys come from the platform's console.

    `city` answers people who have not said where they live; who names another city gets that one.
    """

    name: str
    app_id: str
    token: str
    aes_key: str
    previous_aes_key: str | None = None
    city: str | None = None


@dataclass(frozen=True)
class Settings:
    """Where to listen, where to keep data, which accounts to serve. `public_url` None means citations without links.

    `operator_dir` holds what the operator has entered: offices.csv, holidays.toml.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    data_dir: Path = Path("data")
    cities_dir: Path | None = None
    operator_dir: Path | None = None
    wechat_accounts: tuple[WechatAccount, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read JUZHUZHENG_HOST, _PORT, _PUBLIC_URL, _DATA_DIR, _CITIES_DIR, _OPERATOR_DIR, _WECHAT_ACCOUNTS.

        Raises SettingsError for an unknown name or an unusable value.
        """
        given = {name[len(PREFIX) :]: value for name, value in environment.items() if name.startswith(PREFIX)}
        unknown = sorted(set(given) - _KNOWN)
        if unknown:
            known = "、".join(sorted(PREFIX + name for name in _KNOWN))
            raise SettingsError(f"没有 {PREFIX}{unknown[0]} 这个设置；可用的有：{known}")
        accounts_file = given.get("WECHAT_ACCOUNTS")
        return cls(
            host=given.get("HOST") or cls.host,
            port=_port(given.get("PORT") or str(cls.port)),
            public_url=_url(given.get("PUBLIC_URL")),
            data_dir=Path(given.get("DATA_DIR") or cls.data_dir),
            cities_dir=Path(given["CITIES_DIR"]) if given.get("CITIES_DIR") else None,
            operator_dir=Path(given["OPERATOR_DIR"]) if given.get("OPERATOR_DIR") else None,
            wechat_accounts=_read_accounts(Path(accounts_file)) if accounts_file else (),
        )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5) or not 0 <= int(text) <= 65535:
        raise SettingsError(f"{PREFIX}PORT 应是 0 到 65535 的整数，现在是「{text}」")
    return int(text)


def _url(text: str | None) -> str | None:
    if not text:
        return None
    if not text.startswith(("http://", "https://")):
        raise SettingsError(f"{PREFIX}PUBLIC_URL 应以 https:// 开头，例如 https://jzz.example.gov.cn")
    return text.rstrip("/")


def _read_accounts(path: Path) -> tuple[WechatAccount, ...]:
    """Read the accounts file: one TOML table an account, its name is the callback's last path part."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{PREFIX}WECHAT_ACCOUNTS：读不了 {path}（{error}）") from error
    return tuple(_account(name, table, path) for name, table in tables.items())


def _account(name: str, table: object, path: Path) -> WechatAccount:
    allowed = {"app_id", "token", "aes_key", "previous_aes_key", "city"}
    if not isinstance(table, dict):
        raise SettingsError(f"{path}：「{name}」应写成一节 [{name}]")
    unknown = sorted(set(table) - allowed)
    missing = sorted(key for key in ("app_id", "token", "aes_key") if not table.get(key))
    if unknown:
        raise SettingsError(f"{path} [{name}]：没有「{unknown[0]}」这一项；可用的有：{'、'.join(sorted(allowed))}")
    if missing:
        raise SettingsError(f"{path} [{name}]：缺「{missing[0]}」，请从公众平台“基本配置”页抄来；没有默认值")
    wrong = sorted(key for key, value in table.items() if not isinstance(value, str))
    if wrong:
        raise SettingsError(f"{path} [{name}]：「{wrong[0]}」应写在引号里")
    return WechatAccount(name=name, **table)
