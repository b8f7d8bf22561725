"""The lines of one article → caption, 款, 项 and 目."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from knowledge.act import Article, Item, Paragraph, Subitem
from knowledge.parsing.acts import Body, Draft
from knowledge.parsing.lines import Line
from knowledge.parsing.marks import ITEM, Label, article_mark, is_finished, list_label
from knowledge.parsing.metadata import looks_like_title
from knowledge.text import squeeze, to_int

_CAPTION = re.compile(r"([（(【\[［〔][^（(）)【】\[\]。；：]{2,30}[）)】\]］〕])\s*(.*)")
_PRINTED_BY_BROWSER = re.compile(r".*https?://|\d{1,3} of \d{1,3}\b")
_SHORT = 20
"""A line cut by the page is about as wide as the page; a shorter one that does not end its sentence is doubtful."""


def build_article(draft: Draft, warnings: list[str]) -> Article:
    """Read the article; what is doubtful is warned of with its line."""
    caption, lines = _caption(draft.lines)
    article = _Builder(draft.number, warnings)
    last = Line(draft.line, "")
    for last in _with_inline_items(_join(lines, 0 if caption else len(draft.mark), warnings)):
        article.take(last)
    article.finish(last)
    return Article(draft.number, draft.chapter, tuple(article.paragraphs), draft.line, caption)


def drop_running_heads(body: Body, warnings: list[str]) -> None:
    """Leave out the title where it is repeated on top of pages, every cut line that comes back three times,
    what a browser prints around a page, and chapter headings without articles. Each is warned of.
    """
    candidates = Counter(squeeze(line.text) for draft in body.drafts for line in draft.lines if _is_loose(line))
    heads = {text for text, count in candidates.items() if count >= 3 and len(text) > 3}
    heads |= {squeeze(line.text) for line in body.preamble if looks_like_title(line.text)}
    for draft in body.drafts:
        kept = []
        for line in draft.lines:
            if line in body.strays:
                warnings.append(f"第{line.number}行：「{line.text}」下没有条文，未归入任何一条")
            elif _is_loose(line) and (squeeze(line.text) in heads or _PRINTED_BY_BROWSER.match(line.text)):
                warnings.append(f"第{line.number}行：按页眉略去「{line.text}」")
            else:
                kept.append(line)
        draft.lines = kept


def _is_loose(line: Line) -> bool:
    return not is_finished(line.text) and list_label(line.text) is None


def _caption(lines: list[Line]) -> tuple[str | None, list[Line]]:
    """Take 「（目的依据）」 off the beginning; it names the article and is no 款."""
    match = _CAPTION.fullmatch(lines[0].text) if lines else None
    if match is None or list_label(lines[0].text) or to_int(match.group(1)[1:-1]) is not None:
        return None, lines
    rest = [replace(lines[0], text=match.group(2))] if match.group(2) else []
    remaining = [*rest, *lines[1:]]
    return (match.group(1), remaining) if remaining else (None, lines)


# --- lines cut by the page ---


def _join(lines: Sequence[Line], length_of_mark: int, warnings: list[str]) -> list[Line]:
    """Join a line with the next where a page break cut the sentence between them."""
    joined: list[Line] = []
    counting: Counter[str] = Counter()
    for line in lines:
        label = list_label(line.text)
        opens_item = label is not None and (label.style == "（一）" or label.number == counting[label.style] + 1)
        if not joined or is_finished(joined[-1].text) or opens_item:
            joined.append(line)
        elif _is_list_without_stops(joined):
            warnings.append(f"第{line.number}行：上面列举的各项都没有句末标点，这一行按新的一款处理，请核对")
            joined.append(line)
        else:
            length = len(squeeze(joined[-1].text)) + (length_of_mark if len(joined) == 1 else 0)
            _warn_of_doubtful_join(joined[-1].text, line, length, warnings)
            joined[-1] = replace(joined[-1], text=joined[-1].text + line.text)
        if label and opens_item:
            counting = Counter() if label.style == "（一）" else counting
            counting[label.style] = label.number
    return joined


def _is_list_without_stops(joined: Sequence[Line]) -> bool:
    """Tell whether the last line is an 项 that does not end its sentence after another that did not either."""
    if len(joined) < 2:
        return False
    last, before = list_label(joined[-1].text), list_label(joined[-2].text)
    return (
        last is not None
        and before is not None
        and (last.style, last.number) == (before.style, before.number + 1)
        and not is_finished(joined[-2].text)
    )


def _warn_of_doubtful_join(before: str, line: Line, length: int, warnings: list[str]) -> None:
    if length < _SHORT or article_mark(line.text):
        warnings.append(f"第{line.number}行：与上一行「{before[-12:]}」接成一句，请核对")


def _with_inline_items(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines; one that holds several 项 in order is cut before each of them."""
    for line in lines:
        label = list_label(line.text)
        expected = label.number + 1 if label and label.style == "（一）" else 1
        start = 0
        for match in ITEM.finditer(line.text, 1):
            before = line.text[start : match.start()].rstrip()
            if to_int(match.group(1)) == expected and before and is_finished(before):
                yield replace(line, text=before)
                start = match.start()
                expected += 1
        yield replace(line, text=line.text[start:])


# --- 款, 项, 目 ---


class _Builder:
    """Collects the 款 of an article line by line."""

    def __init__(self, number: str, warnings: list[str]) -> None:
        self.paragraphs: list[Paragraph] = []
        self._number = number
        self._warnings = warnings
        self._item_style: str | None = None
        self._subitem_style: str | None = None

    def take(self, line: Line) -> None:
        """Take a line as an 目, an 项 or a new 款."""
        label = list_label(line.text)
        if label is not None:
            if self._add_item(line, label) or self._add_subitem(line, label):
                return
            if self._item_style is not None:
                self._warn(line, f"「{label.text}」接不上前面的编号，按新的一款处理")
        self._warn_of_missing_list(line)
        self.paragraphs.append(Paragraph(len(self.paragraphs) + 1, line.text))
        self._item_style = self._subitem_style = None

    def finish(self, last: Line) -> None:
        """Warn when the article is empty or breaks off."""
        if not self.paragraphs:
            self._warn(last, "没有正文")
        elif not is_finished(last.text):
            self._warn(last, "的最后一句没有句末标点，可能有缺漏")
        else:
            self._warn_of_missing_list(last)

    def _warn_of_missing_list(self, line: Line) -> None:
        last = self.paragraphs[-1] if self.paragraphs else None
        if last is not None and not last.items and last.text.endswith(("：", ":")):
            self._warn(line, f"「…{last.text[-8:]}」后面没有列举，请核对")

    def _add_item(self, line: Line, label: Label) -> bool:
        if not self.paragraphs:
            if label.number != 1 or label.style == "一、":
                return False
            self.paragraphs.append(Paragraph(1, ""))
            self._warn(line, "的列举前没有文字")
        last = self.paragraphs[-1]
        if not self._is_item(label, last):
            return False
        expected = last.items[-1].number + 1 if last.items else 1
        if label.number != expected:
            self._warn(line, f"的项从（{expected - 1}）跳到（{label.number}），请核对原文")
        item = Item(label.number, label.text, line.text[label.end :])
        self.paragraphs[-1] = replace(last, items=(*last.items, item))
        self._item_style, self._subitem_style = label.style, None
        return True

    def _is_item(self, label: Label, paragraph: Paragraph) -> bool:
        """Tell whether a label is one of the 项 of this 款: （一） mostly; in some texts 1. or 一、 after a colon."""
        if self._item_style is None:
            opens = not paragraph.text or paragraph.text.rstrip().endswith(("：", ":"))
            return label.style == "（一）" or (label.number == 1 and opens)
        follows = label.style == "（一）" or label.number == paragraph.items[-1].number + 1
        return label.style == self._item_style and follows

    def _add_subitem(self, line: Line, label: Label) -> bool:
        """Take an 目; what is listed below an 目 stays in its text, on a line of its own."""
        items = self.paragraphs[-1].items if self.paragraphs else ()
        if not items or label.style == self._item_style:
            return False
        subitems = items[-1].subitems
        if subitems and label.style != self._subitem_style:
            subitems = (*subitems[:-1], replace(subitems[-1], text=f"{subitems[-1].text}\n{line.text}"))
        elif label.number == len(subitems) + 1:
            subitems = (*subitems, Subitem(label.number, label.text, line.text[label.end :]))
            self._subitem_style = label.style
        else:
            return False
        changed = (*items[:-1], replace(items[-1], subitems=subitems))
        self.paragraphs[-1] = replace(self.paragraphs[-1], items=changed)
        return True

    def _warn(self, line: Line, problem: str) -> None:
        self._warnings.append(f"第{line.number}行：第{self._number}条{problem}")
