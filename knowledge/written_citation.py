"""A typed citation in one way of writing: signs folded, scanned spaces closed, pinyin and formal figures spelt out."""

from __future__ import annotations

import re

from knowledge.text import fold

_FORMAL_SIGNS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰條項", "一二三四五六七八九十百条项")
_CIRCLED = re.compile("[①-⑳]")
_QUOTED = re.compile("「[^」]*」")
_UNITS = {"tiao": "条", "kuan": "款", "xiang": "项", "zhang": "章"}
_DIGITS = {
    "yi": "一", "er": "二", "san": "三", "si": "四", "wu": "五", "liu": "六", "qi": "七", "ba": "八", "jiu": "九",
    "shi": "十",
}  # fmt: skip
_PINYIN = "|".join(_DIGITS)
_IN_PINYIN = re.compile(rf"(?<![a-z])(?:di\s*)?((?:(?:{_PINYIN}|\d)\s*)+)({'|'.join(_UNITS)})(?![a-z])", re.IGNORECASE)
_SIGN = "[零〇○一二三四五六七八九十百]"
_APART = re.compile(rf"(?:(?<!\d)\d(?:\s\d)+|{_SIGN}(?:\s+{_SIGN})+)(?=\s*[）)]?\s*[条款项章])")
_SPACE = re.compile(r"\s")
_MISREAD = re.compile(r"(?<![A-Za-z0-9])[lI|Oo\d]{1,3}(?=\s*[条款项])")
_AS_DIGITS = str.maketrans("lI|Oo", "11100")


def as_usual(query: str) -> str:
    """Return a query with what it cites in half-width signs and Chinese units: 第12条第(3)项.

    「di shiba tiao」 becomes 第十八条; 「第 十 二 条」 and 「l2条」, as scanned texts have it, are mended. What stands
    in 「」 is a quotation and left out.
    """
    text = fold(_CIRCLED.sub(lambda match: f"({fold(match.group())})", _QUOTED.sub(" ", query)))
    text = _IN_PINYIN.sub(_from_pinyin, text.translate(_FORMAL_SIGNS))
    text = _APART.sub(lambda match: _SPACE.sub("", match[0]), text)
    return _MISREAD.sub(lambda match: match[0].translate(_AS_DIGITS), text)


def _from_pinyin(match: re.Match[str]) -> str:
    numeral = re.sub(_PINYIN, lambda digit: _DIGITS[digit[0]], match[1].lower())
    return f"第{_SPACE.sub('', numeral)}{_UNITS[match[2].lower()]}"
