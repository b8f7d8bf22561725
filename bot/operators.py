"""Who takes declarations for a city (`operators.toml` in the operator's folder); a city without one demonstrates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.store.declaring import LONGEST_KEPT_DAYS
from dialogs.effects import Operator
from dialogs.flows.declaration import Declaration
from knowledge.city import City
from knowledge.datafile import CityError, expect_table, expect_text, expect_texts, read_toml
from knowledge.library import Library
from knowledge.wording import Wording

OPERATORS_FILE = "operators.toml"
MOST_DAYS = LONGEST_KEPT_DAYS
_TEXTS = ("name", "contact", "legal_basis")
_KEYS = {*_TEXTS, "keep_days", "items", "items_basis", "typed", "for_others", "export"}
_NEEDED_ITEMS = ("full_name", "number")

FACTS: Mapping[str, str] = {
    "receipt": "回执号",
    "submitted_on": "填报日期",
    "status": "状态",
    "registered_on": "登记日期",
    "station": "区县",
}
"""Columns of an export that are no items of the form, with their headings."""


def asks_by_item(wording: Wording) -> dict[str, str]:
    """Return by which ask of the form an item of a name is given, for every name there is: the form's `wording`."""
    titled = (ask.name for ask in Declaration.asks if wording.has(f"{ask.name}.title"))
    found: dict[str, str] = {}
    for ask in titled:
        for name in wording.names(ask):
            found.setdefault(name, ask)
    return found


def read_operators(folder: Path | None, library: Library) -> tuple[tuple[str, Operator], ...]:
    """Return the operators by city slug. Raises CityError for an entry that cannot be used."""
    file = folder / OPERATORS_FILE if folder else None
    if file is None or not file.exists():
        return ()
    return tuple((slug, _operator(file, slug, entry, library)) for slug, entry in read_toml(file).items())


def _operator(file: Path, slug: str, entry: object, library: Library) -> Operator:
    table = expect_table(file, slug, entry)
    city = library.cities.get(slug)
    if city is None:
        raise CityError(file, slug, "没有这个城市", f"可用：{'、'.join(library.cities)}")
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise CityError(file, f"{slug}.{unknown[0]}", "没有这一项", f"可写：{'、'.join(sorted(_KEYS))}")
    name, contact, legal_basis = (expect_text(file, f"{slug}.{key}", table.get(key)) for key in _TEXTS)
    items = tuple(expect_texts(file, f"{slug}.items", table.get("items", [])))
    _check_items(file, slug, items, library, city)
    return Operator(
        name=name,
        contact=contact,
        legal_basis=legal_basis,
        keep_days=_days(file, slug, table.get("keep_days")),
        items=items,
        items_basis=_items_basis(file, slug, table, items),
        typed=_truth(file, slug, table, "typed"),
        for_others=_truth(file, slug, table, "for_others"),
        export=_export(file, slug, table, library),
    )


def _check_items(file: Path, slug: str, items: tuple[str, ...], library: Library, city: City) -> None:
    listed = city.parameters["registration_items"].words
    if listed and items:
        raise CityError(file, f"{slug}.items", f"{city.name}的办法自己列了登记内容", "删去 items，照办法收")
    if not listed and not items:
        raise CityError(file, f"{slug}.items", f"{city.name}的办法没有列登记内容", "写上要收哪些，和依据 items_basis")
    wording = library.wordings[Declaration.name]
    known = asks_by_item(wording)
    unknown = [item for item in items if item not in known]
    if unknown:
        raise CityError(file, f"{slug}.items", f"不会收“{unknown[0]}”", f"可写：{'、'.join(sorted(known))}")
    for ask in _NEEDED_ITEMS:
        names = wording.names(ask)
        if items and not set(names) & set(items):
            raise CityError(file, f"{slug}.items", "少了认人的一项", f"加上“{names[0]}”")


def _export(file: Path, slug: str, table: Mapping[str, Any], library: Library) -> tuple[str, ...]:
    if "export" not in table:
        return ()
    columns = tuple(expect_texts(file, f"{slug}.export", table["export"]))
    known = {**FACTS, **asks_by_item(library.wordings[Declaration.name])}
    unknown = [column for column in columns if column not in known]
    if unknown:
        raise CityError(
            file,
            f"{slug}.export",
            f"没有“{unknown[0]}”这一列",
            f"可写：{'、'.join([*FACTS, *sorted(set(known) - set(FACTS))])}",
        )
    if not columns or len(set(columns)) < len(columns):
        raise CityError(file, f"{slug}.export", "没有列，或者一列写了两次", "一列写一次；不写 export 就是常用的几列")
    return columns


def _items_basis(file: Path, slug: str, table: Mapping[str, Any], items: tuple[str, ...]) -> str:
    if not items:
        return ""
    return expect_text(file, f"{slug}.items_basis", table.get("items_basis"))


def _days(file: Path, slug: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise CityError(file, f"{slug}.keep_days", "保存天数不对", f"写 1 到 {MOST_DAYS} 的整数")
    return value


def _truth(file: Path, slug: str, table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise CityError(file, f"{slug}.{key}", "应是 true 或 false", "不加引号")
    return value
