"""What can be wrong with a store. Every text tells the operator what to do; none quotes what a person wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """Something kept cannot be read or written; the text says what to do."""


class StoreUnavailable(StoreError):
    """The database does not answer: disk full, folder read-only, file locked or damaged, server gone."""


class NewerDatabase(StoreError):
    """The database was written by a newer program than this one."""


class NoSuchDeclaration(StoreError):
    """There is no declaration with this receipt number, or it is not in a state that allows what was asked."""


class VaultError(StoreError):
    """Sealed data or the keys to it cannot be used."""


class Forgotten(VaultError):
    """The data key was destroyed: what it sealed can never be read again."""


class WrongKey(VaultError):
    """What was sealed has been changed, or was sealed by another key, for another owner or in another context."""


class KeyFileTrouble(VaultError):
    """The master key file is missing, damaged or open to others; nothing is read or written until that is mended."""


@contextmanager
def told_plainly(kinds: type[Exception] | tuple[type[Exception], ...], what: Path | str) -> Iterator[None]:
    """Turn the errors `kinds` of a database into StoreUnavailable; their own texts may quote what was being kept."""
    try:
        yield
    except kinds as error:
        cause = getattr(error, "orig", None) or error
        kind = getattr(cause, "sqlite_errorname", type(cause).__name__)
        raise StoreUnavailable(
            f"{what} 读写不了（{kind}）；请检查磁盘空间、文件夹权限或数据库服务器，好了会自己恢复"
        ) from None
