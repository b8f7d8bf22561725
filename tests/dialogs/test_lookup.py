"""The staff's box: citations, phrases, ranges, comparisons, searches, and what is not there."""

from __future__ import annotations

import pytest

from dialogs.lookup import Clerk, LookupKind
from knowledge.library import Library

CITED = {
    "巴中12条3项": ("bazhong", "12p1(3)", "住房公积金6个月以上"),
    "安康 第九条第（四）项": ("ankang", "9p2(4)", "在全日制教育机构或者培训机构学习的"),
    "bazhong art 18(1)": ("bazhong", "18p1(1)", "冒用他人居住证"),
    "赤峰 2条2款": ("chifeng", "2p2", "我市市辖三区"),
    "洛阳14条第二款": ("luoyang", "14p2", "居住证损毁或者遗失的"),
    "開封市居住證實施辦法第十八條": ("kaifeng", "18", "逾期不超过半年"),
    "汴政办[2017]162号第十二条": ("kaifeng", "12", "15 日内制作发放"),
    "开封26③": ("kaifeng", "26p1(3)", "实际居住需满 1 年以上"),
    "巴中办法最后一条": ("bazhong", "21", "2020 年 11 月 1 日"),
    "chifeng di 21 tiao di 2 kuan": ("chifeng", "21p2", "应当缴纳工本费"),
}


AS_STAFF_ASK = {
    "巴中 12": ("cite", "bazhong", "12"),
    "巴中条例12条": ("cite", "bazhong", "12"),
    "开封规定第八条": ("cite", "kaifeng", "8"),
    "请问洛阳居住证办法第九条怎么写": ("cite", "luoyang", "9"),
    "四川省巴中市第五条": ("cite", "bazhong", "5"),
    "《安康市居住证及流动人口服务管理实施办法》第一条": ("cite", "ankang", "1"),
    "巴中市人民政府令第42号": ("cite", "bazhong", "preamble"),
    "汴政办〔2017〕162号": ("cite", "kaifeng", "preamble"),
    "开封题头": ("cite", "kaifeng", "preamble"),
    "巴中和洛阳 第十二条": ("cite", "bazhong", "12"),
    "安康第九条、第十条": ("cite", "ankang", "9"),
    "开封12-14条": ("range", "kaifeng", "12"),
    "赤峰第2-4章": ("range", "chifeng", "10"),
    "开封总则": ("range", "kaifeng", "1"),
    "安康第二十条第（一）至（三）项": ("range", "ankang", "20"),
    "五市签注期限对比": ("compare", None, None),
    "安康与巴中办证时限": ("compare", "ankang", "12"),
    "开封和赤峰签注过期有什么不同": ("compare", "chifeng", "20"),
    "哪几个城市写了驾驶证": ("compare", None, None),
    "各市逾期签注后果": ("compare", None, None),
    "原文 功能恢复": ("phrase", None, None),
    "骗取居住证": ("search", None, None),
    "租房 合同 没有备案": ("search", None, None),
    "居驻证 补领 收废": ("search", None, None),
    "公租芳": ("search", "bazhong", "12"),
    "巴中 养老金": ("search", "bazhong", "12"),
    "签注逾期怎么办 安康": ("search", "ankang", "13"),
    "残疾人 代办": ("search", "kaifeng", "10"),
    "解释权": ("search", "bazhong", "20"),
}


@pytest.mark.parametrize("query", AS_STAFF_ASK)
def test_what_staff_ask_in_their_own_way_is_understood(clerk: Clerk, query: str) -> None:
    kind, city, article = AS_STAFF_ASK[query]
    found = clerk.look_up(query)
    assert found.kind == kind
    first = found.hits[0]
    assert city is None or (first.city, first.address and first.address.article) == (city, article)


def test_a_comparison_of_named_cities_begins_with_them_and_still_shows_all(clerk: Clerk, library: Library) -> None:
    found = clerk.look_up("开封和赤峰签注过期有什么不同")
    assert found.topic == "overdue"
    cities = list(dict.fromkeys(hit.city for hit in found.hits))
    assert set(cities[:2]) == {"chifeng", "kaifeng"}
    assert set(cities) == set(library.cities)


@pytest.mark.parametrize("query", ["签注期限 各市", "你好 各市", "提醒我 五市", "再见", "自杀", "我要申报"])
def test_words_for_residents_are_looked_up_like_any_other(clerk: Clerk, query: str) -> None:
    clerk.look_up(query)  # a manner or a wish for a dialog is no topic of a city


@pytest.mark.parametrize("query", CITED)
def test_a_citation_finds_its_place(clerk: Clerk, query: str) -> None:
    city, place, words = CITED[query]
    found = clerk.look_up(query)
    assert found.kind is LookupKind.CITE
    assert (found.hits[0].city, str(found.hits[0].address)) == (city, place)
    assert words in (found.hits[0].text or "")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("洛阳第三十条", "共24条"),
        ("巴中12条9项", "只有4项"),
        ("开封17条5款", "只有2款"),
        ("安康第二章", "不分章"),
        ("开封第六章", "共5章"),
        ("西安 居住证 第十二条", "没有西安的文本"),
        ("居住证暂行条例第九条", "没有国家《居住证暂行条例》的文本"),
        ("国务院令663号 巴中 第八条", "没有国家《居住证暂行条例》的文本"),
        ("四川省居住证规定第五条", "没有四川省规定的文本"),
        ("安康市流动人口条例第三条", "没有《流动人口条例》的文本"),
        ("洛阳市暂住证规定第五条", "没有《暂住证规定》的文本"),
        ("户口登记条例第十条", "没有《户口登记条例》的文本"),
        ("居住证条例第九条", "没有《居住证条例》的文本"),
        ("各市永久", "没看出要比较什么"),
        ("居住证 永久有效", "永久"),
        ("“终身有效”", "终身有效"),
        ("", "请输入"),
    ],
)
def test_what_is_not_there_is_said(clerk: Clerk, query: str, words: str) -> None:
    found = clerk.look_up(query)
    assert found.kind is LookupKind.NOT_FOUND
    assert found.hits == ()
    assert words in (found.message or "")


def test_a_chapter_and_a_range_give_every_article(clerk: Clerk) -> None:
    chapter = clerk.look_up("开封第四章")
    assert chapter.kind is LookupKind.RANGE
    assert [hit.address.article for hit in chapter.hits if hit.address] == [str(n) for n in range(21, 28)]
    assert clerk.look_up("开封附则").hits[0].address.article == "28"  # type: ignore[union-attr]
    span = clerk.look_up("洛阳 第二十条到第二十二条")
    assert {hit.address.article for hit in span.hits if hit.address} == {"20", "21", "22"}
    items = clerk.look_up("洛阳18条第1到3项")
    assert [str(hit.address) for hit in items.hits] == ["18p1(1)", "18p1(2)", "18p1(3)"]


def test_a_phrase_finds_every_provision_that_contains_it(clerk: Clerk) -> None:
    found = clerk.look_up("“交回原证”")
    assert found.kind is LookupKind.PHRASE
    assert {(hit.city, hit.address.article) for hit in found.hits if hit.address} == {
        ("bazhong", "10"),
        ("ankang", "15"),
        ("chifeng", "18"),
        ("kaifeng", "20"),
    }


def test_a_comparison_shows_every_city_and_silence_as_silence(clerk: Clerk) -> None:
    found = clerk.look_up("哪些城市补领收费")
    assert found.kind is LookupKind.COMPARE
    assert {hit.city for hit in found.hits} == {"bazhong", "ankang", "chifeng", "kaifeng", "luoyang"}
    silent = [hit for hit in found.hits if hit.address is None]
    assert [hit.city for hit in silent] == ["luoyang"]
    assert silent[0].text is None
    assert "洛阳" in (found.message or "")


@pytest.mark.parametrize(
    ("query", "city", "article"),
    [
        ("公积金 贷款 依据", "bazhong", "12"),
        ("巴中 孕前检查 叶酸", "bazhong", "13"),
        ("安康 外国人 登记", "ankang", "2"),
        ("随迁子女 高考 中考", "chifeng", "26"),
        ("洛阳 现场照相 人像采集", "luoyang", "9"),
        ("开封 老年人 公交", "kaifeng", "22"),
    ],
)
def test_a_search_puts_the_right_provision_first(clerk: Clerk, query: str, city: str, article: str) -> None:
    hit = clerk.look_up(query).hits[0]
    assert hit.address is not None
    assert (hit.city, hit.address.article) == (city, article)


def test_the_limit_cuts_and_ten_is_the_default(clerk: Clerk) -> None:
    assert len(clerk.look_up("居住登记 材料").hits) <= 10
    assert len(clerk.look_up("居住登记 材料", limit=2).hits) == 2
