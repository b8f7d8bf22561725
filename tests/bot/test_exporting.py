"""What the office takes out: the columns that the operator has set, and a file that no program takes for formulas."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.exporting import columns_of, csv_of, safe, table_of
from bot.operators import FACTS, OPERATORS_FILE, read_operators
from bot.store.office import ReadDeclaration
from dialogs.advisor import Advisor
from dialogs.effects import Declared, Status
from knowledge.datafile import CityError
from knowledge.library import Library
from tests.bot.declaring import EMPLOYER, HUKOU, NUMBER, OFFICE, WITH_OFFICE, Clock, Person, declared, opened
from tests.bot.keeping import ADDRESS, NAME, PHONE

LISTED = ("姓名", "性别", "民族", "公民身份号码", "联系电话", "入职（学）日期", "入职（学）单位", "近期相片",
          "常住户口所在地地址", "居住地住址")  # fmt: skip
WHO = '[bazhong]\nname = "甲"\ncontact = "乙"\nlegal_basis = "丙"\nkeep_days = 30\n'


def read_back(data: bytes) -> list[list[str]]:
    """Return the cells as a spreadsheet reads them."""
    assert data.startswith(b"\xef\xbb\xbf"), "by this Excel knows that it is UTF-8"
    return list(csv.reader(io.StringIO(data[3:].decode(), newline="")))


def test_a_declaration_handed_in_comes_out_under_the_items_of_the_law(
    advisor: Advisor, library: Library, tmp_path: Path
) -> None:
    with opened(advisor, tmp_path, Clock(), WITH_OFFICE) as started:
        receipt = declared(Person(started), library)
        assert started.records is not None
        taken = started.records.export(["bazhong"], Status.WAITING, "clerk", "交接", 10)
        assert started.records.find_waiting(receipt).station == "巴州区"
    columns = columns_of(library.cities["bazhong"], OFFICE)
    assert columns == ("receipt", "submitted_on", *LISTED)
    heading, row = read_back(csv_of(table_of(taken, columns, library)))
    assert heading == ["回执号", "填报日期", *LISTED]
    assert dict(zip(heading, row, strict=True)) == {
        "回执号": receipt,
        "填报日期": "2026-11-02",
        "姓名": NAME,
        "性别": "女",
        "民族": "汉族",
        "公民身份号码": f"'{NUMBER}",
        "联系电话": PHONE,
        "入职（学）日期": "2025年3月1日",
        "入职（学）单位": EMPLOYER,
        "近期相片": "已交",
        "常住户口所在地地址": HUKOU,
        "居住地住址": f"巴州区江北街道{ADDRESS}",
    }


def read_of(*items: tuple[str, str], **changed: object) -> ReadDeclaration:
    known = Declared("1231-8447-1098", "bazhong", Status.REGISTERED, date(2026, 11, 1), registered_on=date(2026, 11, 9))
    return ReadDeclaration(replace(known, **changed), items, (), "巴州区")  # type: ignore[arg-type]


def test_every_column_there_is_finds_its_cell_by_any_name_of_the_item(library: Library) -> None:
    read = read_of(("姓名", "甲"), ("联系电话", "13800138000"), ("街道、乡镇", "江北街道"))
    heading, row = table_of([read], (*FACTS, "名字", "手机", "乡镇", "民族"), library)
    assert heading == ("回执号", "填报日期", "状态", "登记日期", "区县", "名字", "手机", "乡镇", "民族")
    assert row[:5] == ("1231-8447-1098", "2026-11-01", "已登记", "2026-11-09", "巴州区")
    assert row[5:] == ("甲", "13800138000", "江北街道", "")
    waiting = read_of(status=Status.WAITING, registered_on=None)
    assert table_of([waiting], ("status", "registered_on"), library)[1] == ("等待受理", "")


# --------------------------------------------------------------------------------------- no formula, nothing cut

STARTS = ["=", "+", "-", "@", *map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20, 0xFE66, 0xFE62, 0xFE63, 0xFE6B, 0x2212))]
"""Those of ASCII, their full-width and small forms, and the minus sign."""

BEFORE = ["", " ", "\u3000", "\t", "\r", "\n", "\u200b", "\ufeff", "\xa0", " \u3000\t"]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", BEFORE)
def test_no_cell_is_a_formula_whatever_it_begins_with(start: str, before: str) -> None:
    (row,) = read_back(csv_of([[f'{before}{start}HYPERLINK("http://x","甲"),乙']]))
    assert row == [f'\'{start}HYPERLINK("http://x","甲"),乙']


@pytest.mark.parametrize("typed", ["甲\n=1+1", "甲\r\n=1+1", "甲\x0b=1+1", "甲\u2028=1+1", "甲\x85=1+1", '甲"\n=1+1'])
def test_what_is_typed_on_several_lines_is_one_line_of_one_cell(typed: str) -> None:
    data = csv_of([["前", typed, "后"]])
    assert data.count(b"\n") == 1
    ((before, cell, after),) = read_back(data)
    assert (before, after) == ("前", "后")
    assert cell.startswith("甲")
    assert "\n" not in cell


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("410311199003074518", "'410311199003074518"),
        ("41031119900307451X", "41031119900307451X"),
        ("13800138000", "13800138000"),
        ("0827555555", "'0827555555"),
        ("0827-5555555", "0827-5555555"),
        ("0", "0"),
        ("", ""),
        ("2026-11-01", "2026-11-01"),
        ("四川省渠县天星镇红旗村2组15号", "四川省渠县天星镇红旗村2组15号"),
        ("a=b", "a=b"),
    ],
)
def test_a_long_number_is_no_number_to_round_and_all_else_stays(cell: str, kept: str) -> None:
    assert safe(cell) == kept


def test_a_cell_made_safe_twice_is_the_same() -> None:
    assert safe(safe("=1")) == safe("=1") == "'=1"


def test_where_cells_are_parted_by_semicolons_or_tabs_a_cell_is_one_too() -> None:
    assert csv_of([["甲;=1+1"]]) == b'\xef\xbb\xbf"' + "甲;=1+1".encode() + b'"\r\n'


def test_half_of_a_pair_does_not_break_the_file() -> None:
    assert read_back(csv_of([["甲\ud800乙", "\U00030edd"]])) == [["甲乙", "\U00030edd"]]


# --------------------------------------------------------------------------------------------- what may be set


def test_an_operator_sets_the_columns(library: Library, tmp_path: Path) -> None:
    (tmp_path / OPERATORS_FILE).write_text(f'{WHO}export = ["receipt", "station", "姓名", "手机"]\n', encoding="utf-8")
    ((slug, operator),) = read_operators(tmp_path, library)
    assert columns_of(library.cities[slug], operator) == ("receipt", "station", "姓名", "手机")


def test_where_the_law_lists_nothing_the_operators_items_are_the_columns(library: Library) -> None:
    operator = replace(OFFICE, items=("姓名", "证件号码"))
    assert columns_of(library.cities["luoyang"], operator) == ("receipt", "submitted_on", "姓名", "证件号码")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('["姓名", "血型"]', "没有“血型”这一列"),
        ('["姓名", "姓名"]', "一列写了两次"),
        ("[]", "没有列"),
        ('"姓名"', "不是字符串列表"),
        ("[1]", "不是字符串列表"),
    ],
)
def test_a_slip_is_told_with_its_remedy(library: Library, tmp_path: Path, given: str, told: str) -> None:
    (tmp_path / OPERATORS_FILE).write_text(f"{WHO}export = {given}\n", encoding="utf-8")
    with pytest.raises(CityError) as fault:
        read_operators(tmp_path, library)
    assert "[bazhong.export]" in str(fault.value)
    assert told in str(fault.value)
