"""An article made ready for reading: blocks of text, the cited ones marked, flaws of the source pointed out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.act import Article, Item, Paragraph
from knowledge.address import Address
from knowledge.city import Erratum
from knowledge.text import squeeze


class Level(StrEnum):
    """How deep a block is set: 款, 项, 目."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    SUBITEM = "subitem"


@dataclass(frozen=True)
class Run:
    """A piece of a block's text. `note` counts the erratum it belongs to from 1; None where the source has no flaw."""

    text: str
    note: int | None = None


@dataclass(frozen=True)
class Block:
    """One line of the law as it is shown. Its label and runs joined are the stored text."""

    level: Level
    label: str
    runs: tuple[Run, ...]
    cited: bool


def blocks_of(article: Article, cited: Address | None, errata: Sequence[Erratum]) -> list[Block]:
    """Return the article's 款, 项 and 目 in order. A cited 款 is marked with all its 项; a cited 项 alone."""
    return [
        block
        for paragraph in article.paragraphs
        for block in _paragraph_blocks(paragraph, cited if _is_in(paragraph, cited) else None, errata)
    ]


def lines_of(text: str, errata: Sequence[Erratum]) -> list[Block]:
    """Return a title block or colophon, a line a block."""
    return [Block(Level.PARAGRAPH, "", runs_of(line, errata), cited=False) for line in text.splitlines()]


def runs_of(text: str, errata: Sequence[Erratum]) -> tuple[Run, ...]:
    """Cut `text` where it has a known flaw; the runs joined are `text`, character for character."""
    spans = [(*span, number) for number, erratum in enumerate(errata, start=1) if (span := _find(text, erratum.quote))]
    runs: list[Run] = []
    position = 0
    for start, end, number in sorted(spans):
        if start < position:
            continue
        runs += [Run(text[position:start]), Run(text[start:end], number)]
        position = end
    runs.append(Run(text[position:]))
    return tuple(run for run in runs if run.text)


def _is_in(paragraph: Paragraph, cited: Address | None) -> bool:
    return cited is not None and paragraph.number == (cited.paragraph or 1)


def _paragraph_blocks(paragraph: Paragraph, cited: Address | None, errata: Sequence[Erratum]) -> Iterator[Block]:
    whole = cited is not None and cited.item is None
    if paragraph.text:
        yield Block(Level.PARAGRAPH, "", runs_of(paragraph.text, errata), whole)
    for item in paragraph.items:
        yield from _item_blocks(item, whole or (cited is not None and cited.item == item.number), errata)


def _item_blocks(item: Item, cited: bool, errata: Sequence[Erratum]) -> Iterator[Block]:
    yield Block(Level.ITEM, item.label, runs_of(item.text, errata), cited)
    for subitem in item.subitems:
        yield Block(Level.SUBITEM, subitem.label, runs_of(subitem.text, errata), cited)


def _find(text: str, quote: str) -> tuple[int, int] | None:
    """Find `quote` in `text` as quotes are compared, without layout, and return where it stands in `text` itself."""
    origin = [index for index, character in enumerate(text) for _ in squeeze(character)]
    sought = squeeze(quote)
    start = squeeze(text).find(sought)
    if start < 0 or not sought:
        return None
    return origin[start], origin[start + len(sought) - 1] + 1
