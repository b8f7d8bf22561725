"""How staff shorten what they look up: 巴12, 巴中 12 3, luo yang, 汴政办162号; and amounts, 7个工作日."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from knowledge.address import Address
from knowledge.citations import Reference
from knowledge.city import City
from knowledge.text import NUMERAL, counts_in, fold, squeeze, to_int

_N = rf"([{NUMERAL}]{{1,3}})"
_APART = r"(?:\s*[-./]\s*|\s+)"
_FIGURES = re.compile(rf"第?\s*{_N}(?:\s*条\s*第?\s*|{_APART}){_N}(?:{_APART}{_N})?")
_TITLE = re.compile(r"^\s*(?:居住证)?(?:管理|实施|暂行)*(?:办法|条例|规定)?")
_AFTER_INITIAL = rf"(?=\s*第?\s*[{NUMERAL}]{{1,3}}\s*(?:$|条|[-./（(]|\s[{NUMERAL}]))"
_BRACKETS = re.compile(r"[\[\](){}〔〕【】<>]")
_YEAR = re.compile(r"[\[({〔【<]\d{4}[\])}〕】>]")
_OF_A_DOCUMENT = re.compile(r"令\s*第?\s*(\d+)\s*号|(\d+)\s*号令|政(?:办发?|发)\D{0,2}(?:\d{4}\D{1,2})?(\d+)\s*号")
_SPACES = r"\s*"
_DATE = re.compile(r"\d+\s*年\s*\d+\s*月(?:\s*\d+\s*日)?|\d+\s*月\s*\d+\s*日")
_AMOUNT = re.compile(rf"(?:\d+|[{NUMERAL}]+|半)\s*个?\s*[^\d\s]{{1,3}}?(?:以?[内上下]|之内)?")


class Shorthand:
    """Reads what staff shorten, for these cities. Built once; every method is a pure function."""

    def __init__(self, cities: Mapping[str, City]) -> None:
        self._cities = cities
        first = Counter(city.short[0] for city in cities.values())
        self._by_initial = {city.short[0]: city.short for city in cities.values() if first[city.short[0]] == 1}
        initials = "|".join(map(re.escape, self._by_initial)) or "(?!)"
        self._initial = re.compile(rf"^\s*({initials}){_AFTER_INITIAL}")
        spelt = "|".join(f"({_SPACES.join(map(re.escape, slug))})" for slug in cities)
        self._pinyin = re.compile(rf"(?<![a-z])(?:{spelt})(?![a-z])", re.IGNORECASE)
        self._counts = [
            (slug, address, counts_in(_DATE.sub(" ", fold(_own_words(city, address)))))
            for slug, city in cities.items()
            for address in city.addresses()
        ]

    def written_out(self, text: str) -> str:
        """Return `text` with the city's name in full: 巴12 → 巴中12, luo yang → luoyang."""
        slugs = list(self._cities)
        text = self._pinyin.sub(lambda match: slugs[(match.lastindex or 1) - 1], text)
        return self._initial.sub(lambda match: self._by_initial[match[1]], text)

    def places_with(self, text: str, city: str | None) -> list[tuple[str, Address]]:
        """Return where the number with its unit stands that `text` is, in either numerals; dates do not count.

        Nothing where the text is anything else.
        """
        bare = squeeze(text)
        wanted = {count for count in counts_in(bare) if count.unit}
        if not wanted or not _AMOUNT.fullmatch(bare):
            return []
        return [(slug, at) for slug, at, counts in self._counts if counts & wanted and city in (None, slug)]

    def by_document(self, text: str) -> list[str]:
        """Return the city whose 文号 is in the query (brackets of any kind, and without the year)."""
        bare = _BRACKETS.sub("", squeeze(text))
        return [city.slug for city in self._cities.values() if any(number in bare for number in _numbers_of(city))]

    def is_document(self, text: str, slug: str) -> bool:
        """Tell whether `text` is this city's 文号 and nothing else."""
        return _BRACKETS.sub("", squeeze(text)) in _numbers_of(self._cities[slug])

    def other_number(self, text: str, slug: str) -> str | None:
        """Return what to say where the 文号 typed beside a city is not that of its text; None otherwise."""
        number, typed = self._cities[slug].number, _OF_A_DOCUMENT.search(fold(text))
        if number is None or typed is None or "国务院" in text:
            return None
        is_own = next(filter(None, typed.groups())) == re.findall(r"\d+", number)[-1]
        return None if is_own else f"文号对不上：{self._cities[slug].short}的是{number}。"


def without_numbers_of_documents(text: str) -> str:
    """Return `text` without 文号, whose figures are no article's."""
    return re.sub(r"令?第?\s*\d+\s*号|〔\d+〕", " ", text)


def figures_alone(bare: str) -> Reference | None:
    """Return what two or three figures point to (12 3; 12条3; 7-2-1: 条、款、项); None where there is anything else.

    `bare` is a query without the names of cities. The second of two is a 项 or, where there are none, a 款.
    """
    match = _FIGURES.fullmatch(_TITLE.sub("", fold(bare)).strip())
    article, second, third = (to_int(figure) if figure else None for figure in match.groups()) if match else [None] * 3
    if article is None or second is None:
        return None
    if third is not None:
        return Reference(str(article), second, third)
    return Reference(str(article), None, second, is_loose=True)


def chapter_by_name(city: City, bare: str) -> Reference | None:
    """Return the chapter that a query without the city's name calls by its title (附则)."""
    wanted = squeeze(bare)
    chapters = list(dict.fromkeys(article.chapter for article in city.act.articles if article.chapter))
    titles = [re.sub(r"^第.+?章", "", squeeze(chapter)) for chapter in chapters]
    return Reference(chapter=titles.index(wanted) + 1) if wanted in titles else None


def _own_words(city: City, address: Address) -> str:
    """Return the words of a 款 without those of its 项, which have addresses of their own."""
    article = city.act.article(address.article)
    paragraph = article.paragraph(address.paragraph or 1) if article and address.item is None else None
    return paragraph.text if paragraph else city.provision(address).text


def _numbers_of(city: City) -> tuple[str, ...]:
    number = city.number or ""
    return tuple(filter(None, (_BRACKETS.sub("", squeeze(number)), squeeze(_YEAR.sub("", number)))))
