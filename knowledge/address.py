"""Where a provision stands: 条, 款, 项. Short notation for data files, full notation for people."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from knowledge.text import to_chinese

PREAMBLE = "preamble"
TAIL = "tail"

_NOTATION = re.compile(
    r"(?P<block>preamble|tail)|(?P<article>\d+(?:-\d+)?)(?:p(?P<paragraph>[1-9]\d*))?(?:\((?P<item>[1-9]\d*)\))?",
    re.ASCII,
)


@total_ordering
@dataclass(frozen=True)
class Address:
    """A place in a regulation. `paragraph` counts 款 from 1; `item` is the number its label shows.

    `paragraph` is None only for the title block, the colophon, a whole article, or a 款 that is its article's only one.
    Addresses sort as the text runs: 9 before 12, 12 before 12-1, an article before its 款, the colophon last.
    """

    article: str
    paragraph: int | None = None
    item: int | None = None

    @classmethod
    def parse(cls, notation: str) -> Address:
        """Read the notation of the data files: "12", "9p2", "12(3)", "9p2(4)", "preamble", "tail".

        Raises ValueError, naming the forms that are read.
        """
        match = _NOTATION.fullmatch(notation.strip())
        if match is None:
            raise ValueError(f"「{notation}」不是条款地址；请写成 12、9p2、12(3)、9p2(4)、preamble 或 tail")
        paragraph, item = match["paragraph"], match["item"]
        article = match["block"] or match["article"]
        return cls(article, int(paragraph) if paragraph else None, int(item) if item else None)

    def __lt__(self, other: Address) -> bool:
        return self._position() < other._position()

    def _position(self) -> tuple[int, int, int, int]:
        if self.article in (PREAMBLE, TAIL):
            return (-1 if self.article == PREAMBLE else sys.maxsize, 0, 0, 0)
        main, _, inserted = self.article.partition("-")
        return int(main), int(inserted or 0), self.paragraph or 0, self.item or 0

    def __str__(self) -> str:
        paragraph = f"p{self.paragraph}" if self.paragraph else ""
        item = f"({self.item})" if self.item else ""
        return f"{self.article}{paragraph}{item}"

    def to_json(self) -> dict[str, Any]:
        """Return the three keys an address has in the batch contract."""
        return {"article": self.article, "paragraph": self.paragraph, "item": self.item}


def article_name(number: str) -> str:
    """Return 第十二条 or 第十二条之一; 题头 for the title block, 文末印发信息 for the colophon."""
    if number == PREAMBLE:
        return "题头"
    if number == TAIL:
        return "文末印发信息"
    main, _, inserted = number.partition("-")
    suffix = f"之{to_chinese(int(inserted))}" if inserted else ""
    return f"第{to_chinese(int(main))}条{suffix}"


def place_name(address: Address, *, name_paragraph: bool) -> str:
    """Return 第十二条第（三）项; 第 N 款 is named only when the article has more than one (`name_paragraph`)."""
    name = article_name(address.article)
    if name_paragraph and address.paragraph:
        name += f"第{to_chinese(address.paragraph)}款"
    if address.item:
        name += f"第（{to_chinese(address.item)}）项"
    return name
