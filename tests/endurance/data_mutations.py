"""Wrong numbers and values put into the law and the data, the checks of quotes switched off: cases must notice.

A number of a text, a value of `parameters.toml` or a number of our own line is changed in memory, so that no checksum
and no quote check stands in the way. Noticed is what a case of `cases.toml` contradicts or the verifier refuses to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dialogs.compose import topic_part, verify_part
from knowledge.city import City
from knowledge.duration import Duration
from knowledge.library import Library
from knowledge.loading import PACKAGED_CITIES, open_library
from knowledge.parameter import Parameter, ValueKind
from knowledge.parsing import parse_act
from knowledge.text import NUMBER_IN_TEXT, to_chinese, to_int
from rules.proof import ProofError
from tests.endurance.report import Part
from tests.knowledge.cases import differing

_LABEL = re.compile(r"第[零〇一二三四五六七八九十百]+[条章]|[（(][一二三四五六七八九十]+[)）]")
_NO_COUNT = re.compile("一般|一样|统一|一致|一个|之一|一律|唯一|一切|一起|四\\s*川|九科")
_OTHER_UNIT = {"日": "个工作日", "个工作日": "日"}


@dataclass(frozen=True)
class DataMutation:
    """One wrong value: where it is, what was changed, and the city as it would be then."""

    kind: str
    place: str
    change: str
    city: City


def mutations_of(city: City) -> Iterator[DataMutation]:
    """Yield every wrong number and value this runner knows to put into a city."""
    yield from _of_text(city)
    yield from _of_values(city)
    yield from _of_lines(city)


def _of_text(city: City) -> Iterator[DataMutation]:
    source = (PACKAGED_CITIES / city.slug / "source.txt").read_text(encoding="utf-8")
    kept = [match.span() for pattern in (_LABEL, _NO_COUNT) for match in pattern.finditer(source)]
    first = source.find("第一条")
    for match in NUMBER_IN_TEXT.finditer(source, first):
        if any(start <= match.start() < end for start, end in kept):
            continue
        other = _next(match.group())
        if other is not None:
            spoiled = source[: match.start()] + other + source[match.end() :]
            told = f"{source[max(0, match.start() - 8) : match.end() + 6]} → {other}".replace("\n", "")
            yield DataMutation("原文里的数", city.slug, told, replace(city, act=parse_act(spoiled)))


def _next(numeral: str) -> str | None:
    number = to_int(numeral)
    if number is None:
        return None
    return str(number + 1) if numeral.isascii() else to_chinese(number + 1)


def _of_values(city: City) -> Iterator[DataMutation]:
    for name, parameter in city.parameters.items():
        for other in _other_values(parameter):
            spoiled = {**city.parameters, name: replace(parameter, value=other)}
            change = f"{parameter.value} → {other}"
            yield DataMutation("参数的值", f"{city.slug} {name}", change, replace(city, parameters=spoiled))


def _other_values(parameter: Parameter) -> Iterator[Duration | str]:
    value = parameter.value
    if isinstance(value, Duration):
        yield replace(value, number=value.number + 1, written=f"{value.number + 1}{value.unit.value}")
        if value.unit.value in _OTHER_UNIT and value.number:
            yield Duration.parse(f"{value.number}{_OTHER_UNIT[value.unit.value]}")
    elif isinstance(value, str) and parameter.kind.kind is ValueKind.CHOICE:
        yield from (option for option in parameter.kind.options if option != value)
    elif isinstance(value, str):
        yield re.sub(r"\d+", lambda match: str(int(match.group()) + 100), value, count=1)


def _of_lines(city: City) -> Iterator[DataMutation]:
    for topic, ruling in city.rulings.items():
        for match in NUMBER_IN_TEXT.finditer(ruling.says or ""):
            says = ruling.says or ""
            other = _next(match.group())
            if other is None or _NO_COUNT.search(says[max(0, match.start() - 1) : match.end() + 1]):
                continue
            spoiled = replace(ruling, says=says[: match.start()] + other + says[match.end() :])
            change = f"{says} → {other}"
            wrong = replace(city, rulings={**city.rulings, topic: spoiled})
            yield DataMutation("白话里的数", f"{city.slug} {topic}", change, wrong)


def is_noticed(library: Library, mutation: DataMutation) -> bool:
    """Tell whether a case contradicts the spoiled city, or the verifier refuses one of its answers."""
    city = mutation.city
    spoiled = replace(library, cities={**library.cities, city.slug: city})
    try:
        if differing(city, PACKAGED_CITIES / city.slug / "cases.toml"):
            return True
        for topic in spoiled.topics:
            verify_part(spoiled, topic_part(spoiled, city, topic))
    except (ProofError, KeyError):
        return True
    return False


def run(seed: int, scale: float) -> Part:
    """Try every mutation of every city; there is nothing to draw by lot, and nothing to scale."""
    del seed, scale
    library = open_library()
    every = [mutation for city in library.cities.values() for mutation in mutations_of(city)]
    missed = [mutation for mutation in every if not is_noticed(library, mutation)]
    figures = {
        kind: f"{count:,}，发现 {count - sum(one.kind == kind for one in missed):,}"
        for kind, count in Counter(one.kind for one in every).items()
    }
    figures["发现的份额"] = f"{1 - len(missed) / len(every):.1%}"
    notes = [f"没有发现：{one.kind}，{one.place}：{one.change}" for one in missed]
    return Part("往法规和数据里放错", figures, [], notes)
