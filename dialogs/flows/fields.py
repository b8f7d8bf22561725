"""The fields with choices, and places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from dialogs.flows.field import Field, Read, Rejected
from dialogs.flows.scene import Heard, Scene
from dialogs.understanding.story_bases import is_denied
from dialogs.understanding.yes_no import read_yes_no
from knowledge.city import City
from knowledge.divisions import short_name
from knowledge.text import fold, to_int
from knowledge.wording import Option
from knowledge.written_place import read_written_place

_SPLIT = re.compile(r"[\s,，、;；和跟与+及]+|还有|加上")
_ORDINAL = re.compile(r"(?:我?选|要)?第?([1-9一二三四五六七八九])(?:个|项|号|种)?(?:吧|的)?")
_LONGEST_CHOICE = 40
"""A longer message tells more than which choice is meant."""

_UNSURE = re.compile(r"好像|应该是?(?!当)|可能|大概|也许|忘了?$|记不|说不[准清]|吗我")
"""Who is not sure has not answered."""

_ALL = re.compile(r"都有|全都?有|两样都有|三样都有|全部|都是|都占")


class OneOf(Field):
    """One of the options of the ask's wording; `among` may leave some out."""

    def __init__(self, among: Callable[[Scene], Iterable[str]] | None = None) -> None:
        self._among = among

    def options(self, scene: Scene) -> dict[str, Option]:
        """Return the options that are offered here, by code."""
        options = scene.wording.options[self.name]
        allowed = set(self._among(scene)) if self._among else set(options)
        return {code: option for code, option in options.items() if code in allowed}

    def labels(self, scene: Scene) -> tuple[str, ...]:
        return tuple(option.label for option in self.options(scene).values())

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        code = named_option(self.options(scene), heard)
        return Read(code) if code is not None else None

    def show(self, value: Any, scene: Scene) -> str:
        option = scene.wording.options[self.name].get(str(value))
        return option.label if option else str(value)

    def holds(self, value: Any, scene: Scene) -> bool:
        return isinstance(value, str) and value in scene.wording.options[self.name]


def named_option(options: dict[str, Option], heard: Heard) -> str | None:
    """Return the option a message names: by its label, or by words that no longer match of another holds."""
    plain = fold(heard.text).strip(" 。.!！")
    for code, option in options.items():
        if plain == fold(option.label):
            return code
    if heard.has_question_form or len(plain) > _LONGEST_CHOICE or _UNSURE.search(heard.normal):
        return None
    named = heard_options(options, heard.normal)
    return named.pop() if len(named) == 1 else None


def heard_options(options: dict[str, Option], text: str) -> set[str]:
    """Return the options whose words stand in a text, but for those within longer words of another."""
    found = [(span, code) for code, option in options.items() for span in heard_spans(option, text)]
    return {code for span, code in found if not any(_holds(other, span) for other, _ in found)}


def heard_spans(option: Option, text: str) -> list[tuple[int, int]]:
    """Return where the words of an option stand; not those denied right before: 不在城区."""
    if option.unless.search(text):
        return []
    matches = [match for match in option.heard.finditer(text) if match.end() > match.start()]
    return [match.span() for match in matches if not is_denied(text, match.start())]


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]


class YesNo(OneOf):
    """Yes or no: the options `yes` and `no` of the wording, or any plain yes or no. The value is a bool."""

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        agreed = agreed_in(heard, self.options(scene))
        return None if agreed is None else Read(agreed)

    def show(self, value: Any, scene: Scene) -> str:
        return super().show("yes" if value else "no", scene)

    def holds(self, value: Any, scene: Scene) -> bool:
        return isinstance(value, bool)


def agreed_in(heard: Heard, options: dict[str, Option]) -> bool | None:
    """Return yes or no: by one of the options `yes` and `no`, or by any plain one; None for anything else."""
    code = named_option(options, heard)
    if code is not None:
        return code == "yes"
    return None if heard.has_question_form else read_yes_no(heard.text)


class Several(OneOf):
    """Any of the options; `none` excludes the others. The value is a list of codes, in the order of the options."""

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        options = self.options(scene)
        codes = self._numbered(heard.text, options)
        if codes is None and not heard.is_question and len(heard.text) <= _LONGEST_CHOICE:
            codes = self._named(heard, options)
        if not codes:
            return None
        real = [code for code in options if code in codes and code != "none"]
        return Read(real or ["none"])

    def _numbered(self, text: str, options: dict[str, Option]) -> set[str] | None:
        """Return the options whose labels or numbers the message consists of: 1和3, 13, 第一个、第二个."""
        labels = {fold(option.label): code for code, option in options.items()}
        plain = fold(text).strip(" 。.")
        if plain in labels:
            return {labels[plain]}
        pieces = list(plain) if plain.isascii() and plain.isdigit() else [p for p in _SPLIT.split(plain) if p]
        numbers = [match and to_int(match[1]) for match in map(_ORDINAL.fullmatch, pieces)]
        codes = list(options)
        if not numbers or not all(number and number <= len(codes) for number in numbers):
            return None
        return {codes[number - 1] for number in numbers if number}

    def _named(self, heard: Heard, options: dict[str, Option]) -> set[str]:
        if _ALL.search(heard.normal):
            return set(options) - {"none"}
        return heard_options(options, heard.normal)

    def show(self, value: Any, scene: Scene) -> str:
        return "、".join(OneOf.show(self, code, scene) for code in value)

    def holds(self, value: Any, scene: Scene) -> bool:
        return isinstance(value, list) and bool(value) and all(OneOf.holds(self, code, scene) for code in value)


_BARE_PLACE = 8
"""A longer message tells more than where one lives."""


class CityOf(Field):
    """One of our cities. The value is its slug."""

    def labels(self, scene: Scene) -> tuple[str, ...]:
        return tuple(city.short for city in scene.library.cities.values())

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        places = heard.understood.places
        if heard.is_question:
            return None
        if places.outside and not places.residence and len(heard.normal) <= _BARE_PLACE:
            raise Rejected("unsupported", place=places.outside)
        return Read(places.residence) if places.residence else None

    def show(self, value: Any, scene: Scene) -> str:
        city = scene.library.cities.get(str(value))
        return city.name if city else str(value)

    def holds(self, value: Any, scene: Scene) -> bool:
        return isinstance(value, str) and value in scene.library.cities


_PLACE_KEYS = {"country", "province", "city", "county", "township", "area"}
_TOWNSHIP = re.compile(r"([\u4e00-\u9fff]{2,4}?(?:镇|乡|苏木))")
_LOCAL = re.compile(r"(?:就是|我是|是)?(?:本地|当地|本市|这里|这儿|这边)(?:的|人|户口)*")
_NOT_FROM = re.compile(r"(?:我|俺|额)?(?:户口)?(?:不是|不在)")
_BEYOND = re.compile(r"香港|澳门|台湾|港澳|外国|国外|无国籍")


class Hukou(Field):
    """Where the household is registered (户籍): a place in its parts, as in the batch contract."""

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        if heard.is_question:
            return None
        beyond = _BEYOND.search(heard.normal)
        if _NOT_FROM.match(heard.normal):
            return None
        if beyond and not is_denied(heard.normal, beyond.start()):
            return Read({"country": "港澳台或外国"})
        city = scene.place
        if _LOCAL.fullmatch(heard.normal.strip(" 。.,")):
            return Read({"province": city.province, "city": city.name})
        told = self._written(heard.normal, city)
        lead = "" if "户口" in heard.text else "户口在"
        told = told or scene.tools.stories.read(f"{lead}{heard.text.strip()}", city, scene.today).get("hukou_place")
        return Read(told) if told else None

    def _written(self, text: str, city: City) -> dict[str, str] | None:
        """Return the place the message begins with; a county of this city before all others of its name."""
        here = next((full for name, full in city.counties.items() if text.startswith(name) and len(name) > 1), None)
        if here is not None:
            parts, rest = {"province": city.province, "city": city.name, "county": here}, text.partition(here)[2]
        else:
            place = read_written_place(text)
            if place is None:
                return None
            parts, rest = place.parts, place.rest
        township = _TOWNSHIP.match(rest)
        return {**parts, **({"township": township[1]} if township else {})}

    def holds(self, value: Any, scene: Scene) -> bool:
        is_place = isinstance(value, dict) and bool(value) and set(value) <= _PLACE_KEYS
        return is_place and all(isinstance(part, str) for part in value.values())

    def show(self, value: Any, scene: Scene) -> str:
        if value.get("country"):
            return str(value["country"])
        parts = [str(value[key]) for key in ("province", "city", "county", "township") if value.get(key)]
        return "".join(part for index, part in enumerate(parts) if part not in parts[:index])


class County(Field):
    """A county or district of this dialog's city. The value is its full name."""

    def labels(self, scene: Scene) -> tuple[str, ...]:
        return tuple(dict.fromkeys(scene.place.counties.values()))

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        counties = scene.place.counties
        named = {counties[name] for name in counties if len(name) > 1 and name in heard.normal}
        longest = {name for name in named if not any(short_name(name) in short_name(o) for o in named - {name})}
        return Read(longest.pop()) if len(longest) == 1 and not heard.is_question else None
