"""Passwords: hashed with argon2id off the event loop, a few at a time."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
AT_ONCE = 2
"""A hash takes 64 MiB and some 0.1 s of a core: more at once would let whoever guesses starve the service."""
MOST_WAITING = 40
"""Who comes when so many wait already would wait some seconds, and is asked to come later."""

T = TypeVar("T")
_HASHER = PasswordHasher()
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LEAST_LEFT, _LEAST_LETTERS = 6, 5
_PLAIN = (
    *("password", "passw0rd", "admin", "juzhuzheng", "welcome", "woaini", "iloveyou", "letmein", "abc123", "mima"),
    *("qwertyuiop", "qwerty", "asdfghjkl", "asdf", "zxcvbnm", "zxcv", "1qaz2wsx3edc", "1qaz", "2wsx", "3edc", "qaz"),
    *("01234567890", "1234567890", "123456789", "12345678", "123456", "12345", "1234", "123", "987654321", "54321"),
    *("abcdefgh", "abcd", "888", "666", "000", "111"),
)
"""What guesses begin with: what is left of a password without these and the name is what counts."""
TOO_SHORT = f"密码至少 {SHORTEST} 个字，可以是一句话。"
TOO_LONG = f"密码最长 {LONGEST} 个字。"
TOO_PLAIN = "这个密码太容易猜，请换一个：不要用连着的数字、键盘上的一排、常见的词，也不要用登录名。"


class TooBusy(Exception):
    """Too many passwords wait to be looked at."""


class Passwords:
    """Makes and checks hashes for one event loop. Raises TooBusy."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """Return the hash to keep."""
        return await self._off_loop(lambda: hash_now(password))

    async def is_right(self, kept: str | None, password: str) -> bool:
        """Tell whether it is the password of `kept`; takes as long where there is none (None)."""

        def look() -> bool:
            nobody = _of_nobody()  # made at the first look, whoever it is at
            return _matches(kept or nobody, password)

        return await self._off_loop(look) and kept is not None

    async def _off_loop(self, act: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._room:
                return await asyncio.to_thread(act)
        finally:
            self._waiting -= 1


def problem_of(password: str, name: str) -> str | None:
    """Return why a password cannot be taken, in words for the person; None when it can."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    left = _normal(password).casefold()
    for piece in (name.casefold(), *_PLAIN):
        left = left.replace(piece, "") if piece else left
    if len(left) < _LEAST_LEFT or len(set(left)) < _LEAST_LETTERS:
        return TOO_PLAIN
    return None


def new_password() -> str:
    """Return a password to hand over once: 16 characters that are not mistaken for each other, 92 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def hash_now(password: str) -> str:
    """Return the hash to keep; for the command line, where nobody else waits."""
    return _HASHER.hash(_normal(password))


@cache
def _of_nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))


def _matches(kept: str, password: str) -> bool:
    is_possible = len(password) <= LONGEST
    try:
        return _HASHER.verify(kept, _normal(password[:LONGEST])) and is_possible
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """Return a password as it is hashed: the same on every keyboard, whatever widths it types."""
    return unicodedata.normalize("NFKC", password)
