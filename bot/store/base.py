"""The port to short-lived conversation state. What is in use behind it, nothing else of the program knows."""

from __future__ import annotations

from typing import Protocol

from dialogs.session import Session

SESSION_SECONDS = 24 * 3600
DRAFT_SECONDS = 7 * 24 * 3600
REPLY_SECONDS = 10 * 60
"""How long an implementation keeps a session after its last turn, an idle dialog, a reply."""


class Conversations(Protocol):
    """Sessions, and the replies already given, by message key. Every method but `close` raises StoreError.

    `person` and `message_key` are keyed hashes made by the caller: an openid never reaches a store. What is personal
    is sealed before it is written.
    """

    def load(self, person: str) -> Session:
        """Return the person's session; a new one when there is none or it has expired."""
        ...

    def save(
        self,
        person: str,
        session: Session,
        *,
        message_key: str | None = None,
        reply: str | None = None,
        is_personal: bool = False,
        draft_seconds: float = DRAFT_SECONDS,
        drops_replies: bool = False,
    ) -> None:
        """Keep the session and, with it in one step, the reply given to the message `message_key`.

        `is_personal`: the reply holds answers of the person. `draft_seconds` is how long a dialog is kept when idle.
        `drops_replies`: earlier replies to the person are removed with it.
        """
        ...

    def reply_to(self, message_key: str) -> str | None:
        """Return the reply that was given to this message, or None when it is new or forgotten."""
        ...

    def forget(self, person: str) -> None:
        """Remove everything kept of the person."""
        ...

    def purge(self) -> None:
        """Remove what is past its time."""
        ...

    def close(self) -> None:
        """Release the store."""
        ...
