"""Names of people as they type them: Han, with the dot of minority names (阿依古丽·买买提), or Latin letters."""

from __future__ import annotations

import re

from knowledge.text import fold

PROBLEMS = ("none", "digits", "looks_like_question", "looks_like_sentence", "symbols", "too_long")
"""Why a text is refused as a name; of several reasons the first in this order is told."""

_SHORTEST, _LONGEST = 2, 50
_LONGEST_WITHOUT_DOT = 12
# Han of GB 18030-2022: the basic block, extensions A to I, compatibility forms; 〇 is a character of names too.
_HAN = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebef\U0002ebf0-\U0002ee5d\U0002f800-\U0002fa1d\U00030000-\U000323af"
)
_DOTS = "\u00b7\u2022\u2027\u30fb\uff65\u2219\u22c5\u0387\uff0e.\u02d9\u16eb"
_DOT = re.compile(rf"(?<=[{_HAN}])\s*[{re.escape(_DOTS)}]+\s*(?=[{_HAN}])")
_SPACE_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
# 额尔敦 and 本日 may be names: a pronoun goes only with its verb.
_LABEL = re.compile(
    r"^(?:[\s:：,，、“\"「《(（]|(?:我|俺|咱|额)(?:的|嘞)?(?:姓名|名字|全名|大名|名)?就?(?:是|叫做?)"
    r"|(?:本人|申请人|申报人)(?:的|(?=.{2}))|(?:真实)?(?:姓名|名字|全名|大名)就?(?:是|叫做?|为)?|名?叫做?|是)+(?=.{2})"
)
_END = re.compile(r"[\s。.!！,，、;；~～”\"」》)）]+$")
_HAN_NAME = re.compile(rf"[{_HAN}]+(?:·[{_HAN}]+)*")
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_LATIN_NAME = re.compile(rf"[{_LATIN}]+(?:(?:[ '\u2019\-·]|\. ?|, )[{_LATIN}]+)*\.?")
_QUESTION = re.compile(
    "[?？]|[咋啥]|什么|怎么|为何|干嘛|[吗呢么]$|(?:能|可|要|是|行)不(?:能|可|要|是|行)|有没有|多少|哪[里儿个些]"
)
_SENTENCE = re.compile(
    "^(?:[我你您俺咱不没请想要帮]|别[问说管]|算了|随便|跳过|取消|返回|退出|稍等|等一下|知道|好的$|可以$|是的$|对的$)"
    "|居住证|身份证|户口|派出所|办理|办证|登记|填写|号码|电话|手机|地址|姓名|名字|不知道|不晓得|晓不得|告诉|不想|不要"
    "|已经|你好|您好|谢谢|需要|证件|上面|刚才|前面|一样|[,，;；!！。、:：]|[了吧]$|^[哈嗯呵嘿哦啊]+$"
    "|^(?:汉|回|藏|羌|满|彝|苗|壮|土家|蒙古|维吾尔)族$|^(?:ok|okay|yes|no|hi|hello)$",
    re.IGNORECASE,
)


class BadName(Exception):
    """A text that cannot be accepted as a name; `problem` is one of PROBLEMS."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def read_person_name(text: str) -> str:
    """Return the name of an answer: 我叫, 姓名： and the like cut off, dots of every kind written ·.

    It has 2 to 50 characters, all Han and dots, or all Latin letters with single gaps, dots, hyphens and apostrophes.
    Han are kept as they are written: no character is simplified. Raises BadName with one of PROBLEMS.
    """
    name = _bare(text)
    if len(name) < _SHORTEST:
        raise BadName("none")
    if re.search(r"\d", name):
        raise BadName("digits")
    if not (_HAN_NAME.fullmatch(name) or _LATIN_NAME.fullmatch(name)):
        raise BadName(_words(name) or "symbols")
    if len(name) > _LONGEST:
        raise BadName("too_long")
    if "·" not in name and (words := _words(name)):
        raise BadName(words)
    return name


def _bare(text: str) -> str:
    """Return what is left without labels and gaps. The dots come first: NFKC takes some of them apart."""
    name = " ".join(fold(_DOT.sub("·", _INVISIBLE.sub("", text))).split())
    name = _SPACE_BETWEEN_HAN.sub("", name)
    return _LABEL.sub("", _END.sub("", name))


def _words(text: str) -> str | None:
    """Return what a text is that is words and no name; None for what may be one. A dot stands in names alone."""
    if _QUESTION.search(text):
        return "looks_like_question"
    is_long = re.fullmatch(f"[{_HAN}]{{{_LONGEST_WITHOUT_DOT + 1},}}", text)
    return "looks_like_sentence" if is_long or _SENTENCE.search(text) else None
