"""What an operator enters: offices and holidays, read strictly, each fault told with its line and what to write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.holidays import read_holidays
from knowledge.library import Library
from knowledge.loading import CityError, open_library
from knowledge.offices import COLUMNS, Offices, read_offices

HEAD = ",".join(COLUMNS)
ROW = "luoyang,涧西区,涧西区全区,涧西分局便民大厅,某某路1号,0379-12345678,周一至周五 9:00—17:00,,2026-11-21"


def offices(library: Library, folder: Path, *lines: str) -> Offices:
    file = folder / "offices.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_offices(file, library.cities.values())


def test_the_offices_of_a_county_come_alone_and_of_a_city_all(library: Library, tmp_path: Path) -> None:
    other = ROW.replace("涧西区,涧西区全区,涧西", "洛龙区,洛龙区全区,洛龙")
    found = offices(library, tmp_path, HEAD, ROW, other)
    city = library.cities["luoyang"]
    assert [office.name for office in found.of(city, "涧西")] == ["涧西分局便民大厅"]
    assert len(found.of(city)) == len(found.of(city, "嵩县")) == 2
    assert found.of(library.cities["kaifeng"]) == ()


@pytest.mark.parametrize(
    ("row", "key", "remedy"),
    [
        (ROW.replace("luoyang", "xian"), "第 2 行 city", "可用："),
        (ROW.replace("某某路1号", ""), "第 2 行 address", "都要写"),
        (ROW.replace("0379-12345678", "找老王"), "第 2 行 phone", "只写数字和横线"),
        (ROW.replace("2026-11-21", "昨天"), "第 2 行 checked_on", "2026-11-21"),
        (f"{ROW},多一列", "第 2 行", "英文双引号"),
        ("luoyang,涧西区", "第 2 行", "英文双引号"),
    ],
)
def test_a_faulty_office_is_told(library: Library, tmp_path: Path, row: str, key: str, remedy: str) -> None:
    with pytest.raises(CityError) as caught:
        offices(library, tmp_path, HEAD, row)
    assert caught.value.key == key
    assert remedy in caught.value.remedy


def test_the_line_is_counted_as_the_file_has_it(library: Library, tmp_path: Path) -> None:
    with pytest.raises(CityError) as caught:
        offices(library, tmp_path, HEAD, ROW, "", ROW.replace("luoyang", "xian"))
    assert caught.value.key == "第 4 行 city"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="JUZHUZHENG_OPERATOR_DIR"):
        open_library(operator_dir=tmp_path / "nowhere")


def test_other_columns_and_other_files_are_told(library: Library, tmp_path: Path) -> None:
    with pytest.raises(CityError, match="第一行写 city,county"):
        offices(library, tmp_path, "city,tel", "luoyang,1")
    file = tmp_path / "offices.csv"
    file.write_bytes("城市".encode("gb18030"))
    with pytest.raises(CityError, match="UTF-8"):
        read_offices(file, library.cities.values())


def test_holidays_of_a_year_are_read(tmp_path: Path) -> None:
    file = tmp_path / "holidays.toml"
    file.write_text("[2027]\noff = [2027-01-01]\nworked = [2027-01-02]\n", encoding="utf-8")
    (year,) = read_holidays(file).values()
    assert (year.off, year.worked) == ({date(2027, 1, 1)}, {date(2027, 1, 2)})


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("[next]\noff = []\nworked = []\n", "[2027]"),
        ("[2027]\noff = []\n", "worked"),
        ('[2027]\noff = ["2027-01-01"]\nworked = []\n', "不加引号"),
        ("[2027]\noff = [2028-01-03]\nworked = []\n", "不加引号"),
        ("[2027]\noff = [2027-01-02]\nworked = []\n", "星期一到五"),
        ("[2027]\noff = []\nworked = [2027-01-04]\n", "星期六、日"),
    ],
)
def test_faulty_holidays_are_told(tmp_path: Path, text: str, remedy: str) -> None:
    file = tmp_path / "holidays.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CityError) as caught:
        read_holidays(file)
    assert remedy in caught.value.remedy


def test_both_files_are_taken_from_the_operator_s_folder_and_may_be_absent(tmp_path: Path) -> None:
    empty = open_library(operator_dir=tmp_path)
    assert empty.offices.of(empty.cities["luoyang"]) == ()
    (tmp_path / "offices.csv").write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8")
    (tmp_path / "holidays.toml").write_text("[2027]\noff = [2027-01-01]\nworked = []\n", encoding="utf-8")
    filled = open_library(operator_dir=tmp_path)
    assert len(filled.offices.of(filled.cities["luoyang"])) == 1
    assert set(filled.holidays) == {2027}
