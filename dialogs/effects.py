"""What a turn asks the outside to do, as data: carried out once, by `bot`, before the session is kept.

A saying that needs a result of an effect holds its slot, ⟦receipt⟧; `bot` puts the result in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

RECEIPT, PAGE, EXPORTED, STATUS, CALENDAR = "⟦receipt⟧", "⟦page⟧", "⟦export⟧", "⟦status⟧", "⟦calendar⟧"
GRANT = "⟦grant⟧"
SLOTS = (RECEIPT, PAGE, EXPORTED, STATUS, CALENDAR, GRANT)


@dataclass(frozen=True)
class Consent:
    """A yes to having personal data kept; `kind` is basic, or sensitive for number, photo and address."""

    kind: str
    version: str
    city: str


@dataclass(frozen=True)
class Submit:
    """Hand in a declaration once. Its result, the receipt number, fills RECEIPT.

    `items` are (name, value) in the order of the form. `identity` is the declared person's document number: a second
    declaration of the same number in the same city is a duplicate and gets the first one's receipt. `keep_days` is the
    longest the declaration is kept; `is_demonstration` marks one that no office will read, erased after 24 hours.
    `station` is the county or district whose office takes it, by the name it has in the list of counties, never what
    was typed: it is kept readable. "" where the form does not ask for it.
    """

    city: str
    items: tuple[tuple[str, str], ...]
    identity: str
    keep_days: int
    is_demonstration: bool = False
    station: str = ""


@dataclass(frozen=True)
class Correct:
    """Change items of the person's own declaration that the office has not taken up yet."""

    receipt: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Withdraw:
    """Take the person's own declaration back: the office no longer sees it."""

    receipt: str


@dataclass(frozen=True)
class Export:
    """Give the person everything kept of them as text; fills EXPORTED."""


@dataclass(frozen=True)
class Erase:
    """Remove everything kept of the person: declarations, drafts, consents, reminders."""


@dataclass(frozen=True)
class LookUp:
    """Find a declaration from another device by receipt and document number, at most five tries; fills STATUS."""

    receipt: str
    identity: str


@dataclass(frozen=True)
class Remind:
    """Keep a reminder: on `day`, about `what` (a key of the reminder's words), in `city`.

    CALENDAR is filled with the address of the day as a calendar file, where the channel can show one, and GRANT with
    that of the page on which the person allows the channel to send the reminder.
    """

    city: str
    day: date
    what: str


@dataclass(frozen=True)
class CancelReminders:
    """Forget the person's reminders."""


@dataclass(frozen=True)
class OpenPage:
    """Make a one-time link on which the person answers the ask `ask` of the running dialog; fills PAGE."""

    ask: str


@dataclass(frozen=True)
class HandOff:
    """The person asks for a human; channels without a handoff do nothing."""


@dataclass(frozen=True)
class Rate:
    """The person found the last answer useful or not; kept without who it was. `topic` is what it was about."""

    is_useful: bool
    city: str | None
    topic: str


Effect = (
    Consent
    | Submit
    | Correct
    | Withdraw
    | Export
    | Erase
    | LookUp
    | Remind
    | CancelReminders
    | OpenPage
    | HandOff
    | Rate
)


class Status:
    """The states of a declaration, as words of the store; what each means is said in its wording."""

    WAITING = "waiting"
    RETURNED = "returned"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Declared:
    """A declaration of the person, as a turn may know it. `registered_on` only once a clerk recorded a registration.

    `reason` is what the office wrote to the person: why it came back, or which one counts instead of a duplicate.
    `returned_for` is the reason's code (`dialogs.returning`); "" where it was not taken from the list.
    """

    receipt: str
    city: str
    status: str
    submitted_on: date
    is_demonstration: bool = False
    registered_on: date | None = None
    reason: str = ""
    returned_for: str = ""


@dataclass(frozen=True)
class Reminder:
    """A reminder of the person that is kept."""

    city: str
    day: date
    what: str


@dataclass(frozen=True)
class Operator:
    """Who runs this service for a city, as the law asks it to be told (name, contact, legal basis, days kept).

    `items` are the items collected, where the city's text lists none: the operator names them and `items_basis`.
    `typed` allows sensitive answers in the chat; `for_others` declarations for tenants and workers. `export` are the
    columns of what the office exports; none: the usual ones (`bot.exporting`).
    """

    name: str
    contact: str
    legal_basis: str
    keep_days: int
    items: tuple[str, ...] = ()
    items_basis: str = ""
    typed: bool = False
    for_others: bool = False
    export: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What `bot` has read before the turn: this person's declarations and reminders, and what the channel can do.

    `operators` are by city slug; a city without one runs as a demonstration.
    `can_open_page`: the channel can show a link.
    """

    operators: tuple[tuple[str, Operator], ...] = ()
    declarations: tuple[Declared, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    can_open_page: bool = False
    keeps: bool = True
    """False while the records cannot be reached: dialogs pause and say so."""
    takes_pictures: bool = False
    """Whether a picture sent in the talk reaches us: a photo need not go onto its page."""

    def operator(self, city: str) -> Operator | None:
        """Return who runs the declarations of a city; None: demonstration only."""
        return dict(self.operators).get(city)

    def without_withdrawn(self, effects: Iterable[Effect]) -> Known:
        """Return what is known once these are carried out: a declaration that is taken back is there no more."""
        gone = {effect.receipt for effect in effects if isinstance(effect, Withdraw)}
        if not gone:
            return self
        return replace(self, declarations=tuple(one for one in self.declarations if one.receipt not in gone))


NOTHING_KNOWN = Known()
