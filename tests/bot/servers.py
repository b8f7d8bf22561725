"""Real servers for tests: started on a free port with data in a folder, stopped, killed, paused and started again.

`with redis_server(folder) as server:` or `with postgres_server(folder) as server:`; the fixtures `redis_server_running`
and `postgres_server_running` keep one of each for a whole session of tests.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import redis

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_HOST = "127.0.0.1"
_PORTS = range(12_000, 32_000)
_POSTGRES_USER = "postgres"


class Server(ABC):
    """A server on a port of its own. It stays the same port, with the same data, however often it is started."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._is_paused = False
        self._family: list[int] = []

    @property
    @abstractmethod
    def url(self) -> str:
        """The address clients connect to."""

    @property
    def pid(self) -> int:
        """The id of the server's main process. Raises RuntimeError while it is stopped."""
        if self._process is None:
            raise RuntimeError("the server is stopped")
        return self._process.pid

    def start(self) -> None:
        """Start the server; it answers when this returns. Raises RuntimeError with its log when it does not."""
        if self._process is not None:
            return
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop(gently=False)
                raise RuntimeError((self.folder / "server.log").read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.02)

    def stop(self, *, gently: bool = True) -> None:
        """End the server: gently, or as a power cut does (kill -9, all its processes). Stopped already: nothing."""
        if self._process is None:
            return
        if gently:
            self.resume()
            self._process.send_signal(self._gentle_signal())
        else:
            self._signal_family(signal.SIGKILL)
        self._process.wait(timeout=_STOP_SECONDS)
        self._process, self._is_paused = None, False
        self._wait_for_family()

    def pause(self) -> None:
        """Let nothing of the server run (SIGSTOP): connections stay open and nobody answers on them."""
        self._signal_family(signal.SIGSTOP)
        self._is_paused = True

    def resume(self) -> None:
        """Let it go on where it was paused."""
        if self._is_paused:
            self._signal_family(signal.SIGCONT)
            self._is_paused = False

    def _wait_for_family(self) -> None:
        # While one of them lives the memory they share is in use, and the server does not start again.
        deadline = time.monotonic() + _STOP_SECONDS
        while any(map(_is_alive, self._family)) and time.monotonic() < deadline:
            time.sleep(0.01)
        self._family = []

    def _signal_family(self, number: signal.Signals) -> None:
        # Stopped first, the parent makes no further children while they are counted.
        os.kill(self.pid, signal.SIGSTOP)
        self._family = _children(self.pid)
        for process in [*self._family, self.pid]:
            try:
                os.kill(process, number)
            except ProcessLookupError:
                continue

    @abstractmethod
    def _command(self) -> Sequence[str]: ...

    @abstractmethod
    def _answers(self) -> bool: ...

    def _gentle_signal(self) -> signal.Signals:
        return signal.SIGTERM


class RedisServer(Server):
    """A Redis that has on disk what it has answered to, as the service asks of one."""

    def __init__(self, folder: Path, options: Sequence[str]) -> None:
        super().__init__(folder)
        self._options = options

    @property
    def url(self) -> str:
        """redis://127.0.0.1:<port>/0"""
        return f"redis://{_HOST}:{self.port}/0"

    def empty(self) -> None:
        """Remove everything from all its databases."""
        with redis.Redis(host=_HOST, port=self.port, socket_timeout=10) as client:
            client.flushall()

    def _command(self) -> Sequence[str]:
        settings = {
            "bind": _HOST,
            "port": str(self.port),
            "dir": str(self.folder),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
        }
        given = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [_binary("redis-server"), *given, *self._options]

    def _answers(self) -> bool:
        try:
            with redis.Redis(host=_HOST, port=self.port, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.ResponseError:
            return True  # it asks for a password
        except (redis.ConnectionError, redis.TimeoutError):
            return False


class PostgresServer(Server):
    """A PostgreSQL cluster that has on disk what it has committed. `data` is its folder.

    PostgreSQL does not run as root: then it runs as the user postgres, with its data where that user may go.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._as_other_user: list[str] = []
        self._numbers = count(1)
        self.data = folder / "data"
        if os.geteuid() == 0:
            above = Path(tempfile.mkdtemp(prefix="postgres-"))
            shutil.chown(above, _POSTGRES_USER, _POSTGRES_USER)
            self.data = above / "data"
            user = (f"--reuid={_POSTGRES_USER}", f"--regid={_POSTGRES_USER}")
            self._as_other_user = [_binary("setpriv"), *user, "--clear-groups"]
        self._initialise()

    @property
    def url(self) -> str:
        """The URL of the database `postgres`; tests take `database()`."""
        return self._url_of("postgres")

    def database(self, template: str = "template1") -> str:
        """Return the URL of a new database: an empty one, or a copy of the one whose URL or name is given."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template.rpartition('/')[2]}".encode())
        return self._url_of(name)

    def drop(self, url: str) -> None:
        """Remove a database of `database()`, whoever is still connected to it."""
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)".encode())

    def run(self, program: str, *arguments: str, given: bytes = b"") -> bytes:
        """Run a program of PostgreSQL (pg_dump, psql) with this input and return what it writes.

        Raises CalledProcessError.
        """
        command = [_binary(program), *arguments]
        return subprocess.run(command, input=given, check=True, capture_output=True, timeout=60).stdout

    def remove(self) -> None:
        """Remove the data; the server is stopped."""
        shutil.rmtree(self.data.parent if self._as_other_user else self.data)

    def _url_of(self, database: str) -> str:
        return f"postgresql://{_POSTGRES_USER}@{_HOST}:{self.port}/{database}"

    def _initialise(self) -> None:
        options = ("--auth=trust", f"--username={_POSTGRES_USER}", "--encoding=UTF8", "--locale=C", "--no-sync")
        command = [*self._as_other_user, _binary("initdb"), f"--pgdata={self.data}", *options]
        subprocess.run(command, check=True, capture_output=True, timeout=_START_SECONDS, cwd=self.data.parent)

    def _command(self) -> Sequence[str]:
        settings = (f"listen_addresses={_HOST}", f"port={self.port}", "unix_socket_directories=", "fsync=on")
        given = [part for setting in settings for part in ("-c", setting)]
        return [*self._as_other_user, _binary("postgres"), "-D", str(self.data), *given]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _gentle_signal(self) -> signal.Signals:
        # Without waiting for those who are connected.
        return signal.SIGINT


@contextmanager
def redis_server(folder: Path, *options: str) -> Iterator[RedisServer]:
    """Start a Redis with its data in `folder`, made when there is none, and stop it afterwards.

    `options` are given to redis-server last, as ("--requirepass", "secret").
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisServer(folder, options)
    server.start()
    try:
        yield server
    finally:
        server.stop(gently=False)


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """Make a PostgreSQL cluster in `folder` (see PostgresServer), start it, and stop and remove it afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop(gently=False)
        server.remove()


def _free_port() -> int:
    # None that the system gives to clients: those who try to reach a stopped server would take it from under it.
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as asked:
            try:
                asked.bind((_HOST, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in brackets may hold anything; behind it come the state and the parent.
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def _is_alive(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def _binary(name: str) -> str:
    """Return the path of a program; Debian keeps PostgreSQL's outside of PATH, the newest version counts."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*map(str, versions), os.environ.get("PATH", os.defpath)]))
    if found is None:
        raise RuntimeError(f"没有程序 {name}；请先运行 sh tests/system-packages.sh")
    return found
