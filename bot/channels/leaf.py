"""One article opened for reading, with its neighbours: for the public pages and for the console."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.channels.reading import Block, blocks_of, lines_of
from bot.channels.site import Trouble
from knowledge.act import Article
from knowledge.address import PREAMBLE, TAIL, Address, article_name, place_name
from knowledge.city import City, Erratum
from knowledge.official import official_citation

_NUMBER = re.compile(r"[1-9]\d{0,2}(-[1-9]\d?)?")
_COUNT = re.compile(r"[1-9]\d{0,2}")


@dataclass(frozen=True)
class Neighbour:
    """A step to the part before or after: its name and its number in the address."""

    name: str
    number: str


@dataclass(frozen=True)
class Leaf:
    """An article, the title block or the colophon. `cited` names the 款 or 项 that is marked, None for the whole.

    `citation` is the form officials write, of what is cited.
    """

    city: City
    number: str
    name: str
    chapter: str | None
    cited: str | None
    blocks: tuple[Block, ...]
    errata: tuple[Erratum, ...]
    citation: str
    before: Neighbour | None
    after: Neighbour | None


def leaf_of(city: City, number: str, paragraph: str | None, item: str | None, base: str) -> Leaf:
    """Open a part of a city's text; 款 and 项 as the address gives them (None: the whole).

    Raises Trouble in words for the person, with links below `base`, when there is no such place.
    """
    cited, blocks = _read(city, number, paragraph, item, base)
    parts = _parts(city)
    index = next(position for position, part in enumerate(parts) if part.number == number)
    article = city.act.article(number)
    return Leaf(
        city=city,
        number=number,
        name=article_name(number),
        chapter=article.chapter if article else None,
        cited=city.name_of(cited) if cited else None,
        blocks=tuple(blocks),
        errata=tuple(_errata(city, number)),
        citation=official_citation(city, cited or Address(number)),
        before=parts[index - 1] if index else None,
        after=parts[index + 1] if index + 1 < len(parts) else None,
    )


def _read(
    city: City, number: str, paragraph: str | None, item: str | None, base: str
) -> tuple[Address | None, list[Block]]:
    """Return the cited place, if the address names one, and the blocks to show."""
    block = {PREAMBLE: city.act.preamble, TAIL: city.act.tail}.get(number)
    if block:
        return None, lines_of(block, _errata(city, number))
    article = city.act.article(number)
    if article is None:
        raise _no_such_article(city, number, base)
    cited = _cited(city, article, paragraph, item, base)
    return cited, blocks_of(article, cited, _errata(city, number))


def _cited(city: City, article: Article, paragraph: str | None, item: str | None, base: str) -> Address | None:
    """Return the 款 or 项 that is named; None without one. Raises Trouble when the article has no such place."""
    whole = ((f"看{article_name(article.number)}全文", f"{base}/{city.slug}/{article.number}"),)
    given = [text for text in (paragraph, item) if text is not None]
    if not given:
        return None
    if not all(_COUNT.fullmatch(text) for text in given):
        text = f"这个地址没写对。{article_name(article.number)}的全文在这里："
        raise Trouble(404, "没有这一处", text, links=whole)
    address = Address(article.number, int(paragraph) if paragraph else None, int(item) if item else None)
    try:
        address = city.normal_address(address) if paragraph is None else address
        city.provision(address)
    except KeyError:
        named = place_name(address, name_paragraph=paragraph is not None)
        raise Trouble(404, "没有这一处", f"{city.name}的办法里没有{named}。", links=whole) from None
    return address


def _no_such_article(city: City, number: str, base: str) -> Trouble:
    if number in (PREAMBLE, TAIL):
        text = f"{city.name}的办法没有{article_name(number)}。"
    else:
        asked = article_name(number) if _NUMBER.fullmatch(number) else "您要找的这一条"
        text = f"{city.name}的办法共有{len(city.act.articles)}条，没有{asked}。"
    return Trouble(404, "没有这一条", text, links=((f"{city.name}的办法目录", f"{base}/{city.slug}"),))


def _errata(city: City, number: str) -> list[Erratum]:
    return [erratum for erratum in city.errata if erratum.article == number]


def _parts(city: City) -> list[Neighbour]:
    """Return everything there is to read, in order: the title block and the colophon only where the text has one."""
    numbers = [PREAMBLE] if city.act.preamble else []
    numbers += city.article_numbers() + ([TAIL] if city.act.tail else [])
    return [Neighbour(article_name(number), number) for number in numbers]
