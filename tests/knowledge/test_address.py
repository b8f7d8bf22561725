"""An address is read and written the same way, sorts as the text runs, and is named as officials name it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.address import Address, article_name, place_name
from knowledge.library import Library

AS_THE_TEXT_RUNS = (
    "preamble 1 2 2p1 2p1(1) 2p1(2) 2p1(10) 2p2 9 9p2(4) 12 12p3 12-1 12-1p2 12-2 12-10 13 100 tail".split()
)


@pytest.mark.parametrize(
    ("notation", "address"),
    [
        ("12", Address("12")),
        ("9p2", Address("9", 2)),
        ("12(3)", Address("12", None, 3)),
        ("9p2(4)", Address("9", 2, 4)),
        ("12-1p2(10)", Address("12-1", 2, 10)),
        ("preamble", Address("preamble")),
        (" tail ", Address("tail")),
    ],
)
def test_the_notation_of_the_data_files_is_read(notation: str, address: Address) -> None:
    assert Address.parse(notation) == address


@given(
    article=st.from_regex(r"[1-9][0-9]{0,2}(-[1-9][0-9]?)?", fullmatch=True) | st.sampled_from(["preamble", "tail"]),
    paragraph=st.none() | st.integers(1, 99),
    item=st.none() | st.integers(1, 99),
)
def test_what_is_written_is_read_back(article: str, paragraph: int | None, item: int | None) -> None:
    is_block = article in ("preamble", "tail")
    address = Address(article, None if is_block else paragraph, None if is_block else item)
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize("order", range(5))
def test_addresses_sort_as_the_text_runs(order: int) -> None:
    shuffled = [Address.parse(notation) for notation in AS_THE_TEXT_RUNS]
    random.Random(order).shuffle(shuffled)  # no secret: the same five orders every time
    assert [str(address) for address in sorted(shuffled)] == AS_THE_TEXT_RUNS


def test_every_text_yields_its_addresses_in_sorted_order(library: Library) -> None:
    for city in library.cities.values():
        addresses = list(city.addresses())
        assert addresses == sorted(addresses), city.name


@pytest.mark.parametrize(
    "notation", ["", "第十二条", "12p", "12()", "12p0", "12(0)", "12（3）", "p2", "9(4)p2", "tail2", "1 2"]
)
def test_bad_notation_tells_what_to_write(notation: str) -> None:
    with pytest.raises(ValueError, match=r"请写成 12、9p2、12\(3\)、9p2\(4\)、preamble 或 tail") as told:
        Address.parse(notation)
    assert f"「{notation}」" in str(told.value)


@pytest.mark.parametrize(
    ("notation", "name"),
    [
        ("12", "第十二条"),
        ("20p2", "第二十条第二款"),
        ("9p2(4)", "第九条第二款第（四）项"),
        ("12-1", "第十二条之一"),
        ("104p1(11)", "第一百零四条第一款第（十一）项"),
        ("preamble", "题头"),
        ("tail", "文末印发信息"),
    ],
)
def test_a_place_is_named_as_officials_name_it(notation: str, name: str) -> None:
    assert place_name(Address.parse(notation), name_paragraph=True) == name


def test_the_only_paragraph_of_an_article_is_not_named() -> None:
    assert place_name(Address("12", 1, 3), name_paragraph=False) == "第十二条第（三）项"
    assert article_name("10") == "第十条"


def test_the_batch_contract_has_three_keys() -> None:
    assert Address("9", 2, 4).to_json() == {"article": "9", "paragraph": 2, "item": 4}
    assert Address("12-1").to_json() == {"article": "12-1", "paragraph": None, "item": None}
