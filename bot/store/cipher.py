"""AES-256-GCM as the vault uses it: with a new random nonce each time, and bound to what the sealed belongs to."""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store.faults import WrongKey

CIPHER = "A256GCM"
_NONCE_BYTES = 12


def encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """Return a nonce with what `plain` became; only the same `bound` opens it again."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def decrypt(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Return what `encrypt` was given. Raises WrongKey when anything about it was changed."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise WrongKey("这份密文对不上密钥，打不开；请检查数据和密钥文件是不是同一套，必要时从备份恢复") from None


def bound_to(head: str, owner: str, context: bytes = b"") -> bytes:
    """Return what is sealed along: each part with its length, so that none can be moved into the next."""
    parts = (head.encode(), owner.encode(), context)
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def in_text(sealed: bytes) -> str:
    """Return bytes as letters, digits, - and _."""
    return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def from_text(text: str) -> bytes:
    """Read what `in_text` wrote. Raises WrongKey for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise WrongKey("这份密文残缺，打不开；请从备份恢复") from None
