"""Title, number, issuer, dates and status, read from the title block and the colophon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.act import Article
from knowledge.parsing.lines import Line, is_finished
from knowledge.text import NUMERAL, fold, to_int

_KIND = r"(?:办法|规定|条例|细则)"
_DRAFT = r"(?:草案|征求意见稿|审查修改稿|送审稿|讨论稿|审议稿|修改稿|草拟稿|初稿)"
_TITLE = re.compile(
    rf"[^，。；：:！？]{{2,48}}{_KIND}(?:（试行）|\(试行\))?(?:\s*[（(]\s*[草征审送讨修初][^（）()]{{0,10}}[）)])?"
)
_DATE = rf"([{NUMERAL}]{{4}})\s*年\s*([{NUMERAL}]{{1,3}})\s*月\s*([{NUMERAL}]{{1,3}})\s*日"
_PUBLISHED = re.compile(rf"{_DATE}[^，。；）)年]{{0,30}}公布")
_DATED_LINE = re.compile(rf"^\s*{_DATE}\s*$", re.MULTILINE)
_EFFECTIVE = re.compile(rf"自\s*{_DATE}\s*起\s*(?:施行|实施|执行|生效)")
_ORDER = re.compile(
    r"([\u4e00-\u9fff]{2,20}(?:人民政府|国务院|公安局|公安厅))\s*令\s*第\s*([0-9〇零一二三四五六七八九十百]+)\s*号"
)
_FILE_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,8}\s*[〔\[［【(（]\s*\d{4}\s*[〕\]］】)）]\s*\d+\s*号")
_NOTICE = re.compile(r"第\s*([0-9〇零一二三四五六七八九十百]+)\s*号")
_LETTERHEAD = re.compile(
    r"^([\u4e00-\u9fff]{4,24}(?:人民政府|办公室|办公厅|委员会|公安局|公安厅))\s*文件$", re.MULTILINE
)
_COLOPHON_LABEL = re.compile(
    r"(?:主办|承办|督办|抄送|抄报|打印|校对|审核|责任编辑|编辑|来源|主题词|附件|分享|上一篇|下一篇|发布日期|发布时间|信息来源|相关链接|关闭窗口)\s*[：:]?"
)
_ISSUED_LINE = re.compile(rf"{_DATE}\s*(?:印发|发布)?\s*$")
_OFFICE_LINE = re.compile(r"[\u4e00-\u9fff\s]{2,28}(?:人民政府|办公室|办公厅|委员会|公安局|公安厅|政府)")


@dataclass(frozen=True)
class Metadata:
    """What the title block and the colophon say; None where they do not."""

    title: str | None
    number: str | None
    issuer: str | None
    adopted: date | None
    effective: date | None
    status: str


def looks_like_title(line: str) -> bool:
    """Tell whether a line could be the title of an act: it ends in 办法, 规定, 条例 or 细则."""
    return _TITLE.fullmatch(line.strip("《》 　")) is not None


def split_colophon(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Cut the printer's lines (主办, 抄送, 印发日期 …) from the end of the last article; both parts are kept."""
    for index in range(1, len(lines)):
        if is_finished(lines[index - 1].text) and _is_colophon(lines[index].text):
            return lines[:index], lines[index:]
    return lines, []


def _is_colophon(text: str) -> bool:
    folded = fold(text)
    return any(
        pattern.match(folded) is not None and not (pattern is _OFFICE_LINE and pattern.fullmatch(folded) is None)
        for pattern in (_COLOPHON_LABEL, _ISSUED_LINE, _OFFICE_LINE)
    )


def read(preamble: list[str], tail: list[str], articles: Sequence[Article], warnings: list[str]) -> Metadata:
    """Read the metadata; what the text does not write stays None and is warned of."""
    block = "\n".join(preamble)
    closing = "\n".join(article.text for article in articles[-2:])
    title = _title(preamble)
    number, issuer = _number(block)
    published = _PUBLISHED.search(block) or _DATED_LINE.search(block) or _DATED_LINE.search("\n".join(tail))
    effective = _EFFECTIVE.search(closing) or _EFFECTIVE.search(block)
    facts = Metadata(
        title=title,
        number=number,
        issuer=issuer,
        adopted=_date(published),
        effective=_date(effective),
        status=_status(title, block, number),
    )
    _warn_of_gaps(facts, warnings)
    return facts


def _warn_of_gaps(facts: Metadata, warnings: list[str]) -> None:
    names = {"title": "标题", "number": "文号", "issuer": "发布机关", "adopted": "公布日期", "effective": "施行日期"}
    warnings.extend(f"正文没有写明{name}，记为空" for key, name in names.items() if getattr(facts, key) is None)


def _title(preamble: list[str]) -> str | None:
    for index in range(len(preamble) - 1, -1, -1):
        line = preamble[index].strip("《》 　")
        if not looks_like_title(line):
            continue
        before = preamble[index - 1] if index else ""
        starts_midway = re.match(rf"(?:实施|管理|暂行|试行|若干)*{_KIND}", line)
        if starts_midway and before and not is_finished(before):
            return before + line
        return line
    return None


def _number(block: str) -> tuple[str | None, str | None]:
    """Return (文号, issuer). An order is cited with its issuer: 巴中市人民政府令第42号."""
    folded = fold(block)
    letterhead = _LETTERHEAD.search(folded)
    order = _ORDER.search(folded)
    if order:
        issuer = re.sub(r"^.*[日号]", "", order.group(1))
        return f"{issuer}令第{order.group(2)}号", issuer
    file_number = _FILE_NUMBER.search(folded)
    if file_number:
        number = re.sub(r"\s", "", file_number.group())
        number = re.sub(r"[\[(【]", "〔", number)
        return re.sub(r"[\])】]", "〕", number), letterhead.group(1) if letterhead else None
    notice = _NOTICE.search(folded)
    return (f"第{notice.group(1)}号" if notice else None), None


def _status(title: str | None, block: str, number: str | None) -> str:
    if re.search(_DRAFT, title or "") or re.search(rf"[（(]\s*{_DRAFT}\s*[）)]", block):
        return "draft"
    if re.search(r"效力状[况态]\s*[：:]?\s*(?:失效|废止)|已废止", block):
        return "repealed"
    return "in_force" if number else "unknown"


def _date(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    year, month, day = (to_int(part) for part in match.groups()[:3])
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
