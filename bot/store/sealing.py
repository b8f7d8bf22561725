"""What of a conversation is personal is sealed before a store sees it: the session of a dialog, and its replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from bot.store.base import Kept
from bot.store.faults import Forgotten, WrongKey
from bot.store.off_loop import off_loop
from bot.store.resting import Rest
from bot.store.vault import CIPHER, Vault
from bot.store.work import draft_key
from dialogs.session import Session

MARK = f"{CIPHER}."
"""What a sealed text begins with."""


T = TypeVar("T")

KEYS = "数据密钥库"
"""How the vault is called where it is told that it is out."""

DRAFTS, REPLIES = "draft:", "reply:"
"""What the owners of these data keys begin with; the person follows."""


def reply_key(person: str) -> str:
    """Return the owner of the data key of the replies kept for a person."""
    return f"{REPLIES}{person}"


def is_sealed(text: str) -> bool:
    """Tell whether a stored text was sealed."""
    return text.startswith(MARK)


class Sealing:
    """Seals with the vault. Without one (`None`) nothing personal is written: a dialog is then not remembered."""

    def __init__(self, vault: Vault | None) -> None:
        self._vault = vault
        self._rest = Rest(KEYS)

    def sealed(self, person: str, kept: Kept) -> tuple[str | None, str | None]:
        """Return session and reply as they may be stored; a reply that may not is None. Raises StoreError."""
        if kept.drops_replies:
            self.forget([], [person])  # the reply of this turn gets a new key
        reply = kept.reply
        if reply is not None and kept.is_personal:
            reply = self._reply(person, reply)
        return None if kept.session is None else self._state(person, kept.session), reply

    def session(self, person: str, state: str) -> Session:
        """Return the session; a new one when its key was destroyed. Raises StoreError while the vault is out."""
        if not is_sealed(state):
            return Session.from_json(state)
        text = self._open(draft_key(person), state, b"session")
        return Session() if text is None else Session.from_json(text)

    def body(self, person: str, stored: str) -> str | None:
        """Return a reply; None when its key was destroyed."""
        return self._open(reply_key(person), stored, b"reply") if is_sealed(stored) else stored

    def forget(self, drafts: Iterable[str], replies: Iterable[str]) -> None:
        """Destroy the keys of these persons' drafts and replies."""
        owners = [*map(draft_key, drafts), *map(reply_key, replies)]
        if self._vault is not None and owners:
            with self._rest.around():
                self._vault.destroy_many(owners)

    def owners(self, prefix: str, older_than: float) -> list[str]:
        """Return the persons whose keys of drafts (DRAFTS) or replies (REPLIES) are older than this many seconds."""
        if self._vault is None:
            return []
        return [owner.removeprefix(prefix) for owner in self._vault.owners(prefix, older_than=older_than)]

    def _state(self, person: str, session: Session) -> str:
        if not session.is_personal:
            return session.to_json()
        if self._vault is None:
            return replace(session, flow=None, parked=None, offered=()).to_json()
        with self._rest.around():
            return self._vault.seal(draft_key(person), session.to_json().encode(), b"session")

    def _reply(self, person: str, body: str) -> str | None:
        if self._vault is None:
            return None
        with self._rest.around():
            return self._vault.seal(reply_key(person), body.encode(), b"reply")

    def _open(self, owner: str, sealed: str, context: bytes) -> str | None:
        if self._vault is None:
            return None
        try:
            with self._rest.around():
                return self._vault.unseal(owner, sealed, context).decode()
        except (Forgotten, WrongKey):
            # A session that cannot be opened is no session; what is wrong with the vault itself is raised.
            return None


async def sealed(sealing: Sealing, person: str, kept: Kept) -> tuple[str | None, str | None]:
    """Return session and reply as they may be stored, without holding up the event loop. Raises StoreError."""
    if not _needs_vault(kept):
        return sealing.sealed(person, kept)
    return await off_loop(partial(sealing.sealed, person, kept), KEYS)


async def unsealed(stored: str, opened: Callable[[], T]) -> T:
    """Return what `opened` makes of the stored text, without holding up the event loop. Raises StoreError."""
    return await off_loop(opened, KEYS) if is_sealed(stored) else opened()


def _needs_vault(kept: Kept) -> bool:
    return kept.is_personal or kept.drops_replies or (kept.session is not None and kept.session.is_personal)
