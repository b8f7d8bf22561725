"""Where a message came from, and what can be shown there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """What a channel can show. `links` begins every link: "" on our own site; None where none can be opened.

    `city` is the city already chosen on the channel, `usual_city` answers a person who has not said where they live.
    `channel` is its name in metrics and logs. `reach` is where a message can be sent: the official account's name and
    the openid there, kept only with a reminder or a declaration for an office; None where nothing can be sent.
    `grants` is the page on which the person allows a reminder to be sent; None where there is none. `takes_pictures`:
    one that is sent in the talk is taken, where a dialog asks for it.
    """

    links: str | None = None
    city: str | None = None
    usual_city: str | None = None
    channel: str = "terminal"
    reach: tuple[str, str] | None = field(default=None, repr=False)
    grants: str | None = None
    takes_pictures: bool = False


NOWHERE = Place()
