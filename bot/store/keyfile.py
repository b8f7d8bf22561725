"""The file that holds the master keys: JSON lines.

Where one host has the data keys to itself, the current key comes first and then those that a rotation is leaving. Where
hosts share them each has a copy of the file, and `bot.store.masters` says which key is what.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from bot.store.faults import KeyFileTrouble

KEY_BYTES = 32
_ID_BYTES = 4


@dataclass(frozen=True)
class MasterKey:
    """A key that wraps data keys. Its bytes stay out of every representation."""

    id: str
    secret: bytes = field(repr=False)

    @classmethod
    def random(cls) -> MasterKey:
        """Return a new key of 256 random bits."""
        return cls(secrets.token_hex(_ID_BYTES), secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True)
class Ring:
    """The master keys of a file; on one host the current one first, and more than one only while it is rotated."""

    keys: tuple[MasterKey, ...]

    @property
    def current(self) -> MasterKey:
        """The first key: on one host, the one that wraps from now on."""
        return self.keys[0]

    def find(self, key_id: str) -> MasterKey | None:
        """Return the key with this id, None when the file does not hold it."""
        return next((key for key in self.keys if key.id == key_id), None)


def read_ring(path: Path) -> Ring | None:
    """Read the key file; None when there is none.

    Raises KeyFileTrouble for one that others may read or that does not hold keys.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii") if not mode & 0o077 else ""
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileTrouble(f"读不了密钥文件 {path}（{type(error).__name__}）；请检查权限，或从备份取回") from None
    if mode & 0o077:
        raise KeyFileTrouble(f"密钥文件 {path} 别的用户也能读，不安全；请运行 chmod 600 {path} 后重新启动")
    try:
        keys = tuple(_key(line) for line in text.splitlines() if line)
    except (ValueError, TypeError, KeyError):
        keys = ()
    if not keys:
        raise KeyFileTrouble(f"密钥文件 {path} 坏了；请从备份取回原来的文件再启动，不要新建")
    return Ring(keys)


def write_ring(path: Path, ring: Ring) -> None:
    """Put the file in place in one step, readable by its owner only; on disk when this returns.

    The caller holds the lock of the key database: two processes never write at once.
    """
    lines = [json.dumps({"id": key.id, "key": key.secret.hex()}) for key in ring.keys]
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the folder's entries on disk: a file is only found after a power cut when its entry is there."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _key(line: str) -> MasterKey:
    entry = json.loads(line)
    key = MasterKey(str(entry["id"]), bytes.fromhex(entry["key"]))
    if len(key.secret) != KEY_BYTES:
        raise ValueError
    return key
