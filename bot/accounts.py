"""The official accounts an operator serves: one TOML table each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path


class SettingsError(Exception):
    """A setting that cannot be used; the text says which one and what to write instead."""


@dataclass(frozen=True)
class WechatAccount:
    """One official account. `name` is the last part of its callback URL; keys come from the platform's console.

    `city` answers people who have not said where they live; who names another city gets that one. The repr shows no
    key.
    """

    name: str
    app_id: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    previous_aes_key: str | None = field(default=None, repr=False)
    city: str | None = None


def read_accounts(setting: str, path: Path) -> tuple[WechatAccount, ...]:
    """Read the accounts file that `setting` names: the name of a table is the callback's last path part.

    Raises SettingsError.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{setting}：读不了 {path}（{error}）") from error
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
