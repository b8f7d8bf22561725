"""Nothing legal is said unless it is proved: every quote is the stored text, every number stands in a quote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.address import Address
from knowledge.city import City, Provision
from knowledge.library import Library
from rules.findings import find
from rules.proof import ProofError, check_quote, check_statement

FORGED = "无"
OTHER = "非"


def flipped(text: str, position: int) -> str:
    """Return `text` with the character at `position` changed to another."""
    wrong = FORGED if text[position] != FORGED else OTHER
    return text[:position] + wrong + text[position + 1 :]


def every_provision(city: City) -> list[Provision]:
    return [city.provision(address) for address in city.addresses()]


def test_every_stored_provision_proves_itself(library: Library) -> None:
    for city in library.cities.values():
        for provision in every_provision(city):
            check_quote(city, provision)


def test_one_flipped_character_in_any_quote_is_caught(library: Library) -> None:
    tried = 0
    for city in library.cities.values():
        for provision in every_provision(city):
            for position in {0, len(provision.text) // 2, len(provision.text) - 1}:
                if not provision.text[position].strip():
                    continue
                with pytest.raises(ProofError):
                    check_quote(city, replace(provision, text=flipped(provision.text, position)))
                tried += 1
    assert tried > 900


def test_a_flipped_character_in_the_opening_words_of_an_item_is_caught(library: Library) -> None:
    for city in library.cities.values():
        for provision in every_provision(city):
            if provision.lead_in:
                with pytest.raises(ProofError, match="开头"):
                    check_quote(city, replace(provision, lead_in=flipped(provision.lead_in, 3)))


def test_an_item_is_never_shown_without_its_opening_words(library: Library) -> None:
    luoyang = library.cities["luoyang"]
    item = luoyang.provision(Address("18", 1, 8))
    assert item.lead_in == "居住证持证人依法享受当地户籍人员相同的下列权益："
    with pytest.raises(ProofError, match="开头"):
        check_quote(luoyang, replace(item, lead_in=None))


def test_another_citys_words_do_not_prove_an_address(library: Library) -> None:
    kaifeng, chifeng = library.cities["kaifeng"], library.cities["chifeng"]
    with pytest.raises(ProofError, match="不一致"):
        check_quote(kaifeng, replace(chifeng.provision(Address("20", 2)), address=Address("20", 2)))


def test_a_place_that_does_not_exist_proves_nothing(library: Library) -> None:
    luoyang = library.cities["luoyang"]
    with pytest.raises(ProofError, match="没有这个条款"):
        check_quote(luoyang, Provision(Address("30"), "随便什么", None))


@pytest.mark.parametrize("dropped", ["不", "但", "逐步", "可以", "除外"])
def test_a_quote_that_drops_a_decisive_word_is_caught(library: Library, dropped: str) -> None:
    city, provision = next(
        (city, provision)
        for city in library.cities.values()
        for provision in every_provision(city)
        if dropped in provision.text
    )
    with pytest.raises(ProofError):
        check_quote(city, replace(provision, text=provision.text.replace(dropped, "", 1)))


def test_a_number_that_is_in_no_quote_is_caught(library: Library) -> None:
    chifeng = library.cities["chifeng"]
    evidence = [chifeng.provision(Address("20", 2))]
    check_statement(chifeng, "中止30日内补，年限接着算。", evidence)
    check_statement(chifeng, "中止三十日内补，年限接着算。", evidence)
    for wrong in ("中止15日内补。", "中止半年内补。", "要交20元。", "三个月内补。"):
        with pytest.raises(ProofError, match="引文里没有"):
            check_statement(chifeng, wrong, evidence)


def test_a_statement_without_evidence_is_caught(library: Library) -> None:
    with pytest.raises(ProofError, match="没有依据"):
        check_statement(library.cities["luoyang"], "补领不收钱。", [])


def test_every_statement_of_every_city_is_proved_by_its_own_quotes(library: Library) -> None:
    proved = 0
    for city in library.cities.values():
        for topic in library.topics:
            finding = find(city, topic)
            if finding.statement is not None:
                check_statement(city, finding.statement, finding.evidence)
                proved += 1
    assert proved > 450
