"""Every decision-relevant fact of a city: its value stands in its quote, its silence has a note, no row is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.duration import Duration, Unit
from knowledge.library import Library
from knowledge.loading import CityError, open_library
from knowledge.parameters_file import read_parameter_kinds
from knowledge.text import squeeze
from tests.knowledge.test_loading import Fault, error_of, spoil

FILE, ISSUE = "parameters.toml", "issue_within"
QUOTE = "公安机关应自受理之日起 15 日内制作发放居住证"


def issue(value: str, place: str = "12", quote: str = QUOTE) -> str:
    return f'issue_within = {{ value = {value}, from = {{ "{place}" = "{quote}" }} }}'


def free(value: str, quote: str) -> str:
    return f'fee_first = {{ value = "{value}", from = {{ "20p1" = "{quote}" }} }}'


FAULTS = {
    "unknown": Fault(FILE, "", 'luck = { silent = "没有写" }', "luck", "knowledge/parameters.toml"),
    "missing": Fault(FILE, ISSUE, "", ISSUE, "请写 value 和 from"),
    "told twice": Fault(FILE, "", 'issue_within = { silent = "没有写" }', "-", "同一个键不能写两次"),
    "no form": Fault(FILE, ISSUE, 'issue_within = "15日"', ISSUE, "写成 [issue_within] 一节"),
    "value without evidence": Fault(FILE, ISSUE, 'issue_within = { value = "15日" }', ISSUE, "写 value 和 from"),
    "evidence empty": Fault(FILE, ISSUE, 'issue_within = { value = "15日", from = {} }', f"{ISSUE}.from", "条款和原文"),
    "silence without a note": Fault(FILE, ISSUE, 'issue_within = { silent = "" }', f"{ISSUE}.silent", "引号里"),
    "wrong number": Fault(FILE, ISSUE, issue('"30日"'), f"{ISSUE}.value", "请改正数字"),
    "wrong unit": Fault(FILE, ISSUE, issue('"15个工作日"'), f"{ISSUE}.value", "请改正数字"),
    "at once, but not said": Fault(FILE, ISSUE, issue('"当场"'), f"{ISSUE}.value", "请改正数字"),
    "no period": Fault(FILE, ISSUE, issue('"很快"'), f"{ISSUE}.value", "照样子改"),
    "quote of another article": Fault(FILE, ISSUE, issue('"15日"', "13"), f"{ISSUE}.from", "照原文抄"),
    "quote of no article": Fault(FILE, ISSUE, issue('"15日"', "99"), f"{ISSUE}.from", "对照原文"),
    "altered quote": Fault(FILE, ISSUE, issue('"15日"', "12", QUOTE[:-1] + "卡"), f"{ISSUE}.from", "照原文抄"),
    "number cut in two": Fault(FILE, ISSUE, issue('"5日"', "12", "5 日内制作发放"), f"{ISSUE}.from", "抄到单位后面"),
    "word over two quotes": Fault(
        FILE, "apply_at",
        'apply_at = { value = ["证居住地"], from = { "8" = "申领居住证", "7p1" = "居住地公安派出所" } }',
        "apply_at.value", "照引文抄",
    ),
    "choice that is none": Fault(FILE, "fee_first", free("cheap", "免收证件工本费"), "fee_first.value", "请写 free"),
    "choice the quote does not mean": Fault(
        FILE, "fee_exchange",
        'fee_exchange = { value = "free", from = { "20p2" = "换领、补领居住证应缴纳证件工本费" } }',
        "fee_exchange.value", "请改正值",
    ),
    "word that is not quoted": Fault(
        FILE, "materials_study",
        'materials_study = { value = ["校徽"], from = { "9p1(3)" = "学生证" } }', "materials_study.value", "照引文抄",
    ),
    "words that are none": Fault(
        FILE, "materials_study",
        'materials_study = { value = [], from = { "9p1(3)" = "学生证" } }', "materials_study.value", "照引文抄",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_file_key_and_remedy(tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    spoil(tmp_path, fault)
    told = error_of(tmp_path)
    assert told.startswith(f"kaifeng/{FILE} [{fault.key}] ")
    assert fault.remedy in told.partition("；")[2]


def test_the_grid_is_complete_and_every_value_is_quoted_word_for_word(library: Library) -> None:
    rows = [tuple(city.parameters) for city in library.cities.values()]
    assert len(rows[0]) >= 70
    assert all(row == rows[0] for row in rows)
    for city in library.cities.values():
        for parameter in city.parameters.values():
            assert (parameter.value is None) == bool(parameter.note) == (not parameter.evidence)
            for one in parameter.evidence:
                assert squeeze(one.quote) in squeeze(city.provision(one.address).text)


def test_a_text_that_can_be_read_in_two_ways_says_so(library: Library) -> None:
    ways = {name for city in library.cities.values() for name, one in city.parameters.items() if one.readings}
    assert {
        "late_years",
        "late_keeps_years_within",
        "issue_within",
        "in_force_after",
        "property_reports_within",
    } <= ways


@pytest.mark.parametrize(
    ("written", "number", "unit"),
    [
        ("15日", 15, Unit.DAY),
        ("7个工作日", 7, Unit.WORKING_DAY),
        ("1个月", 1, Unit.MONTH),
        ("半年", 6, Unit.MONTH),
        ("3年", 36, Unit.MONTH),
        ("当场", 0, Unit.DAY),
    ],
)
def test_a_period_is_read_as_it_is_written(written: str, number: int, unit: Unit) -> None:
    assert Duration.parse(written) == Duration(number, unit, written)


@pytest.mark.parametrize("written", ["", "15", "日", "0日", "十五日", "-3日", "1.5年", "15日内"])
def test_what_is_no_period_is_told_with_the_forms(written: str) -> None:
    with pytest.raises(ValueError, match="请写成 15日、7个工作日"):
        Duration.parse(written)


def test_a_value_of_another_kind_is_not_taken_for_it(library: Library) -> None:
    parameters = library.cities["kaifeng"].parameters
    for reading, name in (("duration", "fee_first"), ("choice", "issue_within"), ("words", "fee_first")):
        with pytest.raises(TypeError, match=name):
            getattr(parameters[name], reading)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ('[pace]\ntitle = "快慢"\nkind = "speed"\n', "duration"),
        ('[pace]\ntitle = "快慢"\nkind = "choice"\n', "choice 还要写 options"),
        ('[pace]\ntitle = "快慢"\nkind = "words"\noptions = { a = { says = "a", needs = "a" } }\n', "别的不写"),
        ('[pace]\ntitle = "快慢"\nkind = "choice"\noptions = { a = "a" }\n', "写成"),
        ('[pace]\ntitle = "快慢"\nkind = "choice"\noptions = { a = { says = "a", needs = "(" } }\n', "正则表达式"),
        ('[pace]\ntitle = "快慢"\nkind = "choice"\noptions = { a = { says = "a" } }\n', "says"),
    ],
)
def test_a_faulty_kind_is_told(tmp_path: Path, text: str, remedy: str) -> None:
    file = tmp_path / "parameters.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CityError) as caught:
        read_parameter_kinds(file)
    assert remedy in caught.value.remedy


def test_the_packaged_cities_open() -> None:
    assert len(open_library().cities) == 5
