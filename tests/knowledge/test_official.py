"""Provisions in the form officials write, for every place of every text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.address import PREAMBLE, TAIL, Address
from knowledge.citations import read_reference, resolve
from knowledge.city import City
from knowledge.library import Library
from knowledge.official import official_citation, official_citation_of, official_source
from knowledge.parsing.parser import parse_act

CITIES = ["bazhong", "ankang", "chifeng", "kaifeng", "luoyang"]


def places(library: Library, slug: str, query: str) -> list[Address]:
    reference = read_reference(query)
    assert reference is not None, query
    return resolve(library.cities[slug], reference)


def test_an_item_is_cited_in_the_full_legal_form_with_its_opening_words(library: Library) -> None:
    assert official_citation(library.cities["bazhong"], Address("12", 1, 3)) == (
        "《巴中市居住证管理办法》（巴中市人民政府令第42号）第十二条第（三）项："
        "「居住证持有人在我市依法享受劳动就业，参加社会保险，缴存、提取和使用住房公积金等权利，即：…"
        "凡合法连续足额缴存住房公积金6个月以上，且有稳定收入的，可使用住房公积金在我市贷款购房。」"
    )


def test_a_draft_cannot_be_mistaken_for_law_in_force(library: Library) -> None:
    cited = official_citation(library.cities["ankang"], Address("9", 2, 4))
    assert cited.startswith(
        "《安康市居住证及流动人口服务管理实施办法（审查修改稿）》（草案，无文号，施行日期空着）第九条第二款第（四）项：「"
    )
    assert cited.endswith("：…在全日制教育机构或者培训机构学习的；」")


def test_what_was_repealed_says_so(library: Library) -> None:
    city = replace(library.cities["luoyang"], status="repealed")
    assert official_source(city) == "《洛阳市居住证管理暂行办法》（洛阳市人民政府令第125号，已废止）"


@pytest.mark.parametrize(
    ("slug", "block", "starts"),
    [
        ("kaifeng", TAIL, "《开封市居住证实施办法》（汴政办〔2017〕162号）文末印发信息：「主办"),
        ("bazhong", PREAMBLE, "《巴中市居住证管理办法》（巴中市人民政府令第42号）题头：「巴中市居住证管理办法"),
    ],
)
def test_title_block_and_colophon_are_cited_by_name(library: Library, slug: str, block: str, starts: str) -> None:
    assert official_citation(library.cities[slug], Address(block)).startswith(starts)


@pytest.mark.parametrize(
    ("slug", "query", "named"),
    [
        ("luoyang", "二十到二十二条", "第二十条至第二十二条：\n第二十条：「"),
        ("kaifeng", "第四章", "第四章（第二十一条至第二十七条）：\n第二十一条：「"),
        ("bazhong", "第9条和第12条", "第九条、第十二条：\n第九条：「"),
        ("luoyang", "18条第一、三项", "第十八条第（一）项、第十八条第（三）项：\n第十八条第（一）项：「"),
        ("ankang", "第2条第2款和第9条", "第二条第二款、第九条：\n第二条第二款：「"),
        ("chifeng", "第二十条", "第二十条：「"),
    ],
)
def test_several_provisions_are_cited_together(library: Library, slug: str, query: str, named: str) -> None:
    city = library.cities[slug]
    assert official_citation_of(city, places(library, slug, query)).startswith(official_source(city) + named)


def test_neighbouring_items_stand_in_one_quotation_with_the_opening_words_once(library: Library) -> None:
    city = library.cities["luoyang"]
    cited = official_citation_of(city, places(library, "luoyang", "18条第2到4项"))
    paragraph = city.act.article("18").paragraphs[0]  # type: ignore[union-attr]  # the article is there
    second, third, fourth = (paragraph.item(number) for number in (2, 3, 4))
    assert second
    assert third
    assert fourth
    assert cited.partition("：「")[0].endswith("第十八条第（二）项至第（四）项")
    assert f"「{paragraph.text}…\n{second.label}{second.text}\n{third.label}{third.text}\n" in cited
    assert cited.endswith(f"{fourth.label}{fourth.text}」")
    from_the_first = official_citation_of(city, places(library, "luoyang", "18条第1到2项"))
    assert f"「{paragraph.text}\n（一）" in from_the_first


def test_subitems_stay_with_their_item(library: Library) -> None:
    act = parse_act("某某市办法\n\n第一条  有下列情形之一的：\n（一）甲：\n1.子；\n2.丑。\n（二）乙。\n")
    city = replace(library.cities["bazhong"], act=act, errata=())
    cited = official_citation(city, Address("1", 1, 1))
    assert cited.endswith("第一条第（一）项：「有下列情形之一的：…甲：\n1.子；\n2.丑。」")


def test_nothing_cannot_be_cited(library: Library) -> None:
    with pytest.raises(ValueError, match="没有可以引用"):
        official_citation_of(library.cities["bazhong"], [])
    with pytest.raises(KeyError):
        official_citation(library.cities["luoyang"], Address("30"))


def quoted_in(cited: str) -> str:
    return cited.partition("：「")[2].removesuffix("」")


@pytest.mark.parametrize("slug", CITIES)
def test_every_quotation_is_the_stored_text(library: Library, slug: str) -> None:
    city: City = library.cities[slug]
    for address in city.addresses():
        provision, quoted = city.provision(address), quoted_in(official_citation(city, address))
        assert quoted == (f"{provision.lead_in}…{provision.text}" if provision.lead_in else provision.text)
        assert (provision.lead_in is None) == (address.item is None)


@pytest.mark.parametrize("slug", CITIES)
def test_all_articles_from_the_first_to_the_last_are_all_in_it(library: Library, slug: str) -> None:
    city = library.cities[slug]
    cited = official_citation_of(city, list(city.addresses()))
    assert cited.count("：「") == len(city.act.articles)
    assert all(article.text in cited for article in city.act.articles)
