"""Regulations the parser was not written for: other provinces and cities, as web pages and word processors leave them.

They are samples outside the repository: set SAMPLES_DIR to the folder that holds `regulations/other/`.
"""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.act import Act
from knowledge.parsing import parse_act
from knowledge.text import squeeze
from tests.knowledge.reading import article_of, shape, told_back

FOLDER = Path(os.environ.get("SAMPLES_DIR", "没有设置")) / "regulations" / "other"
INDEX = FOLDER / "INDEX.tsv"
LEFT_OUT = re.compile(r"第(\d+)行：按(?:页码|分隔线|排版标记|页眉)略去")

pytestmark = pytest.mark.skipif(
    not INDEX.exists(), reason=f"SAMPLES_DIR 下没有 regulations/other/INDEX.tsv（找的是 {INDEX}），跳过外地法规"
)


@dataclass(frozen=True)
class Facts:
    title: str | None
    number: str | None
    issuer: str | None
    adopted: str | None
    effective: str | None
    status: str


FACTS = {
    "全国": Facts(
        "居住证暂行条例",
        "中华人民共和国国务院令第663号",
        "中华人民共和国国务院",
        "2015-11-26",
        "2016-01-01",
        "in_force",
    ),
    "云南": Facts(
        "云南省流动人口服务管理条例",
        "省人大常委会公告第61号",
        "云南省人民代表大会常务委员会",
        "2012-07-29",
        "2013-01-01",
        "in_force",
    ),
    "北京": Facts(
        "北京市实施《居住证暂行条例》办法",
        "北京市人民政府令第270号",
        "北京市人民政府",
        "2016-05-17",
        "2016-10-01",
        "in_force",
    ),
    "四川": Facts(
        "四川省流动人口信息登记办法",
        "四川省人民政府令第279号",
        "四川省人民政府",
        "2014-06-14",
        "2014-10-01",
        "in_force",
    ),
    "山东": Facts(
        "山东省流动人口服务管理办法",
        "山东省人民政府令第253号",
        "山东省人民政府",
        "2012-06-05",
        "2012-10-01",
        "in_force",
    ),
    "广西": Facts(
        "广西壮族自治区引进人才实行《广西壮族自治区居住证》制度暂行办法",
        "桂政发〔2005〕27号",
        None,
        None,
        "2005-10-01",
        "in_force",
    ),
    "成都": Facts(
        "成都市居住证管理规定", "成都市人民政府令第170号", "成都市人民政府", "2010-07-26", "2011-01-01", "in_force"
    ),
    "福建": Facts("福建省实施《居住证暂行条例》办法（草 案）", None, None, None, None, "draft"),
    "银川": Facts(None, None, None, None, "2008-11-01", "unknown"),
    "佛山": Facts("佛山市流动人口和出租屋服务管理办法", None, None, None, "2014-10-01", "unknown"),
    "浙江": Facts(
        "浙江省流动人口居住登记条例",
        "浙江省人民代表大会常务委员会公告第39号",
        "浙江省人民代表大会常务委员会",
        "2016-03-31",
        "2016-07-01",
        "in_force",
    ),
}


def articles_by_file() -> dict[str, int]:
    """Return the number of article headings of each text file, as counted by hand."""
    if not INDEX.exists():
        return {}
    with INDEX.open(encoding="utf-8", newline="") as table:
        rows = csv.DictReader(table, delimiter="\t")
        return {row["file"]: int(row["article_headings"]) for row in rows if row["file"].endswith((".txt", ".md"))}


def read(place: str) -> tuple[str, Act]:
    (file,) = (FOLDER / name for name in articles_by_file() if name.startswith(place))
    raw = file.read_text(encoding="utf-8")
    return raw, parse_act(raw)


def test_every_text_file_of_the_index_is_examined() -> None:
    assert {name.partition("_")[0] for name in articles_by_file()} == set(FACTS)


@pytest.mark.parametrize("place", FACTS)
def test_as_many_articles_are_read_as_the_index_counts(place: str) -> None:
    _, act = read(place)
    (expected,) = (count for name, count in articles_by_file().items() if name.startswith(place))
    assert [article.number for article in act.articles] == [str(number) for number in range(1, expected + 1)]


@pytest.mark.parametrize("place", FACTS)
def test_no_word_is_lost_added_or_moved_unless_it_is_told(place: str) -> None:
    raw, act = read(place)
    told = {int(match[1]) for warning in act.warnings if (match := LEFT_OUT.match(warning))}
    lines = [line for number, line in enumerate(raw.splitlines(), 1) if number not in told]
    assert told_back(act) == squeeze("".join(line.strip().lstrip("#").replace("**", "") for line in lines))


@pytest.mark.parametrize(("place", "facts"), FACTS.items())
def test_the_title_block_is_understood(place: str, facts: Facts) -> None:
    _, act = read(place)
    adopted = act.adopted.isoformat() if act.adopted else None
    effective = act.effective.isoformat() if act.effective else None
    assert Facts(act.title, act.number, act.issuer, adopted, effective, act.status) == facts


@pytest.mark.parametrize(
    ("place", "shapes"),
    [
        ("全国", {"8": [0, 0], "9": [0] * 6, "11": [0, 0], "13": [7], "16": [4], "19": [2, 0]}),
        ("云南", {"10": [5, 0], "11": [2], "13": [0] * 4, "23": [10, 0], "32": [0] * 3, "33": [0]}),
        ("北京", {"7": [2, 0, 0, 0], "10": [4, 0], "16": [3], "24": [0]}),
        ("四川", {"2": [0, 0], "4": [0] * 3, "9": [0, 0], "19": [0]}),
        ("山东", {"9": [0, 5], "10": [0, 5], "25": [9], "26": [5, 0], "47": [0]}),
        ("广西", {"4": [0, 0], "7": [4], "8": [4, 0, 0, 0], "11": [11]}),
        ("成都", {"3": [3], "7": [0] * 3, "12": [0] * 4, "15": [0] * 3, "18": [4], "30": [0] * 3}),
        ("福建", {"7": [3], "8": [3, 0], "11": [0] * 3, "12": [3], "14": [11], "21": [8]}),
        ("银川", {"2": [0, 3], "4": [0] * 4, "15": [4], "19": [5], "38": [4], "40": [0]}),
        ("佛山", {"2": [0] * 4, "5": [0, 0], "8": [0, 0, 0, 6], "19": [0] * 4, "28": [10], "30": [4, 0]}),
        ("浙江", {"4": [0] * 4, "12": [4, 0, 0], "19": [0] * 3, "25": [6], "37": [4], "40": [0]}),
    ],
)
def test_paragraphs_and_items_are_counted_as_a_lawyer_counts_them(place: str, shapes: dict[str, list[int]]) -> None:
    _, act = read(place)
    assert {number: shape(article_of(act, number)) for number in shapes} == shapes


def test_captions_of_chengdu_are_no_paragraphs() -> None:
    """Article 30 speaks of 第二十三条第一款, which is the prohibition and not the caption."""
    _, act = read("成都")
    prohibition = article_of(act, "23")
    assert prohibition.caption == "（禁止规定）"
    assert prohibition.paragraphs[0].text == "任何单位和个人不得骗取、冒领、转借、转让居住证。"
    assert all(article.caption for article in act.articles)


def test_the_explanation_before_the_act_of_foshan_is_no_article() -> None:
    _, act = read("佛山")
    assert "出台的背景与意义" in act.preamble
    assert article_of(act, "1").text.startswith("为加强我市流动人口和出租屋服务管理工作")


def test_chapter_titles_on_the_next_line_are_read_in_yinchuan() -> None:
    _, act = read("银川")
    chapters = ["第一章 总则", "第二章 居住登记", "第三章 服务管理", "第四章 法律责任", "第五章 附则"]
    assert list(dict.fromkeys(article.chapter for article in act.articles)) == chapters


@pytest.mark.parametrize(
    ("place", "first_line"),
    [("云南", "网站地图 | 网站声明 | 关于我们"), ("山东", "主题词：公安　人口　管理　办法"), ("银川", "参考资料")],
)
def test_the_foot_of_the_page_is_kept_apart(place: str, first_line: str) -> None:
    _, act = read(place)
    assert act.tail.splitlines()[0] == first_line


@pytest.mark.parametrize(
    ("place", "warning"),
    [
        ("全国", "第23行：按分隔线略去"),
        ("广西", "第69行：施行日期之后还有一段，请核对是否属于这一条"),
        ("银川", "第73行：第28条的最后一句没有句末标点，可能有缺漏"),
        ("浙江", "第11行：按排版标记略去「<!-- INFO END -->」"),
    ],
)
def test_what_is_doubtful_is_told_with_its_line(place: str, warning: str) -> None:
    _, act = read(place)
    assert any(told.startswith(warning) for told in act.warnings), act.warnings
