"""The staff's box reads what is typed in haste: initials, bare figures, pinyin apart, short 文号, amounts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.lookup import Clerk, LookupKind
from dialogs.shorthand import Shorthand, figures_alone
from knowledge.citations import Reference
from knowledge.library import Library
from knowledge.text import counts_in
from rules.findings import find

PLACES = {
    "巴中 12 3": ("bazhong", "12p1(3)"),
    "bz 12 3": ("bazhong", "12p1(3)"),
    "kf 17 2": ("kaifeng", "17p2"),
    "巴中12条3": ("bazhong", "12p1(3)"),
    "巴中办法12条三": ("bazhong", "12p1(3)"),
    "安康 9 四": ("ankang", "9p2(4)"),
    "安康9-2-4": ("ankang", "9p2(4)"),
    "巴12条3项": ("bazhong", "12p1(3)"),
    "开17-2": ("kaifeng", "17p2"),
    "洛13": ("luoyang", "13"),
    "赤20-2": ("chifeng", "20p2"),
    "luo yang di shi san tiao": ("luoyang", "13"),
    "汴政办162号第8条": ("kaifeng", "8"),
    "赤政办发25号": ("chifeng", "preamble"),
}


@pytest.mark.parametrize("query", PLACES)
def test_one_place_of_one_city_is_found_by_what_is_typed_in_haste(clerk: Clerk, query: str) -> None:
    found = clerk.look_up(query)
    assert found.kind is LookupKind.CITE
    assert [(hit.city, str(hit.address)) for hit in found.hits] == [PLACES[query]]


@pytest.mark.parametrize("query", ["巴中12-14条", "巴中12、13条", "巴中 1 2条", "开封26③", "洛阳14条第二款"])
def test_what_is_written_out_is_read_as_before(clerk: Clerk, query: str) -> None:
    found = clerk.look_up(query)
    assert [hit.address.article for hit in found.hits if hit.address] == {
        "巴中12-14条": ["12", "13", "14"],
        "巴中12、13条": ["12", "13"],
        "巴中 1 2条": ["12"],
        "开封26③": ["26"],
        "洛阳14条第二款": ["14"],
    }[query]


@pytest.mark.parametrize("query", ["开一张证明", "巴一下", "安全", "洛阳一带", "3个月", "2020 11"])
def test_an_initial_or_a_figure_in_other_words_cites_nothing(clerk: Clerk, query: str) -> None:
    assert clerk.look_up(query).kind not in {LookupKind.CITE, LookupKind.RANGE}


def test_a_number_alone_is_the_article_of_that_number_in_every_city(clerk: Clerk, library: Library) -> None:
    assert {hit.city for hit in clerk.look_up("12").hits} == set(library.cities)
    assert {hit.address.article for hit in clerk.look_up("12").hits if hit.address} == {"12"}
    assert clerk.look_up("200").kind is not LookupKind.CITE


def test_two_figures_that_no_provision_has_are_refused_with_what_there_is(clerk: Clerk) -> None:
    assert clerk.look_up("巴中 12 9").message == "《巴中市居住证管理办法》第十二条只有4项，没有第（九）项。"
    assert clerk.look_up("洛阳 7-2-1").message == "《洛阳市居住证管理暂行办法》第七条只有1款，没有第二款。"


@pytest.mark.parametrize(
    "query", ["15日", "十五日", "7个工作日", "七个工作日内", "200元", "二百元以下", "30日", "6个月", "半年"]
)
def test_an_amount_is_found_in_either_numerals_and_nothing_else_is(clerk: Clerk, library: Library, query: str) -> None:
    found, wanted = clerk.look_up(query), counts_in(query)
    assert found.kind is LookupKind.PHRASE
    for hit in found.hits:
        assert hit.address is not None
        assert counts_in(library.cities[hit.city].provision(hit.address).text) & wanted
    assert len({hit.city for hit in found.hits}) > 1 or query.startswith(("7", "七"))


def test_a_day_of_the_calendar_is_no_time_limit(clerk: Clerk) -> None:
    found = clerk.look_up("15日")
    assert ("luoyang", "24") not in [(hit.city, str(hit.address)) for hit in found.hits]  # 自2016年2月15日起施行


def test_an_amount_that_no_text_has_is_not_taken_for_a_like_one(clerk: Clerk) -> None:
    assert clerk.look_up("5个工作日").hits[0].city == "ankang"
    assert len(clerk.look_up("5个工作日").hits) == 1  # 十五个工作日 is another


def test_a_wrong_document_number_is_told_and_the_place_shown_all_the_same(clerk: Clerk) -> None:
    found = clerk.look_up("洛阳市人民政府令第130号第7条")
    assert [(hit.city, str(hit.address)) for hit in found.hits] == [("luoyang", "7")]
    assert found.message == "文号对不上：洛阳的是洛阳市人民政府令第125号。"
    assert clerk.look_up("巴中市人民政府令第43号").kind is LookupKind.NOT_FOUND
    assert clerk.look_up("洛阳市人民政府令第125号第7条").message is None
    assert clerk.look_up("汴政办〔2017〕162号第十二条").message is None


def test_several_cities_without_the_place_are_named_in_one_line(clerk: Clerk) -> None:
    assert clerk.look_up("12条3项").message == "没有这一处的：安康、开封、洛阳。"
    assert "共24条，没有第三十条" in (clerk.look_up("巴中和洛阳第三十条").message or "")  # nowhere: what each has


def test_a_city_alone_is_asked_on_for(clerk: Clerk) -> None:
    for query in ("巴中", "bz", "bazhong"):
        assert "共21条。请接着写" in (clerk.look_up(query).message or "")


def test_a_search_on_a_clear_topic_names_the_cities_that_are_silent(clerk: Clerk, library: Library) -> None:
    for query in ("补领收费", "有效期", "选举"):
        found = clerk.look_up(query)
        assert found.kind is LookupKind.SEARCH
        assert found.topic is not None
        silent = [city.short for city in library.cities.values() if find(city, found.topic).statement is None]
        assert silent
        assert (found.message or "").endswith(f"的：{'、'.join(silent)}。")


def test_a_city_that_is_silent_leads_to_what_the_others_say(clerk: Clerk) -> None:
    found = clerk.look_up("洛阳 补领 多少钱")
    assert (found.kind, found.topic) == (LookupKind.NOT_FOUND, "fee_reissue")


@pytest.mark.parametrize("query", ["什么时候施行", "啥时候施行", "何时施行"])
def test_words_for_asking_are_not_looked_for_in_the_texts(clerk: Clerk, query: str) -> None:
    hit = clerk.look_up(query).hits[0]
    assert hit.text is not None
    assert "起施行" in hit.text


def test_letters_that_mean_nothing_find_nothing(clerk: Clerk) -> None:
    assert clerk.look_up("lya").kind is LookupKind.NOT_FOUND


def test_an_initial_that_two_cities_share_stands_for_neither(library: Library) -> None:
    luoyang = library.cities["luoyang"]
    assert Shorthand({"luoyang": luoyang}).written_out("洛13") == "洛阳13"
    assert Shorthand({"luoyang": luoyang, "luochuan": replace(luoyang, short="洛川")}).written_out("洛13") == "洛13"


def test_figures_are_read_alone_only() -> None:
    assert figures_alone("12 3") == Reference("12", None, 3, is_loose=True)
    assert figures_alone("7-2-1") == Reference("7", 2, 1)
    assert figures_alone("公积金 12 3") is None
    assert figures_alone("12") is None
