"""Yes, no and "I do not know" as people say them, dialects of the five cities included; the whole message only."""

from __future__ import annotations

import re

from dialogs.understanding.normalise import simplify
from knowledge.text import fold

_LONGEST = 40

_YES_WORDS = (
    "是 就是 正是 是这样 是这么回事 对 对头 对着 没错 没有错 没得错 莫得错 错不了 嗯 恩 昂 好 行 成 中 管 妥 可 可以"
    " 阔以 要得 得行 能成 能行 使得 要 能 会 在 有 没问题 没有问题 没得问题 莫得问题 木问题 么问题 没麻达 么麻达 没毛病"
    " 同意 愿意 需要 确认 确定 属实 正确 无误 准确 一致 必须 当然 当然是 当然有 肯定 肯定是 肯定有 还在 都是 都有 都对"
    " 都在 真的 ok okay okey yes yeah yep y sure [ok] [好的] [强] 👌 👍 ✓ ✔ √ ✅"
).split()
_NO_WORDS = (
    "不 不是 并不是 不对 不行 不中 不成 不妥 不可 不可以 不能 不能行 不会 不要 不用 不必 不需要 不想 不愿意 不同意 不在"
    " 不好 不得 不得行 不确认 不正确 不准确 不属实 不一致 不符 不对头 要不得 使不得 没 没有 没得 莫得 莫有 么有 么得"
    " 冇 冇得 木有 木得 无 非 否 未 还没 还没有 还没得 还莫得 从没 从来没有 都没有 都没得 都不是 根本没有"
    " 肯定没有 肯定不是 当然不是 当然没有 绝对没有 哪有 甭 错 有误 有错 no nope not n ✗ ✘ ❌ 👎"
).split()
_DEEDS = "办|办理|登记|申报|申请|报|交|换|补|领|签|签注|续|搬|搬家|丢|改|变|变更|迁|住|租|收到|拿到|提交|核对|同意"
_DONE = "了|过|过了|完了|好了|啦|咯|嘞|成了|完咯|好咯|了的|过的|了呢"
_ENDINGS = "的 滴 哒 得 呀 啊 啦 了 哦 噢 喔 哟 嘞 哩 咧 嘛 呐 噻 撒 咯 嗷 捏 呢 着呢 着嘞 的嘞 的呢 哈 呗".split()
_NOT_AN_ANSWER = {"对了", "得了", "行了", "是嘛", "有嘛", "是哈", "对哈", "有哈", "是呗", "有得"}
"""对了 opens another matter, 行了 ends this one; 是嘛 and 对哈 ask back."""

_MARKS = re.compile(r"[,，.。!！、;；~～…:：\n]+")
_QUESTION = re.compile(
    "[?？]|吗|[么吧]$|(?<![不没])(?:是不是|有没有|对不对|行不行|能不能|可不可以|要不要|中不中|得不得行)"
)
_GOOD = {"好吧", "行吧", "可以吧", "中吧", "成吧"}
"""Agreement with a sigh; after other words 吧 asks."""

_INTERJECTION = re.compile(
    "^(?:嗯|恩|哦|噢|喔|啊|呃|哎|诶|唉|额|嗨|呵|哎呀|那|那就|我|俺|咱|我们|这个?|这里|上面|以上)+(?=.)"
)
_SIGH = re.compile("[嗯恩哦噢啊呃额唉哎诶]+")
_REPEATED = re.compile(r"(.{1,3}?)\1+")
_DID = re.compile(f"(?:已经?|早就?|早已经?|都|刚刚?|才|前面|之前|以前|也|全|全都)*(?:{_DEEDS})(?:{_DONE})")
_DID_NOT = re.compile(
    f"(?:还|都|一直|从来?|压根|根本|也|暂时|目前)*(?:没有?|没得|莫有?|莫得|么有?|木有?|未|冇)(?:{_DEEDS})(?:过|完|好|成|呢|嘞|哩|啊|呀|哦|咧)*"
)

_UNKNOWN_WORDS = (
    "不知道?|知不道|不道|不晓得|晓不得|晓求不得|不清楚|不太清楚|不大清楚|不是很清楚|不怎么清楚|不是太清楚|不太知道|不大知道|不太晓得"
    "|不明白|不太明白|不了解|不太了解|不懂|不太懂|搞不懂|不确定|不太确定|不详|不明|未知|没数|没印象|没注意|没留意|没记住?|不好说"
    "|不记得|记不得|记不到|记不清楚?|记不住|记不起来?|记不太清楚?|不太记得|不大记得|想不起来?|忘了|忘记了?|忘掉了?|忘光了"
    "|搞忘了?|搞忘记了?|搞不清楚?|搞不清白|搞不醒豁|弄不清楚?|弄不明白|弄不机密|不机密|闹不清楚?|闹不明白|闹不机密|分不清楚?"
    "|说不清楚?|说不准|说不好|说不上来?|说不来|拿不准|吃不准|摸不清楚?|不摸门|认不得|没法确定|天晓得|天知道|鬼晓得|鬼知道"
    "|谁知道|谁晓得|哪个晓得|哪晓得|哪知道"
)
_UNKNOWN = re.compile(
    r"(?:嗯+|哦|啊|呃+|额|哎呀?|唉|这个?|那个?|我|俺|咱|我们|本人|自己|也|都|还|真|真的|实在|确实|具体|时间|日期|号码|现在|一下子|一时"
    r"|早就?|已经|有点|有些|暂时|的|是|太久了?)*"
    f"(?:{_UNKNOWN_WORDS})"
    r"(?:是|具体|到底)*(?:哪天|哪一天|哪年|哪一年|哪个月|几号|几月几号|几月份?|什么时候|啥时候|啥时间|好久|多久|日期|时间|号码|单位|哪个|哪种)?"
    r"(?:了|的|啊|呀|哦|噢|喔|哎|诶|嘞|哩|咧|呢|哈|噻|撒|耶|呐|啦|咯|嘛|呗|呃)*"
)


def read_yes_no(text: str) -> bool | None:
    """Return what a whole message says: True for 是, 要得, 办了; False for 不是, 莫得, 还没办; None for anything else.

    None are questions (是吗, 对吗), double negations (不是没有), an answer with more behind it (不对，是3号), both at
    once, and numbers: 1 and 2 choose from a list.
    """
    plain = _plain(text)
    if not plain or len(plain) > _LONGEST or _asks(plain):
        return None
    said = {_polarity(part) for part in _parts(plain)}
    return said.pop() if len(said) == 1 else None


def says_unknown(text: str) -> bool:
    """Tell whether the whole message says not to know: 不知道, 忘了, 我也搞不清楚是哪天了. A question does not."""
    plain = _plain(text)
    if not plain or len(plain) > _LONGEST or "?" in plain or _QUESTION.search(_MARKS.sub("", plain)):
        return False
    heard = [bool(_UNKNOWN.fullmatch(part)) for part in _parts(plain) if not _SIGH.fullmatch(part)]
    return bool(heard) and all(heard)


def _plain(text: str) -> str:
    """Return the message in half-width signs, small letters and simplified characters, without gaps."""
    return "".join(simplify(fold(text[: _LONGEST * 4])).lower().replace("\ufe0f", "").split())


def _parts(plain: str) -> list[str]:
    return [part for part in _MARKS.split(plain) if part]


def _asks(plain: str) -> bool:
    bare = _MARKS.sub("", plain)
    return "?" in plain or (_QUESTION.search(bare) is not None and bare not in _GOOD)


def _polarity(part: str) -> bool | None:
    """Return what one part between marks says; None when it is not all yes or all no."""
    repeated = _REPEATED.fullmatch(part)
    for said in (part, repeated[1] if repeated else part, _INTERJECTION.sub("", part)):
        if said in _NOT_AN_ANSWER:
            return None
        if (polarity := _ANSWERS.get(_without_ending(said))) is not None:
            return polarity
        if _DID_NOT.fullmatch(said):
            return False
        if _DID.fullmatch(said):
            return True
    return None


def _without_ending(said: str) -> str:
    """Return a word without the particles behind it, as far as a word of ours is left."""
    for _ in range(3):
        if said in _ANSWERS:
            return said
        ending = next((ending for ending in _BY_LENGTH if said.endswith(ending) and said != ending), "")
        said = said.removesuffix(ending) if ending else said
    return said


_ANSWERS = {**dict.fromkeys((*_YES_WORDS, *_GOOD), True), **dict.fromkeys(_NO_WORDS, False)}
_BY_LENGTH = sorted(_ENDINGS, key=len, reverse=True)
