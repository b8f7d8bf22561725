"""Who may apply in a city (申领条件), as `eligibility.toml` says: conditions, provisions, what the office decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from knowledge.address import Address

BASES = ("employment", "housing", "study")
CODES = {
    "employment": (
        "labor_contract", "public_employer", "biz_licence_23", "gig_no_contract", "no_contract_job", "primary_sector",
    ),
    "housing": (
        "own_house", "rent_contract", "rent_no_contract_landlord_cert", "rent_no_contract_no_cert", "employer_dorm",
        "school_dorm", "training_dorm", "relative_home", "none_fixed",
    ),
    "study": ("fulltime_enrolled", "study_no_local_xueji", "training_class", "kindergarten"),
}  # fmt: skip
STARTS = frozenset({"registration", "residence"})
"""What a half-year can run from."""


class Inside(StrEnum):
    """Who moves inside the home city: barred, only from another county (区 to 区 barred), or as the office reads it.

    Whoever stays in their own county has left nothing: barred in every text.
    """

    BARRED = "barred"
    COUNTY = "county"
    OFFICE = "office"


@dataclass(frozen=True)
class Clause:
    """A condition's provisions, what to ask the office when it decides, and how else the text can be read."""

    cites: tuple[Address, ...]
    ask: str = ""
    readings: str = ""


@dataclass(frozen=True)
class Basis:
    """One of the three bases: whether each kind of job, home or study counts; None where the office decides."""

    clause: Clause
    counts: Mapping[str, bool | None]


class Effect(StrEnum):
    """What it does when it applies: rules the permit out, is for the office to judge, or begins the time anew."""

    BARRED = "barred"
    OFFICE = "office"
    RESTARTS = "restarts"


@dataclass(frozen=True)
class Presumption:
    """Something that is presumed not to apply, and what it does when it does."""

    clause: Clause
    effect: Effect


@dataclass(frozen=True)
class Eligibility:
    """All conditions of a city. `starts`: what the half-year runs from; `town`: set where one must live in a town."""

    conditions: Clause
    people: Clause
    inside_city: Clause
    inside_rule: Inside
    township_to_own_town: bool
    town: Clause | None
    clock: Clause
    months: int
    starts: frozenset[str]
    bases: Mapping[str, Basis]
    exceptions: Mapping[str, Presumption]
