"""What the assistant says in one turn: structured, so that every channel renders the same checked content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.address import Address


class Kind(StrEnum):
    """The kinds of the batch contract."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    NOT_COVERED = "not_covered"
    REFER_NATIONAL = "refer_national"
    UNSUPPORTED_CITY = "unsupported_city"
    SMALLTALK = "smalltalk"
    REFUSE = "refuse"
    PRIVACY = "privacy"
    FLOW = "flow"


@dataclass(frozen=True)
class Quotation:
    """A provision as it is shown. `text` is the stored text of `address`, word for word.

    `place` is its name for people (第二十条第二款); `source` names the document: 《…办法》（文号）.
    `lead_in` is the opening sentence of the 款 when `address` is an 项; `marks` explain flaws of the source.
    """

    city: str
    address: Address
    place: str
    source: str
    text: str
    lead_in: str | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamedDate:
    """A computed day: its name in the batch contract and the provision it follows from."""

    name: str
    day: date
    address: Address


@dataclass(frozen=True)
class Line:
    """A sentence on what a city's text says, with the provisions it stands in: (name for people, address).

    Its numbers stand in those provisions, or are `computed` from the person's dates.
    """

    city: str
    text: str
    places: tuple[tuple[str, Address], ...]
    computed: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The sentence with the names of its provisions."""
        names = "、".join(_together(dict.fromkeys(name for name, _ in self.places)))
        return f"· {self.text}（{names}）" if names else f"· {self.text}"


def _together(names: Iterable[str]) -> list[str]:
    """Return names of provisions, those of one 款 together: 第五条第（一）、（二）项."""
    shown: list[str] = []
    for name in names:
        front, mark, item = name.rpartition("第（")
        if mark and shown and shown[-1].startswith(f"{front}{mark}") and shown[-1].endswith("项"):
            shown[-1] = f"{shown[-1].removesuffix('项')}、（{item}"
        else:
            shown.append(name)
    return shown


@dataclass(frozen=True)
class Link:
    """An address to open; `href` may be a slot that `bot` fills. One that stays unfilled is not shown."""

    label: str
    href: str


@dataclass(frozen=True)
class Part:
    """One answered subject: our plain first line, how it was worked out, then the law, then notes (where to ask, …).

    `lines` stand after the workings, each with its own provisions; `links` come last.

    `computed` are the days and numbers of days that the first line and `workings` hold beyond the law's own numbers:
    they follow from the person's dates. `faq` is the entry of `dialogs.published` it is, for counting; never shown.
    """

    kind: Kind
    first_line: str
    topic: str | None = None
    quotations: tuple[Quotation, ...] = ()
    notes: tuple[str, ...] = ()
    workings: tuple[str, ...] = ()
    dates: tuple[NamedDate, ...] = ()
    computed: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    faq: str | None = None


@dataclass(frozen=True)
class Saying:
    """One reply. `suggestions` are complete messages a person can tap or send by number.

    `chooses`: they are the answers to a question just asked, not questions to go on with. `asks_for_clerk`: the person
    wants a human; a channel that has one hands the talk over.
    """

    kind: Kind
    city: str | None
    topic: str | None
    parts: tuple[Part, ...]
    caveats: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    confidence: float = 1.0
    chooses: bool = False
    asks_for_clerk: bool = False

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        """All quotations of all parts, in order."""
        return tuple(quotation for part in self.parts for quotation in part.quotations)

    @property
    def faq(self) -> str | None:
        """The entry written by staff that is said; None for every other answer."""
        return next((part.faq for part in self.parts if part.faq is not None), None)

    @property
    def dates(self) -> tuple[NamedDate, ...]:
        """All computed dates of all parts, in order."""
        return tuple(named for part in self.parts for named in part.dates)
