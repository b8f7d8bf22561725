"""PostgreSQL as the records and the keys need it: a server that does not answer is given up, writers take turns."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event

from bot.store.engines import PATIENT, READS

ANSWER_SECONDS = 5.0
"""How long a transaction may take from its first statement to its last, waiting for other writers included."""
PATIENT_SECONDS = 60.0
_POOL_SECONDS = 2
_PING_SECONDS = 1.0
_CONNECT_SECONDS = 2
"""Waiting for a free connection, finding it dead and failing to make another one end within ANSWER_SECONDS too."""
_LOCK_SECONDS = 3
_POOL_SIZE = 5
_ON_CONNECT = (
    f"SET statement_timeout = '{ANSWER_SECONDS:.0f}s'",
    f"SET lock_timeout = '{_LOCK_SECONDS}s'",
    f"SET idle_in_transaction_session_timeout = '{2 * ANSWER_SECONDS:.0f}s'",
    "SELECT set_config(name, 'on', false) FROM pg_settings WHERE name = 'synchronous_commit' AND setting = 'off'",
)
"""The server gives up too, and frees the locks of a client that is gone; what is committed is on disk."""
_ON_PATIENCE = (
    f"SET LOCAL statement_timeout = '{PATIENT_SECONDS:.0f}s'",
    f"SET LOCAL lock_timeout = '{PATIENT_SECONDS:.0f}s'",
)

Waiting = Generator[Any, Any, Any]


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that is closed, with OperationalError, when it waits for the server after `until`.

    Without that a paused server, or one behind a broken line, is waited for without end: the timeouts that PostgreSQL
    knows are the server's own. `until` (by time.monotonic) is None while the connection is in the pool: then each
    wait, that is a ping, has one second.
    """

    until: float | None = None

    def wait(self, gen: Waiting, *options: Any, **named: Any) -> Any:
        """Wait for what the server answers. Raises OperationalError when that takes too long."""
        until = time.monotonic() + _PING_SECONDS if self.until is None else self.until
        return super().wait(self._watched(gen, until), *options, **named)

    def _watched(self, gen: Waiting, until: float) -> Waiting:
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() >= until:
                    self.close()
                    raise psycopg.OperationalError("the server does not answer")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


def open_server(url: URL, lock: int) -> Engine:
    """Return an engine whose writing transactions take turns, over all processes, by the advisory lock `lock`.

    One lock for all writers is what SQLite gives by BEGIN IMMEDIATE, and the records are written for: what a
    transaction has read stays true until it commits, and it sees all that the writer before it has committed. A lock
    for each person or SERIALIZABLE would let several write at once; but data keys are made and destroyed in
    transactions of their own beside this one, which no isolation level undoes or sees, and one turn can touch another
    person's receipt and the list of keys to destroy. A turn with effects takes milliseconds and ends with a wait
    for the disk.
    """
    engine = create_engine(
        url,
        hide_parameters=True,
        use_native_hstore=False,  # asked for on each new connection, and needed by nobody
        pool_pre_ping=True,
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_SIZE,
        pool_timeout=_POOL_SECONDS,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "tcp_user_timeout": int(ANSWER_SECONDS * 1000)},
    )
    _watch(engine)
    _take_turns(engine, lock)
    return engine


def _watch(engine: Engine) -> None:
    def connect(_dialect: object, _record: object, given: Any, named: Any) -> WatchedConnection:
        connection = WatchedConnection.connect(*given, **named)
        try:
            connection.execute("; ".join(_ON_CONNECT))
            connection.commit()
        except BaseException:
            connection.close()
            raise
        return connection

    def take_out(connection: WatchedConnection, _record: object, _proxy: object) -> None:
        connection.until = time.monotonic() + ANSWER_SECONDS

    def put_back(connection: WatchedConnection | None, _record: object) -> None:
        if connection is not None:
            connection.until = None

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkout", take_out)
    event.listen(engine, "checkin", put_back)


def _take_turns(engine: Engine, lock: int) -> None:
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(READS):
            return
        if options.get(PATIENT):
            _raw(connection).until = time.monotonic() + PATIENT_SECONDS
            connection.exec_driver_sql("; ".join(_ON_PATIENCE))
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock:d})")

    event.listen(engine, "begin", begin)


def _raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
