"""Brings the records' database up to the tables this program knows."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.store.faults import NewerDatabase, told_plainly

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 5_172_026
"""The number of the advisory lock that a server is asked for; SQLite locks its file."""


def migrate(engine: Engine) -> None:
    """Apply what is missing up to the newest revision, in one transaction; two processes may start at once.

    Raises NewerDatabase when the database has a revision this program does not know, StoreUnavailable when it does not
    answer. Then nothing was changed.
    """
    with told_plainly(SQLAlchemyError, "申报数据库"), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _bring_up_to_date(connection)


def _bring_up_to_date(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found - known:
        raise NewerDatabase("申报数据库是更新版本的程序建的，这个版本不认识；请换回新版本的程序，或恢复升级前的备份")
    command.upgrade(config, "head")
