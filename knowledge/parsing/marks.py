"""The marks a regulation is divided by: 条, 章, 项 and 目 as they stand at the beginning of a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.text import NUMERAL, to_int

_DIGIT = rf"[{NUMERAL}\d]"
_COUNT = rf"{_DIGIT}(?:\s*{_DIGIT})*"
_TERMINAL = "。；;：:！？!?"
_CLOSING = "”」』）)》】"

OPENING = re.compile(rf"第\s*{_COUNT}\s*[条编章节]")
_ARTICLE = re.compile(rf"第\s*({_COUNT})\s*条(?:\s*之\s*([{NUMERAL}]+))?")
_SPACE_AFTER = re.compile(r"[\s：:（(*【\[]|、(?!\s*第)|$")
_LAYOUT_AFTER = re.compile(r"[\s：:、*]*")
_HEADING = re.compile(rf"第\s*({_COUNT})\s*([编章节])[\s:：、*]*([^。；，！？：]{{0,24}})$")
_REFERS = re.compile(
    rf"\s*(?:规定|所称|所列|所指|所述|的|之|第\s*{_COUNT}\s*[款项条]|[（(]\s*{_COUNT}\s*[）)]\s*项"
    r"|(?:[、至到和及与或]|或者|以及)\s*第|[，,。；;）)》])"
)
_FOOTNOTE = re.compile(r"(?:\[\d{1,3}\]|[\u2460-\u2473])$")
_PARENTHESIS = re.compile(r"[（(][^（）()]*[）)]$")

_ITEM_IS_CITED = r"(?!\s*(?:项|目|[、至到和及与或]\s*[（(第]))"
_LABELS = {
    "（一）": re.compile(rf"[（(]\s*([一二三四五六七八九十百]+)\s*[）)]{_ITEM_IS_CITED}\s*"),
    "（1）": re.compile(rf"[（(]\s*(\d{{1,2}})\s*[）)]{_ITEM_IS_CITED}\s*"),
    "1.": re.compile(r"(\d{1,2})\s*[.．、]\s*(?!\d)"),
    "一、": re.compile(r"([一二三四五六七八九十]{1,3})、(?![一二三四五六七八九十])\s*"),
    "①": re.compile(r"([\u2460-\u2473])\s*"),
}
ITEM = _LABELS["（一）"]


@dataclass(frozen=True)
class ArticleMark:
    """「第十二条」 at the beginning of a text. `end` is where the article's own words begin.

    `is_set_off`: a space or a colon follows, as after a heading; `refers`: what follows reads like a reference
    to that article (第十二条规定的, 第十二条第一款), not like its words.
    """

    number: str
    end: int
    is_set_off: bool
    refers: bool


@dataclass(frozen=True)
class Heading:
    """第二章 居住登记. `text` is the source's own; `level` is 编, 章 or 节."""

    level: str
    number: int
    title: str
    text: str


@dataclass(frozen=True)
class Label:
    """The label of an 项 or 目: （三）, (3), 3. or ③. `style` tells which; `end` is where its text begins."""

    style: str
    number: int
    text: str
    end: int


def article_mark(text: str, start: int = 0) -> ArticleMark | None:
    """Return the article number that stands at `start`, if there is one."""
    match = _ARTICLE.match(text, start)
    main = to_int(match.group(1)) if match else None
    if match is None or main is None:
        return None
    inserted = to_int(match.group(2)) if match.group(2) else None
    number = f"{main}-{inserted}" if inserted else str(main)
    end = _LAYOUT_AFTER.match(text, match.end())
    return ArticleMark(
        number=number,
        end=end.end() if end else match.end(),
        is_set_off=_SPACE_AFTER.match(text, match.end()) is not None,
        refers=_REFERS.match(text, match.end()) is not None,
    )


def heading_mark(text: str) -> Heading | None:
    """Return the heading of a 编, 章 or 节 a line consists of, if it does."""
    match = _HEADING.fullmatch(text)
    number = to_int(match.group(1)) if match else None
    if match is None or number is None or _REFERS.match(match.group(3)):
        return None
    return Heading(match.group(2), number, match.group(3).strip(), text)


def list_label(text: str) -> Label | None:
    """Return the label of the 项 or 目 a text begins with, if it does."""
    for style, pattern in _LABELS.items():
        match = pattern.match(text)
        number = to_int(match.group(1)) if match else None
        if match and number:
            return Label(style, number, match.group().strip(), match.end())
    return None


def is_finished(text: str) -> bool:
    """Tell whether a line ends a sentence or opens a list; a line that does not was cut by the page.

    A footnote mark or a remark in brackets after the full stop changes nothing: 施行。[1]
    """
    stripped = _FOOTNOTE.sub("", text.rstrip())
    return _ends_sentence(stripped) or _ends_sentence(_PARENTHESIS.sub("", stripped))


def _ends_sentence(text: str) -> bool:
    stripped = text.rstrip(_CLOSING)
    return bool(stripped) and stripped[-1] in _TERMINAL
