"""Names, all invented: what people answer when asked for one, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.person_name import PROBLEMS, BadName, read_person_name

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨欧阳司马额布"


def outcome_of(text: str) -> str:
    """Return the name that was read, else the problem."""
    try:
        return read_person_name(text)
    except BadName as refusal:
        return refusal.problem


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *((typed, "张小三") for typed in ("张小三", " 张 小 三 ", "张小三。")),
        *((typed, "张小三") for typed in ("我叫张小三", "我叫做张小三", "叫张小三")),
        *((typed, "张小三") for typed in ("姓名：张小三", "姓名张小三")),
        *((typed, "张小三") for typed in ("我的名字是张小三", "名字叫张小三！", "是张小三")),
        *((typed, "张小三") for typed in ("本人张小三", "本人姓名：张小三", "俺是张小三")),
        *((typed, "张小三") for typed in ("额叫张小三", "“张小三”", "张小三\u200b")),
        ("额尔敦", "额尔敦"),  # 额 is 我 in some mouths and begins a Mongolian name
        ("吉克曲布阿木", "吉克曲布阿木"),
        ("李不是", "李不是"),
        ("其其格·阿么", "其其格·阿么"),  # a dot tells a name: 么 at its end asks nothing
        ("〇一", "〇一"),
        ("\U0002c5a6某", "\U0002c5a6某"),  # extension E
        ("\U0003106c某", "\U0003106c某"),  # extension G
        ("\U000313f9某", "\U000313f9某"),  # extension H: newer than the tables of Python 3.11
        ("Anna Müller", "Anna Müller"),
        ("Jean-Luc O'Neil", "Jean-Luc O'Neil"),
        ("我叫 John  Smith", "John Smith"),
    ],
)  # fmt: skip
def test_a_name_is_read(typed: str, name: str) -> None:
    assert read_person_name(typed) == name


@pytest.mark.parametrize(
    "dot", ["\u00b7", "\u2022", "\u2027", "\u30fb", "\uff65", "\uff0e", ".", "\u2219", " \u00b7 ", "··"]
)
def test_the_dot_of_a_minority_name_is_one_dot_however_it_was_typed(dot: str) -> None:
    assert read_person_name(f"我叫阿依古丽{dot}买买提{dot}吾吗尔") == "阿依古丽\u00b7买买提\u00b7吾吗尔"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        *(("", "none"), ("  ", "none"), ("王", "none"), ("我叫王", "looks_like_sentence"), ("。", "none")),
        *(("张三1", "digits"), ("511902199003071239", "digits"), ("我叫13812345678", "digits")),
        *(("叫什么名字？", "looks_like_question"), ("为什么要填名字", "looks_like_question")),
        ("要真名吗", "looks_like_question"),
        *(("咋写", "looks_like_question"), ("能不能不写", "looks_like_question")),
        *(("不想说", "looks_like_sentence"), ("我要办居住证", "looks_like_sentence")),
        ("张三，男", "looks_like_sentence"),
        *(("汉族", "looks_like_sentence"), ("取消", "looks_like_sentence"), ("好的", "looks_like_sentence")),
        *(("没有", "looks_like_sentence"), ("ok", "looks_like_sentence"), ("哈哈哈", "looks_like_sentence")),
        ("居住登记需要带什么", "looks_like_question"),
        ("王" * 13, "looks_like_sentence"),
        *(("张三😀", "symbols"), ("😀😀", "symbols"), ("<b>张三</b>", "symbols")),
        *(("张三（男）", "symbols"), ("张@三", "symbols")),
        *(("·张三", "symbols"), ("张三·", "symbols"), ("Tom张", "symbols"), ("张\x00三", "symbols")),
        *(("王" * 51, "too_long"), ("阿布·" * 17 + "都", "too_long"), ("a" * 51, "too_long")),
    ],
)  # fmt: skip
def test_what_is_no_name_is_told(typed: str, problem: str) -> None:
    assert outcome_of(typed) == problem
    assert problem in PROBLEMS


def test_the_bounds_are_two_and_fifty() -> None:
    assert read_person_name("a" * 50) == "a" * 50
    assert read_person_name("王五") == "王五"
    assert len(read_person_name("阿布·" * 16 + "阿都")) == 50


@given(st.sampled_from(SURNAMES), st.text("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英", min_size=1, max_size=3))
def test_a_usual_name_is_read_as_it_is_bare_and_introduced(surname: str, given_name: str) -> None:
    name = surname + given_name
    assert {
        read_person_name(f"{before}{name}{after}") for before in ("", "我叫", "姓名：") for after in ("", "。")
    } == {name}


@given(st.text(max_size=80) | st.text("我叫是姓名张三·. ，a1😀", max_size=30))
def test_any_text_is_refused_with_a_known_problem_or_is_a_name_that_reads_the_same_again(text: str) -> None:
    outcome = outcome_of(text)
    if outcome not in PROBLEMS:
        assert 2 <= len(outcome) <= 50
        assert not any(sign.isdigit() for sign in outcome)
        assert outcome_of(outcome) == outcome
