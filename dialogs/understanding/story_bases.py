"""What a story tells of job, home and study, each with its sort."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_HELD = frozenset(
    "job labor_contract public_employer licence gig rent rent_contract own_house employer_dorm dorm school_dorm"
    " training_dorm relative_home school training_class kindergarten registered town city_area countryside".split()
)
"""What is told of as being so: with a 不 or 没 before it, it is not."""

_DENIED = re.compile(
    r"(?:不(?!过)|没|没有|没得|莫得|冇|木有|未|无|不是|没在|不在|没去|不去|没有去|没有在|从没|没签|没租)(?:在|去|有|是|住|签|上|办|过|得|找|到|租|买|给|肯|愿意?|让|我){0,2}$"
)


def is_denied(text: str, start: int) -> bool:
    """Tell whether what begins at `start` is denied right before it, in its own clause."""
    clause = re.split(r"[,，。;；!！?？\s]", text[:start])[-1]
    return _DENIED.search(clause[-6:]) is not None


@dataclass(frozen=True)
class Said:
    """A story and the words to look for in it."""

    text: str
    words: Mapping[str, re.Pattern[str]]

    def __contains__(self, name: str) -> bool:
        return any(
            name not in _HELD or not is_denied(self.text, match.start())
            for match in self.words[name].finditer(self.text)
        )


def bases_of(said: Said) -> list[dict[str, Any]]:
    """Return the job, home and study that are told; {"type": "none"} for who says to have none of them."""
    employment, housing, study = _employment(said), _housing(said), _study(said)
    if employment is None and study is None and housing == "none_fixed" and "no_job" in said:
        return [{"type": "none"}]
    found = (("employment", employment), ("housing", housing), ("study", study))
    return [{"type": kind, "code": code or None} for kind, code in found if code is not None]


def _employment(said: Said) -> str | None:
    """Return the code; "" for a job of unknown kind, None when no job is told of."""
    if "licence" in said and "no_licence" not in said and "licence_of_others" not in said:
        return "biz_licence_23"
    if "left_job" in said:
        return ""
    if "public_employer" in said:
        return "public_employer"
    rents = "rent" in said and "rents_nothing" not in said
    # What a landlord does not sign says nothing of the job.
    is_of_the_home = rents or "landlord" in said
    no_contract = "no_rent_contract" in said and not is_of_the_home
    if "service_contract" in said:
        return ""
    if "labor_contract" in said and not no_contract:
        return "labor_contract"
    if "gig" in said:
        return "gig_no_contract"
    if "primary_sector" in said:
        return "primary_sector"
    if "job" not in said or "no_job" in said or "school" in said:
        return None
    if no_contract:
        return "no_contract_job"
    is_signed = "合同" in said.text and "no_rent_contract" not in said
    return "labor_contract" if is_signed and not is_of_the_home else ""


def _housing(said: Said) -> str | None:
    for code in ("training_dorm", "school_dorm", "employer_dorm"):
        if code in said:
            return code
    if "dorm" in said:
        return "school_dorm" if "school" in said else "employer_dorm"
    for code in ("relative_home", "none_fixed", "own_house"):
        if code in said:
            return "" if code == "own_house" and "house_not_lived_in" in said else code
    return _rented(said) if "rent" in said and "rents_nothing" not in said else None


def _rented(said: Said) -> str:
    if "rents_without_contract" in said and "no_landlord_cert" not in said and "landlord_cert" not in said:
        return ""
    if ("no_rent_contract" in said and "gig" not in said and "rent_contract" not in said) or "口头" in said.text:
        if "no_landlord_cert" in said:
            return "rent_no_contract_no_cert"
        return "rent_no_contract_landlord_cert" if "landlord_cert" in said else ""
    if "no_landlord_cert" in said:
        return "rent_no_contract_no_cert"
    is_of_the_job = "labor_contract" in said
    return "rent_contract" if "rent_contract" in said or ("合同" in said.text and not is_of_the_job) else ""


def _study(said: Said) -> str | None:
    if "kindergarten" in said:
        return "kindergarten"
    if "training_class" in said:
        return "training_class"
    if "school" not in said or "accompanies" in said or "没读书" in said.text:
        return None
    return "study_no_local_xueji" if "no_local_xueji" in said else "fulltime_enrolled"
