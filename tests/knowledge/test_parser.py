"""The five regulations are read as a lawyer reads them: every 条, 款 and 项 where it belongs, every word kept."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.parsing import parse_act
from knowledge.text import squeeze
from tests.knowledge.reading import act_of, article_of, shape, source_of, told_back

ARTICLES = {"bazhong": 21, "ankang": 30, "chifeng": 33, "kaifeng": 31, "luoyang": 24}
CITIES = list(ARTICLES)

CUT_BY_THE_PAGE = [
    ("bazhong", "4", "通过互联网“四川省流动人口信息登记平台”自主申报。"),
    ("bazhong", "12", "参加企业职工基本养老、医疗、工伤、生育保险；"),
    ("bazhong", "13", "依法纳入救助范围。"),
    ("bazhong", "17", "200 元以下罚款, 有违法所得的，没收违法所得："),
    ("luoyang", "14", "变更到县（市）或者由县（市）变更到城市区的，应当到新居住地县级公安机关"),
    ("chifeng", "4", "在街道（乡镇）建立流动人口服务管理机构，"),
    ("chifeng", "9", "办理居住登记或者申领居住证，并报告当地受理机构。"),
    ("chifeng", "27", "骗领居住证或者冒用他人居住证，"),
    ("chifeng", "30", "出售或者非法提供给他人；"),
    ("kaifeng", "5", "完善财政转移支付制度，"),
    ("kaifeng", "11", "对申请材料不全的，应一次性书面告知"),
    ("kaifeng", "20", "按照有关规定执行。"),
    ("kaifeng", "22", "优惠政策，办理老年人免费乘车卡。"),
    ("kaifeng", "26", "合法稳定职业，或按照国家规定"),
]

# 款 by 款 the number of 项, counted in the printed texts.
SHAPES = [
    ("bazhong", {"3": [0] * 6, "4": [2], "5": [4, 0], "9": [0, 0], "12": [4], "13": [5], "17": [3], "18": [2, 0]}),
    ("ankang", {"2": [0] * 3, "5": [0, 0], "9": [0, 5], "12": [0, 0], "13": [0] * 3, "20": [6], "21": [7], "27": [5]}),
    ("chifeng", {"4": [0, 0], "5": [0] * 3, "12": [3], "15": [0, 3, 0, 0, 0], "24": [10], "29": [5, 0], "30": [5]}),
    ("kaifeng", {"7": [0, 0], "8": [3], "9": [3, 0], "19": [6], "20": [0, 0], "21": [6], "22": [9], "26": [3]}),
    ("luoyang", {"2": [0, 0], "10": [0, 0], "13": [0], "14": [0, 0], "18": [12], "19": [6], "21": [2, 0], "22": [5]}),
]


@pytest.mark.parametrize("city", CITIES)
def test_every_article_is_found_and_they_are_numbered_in_order(city: str) -> None:
    numbers = [article.number for article in act_of(city).articles]
    assert numbers == [str(number) for number in range(1, ARTICLES[city] + 1)]


@pytest.mark.parametrize("city", CITIES)
def test_no_word_is_lost_added_or_moved(city: str) -> None:
    """Apart from white space and the dashes before some 项, source and reading are the same string."""
    source = "".join(line.removeprefix("- ") for line in source_of(city).splitlines())
    assert told_back(act_of(city)) == squeeze(source)


@pytest.mark.parametrize(("city", "article", "sentence"), CUT_BY_THE_PAGE)
def test_a_sentence_the_page_cut_is_whole_again(city: str, article: str, sentence: str) -> None:
    assert sentence not in source_of(city).replace("\n\n", "\n")
    assert sentence in article_of(act_of(city), article).text


@pytest.mark.parametrize(("city", "shapes"), SHAPES)
def test_paragraphs_and_items_are_counted_as_in_print(city: str, shapes: dict[str, list[int]]) -> None:
    act = act_of(city)
    assert {number: shape(article_of(act, number)) for number in shapes} == shapes


def test_what_follows_a_list_begins_the_next_paragraph() -> None:
    after_the_list = article_of(act_of("luoyang"), "21").paragraphs[1].text
    assert after_the_list.startswith("伪造、变造的居住证和骗领的居住证，由公安机关予以收缴。")


def test_an_item_keeps_the_label_of_the_source() -> None:
    labels = [item.label for item in article_of(act_of("bazhong"), "13").paragraphs[0].items]
    assert labels == ["（一）", "（二）", "（三）", "(四)", "(五)"]


def test_the_printers_lines_of_kaifeng_are_no_part_of_its_last_article() -> None:
    act = act_of("kaifeng")
    assert (
        article_of(act, "31").text == "本办法自印发之日起施行。我市以前文件规定与本办法规定不一致的，按照本办法执行。"
    )
    assert act.tail.splitlines() == [
        "主办：市公安局",
        "督办：市政府办公室九科",
        "抄送：市委办公室，市人大常委会办公室，市政协办公室。",
        "开封市人民政府办公室",
        "2018年1月2日印发",
    ]


@pytest.mark.parametrize("city", ["bazhong", "ankang", "chifeng", "luoyang"])
def test_the_other_four_end_with_their_last_article(city: str) -> None:
    assert act_of(city).tail == ""


def test_the_title_block_of_chifeng_is_kept_with_its_mongolian_line() -> None:
    lines = act_of("chifeng").preamble.splitlines()
    assert lines[0].startswith("ᠴᠢᠮᠤᠯᠠᠭ")
    assert lines[1:3] == ["赤峰市人民政府办公厅文件", "赤政办发〔2017〕25号"]
    assert lines[-1] == "赤峰市居住证管理办法"


@pytest.mark.parametrize(
    ("city", "article", "flaw"),
    [
        ("ankang", "12", "3日工作日"),
        ("ankang", "12", "交通不变的地区"),
        ("chifeng", "21", "财政部门 and 价格主管部门"),
        ("luoyang", "14", "及时向向原县级公安机关"),
    ],
)
def test_a_flaw_of_the_source_is_not_mended(city: str, article: str, flaw: str) -> None:
    assert flaw in article_of(act_of(city), article).text


def test_a_bookmark_left_by_the_converter_stays_in_the_title_block() -> None:
    assert "[bookmark: _GoBack]（2016年1月12日" in act_of("luoyang").preamble


def test_chapters_are_those_of_the_source() -> None:
    def chapters(city: str) -> list[str]:
        return list(dict.fromkeys(article.chapter for article in act_of(city).articles if article.chapter))

    assert chapters("kaifeng") == [
        "第一章 总 则",
        "第二章 证件申领和发放",
        "第三章 证件管理",
        "第四章 权益和保障",
        "第五章 附 则",
    ]
    assert len(chapters("chifeng")) == 6
    assert chapters("bazhong") == chapters("ankang") == chapters("luoyang") == []


def test_an_article_stands_in_its_chapter() -> None:
    act = act_of("chifeng")
    assert article_of(act, "9").chapter == "第一章 总 则"
    assert article_of(act, "10").chapter == "第二章 居住证一般规定"
    assert article_of(act, "33").chapter == "第六章 附 则"


@pytest.mark.parametrize(
    ("city", "title", "number", "issuer"),
    [
        ("bazhong", "巴中市居住证管理办法", "巴中市人民政府令第42号", "巴中市人民政府"),
        ("ankang", "安康市居住证及流动人口服务管理实施办法（审查修改稿）", None, None),
        ("chifeng", "赤峰市居住证管理办法", "赤政办发〔2017〕25号", "赤峰市人民政府办公厅"),
        ("kaifeng", "开封市居住证实施办法", "汴政办〔2017〕162号", "开封市人民政府办公室"),
        ("luoyang", "洛阳市居住证管理暂行办法", "洛阳市人民政府令第125号", "洛阳市人民政府"),
    ],
)
def test_title_number_and_issuer(city: str, title: str, number: str | None, issuer: str | None) -> None:
    act = act_of(city)
    assert (act.title, act.number, act.issuer) == (title, number, issuer)


@pytest.mark.parametrize(
    ("city", "adopted", "effective"),
    [
        ("bazhong", date(2020, 9, 3), date(2020, 11, 1)),
        ("ankang", None, None),
        ("chifeng", date(2017, 5, 23), None),
        ("kaifeng", date(2017, 12, 30), None),
        ("luoyang", date(2016, 1, 12), date(2016, 2, 15)),
    ],
)
def test_a_date_the_text_does_not_write_is_empty_and_told(
    city: str, adopted: date | None, effective: date | None
) -> None:
    act = act_of(city)
    assert (act.adopted, act.effective) == (adopted, effective)
    assert ("正文没有写明施行日期，记为空" in act.warnings) is (effective is None)


def test_only_ankang_is_a_draft() -> None:
    assert {city: act_of(city).status for city in CITIES} == {
        "bazhong": "in_force",
        "ankang": "draft",
        "chifeng": "in_force",
        "kaifeng": "in_force",
        "luoyang": "in_force",
    }


@pytest.mark.parametrize("city", CITIES)
def test_nothing_but_missing_metadata_is_doubtful_in_the_five(city: str) -> None:
    assert [warning for warning in act_of(city).warnings if not warning.startswith("正文没有写明")] == []


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    source = source_of("kaifeng")
    assert parse_act("\ufeff" + source.replace("\n", "\r\n")) == parse_act(source)
