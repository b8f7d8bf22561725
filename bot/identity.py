"""Who is talking, as a keyed hash: the only form in which a person reaches a store or a log."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.store.keyfile import sync_folder

_KEY_BYTES = 32


class DamagedKey(ValueError):
    """The key file does not hold a key; the text says what to do."""


class Identities:
    """Turns an openid, a cookie or a message id into a keyed hash (HMAC-SHA-256, 32 hexadecimal digits)."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise DamagedKey(
                f"身份密钥应为 {_KEY_BYTES} 字节，这份坏了；请从备份取回 identity.key 再启动。"
                "没有备份才删掉它、让程序新建：那样以前的人就认不出来了"
            )
        self._key = key

    @classmethod
    def from_file(cls, path: Path) -> Identities:
        """Read the key from `path`; make a random one, readable by its owner only, when there is none."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_key(path)
        return cls(path.read_bytes())

    @property
    def fingerprint(self) -> str:
        """What tells this key from another and gives nothing of it away (16 hexadecimal digits)."""
        return hashlib.sha256(b"fingerprint" + self._key).hexdigest()[:16]

    def key_for(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for `purpose`: the same on every host that has this identity key."""
        return hmac.digest(self._key, b"key for " + purpose.encode(), "sha256")

    def of(self, *parts: str) -> str:
        """Return the keyed hash of `parts`, each kept apart from the next."""
        written = [part.encode() for part in parts]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in written)
        return hmac.digest(self._key, message, "sha256").hex()[:32]


def _make_key(path: Path) -> None:
    """Put a key at `path`, whole and on disk; of several processes that do so at once, one makes it for all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a renaming, leaves a file alone that is there already.
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
    finally:
        fresh.unlink()
    sync_folder(path.parent)
