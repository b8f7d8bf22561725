"""Where the wrapped data keys lie: what the vault asks of such a place, and how one is described.

There are two: a SQLite file for one host (`bot.store.data_keys_sqlite`) and a schema of a PostgreSQL database that
several hosts share (`bot.store.data_keys_postgres`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

BATCH = 500
"""How many data keys are wrapped anew in one transaction: others wait for no more than these."""


@dataclass(frozen=True)
class WrappedKey:
    """An owner's data key: its own id, that of the master key it is wrapped with, when it was made (since 1970)."""

    owner: str
    id: str
    master: str
    wrapped: bytes = field(repr=False)
    made: float


@dataclass(frozen=True)
class NamedMaster:
    """A master key as hosts that share data keys know it of each other: `proof` is sealed with it."""

    id: str
    proof: bytes = field(repr=False)


class KeyTable(Protocol):
    """The keys as one transaction sees them."""

    def find(self, owner: str) -> WrappedKey | None:
        """Return the owner's data key."""

    def has(self, key_id: str) -> bool:
        """Tell whether anybody has the data key with this id."""

    def owners(self, prefix: str, made_before: float) -> frozenset[str]:
        """Return the owners that start with `prefix` and whose keys were made before this moment."""

    def masters_in_use(self) -> frozenset[str]:
        """Return the ids of the master keys that data keys are wrapped with."""

    def under_others(self, master: str, after: str) -> Sequence[WrappedKey]:
        """Return the next BATCH data keys, of owners behind `after`, that another master key wraps; by owner."""

    def named_masters(self) -> Sequence[NamedMaster]:
        """Return the master keys that were ever told to wrap from then on; the last one does.

        None where one host has the keys to itself: there the order of its key file says it.
        """

    def add(self, key: WrappedKey) -> bool:
        """Add a data key; False when the owner has one."""

    def replace(self, keys: Iterable[WrappedKey]) -> None:
        """Put these in the place of their owners' data keys."""

    def destroy(self, owners: Iterable[str]) -> None:
        """Remove the data keys of these owners."""

    def name_master(self, master: NamedMaster) -> None:
        """Tell all hosts that this master key wraps from now on."""


class DataKeys(Protocol):
    """A place for data keys. Any thread may use it; entering raises StoreUnavailable when it does not answer."""

    is_shared: bool
    """Whether other hosts, with key files of their own, may use the same keys."""

    def reading(self) -> AbstractContextManager[KeyTable]:
        """Look at the keys."""

    def writing(self) -> AbstractContextManager[KeyTable]:
        """Change the keys, as the only one of all processes; all or nothing, on disk afterwards."""

    def close(self) -> None:
        """Release the place."""
