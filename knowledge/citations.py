"""Citations as people type them → addresses; addresses → the form officials write."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from knowledge.address import PREAMBLE, TAIL, Address, article_name
from knowledge.city import City
from knowledge.text import NUMERAL, fold, to_chinese, to_int

_FORMAL_DIGITS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百")
_CIRCLED = re.compile("[①-⑳]")
_LAST = re.compile(r"最后一条|末条|最末一条")
_N = rf"([{NUMERAL}]+)"
_TO = r"(?:到|至|[-—–~～])"
_RANGE = re.compile(rf"第?\s*{_N}\s*条?\s*{_TO}\s*第?\s*{_N}\s*条")
_CHAPTER = re.compile(rf"第?\s*{_N}\s*章")
_ITEM_RANGE = re.compile(rf"第?\s*[（(]?\s*{_N}\s*[）)]?\s*项?\s*{_TO}\s*第?\s*[（(]?\s*{_N}\s*[）)]?\s*项")
_ARTICLE = re.compile(
    rf"第?\s*{_N}\s*条(?:\s*之\s*{_N})?|(?:art(?:icle)?\.?|§)\s*(\d+)|di\s*(\d+)\s*tiao", re.IGNORECASE
)
_BARE = re.compile(r"(?<![\d.])(\d{1,3})\s*(?=[（(]\s*[0-9一二三四五六七八九十]+\s*[）)])")
_DASHED = re.compile(r"(?<![\d.-])(\d{1,3})\s*[-.]\s*(\d{1,2})(?![\d-])")
_PARAGRAPH = re.compile(rf"第?\s*{_N}\s*款|(?:para(?:graph)?\.?|p)\s*(\d+)|di\s*(\d+)\s*kuan", re.IGNORECASE)
_ITEM = re.compile(
    rf"第?\s*[（(]?\s*{_N}\s*[）)]?\s*项|[（(]\s*{_N}\s*[）)]|item\s*(\d+)|di\s*(\d+)\s*xiang", re.IGNORECASE
)


@dataclass(frozen=True)
class Reference:
    """What a typed citation points to: an article (with 款, 项), a range of either, a chapter, the last article."""

    article: str | None = None
    paragraph: int | None = None
    item: int | None = None
    last_article: str | None = None
    last_item: int | None = None
    chapter: int | None = None
    is_last: bool = False


@dataclass(frozen=True)
class NoSuchPlace(Exception):
    """The text has no such place; `message` says what it has instead."""

    message: str

    def __str__(self) -> str:
        return self.message


def read_reference(query: str) -> Reference | None:
    """Return what a query cites; None when it cites nothing.

    Read are 「巴中12条3项」「第十二条第（三）项」「17条2款」「十二条之一」「十九到二十一条」「第四章」,
    「art 18(1)」 and 「12-3」.
    """
    text = fold(_CIRCLED.sub(lambda match: f"({fold(match.group())})", query)).translate(_FORMAL_DIGITS)
    if _LAST.search(text):
        return Reference(is_last=True)
    span = _RANGE.search(text)
    if span:
        return Reference(article=_number(span[1]), last_article=_number(span[2]))
    article = _ARTICLE.search(text)
    if article is None:
        return _read_short(text)
    number = _number(article[1] or article[3] or article[4])
    if number and article[2]:
        number = f"{number}-{_number(article[2])}"
    rest = text[article.end() :]
    items = _ITEM_RANGE.search(rest)
    if items:
        return Reference(
            number, _first_number(_PARAGRAPH, rest[: items.start()]), to_int(items[1]), last_item=to_int(items[2])
        )
    return Reference(number, _first_number(_PARAGRAPH, rest), _first_number(_ITEM, _PARAGRAPH.sub(" ", rest, count=1)))


def _read_short(text: str) -> Reference | None:
    chapter = _CHAPTER.search(text)
    if chapter:
        return Reference(chapter=to_int(chapter[1]))
    bare = _BARE.search(text)
    if bare:
        return Reference(_number(bare[1]), None, _first_number(_ITEM, text[bare.end() :]))
    dashed = _DASHED.search(text)
    return Reference(_number(dashed[1]), None, to_int(dashed[2])) if dashed else None


def _number(numeral: str) -> str | None:
    value = to_int(numeral)
    return str(value) if value is not None else None


def _first_number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    numeral = next((group for group in match.groups() if group), None) if match else None
    return to_int(numeral) if numeral else None


def resolve(city: City, reference: Reference) -> list[Address]:
    """Return the addresses a reference points to in this city's text, a 款 each for whole articles.

    Raises NoSuchPlace with a sentence that says what the text has instead.
    """
    if reference.chapter is not None:
        return _chapter(city, reference.chapter)
    if reference.is_last:
        return paragraphs_of(city, city.article_numbers()[-1])
    if reference.article is None:
        return []
    if reference.last_article is not None:
        return _range(city, reference.article, reference.last_article)
    article = city.act.article(reference.article)
    if article is None:
        raise NoSuchPlace(f"{_title(city)}共{len(city.act.articles)}条，没有{article_name(reference.article)}。")
    if reference.item is not None:
        last = max(reference.item, reference.last_item or reference.item)
        return [_item(city, replace(reference, item=item)) for item in range(reference.item, last + 1)]
    if reference.paragraph is not None:
        if article.paragraph(reference.paragraph) is None:
            raise NoSuchPlace(
                f"{_title(city)}{article_name(article.number)}只有{len(article.paragraphs)}款，没有第{to_chinese(reference.paragraph)}款。"
            )
        return [city.normal_address(Address(article.number, reference.paragraph))]
    return paragraphs_of(city, article.number)


def paragraphs_of(city: City, number: str) -> list[Address]:
    """Return the address of every 款 of an article."""
    article = city.act.article(number)
    return (
        [city.normal_address(Address(number, paragraph.number)) for paragraph in article.paragraphs] if article else []
    )


def _item(city: City, reference: Reference) -> Address:
    article = city.act.article(reference.article or "")
    if article is None:
        raise NoSuchPlace(f"{_title(city)}没有{reference.article}条。")
    name = f"{_title(city)}{article_name(article.number)}"
    paragraphs = article.paragraphs
    if reference.paragraph is not None:
        paragraphs = tuple(p for p in paragraphs if p.number == reference.paragraph)
        if not paragraphs:
            raise NoSuchPlace(f"{name}只有{len(article.paragraphs)}款，没有第{to_chinese(reference.paragraph)}款。")
    for paragraph in paragraphs:
        if paragraph.item(reference.item or 0):
            return Address(article.number, paragraph.number, reference.item)
    count = sum(len(paragraph.items) for paragraph in paragraphs)
    has = f"只有{count}项" if count else "没有分项"
    raise NoSuchPlace(f"{name}{has}，没有第（{to_chinese(reference.item or 0)}）项。")


def _range(city: City, first: str, last: str) -> list[Address]:
    numbers = city.article_numbers()
    low, high = sorted((int(first), int(last)))
    inside = [number for number in numbers if low <= int(number.partition("-")[0]) <= high]
    if not inside:
        raise NoSuchPlace(f"{_title(city)}共{len(numbers)}条，没有第{to_chinese(low)}条到第{to_chinese(high)}条。")
    return [address for number in inside for address in paragraphs_of(city, number)]


def _chapter(city: City, number: int) -> list[Address]:
    chapters = list(dict.fromkeys(article.chapter for article in city.act.articles if article.chapter))
    if not chapters:
        raise NoSuchPlace(f"{_title(city)}不分章。")
    if not 1 <= number <= len(chapters):
        raise NoSuchPlace(f"{_title(city)}共{len(chapters)}章，没有第{to_chinese(number)}章。")
    articles = [article for article in city.act.articles if article.chapter == chapters[number - 1]]
    return [address for article in articles for address in paragraphs_of(city, article.number)]


def _title(city: City) -> str:
    return f"《{city.title}》"


def official_citation(city: City, address: Address) -> str:
    """Return 《巴中市居住证管理办法》（巴中市人民政府令第42号）第十二条第（三）项：「…」, the form officials write."""
    provision = city.provision(address)
    number = f"（{city.number}）" if city.number else ""
    place = city.name_of(address) if address.article not in (PREAMBLE, TAIL) else article_name(address.article)
    return f"《{city.title}》{number}{place}：「{provision.text}」"
