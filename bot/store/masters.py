"""The master keys of this host's key file: which one wraps, and how another takes its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.store.cipher import bound_to, decrypt, encrypt
from bot.store.data_keys import KeyTable, NamedMaster, WrappedKey
from bot.store.faults import KeyFileTrouble, VaultError, WrongKey
from bot.store.keyfile import MasterKey, Ring, read_ring, write_ring

_PROOF = "proof"


class Masters:
    """The master keys in the file `path`.

    Where one host has the data keys to itself, the first key in its file wraps. Where several share them, the last one
    named beside the data keys does, and each host has it in a copy of the file; a key that no host has named yet is
    staged. What takes a KeyTable may write the file: then that table's transaction is a writing one, which only one
    process has at a time.
    """

    def __init__(self, path: Path, *, is_shared: bool) -> None:
        self._path = path
        self._is_shared = is_shared

    def prepare(self, table: KeyTable) -> bool:
        """Make the file when there is none and nothing was ever wrapped; return whether it was made.

        Raises KeyFileTrouble when this host's file is missing, or is not the one the shared data keys need.
        """
        named = table.named_masters()
        ring = read_ring(self._path)
        is_new = ring is None
        if ring is None:
            if named or table.masters_in_use():
                raise self._missing()
            ring = Ring((MasterKey.random(),))
            write_ring(self._path, ring)
        if self._is_shared:
            self._check(ring, named[-1] if named else None, table)
        return is_new

    def wrap(self, table: KeyTable, key: WrappedKey, plain: bytes) -> WrappedKey:
        """Return the data key wrapped by the master key that wraps now."""
        return _wrapped(self._current(table), key, plain)

    def unwrap(self, key: WrappedKey) -> bytes | None:
        """Return the bytes of a data key; None when the file does not hold its master key.

        Raises WrongKey when the file holds another one with the same id, or the row was changed.
        """
        return _unwrapped(self._ring(), key)

    def wrapped_anew(self, table: KeyTable, after: str) -> list[WrappedKey]:
        """Return the next data keys behind the owner `after` that other master keys wrap, wrapped by the current one.

        Raises as `foreign` says when the file does not hold one of these.
        """
        ring, current = self._ring(), self._current(table)
        anew = []
        for key in table.under_others(current.id, after):
            plain = _unwrapped(ring, key)
            if plain is None:
                raise self.foreign()
            anew.append(_wrapped(current, key, plain))
        return anew

    def is_unfinished(self) -> bool:
        """Tell whether the one host's file says that a rotation was cut short."""
        return not self._is_shared and len(self._ring().keys) > 1

    def stage(self, table: KeyTable) -> None:
        """Write a new key at the end of the file; nothing is wrapped with it yet. Is there one already: nothing."""
        if not self._is_shared:
            raise KeyFileTrouble("密钥只在这一台机器上用，不用先备新密钥；直接轮换即可")
        ring = self._ring()
        if not self._staged(table, ring):
            write_ring(self._path, Ring((*ring.keys, MasterKey.random())))

    def promote(self, table: KeyTable) -> None:
        """Let another key wrap from now on: a staged one where data keys are shared, else a new one.

        Raises KeyFileTrouble when nothing is staged, and no rotation waits to be gone on with.
        """
        ring = self._ring()
        if not self._is_shared:
            write_ring(self._path, Ring((MasterKey.random(), *ring.keys)))
            return
        current, staged = self._current(table), self._staged(table, ring)
        if staged:
            table.name_master(_named(staged[-1]))
        elif table.masters_in_use() <= {current.id}:
            raise KeyFileTrouble(
                f"还没有备好新的主密钥；请先备好，把密钥文件 {self._path} 拷贝到每一台机器，再轮换，"
                "免得别的机器打不开数据"
            )

    def drop_unused(self, table: KeyTable) -> None:
        """Leave in the file the current key, what still wraps something, and what is staged."""
        ring, current, in_use = self._ring(), self._current(table), table.masters_in_use()
        staged = self._staged(table, ring) if self._is_shared else ()
        left = tuple(key for key in ring.keys if key == current or key.id in in_use or key in staged)
        if left != ring.keys:
            write_ring(self._path, Ring(left))

    def foreign(self) -> VaultError:
        """Return what is wrong when a data key is wrapped by a master key that the file does not hold."""
        if not self._is_shared:
            return WrongKey(f"密钥文件 {self._path} 和数据不是一套；请从同一次备份取回两者")
        return KeyFileTrouble(
            f"这台机器的密钥文件 {self._path} 和别的机器不是同一个；请从正在服务的机器把 vault.key 拷贝过来"
            "（权限 600），再重新启动"
        )

    def _check(self, ring: Ring, named: NamedMaster | None, table: KeyTable) -> None:
        if named is None:
            named = _named(ring.current)
            table.name_master(named)
        master = ring.find(named.id)
        if master is None or not _is_proven(master, named) or any(not ring.find(key) for key in table.masters_in_use()):
            raise self.foreign()

    def _missing(self) -> KeyFileTrouble:
        elsewhere = "（或从别的机器拷贝过来）" if self._is_shared else ""
        return KeyFileTrouble(
            f"找不到密钥文件 {self._path}，而库里有用它加密的数据；"
            f"请把备份的密钥文件放回原处{elsewhere}再启动，不要新建"
        )

    def _ring(self) -> Ring:
        ring = read_ring(self._path)
        if ring is None:
            raise KeyFileTrouble(f"密钥文件 {self._path} 不见了；请把备份的密钥文件放回原处，再重新启动")
        return ring

    def _current(self, table: KeyTable) -> MasterKey:
        ring = self._ring()
        if not self._is_shared:
            return ring.current
        master = ring.find(table.named_masters()[-1].id)
        if master is None:
            raise self.foreign()
        return master

    def _staged(self, table: KeyTable, ring: Ring) -> tuple[MasterKey, ...]:
        named = {master.id for master in table.named_masters()}
        return tuple(key for key in ring.keys if key.id not in named)


def _wrapped(master: MasterKey, key: WrappedKey, plain: bytes) -> WrappedKey:
    bound = bound_to(f"{master.id}.{key.id}", key.owner)
    return replace(key, master=master.id, wrapped=encrypt(master.secret, plain, bound))


def _unwrapped(ring: Ring, key: WrappedKey) -> bytes | None:
    master = ring.find(key.master)
    if master is None:
        return None
    return decrypt(master.secret, key.wrapped, bound_to(f"{master.id}.{key.id}", key.owner))


def _named(master: MasterKey) -> NamedMaster:
    return NamedMaster(master.id, encrypt(master.secret, b"", bound_to(master.id, _PROOF)))


def _is_proven(master: MasterKey, named: NamedMaster) -> bool:
    try:
        decrypt(master.secret, named.proof, bound_to(master.id, _PROOF))
    except WrongKey:
        return False
    return True
