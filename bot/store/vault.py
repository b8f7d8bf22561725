"""The one door to personal data: sealed with a data key an owner, each of which can be destroyed for good.

Data keys lie in a database of their own (`bot.store.data_keys`), wrapped by the master key: a copy of the records alone
opens nothing, and what a destroyed key sealed is lost in every copy of the records there is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.store.cipher import CIPHER, bound_to, decrypt, encrypt, from_text, in_text
from bot.store.data_keys import DataKeys, KeyTable, WrappedKey
from bot.store.data_keys_sqlite import SqliteKeys
from bot.store.faults import Forgotten, KeyFileTrouble, VaultError, WrongKey, told_plainly
from bot.store.keyfile import KEY_BYTES
from bot.store.masters import Masters
from bot.store.preparing import Preparation

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["CIPHER", "Forgotten", "KeyFileTrouble", "Vault", "VaultError", "WrongKey", "key_notice"]

_KEY_FILE, _DATABASE = "vault.key", "keys.sqlite3"


def key_notice(folder: Path) -> str:
    """Return what an operator is told once, when the key file has just been made."""
    return (
        f"密钥文件已建好：{folder / _KEY_FILE}。丢了它，所有申报都打不开；请备份，并和数据的备份分开存放，谁也别给看。"
    )


class Vault:
    """Seals bytes with AES-256-GCM under a random key an owner ("draft:<person>", "declaration:<id>").

    May be used from several threads, several processes and, with `keys` that are shared, several hosts, each with a
    copy of the key file. Every method raises StoreUnavailable when the key database does not answer and KeyFileTrouble
    when the key file cannot be used. Data keys are read anew each time, so what one process destroyed, no other still
    opens.
    """

    def __init__(self, folder: Path, keys: DataKeys | None = None, *, now: Callable[[], float] = time.time) -> None:
        with told_plainly(OSError, folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keys = keys or SqliteKeys(folder / _DATABASE)
        self._masters = Masters(folder / _KEY_FILE, is_shared=self._keys.is_shared)
        self._now = now
        self._folder = folder
        self.key_was_created = False
        """Whether this start made the key file: then the operator is shown `key_notice`."""
        try:
            self._preparation = Preparation(self._prepare, may_wait=self._keys.is_shared)
            if self._masters.is_unfinished():
                self.finish()
        except BaseException:
            self._keys.close()
            raise

    @classmethod
    def open(cls, folder: Path, database: str | URL | None = None) -> Vault:
        """Open the vault in `folder`; make its key file when there is none.

        The data keys lie in a SQLite file beside it, or in `database` ("postgresql://…"), which hosts may share. Raises
        KeyFileTrouble when there are data keys but no master key, or another than theirs: it would open none of them.
        Where such a database is out, that is seen when it is back: until then every method raises StoreUnavailable.
        """
        if database is None:
            return cls(folder)
        from bot.store.data_keys_postgres import PostgresKeys

        return cls(folder, PostgresKeys(database))

    @property
    def is_shared(self) -> bool:
        """Whether several hosts may use the data keys: then `stage` goes before `rotate` and `finish` after it."""
        return self._keys.is_shared

    def seal(self, owner: str, plain: bytes, context: bytes = b"") -> str:
        """Return `plain` sealed as text: cipher, id of the data key, nonce with what it made unreadable.

        Only the same owner and the same `context` open it again. The owner gets a data key if it has none; it is on
        disk before this returns.
        """
        key_id, key = self._find(owner) or self._create(owner)
        head = f"{CIPHER}.{key_id}"
        return f"{head}.{in_text(encrypt(key, plain, bound_to(head, owner, context)))}"

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
        return decrypt(found[1], from_text(sealed), bound_to(f"{CIPHER}.{key_id}", owner, context))

    def digest(self, purpose: str, text: str) -> str:
        """Return a keyed hash of `text` (64 hexadecimal digits), to compare what must not be kept plain.

        The key is a data key of its own a purpose: it survives a rotation and never leaves the vault.
        """
        owner = f"digest:{purpose}"
        _, key = self._find(owner) or self._create(owner)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def destroy(self, owner: str) -> None:
        """Destroy the owner's data key; gone when this returns, on SQLite from the disk too. Without one: nothing.

        What lingers of it on PostgreSQL, wrapped, and until when: `bot.store.data_keys_postgres`.
        """
        self.destroy_many((owner,))

    def destroy_many(self, owners: Iterable[str]) -> None:
        """Destroy the data keys of all these owners in one step."""
        with self._writing() as table:
            table.destroy(owners)

    def owners(self, prefix: str, *, older_than: float) -> frozenset[str]:
        """Return the owners that start with `prefix` and whose keys are older than this many seconds."""
        with self._reading() as table:
            return table.owners(prefix, self._now() - older_than)

    def stage(self) -> None:
        """Write a new master key into this host's file, for a later `rotate`; nothing uses it yet.

        The operator then copies the file to every other host. Is one staged already, nothing happens. Raises
        KeyFileTrouble where one host has the data keys to itself: there `rotate` needs no preparation.
        """
        with self._writing() as table, told_plainly(OSError, _KEY_FILE):
            self._masters.stage(table)

    def rotate(self) -> None:
        """Replace the master key and wrap every data key anew. What was sealed stays as it is.

        May be cut short at any point: until every data key is wrapped anew the file holds both master keys. On one host
        the next start goes on from there, and the old master key is gone from the file when this returns. Where hosts
        share the data keys the staged master key takes over, a further call goes on where one was cut short, and the
        files keep the old one until `finish`; a host that was not given the staged one refuses until it is.
        """
        with self._writing() as table, told_plainly(OSError, _KEY_FILE):
            self._masters.promote(table)
        if self._keys.is_shared:
            self._wrap_anew()
        else:
            self.finish()

    def finish(self) -> None:
        """Drop from this host's file the master keys that wrap nothing any more; to be called on each host."""
        self._wrap_anew()
        with self._writing() as table, told_plainly(OSError, _KEY_FILE):
            self._masters.drop_unused(table)

    def ping(self) -> None:
        """Return when data keys can be read and the key file is theirs. Raises StoreUnavailable, KeyFileTrouble."""
        self.digest("ping", "")

    def close(self) -> None:
        """Close the database."""
        self._keys.close()

    def _prepare(self) -> None:
        with self._keys.writing() as table, told_plainly(OSError, self._folder):
            self.key_was_created = self._masters.prepare(table)

    @contextmanager
    def _reading(self) -> Iterator[KeyTable]:
        self._preparation.ensure()
        with self._keys.reading() as table:
            yield table

    @contextmanager
    def _writing(self) -> Iterator[KeyTable]:
        self._preparation.ensure()
        with self._keys.writing() as table:
            yield table

    def _find(self, owner: str) -> tuple[str, bytes] | None:
        """Return id and bytes of the owner's data key."""
        # A rotation may end between reading the row and reading the file; then the row has changed too.
        for _ in range(3):
            with self._reading() as table:
                found = table.find(owner)
            if found is None:
                return None
            key = self._masters.unwrap(found)
            if key is not None:
                return found.id, key
        raise self._masters.foreign()

    def _no_such_key(self, key_id: str) -> VaultError:
        with self._reading() as table:
            is_another_owners = table.has(key_id)
        if is_another_owners:
            return WrongKey("这份密文属于别的记录，打不开；请检查数据是否被改过，必要时从备份恢复")
        return Forgotten("这份数据的密钥已经销毁，永远打不开了；这是删除之后应有的结果")

    def _create(self, owner: str) -> tuple[str, bytes]:
        """Return a new data key of the owner, or the one another process has just made."""
        key_id, key = secrets.token_hex(8), secrets.token_bytes(KEY_BYTES)
        with self._writing() as table:
            # The file is read under the lock: a rotation under way would otherwise miss a key wrapped by the one it
            # leaves.
            made = WrappedKey(owner, key_id, "", b"", self._now())
            added = table.add(self._masters.wrap(table, made, key))
        found = (key_id, key) if added else self._find(owner)
        return found or self._create(owner)

    def _wrap_anew(self) -> None:
        after: str | None = ""
        while after is not None:
            after = self._wrap_batch(after)

    def _wrap_batch(self, after: str) -> str | None:
        """Wrap the next data keys behind the owner `after` anew; return the last owner, None when all are done."""
        with self._writing() as table:
            keys = self._masters.wrapped_anew(table, after)
            table.replace(keys)
        return keys[-1].owner if keys else None
