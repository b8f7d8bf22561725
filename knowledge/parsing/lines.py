"""Raw text → numbered logical lines: white space, mark-up, rules and page numbers removed, each removal told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.parsing.marks import is_finished
from knowledge.text import fold

_BREAKS_INSIDE = re.compile("[\f\v\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_MARKUP_BEFORE = re.compile(rf"(?:[\s{_INVISIBLE}]|[-*#>]{{1,6}}(?=[\s{_INVISIBLE}])|\*\*|&nbsp;)+")
_MARKUP_AFTER = ("**", "&nbsp;")
_PAGE_NUMBER = re.compile(r"[-—–~·\s]*(?:第\s*\d+\s*页|\d{1,3}\s*/\s*\d{1,3}|\d{1,3})[-—–~·\s]*(?:共\s*\d+\s*页)?")
_RULE = re.compile(r"[-—–_=*·•./\\|~#◆●■□☆★※+<>\s]+")
_COMMENT = re.compile(r"<!--.*-->")
_COUNTED = re.compile(r"\s*(?:个|年|月|日|天|周|元|人|次|岁|倍|%|小时|分|平方|公里|万|以上|以下|至|号|条|款|项|章)")


@dataclass(frozen=True)
class Line:
    """One logical line and the line number in the source where it begins (from 1)."""

    number: int
    text: str


def logical_lines(raw: str) -> tuple[list[Line], list[str]]:
    """Return the text's lines without layout, and a warning for each line that was left out."""
    rows = [(number, piece.strip(), _bare(piece)) for number, piece in _physical(raw)]
    rows = [row for row in rows if row[2]]
    kept: list[Line] = []
    warnings: list[str] = []
    for index, (number, shown, bare) in enumerate(rows):
        following = rows[index + 1][2] if index + 1 < len(rows) else ""
        reason = _left_out_because(bare)
        if reason == "页码" and _is_a_quantity(kept[-1].text if kept else "", bare, following):
            warnings.append(f"第{number}行：「{shown}」像页码，但前后文是一句话，按正文保留，请核对")
            reason = None
        if reason is None:
            kept.append(Line(number, bare))
        else:
            warnings.append(f"第{number}行：按{reason}略去「{shown}」")
    return kept, warnings


def _physical(raw: str) -> list[tuple[int, str]]:
    rows = raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(number, piece) for number, row in enumerate(rows, 1) for piece in _BREAKS_INSIDE.split(row)]


def _bare(text: str) -> str:
    """Return a line without the white space and mark-up around it."""
    before = _MARKUP_BEFORE.match(text)
    start, end = before.end() if before else 0, len(text)
    while end > start:
        mark = next((mark for mark in _MARKUP_AFTER if text.endswith(mark, start, end)), "")
        if not mark and not text[end - 1].isspace() and text[end - 1] not in _INVISIBLE:
            break
        end -= len(mark) or 1
    return text[start:end]


def _left_out_because(text: str) -> str | None:
    folded = fold(text)
    if _PAGE_NUMBER.fullmatch(folded):
        return "页码"
    if _RULE.fullmatch(folded):
        return "分隔线"
    return "排版标记" if _COMMENT.fullmatch(text) else None


def _is_a_quantity(before: str, text: str, after: str) -> bool:
    """Tell whether a bare number on a line stands in the middle of a sentence: 居住满 / 6 / 个月."""
    return text.isdigit() and bool(before) and not is_finished(before) and _COUNTED.match(fold(after)) is not None
