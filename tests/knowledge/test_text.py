"""Widths, white space and Chinese numerals: the same thing written in different ways is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import NUMERAL, fold, missing_counts, squeeze, to_chinese, to_int
from tests.knowledge.reading import wide

READ = {
    "12": 12, wide("12"): 12, " 12 ": 12, "十二": 12, "十": 10, "二十一": 21, "两": 2, "一百二十": 120, "一百零四": 104,
    "二〇一六": 2016, "二○一六": 2016, "三千": 3000, "○": 0,
}  # fmt: skip
WRITTEN = {1: "一", 10: "十", 12: "十二", 20: "二十", 21: "二十一", 100: "一百", 104: "一百零四", 210: "二百一十"}


@pytest.mark.parametrize("numeral", READ)
def test_a_numeral_is_read(numeral: str) -> None:
    assert to_int(numeral) == READ[numeral]


@pytest.mark.parametrize("text", ["", " ", "abc", "百", "十二三", "三点五", "½", "1.5", "-3", "1234567890"])
def test_what_is_no_whole_number_is_none(text: str) -> None:
    assert to_int(text) is None


@pytest.mark.parametrize("number", WRITTEN)
def test_a_number_is_written_as_a_regulation_writes_it(number: int) -> None:
    assert to_chinese(number) == WRITTEN[number]


@given(st.integers(0, 9999))
def test_a_number_written_in_chinese_is_read_back(number: int) -> None:
    assert to_int(to_chinese(number)) == number


def test_full_width_signs_are_folded_and_nothing_is_dropped() -> None:
    assert fold(f"第{wide('12')}条{wide('(3)A')}　。") == "第12条(3)A 。"


def test_white_space_seen_or_unseen_is_squeezed_out() -> None:
    assert squeeze(" 居 住\u200b证\u3000\n\ufeff（1） ") == "居住证(1)"


@given(st.text(max_size=40))
def test_no_white_space_survives_squeezing(text: str) -> None:
    assert not any(sign.isspace() or sign in "\u200b\ufeff" for sign in squeeze(text))


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        ("30日内补签。", "应当在三十日内补签"),
        ("满半年能办。", "居住六个月以上的"),
        ("统一制作，一般不收钱。", "由公安机关制作"),
        ("罚200元以下。", "处 200 元以下罚款"),
    ],
)
def test_a_number_written_in_another_way_is_the_same_number(statement: str, evidence: str) -> None:
    assert missing_counts(statement, evidence) == []


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [("30日内补签。", "应当在十五日内补签"), ("满半年能办。", "居住一年以上的"), ("罚200元。", "处五百元罚款")],
)
def test_a_number_the_evidence_does_not_have_is_missed(statement: str, evidence: str) -> None:
    assert len(missing_counts(statement, evidence)) == 1


@given(st.text(f"{NUMERAL.replace('0-9', '0123456789')}万", max_size=8))
def test_any_run_of_numerals_is_a_number_or_none(numerals: str) -> None:
    value = to_int(numerals)
    assert value is None or value >= 0


@pytest.mark.parametrize(
    ("statement", "evidence", "lacking"),
    [
        ("15日内。", "自受理之日起 15 日内", []),
        ("十五日内。", "自受理之日起 15 日内", []),
        ("15个工作日内。", "自受理之日起 15 日内", ["15工作日"]),
        ("罚30元。", "30日内办理", ["30元"]),
        ("住满半年。", "居住六个月以上", []),
        ("罚200到1000元。", "200 元以上 1000 元以下", []),
        ("三张照片两份材料。", "本人相片", ["2张", "3张"]),
        ("一般去派出所，统一办，一样享受。", "公安机关受理", []),
        ("3至5日内。", "三至五日内", []),
        ("六种情形。", "有下列情形之一的", ["6种"]),
    ],
)
def test_a_number_is_proven_only_with_what_it_counts(statement: str, evidence: str, lacking: list[str]) -> None:
    assert missing_counts(statement, evidence) == lacking
