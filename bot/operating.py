"""Commands for whoever runs the service: doctor, settings, erase, keys, backup, restore."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from contextlib import closing
from pathlib import Path

import click

from bot.clock import today_in_shanghai
from bot.command_line import check_owner, library_of, plainly
from bot.identity import Identities
from bot.settings import PREFIX, SETTINGS, Settings
from dialogs.effects import Erase
from knowledge.library import Library


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """检查：用的是什么、好不好、要改什么。"""
    from bot.doctor import examine

    check_owner(settings.data_dir)
    found = examine(settings, library_of(settings), today_in_shanghai())
    for finding in found:
        click.echo(str(finding))
    sys.exit(1 if any(finding.is_fatal for finding in found) else 0)


@click.command()
@click.option("--receipt", help="一份填报的回执号：删除填它的人的全部信息。")
@click.option("--wechat", nargs=2, metavar="账号 OPENID", help="公众号账号的名字和这个人的 openid。")
@click.option("--yes", is_flag=True, help="不再问一遍。")
@click.pass_obj
def erase(settings: Settings, receipt: str | None, wechat: tuple[str, str] | None, yes: bool) -> None:
    """删除一个人的全部信息：填报、照片、草稿、会话、提醒、同意记录。"""
    if (receipt is None) == (wechat is None):
        raise click.UsageError("请说是谁：--receipt 回执号，或 --wechat 账号 OPENID")
    check_owner(settings.data_dir)
    if not yes:
        click.confirm("删了就永远打不开了，备份里的也一样。真的删除吗？", abort=True)
    with plainly():
        click.echo(asyncio.run(_erased(settings, library_of(settings), receipt, wechat)))


@click.command("settings")
@click.option("--env", "as_environment", is_flag=True, help="写成环境文件，给 systemd 用。")
def settings_command(as_environment: bool) -> None:
    """列出全部设置、默认值和意思。"""
    click.echo(environment_file() if as_environment else reference(), nl=False)


def reference() -> str:
    """Return every setting as a table in Markdown."""
    rows = [f"| `{PREFIX}{name}` | {_shown(one.default)} | {one.meaning} |" for name, one in SETTINGS.items()]
    return "\n".join(["| 名称 | 默认 | 意思 |", "|---|---|---|", *rows, ""])


def environment_file() -> str:
    """Return every setting as a line of an environment file, commented out."""
    return "".join(
        f"# {one.meaning.replace('`', '')}\n#{PREFIX}{name}={'' if one.default in _UNSET else one.default}\n\n"
        for name, one in SETTINGS.items()
    )


_UNSET = ("无", "程序自带")


def _shown(default: str) -> str:
    return default if default in _UNSET else f"`{default}`"


@click.group()
def keys() -> None:
    """换主密钥：以前备份里的数据密钥从此作废，删除才算彻底。"""


@keys.command()
@click.pass_obj
def rotate(settings: Settings) -> None:
    """换上新的主密钥。几台机器共用时先 stage，把密钥文件抄到每台，再 rotate。"""
    is_shared = _with_vault(settings, "rotate")
    if is_shared:
        click.echo("换好了。请在每台机器上运行 juzhuzheng keys finish，去掉旧的主密钥。")
    else:
        click.echo(f"换好了。请马上备份 {settings.data_dir / 'vault.key'}，并销毁旧的密钥备份。")


@keys.command()
@click.pass_obj
def stage(settings: Settings) -> None:
    """几台机器共用时的第一步：在密钥文件里备下新的主密钥，还不用它。"""
    _with_vault(settings, "stage")
    click.echo(f"备好了。请把 {settings.data_dir / 'vault.key'} 抄到每台机器，再运行 juzhuzheng keys rotate。")


@keys.command()
@click.pass_obj
def finish(settings: Settings) -> None:
    """几台机器共用时的最后一步：在每台机器上各运行一次，去掉旧的主密钥。"""
    _with_vault(settings, "finish")
    click.echo("旧的主密钥已去掉。请备份密钥文件，并销毁旧的密钥备份。")


@click.command()
@click.option("--records", type=click.Path(path_type=Path), help="填报备份到哪个文件夹；用 PostgreSQL 时不填。")
@click.option("--keys", "keys_to", required=True, type=click.Path(path_type=Path), help="密钥备份到哪个文件夹。")
@click.pass_obj
def backup(settings: Settings, records: Path | None, keys_to: Path) -> None:
    """备份填报和密钥，放在两个地方；服务不用停。"""
    from bot.backup import back_up

    with plainly():
        _check_where(settings, records)
        back_up(settings.data_dir, records, keys_to)
    click.echo("备份好了。两个文件夹要分开存放，都不要给别人看。")


@click.command()
@click.option("--records", type=click.Path(path_type=Path), help="填报的备份在哪个文件夹；用 PostgreSQL 时不填。")
@click.option("--keys", "keys_from", required=True, type=click.Path(path_type=Path), help="密钥的备份在哪个文件夹。")
@click.pass_obj
def restore(settings: Settings, records: Path | None, keys_from: Path) -> None:
    """把备份放回空的数据文件夹；先停服务。"""
    from bot.backup import restore as put_back

    with plainly():
        _check_where(settings, records)
        put_back(settings.data_dir, records, keys_from)
    click.echo("放回去了。请运行 juzhuzheng doctor 检查，再启动服务。")


def _check_where(settings: Settings, records: Path | None) -> None:
    check_owner(settings.data_dir)
    if settings.database_url is None and records is None:
        raise click.UsageError("请写上 --records 文件夹")
    if settings.database_url is not None and records is not None:
        raise click.UsageError("填报在 PostgreSQL 里，用 pg_dump 备份（见 docs/operations.md）；这里只写 --keys")


def _with_vault(settings: Settings, step: str) -> bool:
    """Take the step; return whether several hosts share the data keys."""
    from bot.store.vault import Vault

    check_owner(settings.data_dir)
    with plainly(), closing(Vault.open(settings.data_dir, settings.database_url)) as vault:
        {"rotate": vault.rotate, "stage": vault.stage, "finish": vault.finish}[step]()
        return vault.is_shared


async def _erased(settings: Settings, library: Library, receipt: str | None, wechat: tuple[str, str] | None) -> str:
    from bot.hosts import check_identities
    from bot.opening import open_stores

    identities = Identities.from_file(settings.data_dir / "identity.key")
    stores = open_stores(settings, library)
    try:
        check_identities(identities, stores.vault)
        if wechat is not None:
            person = identities.of("wechat", *wechat)
        else:
            person = await asyncio.to_thread(stores.records.person_of, receipt or "")
        # The conversation first: when it cannot be removed now, the receipt still tells whose it is the next time.
        await stores.conversations.forget(person)
        key = f"erase:{secrets.token_hex(16)}"
        today = today_in_shanghai()
        await asyncio.to_thread(stores.records.carry_out, key, person, (Erase(),), today, time.time())
    finally:
        await stores.conversations.close()
        stores.records.close()
        stores.vault.close()
    return "删好了：填报、照片、草稿、会话、提醒和同意记录都没有了。谁查看过的记录按规定留着，里面没有个人内容。"


COMMANDS = (doctor, settings_command, erase, keys, backup, restore)
"""Added to the console script by `bot.__main__`."""
