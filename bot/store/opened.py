"""The records' database, opened: its transactions, and the data keys that go with what was deleted."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, select

from bot.store.engines import answering, open_engine, patient, reading
from bot.store.faults import StoreError
from bot.store.migrating import migrate, revision_of
from bot.store.preparing import Preparation
from bot.store.schema import doomed_key
from bot.store.vault import Vault
from bot.store.work import Labels, Moment, seconds

_log = logging.getLogger(__name__)

NAME = "申报数据库"


@dataclass(frozen=True)
class DatabaseStatus:
    """The database an operator looks at: "sqlite" or "postgresql", its version, the newest revision of its tables."""

    dialect: str
    server_version: str
    revision: str | None


class Opened:
    """What every part of the records stands on; the tables are brought up to date when it is made."""

    def __init__(self, database: Engine | str, vault: Vault, *, labels: Labels | None = None) -> None:
        self._engine = open_engine(database) if isinstance(database, str) else database
        self._reads, self._patient = reading(self._engine), patient(self._engine)
        self._vault = vault
        self._labels = labels or Labels()
        try:
            self._preparation = Preparation(self._prepare, may_wait=self._engine.dialect.name != "sqlite")
            if self._preparation.is_done:
                self._destroy_doomed()
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Release the database; the vault stays open."""
        self._engine.dispose()

    def ping(self) -> None:
        """Ask the database for an answer."""
        with self._reading() as connection:
            connection.scalar(select(1))

    def status(self) -> DatabaseStatus:
        """Return what the database is and which revision its tables have."""
        with self._reading() as connection:
            version = ".".join(map(str, connection.dialect.server_version_info or ()))
            return DatabaseStatus(connection.dialect.name, version, revision_of(connection))

    def _destroy_doomed(self) -> None:
        """Destroy the data keys that committed transactions have doomed; what fails is tried again next time."""
        try:
            with self._reading() as connection:
                if connection.scalar(select(doomed_key.c.owner).limit(1)) is None:
                    return
            with self._writing() as connection:
                owners = connection.scalars(select(doomed_key.c.owner).with_for_update()).all()
                self._vault.destroy_many(owners)
                connection.execute(delete(doomed_key).where(doomed_key.c.owner.in_(owners)))
        except StoreError as error:
            _log.error("data keys wait to be destroyed: %s", type(error).__name__)

    def _prepare(self) -> None:
        migrate(self._engine)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        self._preparation.ensure()
        with answering(self._engine, NAME), self._reads.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._preparation.ensure()
        with answering(self._engine, NAME), self._engine.begin() as connection:
            yield connection


def at(moment: Moment | None) -> float:
    """Return seconds since 1970; left out, those of the machine's clock. Raises ValueError (`bot.store.work`)."""
    return time.time() if moment is None else seconds(moment)
