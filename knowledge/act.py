"""The shape of a regulation: 章 chapter, 条 article, 款 paragraph, 项 item, 目 subitem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.address import Address


@dataclass(frozen=True)
class Subitem:
    """目. `text` is the source's own characters without the label."""

    number: int
    label: str
    text: str


@dataclass(frozen=True)
class Item:
    """项. `number` is what its label shows: （三） is 3; `label` is the label as the source writes it."""

    number: int
    label: str
    text: str
    subitems: tuple[Subitem, ...] = ()

    def full_text(self) -> str:
        """Return the item's text with its 目, a line each."""
        return "\n".join([self.text, *(f"{sub.label}{sub.text}" for sub in self.subitems)])


@dataclass(frozen=True)
class Paragraph:
    """款. The sentence before a list and the items of that list are one 款."""

    number: int
    text: str
    items: tuple[Item, ...] = ()

    def full_text(self) -> str:
        """Return the opening words and all items, a line each, labels as in the source."""
        return "\n".join([self.text, *(f"{item.label}{item.full_text()}" for item in self.items)])

    def item(self, number: int) -> Item | None:
        """Return 第（number）项 of this 款, or None."""
        return next((item for item in self.items if item.number == number), None)


@dataclass(frozen=True)
class Article:
    """条. `number` is "12", or "12-1" for 第十二条之一; `line` is its line in the source, from 1.

    `caption` is the name some texts give an article, brackets included: （目的依据）. It is no 款.
    """

    number: str
    chapter: str | None
    paragraphs: tuple[Paragraph, ...]
    line: int
    caption: str | None = None

    @property
    def text(self) -> str:
        """The article's words below its heading: the caption if it has one, then each 款 and 项 on a line."""
        captions = [self.caption] if self.caption else []
        return "\n".join([*captions, *(paragraph.full_text() for paragraph in self.paragraphs)])

    def paragraph(self, number: int) -> Paragraph | None:
        """Return 第 number 款, or None."""
        return next((found for found in self.paragraphs if found.number == number), None)

    def paragraphs_with_item(self, number: int) -> list[Paragraph]:
        """Return the 款 that have a 第（number）项."""
        return [paragraph for paragraph in self.paragraphs if paragraph.item(number)]

    def addresses(self) -> Iterator[Address]:
        """Yield the address of every 款 and 项, in order."""
        single = len(self.paragraphs) == 1
        for paragraph in self.paragraphs:
            yield Address(self.number, None if single else paragraph.number)
            for item in paragraph.items:
                yield Address(self.number, paragraph.number, item.number)


@dataclass(frozen=True)
class Act:
    """One regulation. A date is None when the text does not write it; `warnings` say what was doubtful."""

    title: str | None
    number: str | None
    issuer: str | None
    adopted: date | None
    effective: date | None
    status: str
    preamble: str
    tail: str
    articles: tuple[Article, ...]
    warnings: tuple[str, ...] = ()
    later_acts: tuple[Act, ...] = ()

    def article(self, number: str) -> Article | None:
        """Return 第 number 条, or None."""
        return next((article for article in self.articles if article.number == number), None)


def act_to_json(act: Act) -> dict[str, Any]:
    """Return the object that `juzhuzheng parse` prints (docs/batch.md)."""
    return {
        "title": act.title,
        "number": act.number,
        "issuer": act.issuer,
        "adopted": act.adopted.isoformat() if act.adopted else None,
        "effective": act.effective.isoformat() if act.effective else None,
        "status": act.status,
        "preamble": act.preamble,
        "tail": act.tail,
        "articles": [_article_to_json(article) for article in act.articles],
        "acts": [act_to_json(later) for later in act.later_acts],
        "warnings": list(act.warnings),
    }


def _article_to_json(article: Article) -> dict[str, Any]:
    return {
        "article": article.number,
        "chapter": article.chapter,
        "text": article.text,
        "paragraphs": [
            {
                "text": paragraph.text,
                "items": [
                    {
                        "item": item.number,
                        "text": item.text,
                        "subitems": [{"subitem": sub.number, "text": sub.text} for sub in item.subitems],
                    }
                    for item in paragraph.items
                ],
            }
            for paragraph in article.paragraphs
        ],
    }
