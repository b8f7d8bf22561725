"""The words of a person's own story (`story.toml`): each name tells one thing."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.datafile import CityError, expect_texts, read_toml


def read_story_words(file: Path) -> dict[str, re.Pattern[str]]:
    """Return one pattern a name. Raises CityError."""
    found: dict[str, re.Pattern[str]] = {}
    for name, words in read_toml(file).items():
        if not words or not all(expect_texts(file, name, words)):
            raise CityError(file, name, "有空的词，每段话都会对上", "请至少写一个词，每个词至少一个字")
        try:
            found[name] = re.compile("|".join(expect_texts(file, name, words)))
        except re.error as error:
            raise CityError(file, name, f"写法不对（{error}）", "每个词是一个正则表达式") from error
    return found
