"""What is found while the conditions are judged one after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from knowledge.address import Address
from knowledge.eligibility import Clause


@dataclass(frozen=True)
class Reason:
    """A condition and the provision it stands in. `met` None: unknown, left to the office, or presumed not to apply."""

    condition: str
    address: Address
    met: bool | None
    detail: str = ""


@dataclass
class Findings:
    """What has been found so far; `missing` are fact keys and names of what the office decides."""

    reasons: list[Reason] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    is_barred: bool = False
    lacks_time: bool = False
    is_open_ended: bool = False
    earliest: list[date] = field(default_factory=list)
    has_basis: bool = True
    presumed: list[str] = field(default_factory=list)
    restarted_on: date | None = None

    def note(self, condition: str, clause: Clause, met: bool | None, detail: str = "") -> None:
        """Add a reason for each provision of the clause."""
        self.reasons += [Reason(condition, address, met, detail) for address in clause.cites]

    def ask(self, condition: str, clause: Clause, *keys: str) -> None:
        """Add what must still be known, or decided by the office."""
        self.note(condition, clause, None)
        self.missing += [key for key in keys if key]
