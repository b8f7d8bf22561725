"""Data keys in a PostgreSQL database that several hosts share, in a schema of their own.

`pg_dump -N juzhuzheng_keys` saves the records without the keys, `pg_dump -n juzhuzheng_keys` the keys without them.
Save the records first: a data key made meanwhile does no harm, one that is missing does.

A data key destroyed is found by nobody at once. Its bytes, wrapped by the master key, stay in dead rows until VACUUM,
in the write-ahead log until that is written over, and in what was saved before: whoever has these and the key file of
that time can still open what was erased. That ends with the master key that wrapped them: after `Vault.rotate` and
`Vault.finish` on every host, and with the older copies of vault.key destroyed, they open nothing. So erasing is final
after the next rotation; an operator rotates as often as the retention of backups demands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Float,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql

from bot.store.data_keys import BATCH, NamedMaster, WrappedKey
from bot.store.engines import READS, answering, open_engine, patient
from bot.store.preparing import Preparation

SCHEMA = "juzhuzheng_keys"
KEYS_LOCK = 5_172_027
"""The number of the advisory lock that writers of keys take turns by; that of the records is another one."""
_NAME = "数据密钥库"

_METADATA = MetaData(schema=SCHEMA)

data_key = Table(
    "data_key",
    _METADATA,
    Column("owner", String, primary_key=True),
    Column("id", String, nullable=False, index=True),
    Column("master", String, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made", Float, nullable=False),
)
master_key = Table(
    "master_key",
    _METADATA,
    Column("number", Integer, Identity(), primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("proof", LargeBinary, nullable=False),
    comment="The master keys that were ever in use, the current one last: their ids and what proves the right one",
)
_ROW = (data_key.c.owner, data_key.c.id, data_key.c.master, data_key.c.wrapped, data_key.c.made)


class PostgresKeys:
    """Data keys in the schema `juzhuzheng_keys` of a database, made when it is not there.

    The user needs the right to make a schema in it, once.
    """

    is_shared = True

    def __init__(self, database: str | URL) -> None:
        self._engine = open_engine(database, lock=KEYS_LOCK)
        # One statement each: it needs no transaction around it.
        options = {READS: True}
        self._reads = self._engine.execution_options(isolation_level="AUTOCOMMIT", **options)
        self._preparation = Preparation(self._make_tables, may_wait=True)

    @contextmanager
    def reading(self) -> Iterator[_Table]:
        """Look at the keys."""
        self._preparation.ensure()
        with answering(self._engine, _NAME), self._reads.connect() as connection:
            yield _Table(connection)

    @contextmanager
    def writing(self) -> Iterator[_Table]:
        """Change the keys as the only one of all processes on all hosts."""
        self._preparation.ensure()
        with answering(self._engine, _NAME), self._engine.begin() as connection:
            yield _Table(connection)

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    def _make_tables(self) -> None:
        with answering(self._engine, _NAME), patient(self._engine).begin() as connection:
            if not inspect(connection).has_table(data_key.name, schema=SCHEMA):
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
                _METADATA.create_all(connection)


class _Table:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, owner: str) -> WrappedKey | None:
        row = self._connection.execute(select(*_ROW).where(data_key.c.owner == owner)).one_or_none()
        return WrappedKey(*row) if row else None

    def has(self, key_id: str) -> bool:
        return self._connection.scalar(select(data_key.c.id).where(data_key.c.id == key_id).limit(1)) is not None

    def owners(self, prefix: str, made_before: float) -> frozenset[str]:
        is_wanted = func.starts_with(data_key.c.owner, prefix)
        wanted = select(data_key.c.owner).where(is_wanted, data_key.c.made < made_before)
        return frozenset(self._connection.scalars(wanted))

    def masters_in_use(self) -> frozenset[str]:
        return frozenset(self._connection.scalars(select(data_key.c.master).distinct()))

    def under_others(self, master: str, after: str) -> Sequence[WrappedKey]:
        wanted = select(*_ROW).where(data_key.c.master != master, data_key.c.owner > after)
        return [WrappedKey(*row) for row in self._connection.execute(wanted.order_by(data_key.c.owner).limit(BATCH))]

    def named_masters(self) -> Sequence[NamedMaster]:
        wanted = select(master_key.c.id, master_key.c.proof).order_by(master_key.c.number)
        return [NamedMaster(*row) for row in self._connection.execute(wanted)]

    def add(self, key: WrappedKey) -> bool:
        row = {"owner": key.owner, "id": key.id, "master": key.master, "wrapped": key.wrapped, "made": key.made}
        statement = postgresql.insert(data_key).values(row).on_conflict_do_nothing()
        return self._connection.execute(statement).rowcount == 1

    def replace(self, keys: Iterable[WrappedKey]) -> None:
        rows = [{"of": key.owner, "was": key.id, "under": key.master, "anew": key.wrapped} for key in keys]
        is_this = (data_key.c.owner == bindparam("of")) & (data_key.c.id == bindparam("was"))
        if rows:
            change = update(data_key).where(is_this).values(master=bindparam("under"), wrapped=bindparam("anew"))
            self._connection.execute(change, rows)

    def destroy(self, owners: Iterable[str]) -> None:
        self._connection.execute(delete(data_key).where(data_key.c.owner.in_(tuple(owners))))

    def name_master(self, master: NamedMaster) -> None:
        self._connection.execute(insert(master_key).values(id=master.id, proof=master.proof))
