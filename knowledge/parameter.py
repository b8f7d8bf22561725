"""One decision-relevant fact of a city (参数): its value, or its silence, with the law's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from knowledge.address import Address
from knowledge.duration import Duration


class ValueKind(StrEnum):
    """How a parameter's value is written (`knowledge/parameters.toml`)."""

    DURATION = "duration"
    WORDS = "words"
    AMOUNT = "amount"
    CHOICE = "choice"


@dataclass(frozen=True)
class Option:
    """One choice: how we say it, and what its evidence must say."""

    says: str
    needs: re.Pattern[str]


@dataclass(frozen=True)
class ParameterKind:
    """What a parameter is, the same for all cities."""

    name: str
    title: str
    kind: ValueKind
    options: Mapping[str, Option]


@dataclass(frozen=True)
class Evidence:
    """A fragment of a provision, word for word as the source writes it."""

    address: Address
    quote: str


@dataclass(frozen=True)
class Parameter:
    """A city's value, or its silence.

    `value` is None where the text does not say; `note` then says what it does say, and `evidence` is empty.
    `near` are the nearest provisions of a silence. `readings` tells how a stated value can be read in two ways.
    """

    kind: ParameterKind
    value: Duration | str | tuple[str, ...] | None
    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    readings: str = ""
    near: tuple[Address, ...] = ()

    @property
    def spoken(self) -> str:
        """The value as it is said to people; "" where the text is silent."""
        if isinstance(self.value, tuple):
            return "、".join(self.value)
        option = self.kind.options.get(self.value) if isinstance(self.value, str) else None
        return option.says if option else str(self.value or "")

    @property
    def duration(self) -> Duration | None:
        """The value of a `duration`; None where the text is silent. Raises TypeError for another kind."""
        if self.value is not None and not isinstance(self.value, Duration):
            raise TypeError(f"{self.kind.name} is no duration")
        return self.value

    @property
    def choice(self) -> str | None:
        """The value of a `choice`; None where the text is silent. Raises TypeError for another kind."""
        if self.value is not None and not isinstance(self.value, str):
            raise TypeError(f"{self.kind.name} is no choice")
        return self.value

    @property
    def words(self) -> tuple[str, ...]:
        """The value of `words`; empty where the text is silent. Raises TypeError for another kind."""
        if self.value is not None and not isinstance(self.value, tuple):
            raise TypeError(f"{self.kind.name} is no list of words")
        return self.value or ()

    @property
    def cites(self) -> tuple[Address, ...]:
        """Where the value stands; the nearest provisions of a silence."""
        return tuple(evidence.address for evidence in self.evidence) or self.near
