"""A city: its regulation, what its text says on each topic, its flaws and what we do not model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from knowledge.act import Act, Article, Item, Paragraph
from knowledge.address import PREAMBLE, TAIL, Address, place_name
from knowledge.eligibility import Eligibility
from knowledge.parameter import Parameter
from knowledge.text import squeeze


class Stance(StrEnum):
    """How a city's text stands to a topic."""

    STATED = "stated"
    SILENT = "silent"
    NATIONAL = "national"


@dataclass(frozen=True)
class Erratum:
    """A flaw of the source: shown as it stands, and marked. `quote` is the source's own text."""

    article: str
    quote: str
    note: str


@dataclass(frozen=True)
class Ruling:
    """What one city says on one topic.

    `says` is our plain first line (None only when SILENT: the line is then built from the topic's subject).
    `cites` carry it, most important first; for SILENT they are the nearest provisions, or none.
    """

    topic: str
    stance: Stance
    says: str | None
    cites: tuple[Address, ...]


@dataclass(frozen=True)
class Provision:
    """A 款 or 项 with its words. `lead_in` is the opening sentence an 项 must never be shown without."""

    address: Address
    text: str
    lead_in: str | None
    errata: tuple[Erratum, ...] = ()

    @property
    def in_full(self) -> str:
        """The words with the opening sentence before them."""
        return f"{self.lead_in or ''}{self.text}"


@dataclass(frozen=True)
class City:
    """One city and everything it says. Built only by `knowledge.loading`."""

    slug: str
    name: str
    short: str
    aliases: tuple[str, ...]
    division_code: str
    title: str
    number: str | None
    status: str
    issued: date | None
    effective: date | None
    caveat: str | None
    term_ends: int | None
    last_checked: date | None
    act: Act
    errata: tuple[Erratum, ...]
    rulings: Mapping[str, Ruling]
    not_modelled: Mapping[Address, str]
    counties: Mapping[str, str]
    province: str
    eligibility: Eligibility | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def is_draft(self) -> bool:
        """True when the text is a draft: every answer from it says so."""
        return self.status == "draft"

    @property
    def source(self) -> str:
        """The document as it is cited: 《…办法》（文号）; a draft without number: 《…》."""
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"

    def article_numbers(self) -> list[str]:
        """Return the numbers of all articles, in order."""
        return [article.number for article in self.act.articles]

    def provision(self, address: Address) -> Provision:
        """Return the words at `address`. Raises KeyError when there is no such place."""
        if address.article in (PREAMBLE, TAIL):
            return Provision(
                address, self._block(address), None, self._errata_in(address.article, self._block(address))
            )
        article = self._article(address)
        paragraph = self._paragraph(article, address)
        if address.item is None:
            text = article.text if paragraph is None else paragraph.full_text()
            return Provision(address, text, None, self._errata_in(article.number, text))
        item = self._item(paragraph, address)
        shown = f"{paragraph.text if paragraph else ''}\n{item.full_text()}"
        lead_in = paragraph.text if paragraph else None
        return Provision(address, item.full_text(), lead_in, self._errata_in(article.number, shown))

    @cached_property
    def _articles(self) -> Mapping[str, Article]:
        return {article.number: article for article in self.act.articles}

    def _article(self, address: Address) -> Article:
        article = self._articles.get(address.article)
        if article is None:
            raise KeyError(f"{self.name}的文本没有{address}")
        return article

    def _block(self, address: Address) -> str:
        return self.act.preamble if address.article == PREAMBLE else self.act.tail

    def _paragraph(self, article: Article, address: Address) -> Paragraph | None:
        if address.paragraph is None and address.item is None:
            return None
        number = address.paragraph or 1
        paragraph = article.paragraph(number)
        if paragraph is None:
            raise KeyError(f"{self.name}的文本没有{address}")
        return paragraph

    def _item(self, paragraph: Paragraph | None, address: Address) -> Item:
        item = paragraph.item(address.item or 0) if paragraph else None
        if item is None:
            raise KeyError(f"{self.name}的文本没有{address}")
        return item

    def _errata_in(self, article: str, shown: str) -> tuple[Erratum, ...]:
        here = [erratum for erratum in self.errata if erratum.article == article]
        if not here:
            return ()  # nearly always: the provision need not be squeezed
        squeezed = squeeze(shown)
        return tuple(erratum for erratum in here if squeeze(erratum.quote) in squeezed)

    def normal_address(self, address: Address) -> Address:
        """Return `address` with its 款 named whenever the article has several or an 项 is meant (docs/batch.md).

        Raises KeyError when the place does not exist, or when 第 N 项 stands in more than one 款.
        """
        if address.article in (PREAMBLE, TAIL):
            return address
        article = self._article(address)
        if address.item is not None and address.paragraph is None:
            holders = article.paragraphs_with_item(address.item)
            if not holders:
                raise KeyError(f"{self.name}的文本没有{address}")
            if len(holders) > 1:
                raise KeyError(f"{self.name}{address}：请写明第几款")
            return Address(address.article, holders[0].number, address.item)
        paragraph = self._paragraph(article, address)
        if address.item is not None:
            self._item(paragraph, address)
        elif len(article.paragraphs) == 1:
            return Address(address.article)
        return address

    def name_of(self, address: Address) -> str:
        """Return 第十二条第二款第（三）项 in this city's text; 款 only where the article has more than one."""
        article = self._articles.get(address.article)
        return place_name(address, name_paragraph=article is not None and len(article.paragraphs) > 1)

    def addresses(self) -> Iterator[Address]:
        """Yield the address of every 款 and 项 of the text."""
        for article in self.act.articles:
            yield from article.addresses()
