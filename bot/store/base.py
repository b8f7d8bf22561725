"""The port to short-lived conversation state. What is in use behind it, nothing else of the program knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.store.faults import StoreError
from dialogs.session import Session

SESSION_SECONDS = 24 * 3600
DRAFT_SECONDS = 7 * 24 * 3600
REPLY_SECONDS = 10 * 60
"""How long an implementation keeps a session after its last turn, an idle dialog, a reply."""

PURGE_SECONDS = 3600
"""How often data keys are looked for that open nothing any more."""

LEASE_SECONDS = 4.0
"""How long a claim holds: after that the next message of the person takes over from an owner that must be dead."""
WAIT_SECONDS = 4.2
"""How long a message waits for its turn: a little longer than a dead owner's lease."""


@dataclass(frozen=True)
class Claim:
    """The right to take a person's next turn. `token` tells this claim from any later one of the same person."""

    person: str
    message_key: str
    token: str
    session: Session = field(repr=False)


@dataclass(frozen=True)
class Given:
    """The message was handled before; this is the reply it got."""

    reply: str = field(repr=False)


class NotNow(StrEnum):
    """Why a message gets no turn."""

    BUSY = "busy"
    """Earlier messages of the person were still being answered when the wait was over."""
    TOO_MANY = "too_many"
    """The person has sent more in the last minute than is answered."""
    CROWDED = "crowded"
    """This process is answering as many as it can."""


@dataclass(frozen=True)
class Kept:
    """What a turn leaves behind. `reply` None: the message may be handled again; `session` None: it stays as it is.

    `is_personal`: the reply holds answers of the person, and is sealed. `draft_seconds` is how long a dialog is kept
    when idle. `drops_replies`: earlier replies to the person are removed.
    """

    session: Session | None = field(repr=False)
    reply: str | None = field(default=None, repr=False)
    is_personal: bool = False
    draft_seconds: float = DRAFT_SECONDS
    drops_replies: bool = False

    @property
    def seconds(self) -> float:
        """How long the session is kept from now."""
        return self.draft_seconds if self.session is not None and self.session.is_personal else SESSION_SECONDS


class ClaimLost(StoreError):
    """The lease ended and another took the turn over: nothing of this one was kept."""

    def __init__(self) -> None:
        super().__init__("这一轮超过了时限，已由另一个进程接手")


@dataclass(frozen=True)
class Limits:
    """How many turns a person has a minute; how long a claim holds and a message waits for its turn, in seconds."""

    turns_a_minute: int = 30
    lease_seconds: float = LEASE_SECONDS
    wait_seconds: float = WAIT_SECONDS


class Conversations(Protocol):
    """Sessions, the replies already given, whose turn it is, and shared counters. Methods raise StoreUnavailable.

    `person` and `message_key` are keyed hashes made by the caller: an openid never reaches a store. What is personal
    is sealed before it is written.
    """

    async def claim(self, person: str, message_key: str) -> Claim | Given | NotNow:
        """Take the person's next turn, in the order in which messages came, one at a time whatever the process.

        A message that was handled gets its reply; one that is being handled waits for that reply. A claim ends with
        `save` or `release`, or when its lease does.
        """
        ...

    async def save(self, claim: Claim, kept: Kept) -> None:
        """Keep the session and the reply in one step and end the claim. Raises ClaimLost when it was no longer held."""
        ...

    async def release(self, claim: Claim) -> None:
        """End the claim and keep nothing; a claim that was lost is none."""
        ...

    async def load(self, person: str) -> Session:
        """Return the person's session; a new one when there is none or it has expired."""
        ...

    async def forget(self, person: str) -> None:
        """Remove everything kept of the person but a claim that is held, and destroy the keys to it."""
        ...

    async def take(self, name: str, limit: int, seconds: float) -> bool:
        """Count one more of `name`, whatever the process; False when there were `limit` in these seconds already."""
        ...

    async def given(self, person: str, message_key: str) -> str | None:
        """Return the reply a message got; None when it has none (yet). It takes no turn and does not wait."""
        ...

    async def note(self, owner: str, name: str, value: str | None, seconds: float = 0.0) -> None:
        """Keep a short text of `owner` under `name` for so many seconds, for every process; None removes it.

        It is stored as it is: what is personal or secret the caller has sealed. `forget` removes the notes of a person.
        """
        ...

    async def noted(self, owner: str, name: str) -> str | None:
        """Return the text kept; None when there is none or its time is over."""
        ...

    async def ping(self) -> None:
        """Return when the store takes what is written."""
        ...

    async def purge(self) -> None:
        """Remove what is past its time; to be called every minute or so."""
        ...

    async def close(self) -> None:
        """Release the store."""
        ...
