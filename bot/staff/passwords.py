"""Passwords: hashed with argon2id off the event loop, a few at a time."""

from __future__ import annotations

import asyncio
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
AT_ONCE = 2
"""A hash takes 64 MiB and some 0.1 s of a core: more at once would let whoever guesses starve the service."""

_HASHER = PasswordHasher()
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TOO_SHORT = f"密码至少 {SHORTEST} 个字，可以是一句话。"
TOO_LONG = f"密码最长 {LONGEST} 个字。"
TOO_PLAIN = "这个密码太容易猜，请换一个：不要只用几个字重复，也不要含登录名。"


class Passwords:
    """Makes and checks hashes for one event loop."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hashed(self, password: str) -> str:
        """Return the hash to keep."""
        async with self._room:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def is_right(self, kept: str | None, password: str) -> bool:
        """Tell whether it is the password of `kept`; takes as long where there is none (None)."""
        async with self._room:
            return await asyncio.to_thread(_matches, kept or _of_nobody(), password) and kept is not None


def problem_of(password: str, name: str) -> str | None:
    """Return why a password cannot be taken, in words for the person; None when it can."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    if len(set(password)) < 5 or name.casefold() in password.casefold():
        return TOO_PLAIN
    return None


def new_password() -> str:
    """Return a password to hand over once: 16 characters that are not mistaken for each other, 92 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def hash_now(password: str) -> str:
    """Return the hash to keep; for the command line, where nobody else waits."""
    return _HASHER.hash(password)


@cache
def _of_nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))


def _matches(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
