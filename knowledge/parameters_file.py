"""`parameters.toml`, the list of all parameters and each city's values. Every fault is a `CityError` with a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge.city import City
from knowledge.datafile import CityError, expect_table, expect_text, expect_texts, read_toml
from knowledge.duration import Duration
from knowledge.evidence import expect_address
from knowledge.parameter import Evidence, Option, Parameter, ParameterKind, ValueKind
from knowledge.text import NUMERAL, fold, missing_counts, squeeze

_STATED = ({"value", "from"}, {"value", "from", "readings"})
_SILENT = ({"silent"}, {"silent", "near"})


def read_parameter_kinds(file: Path) -> dict[str, ParameterKind]:
    """Read what the parameters are. Raises CityError."""
    return {name: _kind(file, name, expect_table(file, name, entry)) for name, entry in read_toml(file).items()}


def _kind(file: Path, name: str, entry: Mapping[str, Any]) -> ParameterKind:
    kind = expect_text(file, f"{name}.kind", entry.get("kind"))
    if kind not in set(ValueKind):
        raise CityError(file, f"{name}.kind", f"没有“{kind}”", f"请写 {'、'.join(ValueKind)} 之一")
    options = expect_table(file, f"{name}.options", entry.get("options", {}))
    if set(entry) - {"title", "kind", "options"} or bool(options) is not (kind == ValueKind.CHOICE):
        raise CityError(file, name, "键不对", "写 title、kind；choice 还要写 options，别的不写")
    read = {option: _option(file, f"{name}.options.{option}", value) for option, value in options.items()}
    return ParameterKind(name, expect_text(file, f"{name}.title", entry.get("title")), ValueKind(kind), read)


def _option(file: Path, key: str, value: object) -> Option:
    entry = expect_table(file, key, value)
    if set(entry) != {"says", "needs"}:
        raise CityError(file, key, "键不对", "写 says（我们怎么说）和 needs（引文里必须有的字）")
    try:
        return Option(expect_text(file, key, entry["says"]), re.compile(fold(expect_text(file, key, entry["needs"]))))
    except re.error as error:
        raise CityError(file, key, f"写法不对（{error}）", "needs 是一个正则表达式") from error


def read_parameters(file: Path, city: City, kinds: Mapping[str, ParameterKind]) -> dict[str, Parameter]:
    """Return a value, or a silence with its note, for every parameter. Raises CityError."""
    table = read_toml(file)
    for name in table:
        if name not in kinds:
            raise CityError(file, name, "没有这一项", "请先写进 knowledge/parameters.toml，或删去这一行")
    for name in kinds:
        if name not in table:
            raise CityError(file, name, "没有写这一项", "请写 value 和 from；办法没有写的，写 silent 和说明")
    return {name: _parameter(file, city, kind, expect_table(file, name, table[name])) for name, kind in kinds.items()}


def _parameter(file: Path, city: City, kind: ParameterKind, entry: Mapping[str, Any]) -> Parameter:
    keys = set(entry)
    if keys in _SILENT:
        near = expect_texts(file, f"{kind.name}.near", entry.get("near", []))
        return Parameter(
            kind,
            None,
            note=expect_text(file, f"{kind.name}.silent", entry["silent"]),
            near=tuple(expect_address(file, f"{kind.name}.near", city, notation) for notation in near),
        )
    if keys not in _STATED:
        raise CityError(file, kind.name, "写法不对", "写 value 和 from（可加 readings），或写 silent（可加 near）")
    evidence = tuple(_evidence(file, city, f"{kind.name}.from", entry["from"]))
    quoted = "\n".join(one.quote for one in evidence)
    readings = expect_text(file, f"{kind.name}.readings", entry["readings"]) if "readings" in entry else ""
    return Parameter(kind, _value(file, kind, entry["value"], quoted), evidence, readings=readings)


def _evidence(file: Path, city: City, key: str, value: object) -> Iterator[Evidence]:
    table = expect_table(file, key, value)
    if not table:
        raise CityError(file, key, "没有依据", '请写条款和原文，如 from = { "12" = "自受理之日起 15 日内" }')
    for notation, quote in table.items():
        address = expect_address(file, key, city, notation)
        found = squeeze(expect_text(file, key, quote))
        text = squeeze(city.provision(address).text)
        if found not in text:
            raise CityError(file, key, f"{notation} 里没有“{quote}”", "请照原文抄，一个字也不改")
        if _cuts_a_number(found, text):
            raise CityError(file, key, f"“{quote}”把一个数切断了", "请从数字前面抄起，抄到单位后面")
        yield Evidence(address, quote)


def _cuts_a_number(quote: str, text: str) -> bool:
    """Tell whether every place of `quote` in `text` begins or ends inside a number: 5日内 of 15日内."""
    numeral = re.compile(f"[{NUMERAL}]")
    for match in re.finditer(re.escape(quote), text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        starts_inside = numeral.match(quote[0]) and numeral.match(before)
        ends_inside = numeral.match(quote[-1]) and numeral.match(after)
        if not starts_inside and not ends_inside:
            return False
    return True


def _value(file: Path, kind: ParameterKind, value: object, quoted: str) -> Duration | str | tuple[str, ...]:
    """Return the value; it must be visible in the quotes: each number, each word, and what a choice means."""
    key = f"{kind.name}.value"
    if kind.kind is ValueKind.WORDS:
        listed = expect_texts(file, key, value)
        quotes = [squeeze(quote) for quote in quoted.split("\n")]
        for word in listed or [""]:
            if not word or not any(squeeze(word) in quote for quote in quotes):
                raise CityError(file, key, f"引文里没有“{word}”", "请照引文抄，一个字也不改")
        return tuple(listed)
    text = expect_text(file, key, value)
    if kind.kind is ValueKind.CHOICE:
        option = kind.options.get(text)
        if option is None:
            raise CityError(file, key, f"没有“{text}”", f"请写 {'、'.join(kind.options)} 之一")
        if not option.needs.search(squeeze(quoted)):
            raise CityError(file, key, f"引文说的不是“{text}”", "请改正值，或引用写明它的原文")
        return text
    missing = missing_counts(text, quoted)
    if missing or (text == "当场" and text not in quoted):
        raise CityError(file, key, f"引文里看不到“{text}”", "请改正数字，或引用写明它的原文")
    if kind.kind is ValueKind.AMOUNT:
        return text
    try:
        return Duration.parse(text)
    except ValueError as error:
        raise CityError(file, key, str(error), "照样子改") from error
