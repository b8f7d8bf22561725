"""Raw text → numbered logical lines: layout removed, lines cut by a page break joined again."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from knowledge.text import NUMERAL, fold, to_int

_LAYOUT = re.compile(r"^(?:[\s　]|[-*#>]+[\s　]+|\*\*|&nbsp;)+|(?:[\s　]|\*\*)+$")
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*\d+\s*页|\d{1,4})[-—–－·\s]*(?:共\s*\d+\s*页)?")
_TERMINAL = "。；;：:！？!?"
_CLOSING = "”」』）)》"

ARTICLE = re.compile(rf"第\s*([{NUMERAL}]+)\s*条(?:\s*之\s*([{NUMERAL}]+))?(?=[\s　、：:（(\*【]|$)(?:[\s　：:\*]*)")
ARTICLE_UNSPACED = re.compile(rf"第\s*([{NUMERAL}]+)\s*条(?:之([{NUMERAL}]+))?")
CHAPTER = re.compile(rf"第\s*[{NUMERAL}]+\s*[章编][\s　:：]*(.{{0,24}})$")
SECTION = re.compile(rf"第\s*[{NUMERAL}]+\s*节[\s　:：]*(.{{0,24}})$")
ITEM = re.compile(r"[（(]\s*([一二三四五六七八九十百]+)\s*[）)]\s*")
SUBITEM = re.compile(r"(?:[（(]\s*(\d{1,2})\s*[）)]|(\d{1,2})\s*[.．、])\s*(?!\d)")


@dataclass(frozen=True)
class Line:
    """One logical line and the line number in the source where it begins (from 1)."""

    number: int
    text: str


def logical_lines(raw: str) -> tuple[list[Line], list[str]]:
    """Return the text's lines without layout, and a warning for each line that was left out."""
    lines: list[Line] = []
    warnings: list[str] = []
    for number, physical in enumerate(raw.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        text = _LAYOUT.sub("", physical.replace("\ufeff", ""))
        if not text:
            continue
        if _PAGE_NUMBER.fullmatch(fold(text)):
            warnings.append(f"第{number}行：按页码略去「{text}」")
            continue
        lines.append(Line(number, text))
    return lines, warnings


def is_finished(text: str) -> bool:
    """Tell whether a line ends a sentence or opens a list; a line that does not was cut by the page."""
    stripped = text.rstrip(_CLOSING)
    return bool(stripped) and stripped[-1] in _TERMINAL


def opens_structure(text: str) -> bool:
    """Tell whether a line begins a chapter, section, article, item or subitem."""
    return any(pattern.match(text) for pattern in (ARTICLE, CHAPTER, SECTION, ITEM))


def split_inline(line: Line, opening: re.Pattern[str], expected: int) -> list[Line]:
    """Cut a line at places in its middle where `opening` shows the numbers `expected`, expected+1, …

    Flattened pages put several articles, or an opening sentence and its items, on one line.
    """
    pieces: list[Line] = []
    rest = line.text
    position = 0
    while True:
        match = _next_opening(rest, opening, expected, position)
        if match is None:
            break
        pieces.append(replace(line, text=rest[: match.start()].rstrip()))
        rest = rest[match.start() :]
        position = match.end() - match.start()
        expected += 1
    return [*pieces, replace(line, text=rest)]


def _next_opening(text: str, opening: re.Pattern[str], expected: int, position: int) -> re.Match[str] | None:
    for match in opening.finditer(text, max(position, 1)):
        before = text[: match.start()].rstrip()
        if to_int(match.group(1)) == expected and before and before[-1] in _TERMINAL:
            return match
    return None
