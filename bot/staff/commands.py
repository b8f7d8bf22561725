"""`juzhuzheng staff …`: the people of the console, from the server's command line; the service may run meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from bot.command_line import check_owner, library_of, plainly
from bot.settings import Settings
from bot.staff.rights import COMMAND_LINE, ROLE_WORDS, Role

if TYPE_CHECKING:
    from bot.store.records import Records
    from bot.store.staffing import Officer

_GENERATE = click.option("--generate", is_flag=True, help="由程序编一个密码，显示一次；不写就请您输两遍。")
_NAME = click.argument("name", metavar="登录名")


@click.group()
def staff() -> None:
    """工作台的人员：加人、看有谁、给新密码、停用、启用、停用验证码。"""


@staff.command()
@_NAME
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="角色：clerk 窗口、editor 编辑、reviewer 审核、administrator 管理员；可以写几次。",
)
@click.option("--city", "cities", multiple=True, help="只看这个城市的填报，例如 luoyang；可以写几次，不写就是全部。")
@click.option("--shown", default="", help="姓名，给同事看的；不写就用登录名。")
@_GENERATE
@click.pass_obj
def add(
    settings: Settings, name: str, roles: tuple[str, ...], cities: tuple[str, ...], shown: str, generate: bool
) -> None:  # fmt: skip
    """加一个人；第一次登录时要换成自己的密码。"""
    unknown = [city for city in cities if city not in library_of(settings).cities]
    if unknown:
        raise click.ClickException(f"没有“{unknown[0]}”这个城市；可用：{'、'.join(library_of(settings).cities)}")
    with _opened(settings) as records:
        if records.officer(name) is not None:
            raise click.ClickException("这个登录名已经有了，请换一个")
        password, hashed = _password(name, generate)
        records.add_officer(name, shown, roles, cities, hashed, COMMAND_LINE, time.time())
    _tell(password, "加上了。")


@staff.command("list")
@click.pass_obj
def list_people(settings: Settings) -> None:
    """看有谁：登录名、姓名、角色、城市、有没有验证码。"""
    with _opened(settings) as records:
        found = records.officers()
    for officer in found:
        click.echo(_line(officer))
    if not found:
        click.echo("还没有人。加第一个：juzhuzheng staff add 登录名 --role administrator")


@staff.command()
@_NAME
@_GENERATE
@click.pass_obj
def password(settings: Settings, name: str, generate: bool) -> None:
    """给一个人新密码；原来的马上不能用，本人登录时要换成自己的。"""
    from bot.identity import Identities
    from bot.store.staffing import folded

    with _opened(settings) as records:
        _check_there(records, name)
        made, hashed = _password(name, generate)
        key = Identities.from_file(settings.data_dir / "identity.key").of("staff-name", folded(name))
        records.set_password(name, hashed, must_change=True, by=COMMAND_LINE, now=time.time(), who=key)
    _tell(made, "换好了。")


@staff.command()
@_NAME
@click.pass_obj
def off(settings: Settings, name: str) -> None:
    """停用一个人：马上退出登录，不能再登录。"""
    with _opened(settings) as records:
        records.switch_officer(name, is_active=False, by=COMMAND_LINE, now=time.time())
    click.echo("停用了。")


@staff.command()
@_NAME
@click.pass_obj
def on(settings: Settings, name: str) -> None:
    """重新启用一个人。"""
    with _opened(settings) as records:
        records.switch_officer(name, is_active=True, by=COMMAND_LINE, now=time.time())
    click.echo("启用了。")


@staff.command("without-code")
@_NAME
@click.pass_obj
def without_code(settings: Settings, name: str) -> None:
    """停用一个人的手机验证码：手机丢了、换了的时候。"""
    with _opened(settings) as records:
        records.drop_totp(name, COMMAND_LINE, time.time())
    click.echo("停用了；下次登录只要密码。请本人尽快重新设置。")


def _password(name: str, generate: bool) -> tuple[str, str]:
    """Return a password to show, "" for one that was typed, and its hash. It never stands on the command line."""
    from bot.staff.passwords import hash_now, new_password, problem_of
    from bot.store.staffing import folded

    if generate:
        made = new_password()
        return made, hash_now(made)
    typed: str = click.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    problem = problem_of(typed, folded(name))
    if problem is not None:
        raise click.ClickException(problem.rstrip("。"))
    return "", hash_now(typed)


def _tell(password: str, done: str) -> None:
    if password:
        click.echo(f"{done}密码：{password}\n只显示这一次；请当面交给本人，第一次登录时要换成自己的。")
    else:
        click.echo(f"{done}第一次登录时要换成自己的密码。")


def _check_there(records: Records, name: str) -> None:
    if records.officer(name) is None:
        raise click.ClickException("没有这个登录名；看有谁：juzhuzheng staff list")


def _line(officer: Officer) -> str:
    roles = "、".join(word for role, word in ROLE_WORDS.items() if role in officer.roles)
    parts = [officer.name, officer.shown, roles, " ".join(sorted(officer.cities)) or "全部城市"]
    parts.append("有验证码" if officer.has_totp else "没有验证码")
    parts += [] if officer.is_active else ["停用"]
    return "\t".join(parts)


@contextmanager
def _opened(settings: Settings) -> Iterator[Records]:
    """Yield the records; what is wrong is told in one sentence."""
    from bot.opening import open_records
    from bot.store.vault import Vault, key_notice

    check_owner(settings.data_dir)
    with plainly(), closing(Vault.open(settings.data_dir, settings.database_url)) as vault:
        if vault.key_was_created:
            click.echo(key_notice(settings.data_dir), err=True)
        with closing(open_records(settings, vault)) as records:
            yield records
