"""What every command shares: opening the library, and telling a fault in one sentence."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.accounts import SettingsError
from bot.backup import BackupTrouble
from bot.identity import DamagedKey
from bot.settings import Settings
from bot.store.faults import NoSuchDeclaration, StoreError
from knowledge.library import Library
from knowledge.loading import CityError, open_library


def library_of(settings: Settings) -> Library:
    """Return the library that the settings name. Raises ClickException with what is wrong with it."""
    try:
        return open_library(settings.cities_dir, settings.operator_dir)
    except CityError as error:
        raise click.ClickException(f"城市数据有错：{error}") from error


def check_owner(folder: Path) -> None:
    """Raise ClickException when the data folder is another user's: what we made there, the service could not open."""
    with plainly():
        owner = folder.stat().st_uid if folder.exists() else os.geteuid()
    if owner == os.geteuid():
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    raise click.ClickException(
        f"数据文件夹 {folder} 是用户 {name} 的；请用 sudo -u {name} 运行，免得留下服务打不开的文件"
    )


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what settings, a store or a file tell into one sentence of the command line."""
    try:
        yield
    except NoSuchDeclaration:
        raise click.ClickException("没有这个回执号的填报；请核对号码") from None
    except (StoreError, SettingsError, DamagedKey, BackupTrouble) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"读写不了（{error.strerror or error}）；请检查权限和磁盘空间") from None
