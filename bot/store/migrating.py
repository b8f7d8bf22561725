"""Brings the records' database up to the tables this program knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from bot.store.engines import answering, patient
from bot.store.faults import NewerDatabase

_SCRIPTS = Path(__file__).parent / "migrations"
NEWEST = "0004"
"""The revision this program works with: the newest under `migrations`."""


def migrate(engine: Engine) -> None:
    """Apply what is missing up to the newest revision, in one transaction; two processes may start at once.

    Raises NewerDatabase when the database has a revision this program does not know, StoreUnavailable when it does not
    answer. Then nothing was changed.
    """
    # Writers take turns (`bot.store.engines`): the second to come finds the tables made.
    with answering(engine, "申报数据库"), patient(engine).begin() as connection:
        _bring_up_to_date(connection)


def revision_of(connection: Connection) -> str | None:
    """Return the newest revision applied, None when there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _bring_up_to_date(connection: Connection) -> None:
    if revision_of(connection) == NEWEST:
        return
    # Needed when a database is new or a release has changed its tables, and slow to import.
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found - known:
        raise NewerDatabase("申报数据库是更新版本的程序建的，这个版本不认识；请换回新版本的程序，或恢复升级前的备份")
    command.upgrade(config, "head")
