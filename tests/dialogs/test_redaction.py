"""What a person wrote of themselves is never kept; what they asked about is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.redaction import MAX_CHARACTERS, known_words, redacted
from dialogs.redaction_vocabulary import NUMBER, PLACE, SOMETHING
from dialogs.understanding.place_names import elsewhere
from knowledge import labelled
from knowledge.datafile import CityError
from knowledge.library import Library
from knowledge.redaction_words import REDACTION_FILE, redaction_words
from tests.dialogs.test_redaction_attack import leaks

MARKS = re.compile("「(?:某|数|地名)」")
PUNCTUATION = re.compile("[ ，。？！：；（）、]")
LISTS = redaction_words()

STORY = [
    # The question stays as it was asked.
    ("居住证丢了怎么补", "居住证丢了怎么补"),
    ("換領居住證要什麼材料", "换领居住证要什么材料"),
    ("居\u200b住\ufeff证丢了", "居住证丢了"),
    ("我们小区物业不给登记咋办？", "我们小区物业不给登记咋办？"),
    ("公司不给开证明，厂里说自己去派出所", "公司不给开证明，厂里说自己去派出所"),
    ("派出所叫我带材料去", "派出所叫我带材料去"),
    ("住满六个月能办吗，7个工作日能拿证不", "住满六个月能办吗，七个工作日能拿证不"),
    ("租房合同快到期了，还能签注不", "租房合同快到期了，还能签注不"),
    # Names.
    ("我叫王建国，居住证丢了", "我叫「某」，居住证丢了"),
    ("我叫高兴想问一下居住证在哪办", "我叫「某」想问一下居住证在哪办"),
    ("姓名：李明天 要补办", "姓名：「某」 要补办"),
    ("我是李明天，要办居住证", "我是「某」，要办居住证"),
    ("张公平老师说要带租房合同", "「某」老师说要带租房合同"),
    ("陈平安居住证过期半年了咋办", "「某」居住证过期半年了咋办"),
    ("方便先生让我去派出所", "「某」先生让我去派出所"),
    ("找钱明天先生签字", "「某」先生签字"),
    ("我老公欧阳可以不会用手机", "我老公「某」不会用手机"),
    ("尉迟明天的居住证在哪领", "「某」的居住证在哪领"),
    ("我女儿叫陈可以，没有身份证", "我女儿叫「某」，没有身份证"),
    ("孩子张子涵上阳光幼儿园", "孩子「某」上「某」幼儿园"),
    ("俺是阿依古丽·买买提，居住证咋办", "俺是「某」，居住证咋办"),
    ("王 建 国 的居住证", "「某」 的居住证"),
    ("小王说老李能代办", "小「某」说「某」代办"),
    ("房东赵铁柱押着居住证不给", "房东「某」押着居住证不给"),
    ("my name is Li Lei 居住证", "「某」 居住证"),
    ("钱明天老师让我来", "「某」老师让我来"),
    ("我是南宫明天，要办证", "我是「某」，要办证"),
    ("我姓王，能办吗", "我姓「某」，能办吗"),
    ("我姓黄镇子，能办吗", "我姓「某」，能办吗"),
    ("我叫刘能不能办居住证", "我叫「某」不能办居住证"),
    ("儿子小名妞妞，大名是可以", "儿子小名「某」，大名是「某」"),
    ("网名叫明明不睡觉", "「某」不睡觉"),
    ("我们厂叫宏达，老板姓孟", "我们厂叫「某」，老板姓「某」"),
    # Numbers of every sort.
    ("身份证号410202199003071234能查吗", "身份证号「数」能查吗"),
    ("身份证号４１０２０２１９９００３０７１２３４能查吗", "身份证号「数」能查吗"),
    ("身份证41020219900307123X能查吗", "身份证「某」能查吗"),
    ("电话138 1234 5678", "电话「数」"),
    ("电话①③⑧①②③④⑤⑥⑦⑧", "电话「数」"),
    ("电话一三八一二三四五六七八", "电话「数」"),
    ("电话幺三八、一二三四、五六七八", "电话「数」"),
    ("卡号6222 0212 3456 7890 128 退钱", "卡号「数」 退钱"),
    ("微信zhangsan_1990加我", "「某」加我"),
    ("oABCD1234-efgh_5678ijkl 是我", "「某」 是我"),
    ("豫B12345能办吗", "「某」能办吗"),
    ("罚了我两百五十块钱", "罚了我「数」块钱"),
    # Days of a life, not the periods of a regulation.
    ("1990年5月3日出生", "「数」年「数」月「数」日出生"),
    ("二〇二五年十月一日到期", "「数」年「数」到期"),
    ("腊月初八生日，今年三十六岁", "「某」生日，今年「某」"),
    ("5月15日内办完", "「数」月「数」日内办完"),
    ("房租15日交", "房租「数」日交"),
    ("03年来的，住了三年", "「数」年来的，住了三年"),
    ("三十天内要办，15工作日拿证", "三十天内要办，十五工作日拿证"),
    ("十五日内办不完，2021年才到", "十五日内办不完，「数」年才到"),
    # Where a person lives and works.
    ("住建设路23号，能办吗", "住「某」，能办吗"),
    ("租在新建路，新小区", "租在「某」，新小区"),
    ("住涧西区重庆路跟西苑路交叉口", "住「某」跟「某」"),
    ("住建设路23号3栋2单元501室", "住「某」"),
    ("住在人民街幸福小区", "住在「某」"),
    ("家在居住证路", "家在「某」"),
    ("房子在平安村，村里不给开证明", "房子在「某」，村里不给开证明"),
    ("我在富士康公司上班", "我在「某」公司上班"),
    ("在兴旺鞋厂打工", "在「某」打工"),
    ("在河南郑州金水区住过", "在「地名」住过"),
    ("老家信阳的", "老家「地名」的"),
]


@pytest.mark.parametrize(("message", "kept"), STORY)
def test_the_question_stays_and_the_person_goes(library: Library, message: str, kept: str) -> None:
    assert redacted(library, message) == kept


@pytest.mark.parametrize("mark", [SOMETHING, NUMBER, PLACE])
def test_marks_of_a_redacted_text_are_left_as_they_are(library: Library, mark: str) -> None:
    assert redacted(library, f"我在{mark}住") == f"我在{mark}住"


def test_names_of_our_own_cities_and_counties_stay(library: Library) -> None:
    for city in library.cities.values():
        assert redacted(library, f"我在{city.name}住") == f"我在{city.name}住"
        county = next(name for name in city.counties.values() if name.endswith(("县", "区", "旗")))
        assert redacted(library, f"我在{county}住") == f"我在{county}住"


# ---- Laws of every text. ----

ALPHABET = (
    "我叫王建国李明天住在路街号小区公司的了吗居住证办理三八一〇两年月日元，。 "
    "「」某数地名aZ9\uff19①Ⅳ·-姓先生沈乾後六七个工作天内15"
)
MESSAGES = st.one_of(
    st.text(max_size=300), st.text(alphabet=ALPHABET, max_size=300), st.text(alphabet=ALPHABET, max_size=12)
)
QUESTIONS = [
    row.get("question") or row["text"]
    for file in sorted(labelled.QUESTIONS.glob("*.jsonl"))
    for row in labelled.read_rows(file)
    if "question" in row or "text" in row
]


def is_made_of(words: frozenset[str], run: str) -> bool:
    """Tell whether a run can be cut into `words`."""
    reached = {0}
    for end in range(1, len(run) + 1):
        if any(run[start:end] in words for start in reached):
            reached.add(end)
    return len(run) in reached


def check_laws(library: Library, text: str) -> str:
    """Check what holds for every text and return what was kept of it."""
    said = redacted(library, text)
    assert re.search(r"\d|[^\W\d_\u3400-\u9fff]", said) is None
    assert len(said) <= MAX_CHARACTERS
    assert redacted(library, said) == said
    for run in PUNCTUATION.split(MARKS.sub(" ", said)):
        assert is_made_of(known_words(library), run), run
    return said


@given(MESSAGES)
@settings(max_examples=200, deadline=None)
def test_of_any_text_only_known_words_stay(library: Library, text: str) -> None:
    check_laws(library, text)


def test_there_are_questions_to_hide_things_in() -> None:
    assert len(QUESTIONS) > 400


@pytest.mark.parametrize("step", range(5))
def test_of_every_question_only_known_words_stay(library: Library, step: int) -> None:
    for question in QUESTIONS[step::5]:
        check_laws(library, question)


def test_only_the_first_two_hundred_characters_are_read(library: Library) -> None:
    assert redacted(library, "居住证" * 100) == ("居住证" * 100)[:MAX_CHARACTERS]
    assert redacted(library, "我a" * MAX_CHARACTERS) == "我「某」" * (MAX_CHARACTERS // 4)
    assert redacted(library, "，" * MAX_CHARACTERS + "居住证") == "，"


# ---- Canaries: something of a person at any place of a real question, written in any way. ----

DIGITS = "13812345678"
CHINESE_DIGITS = DIGITS.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
FINANCIAL_DIGITS = DIGITS.translate(str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖"))
FULL_WIDTH = str.maketrans({number: number + 0xFEE0 for number in range(0x21, 0x7F)})
WIDTHS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "full width": lambda text: text.translate(FULL_WIDTH),
    "spaced": " ".join,
    "dashed": "-".join,
    "ideographic spaces": "　".join,
    "zero width": "\u200b".join,
}
CANARIES = (DIGITS, "410202199003071234", "6222021234567890128", "zhangsan_1990", "豫B7K925", "oX3kQ9wLm", "Dǒng Lěi")
NUMERALS = (CHINESE_DIGITS, FINANCIAL_DIGITS, "一三幺四四零二七七六八")
PEOPLE = ("王建国", "欧阳震华", "诸葛翠萍", "赵铁柱", "阿依古丽·买买提", "谭梓涵")


@given(st.sampled_from(QUESTIONS), st.sampled_from(CANARIES), st.sampled_from(sorted(WIDTHS)), st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_no_sign_of_a_number_or_of_latin_script_survives(
    library: Library, question: str, canary: str, width: str, place: int
) -> None:
    check_laws(library, question[:place] + WIDTHS[width](canary) + question[place:])


@given(st.sampled_from(QUESTIONS), st.sampled_from(NUMERALS), st.sampled_from(sorted(WIDTHS)), st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_no_number_in_chinese_numerals_survives(
    library: Library, question: str, canary: str, width: str, place: int
) -> None:
    said = check_laws(library, question[:place] + WIDTHS[width](canary) + question[place:])
    assert leaks(canary, re.sub(r"\W", "", said), question) == []


def test_numbers_in_circles_and_other_scripts_go_too(library: Library) -> None:
    for zero in "\uff10\u0660\u0966\U0001d7ce\U0001d7ec":
        number = "".join(chr(ord(zero) + int(digit)) for digit in DIGITS)
        assert redacted(library, f"电话{number}") == f"电话{NUMBER}"
    assert redacted(library, "电话①③⑧㊀❶") == f"电话{NUMBER}"


@given(
    st.sampled_from(QUESTIONS),
    st.sampled_from(PEOPLE),
    st.sampled_from(["plain", "spaced", "zero width"]),
    st.integers(0, 60),
)
@settings(max_examples=200, deadline=None)
def test_no_name_survives_anywhere(library: Library, question: str, canary: str, width: str, place: int) -> None:
    said = check_laws(library, question[:place] + WIDTHS[width](canary) + question[place:])
    assert leaks(canary, said, question) == []


# ---- The lists. ----


def test_no_word_is_known_and_never_known() -> None:
    closed = LISTS.plain | LISTS.times | LISTS.people | LISTS.words | LISTS.reviewed
    assert closed & LISTS.never == frozenset()


def test_no_place_elsewhere_is_a_word(library: Library) -> None:
    ours = {name for city in library.cities.values() for name in (*city.aliases, *city.counties)}
    assert elsewhere()[0] & known_words(library) - ours == frozenset()


def test_no_word_that_a_name_may_be_made_of_is_known_though_our_texts_have_it(library: Library) -> None:
    assert LISTS.never & known_words(library) == frozenset()


def test_a_word_of_our_texts_that_begins_or_ends_like_a_name_is_known_only_if_someone_read_it(library: Library) -> None:
    listed = LISTS.plain | LISTS.times | LISTS.people | LISTS.words | LISTS.reviewed | LISTS.stops
    listed |= LISTS.streets | LISTS.employers | LISTS.kinds | LISTS.honorifics | LISTS.labels
    ours = {name for city in library.cities.values() for name in (*city.aliases, *city.counties)}
    known = {word for word in known_words(library) - listed - ours if len(word) > 1}
    assert {word for word in known if word[0] in LISTS.surnames} == set()
    assert {word for word in known if word[-1] in LISTS.streets} == set()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda whole: "", "缺这一组词"),
        (lambda whole: f'{whole}\nextra = "的"', "没有这一组词"),
        (lambda whole: whole.replace('measure = "张"', "measure = 3"), "没有写文字"),
        (lambda whole: whole.replace('measure = "张"', "measure = 张"), "TOML 写法不对"),
    ],
)
def test_a_fault_of_the_lists_is_told_with_its_place(tmp_path: Path, change: Callable[[str], str], told: str) -> None:
    file = tmp_path / "redaction.toml"
    file.write_text(change(REDACTION_FILE.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CityError, match=f"redaction.toml.*{told}"):
        redaction_words(file)
