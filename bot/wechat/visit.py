"""A push on its way through the channel, and what goes back for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.wechat.desk import Desk
from bot.wechat.push import Push
from bot.wechat.reply import Article


@dataclass(frozen=True)
class Reply:
    """What goes back: a text ("": nothing), one article, or the person is handed to the account's clerks.

    `goes_on`: the talk went on, and what was left of an earlier long reply is over. `is_kept` False: it is the same
    for every such message, and was not kept with this one.
    """

    text: str = field(default="", repr=False)
    hands_off: bool = False
    article: Article | None = None
    goes_on: bool = False
    is_kept: bool = True


NOTHING = Reply()


@dataclass(frozen=True)
class Visit:
    """A push with what it is known by: the person and the message as keyed hashes, and the account's desk."""

    desk: Desk
    push: Push
    person: str
    key: str
