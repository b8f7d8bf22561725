"""Search is deterministic, says which words ranked a passage, and finds nothing for a word no text has."""

from __future__ import annotations

import pytest

from knowledge.library import Library
from knowledge.search import ArticleSearch
from knowledge.text import squeeze


@pytest.fixture(scope="module")
def search(library: Library) -> ArticleSearch:
    return ArticleSearch(library.cities)


@pytest.mark.parametrize(
    ("query", "city", "place", "because"),
    [
        ("孕前检查 叶酸", "bazhong", "13p1(2)", "叶酸"),
        ("住房公积金", "bazhong", "12p1(3)", "公积金"),
        ("老年人 公交", "kaifeng", "22p1(7)", "公交"),
    ],
)
def test_the_right_passage_is_first_and_says_why(
    search: ArticleSearch, query: str, city: str, place: str, because: str
) -> None:
    first = search.search(query)[0]
    assert (first.city, str(first.address)) == (city, place)
    assert because in first.matched


def test_every_word_given_as_a_reason_stands_in_the_passage(search: ArticleSearch, library: Library) -> None:
    for passage in search.search("签注 过期 居住证 使用功能中止 补办"):
        text = squeeze(library.cities[passage.city].provision(passage.address).text)
        assert passage.matched
        assert all(word in text for word in passage.matched)


def test_the_same_search_finds_the_same_in_the_same_order(search: ArticleSearch, library: Library) -> None:
    again = ArticleSearch(library.cities)
    for query in ("签注 过期", "公安机关 居住证", "随迁子女 高考"):
        assert search.search(query) == search.search(query) == again.search(query)


@pytest.mark.parametrize("query", ["区块链", "", "，。", "blockchain"])
def test_a_search_whose_words_no_provision_has_finds_nothing(search: ArticleSearch, query: str) -> None:
    assert search.search(query) == []
    assert search.containing(query.strip("，。")) == []


def test_a_search_in_one_city_finds_that_city_only(search: ArticleSearch) -> None:
    found = search.search("居住证 签注", city="luoyang", limit=5)
    assert len(found) == 5
    assert {passage.city for passage in found} == {"luoyang"}


def test_a_phrase_is_found_wherever_it_stands_widths_and_spaces_aside(search: ArticleSearch) -> None:
    found = {(city, str(address)) for city, address in search.containing("交回 原证")}
    assert found == {("bazhong", "10p2"), ("ankang", "15p2"), ("chifeng", "18p2"), ("kaifeng", "20p1")}
    assert [city for city, _ in search.containing("交回原证", city="kaifeng")] == ["kaifeng"]


def test_how_rare_a_word_is_can_be_asked(search: ArticleSearch) -> None:
    assert (search.frequency("叶酸"), search.frequency("区块链")) == (1, 0)
    assert search.frequency("居住证") > 100
