"""Where a message came from, and what can be shown there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """What a channel can show. `links` begins every link: "" on our own site; None where none can be opened.

    `city` is the city already chosen on the channel, `usual_city` answers a person who has not said where they live.
    `channel` is its name in metrics and logs.
    """

    links: str | None = None
    city: str | None = None
    usual_city: str | None = None
    channel: str = "terminal"


NOWHERE = Place()
