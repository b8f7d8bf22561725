"""The words that tell what a date is the date of (`happenings.toml`): 签发, 受理, 到期 …"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from knowledge.datafile import CityError, expect_table, expect_text, expect_texts, read_toml

_KEYS = {"before", "after", "gap", "lasting", "ago", "concept"}
_BEFORE_A_DATE = (
    r"(?:的|了)*(?:日子|日期|日|时间|期)?(?:那天|那日)?(?:写的?|上|限)?(?:都|已经)?"
    r"(?:是|自|从|打|由|在|于|为|到|至|截止)*[:：,，]?$"
)
_BEFORE_A_LENGTH = r"[^,，。0-9]{0,6}?(?:都|已经?|快|有|了|到现在|大概|期|满|差不多|得|才)*$"
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class HappeningWords:
    """Patterns of one happening: ending at a date, starting at it, ending at a duration, starting at its end.

    `concept` is what a message says that names such a date.
    """

    before: re.Pattern[str]
    after: re.Pattern[str]
    lasting: re.Pattern[str]
    ago: re.Pattern[str]
    concept: str | None


def read_happenings(file: Path, concepts: Container[str]) -> dict[str, HappeningWords]:
    """Read the words; what a date gives must be one of `concepts`. Raises CityError."""
    found = {name: _words(file, name, value) for name, value in read_toml(file).items()}
    for name, words in found.items():
        if words.concept is not None and words.concept not in concepts:
            raise CityError(file, f"{name}.concept", f"没有“{words.concept}”这个概念", "请先写进 topics/concepts.toml")
    return found


def _words(file: Path, name: str, value: object) -> HappeningWords:
    entry = expect_table(file, name, value)
    gap = entry.get("gap", 0)
    if set(entry) - _KEYS or type(gap) is not int:
        raise CityError(file, name, "键不对", f"可用的键：{'、'.join(sorted(_KEYS))}；gap 是整数")

    def pattern(key: str, head: str, tail: str) -> re.Pattern[str]:
        words = expect_texts(file, f"{name}.{key}", entry.get(key, []))
        try:
            return re.compile(f"{head}(?:{'|'.join(words)}){tail}") if words else _NEVER
        except re.error as error:
            raise CityError(file, f"{name}.{key}", f"写法不对（{error}）", "每个词是一个正则表达式") from error

    return HappeningWords(
        before=pattern("before", "", _BEFORE_A_DATE),
        after=pattern("after", f"[^,，。]{{0,{gap}}}?(?:刚刚?|就|才|已经|都|又)?", ""),
        lasting=pattern("lasting", "", _BEFORE_A_LENGTH),
        ago=pattern("ago", "", ""),
        concept=expect_text(file, f"{name}.concept", entry["concept"]) if "concept" in entry else None,
    )
