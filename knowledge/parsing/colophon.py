"""What follows the last article: the printer's lines, a web page's foot, or the title block of the next act."""

from __future__ import annotations

import re

from knowledge.parsing.lines import Line
from knowledge.parsing.marks import heading_mark, is_finished, list_label
from knowledge.parsing.metadata import DATE, looks_like_title
from knowledge.text import fold

_OFFICE = r"[\u4e00-\u9fff\s]{2,28}(?:人民政府|办公室|办公厅|委员会|公安局|公安厅|政府)"
_NAMES = (
    "主办|承办|督办|抄送|抄报|报送|分送|印送|主送|送|发|打印|校对|审核|责任编辑|编辑|来源|资料来源|信息来源|稿件来源|主题词"
    "|分享到?|上一篇|下一篇|发布日期|发布时间|发布机构|发文日期|公开方式|公开属性|相关链接|联系电话|联系人|地址|邮编|附|(?:免责)?声明"
)
_COLOPHON = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[(【\[\s]*(?:{_NAMES})(?:单位|机关|部门)?\s*:",
        r"附\s*[件表]\s*[0-9一二三四五六七八九十]*\s*(?::|$)",
        r"(?:打印本页|关闭窗口|分享到?|返回顶部|网站地图|关于我们|参考资料|词条标签|上一篇|下一篇)(?=[\s|】]|$)",
        r"\(\s*此件[^()]*公开[^()]*\)$",
        rf"(?:{_OFFICE})?\s*{DATE}\s*(?:印发|发布)?\s*$",
        rf"{_OFFICE}$",
        r".*(?:版权所有|ICP备|©|Copyright)",
    )
)
_OF_THE_ACT = re.compile(r"本(?:办法|规定|条例|细则|规则)|负责解释|施行|实施|废止|执行")
_IN_FORCE = re.compile(r"自.{0,24}起?(?:施行|实施|执行|生效)")
_FRONT = re.compile(
    r".{4,40}文件$|.{4,40}(?:令|公告)$|.{2,60}关于.{2,60}的(?:通知|决定|公告)$|.{1,8}[〔\[(]\d{4}[〕\])]\s*\d+\s*号$"
)


def split_colophon(lines: list[Line], warnings: list[str]) -> tuple[list[Line], list[Line]]:
    """Cut what is not the act's from the end of its last article; both parts are kept.

    Known labels (主办：, 抄送：, 印发日期) are certain. Lines of which none is a sentence any more are taken for
    the foot of a page, with a warning.
    """
    for index in range(1, len(lines)):
        if not is_finished(lines[index - 1].text):
            continue
        if any(pattern.match(fold(lines[index].text)) for pattern in _COLOPHON):
            return lines[:index], lines[index:]
        if _is_foot(lines, index):
            warnings.append(f"第{lines[index].number}行起：不像条文，归入文末，请核对")
            return lines[:index], lines[index:]
    return lines, []


def _is_foot(lines: list[Line], index: int) -> bool:
    if lines[index - 1].text.endswith(("：", ":", "；", ";")) or _OF_THE_ACT.search(lines[index].text):
        return False
    return not any("。" in line.text or list_label(line.text) for line in lines[index:])


def warn_of_afterthoughts(lines: list[Line], warnings: list[str]) -> None:
    """Warn of a 款 after the one that brings the act into force, unless it speaks of the act itself."""
    in_force = next((index for index, line in enumerate(lines) if _IN_FORCE.search(line.text)), len(lines))
    for before, line in zip(lines[in_force:], lines[in_force + 1 :], strict=False):
        if is_finished(before.text) and not _OF_THE_ACT.search(line.text):
            warnings.append(f"第{line.number}行：施行日期之后还有一段，请核对是否属于这一条")


def opens_next_act(lines: list[Line], index: int) -> bool:
    """Tell whether the title block of another act begins at this line of the last article."""
    text = lines[index].text
    if not is_finished(lines[index - 1].text) and not looks_like_title(text):
        return False
    return looks_like_title(text) or _FRONT.match(fold(text)) is not None or _begins_contents(text)


def _begins_contents(text: str) -> bool:
    return fold(text).replace(" ", "") == "目录" or heading_mark(text) is not None
