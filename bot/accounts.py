"""The official accounts an operator serves: one TOML table each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any


class SettingsError(Exception):
    """A setting that cannot be used; the text says which one and what to write instead."""


class Mode(StrEnum):
    """How an account's messages come and are answered, as chosen in the console: 安全, 兼容 or 明文."""

    SAFE = "safe"
    COMPATIBLE = "compatible"
    PLAIN = "plain"


class AccountType(StrEnum):
    """What the account is: 服务号 or 订阅号. With `verified` it decides what the platform lets it do."""

    SERVICE = "service"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True)
class Hours:
    """When clerks answer: weekdays (1 is Monday), from `begins` until before `ends`, in the city's time."""

    first_day: int
    last_day: int
    begins: time
    ends: time

    def hold_at(self, moment: datetime) -> bool:
        """Tell whether `moment`, in the city's time, lies within."""
        return self.first_day <= moment.isoweekday() <= self.last_day and self.begins <= moment.time() < self.ends

    def __str__(self) -> str:
        days = "一二三四五六日"
        first, last = days[self.first_day - 1], days[self.last_day - 1]
        told = f"周{first}" if first == last else f"周{first}至周{last}"
        return f"{told} {self.begins:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True)
class WechatAccount:
    """One official account. `name` is the last part of its callback URL; keys come from the platform's console.

    `city` answers people who have not said where they live; who names another city gets that one. `cities` are offered
    to who follows, all when it is empty. `mode` is the only one in which messages are taken. Without `app_secret` the
    platform's interfaces are not called. `clerk_hours` are when people who ask for a human are handed to the clerks of
    the platform's customer service; `clerk_phone` is told otherwise. `reminder_template` is the subscription
    notification that reminds, `reminder_fields` what stands in its fields, with {what}, {day} and {city}.
    `verify_files` are the platform's MP_verify_….txt that are served. The repr shows no key.
    """

    name: str
    app_id: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    previous_aes_key: str | None = field(default=None, repr=False)
    city: str | None = None
    mode: Mode = Mode.SAFE
    app_secret: str | None = field(default=None, repr=False)
    type: AccountType = AccountType.SUBSCRIPTION
    verified: bool = False
    cities: tuple[str, ...] = ()
    clerk_hours: tuple[Hours, ...] = ()
    clerk_phone: str | None = None
    reminder_template: str | None = None
    reminder_fields: Mapping[str, str] = field(default_factory=dict)
    verify_files: tuple[str, ...] = ()


_TEXTS = (
    "app_id",
    "token",
    "aes_key",
    "previous_aes_key",
    "city",
    "app_secret",
    "clerk_phone",
    "reminder_template",
)
_NEEDED = ("app_id", "token", "aes_key")
_LISTS = ("cities", "clerk_hours", "verify_files")
_CHOICES: Mapping[str, type[StrEnum]] = {"mode": Mode, "type": AccountType}
_KNOWN = frozenset({*_TEXTS, *_LISTS, *_CHOICES, "verified", "reminder_fields"})
_VERIFY_FILE = re.compile(r"MP_verify_[0-9A-Za-z]{1,64}\.txt")
_FILLED = {"what": "", "day": "", "city": ""}
_HOURS = re.compile(r"([1-7])(?:-([1-7]))? (\d\d:\d\d)-(\d\d:\d\d)")


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
    where = f"{path} [{name}]"
    if not isinstance(table, dict):
        raise SettingsError(f"{path}：「{name}」应写成一节 [{name}]")
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise SettingsError(f"{where}：没有「{unknown[0]}」这一项；可用的有：{'、'.join(sorted(_KNOWN))}")
    missing = sorted(key for key in _NEEDED if not table.get(key))
    if missing:
        raise SettingsError(f"{where}：缺「{missing[0]}」，请从公众平台“基本配置”页抄来；没有默认值")
    given: dict[str, Any] = {key: _text(where, key, table[key]) for key in _TEXTS if key in table}
    given |= {key: _choice(where, key, table[key], kinds) for key, kinds in _CHOICES.items() if key in table}
    given |= {"cities": _texts(where, "cities", table)} if "cities" in table else {}
    if "clerk_hours" in table:
        given["clerk_hours"] = tuple(_hours(where, text) for text in _texts(where, "clerk_hours", table))
    if "reminder_fields" in table:
        given["reminder_fields"] = _fields(where, table["reminder_fields"])
    if "verify_files" in table:
        given["verify_files"] = _verify_files(where, table)
    if "verified" in table:
        if not isinstance(table["verified"], bool):
            raise SettingsError(f"{where}：「verified」写 true（认证过）或 false，不加引号")
        given["verified"] = table["verified"]
    return WechatAccount(name=name, **given)


def _text(where: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"{where}：「{key}」应写在引号里")
    return value


def _choice(where: str, key: str, value: object, kinds: type[StrEnum]) -> StrEnum:
    if not isinstance(value, str) or value not in set(kinds):
        raise SettingsError(f"{where}：「{key}」只能写 {'、'.join(kinds)}，写在引号里")
    return kinds(value)


def _texts(where: str, key: str, table: Mapping[str, object]) -> tuple[str, ...]:
    values = table[key]
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise SettingsError(f'{where}：「{key}」应写成一列，例如 ["…", "…"]')
    return tuple(values)


def _fields(where: str, value: object) -> Mapping[str, str]:
    """Read what stands in the fields of a notification. Raises SettingsError."""
    try:
        if not isinstance(value, dict):
            raise ValueError(value)
        for text in value.values():
            str.format(text, **_FILLED)
    except (TypeError, ValueError, KeyError, IndexError):
        example = '{ thing1 = "{city}居住证：{what}", time2 = "{day}" }'
        raise SettingsError(f"{where}：「reminder_fields」看不懂；按模板里的字段写，例如 {example}") from None
    return dict(value)


def _verify_files(where: str, table: Mapping[str, object]) -> tuple[str, ...]:
    files = _texts(where, "verify_files", table)
    if not all(_VERIFY_FILE.fullmatch(file) for file in files):
        raise SettingsError(f'{where}：「verify_files」写平台给的文件名，例如 ["MP_verify_AbC123.txt"]')
    return files


def _hours(where: str, text: str) -> Hours:
    """Read 1-5 09:00-12:00. Raises SettingsError."""
    found = _HOURS.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        first, last, begins, ends = found.groups()
        hours = Hours(int(first), int(last or first), time.fromisoformat(begins), time.fromisoformat(ends))
    except ValueError:
        hours = None
    if hours is None or hours.last_day < hours.first_day or hours.ends <= hours.begins:
        raise SettingsError(f'{where}：「clerk_hours」看不懂“{text}”；写成 "1-5 09:00-12:00"，1 是周一')
    return hours
