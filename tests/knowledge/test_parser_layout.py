"""Page numbers, running titles, page feet and doubtful places: left out or kept, and told."""

from __future__ import annotations

import time

import pytest

from knowledge.parsing import parse_act
from tests.knowledge.reading import article_of, shape, small_act, told_back, warnings_of_line, wide


@pytest.mark.parametrize("number", ["- 3 -", "— 12 —", "第 3 页 共 9 页", "3/9", "12", wide("-9-")])
def test_a_page_number_in_a_sentence_is_left_out_and_told(number: str) -> None:
    act = small_act("第一条 流动人口应当自到达居住地之日起七个工作日内申报居", number, "住登记。")
    assert article_of(act, "1").text == "流动人口应当自到达居住地之日起七个工作日内申报居住登记。"
    assert warnings_of_line(act, 3) == [f"第3行：按页码略去「{number}」"]


def test_a_number_that_belongs_to_the_sentence_is_not_taken_for_a_page() -> None:
    act = small_act("第一条 流动人口在本市居住并且依法缴纳社会保险费满", "6", "个月以上的，可以申领。")
    assert article_of(act, "1").text.endswith("社会保险费满6个月以上的，可以申领。")
    assert warnings_of_line(act, 3)


def test_the_title_on_top_of_each_page_is_left_out_and_told() -> None:
    act = small_act(
        "第一条 流动人口应当自到达居住地之日起七个工作日内申报居", "云州市居住证办法", "住登记。", "第二条 乙。"
    )
    assert article_of(act, "1").text == "流动人口应当自到达居住地之日起七个工作日内申报居住登记。"
    assert warnings_of_line(act, 3) == ["第3行：按页眉略去「云州市居住证办法」"]


def test_a_rule_between_articles_is_left_out_and_told() -> None:
    act = small_act("第一条 甲。", wide("///"), "第二条 乙。", "————————")
    assert [article.text for article in act.articles] == ["甲。", "乙。"]
    assert warnings_of_line(act, 3) == ["第3行：按分隔线略去「" + wide("///") + "」"]


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (("第一条 甲。", "第二条 乙。", "第四条 丁。"), 4, "条号从2跳到4"),
        (("第一条 甲。", "第二条 乙。", "第二条 丁。"), 4, "条号从2跳到2"),
        (("第三条 甲。",), 2, "第一个条文是第3条，前面可能有缺漏"),
        (("第一条 下列：", "（一）甲；", "（三）丙。"), 4, "第1条的项从（1）跳到（3）"),
        (("第一条 下列：", "（一）甲；", "（一）丙。"), 4, "第1条的项从（1）跳到（1）"),
        (("第一条", "第二条 乙。"), 2, "第1条没有正文"),
        (("第一条 （一）甲；", "（二）乙。"), 2, "第1条的列举前没有文字"),
        (("第一条 甲方应当办理", "第二条 乙。"), 2, "第1条的最后一句没有句末标点"),
        (("第一条 应当提交下列材料：", "第二条 乙。"), 2, "后面没有列举"),
        (("第一条 公安机关", "负责办理。"), 3, "与上一行「公安机关」接成一句"),
        (("第一条 下列：", "（一）甲；", "2.乙。"), 4, "「2.」接不上前面的编号，按新的一款处理"),
        (("第一条 下列：", "（一）教育服务", "（二）就业服务", "公安机关负责。"), 5, "各项都没有句末标点"),
        (("第一条 本办法自2017年1月1日起施行。", "公安机关是主管机关。"), 3, "施行日期之后还有一段"),
        (("第一条 本办法自2017年1月1日起施行。", "云州在线", "浏览 930 次"), 3, "不像条文，归入文末"),
    ],
)
def test_what_is_doubtful_is_told_with_its_line(lines: tuple[str, ...], line: int, words: str) -> None:
    told = warnings_of_line(small_act(*lines), line)
    assert any(words in warning for warning in told), small_act(*lines).warnings


def test_a_list_without_stops_does_not_swallow_the_next_paragraph() -> None:
    act = small_act("第一条 下列服务：", "（一）教育服务", "（二）就业服务", "公安机关负责组织实施前款规定的服务。")
    assert shape(article_of(act, "1")) == [2, 0]


def test_the_foot_of_a_web_page_is_no_law() -> None:
    act = small_act("第一条 本办法自2017年1月1日起施行。[1]", "参考资料", "浏览次数：930次", "网站地图 | 关于我们")
    assert article_of(act, "1").text == "本办法自2017年1月1日起施行。[1]"
    assert act.tail.splitlines()[0] == "参考资料"


def test_a_last_sentence_without_its_stop_stays_in_the_article() -> None:
    act = small_act("第一条 本办法自2017年1月1日起施行。", "本办法由市公安局负责解释")
    assert shape(article_of(act, "1")) == [0, 0]
    assert act.tail == ""


def test_a_paragraph_that_begins_like_a_label_is_not_cut_off() -> None:
    act = small_act(
        "第一条 本办法自2017年1月1日起施行。", "审核机关应当执行本办法。", "来源于外地的材料按照本办法执行。"
    )
    assert (shape(article_of(act, "1")), act.tail) == ([0, 0, 0], "")


@pytest.mark.parametrize("text", ["", "\n\n　\n", "\x00\x01\x02\xff" * 50, "没有条文的一篇文章。", "第条 第一 第一章"])
def test_a_text_without_articles_gives_none_and_says_so(text: str) -> None:
    act = parse_act(text)
    assert act.articles == ()
    assert "没有找到任何「第…条」，请确认文件是法规正文" in act.warnings


def test_ten_thousand_characters_without_structure_are_kept() -> None:
    text = "居住登记和居住证管理" * 1000
    assert told_back(parse_act(text)) == text


@pytest.mark.parametrize(
    "filler",
    [
        " ",
        "　",
        "*",
        "-",
        "#",
        "&nbsp;",
        "第二章",
        "第二章 总则 ",
        "第",
        "第 ",
        "（",
        "一",
        "**",
        "第一条",
        "。",
        "12 ",
    ],
)
def test_no_text_however_odd_takes_long(filler: str) -> None:
    started = time.perf_counter()
    parse_act(f"云州市居住证办法\n第一条 甲{filler * 20_000}乙。")
    assert time.perf_counter() - started < 5
