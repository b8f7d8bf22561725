"""What people write in a dialog, drawn by lot: answers, options, numbers, days, questions, words of repair, junk."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dialogs.saying import Saying
from dialogs.session import Session
from knowledge import labelled
from knowledge.library import Library


class Sort(StrEnum):
    """What sort of message it is, known by how it was drawn."""

    ANSWER = "answer"
    OPTION = "option"
    NUMBER = "number"
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    TELLS = "tells"
    CORRECTION = "correction"
    QUESTION = "question"
    REAL = "real"
    HARMLESS = "harmless"
    CANCEL = "cancel"
    RESTART = "restart"
    MOVE = "move"
    CHANGE = "change"
    START = "start"
    CITY = "city"
    JUNK = "junk"


@dataclass(frozen=True)
class Message:
    """A message and its sort."""

    sort: Sort
    text: str


QUESTIONS = (
    "补办要钱吗 要带什么材料 多久能办好？ 签注过期了怎么办 在哪里办 多少钱 孩子能上学吗 丢了咋办 需要照片吗"
    " 居住证有什么用 外地人可以办吗 一定要本人去吗 租房没合同能办吗 办居住证收费不收费？ 几天能拿到证？ 网上能办吗"
    " 登记要带身份证吗 半年怎么算 不登记罚多少 有没有效期？ 可以落户吗 签注要钱吗 那开封呢？ 暂住证还能用吗 要复印件吗"
).split()
"""Clear questions: none of them is an answer to anything."""

HARMLESS = "进度 重复 为什么问 帮助 继续 人工 再说一遍 到哪一步了 凭啥问 没看懂 请问进度 进度。 帮助一下".split()
YES = "是 对 好的 嗯 要得 中 确定 可以 👌 没错 确定删除 同意 都是真的，提交".split()
NO = "不 不是 不对 没有 莫得 不同意 不要 还没".split()
UNKNOWN = "不知道 忘了 不晓得 记不清了 不清楚".split()
MOVES = "上一步 跳过 返回 下一题 不改了 请跳过 上一步吧 先不填".split()
CANCELS = "取消 不办了 退出 算了 我想取消 取消吧 结束 不填了。".split()
RESTARTS = "重来 从头来 重新开始 重填 请重来 重新来过".split()
STARTS = (
    "帮我看看能不能办|预先填报居住信息|帮我看看能不能办|预先填报居住信息|自测一下|预先填报居住信息|预填信息|预先填报居住信息|算签注的日子|设提醒|提醒我2027年3月1日去签注|我的申报|撤回申报|更正申报|删除我的信息"
    "|导出我的信息|取消提醒|查回执|一步一步换证|一步一步搬家|一步一步代办|一步一步落户|自测|帮我看看能不能办居住证"
).split("|")
DAYS = (
    "2026年3月8号|去年十月|去年|前年|上个月15号|8.1|15号|昨天|今天|明天|去年十月份|2025-06-01|2027年3月8日|三月初|26.3.8|上周三|国庆"
    "|2026年2月30日|2024年2月29日|1990年3月8日|1850年1月1日|3月1号到4月5号|元旦|十二月三十一号|2099年1月1日"
).split("|")
LENGTHS = "半年多 七个月零三天 三个月 八个多月 快一年了 两年 好几年了 20天 半个月 一年半 从小就在这 一百年".split()
PLACES = (
    "甘肃天水|陕西西安|巴州区|通江县|汉滨区|红山区|甘肃|本地的|四川|内蒙古赤峰|河南周口|信阳|香港|美国|北京市海淀区|新罗区"
    "|住在开封兰考县|洛龙区|俺是信阳嘞|龙亭区|四川省巴中市南江县|宁夏回族自治区固原市西吉县"
).split("|")
NAMES = "王小明 欧阳春兰 阿依古丽·买买提 李四 张三丰 John Smith".split()
PHONES = "13912345678 0827-5261234 138 0013 8000 1391234567 幺三九零零零零一一一一".split()
ADDRESSES = (
    "江北街道滨河路12号3栋2单元501|柳林镇王家村三组|工业园区第二工地宿舍|人民路|文昌街5号院1-2-301|县城"
).split("|")
STORIES = (
    "我在超市上班，签了劳动合同|租房住，有合同|没得合同|租嘞房|户口在甘肃天水，来了七个月|今年三月八号登记的|孩子在读小学"
    "|我户口是外省的，在开封打工，去年十月登记了|跑外卖的，没合同|我50岁了|做生意的，有营业执照|登记过|没登记过|我没有身份证|住公司宿舍"
    "|我是农村户口|我不在这里住|换过地址，上个月报了变更"
).split("|")
CORRECTIONS = (
    "不对，是去年八月|错了，我户口在陕西西安|不对|应该是没登记过|刚才不对，是13800138000|说错了，是王大明|不是，是租房有合同|其实是三月"
    "|更正，通江县|我说错了"
).split("|")
CHANGES = "改户口 改第1项 改第3项 换城市 改登记 改电话 改哪天来的 改第九项 户口要改 改工作 改姓名 修改住址 改".split()
CITIES = "我现在在开封|我在洛阳住|赤峰|那就巴中吧|我搬到安康了|深圳|我在西安|开封 洛阳".split("|")
JUNK = (
    "😀😀| |？？？|啊|<script>alert(1)</script>|asdf|。。。|{city}|%s|⟦receipt⟧|photo:1|photo:|0|-1"
    "|99999999999999999999|null|\ud800|继续教育学院|改革报社|人工智能公司|取消农业税办公室|上一步鞋店|帮助中心|重来火锅店|汉族|满族|蒙古|护照|男|女|1和3|12|1、2、9|\x00\x01"
).split("|")

_BANK: Mapping[Sort, tuple[str, ...] | list[str]] = {
    Sort.YES: YES,
    Sort.NO: NO,
    Sort.UNKNOWN: UNKNOWN,
    Sort.TELLS: [*DAYS, *LENGTHS, *PLACES, *NAMES, *PHONES, *ADDRESSES, *STORIES],
    Sort.CORRECTION: CORRECTIONS,
    Sort.QUESTION: QUESTIONS,
    Sort.HARMLESS: HARMLESS,
    Sort.CANCEL: CANCELS,
    Sort.RESTART: RESTARTS,
    Sort.MOVE: MOVES,
    Sort.CHANGE: CHANGES,
    Sort.START: STARTS,
    Sort.CITY: CITIES,
    Sort.JUNK: JUNK,
}
_OFTEN: tuple[tuple[Sort, int], ...] = (
    (Sort.ANSWER, 34), (Sort.OPTION, 5), (Sort.NUMBER, 8), (Sort.YES, 5), (Sort.NO, 2), (Sort.UNKNOWN, 3),
    (Sort.TELLS, 10), (Sort.CORRECTION, 4), (Sort.QUESTION, 6), (Sort.REAL, 4), (Sort.HARMLESS, 5), (Sort.CANCEL, 2),
    (Sort.RESTART, 2), (Sort.MOVE, 4), (Sort.CHANGE, 4), (Sort.START, 4), (Sort.CITY, 2), (Sort.JUNK, 3),
)  # fmt: skip
_SORTS = [sort for sort, often in _OFTEN for _ in range(often)]

_BORN = ("19900308", "20150601", "19550101", "20080229")


def identity_number(area: str, born: str, order: int) -> str:
    """Return an invented number that checks: GB 11643."""
    body = f"{area}{born}{order:03d}"
    return body + "10X98765432"[sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body)) % 11]


IDENTITIES = [identity_number("620502", born, order) for born in _BORN for order in (112, 113)]

_FOR_ASK: Mapping[str, tuple[str, ...] | list[str]] = {
    "hukou": PLACES, "hukou_city": PLACES, "hukou_county": PLACES, "residence_county": PLACES,
    "registered_on": [*DAYS, *LENGTHS], "registered_day": DAYS, "moved_on": [*DAYS, *LENGTHS], "moved_day": DAYS,
    "change_reported_on": DAYS, "issued_on": DAYS, "expires_on": DAYS, "resident_since": DAYS, "day": DAYS,
    "joined_on": DAYS, "born": DAYS, "full_name": NAMES, "proxy_name": NAMES, "nation": ["汉族", "回族", "满族"],
    "number": [*IDENTITIES, "E12345678"], "proxy_number": IDENTITIES, "phone": PHONES, "hukou_address": ADDRESSES,
    "residence_detail": ADDRESSES, "residence_street": ["江北街道", "柳林镇", "城关"],
    "employer": ["继续教育学院", "改革报社", "人工智能公司", "跳过", "巴中第二中学", "补办证件公司"],
    "photo": ["photo:abc", "跳过"], "receipt": ["1231-8447-1098", "123", "1231 8447 1099"], "value": [*NAMES, *PHONES],
}  # fmt: skip
"""What can be the answer where there are no choices to tap."""


def real_questions() -> list[str]:
    """Return the questions of the samples that SAMPLES_DIR points to; without it, those of the repository."""
    samples = Path(os.environ.get("SAMPLES_DIR", "没有设置")) / "dev" / "questions.jsonl"
    if samples.exists():
        return [str(json.loads(line)["question"]) for line in samples.read_text(encoding="utf-8").splitlines() if line]
    rows = (row for file in sorted(labelled.QUESTIONS.glob("*.jsonl")) for row in labelled.read_rows(file))
    return [str(row.get("question") or row.get("query")) for row in rows]


class Speaker:
    """Draws what a person writes next; the same chance draws the same messages."""

    def __init__(self, chance: random.Random, library: Library, questions: list[str]) -> None:
        self._chance = chance
        self._is_diligent = chance.randint(0, 1) == 1
        self._questions = questions
        wordings = library.wordings.values()
        self._labels = [one.label for said in wordings for few in said.options.values() for one in few.values()]
        self._drawn: Mapping[Sort, Callable[[Session, Saying | None], str]] = {
            Sort.ANSWER: self._answer,
            Sort.OPTION: lambda session, saying: self._one_of(self._labels),
            Sort.NUMBER: lambda session, saying: self._number(),
            Sort.REAL: lambda session, saying: self._one_of(self._questions),
        }

    def _one_of(self, texts: tuple[str, ...] | list[str]) -> str:
        return texts[self._chance.randint(0, len(texts) - 1)]

    def next(self, session: Session, saying: Saying | None) -> Message:
        """Return the next message, given what was said last."""
        if session.flow is None and self._chance.randint(0, 2) > 0:
            return Message(Sort.START, self._one_of(STARTS))
        answers = self._is_diligent and self._chance.randint(0, 5) > 0
        sort = Sort.ANSWER if answers else _SORTS[self._chance.randint(0, len(_SORTS) - 1)]
        if sort in self._drawn:
            return Message(sort, self._drawn[sort](session, saying))
        text = self._one_of(_BANK[sort])
        if sort in (Sort.JUNK, Sort.TELLS) and self._chance.randint(0, 40) == 40:
            text = text * self._chance.randint(50, 2000)
        return Message(sort, text)

    def _answer(self, session: Session, saying: Saying | None) -> str:
        asked = session.flow.changing or session.flow.asked if session.flow else None
        choices = saying.suggestions if saying and saying.chooses else ()
        if choices:
            return choices[0] if self._is_diligent and self._chance.randint(0, 3) > 0 else self._one_of(choices)
        return self._one_of(_FOR_ASK.get(asked or "", [*YES, *DAYS]))

    def _number(self) -> str:
        form = self._one_of(["{}", "第{}个", "我选{}", "{}号", "{}。"])
        return form.format(self._chance.randint(1, 9))
