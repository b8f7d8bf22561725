"""Citations as people type them → addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.act import Article, Paragraph
from knowledge.address import PREAMBLE, TAIL, Address, article_name
from knowledge.city import City
from knowledge.text import NUMERAL, fold, to_chinese, to_int
from knowledge.written_citation import as_usual

_BLOCKS = {PREAMBLE: re.compile("题头|文件头|版头"), TAIL: re.compile("文末|落款|印发信息|版记")}
_LAST = re.compile(r"最后一条|末条|最末一条")
_D = rf"[{NUMERAL}]+"
_N = rf"({_D})"
_TO = r"(?:到|至|to|[-—–~～])"
_AND = r"(?:[、,和及与]|以及)"
_NUMBERED = rf"(?:[（(]\s*)?{_D}(?:\s*[）)])?"
_LISTED = re.compile(rf"{_NUMBERED}(?:\s*{_AND}\s*(?:第\s*)?{_NUMBERED})+\s*(条|款|项)")
_RANGE = re.compile(
    rf"第?\s*{_N}\s*条?\s*{_TO}\s*第?\s*{_N}\s*条|(?<![a-z])articles?\s*(\d+)\s*{_TO}\s*(\d+)", re.IGNORECASE
)
_CHAPTERS = re.compile(rf"第?\s*{_N}\s*章?\s*{_TO}\s*第?\s*{_N}\s*章")
_CHAPTER = re.compile(rf"第?\s*{_N}\s*章|(?<![a-z])chapter\s*(\d+)", re.IGNORECASE)
_COUNTED = r"(?!\s*(?:街|路|龙|腿|河|鱼|狗|裤|裙|线|命|心|消息|理由|意见|建议|原因|短信|信息))"
_ARTICLE = re.compile(
    rf"第\s*{_N}\s*条(?:\s*之\s*{_N})?|(?!两){_N}\s*条(?:\s*之\s*{_N})?{_COUNTED}"
    r"|(?:(?<![a-z])art(?:icle)?\.?|§)\s*(\d+)",
    re.IGNORECASE,
)
_PARAGRAPH = rf"第?\s*{_N}\s*款|(?<![a-z])p(?:ara(?:graph)?\.?)?\s*(\d+)"
_ITEM_RANGE = rf"第?\s*[（(]?\s*{_N}\s*[）)]?\s*项?\s*{_TO}\s*第?\s*[（(]?\s*{_N}\s*[）)]?\s*项"
_ITEM = rf"第?\s*[（(]?\s*{_N}\s*[）)]?\s*小?项|[（(]\s*{_N}\s*[）)]|(?<![a-z])item\s*(\d+)"
_DETAIL = re.compile(rf"(?:{_PARAGRAPH})|(?:{_ITEM_RANGE})|(?:{_ITEM})", re.IGNORECASE)
_NOTATION = re.compile(r"(?<![\w.])\d{1,3}(?:-\d)?p\d{1,2}(?:\(\d{1,2}\))?(?![\w.])")
_BARE = re.compile(r"(?<![\d.])(\d{1,3})\s*(?=[（(]\s*[0-9一二三四五六七八九十]+\s*[）)])")
_MEASURED = r"(?!\s*(?:天|日|个|元|块|倍|年|月|岁|周|小时|分|人|%|号|点|万|次|米|平))"
_LONGEST_NUMBER = 12
_DASHED = re.compile(rf"(?<![\d.:-])(\d{{1,3}})\s*[-.]\s*(\d{{1,2}})(?![\d:.-]){_MEASURED}")


@dataclass(frozen=True)
class Reference:
    """What a typed citation points to: an article (with 款, 项), a range of either, a chapter, the last article.

    `also` are further places cited in the same query (第三、四项; 第九条和第十二条). `is_loose`: 17.2 may be a 款 too.
    """

    article: str | None = None
    paragraph: int | None = None
    item: int | None = None
    last_article: str | None = None
    last_item: int | None = None
    chapter: int | None = None
    is_last: bool = False
    is_loose: bool = False
    also: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class NoSuchPlace(Exception):
    """The text has no such place; `message` says what it has instead."""

    message: str

    def __str__(self) -> str:
        return self.message


def read_reference(query: str) -> Reference | None:
    """Return what a query cites; None when it cites nothing.

    Read are 「巴中12条3项」「第十二条第（三）项」「17条2款」「十二条之一」「十九到二十一条」「第三、四项」「第四章」,
    「art 18(1)」「di shiba tiao」, 「12-3」 and the notation of the data files, 「9p2(4)」; 题头 and 落款 too.
    Spaces between the figures, and l and O for 1 and 0, come from scanned texts. What stands in 「」 is not read.
    """
    text = _LISTED.sub(_written_out, as_usual(query))
    if _LAST.search(text):
        return Reference(is_last=True)
    span = _RANGE.search(text)
    if span and not (span[3] and int(span[3]) > int(span[4])):  # article 12-1 is 第十二条之一
        return Reference(article=_article_number(span[1] or span[3]), last_article=_article_number(span[2] or span[4]))
    places = list(_read_articles(text))
    return replace(places[0], also=tuple(places[1:])) if places else _read_short(text)


def _written_out(match: re.Match[str]) -> str:
    """Write 「3、4项」 as 「第3项第4项」."""
    return "".join(f"第{number}{match[1]}" for number in re.findall(_D, match[0]))


def _read_articles(text: str) -> Iterator[Reference]:
    matches = list(_ARTICLE.finditer(text))
    for index, match in enumerate(matches):
        number = _article_number(next(group for group in match.groups() if group), match[2] or match[4])
        end = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        if number is not None:
            yield from _read_details(number, text[match.end() : end])


def _read_details(article: str, text: str) -> Iterator[Reference]:
    """Yield a reference for each 款 and 项 cited after an article; the article itself when there is none."""
    paragraph: int | None = None
    is_told = False
    for match in _DETAIL.finditer(text):
        numbers = [number for group in match.groups() if group and (number := _count(group)) is not None]
        if not numbers:
            continue
        if any(match.groups()[:2]):
            if paragraph is not None and not is_told:
                yield Reference(article, paragraph)
            paragraph, is_told = numbers[0], False
        else:
            last = numbers[1] if len(numbers) > 1 else None
            yield Reference(article, paragraph, numbers[0], last_item=last)
            is_told = True
    if not is_told:
        yield Reference(article, paragraph)


def _read_short(text: str) -> Reference | None:
    chapters = [to_int(number) for number in match.groups()] if (match := _CHAPTERS.search(text)) else []
    numbers = sorted(number for number in chapters if number is not None)
    if len(numbers) == 2:
        first, *others = (Reference(chapter=number) for number in range(numbers[0], min(numbers[1], 99) + 1))
        return replace(first, also=tuple(others))
    chapter = _CHAPTER.search(text)
    number = to_int(chapter[1] or chapter[2]) if chapter else None
    if number is not None:
        return Reference(chapter=number)
    notation = _NOTATION.search(text.lower())
    if notation:
        address = Address.parse(notation.group())
        return Reference(address.article, address.paragraph, address.item)
    bare = _BARE.search(text)
    if bare:
        first, *others = _read_details(bare[1], text[bare.end() :])
        return replace(first, also=tuple(others))
    dashed = _DASHED.search(text)
    if dashed:
        return Reference(_article_number(dashed[1]), None, to_int(dashed[2]), is_loose=True)
    return next((Reference(block) for block, names in _BLOCKS.items() if names.search(text)), None)


def _article_number(numeral: str, inserted: str | None = None) -> str | None:
    """Return 12 or 12-1; None for what is no number."""
    number = _count(numeral)
    if number is None:
        return None
    return f"{number}-{to_int(inserted)}" if inserted else str(number)


def _count(numeral: str) -> int | None:
    """Read a number; a long one too, so that the answer can say there is no such place."""
    is_long = numeral.isascii() and numeral.isdigit() and len(numeral) <= _LONGEST_NUMBER
    return int(numeral) if is_long else to_int(numeral)


def resolve(city: City, reference: Reference) -> list[Address]:
    """Return the addresses a reference points to in this city's text, a 款 each for whole articles.

    Raises NoSuchPlace with a sentence that says what the text has instead, also when only one of several places is not.
    """
    places = [address for one in (reference, *reference.also) for address in _resolve_one(city, one)]
    return list(dict.fromkeys(places))


def _resolve_one(city: City, reference: Reference) -> list[Address]:
    if reference.chapter is not None:
        return _chapter(city, reference.chapter)
    if reference.is_last:
        return paragraphs_of(city, city.article_numbers()[-1])
    if reference.article is None:
        return []
    if reference.last_article is not None:
        return _range(city, reference.article, reference.last_article)
    if reference.article in (PREAMBLE, TAIL):
        return [_block(city, reference.article)]
    article = city.act.article(reference.article)
    if article is None:
        raise NoSuchPlace(f"{_title(city)}共{len(city.act.articles)}条，没有{article_name(reference.article)}。")
    if reference.is_loose and reference.item and not any(paragraph.items for paragraph in article.paragraphs):
        reference = replace(reference, paragraph=reference.item, item=None)
    if reference.item is not None:
        low, high = sorted((reference.item, reference.last_item or reference.item))
        return [place for item in range(low, high + 1) for place in _items(city, article, reference.paragraph, item)]
    if reference.paragraph is not None:
        paragraph = _paragraph(city, article, reference.paragraph)
        return [city.normal_address(Address(article.number, paragraph.number))]
    return paragraphs_of(city, article.number)


def _block(city: City, name: str) -> Address:
    if not (city.act.preamble if name == PREAMBLE else city.act.tail):
        raise NoSuchPlace(f"{_title(city)}没有{article_name(name)}。")
    return Address(name)


def paragraphs_of(city: City, number: str) -> list[Address]:
    """Return the address of every 款 of an article."""
    article = city.act.article(number)
    return (
        [city.normal_address(Address(number, paragraph.number)) for paragraph in article.paragraphs] if article else []
    )


def _paragraph(city: City, article: Article, number: int) -> Paragraph:
    paragraph = article.paragraph(number)
    if paragraph is None:
        count, name = len(article.paragraphs), article_name(article.number)
        raise NoSuchPlace(f"{_title(city)}{name}只有{count}款，没有第{to_chinese(number)}款。")
    return paragraph


def _items(city: City, article: Article, paragraph: int | None, number: int) -> list[Address]:
    """Return the 项 in the 款 named, or in every 款 that has it when none is named."""
    paragraphs = [_paragraph(city, article, paragraph)] if paragraph else article.paragraphs
    found = [Address(article.number, holder.number, number) for holder in paragraphs if holder.item(number)]
    if not found:
        count = sum(len(holder.items) for holder in paragraphs)
        has = f"只有{count}项" if count else "没有分项"
        name = article_name(article.number)
        raise NoSuchPlace(f"{_title(city)}{name}{has}，没有第（{to_chinese(number)}）项。")
    return found


def _range(city: City, first: str, last: str) -> list[Address]:
    numbers = city.article_numbers()
    low, high = sorted((int(first), int(last)))
    inside = [number for number in numbers if low <= int(number.partition("-")[0]) <= high]
    if not inside:
        raise NoSuchPlace(f"{_title(city)}共{len(numbers)}条，没有第{to_chinese(low)}条到第{to_chinese(high)}条。")
    return [address for number in inside for address in paragraphs_of(city, number)]


def _chapter(city: City, number: int) -> list[Address]:
    articles = [(_chapter_number(article.chapter), article) for article in city.act.articles if article.chapter]
    count = len({chapter for chapter, _ in articles})
    if not count:
        raise NoSuchPlace(f"{_title(city)}不分章。")
    found = [
        place for chapter, article in articles if chapter == number for place in paragraphs_of(city, article.number)
    ]
    if not found:
        raise NoSuchPlace(f"{_title(city)}共{count}章，没有第{to_chinese(number)}章。")
    return found


def _chapter_number(heading: str) -> int | None:
    match = _CHAPTER.search(fold(heading))
    return to_int(match[1]) if match and match[1] else None


def _title(city: City) -> str:
    return f"《{city.title}》"
