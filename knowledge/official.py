"""Provisions as officials cite them: 《…办法》（文号）第十二条第（三）项：「…」."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge.act import Item
from knowledge.address import Address, article_name
from knowledge.city import City
from knowledge.text import fold

_CHAPTER = re.compile(r"\s*第.{1,5}?章")
_MARKS = {"draft": "草案", "repealed": "已废止"}


def official_source(city: City) -> str:
    """Return 《…办法》（文号）. A text that is no law in force says so: 《…》（草案，无文号，施行日期空着）."""
    marks = [city.number or "无文号", _MARKS.get(city.status)]
    if city.is_draft:
        marks = ["草案", marks[0], None if city.effective else "施行日期空着"]
    return f"《{city.title}》（{'，'.join(mark for mark in marks if mark)}）"


def official_citation(city: City, address: Address) -> str:
    """Return 《巴中市居住证管理办法》（巴中市人民政府令第42号）第十二条第（三）项：「…」.

    An 项 is quoted with the opening words of its 款; … stands for the 项 between. Raises KeyError for no such place.
    """
    provision = city.provision(address)
    opening = f"{provision.lead_in}…" if provision.lead_in else ""
    return f"{official_source(city)}{city.name_of(address)}：「{opening}{provision.text}」"


def official_citation_of(city: City, addresses: Sequence[Address]) -> str:
    """Return several provisions of a text cited together: 第二十条至第二十二条, 第四章, 第十八条第（一）项至第（三）项.

    Below the name stands each provision with its words, a line each; neighbouring 项 stand in one quotation.
    Raises KeyError for no such place, ValueError for none at all.
    """
    places = _whole_articles(city, addresses)
    if not places:
        raise ValueError("没有可以引用的条款")
    if len(places) == 1:
        return official_citation(city, places[0])
    items = _neighbouring_items(city, places)
    if items:
        paragraph = city.provision(Address(places[0].article, places[0].paragraph)).text.partition("\n")[0]
        listed = "\n".join(f"{item.label}{item.full_text()}" for item in items)
        between = "\n" if items[0].number == 1 else "…\n"
        last = city.name_of(places[-1])
        name = f"{city.name_of(places[0])}至{last[last.rindex('第') :]}"
        return f"{official_source(city)}{name}：「{paragraph}{between}{listed}」"
    quoted = [f"{city.name_of(place)}：「{city.provision(place).in_full}」" for place in places]
    return "\n".join([f"{official_source(city)}{_name_of(city, places)}：", *quoted])


def _whole_articles(city: City, addresses: Sequence[Address]) -> list[Address]:
    """Return the addresses in order: all 款 of an article as the article itself, and nothing that stands in another."""
    given = {city.normal_address(address) for address in addresses}
    for address in addresses:
        article = city.act.article(address.article)
        paragraphs = {Address(address.article, one.number) for one in article.paragraphs} if article else set()
        given |= {Address(address.article)} if paragraphs and paragraphs <= given else set()
    return sorted(one for one in given if not given & _around(city, one))


def _around(city: City, address: Address) -> set[Address]:
    """Return the 款 and the article that a place stands in."""
    paragraph = city.normal_address(Address(address.article, address.paragraph)) if address.item else None
    return {one for one in (paragraph, Address(address.article)) if one is not None and one != address}


def _name_of(city: City, places: Sequence[Address]) -> str:
    numbers, all_numbers = [place.article for place in places], city.article_numbers()
    is_whole = all(place == Address(place.article) and place.article in all_numbers for place in places)
    if not is_whole or any(all_numbers.index(b) - all_numbers.index(a) != 1 for a, b in pairwise(numbers)):
        return "、".join(city.name_of(place) for place in places)
    span = f"{article_name(numbers[0])}至{article_name(numbers[-1])}"
    chapters = {article.chapter for article in city.act.articles if article.number in numbers}
    chapter = chapters.pop() if len(chapters) == 1 else None
    heading = _CHAPTER.match(fold(chapter)) if chapter else None
    is_chapter = numbers == [article.number for article in city.act.articles if article.chapter == chapter]
    return f"{heading[0].strip()}（{span}）" if heading and is_chapter else span


def _neighbouring_items(city: City, places: Sequence[Address]) -> list[Item]:
    """Return the 项, when the places are some that follow on each other in one 款."""
    article = city.act.article(places[0].article)
    paragraph = article.paragraph(places[0].paragraph or 1) if article else None
    if paragraph is None or {(place.article, place.paragraph) for place in places} != {
        (places[0].article, places[0].paragraph)
    }:
        return []
    numbers = [place.item for place in places]
    items = [item for item in paragraph.items if item.number in numbers]
    follows = all(second.number - first.number == 1 for first, second in pairwise(items))
    return items if follows and len(items) == len(places) else []
