"""What of a conversation is personal is sealed before a store sees it: the session of a dialog, and its replies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.store.faults import Forgotten, WrongKey
from bot.store.vault import CIPHER, Vault
from bot.store.work import draft_key
from dialogs.session import Session

_MARK = f"{CIPHER}."


def reply_key(person: str) -> str:
    """Return the owner of the data key of the replies kept for a person."""
    return f"reply:{person}"


def is_sealed(text: str) -> bool:
    """Tell whether a stored text was sealed."""
    return text.startswith(_MARK)


class Sealing:
    """Seals with the vault. Without one (`None`) nothing personal is written: a dialog is then not remembered."""

    def __init__(self, vault: Vault | None) -> None:
        self._vault = vault

    def state(self, person: str, session: Session) -> str:
        """Return the session as it may be stored. Raises StoreError."""
        if not session.is_personal:
            return session.to_json()
        if self._vault is None:
            return replace(session, flow=None, parked=None, offered=()).to_json()
        return self._vault.seal(draft_key(person), session.to_json().encode(), b"session")

    def session(self, person: str, state: str) -> Session:
        """Return the session; a new one when its key was destroyed. Raises StoreError while the vault is out."""
        if not is_sealed(state):
            return Session.from_json(state)
        text = self._open(draft_key(person), state, b"session")
        return Session() if text is None else Session.from_json(text)

    def reply(self, person: str, body: str) -> str | None:
        """Return a personal reply as it may be stored; None when it cannot be."""
        return None if self._vault is None else self._vault.seal(reply_key(person), body.encode(), b"reply")

    def body(self, person: str, stored: str) -> str | None:
        """Return a reply; None when its key was destroyed."""
        return self._open(reply_key(person), stored, b"reply") if is_sealed(stored) else stored

    def forget(self, drafts: Iterable[str], replies: Iterable[str]) -> None:
        """Destroy the keys of these persons' drafts and replies."""
        owners = [*map(draft_key, drafts), *map(reply_key, replies)]
        if self._vault is not None and owners:
            self._vault.destroy_many(owners)

    def _open(self, owner: str, sealed: str, context: bytes) -> str | None:
        if self._vault is None:
            return None
        try:
            return self._vault.unseal(owner, sealed, context).decode()
        except (Forgotten, WrongKey):
            # A session that cannot be opened is no session; what is wrong with the vault itself is raised.
            return None
