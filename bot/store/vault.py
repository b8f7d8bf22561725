"""The one door to personal data: sealed with a data key an owner, each of which can be destroyed for good.

Data keys lie in a database of their own, wrapped by the master key: a copy of the records alone opens nothing, and what
a destroyed key sealed is lost in every copy of the records there is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store.faults import Forgotten, KeyFileTrouble, VaultError, WrongKey, told_plainly
from bot.store.keyfile import KEY_BYTES, MasterKey, Ring, read_ring, write_ring

__all__ = ["Forgotten", "KeyFileTrouble", "Vault", "VaultError", "WrongKey", "key_notice"]

CIPHER = "A256GCM"
_NONCE_BYTES = 12
_KEY_FILE, _DATABASE = "vault.key", "keys.sqlite3"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS data_key (
    owner TEXT PRIMARY KEY, id TEXT NOT NULL, master TEXT NOT NULL, wrapped BLOB NOT NULL, made REAL NOT NULL
)
"""


def key_notice(folder: Path) -> str:
    """Return what an operator is told once, when the key file has just been made."""
    return (
        f"密钥文件已建好：{folder / _KEY_FILE}。丢了它，所有申报都打不开；请备份，并和数据的备份分开存放，谁也别给看。"
    )


class Vault:
    """Seals bytes with AES-256-GCM under a random key an owner ("draft:<person>", "declaration:<id>").

    May be used from several threads and several processes. Every method raises StoreUnavailable when the key database
    does not answer and KeyFileTrouble when the key file cannot be used. Data keys are read anew each time, so what one
    process destroyed, no other still opens.
    """

    def __init__(self, folder: Path, *, now: Callable[[], float] = time.time) -> None:
        self._key_file = folder / _KEY_FILE
        self._path = folder / _DATABASE
        self._now = now
        self._lock = threading.RLock()
        self.key_was_created = False
        """Whether this start made the key file: then the operator is shown `key_notice`."""
        with told_plainly((sqlite3.Error, OSError), self._path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The journal takes over the mode of the main file.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            self._prepare()
        except BaseException:
            self._database.close()
            raise

    @classmethod
    def open(cls, folder: Path) -> Vault:
        """Open the vault in `folder`; make its key file and database when there are none.

        Raises KeyFileTrouble when there are data keys but no master key: a new one would open none of them.
        """
        return cls(folder)

    def seal(self, owner: str, plain: bytes, context: bytes = b"") -> str:
        """Return `plain` sealed as text: cipher, id of the data key, nonce with what it made unreadable.

        Only the same owner and the same `context` open it again. The owner gets a data key if it has none; it is on
        disk before this returns.
        """
        key_id, key = self._find(owner) or self._create(owner)
        head = f"{CIPHER}.{key_id}"
        return f"{head}.{_in_text(_encrypt(key, plain, _bound(head, owner, context)))}"

    def unseal(self, owner: str, box: str, context: bytes = b"") -> bytes:
        """Return what `seal` was given.

        Raises Forgotten when its data key was destroyed, WrongKey when it was changed or belongs to something else.
        """
        cipher, _, rest = box.partition(".")
        key_id, _, sealed = rest.partition(".")
        if cipher != CIPHER:
            raise WrongKey("这份密文不是本程序写的，打不开；请检查数据是否被改过，必要时从备份恢复")
        found = self._find(owner)
        if found is None or found[0] != key_id:
            raise self._no_such_key(key_id)
        return _decrypt(found[1], _from_text(sealed), _bound(f"{CIPHER}.{key_id}", owner, context))

    def digest(self, purpose: str, text: str) -> str:
        """Return a keyed hash of `text` (64 hexadecimal digits), to compare what must not be kept plain.

        The key is a data key of its own a purpose: it survives a rotation and never leaves the vault.
        """
        owner = f"digest:{purpose}"
        _, key = self._find(owner) or self._create(owner)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def destroy(self, owner: str) -> None:
        """Destroy the owner's data key; gone from the disk when this returns. Without a key nothing happens."""
        self.destroy_many((owner,))

    def destroy_many(self, owners: Iterable[str]) -> None:
        """Destroy the data keys of all these owners in one step."""
        with self._writing():
            self._database.executemany("DELETE FROM data_key WHERE owner = ?", [(owner,) for owner in owners])

    def owners(self, prefix: str, *, older_than: float) -> frozenset[str]:
        """Return the owners that start with `prefix` and whose keys are older than this many seconds."""
        query = "SELECT owner FROM data_key WHERE substr(owner, 1, ?) = ? AND made < ?"
        with self._reading():
            rows = self._database.execute(query, (len(prefix), prefix, self._now() - older_than)).fetchall()
        return frozenset(row[0] for row in rows)

    def rotate(self) -> None:
        """Replace the master key and wrap every data key anew. What was sealed stays as it is.

        May be cut short at any point: until every data key is wrapped anew the file holds both master keys, and the
        next start goes on from there.
        """
        with self._writing():
            write_ring(self._key_file, Ring((MasterKey.random(), *self._ring().keys)))
            self._wrap_anew()
        self._drop_previous()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()

    def _prepare(self) -> None:
        with told_plainly(sqlite3.Error, self._path):
            # In this mode the old pages that a change puts aside are cut off, on disk too, before the change is done.
            self._database.execute("PRAGMA journal_mode=TRUNCATE")
            self._database.execute("PRAGMA synchronous=FULL")
            self._database.execute("PRAGMA secure_delete=ON")
            self._database.execute("PRAGMA temp_store=MEMORY")
        with self._writing():
            self._database.execute(_SCHEMA)
            if read_ring(self._key_file) is None:
                self._make_key_file()
            is_unfinished = len(self._ring().keys) > 1
            if is_unfinished:
                self._wrap_anew()
        if is_unfinished:
            self._drop_previous()

    def _make_key_file(self) -> None:
        if self._database.execute("SELECT 1 FROM data_key LIMIT 1").fetchone():
            raise KeyFileTrouble(
                f"找不到密钥文件 {self._key_file}，而库里有用它加密的数据；请把备份的密钥文件放回原处再启动，不要新建"
            )
        write_ring(self._key_file, Ring((MasterKey.random(),)))
        self.key_was_created = True

    def _ring(self) -> Ring:
        ring = read_ring(self._key_file)
        if ring is None:
            raise KeyFileTrouble(f"密钥文件 {self._key_file} 不见了；请把备份的密钥文件放回原处，再重新启动")
        return ring

    def _find(self, owner: str) -> tuple[str, bytes] | None:
        """Return id and bytes of the owner's data key."""
        # A rotation may end between reading the row and reading the file; then the row has changed too.
        for _ in range(3):
            with self._reading():
                query = "SELECT id, master, wrapped FROM data_key WHERE owner = ?"
                row = self._database.execute(query, (owner,)).fetchone()
            if row is None:
                return None
            master = self._ring().find(row[1])
            if master is not None:
                return row[0], _decrypt(master.secret, row[2], _bound(f"{row[1]}.{row[0]}", owner, b""))
        raise WrongKey(f"密钥文件 {self._key_file} 和数据不是一套；请从同一次备份取回两者")

    def _no_such_key(self, key_id: str) -> VaultError:
        with self._reading():
            is_another_owners = self._database.execute("SELECT 1 FROM data_key WHERE id = ?", (key_id,)).fetchone()
        if is_another_owners:
            return WrongKey("这份密文属于别的记录，打不开；请检查数据是否被改过，必要时从备份恢复")
        return Forgotten("这份数据的密钥已经销毁，永远打不开了；这是删除之后应有的结果")

    def _create(self, owner: str) -> tuple[str, bytes]:
        """Return a new data key of the owner, or the one another process has just made."""
        key_id, key = secrets.token_hex(8), secrets.token_bytes(KEY_BYTES)
        with self._writing():
            # Read under the lock: a rotation under way would otherwise miss a key wrapped by the one it leaves.
            master = self._ring().current
            wrapped = _encrypt(master.secret, key, _bound(f"{master.id}.{key_id}", owner, b""))
            row = (owner, key_id, master.id, wrapped, self._now())
            added = self._database.execute("INSERT OR IGNORE INTO data_key VALUES (?, ?, ?, ?, ?)", row).rowcount
        found = (key_id, key) if added else self._find(owner)
        return found or self._create(owner)

    def _wrap_anew(self) -> None:
        ring = self._ring()
        rows = self._database.execute(
            "SELECT owner, id, master, wrapped FROM data_key WHERE master <> ?", (ring.current.id,)
        ).fetchall()
        for owner, key_id, master_id, wrapped in rows:
            master = ring.find(master_id)
            if master is None:
                raise WrongKey(f"密钥文件 {self._key_file} 和数据不是一套；请从同一次备份取回两者")
            key = _decrypt(master.secret, wrapped, _bound(f"{master_id}.{key_id}", owner, b""))
            anew = _encrypt(ring.current.secret, key, _bound(f"{ring.current.id}.{key_id}", owner, b""))
            self._database.execute(
                "UPDATE data_key SET master = ?, wrapped = ? WHERE owner = ?", (ring.current.id, anew, owner)
            )

    def _drop_previous(self) -> None:
        """Leave only the master keys that still wrap something, and the current one."""
        with self._writing():
            ring = self._ring()
            in_use = {row[0] for row in self._database.execute("SELECT DISTINCT master FROM data_key")}
            left = tuple(key for key in ring.keys if key.id in in_use or key == ring.current)
            if left != ring.keys:
                write_ring(self._key_file, Ring(left))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, told_plainly(sqlite3.Error, self._path):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the write lock over all processes; all or nothing."""
        with self._lock, told_plainly((sqlite3.Error, OSError), self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise


def _encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise WrongKey("这份密文对不上密钥，打不开；请检查数据和密钥文件是不是同一套，必要时从备份恢复") from None


def _bound(head: str, owner: str, context: bytes) -> bytes:
    """Return what is sealed along: each part with its length, so that none can be moved into the next."""
    parts = (head.encode(), owner.encode(), context)
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _in_text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def _from_text(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise WrongKey("这份密文残缺，打不开；请从备份恢复") from None
