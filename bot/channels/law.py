"""The regulations to read: contents, a permalink for every article, and the cities side by side."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from bot.channels.leaf import leaf_of
from bot.channels.site import SITE, Trouble, page
from dialogs import words
from dialogs.compose import topic_part, verify_part
from dialogs.saying import Kind, Part
from knowledge.act import Article
from knowledge.address import article_name
from knowledge.city import City
from knowledge.library import Library
from knowledge.topic import Topic
from rules.proof import ProofError

_log = logging.getLogger(__name__)

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
class Cell:
    """What one city says on one topic: the very answer a person gets, without the city's name before it.

    Where it is switched off, the sentence people get instead.
    """

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
    return page(request, "contents.html", city=city, chapters=chapters_of(city), article_name=article_name)


async def _article_page(request: web.Request) -> web.Response:
    city = _city(request)
    query = request.query
    leaf = leaf_of(city, request.match_info["article"], query.get("p"), query.get("i"), "/law")
    return page(request, "article.html", leaf=leaf, city=city)


async def _topics_page(request: web.Request) -> web.Response:
    library = request.app[SITE].library
    return page(request, "topics.html", groups=groups_of(library.topics.values()), cities=library.cities)


async def _comparison_page(request: web.Request) -> web.Response:
    site = request.app[SITE]
    library, published = site.library, site.assistant.advisor.published
    topic = library.topics.get(request.match_info["topic"])
    if topic is None:
        raise Trouble(404, "没有这个题目", "对照里没有这个题目，请从全部题目里选。", links=(("全部题目", "/compare"),))
    cells = []
    for city in library.cities.values():
        off = published.sentence_for(city.slug, topic.slug)
        part = _verified_part(library, city, topic.slug) if off is None else Part(Kind.REFUSE, off)
        cells.append(Cell(city, part))
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


def chapters_of(city: City) -> dict[str, list[Article]]:
    """Return the articles by chapter, in order; a text without chapters has one, without a name."""
    chapters: dict[str, list[Article]] = {}
    for article in city.act.articles:
        chapters.setdefault(article.chapter or "", []).append(article)
    return chapters


def groups_of(topics: Iterable[Topic]) -> dict[str, list[Topic]]:
    """Return the topics under the title of their group; a group without a title here comes last, by its own name."""
    known: dict[str, list[Topic]] = {title: [] for title in GROUPS.values()}
    for topic in topics:
        known.setdefault(GROUPS.get(topic.group, topic.group), []).append(topic)
    return {title: members for title, members in known.items() if members}
