"""What is typed in pinyin (luoyang qianzhu guoqi le) → the words it stands for; whatever else is Latin stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from knowledge.characters import syllables
from knowledge.divisions import prefecture_names

_ASKED = tuple(
    "怎么办 咋办 要钱吗 要钱不 多少钱 要带什么 带什么 什么时候 多久 几天 能办吗 可以吗 哪里 在哪 丢了 过期了"
    " 还能补吗 还能补 办理 孩子 上学 居住 工作 怎么 什么 可以 要钱 办证".split()
)
"""Words that people ask with, beside the domain's own."""

_OFFICIAL = {
    "hohhot": "呼和浩特",
    "urumqi": "乌鲁木齐",
    "lhasa": "拉萨",
    "harbin": "哈尔滨",
    "xi'an": "西安",
    "xian": "西安",
}
"""Names that are not written in pinyin, and the short ones that are sure all the same."""

_SHORTEST_CITY = 5
"""Letters; a shorter one (yaan, wuhu) may be another word."""

_LATIN = re.compile(r"[a-z']{4}|[a-z]+ [a-z]+")


def from_pinyin(text: str, words: tuple[str, ...], names: frozenset[str]) -> str:
    """Return `text` with the pinyin of `words`, of `names` of our places and of China's cities written in Chinese."""
    if not _LATIN.search(text):
        return text
    pattern, meanings = _table(words, names)
    return pattern.sub(lambda match: meanings[re.sub(r"\s", "", match.group())], text)


@cache
def _table(words: tuple[str, ...], names: frozenset[str]) -> tuple[re.Pattern[str], dict[str, str]]:
    meanings = dict(_OFFICIAL)
    patterns = {latin: re.escape(latin) for latin in meanings}
    for word in (*sorted(names), *words, *_ASKED, *prefecture_names()):
        sounds = syllables(word)
        latin = "".join(sounds)
        is_known = word in names or word in words or word in _ASKED
        if len(word) > 1 and latin.isascii() and (is_known or len(latin) >= _SHORTEST_CITY):
            meanings.setdefault(latin, word)
            patterns.setdefault(latin, r"\s*".join(map(re.escape, sounds)))
    return re.compile(rf"(?<![a-z])(?:{_any_of(patterns)})(?![a-z])"), meanings


def _any_of(patterns: Mapping[str, str]) -> str:
    """Return one pattern for any of `patterns`, the longest first.

    They are grouped by the letter they begin with: with hundreds of cities there are thousands.
    """
    by_letter: dict[str, list[str]] = {}
    for latin in sorted(patterns, key=lambda latin: (-len(latin), latin)):
        by_letter.setdefault(latin[0], []).append(patterns[latin].removeprefix(latin[0]))
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
