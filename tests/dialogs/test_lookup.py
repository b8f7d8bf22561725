"""The staff's box: citations, phrases, ranges, comparisons, searches, and what is not there."""

from __future__ import annotations

import pytest

from dialogs.lookup import Clerk, LookupKind

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
