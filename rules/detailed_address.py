"""Where a person lives, as the declaration form wants it: down to the door, the building, the village group."""

from __future__ import annotations

import re
import unicodedata

from knowledge.text import NUMERAL, fold
from rules.identity_number import find_identity_number
from rules.telephone import find_telephone

PROBLEMS = ("contains_number", "too_long", "too_short", "only_area")
"""Why a text is refused; of several reasons the first in this order is told."""

_SHORTEST, _LONGEST = 4, 120
_NOT_A_DIVISION = "(?![东西南北中大]?[省市州盟县区旗镇乡路街道巷])"
_COUNT = f"[{NUMERAL}甲乙丙丁A-Za-z]"
# 三门峡 and 四户镇 are places: a numeral in Chinese counts only what no place is called by.
_NUMBERED = (
    rf"{_COUNT}+(?:号(?![线令])|[栋幢座楼层室组队社#]|单元){_NOT_A_DIVISION}"
    rf"|[0-9A-Za-z]+(?:[户弄排院门屯]|巷[0-9]){_NOT_A_DIVISION}"
)
_DOOR = r"[0-9]+(?:[-/][0-9A-Za-z]+)+|(?:[路街巷道弄栋幢座楼号]|胡同|小区|花园|公寓|大厦)[0-9]+"
_VILLAGE = rf"(?:[^社农乡]村(?!里)|屯|嘎查|营子|寨子|庄子|院子|坝子|湾子){_NOT_A_DIVISION}"
_BUILDING = (
    "宿舍|工地|板房|公寓|大厦|写字楼|宾馆|酒店|旅馆|招待所|学校|大学|学院|中学|小学|医院|敬老院|养老院|福利院|寺|厂"
)
_EXACT = re.compile(rf"{_NUMBERED}|{_DOOR}|{_VILLAGE}|(?:{_BUILDING}){_NOT_A_DIVISION}")
_WHO = "(?:(?:我|俺|咱|额)们?)?(?:现在|目前|暂时|就|现)?"
_LABEL = re.compile(
    rf"^[\s:,]*(?:{_WHO}(?:的|嘞)?(?:详细|具体|居住|家庭|现)?(?:住址|地址|居住地)(?:就?是|为|在)?"
    rf"|{_WHO}(?:租住|居住|住|租)(?:在|于|的是)|(?:我|俺|咱|额)们?(?:现在)?(?:就?在|住)|(?:现|目前|暂时)?住|就?在(?!建))[\s:,]*(?=.{{2}})"
)
_END = re.compile(r"[\s。.!！,，、;；~～]+$")
_QUESTION = re.compile("[?？]|[吗呢么]$|怎么|什么|咋|啥")
_LONG_NUMBER = re.compile("[0-9]{11,}")
_DROPPED = ("Cc", "Cf", "Co", "Cs", "So")
"""Control and formatting signs, private ones and pictures. Unassigned ones stay: new Han are newer than the tables."""


class BadAddress(Exception):
    """A text that cannot be accepted as an address; `problem` is one of PROBLEMS."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def read_detailed_address(text: str) -> str:
    """Return the address of an answer: half-width digits and marks, no needless gaps, 我住在 and the like cut off.

    It has 4 to 120 characters and names a door, a building or a village; whether it exists is not known here. Raises
    BadAddress with one of PROBLEMS: an identity or telephone number in it is "contains_number", a question "only_area".
    """
    address = _bare(text)
    if find_identity_number(text) or find_telephone(text) or _LONG_NUMBER.search(address):
        raise BadAddress("contains_number")
    if len(address) > _LONGEST:
        raise BadAddress("too_long")
    if len(address) < _SHORTEST:
        raise BadAddress("too_short")
    if _QUESTION.search(address) or not _EXACT.search(address):
        raise BadAddress("only_area")
    return address


def _bare(text: str) -> str:
    kept = "".join(" " if sign.isspace() else sign for sign in fold(text) if _is_kept(sign))
    # 12 3栋 is no 123栋: a gap stays where it keeps two numbers or two foreign words apart.
    address = re.sub("(?<![0-9A-Za-z]) | (?![0-9A-Za-z])", "", re.sub(" +", " ", kept))
    return _LABEL.sub("", _END.sub("", address))


def _is_kept(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in _DROPPED
