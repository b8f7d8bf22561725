"""What is in use and whether it is in order, told to the operator in plain words."""

from __future__ import annotations

import asyncio
import shutil
import stat
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.accounts import SettingsError
from bot.hosts import check_identities
from bot.identity import DamagedKey, Identities
from bot.opening import Stores, open_stores
from bot.operators import read_operators
from bot.serving import check_accounts, is_loopback
from bot.settings import PREFIX, Settings
from bot.store.faults import StoreError
from bot.store.redis import RedisConversations
from bot.store.staffing import KEEPER
from knowledge.library import Library
from knowledge.loading import CityError
from rules.workdays import WorkCalendar

_FREE_BYTES = 1 << 30
"""Less free space than this is told: journals and backups need room."""
REDIS_NEEDS = {
    "appendonly": ("yes", "重启会丢掉没办完的对话和 10 分钟内的回复（填报、提醒、同意记录不受影响）"),
    "appendfsync": ("always", "断电会丢掉最后一秒左右的对话（填报、提醒、同意记录不受影响）"),
    "maxmemory-policy": ("noeviction", "内存满了会悄悄丢掉没办完的对话"),
}
ADD_FIRST = "juzhuzheng staff add 登录名 --role administrator"
_OLDEST_REDIS, _OLDEST_POSTGRES = (6,), (14,)


@dataclass(frozen=True)
class Finding:
    """One line of the report. `advice` says what to do; empty when all is well. `is_fatal`: it does not work so."""

    part: str
    told: str
    advice: str = ""
    is_fatal: bool = False

    def __str__(self) -> str:
        mark = "坏" if self.is_fatal else "注意" if self.advice else "好"
        return f"[{mark}] {self.part}：{self.told}" + (f"。{self.advice}" if self.advice else "")


def examine(settings: Settings, library: Library, today: date) -> list[Finding]:
    """Return what is found; nothing is changed but that missing stores and keys are made, as a start would."""
    found = [_cities(library), _holidays(library, today), _receivers(settings, library), *_channels(settings, library)]
    try:
        return [*found, *_files(settings.data_dir), *_data(settings, library)]
    except OSError as error:
        told = f"{settings.data_dir} 读写不了（{error.strerror or error}）"
        return [*found, Finding("数据文件夹", told, "请检查权限和磁盘空间", is_fatal=True)]


def _data(settings: Settings, library: Library) -> Iterable[Finding]:
    try:
        stores = open_stores(settings, library)
    except StoreError as error:
        return [Finding("数据", "打不开", str(error), is_fatal=True)]
    except ValueError:  # its text may quote a piece of the address, and there of a password
        advice = f"请检查 {PREFIX}REDIS_URL 和 {PREFIX}DATABASE_URL：用户:口令@主机:端口/库，口令里的特殊字符要写成 %xx"
        return [Finding("数据", "地址看不懂", advice, is_fatal=True)]
    return [_space(settings.data_dir), *asyncio.run(_stores(settings, stores))]


async def _stores(settings: Settings, stores: Stores) -> list[Finding]:
    looks: tuple[Callable[[Settings, Stores], Awaitable[list[Finding]]], ...] = (
        _conversations,
        _records,
        _keys,
        _identities,
        _staff,
    )
    try:
        return [finding for look in looks for finding in await look(settings, stores)]
    finally:
        await stores.conversations.close()
        stores.records.close()
        stores.vault.close()


async def _conversations(settings: Settings, stores: Stores) -> list[Finding]:
    conversations = stores.conversations
    try:
        await conversations.ping()
        if not isinstance(conversations, RedisConversations):
            return [Finding("会话", f"SQLite，{settings.data_dir / 'conversations.sqlite3'}，能写")]
        facts = await conversations.info()
    except StoreError as error:
        return [Finding("会话", "不能用", str(error), is_fatal=True)]
    version = str(facts["redis_version"])
    if _numbers(version) < _OLDEST_REDIS:
        return [Finding("会话", f"Redis {version}", "需要 6 以上，请升级", is_fatal=True)]
    weak = [
        Finding("会话", f"Redis 的 {name} 是 {facts.get(name)}", f"{loses}；请改成 {wanted}")
        for name, (wanted, loses) in REDIS_NEEDS.items()
        if facts.get(name) != wanted
    ]
    return [Finding("会话", f"Redis {version}，能写"), *weak]


async def _records(settings: Settings, stores: Stores) -> list[Finding]:
    try:
        status = await asyncio.to_thread(stores.records.status)
    except StoreError as error:
        return [Finding("填报", "不能用", str(error), is_fatal=True)]
    told = f"{status.dialect} {status.server_version}，表的版本 {status.revision}"
    if status.dialect == "postgresql" and _numbers(status.server_version) < _OLDEST_POSTGRES:
        return [Finding("填报", told, "需要 PostgreSQL 14 以上，请升级", is_fatal=True)]
    return [Finding("填报", told)]


async def _keys(settings: Settings, stores: Stores) -> list[Finding]:
    try:
        await asyncio.to_thread(stores.vault.ping)
    except StoreError as error:
        return [Finding("密钥", "不能用", str(error), is_fatal=True)]
    told = "数据密钥和别的机器共用" if stores.vault.is_shared else "数据密钥在数据文件夹"
    return [Finding("密钥", f"{told}，主密钥 {settings.data_dir / 'vault.key'}，能用")]


async def _identities(settings: Settings, stores: Stores) -> list[Finding]:
    file = settings.data_dir / "identity.key"
    try:
        await asyncio.to_thread(check_identities, Identities.from_file(file), stores.vault)
    except DamagedKey:
        advice = "请从备份取回；真的没有了才删掉它重建，那样旧会话、旧填报就找不到主人了"
        return [Finding("身份密钥", f"{file} 坏了", advice, is_fatal=True)]
    except StoreError as error:
        return [Finding("身份密钥", "不能用", str(error), is_fatal=True)]
    return [Finding("身份密钥", f"{file}，能用")]


async def _staff(settings: Settings, stores: Stores) -> list[Finding]:
    """Tell who may sign in to the console; the more is asked, the further it is reached."""
    try:
        officers = await asyncio.to_thread(stores.records.officers)
    except StoreError as error:
        return [Finding("工作台", "不能用", str(error), is_fatal=True)]
    people = [officer for officer in officers if officer.is_active]
    keepers = [officer for officer in people if KEEPER in officer.roles]
    told = f"{len(people)} 人能登录，{len(keepers)} 位管理员" if people else "还没有人能登录"
    if is_loopback(settings.internal_host):
        return [Finding("工作台", f"{told}；只有这台机器能打开")]
    found = []
    if not keepers:
        found.append(Finding("工作台", f"{told}，没有管理员", f"请运行 {ADD_FIRST}"))
    without = sum(not officer.has_totp for officer in keepers)
    if without:
        found.append(Finding("工作台", f"{without} 位管理员没有手机验证码", "请他们登录，照着设置；没设置前管不了人员"))
    where = f"{settings.internal_host}:{settings.internal_port}"
    advice = f"密码会不加密地经过网络，{PREFIX}INTERNAL 请只用 127.0.0.1，再用 SSH 隧道或反向代理（HTTPS）"
    return [*found, Finding("工作台", f"{told}；别的机器也能打开 {where}", advice)]


def _cities(library: Library) -> Finding:
    names = "、".join(city.name for city in library.cities.values())
    return Finding(
        "办法",
        f"{len(library.cities)} 个城市：{names}" if len(library.cities) <= 10 else f"{len(library.cities)} 个城市",
    )


def _holidays(library: Library, today: date) -> Finding:
    if WorkCalendar(library.holidays).is_published(today.year):
        return Finding("放假安排", f"有 {today.year} 年的")
    return Finding("放假安排", f"没有 {today.year} 年的", "工作日先按周一到周五算；公布后请填 holidays.toml")


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    told = f"{folder}，还剩 {free / _FREE_BYTES:.1f} GiB"
    return Finding("数据文件夹", told, "" if free >= _FREE_BYTES else "快满了；请清理磁盘，满了就存不下填报")


def _files(folder: Path) -> Iterable[Finding]:
    for file in sorted(folder.glob("*")) if folder.exists() else ():
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding("数据文件夹", f"{file} 别的用户也能读", f"请运行 chmod go= {file}")


def _receivers(settings: Settings, library: Library) -> Finding:
    try:
        operators = read_operators(settings.operator_dir, library)
    except CityError as error:
        return Finding("谁接收填报", "operators.toml 有错", str(error), is_fatal=True)
    told = "、".join(f"{library.cities[slug].name}由{operator.name}接收" for slug, operator in operators)
    return Finding("谁接收填报", told or "没有单位接收，填报都是演示")


def _channels(settings: Settings, library: Library) -> Iterable[Finding]:
    if settings.public_url is None:
        advice = f"引文不带链接，公众号里也打不开一次性网页；请设 {PREFIX}PUBLIC_URL"
        yield Finding("对外网址", "没有设", advice)
    elif not settings.public_url.startswith("https://"):
        yield Finding(
            "对外网址", settings.public_url, "不是 https，cookie 和填的内容路上能被人看到；请用反向代理做 HTTPS"
        )
    try:
        check_accounts(settings, library)
    except SettingsError as error:
        yield Finding("公众号", "账号文件有错", str(error), is_fatal=True)
    else:
        yield Finding("公众号", "、".join(account.name for account in settings.wechat_accounts) or "没有配置")
    if settings.workers > 1:
        yield Finding("进程", f"{settings.workers} 个")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
