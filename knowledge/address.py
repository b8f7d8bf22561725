"""Where a provision stands: 条, 款, 项. Short notation for data files, full notation for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from knowledge.text import to_chinese

PREAMBLE = "preamble"
TAIL = "tail"

_NOTATION = re.compile(r"(?P<article>\d+(?:-\d+)?|preamble|tail)(?:p(?P<paragraph>\d+))?(?:\((?P<item>\d+)\))?")


@dataclass(frozen=True, order=True)
class Address:
    """A place in a regulation. `paragraph` counts 款 from 1; `item` is the number its label shows.

    `paragraph` is None only for the title block, the colophon, a whole article, or a 款 that is its article's only one.
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
        return cls(match["article"], int(paragraph) if paragraph else None, int(item) if item else None)

    def __str__(self) -> str:
        paragraph = f"p{self.paragraph}" if self.paragraph else ""
        item = f"({self.item})" if self.item else ""
        return f"{self.article}{paragraph}{item}"

    def to_json(self) -> dict[str, Any]:
        """Return the three keys an address has in the batch contract."""
        return {"article": self.article, "paragraph": self.paragraph, "item": self.item}


def article_name(number: str) -> str:
    """Return 第十二条 or 第十二条之一; 公布说明 for the title block, 文末 for the colophon."""
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
