"""The regulations to read: contents, a permalink for every article, and the cities side by side."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from bot.channels.reading import Block, blocks_of, lines_of
from bot.channels.site import SITE, Trouble, page
from dialogs import words
from dialogs.compose import topic_part, verify_part
from dialogs.saying import Kind, Part
from knowledge.act import Article
from knowledge.address import PREAMBLE, TAIL, Address, article_name, place_name
from knowledge.citations import official_citation
from knowledge.city import City, Erratum
from knowledge.library import Library
from knowledge.topic import Topic
from rules.proof import ProofError

_log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[1-9]\d{0,2}(-[1-9]\d?)?")
_COUNT = re.compile(r"[1-9]\d{0,2}")
GROUPS = {
    "basics": "居住证是什么、谁能办",
    "registration": "居住登记",
    "application": "申领",
    "endorsement": "签注",
    "changes": "搬家、变更、丢失、损坏",
    "fees": "收费",
    "services": "权利、服务和便利",
    "settlement": "落户",
    "duties": "单位、房东、物业等的义务",
    "penalties": "违法、处罚和投诉",
    "document": "这些办法本身",
    "elsewhere": "常有人问、办法没有写的事",
}
"""The titles of the groups of topics, in the order they are shown."""


@dataclass(frozen=True)
class Neighbour:
    """A step to the part before or after: its name and its number in the address."""

    name: str
    number: str


@dataclass(frozen=True)
class Cell:
    """What one city says on one topic: the very answer a person gets, without the city's name before it."""

    city: City
    part: Part


def setup_routes(app: web.Application) -> None:
    """Add the pages of the law and of the comparison."""
    app.router.add_get("/law", _cities_page)
    app.router.add_get("/law/{city}", _contents_page)
    app.router.add_get("/law/{city}/{article}", _article_page)
    app.router.add_get("/compare", _topics_page)
    app.router.add_get("/compare/{topic}", _comparison_page)


async def _cities_page(request: web.Request) -> web.Response:
    return page(request, "cities.html", cities=request.app[SITE].library.cities)


async def _contents_page(request: web.Request) -> web.Response:
    city = _city(request)
    return page(request, "contents.html", city=city, chapters=_chapters(city), article_name=article_name)


async def _article_page(request: web.Request) -> web.Response:
    city = _city(request)
    number = request.match_info["article"]
    cited, blocks = _read(request, city, number)
    parts = _parts(city)
    index = next(position for position, part in enumerate(parts) if part.number == number)
    return page(
        request,
        "article.html",
        city=city,
        name=article_name(number),
        chapter=_chapter(city, number),
        cited=city.name_of(cited) if cited else None,
        blocks=blocks,
        errata=_errata(city, number),
        citation=official_citation(city, cited or Address(number)),
        before=parts[index - 1] if index else None,
        after=parts[index + 1] if index + 1 < len(parts) else None,
    )


async def _topics_page(request: web.Request) -> web.Response:
    library = request.app[SITE].library
    return page(request, "topics.html", groups=_groups(library.topics.values()), cities=library.cities)


async def _comparison_page(request: web.Request) -> web.Response:
    library = request.app[SITE].library
    topic = library.topics.get(request.match_info["topic"])
    if topic is None:
        raise Trouble(404, "没有这个题目", "对照里没有这个题目，请从全部题目里选。", links=(("全部题目", "/compare"),))
    cells = [Cell(city, _verified_part(library, city, topic.slug)) for city in library.cities.values()]
    akin = [other for other in library.topics.values() if other.group == topic.group and other != topic]
    return page(request, "comparison.html", topic=topic, cells=cells, akin=akin)


def _verified_part(library: Library, city: City, topic: str) -> Part:
    part = topic_part(library, city, topic)
    try:
        verify_part(library, part)
    except ProofError as error:
        _log.error("part withheld, it does not verify: %s", error)
        return Part(Kind.REFUSE, words.PROOF_FAILED)
    return part


def _city(request: web.Request) -> City:
    cities = request.app[SITE].library.cities
    city = cities.get(request.match_info["city"])
    if city is None:
        links = tuple((f"{known.name}的办法", f"/law/{known.slug}") for known in cities.values())
        raise Trouble(404, "没有这个城市的办法", f"这里只有{len(cities)}个城市的办法：", links=links)
    return city


def _read(request: web.Request, city: City, number: str) -> tuple[Address | None, list[Block]]:
    """Return the cited place, if the address names one, and the blocks to show."""
    block = {PREAMBLE: city.act.preamble, TAIL: city.act.tail}.get(number)
    if block:
        return None, lines_of(block, _errata(city, number))
    article = city.act.article(number)
    if article is None:
        raise _no_such_article(city, number)
    cited = _cited(request, city, article)
    return cited, blocks_of(article, cited, _errata(city, number))


def _cited(request: web.Request, city: City, article: Article) -> Address | None:
    """Return the 款 or 项 that the query names; None without one. Raises Trouble when the article has no such place."""
    paragraph, item = (_count(request.query.get(key), city, article) for key in ("p", "i"))
    if paragraph is None and item is None:
        return None
    address = Address(article.number, paragraph, item)
    try:
        address = city.normal_address(address) if paragraph is None else address
        city.provision(address)
    except KeyError:
        named = place_name(address, name_paragraph=paragraph is not None)
        raise _no_such_place(city, article, f"{city.name}的办法里没有{named}。") from None
    return address


def _count(text: str | None, city: City, article: Article) -> int | None:
    if text is None:
        return None
    if not _COUNT.fullmatch(text):
        raise _no_such_place(city, article, f"这个地址没写对。{article_name(article.number)}的全文在这里：")
    return int(text)


def _no_such_place(city: City, article: Article, text: str) -> Trouble:
    name = article_name(article.number)
    return Trouble(404, "没有这一处", text, links=((f"看{name}全文", f"/law/{city.slug}/{article.number}"),))


def _no_such_article(city: City, number: str) -> Trouble:
    if number in (PREAMBLE, TAIL):
        text = f"{city.name}的办法没有{article_name(number)}。"
    else:
        asked = article_name(number) if _NUMBER.fullmatch(number) else "您要找的这一条"
        text = f"{city.name}的办法共有{len(city.act.articles)}条，没有{asked}。"
    return Trouble(404, "没有这一条", text, links=((f"{city.name}的办法目录", f"/law/{city.slug}"),))


def _errata(city: City, number: str) -> list[Erratum]:
    return [erratum for erratum in city.errata if erratum.article == number]


def _chapter(city: City, number: str) -> str | None:
    article = city.act.article(number)
    return article.chapter if article else None


def _chapters(city: City) -> dict[str, list[Article]]:
    """Return the articles by chapter, in order; a text without chapters has one, without a name."""
    chapters: dict[str, list[Article]] = {}
    for article in city.act.articles:
        chapters.setdefault(article.chapter or "", []).append(article)
    return chapters


def _parts(city: City) -> list[Neighbour]:
    """Return everything there is to read, in order: the title block and the colophon only where the text has one."""
    numbers = [PREAMBLE] if city.act.preamble else []
    numbers += city.article_numbers() + ([TAIL] if city.act.tail else [])
    return [Neighbour(article_name(number), number) for number in numbers]


def _groups(topics: Iterable[Topic]) -> dict[str, list[Topic]]:
    """Return the topics under the title of their group; a group without a title here comes last, by its own name."""
    known: dict[str, list[Topic]] = {title: [] for title in GROUPS.values()}
    for topic in topics:
        known.setdefault(GROUPS.get(topic.group, topic.group), []).append(topic)
    return {title: members for title, members in known.items() if members}
