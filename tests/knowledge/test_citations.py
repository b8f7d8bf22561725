"""Citations are read as people type them, written as officials write them, and read back to the same place."""

from __future__ import annotations

import pytest

from knowledge.address import Address
from knowledge.citations import NoSuchPlace, official_citation, read_reference, resolve
from knowledge.library import Library
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


def test_an_item_is_cited_in_the_full_legal_form_with_its_opening_words(library: Library) -> None:
    assert official_citation(library.cities["bazhong"], Address("12", 1, 3)) == (
        "《巴中市居住证管理办法》（巴中市人民政府令第42号）第十二条第（三）项："
        "「居住证持有人在我市依法享受劳动就业，参加社会保险，缴存、提取和使用住房公积金等权利，即：…"
        "凡合法连续足额缴存住房公积金6个月以上，且有稳定收入的，可使用住房公积金在我市贷款购房。」"
    )


def test_a_text_without_a_number_is_cited_without_one(library: Library) -> None:
    cited = official_citation(library.cities["ankang"], Address("9", 2, 4))
    assert cited.startswith("《安康市居住证及流动人口服务管理实施办法（审查修改稿）》第九条第二款第（四）项：「")
    assert cited.endswith("：…在全日制教育机构或者培训机构学习的；」")


def test_title_block_and_colophon_are_cited_by_name(library: Library) -> None:
    assert "（汴政办〔2017〕162号）文末印发信息：「主办" in official_citation(
        library.cities["kaifeng"], Address("tail")
    )
    assert "）题头：「巴中市居住证管理办法" in official_citation(library.cities["bazhong"], Address("preamble"))


@pytest.mark.parametrize("slug", ["bazhong", "ankang", "chifeng", "kaifeng", "luoyang"])
def test_every_citation_written_is_read_back_to_its_own_place(library: Library, slug: str) -> None:
    city = library.cities[slug]
    addresses = list(city.addresses())
    assert len(addresses) > 50
    for address in addresses:
        assert places(library, slug, official_citation(city, address)) == str(address)
