"""Title, number, issuer, dates and status, read from the title block and the colophon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.act import Article
from knowledge.parsing.marks import is_finished
from knowledge.text import NUMERAL, fold, squeeze, to_int

_KIND = r"(?:办法|规定|条例|细则|规则|章程|法)"
_DRAFT = r"(?:草案|征求意见稿|审查修改稿|送审稿|讨论稿|审议稿|修改稿|草拟稿|初稿)"
_END_OF_TITLE = rf"(?<![本该此原]){_KIND}(?:\s*[（(【\[][^（）()【】]{{1,20}}[）)】\]]){{0,2}}"
_TITLE = re.compile(rf"[^，。；：:！？,;!?]{{2,48}}{_END_OF_TITLE}")
_LINE_OF_TITLE = re.compile(rf"[^，。；：:！？,;!?]{{0,48}}{_END_OF_TITLE}")
_SECOND_HALF = re.compile(rf"(?:实施|管理|暂行|试行|若干)*{_KIND}")
_LETTER_SPACED = re.compile(r"\S(?:[ \u3000]+\S){5,40}")
_PROMULGATED = re.compile(r"《([^《》]+(?:《[^《》]+》[^《》]*)?)》(?:已经|已于|业经|经|已由)")

_DIGIT = rf"[{NUMERAL}O\d]"
DATE = rf"({_DIGIT}{{4}})\s*年\s*({_DIGIT}{{1,3}})\s*月\s*({_DIGIT}{{1,3}})\s*日"
_PUBLISHED = re.compile(rf"{DATE}[^，。；）,;)年]{{0,40}}公布(?!的)")
_DATED_LINE = re.compile(rf"^\s*{DATE}\s*$", re.MULTILINE)
_LABELLED = r"\s*:?\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})"
_EFFECTIVE = re.compile(rf"(?:自|于|从)\s*{DATE}\s*(?:之日)?起?\s*(?:正式)?(?:施行|实施|执行|生效)(?!的)")

_BODY = r"(?:人民政府|国务院|公安局|公安厅|公安部|人民代表大会常务委员会|人大常委会|办公室|办公厅|委员会)"
_NUMBER = r"第\s*([0-9〇零○一二三四五六七八九十百]+)\s*号"
_ORDER = re.compile(rf"([\u4e00-\u9fff]{{0,20}}{_BODY})\s*(令|公告)\s*\(?\s*{_NUMBER}")
_FILE_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,8}\s*[〔\[【(]\s*\d{4}\s*[〕\]】)]\s*\d+\s*号")
_NOTICE = re.compile(rf"^\W*{_NUMBER}\W*$", re.MULTILINE)
_LETTERHEAD = re.compile(rf"^([\u4e00-\u9fff]{{2,24}}{_BODY})\s*文件$", re.MULTILINE)
_NOTICE_TITLE = re.compile(rf"^([\u4e00-\u9fff]{{2,24}}?{_BODY})\s*关于\s*(?:印发|公布|发布|颁布)", re.MULTILINE)
_SIGNATURE = re.compile(rf"^([\u4e00-\u9fff]{{2,24}}{_BODY})\n{DATE}$", re.MULTILINE)


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
    return _TITLE.fullmatch(_unquoted(line)) is not None


def read(preamble: list[str], tail: list[str], articles: Sequence[Article], warnings: list[str]) -> Metadata:
    """Read the metadata; what the text does not write stays None and is warned of."""
    block, closing = fold("\n".join(preamble)), fold("\n".join(tail))
    title = _title(preamble)
    number, issuer = _number(block)
    facts = Metadata(
        title=title,
        number=number,
        issuer=issuer or _signed_by(block) or _signed_by(closing),
        adopted=_adopted(block, closing),
        effective=_effective(block, articles),
        status=_status(title, block, number),
    )
    _warn_of_gaps(facts, warnings)
    return facts


def _warn_of_gaps(facts: Metadata, warnings: list[str]) -> None:
    names = {"title": "标题", "number": "文号", "issuer": "发布机关", "adopted": "公布日期", "effective": "施行日期"}
    warnings.extend(f"正文没有写明{name}，记为空" for key, name in names.items() if getattr(facts, key) is None)


# --- title ---


def _title(preamble: list[str]) -> str | None:
    """Return the title nearest to the first article: a line of its own, else the start of a line, else the order's."""
    for index in range(len(preamble) - 1, -1, -1):
        line = _unquoted(preamble[index])
        if _LETTER_SPACED.fullmatch(line):
            line = squeeze(line)
        before = preamble[index - 1] if index else ""
        if _LINE_OF_TITLE.fullmatch(line) and _is_second_half(before, line, preamble):
            return before + line
        if _TITLE.fullmatch(line):
            return line
    starts = (re.split(r"\s", line, maxsplit=1)[0] for line in reversed(preamble) if re.search(r"\s", line))
    found = next((start for start in starts if len(start) > 5 and _TITLE.fullmatch(start)), None)
    if found:
        return found
    order = _PROMULGATED.search("".join(preamble))
    return order.group(1).replace("〈", "《").replace("〉", "》") if order else None


def _unquoted(line: str) -> str:
    """Return a line without the 《》 around the whole of it."""
    bare = line.strip()
    return bare[1:-1].strip() if bare[:1] == "《" and bare.find("》") == len(bare) - 1 else bare


def _is_second_half(before: str, line: str, preamble: list[str]) -> bool:
    """Tell whether a title was broken over two lines, of which `line` is the second."""
    if not before or is_finished(before) or looks_like_title(before):
        return False
    whole = squeeze(before + line)
    return _SECOND_HALF.match(line) is not None or any(
        f"《{whole}》" in squeeze(other) or f"印发{whole}的" in squeeze(other) for other in preamble
    )


# --- number and issuer ---


def _number(block: str) -> tuple[str | None, str | None]:
    """Return (文号, issuer). An order is cited with its issuer: 巴中市人民政府令第42号."""
    order = _own(_ORDER, block)
    if order:
        issuer = re.sub(r"^.*[日号]", "", order.group(1))
        by = None if re.match(r"[省市州]", issuer) else issuer
        return f"{issuer}{order.group(2)}第{order.group(3)}号", by
    heads = (_LETTERHEAD.search(block), _NOTICE_TITLE.search(block))
    issuer = next((match.group(1) for match in heads if match), "")
    file_number = _own(_FILE_NUMBER, block)
    if file_number:
        number = re.sub(r"\s", "", file_number.group()).removeprefix("文号")
        number = re.sub(r"[\[(【]", "〔", number)
        return re.sub(r"[\])】]", "〕", number), issuer or None
    notice = _NOTICE.search(block)
    return (f"第{notice.group(1)}号" if notice else None), issuer or None


def _own(pattern: re.Pattern[str], block: str) -> re.Match[str] | None:
    """Return the first match that is not the number of another document: 《…条例》(国务院令第663号)."""
    matches = pattern.finditer(block)
    return next((match for match in matches if not re.search(r"》\s*\($", block[: match.start()])), None)


def _signed_by(block: str) -> str | None:
    signatures = _SIGNATURE.findall(block)
    return signatures[-1][0] if signatures else None


# --- dates and status ---


def _adopted(block: str, closing: str) -> date | None:
    """Return the date of 公布, else the last date that stands on a line of its own, else the labelled one."""
    published = _PUBLISHED.search(block)
    dated = list(_DATED_LINE.finditer(block)) or list(_DATED_LINE.finditer(closing))
    labelled = re.search(f"公布日期{_LABELLED}", block)
    return _date(published) or _date(dated[-1] if dated else None) or _date(labelled)


def _effective(block: str, articles: Sequence[Article]) -> date | None:
    closing = fold("\n".join(article.text for article in articles[-2:]))
    return _date(_EFFECTIVE.search(closing) or _EFFECTIVE.search(block) or re.search(f"施行日期{_LABELLED}", block))


def _status(title: str | None, block: str, number: str | None) -> str:
    tight = squeeze(block)
    if re.search(_DRAFT, squeeze(title or "")) or re.search(rf"\({_DRAFT}\)", tight):
        return "draft"
    if re.search(r"(?:效力状[况态]|时效性|有效性):?(?:失效|废止|已)|\((?:已废止|已失效|废止|失效)\)", tight):
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
