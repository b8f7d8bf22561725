"""What the parser's tests share: an act told back in one string, its shape, and small acts to read."""

from __future__ import annotations

from pathlib import Path

from knowledge.act import Act, Article
from knowledge.address import article_name
from knowledge.parsing import parse_act
from knowledge.text import squeeze

CITIES = Path(__file__).parents[2] / "knowledge" / "cities"


def source_of(city: str) -> str:
    return (CITIES / city / "source.txt").read_text(encoding="utf-8")


def act_of(city: str) -> Act:
    return parse_act(source_of(city))


def article_of(act: Act, number: str) -> Article:
    article = act.article(number)
    assert article is not None, f"没有第{number}条，只有{[found.number for found in act.articles]}"
    return article


def shape(article: Article) -> list[int]:
    """Return the number of 项 in each 款: [0, 5] is a 款 without a list and a 款 with five 项."""
    return [len(paragraph.items) for paragraph in article.paragraphs]


def told_back(act: Act) -> str:
    """Return everything the act holds, in the order of the source, headings and labels included, squeezed."""
    parts = [act.preamble]
    chapter = None
    for article in act.articles:
        if article.chapter != chapter:
            chapter = article.chapter
            parts.append(chapter or "")
        parts += [article_name(article.number), article.caption or ""]
        parts += [paragraph.full_text() for paragraph in article.paragraphs]
    return squeeze("".join([*parts, act.tail, *(told_back(later) for later in act.later_acts)]))


def warnings_of_line(act: Act, line: int) -> list[str]:
    return [warning for warning in act.warnings if warning.startswith(f"第{line}行")]


def small_act(*lines: str) -> Act:
    """Parse an invented act: a title, and then `lines`, the first of which stands on line 2."""
    return parse_act("\n".join(["云州市居住证办法", *lines]))


def wide(text: str) -> str:
    """Write digits and ASCII marks full-width, as a Chinese input method does."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
