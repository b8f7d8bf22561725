"""Declarations as a table for the office's own programs: the columns that the operator has set, safe to open."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.operators import FACTS, asks_by_item
from bot.store.office import ReadDeclaration
from bot.store.photos import PHOTO
from dialogs.effects import Operator, Status
from dialogs.flows.declaration import Declaration
from knowledge.city import City
from knowledge.library import Library
from knowledge.wording import Wording

STATES: Mapping[str, str] = {
    Status.WAITING: "等待受理",
    Status.RETURNED: "已退回",
    Status.REGISTERED: "已登记",
    Status.DUPLICATE: "重复",
}
"""What the office calls the states that it sees."""

_USUAL = ("receipt", "submitted_on")
_ADDRESS = "residence_detail"
_PARTS_OF_ADDRESS = ("residence_county", "residence_street", _ADDRESS)
"""The law's item is the whole address; the form asks for it in three steps."""

_FORMULA = frozenset("=+-@\N{MINUS SIGN}")
_LONGEST_NUMBER = 11
"""A spreadsheet keeps fifteen digits of a number and drops leading zeros; a longer number is marked as text."""


def columns_of(city: City, operator: Operator) -> tuple[str, ...]:
    """Return the columns of a city's export: those the operator has set, else receipt, day and the items listed."""
    listed = city.parameters["registration_items"].words or operator.items
    return operator.export or (*_USUAL, *listed)


def table_of(
    declarations: Iterable[ReadDeclaration], columns: Sequence[str], library: Library
) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table, the heading first: what the residents said, and nothing changed in it.

    A column is one of `bot.operators.FACTS`, or an item by any name it has in the form; where a declaration has no
    such item its cell is empty. A photo is a word. The item of the address is whole: county, street and door.
    """
    wording = library.wordings[Declaration.name]
    heading = tuple(FACTS.get(column, column) for column in columns)
    return heading, *(tuple(_cells(read, columns, wording)) for read in declarations)


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV in UTF-8 with a mark that Excel reads it by; no cell of it is taken for a formula.

    A cell that could be one begins with an apostrophe, and so does a number of more than 11 digits or with a zero in
    front, which a spreadsheet would cut. Lines within a cell are joined.
    """
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [safe(cell) for cell in row] for row in rows
    )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def safe(cell: str) -> str:
    """Return a cell on one line that no spreadsheet takes for a formula or a number to round."""
    plain = "".join(" " if _breaks(sign) else sign for sign in cell if not _is_unseen(sign)).strip()
    # Full-width and small forms count as what they stand for: some programs fold them.
    is_formula = unicodedata.normalize("NFKC", plain)[:1] in _FORMULA
    digits = plain.isascii() and plain.isdigit()
    is_cut = digits and (len(plain) > _LONGEST_NUMBER or (len(plain) > 1 and plain.startswith("0")))
    return f"'{plain}" if is_formula or is_cut else plain


def _breaks(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Zl", "Zp"}


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cf", "Cs"}


def _cells(read: ReadDeclaration, columns: Sequence[str], wording: Wording) -> Iterable[str]:
    asks = asks_by_item(wording)
    by_ask = {asks.get(name, name): value for name, value in read.items}
    for column in columns:
        if column in _FACT_OF:
            yield _FACT_OF[column](read)
        elif asks.get(column) == _ADDRESS:
            yield "".join(by_ask.get(part, "") for part in _PARTS_OF_ADDRESS)
        else:
            value = by_ask.get(asks.get(column, column), "")
            yield "已交" if value.startswith(PHOTO) else value


def _registered_on(read: ReadDeclaration) -> str:
    day = read.declared.registered_on
    return day.isoformat() if day is not None else ""


_FACT_OF: Mapping[str, Callable[[ReadDeclaration], str]] = {
    "receipt": lambda read: read.declared.receipt,
    "submitted_on": lambda read: read.declared.submitted_on.isoformat(),
    "status": lambda read: STATES.get(read.declared.status, read.declared.status),
    "registered_on": _registered_on,
    "station": lambda read: read.station,
}
