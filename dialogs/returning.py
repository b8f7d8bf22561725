"""Why an office gives a declaration back: a list, so that a push may name the reason and a correction begins there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.plain import not_plain

OTHER = "other"
LONGEST_NOTE = 100
"""Characters a clerk may add to a reason."""


@dataclass(frozen=True)
class ReturnReason:
    """A reason. `label` tells nothing of the person; `asks` are those of the form that it concerns, none: any."""

    code: str
    label: str
    asks: tuple[str, ...] = ()


RETURN_REASONS: Mapping[str, ReturnReason] = {
    reason.code: reason
    for reason in (
        ReturnReason("photo_unclear", "照片看不清", ("photo",)),
        ReturnReason("address_incomplete", "地址不完整", ("residence_detail", "hukou_address")),
        ReturnReason("number_mismatch", "证件号码与姓名不符", ("full_name", "number")),
        ReturnReason("not_our_area", "不在本辖区"),
        ReturnReason("in_person", "材料需当面补"),
        ReturnReason(OTHER, "其他"),
    )
}
"""By code, in the order in which they are offered."""


def reason_told(code: str, note: str) -> str:
    """Return what the person reads; `note` is what the clerk added, needed for OTHER.

    Raises ValueError, in words for the clerk, for an unknown reason and for a note that is missing, too long or not
    plain text: a resident must find nothing to tap in it.
    """
    reason = RETURN_REASONS.get(code)
    # What the database could not keep, or what would break a line, is no part of a sentence.
    note = " ".join("".join(sign if sign.isprintable() else " " for sign in note).split())
    if reason is None:
        raise ValueError("没有这个退回原因，请从列表里选一个")
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"补充说明太长了，请写{LONGEST_NOTE}字以内")
    problem = not_plain("补充说明", note)
    if problem is not None:
        raise ValueError(problem.rstrip("。"))
    if reason.code == OTHER:
        if not note:
            raise ValueError("选了“其他”，请写一句退回的原因")
        return note
    return f"{reason.label}（{note}）" if note else reason.label
