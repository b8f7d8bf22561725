"""Names, streets and employers made of everyday words: what the function promises to hide, it hides."""

from __future__ import annotations

import random
import re

import pytest

from dialogs.redaction import known_words, redacted
from knowledge.library import Library
from knowledge.redaction_words import redaction_words

MARKS = re.compile("「(?:某|数|地名)」")
LISTS = redaction_words()

COMMON_SURNAMES = set(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN_CHARACTERS = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文志新海波宇浩轩梓涵子欣怡雨桐天佑小大家能可"
)
GIVEN_WORDS = (
    "明天 公平 平安 方便 高兴 建国 建设 可以 知道 明白 今天 学习 文化 胜利 和平 光明 安全 成功 希望 开心"
    " 天天 自强 志愿 团结 永远 长久 国庆 春节 立功 居住 办理 常住 大方 安心 放心 认真 应该 必须 有福 来福"
    " 进财 要强 有才 能干 到达 上进 满意 会来 可心 不凡 向东 向前 为民 为国 来顺 去病 长生"
).split()
ANY_SURNAME = (
    *("我叫{}，居住证丢了", "我叫{}想问一下签注", "俺叫{} 能办居住证吗", "姓名：{}，要补办", "我的名字是{}，办居住证"),
    *("孩子名叫{}，上小学", "我姓名叫{}，居住证过期了", "联系人：{} 电话没人接", "我姓{}，要换证"),
)
COMMON_SURNAME = (
    *("我是{}，居住证丢了", "{}的居住证过期了", "我老公{}没来", "房东{}不给登记", "替{}办居住证行不", "跟{}一起租房"),
    *("帮{}问一下签注", "{}能办居住证吗", "我儿子{}要上学", "请问{}的证好了没", "居住证是{}领的", "租了{}的房子"),
    *("找{}先生办证", "{}女士让我来办", "{}老师收的材料", "{} 居住证"),
)
ROADS = (
    "建设 人民 解放 和平 平安 幸福 居住 方便 明天 中山 新华 学习 服务 朝阳 合作 光明 团结 长安 高兴 新建"
    " 大同 新开 中心 东大 西大 前进 工农 学府 车站 火车站 市场 学校 医院 公园 南关 东关 健康 文化 自由"
    " 公平 法院 政府 公安 户口 材料 开元 九都 滨河 龙门 翠微"
).split()
ESTATES = (
    "阳光 幸福 平安 和谐 锦绣 建业 绿城 碧桂 御景 世纪 明珠 公园 学府 书香 文化 健康 家和 万达 恒大 康乐"
    " 新华 春天 金色 东方 滨江 希望 安居 光明 福利"
).split()
EMPLOYERS = (
    "平安 建设 兴旺 华为 富士康 阳光 幸福 新华 人民 健康 平价 好又多 明天 东方 长城 红旗 方便 希望 友谊"
    " 光明 永辉 鸿运 大同 安全 万达"
).split()


def leaks(name: str, said: str, frame: str) -> list[str]:
    """Return every two characters of a name that stand in what is said, unless the frame has them too."""
    plain = MARKS.sub("|", said)
    pairs = {name[at : at + 2] for at in range(len(name) - 1)}
    return sorted(pair for pair in pairs if pair in plain and pair not in frame)


def surnames_of(common: bool) -> list[str]:
    """Return family names; the common ones without those that are everyday words by themselves."""
    return sorted(COMMON_SURNAMES - LISTS.plain if common else LISTS.surnames)


def invented_name(chance: random.Random, pairs: list[str], words: frozenset[str], common: bool) -> str:
    """Return a family name and a given name of everyday words or of characters; together no everyday word."""
    while True:
        characters = "".join(chance.choices(GIVEN_CHARACTERS, k=chance.choice([1, 2, 2])))
        given_name = chance.choice([characters, chance.choice(GIVEN_WORDS), chance.choice(pairs)])
        name = chance.choice(surnames_of(common)) + given_name
        if not any(name[:size] in words for size in (2, 3)):
            return name


@pytest.mark.parametrize(("frames", "common"), [(ANY_SURNAME, False), (COMMON_SURNAME, True)])
def test_no_name_of_a_thousand_leaks_two_of_its_characters(
    library: Library, frames: tuple[str, ...], common: bool
) -> None:
    chance = random.Random(20261121)
    titles = LISTS.people | LISTS.honorifics | LISTS.employers
    words = known_words(library)
    pairs = sorted(word for word in words - titles if len(word) == 2 and not set(word) & LISTS.particles)
    leaked = {}
    for _ in range(1000):
        name, frame = invented_name(chance, pairs, words, common), chance.choice(frames)
        said = redacted(library, frame.format(name))
        if leaks(name, said, frame):
            leaked[frame.format(name)] = said
    assert leaked == {}


def invented_address(chance: random.Random) -> tuple[str, tuple[str, str]]:
    """Return an address, and the names in it of which nothing may be left."""
    road, estate = chance.choice(ROADS), chance.choice(ESTATES)
    written = road + chance.choice(["路", "街", "大道", "巷", "胡同", "大街", "东路"])
    written += chance.choice(["", f"{chance.randint(1, 300)}号"])
    written += chance.choice(["", estate + chance.choice(["小区", "花园", "家园", "公寓", "苑", "新村", "村"])])
    return written + chance.choice(["", f"{chance.randint(1, 30)}栋{chance.randint(1, 5)}单元1203室"]), (road, estate)


def test_no_address_of_five_hundred_leaks_the_name_of_a_street_or_an_estate(library: Library) -> None:
    chance = random.Random(20261121)
    frames = ("住{}", "我家在{}，能办居住证吗", "租的{}的房子", "登记地址是{} 搬家了咋变更", "从{}搬走了", "地址：{}")
    leaked = {}
    for _ in range(500):
        address, names = invented_address(chance)
        frame = chance.choice(frames)
        said = redacted(library, frame.format(address))
        if any(leaks(name, said, frame) for name in names):
            leaked[frame.format(address)] = said
    assert leaked == {}


def test_no_employer_leaks_its_name(library: Library) -> None:
    frames = ("在{}上班", "我单位是{}", "{}不给交社保", "给{}打工", "老板的{}倒闭了")
    kinds = (
        "公司",
        "厂",
        "店",
        "饭店",
        "超市",
        "有限公司",
        "小学",
        "医院",
        "幼儿园",
        "酒店",
        "集团",
        "物业公司",
        "大药房",
    )
    asked = {frame.format(name + kind): (name, frame) for frame in frames for name in EMPLOYERS for kind in kinds}
    said = {message: redacted(library, message) for message in asked}
    assert {
        message: said[message] for message, (name, frame) in asked.items() if leaks(name, said[message], frame)
    } == {}


def test_a_leak_is_seen() -> None:
    assert leaks("陈平安", "陈平安来了", "{}来了") == ["平安", "陈平"]
    assert leaks("陈平安", "「某」来了", "{}来了") == []
