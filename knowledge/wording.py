"""What a dialog may say (`wording/<dialog>.toml`): one file a dialog, to show an officer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from knowledge.datafile import CityError, expect_table, expect_text, expect_texts, read_toml

COMMON = "common"
_LISTS = {"starts", "aliases"}
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class Option:
    """A choice: its `label` on the button, and the words by which it is named in other ways.

    A message with one of `unless` does not name it, whatever else it says.
    """

    label: str
    heard: re.Pattern[str]
    unless: re.Pattern[str] = _NEVER


@dataclass(frozen=True)
class Wording:
    """The sentences of one dialog by dotted key, the options of its asks, and the messages that start it.

    What a dialog does not say itself is said by the sentences common to all.
    """

    name: str
    sentences: Mapping[str, str]
    options: Mapping[str, Mapping[str, Option]] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    starts: re.Pattern[str] = _NEVER
    common: Wording | None = None

    def all_options(self, name: str) -> Mapping[str, Option]:
        """Return the options called `name`: this dialog's own, else those common to all."""
        own = self.options.get(name)
        return own if own is not None else self.common.options[name] if self.common else {}

    def say(self, key: str, /, **values: object) -> str:
        """Return a sentence with its places filled. Raises KeyError for one that there is not."""
        if key not in self.sentences and self.common is not None:
            return self.common.say(key, **values)
        return self.sentences[key].format(**values)

    def has(self, key: str) -> bool:
        """Tell whether there is such a sentence."""
        return key in self.sentences or (self.common is not None and self.common.has(key))

    def title(self, ask: str) -> str:
        """Return what an ask is about, as it stands in lists."""
        return self.sentences[f"{ask}.title"]

    def names(self, ask: str) -> tuple[str, ...]:
        """Return the title of an ask and the other words for it."""
        return (self.title(ask), *self.aliases.get(ask, ()))


def read_wordings(folder: Path) -> dict[str, Wording]:
    """Read every file of the folder; the common sentences stand behind each. Raises CityError."""
    read = {file.stem: _wording(file) for file in sorted(folder.glob("*.toml"))}
    if COMMON not in read:
        raise CityError(folder / f"{COMMON}.toml", "-", "没有这个文件", "各个对话共用的话写在这里")
    return {name: one if name == COMMON else replace(one, common=read[COMMON]) for name, one in read.items()}


def _wording(file: Path) -> Wording:
    sentences: dict[str, str] = {}
    options: dict[str, dict[str, Option]] = {}
    lists: dict[str, tuple[str, ...]] = {}
    _flatten(file, "", read_toml(file), sentences, options, lists)
    starts = lists.pop("starts", ())
    aliases = {key.rpartition(".")[0]: words for key, words in lists.items()}
    return Wording(file.stem, sentences, options, aliases, _pattern(file, "starts", "|".join(starts)))


def _flatten(
    file: Path,
    prefix: str,
    table: Mapping[str, Any],
    sentences: dict[str, str],
    options: dict[str, dict[str, Option]],
    lists: dict[str, tuple[str, ...]],
) -> None:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if name == "options":
            options[prefix.rstrip(".")] = _options(file, key, value)
        elif isinstance(value, dict):
            _flatten(file, f"{key}.", value, sentences, options, lists)
        elif name in _LISTS:
            lists[key] = tuple(expect_texts(file, key, value))
        else:
            sentences[key] = expect_text(file, key, value).strip()


def _options(file: Path, key: str, value: object) -> dict[str, Option]:
    found = {}
    for code, entry in expect_table(file, key, value).items():
        table = {"label": entry} if isinstance(entry, str) else expect_table(file, f"{key}.{code}", entry)
        if set(table) - {"label", "heard", "unless"}:
            raise CityError(file, f"{key}.{code}", "键不对", "只写 label、heard 和 unless")
        label = expect_text(file, f"{key}.{code}.label", table.get("label"))
        heard, unless = (_pattern(file, f"{key}.{code}.{name}", table.get(name, "")) for name in ("heard", "unless"))
        found[code] = Option(label, heard, unless)
    return found


def _pattern(file: Path, key: str, words: str) -> re.Pattern[str]:
    try:
        return re.compile(words) if words else _NEVER
    except re.error as error:
        raise CityError(file, key, f"写法不对（{error}）", "写一个正则表达式，几个词之间用 | 隔开") from error
