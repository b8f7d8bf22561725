"""Lines → acts: the title block, the chapters, and the lines of each article."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from knowledge.parsing.colophon import opens_next_act
from knowledge.parsing.lines import Line
from knowledge.parsing.marks import (
    OPENING,
    ArticleMark,
    Heading,
    article_mark,
    heading_mark,
    is_finished,
    list_label,
)
from knowledge.parsing.metadata import looks_like_title

_LEVELS = "编章节"
_LONGEST_TITLE = 16
_LOOK_BACK = 200
_LOOK_AHEAD = 60
_NEXT_ACT = "条号又从第一条开始，按另一份文件处理"


@dataclass
class Draft:
    """An article being read. `mark` is its heading as the source writes it."""

    number: str
    mark: str
    chapter: str | None
    line: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class Body:
    """An act being read: what stands before its first article, and the articles.

    `strays` are the lines of chapter headings after its first article under which no article stands.
    """

    preamble: list[Line] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    sets_headings_off: bool = True
    strays: list[Line] = field(default_factory=list)

    def expected(self) -> set[str]:
        """Return the numbers the next article may have."""
        return successors(self.drafts[-1].number) if self.drafts else {"1"}

    def is_mid_sentence(self) -> bool:
        """Tell whether the last line of the last article was cut."""
        lines = self.drafts[-1].lines if self.drafts else []
        return bool(lines) and not is_finished(lines[-1].text)


def successors(number: str) -> set[str]:
    """Return the numbers that may follow: after 12, 13 and 12-1."""
    main, _, inserted = number.partition("-")
    return {str(int(main) + 1), f"{main}-{int(inserted or 0) + 1}"}


def split_acts(lines: list[Line], warnings: list[str]) -> list[Body]:
    """Divide the lines of a file into acts and articles; at least one act, perhaps without articles."""
    reader = _Reader(warnings)
    for line in lines:
        reader.take(line)
    return reader.finish()


class _Reader:
    """Reads line by line. `_headings` holds the 编, 章 and 节 in force, with the line of each."""

    def __init__(self, warnings: list[str]) -> None:
        self._warnings = warnings
        self._bodies = [Body()]
        self._headings: list[tuple[Heading, int]] = []
        self._unused: list[tuple[Heading, int]] = []

    @property
    def _body(self) -> Body:
        return self._bodies[-1]

    def take(self, line: Line) -> None:
        """Take a line; one that holds several headings or articles is cut before each of them."""
        rest: Line | None = line
        while rest is not None:
            piece, rest = self._cut(rest)
            if rest is not None and article_mark(piece.text):
                self._warn(line, "一行里不止一条，已分开")
            if not self._is_heading(piece):
                mark = self._article_mark(piece)
                if mark is None:
                    self._take_text(piece)
                else:
                    self._begin_article(piece, mark)

    def finish(self) -> list[Body]:
        """Return what was read."""
        self._give_up_unused_headings(list(self._unused))
        return self._bodies

    def _warn(self, line: Line, problem: str) -> None:
        warning = f"第{line.number}行：{problem}"
        if warning not in self._warnings[-1:]:
            self._warnings.append(warning)

    # --- several marks on one line ---

    def _cut(self, line: Line) -> tuple[Line, Line | None]:
        own = article_mark(line.text)
        expected = successors(own.number) if own and not own.refers else self._body.expected()
        for match in OPENING.finditer(line.text, 1):
            start = match.start()
            if _begins_article(line.text, start, expected) and self._may_cut(line.text, start):
                return replace(line, text=line.text[:start].rstrip()), replace(line, text=line.text[start:])
        return line, None

    def _may_cut(self, text: str, start: int) -> bool:
        """Tell whether what stands before an article or heading in the middle of a line is complete."""
        before = text[max(0, start - _LOOK_BACK) : start].rstrip()
        if not self._body.drafts and text[start - 1].isspace() and article_mark(text) is None:
            return True  # 云州市居住证办法 第一章 总则 第一条 …
        return heading_mark(before) is not None or (is_finished(before) and before[-1] not in "：:")

    # --- headings ---

    def _is_heading(self, line: Line) -> bool:
        """Take the heading of a chapter, or its title on the next line; tell whether the line was one."""
        if self._completes_heading(line):
            return True
        heading = heading_mark(line.text)
        if heading is None or (self._body.is_mid_sentence() and not self._is_next_heading(heading)):
            return False
        depth = _LEVELS.index(heading.level)
        replaced = [entry for entry in self._headings if _LEVELS.index(entry[0].level) >= depth]
        self._give_up_unused_headings([entry for entry in self._unused if entry in replaced])
        self._headings = [entry for entry in self._headings if entry not in replaced]
        self._headings.append((heading, line.number))
        self._unused.append((heading, line.number))
        return True

    def _is_next_heading(self, heading: Heading) -> bool:
        """Tell whether a heading is the next in order, or the first under the title of another act."""
        lines = self._body.drafts[-1].lines
        if heading.number == 1 and opens_next_act(lines, len(lines) - 1):
            return True
        last = next((entry[0].number for entry in self._headings if entry[0].level == heading.level), 0)
        return heading.number == last + 1

    def _completes_heading(self, line: Line) -> bool:
        if not self._unused or self._unused[-1][0].title or self._unused[-1] != self._headings[-1]:
            return False
        text = line.text
        if len(text) > _LONGEST_TITLE or is_finished(text) or article_mark(text) or heading_mark(text):
            return False
        if list_label(text):
            return False
        heading, number = self._headings.pop()
        self._unused.pop()
        entry = (replace(heading, title=text, text=f"{heading.text} {text}"), number)
        self._headings.append(entry)
        self._unused.append(entry)
        return True

    def _give_up_unused_headings(self, entries: list[tuple[Heading, int]]) -> None:
        """Return headings under which no article stands (a table of contents) to the text around them."""
        for heading, number in entries:
            self._unused.remove((heading, number))
            line = Line(number, heading.text)
            self._take_text(line)
            if self._body.drafts:
                self._body.strays.append(line)

    # --- articles ---

    def _article_mark(self, line: Line) -> ArticleMark | None:
        """Return the mark when the line begins an article, not a sentence that happens to begin with 第…条."""
        mark = article_mark(line.text)
        if mark is None:
            return None
        is_expected = mark.number in self._body.expected()
        mid_sentence = self._body.is_mid_sentence()
        if not mark.is_set_off:
            return mark if self._is_unspaced_heading(line, mark, is_expected, mid_sentence) else None
        if is_expected and not (mark.refers and mid_sentence):
            return mark
        return mark if self._may_break_the_numbering(line, mark, mid_sentence) else None

    def _is_unspaced_heading(self, line: Line, mark: ArticleMark, is_expected: bool, mid_sentence: bool) -> bool:
        if mark.refers:
            return False
        if not is_expected:
            return self._is_next_act(line, mark)
        if not self._body.drafts:
            self._body.sets_headings_off = False
        elif self._body.sets_headings_off:
            if mid_sentence:
                return False
            self._warn(line, f"「{line.text[: mark.end]}」后面没有空格，按条文开头处理")
        return True

    def _is_next_act(self, line: Line, mark: ArticleMark) -> bool:
        """Tell whether 第一条 after a title or a chapter heading begins another act."""
        lines = self._body.drafts[-1].lines if self._body.drafts else []
        if mark.number != "1" or not lines or not (self._unused or looks_like_title(lines[-1].text)):
            return False
        self._warn(line, _NEXT_ACT)
        return True

    def _may_break_the_numbering(self, line: Line, mark: ArticleMark, mid_sentence: bool) -> bool:
        shown = f"「{line.text[: mark.end].strip()}…」"
        if mark.number == "1" and self._body.drafts and not mark.refers:
            self._warn(line, _NEXT_ACT)
            return True
        if mark.refers or mid_sentence:
            self._warn(line, f"{shown}接在未完的句子后面或像是引用，按正文处理")
            return False
        if not self._body.drafts:
            self._warn(line, f"第一个条文是第{mark.number}条，前面可能有缺漏")
        else:
            self._warn(line, f"条号从{self._body.drafts[-1].number}跳到{mark.number}，请核对原文")
        return True

    def _begin_article(self, line: Line, mark: ArticleMark) -> None:
        if mark.number == "1" and self._body.drafts:
            self._bodies.append(Body(preamble=_take_next_preamble(self._body)))
            self._headings = [entry for entry in self._headings if entry in self._unused]
        chapter = " ".join(heading.text for heading, _ in self._headings) or None
        draft = Draft(mark.number, line.text[: mark.end].strip(), chapter, line.number)
        rest = line.text[mark.end :]
        draft.lines = [replace(line, text=rest)] if rest else []
        self._body.drafts.append(draft)
        self._unused.clear()

    def _take_text(self, line: Line) -> None:
        (self._body.drafts[-1].lines if self._body.drafts else self._body.preamble).append(line)


def _begins_article(text: str, start: int, expected: set[str]) -> bool:
    """Tell whether one of the `expected` articles, or a chapter heading and then one, stands at `start`."""
    mark = article_mark(text, start)
    if mark is not None:
        return mark.number in expected and not mark.refers
    ahead = text[start : start + _LOOK_AHEAD]
    openings = [match.start() for match in OPENING.finditer(ahead, 1)][: len(_LEVELS) + 1]
    reached = {0}  # where a heading may begin; each start is looked at once, so a heap of headings costs little
    for end in openings:
        begins = {begin for begin in reached if heading_mark(ahead[begin:end].rstrip()) is not None}
        following = article_mark(ahead, end) if begins else None
        if following is not None and following.number in expected and not following.refers:
            return True
        if begins and following is None:
            reached.add(end)
    return False


def _take_next_preamble(body: Body) -> list[Line]:
    """Move the next act's title block out of the last article of the act before it."""
    lines = body.drafts[-1].lines
    start = next((index for index in range(1, len(lines)) if opens_next_act(lines, index)), len(lines))
    body.drafts[-1].lines = lines[:start]
    return lines[start:]
