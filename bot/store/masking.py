"""A declaration with everything covered that tells who it is: enough to sort it by, too little to find anybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, and_, func, select

from bot.store.declaring import declared, read_items
from bot.store.office import as_noted, note_access, row_of
from bot.store.queueing import SEEN_STATES
from bot.store.schema import access, photo
from bot.store.vault import Vault
from bot.store.work import Items, Labels, in_shanghai
from dialogs.effects import Declared
from knowledge.written_place import read_written_place

LOOKED = "masked"
HIDDEN = "（已填，未显示）"
_STAR, _LAST, _MOST_SHOWN = "*", 4, 3
_MOBILE_DIGITS = 11
_DIVISION = ("省", "市", "区", "县", "旗", "州", "盟")


@dataclass(frozen=True)
class MaskedDeclaration:
    """A declaration under covers. `items` in the order of the form; `photos` is how many there are."""

    declared: Declared
    station: str
    duplicate_of: str
    items: Items = field(repr=False)
    photos: int


def look(
    connection: Connection, vault: Vault, labels: Labels, receipt: str, reader: str, now: float
) -> MaskedDeclaration:
    """Return a declaration under covers and note the look, once a day. Raises NoSuchDeclaration."""
    row = row_of(connection, receipt, SEEN_STATES)
    if not _was_noted_today(connection, row.receipt, reader, now):
        note_access(connection, row, LOOKED, reader, "", now)
    items = masked_items(read_items(vault, row), labels.items)
    of_it = select(func.count()).select_from(photo).where(photo.c.declaration == row.id)
    # What a clerk wrote to the person may name what is covered here.
    told = replace(declared(vault, row), reason="")
    return MaskedDeclaration(told, row.station or "", row.duplicate_of or "", items, connection.scalar(of_it) or 0)


def masked_items(items: Items, asks: Mapping[str, str]) -> Items:
    """Return the items covered; `asks` tells by which ask of the form an item of a name was given.

    What is not known to tell nothing of a person is hidden whole.
    """
    return tuple((name, _COVERED.get(asks.get(name, ""), _hidden)(value)) for name, value in items)


def masked_name(value: str) -> str:
    """Return 王** for every name that begins so: how long it is tells too."""
    return f"{value[:1]}{_STAR * 2}" if value else ""


def masked_number(value: str) -> str:
    """Return the last four signs alone, and nothing of a number of fewer than nine."""
    return f"{_STAR * (len(value) - _LAST)}{value[-_LAST:]}" if len(value) > 2 * _LAST else _STAR * len(value)


def masked_phone(value: str) -> str:
    """Return 138****5678; of any other telephone number the last four digits."""
    is_mobile = len(value) == _MOBILE_DIGITS and value.isascii() and value.isdigit()
    if not is_mobile:
        return masked_number(value)
    return f"{value[:_MOST_SHOWN]}{_STAR * _LAST}{value[-_LAST:]}"


def masked_address(value: str) -> str:
    """Return the province, city and district that an address begins with; HIDDEN where it names none."""
    place = read_written_place(value)
    shown = value[: len(value) - len(place.rest)] if place is not None and value.endswith(place.rest) else ""
    return f"{shown}……" if shown.endswith(_DIVISION) and place is not None and place.rest else HIDDEN


def _hidden(value: str) -> str:
    return HIDDEN if value else ""


def _as_it_is(value: str) -> str:
    return value


def _year(value: str) -> str:
    return f"{value[:5]}……" if value[4:5] == "年" else _hidden(value)


_COVERED: Mapping[str, Callable[[str], str]] = {
    "full_name": masked_name,
    "proxy_name": masked_name,
    "number": masked_number,
    "proxy_number": masked_number,
    "phone": masked_phone,
    "hukou_address": masked_address,
    "born": _year,
    "joined_on": _year,
    **dict.fromkeys(("document", "nation", "sex", "reason", "residence_county"), _as_it_is),
}
"""By ask of the form. What somebody typed freely (street, door, employer) and the photo are in nobody's list."""


def _was_noted_today(connection: Connection, receipt: str, reader: str, now: float) -> bool:
    begins = in_shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    is_same = and_(
        access.c.receipt == receipt, access.c.what == LOOKED, access.c.reader == as_noted(reader), access.c.at >= begins
    )
    return connection.scalar(select(access.c.id).where(is_same).limit(1)) is not None
