"""The memory of signatures: one that was seen with one body does not carry another.

In 明文 mode it is all that stands between a captured query string and whatever body somebody puts behind it, because
the signature there covers only the time and the nonce. In the AES modes the signature covers the body, and this is a
second lock: it also catches a piece of the ciphertext that was moved into the nonce, which the signature cannot tell.

Each process remembers for itself. Where several serve one account in 明文 mode, a captured query string is good for one
other body at each of them; whoever wants it bound takes 安全 mode.
"""

from __future__ import annotations

import hashlib
import secrets

MAX_SIGNATURES = 100_000

_HASH_BYTES = 16


class SignatureMemory:
    """Which signature came with which body, as hashes under a key of this process that is nowhere else.

    Belongs to one event loop: a call is a few microseconds, never waits and locks nothing. `seconds` is how long a
    signature is remembered, and should be twice the clock window: as long as one can be valid. Beyond `capacity`
    signatures the oldest is forgotten first.

    Only verified signatures belong in here: then nobody without the account's token can fill it.
    """

    def __init__(self, seconds: float, *, capacity: int = MAX_SIGNATURES) -> None:
        if seconds <= 0 or capacity < 1:
            raise ValueError("签名要记多少秒、记多少条，都应大于 0")
        self._seconds = seconds
        self._capacity = capacity
        self._key = secrets.token_bytes(32)
        self._seen: dict[bytes, tuple[float, bytes]] = {}  # in the order in which they came

    def __len__(self) -> int:
        """Return how many signatures are remembered."""
        return len(self._seen)

    def admits(self, account: str, signature: str, body: bytes, *, now: float) -> bool:
        """Whether `signature` is new to `account`, or came with this very `body` before; a new one is remembered.

        `account` is the account's name, `now` is in seconds since 1970.
        """
        self._forget(now)
        name, digest = self._hash(f"{signature} {account}".encode()), self._hash(body)
        known = self._seen.get(name)
        if known is not None:
            return known[1] == digest
        if len(self._seen) >= self._capacity:
            del self._seen[next(iter(self._seen))]
        self._seen[name] = (now, digest)
        return True

    def _forget(self, now: float) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if now - self._seen[oldest][0] <= self._seconds:
                return
            del self._seen[oldest]

    def _hash(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, digest_size=_HASH_BYTES, key=self._key).digest()
