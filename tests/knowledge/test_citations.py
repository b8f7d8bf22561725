"""Citations are read as people type them, written as officials write them, and read back to the same place."""

from __future__ import annotations

import time

import pytest

from knowledge.citations import NoSuchPlace, read_reference, resolve
from knowledge.library import Library
from knowledge.official import official_citation
from tests.knowledge.reading import wide

AS_TYPED = [
    ("bazhong", "巴中12条3项", "12p1(3)"),
    ("bazhong", "第十二条第（三）项", "12p1(3)"),
    ("bazhong", f"第 {wide('12')} 条 第 {wide('3')} 项", "12p1(3)"),
    ("bazhong", "12条第1款第3项", "12p1(3)"),
    ("bazhong", "12（3）", "12p1(3)"),
    ("bazhong", "巴中12③", "12p1(3)"),
    ("bazhong", "12-3", "12p1(3)"),
    ("bazhong", "article 12 item 3", "12p1(3)"),
    ("bazhong", "§12", "12"),
    ("bazhong", "第壹拾贰條", "12"),
    ("kaifeng", "开封第十七条第二款", "17p2"),
    ("kaifeng", "17条2款", "17p2"),
    ("kaifeng", "第八条第(一)项、第九条第二款", "8p1(1) 9p2"),
    ("ankang", "9p2(4)", "9p2(4)"),
    ("chifeng", "赤峰十九到二十一条", "19p1 19p2 20p1 20p2 21p1 21p2"),
    ("chifeng", "二十一到十九条", "19p1 19p2 20p1 20p2 21p1 21p2"),
    ("chifeng", "19-21条", "19p1 19p2 20p1 20p2 21p1 21p2"),
    ("chifeng", "第十五条第二款第（一）到（三）项", "15p2(1) 15p2(2) 15p2(3)"),
    ("luoyang", "洛阳第18条第一、三项", "18p1(1) 18p1(3)"),
    ("luoyang", "洛阳第九条和第十二条", "9 12"),
    ("luoyang", "最后一条", "24"),
    ("bazhong", "第 十 二 条 第 （ 三 ） 项", "12p1(3)"),
    ("bazhong", "第 1 2 条", "12"),
    ("bazhong", "l2条3项", "12p1(3)"),
    ("bazhong", "第1O条", "10p1 10p2"),
    ("luoyang", "di shiba tiao di qi xiang", "18p1(7)"),
    ("luoyang", "luoyang di 9 tiao", "9"),
    ("kaifeng", "kaifeng er shi yi tiao", "21"),
    ("kaifeng", "17.2", "17p2"),
    ("chifeng", "24.3", "24p1(3)"),
    ("luoyang", "18(1)(2)", "18p1(1) 18p1(2)"),
    ("kaifeng", "第四到五章", "21 22 23 24 25 26 27 28 29 30 31"),
    ("kaifeng", "题头", "preamble"),
    ("kaifeng", "文末印发信息", "tail"),
    ("kaifeng", "开封第四章", "21 22 23 24 25 26 27"),
]

NOT_THERE = [
    ("kaifeng", "十二条之一", "《开封市居住证实施办法》共31条，没有第十二条之一。"),
    ("bazhong", "第九十九条", "《巴中市居住证管理办法》共21条，没有第九十九条。"),
    ("bazhong", "第三条第七款", "《巴中市居住证管理办法》第三条只有6款，没有第七款。"),
    ("bazhong", "12条9项", "《巴中市居住证管理办法》第十二条只有4项，没有第（九）项。"),
    ("bazhong", "第九条第一项", "《巴中市居住证管理办法》第九条没有分项，没有第（一）项。"),
    ("bazhong", "第四章", "《巴中市居住证管理办法》不分章。"),
    ("kaifeng", "第九章", "《开封市居住证实施办法》共5章，没有第九章。"),
    ("kaifeng", "第四到九章", "《开封市居住证实施办法》共5章，没有第六章。"),
    ("bazhong", "落款", "《巴中市居住证管理办法》没有文末印发信息。"),
    ("kaifeng", "17.5", "《开封市居住证实施办法》第十七条只有2款，没有第五款。"),
    ("kaifeng", "四十到五十条", "《开封市居住证实施办法》共31条，没有第四十条到第五十条。"),
    ("kaifeng", "第八条和第三十九条", "《开封市居住证实施办法》共31条，没有第三十九条。"),
]


def places(library: Library, city: str, query: str) -> str:
    reference = read_reference(query)
    assert reference is not None, query
    return " ".join(str(address) for address in resolve(library.cities[city], reference))


@pytest.mark.parametrize(("city", "query", "expected"), AS_TYPED)
def test_a_citation_is_read_as_people_type_it(library: Library, city: str, query: str, expected: str) -> None:
    assert places(library, city, query) == expected


@pytest.mark.parametrize(("city", "query", "told"), NOT_THERE)
def test_a_place_that_is_not_there_is_answered_with_what_the_text_has(
    library: Library, city: str, query: str, told: str
) -> None:
    with pytest.raises(NoSuchPlace) as caught:
        places(library, city, query)
    assert str(caught.value) == told


@pytest.mark.parametrize("query", ["", "办居住证要几天", "办证一条龙", "住了30条街", "「第五条」", "半年", "15日内"])
def test_what_cites_nothing_is_no_citation(query: str) -> None:
    assert read_reference(query) is None


@pytest.mark.parametrize("slug", ["bazhong", "ankang", "chifeng", "kaifeng", "luoyang"])
def test_every_citation_written_is_read_back_to_its_own_place(library: Library, slug: str) -> None:
    city = library.cities[slug]
    addresses = list(city.addresses())
    assert len(addresses) > 50
    for address in addresses:
        assert places(library, slug, official_citation(city, address)) == str(address)


@pytest.mark.parametrize(
    "text", ["1" * 200 + "x", "1、  " * 40 + "1", "第一、" * 60, "（1） " * 50, "yi er " * 30 + "x"]
)
def test_nothing_that_can_be_typed_takes_long_to_read(text: str) -> None:
    # Expressions that try every way to cut a text in pieces took seconds for these, and twice that for one sign more.
    started = time.process_time()
    read_reference(text)
    assert time.process_time() - started < 1
