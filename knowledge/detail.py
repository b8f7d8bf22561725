"""Details that a question asks for (how much, until when, how old), and what in a provision tells them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge.datafile import CityError, expect_table, expect_text, expect_texts, read_toml
from knowledge.manner import any_word

_KEYS = {"what", "asked", "told", "unsaid", "heard", "not_heard"}


@dataclass(frozen=True)
class Detail:
    """A detail. `what` completes 「办法没有写……」; `asked` is found in messages, `told` in provisions.

    `unsaid` is found in our own line for a provision where it says that the text is silent on the detail. A message of
    `heard` asks for it, one of `not_heard` does not.
    """

    what: str
    asked: re.Pattern[str]
    told: re.Pattern[str]
    unsaid: re.Pattern[str]
    heard: tuple[str, ...]
    not_heard: tuple[str, ...]


def read_details(file: Path) -> Mapping[str, Detail]:
    """Read the details. Raises CityError."""
    details: dict[str, Detail] = {}
    for name, entry in read_toml(file).items():
        table = expect_table(file, name, entry)
        if set(table) != _KEYS:
            raise CityError(file, name, "键不对", f"每一项要有：{'、'.join(sorted(_KEYS))}")
        lists = {key: tuple(expect_texts(file, f"{name}.{key}", table[key])) for key in sorted(_KEYS - {"what"})}
        try:
            patterns = {key: any_word(lists[key]) for key in ("asked", "told", "unsaid")}
        except re.error as error:
            raise CityError(file, name, f"正则写法不对：{error}", "请改正") from error
        what = expect_text(file, f"{name}.what", table["what"])
        details[name] = Detail(what=what, **patterns, heard=lists["heard"], not_heard=lists["not_heard"])
    return details
