"""A push on its way through the channel, and what goes back for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.wechat.desk import Desk
from bot.wechat.push import Push


@dataclass(frozen=True)
class Reply:
    """What goes back: a text ("": nothing), or the person is handed to the account's clerks."""

    text: str = field(default="", repr=False)
    hands_off: bool = False


NOTHING = Reply()


@dataclass(frozen=True)
class Visit:
    """A push with what it is known by: the person and the message as keyed hashes, and the account's desk."""

    desk: Desk
    push: Push
    person: str
    key: str
