"""A city's `eligibility.toml` → `Eligibility`. Every fault is a `CityError` with file, key and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from knowledge.city import City
from knowledge.datafile import CityError, expect_table, expect_text, expect_texts, read_toml
from knowledge.eligibility import BASES, CODES, STARTS, Basis, Clause, Effect, Eligibility, Inside, Presumption
from knowledge.evidence import expect_address


def read_eligibility(file: Path, city: City) -> Eligibility:
    """Read a city's conditions and check every provision and code. Raises CityError."""
    return _Reading(file, city).eligibility()


class _Reading:
    def __init__(self, file: Path, city: City) -> None:
        self._file, self._city, self._tables = file, city, read_toml(file)

    def eligibility(self) -> Eligibility:
        unknown = set(self._tables) - {"conditions", "people", "inside_city", "town", "clock", "basis", "exceptions"}
        if unknown:
            raise CityError(self._file, sorted(unknown)[0], "没有这一节", "请照别的城市写")
        inside, clock = self._table("inside_city"), self._table("clock")
        bases = expect_table(self._file, "basis", self._tables.get("basis"))
        exceptions = expect_table(self._file, "exceptions", self._tables.get("exceptions", {}))
        return Eligibility(
            conditions=self._clause("conditions", self._table("conditions")),
            people=self._clause("people", self._table("people")),
            inside_city=self._clause("inside_city", inside),
            inside_rule=self._inside_rule(inside),
            township_to_own_town=inside.get("except_township_to_own_town") is True,
            town=self._clause("town", self._table("town")) if "town" in self._tables else None,
            clock=self._clause("clock", clock),
            months=self._months(clock),
            starts=self._starts(clock),
            bases={
                name: self._basis(name, expect_table(self._file, f"basis.{name}", bases.get(name))) for name in BASES
            },
            exceptions={name: self._exception(name, entry) for name, entry in exceptions.items()},
        )

    def _table(self, key: str) -> dict[str, Any]:
        return expect_table(self._file, key, self._tables.get(key))

    def _clause(self, key: str, entry: dict[str, Any]) -> Clause:
        places = expect_texts(self._file, f"{key}.cites", entry.get("cites"))
        if not places:
            raise CityError(self._file, f"{key}.cites", "没有依据", "请写条款")
        return Clause(
            tuple(expect_address(self._file, f"{key}.cites", self._city, place) for place in places),
            str(entry.get("ask", "")),
            str(entry.get("readings", "")),
        )

    def _inside_rule(self, entry: dict[str, Any]) -> Inside:
        rule = expect_text(self._file, "inside_city.rule", entry.get("rule"))
        if rule not in set(Inside):
            raise CityError(self._file, "inside_city.rule", f"没有“{rule}”", f"请写 {'、'.join(Inside)} 之一")
        return Inside(rule)

    def _months(self, entry: dict[str, Any]) -> int:
        months = entry.get("months")
        if type(months) is not int or months < 1:
            raise CityError(self._file, "clock.months", "不是整数", "请写几个月，如 6")
        return months

    def _starts(self, entry: dict[str, Any]) -> frozenset[str]:
        starts = frozenset(expect_texts(self._file, "clock.starts", entry.get("starts")))
        if not starts or starts - STARTS:
            raise CityError(
                self._file, "clock.starts", "起算点不对", f"请写 {'、'.join(sorted(STARTS))} 中的一个或两个"
            )
        return starts

    def _basis(self, name: str, entry: dict[str, Any]) -> Basis:
        counts: dict[str, bool | None] = {}
        for key, meaning in (("met", True), ("not_met", False), ("office", None)):
            for code in expect_texts(self._file, f"basis.{name}.{key}", entry.get(key, [])):
                if code in counts or code not in CODES[name]:
                    raise CityError(
                        self._file, f"basis.{name}.{key}", f"“{code}”写了两次，或没有这一种", "每一种写一次"
                    )
                counts[code] = meaning
        missing = [code for code in CODES[name] if code not in counts]
        if missing:
            raise CityError(self._file, f"basis.{name}", f"没有说“{missing[0]}”算不算", "请写进 met、not_met 或 office")
        return Basis(self._clause(f"basis.{name}", entry), counts)

    def _exception(self, name: str, value: object) -> Presumption:
        entry = expect_table(self._file, f"exceptions.{name}", value)
        effect = entry.get("effect")
        if effect not in set(Effect):
            raise CityError(self._file, f"exceptions.{name}.effect", "写法不对", f"请写 {'、'.join(Effect)} 之一")
        return Presumption(self._clause(f"exceptions.{name}", entry), Effect(effect))
