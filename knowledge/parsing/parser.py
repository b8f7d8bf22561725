"""Structure of a regulation: numbered lines → articles → 款, 项, 目."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from knowledge.act import Act, Article, Item, Paragraph, Subitem
from knowledge.parsing import metadata
from knowledge.parsing.lines import (
    ARTICLE,
    ARTICLE_UNSPACED,
    CHAPTER,
    ITEM,
    SECTION,
    SUBITEM,
    Line,
    is_finished,
    logical_lines,
    opens_structure,
    split_inline,
)
from knowledge.text import to_int


@dataclass
class _Draft:
    """An article being read."""

    number: str
    chapter: str | None
    line: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class _Body:
    """An act being read: what stands before its first article, and the articles."""

    preamble: list[Line]
    drafts: list[_Draft] = field(default_factory=list)
    chapter: str | None = None
    chapter_open: bool = False


def parse_act(raw: str) -> Act:
    """Read one regulation. A second and later act in the file is in `later_acts`.

    Never raises on text: what is doubtful is a warning that names its line, and a text without articles
    gives an act without articles and a warning.
    """
    lines, warnings = logical_lines(raw)
    bodies = _split_acts(lines, warnings)
    acts = [_build(body, warnings if index == 0 else []) for index, body in enumerate(bodies)]
    first = acts[0]
    if not first.articles:
        warnings.append("没有找到任何「第…条」，请确认文件是法规正文")
    return replace(first, warnings=tuple(warnings), later_acts=tuple(acts[1:]))


def _split_acts(lines: list[Line], warnings: list[str]) -> list[_Body]:
    bodies = [_Body(preamble=[])]
    for line in _with_inline_articles(lines, warnings):
        body = bodies[-1]
        if _reads_as_chapter(body, line):
            continue
        heading = _article_heading(line)
        if heading is None or not _is_new_article(body, heading, line, warnings):
            _take_text(body, line)
            continue
        number, rest = heading
        if number == "1" and body.drafts:
            body = _Body(preamble=_take_next_preamble(body))
            bodies.append(body)
        body.drafts.append(_Draft(number, body.chapter, line.number, [replace(line, text=rest)] if rest else []))
        body.chapter_open = False
    return bodies


def _with_inline_articles(lines: list[Line], warnings: list[str]) -> Iterator[Line]:
    """Yield the lines; a line that holds several consecutive articles is cut before each of them."""
    for line in lines:
        heading = _article_heading(line)
        main = heading[0].partition("-")[0] if heading else ""
        pieces = split_inline(line, ARTICLE, int(main) + 1) if main else [line]
        if len(pieces) > 1:
            warnings.append(f"第{line.number}行：一行里有{len(pieces)}条，已分开")
        yield from pieces


def _article_heading(line: Line) -> tuple[str, str] | None:
    """Return ("12-1", rest of the line) when the line begins an article."""
    match = ARTICLE.match(line.text)
    if match is None:
        return None
    main, inserted = to_int(match.group(1)), match.group(2)
    if main is None:
        return None
    number = f"{main}-{to_int(inserted)}" if inserted else str(main)
    return number, line.text[match.end() :].strip()


def _reads_as_chapter(body: _Body, line: Line) -> bool:
    """Take a chapter or section heading, or the chapter title on the line after 「第一章」; tell whether it was one."""
    if SECTION.match(line.text) and not is_finished(line.text):
        return True
    if CHAPTER.match(line.text) and not is_finished(line.text):
        body.chapter = line.text
        body.chapter_open = not CHAPTER.match(line.text).group(1)  # type: ignore[union-attr]  # matched above
        return True
    if body.chapter_open and len(line.text) <= 16 and not opens_structure(line.text):
        body.chapter = f"{body.chapter} {line.text}"
        body.chapter_open = False
        return True
    return False


def _is_new_article(body: _Body, heading: tuple[str, str], line: Line, warnings: list[str]) -> bool:
    """Tell a heading from a sentence that happens to begin a line with 第…条; doubtful cases are warned of."""
    number = heading[0]
    if not body.drafts:
        if number != "1":
            warnings.append(f"第{line.number}行：第一个条文是第{number}条，前面可能有缺漏")
        return True
    previous = body.drafts[-1].number
    if number in _successors(previous):
        return True
    last = body.drafts[-1].lines[-1].text if body.drafts[-1].lines else ""
    if last and not is_finished(last) and number != "1":
        warnings.append(f"第{line.number}行：「第{number}条…」接在未完的句子后面，按正文处理")
        return False
    if number == "1":
        warnings.append(f"第{line.number}行：条号又从第一条开始，按另一份文件处理")
        return True
    warnings.append(f"第{line.number}行：条号从{previous}跳到{number}，请核对原文")
    return True


def _successors(number: str) -> set[str]:
    main, _, inserted = number.partition("-")
    return {str(int(main) + 1), f"{main}-{int(inserted or 0) + 1}"}


def _take_text(body: _Body, line: Line) -> None:
    target = body.drafts[-1].lines if body.drafts else body.preamble
    target.append(line)


def _take_next_preamble(body: _Body) -> list[Line]:
    """Move the next act's title block out of the last article of the act before it."""
    lines = body.drafts[-1].lines
    for index, line in enumerate(lines[1:], start=1):
        if metadata.looks_like_title(line.text):
            body.drafts[-1].lines = lines[:index]
            return lines[index:]
    return []


def _build(body: _Body, warnings: list[str]) -> Act:
    tail: list[Line] = []
    if body.drafts:
        body.drafts[-1].lines, tail = metadata.split_colophon(body.drafts[-1].lines)
    articles = tuple(_article(draft, warnings) for draft in body.drafts)
    preamble = [line.text for line in body.preamble]
    facts = metadata.read(preamble, [line.text for line in tail], articles, warnings)
    return Act(
        title=facts.title,
        number=facts.number,
        issuer=facts.issuer,
        adopted=facts.adopted,
        effective=facts.effective,
        status=facts.status,
        preamble="\n".join(preamble),
        tail="\n".join(line.text for line in tail),
        articles=articles,
        warnings=tuple(warnings),
    )


def _article(draft: _Draft, warnings: list[str]) -> Article:
    lines = list(_with_inline_items(_join(draft.lines, warnings)))
    paragraphs: list[Paragraph] = []
    for line in lines:
        if _add_item(paragraphs, line, draft, warnings) or _add_subitem(paragraphs, line):
            continue
        if paragraphs and paragraphs[-1].items and not is_finished(_last_text(paragraphs[-1])):
            warnings.append(f"第{line.number}行：列举之后另起一段，按新的一款处理")
        paragraphs.append(Paragraph(len(paragraphs) + 1, line.text))
    if not paragraphs:
        warnings.append(f"第{draft.line}行：第{draft.number}条没有正文")
    return Article(draft.number, draft.chapter, tuple(paragraphs), draft.line)


def _join(lines: Iterable[Line], warnings: list[str]) -> list[Line]:
    """Join a line with the next where a page break cut the sentence between them."""
    joined: list[Line] = []
    for line in lines:
        if joined and not is_finished(joined[-1].text) and not ITEM.match(line.text):
            before = joined[-1]
            if len(before.text) < 12 or ARTICLE_UNSPACED.match(line.text):
                warnings.append(f"第{line.number}行：与上一行「{before.text[-12:]}」接成一句，请核对")
            joined[-1] = replace(before, text=before.text + line.text)
        else:
            joined.append(line)
    return joined


def _with_inline_items(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        match = ITEM.match(line.text)
        expected = (to_int(match.group(1)) or 0) + 1 if match else 1
        yield from split_inline(line, ITEM, expected)


def _add_item(paragraphs: list[Paragraph], line: Line, draft: _Draft, warnings: list[str]) -> bool:
    match = ITEM.match(line.text)
    if match is None:
        return False
    number = to_int(match.group(1)) or 0
    if not paragraphs:
        if number != 1:
            return False
        paragraphs.append(Paragraph(1, ""))
        warnings.append(f"第{line.number}行：第{draft.number}条的列举前没有文字")
    last = paragraphs[-1]
    expected = last.items[-1].number + 1 if last.items else 1
    if number != expected:
        warnings.append(f"第{line.number}行：第{draft.number}条的项从（{expected - 1}）跳到（{number}），请核对原文")
    item = Item(number, match.group().strip(), line.text[match.end() :])
    paragraphs[-1] = replace(last, items=(*last.items, item))
    return True


def _add_subitem(paragraphs: list[Paragraph], line: Line) -> bool:
    match = SUBITEM.match(line.text)
    if match is None or not paragraphs or not paragraphs[-1].items:
        return False
    last = paragraphs[-1]
    item = last.items[-1]
    number = int(match.group(1) or match.group(2))
    if number != len(item.subitems) + 1:
        return False
    subitem = Subitem(number, match.group().strip(), line.text[match.end() :])
    changed = replace(item, subitems=(*item.subitems, subitem))
    paragraphs[-1] = replace(last, items=(*last.items[:-1], changed))
    return True


def _last_text(paragraph: Paragraph) -> str:
    item = paragraph.items[-1]
    return item.subitems[-1].text if item.subitems else item.text
