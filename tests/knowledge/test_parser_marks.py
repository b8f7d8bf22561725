"""Marks of chapters, articles, items and of a second act, each in a small invented act."""

from __future__ import annotations

import pytest

from knowledge.parsing import parse_act
from tests.knowledge.reading import article_of, shape, small_act, warnings_of_line, wide


def numbers(*lines: str) -> list[str]:
    return [article.number for article in small_act(*lines).articles]


def test_subitems_belong_to_their_item() -> None:
    act = small_act("第一条 应当提交：", "（一）住所证明：", "1.租房合同；", "2.房产证。", "（二）就业证明。")
    proof, job = article_of(act, "1").paragraphs[0].items
    assert [(sub.number, sub.label, sub.text) for sub in proof.subitems] == [
        (1, "1.", "租房合同；"),
        (2, "2.", "房产证。"),
    ]
    assert (job.number, job.subitems) == (2, ())


def test_subitems_without_stops_are_not_run_together() -> None:
    act = small_act("第一条 应当提交：", "（一）住所证明", "1、租房合同", "2、房产证", "（二）就业证明。")
    assert [sub.text for sub in article_of(act, "1").paragraphs[0].items[0].subitems] == ["租房合同", "房产证"]


def test_what_is_listed_below_a_subitem_stays_in_it() -> None:
    act = small_act("第一条 计分如下：", "（一）能力：", "1.职称分：", "①正高级；", "②副高级。", "2.其他分。")
    subitems = article_of(act, "1").paragraphs[0].items[0].subitems
    assert [sub.text for sub in subitems] == ["职称分：\n①正高级；\n②副高级。", "其他分。"]
    assert shape(article_of(act, "1")) == [1]


@pytest.mark.parametrize("labels", [("1.", "2."), ("1、", "2、"), ("（1）", "（2）"), ("一、", "二、"), ("①", "②")])
def test_other_labels_after_a_colon_are_items_too(labels: tuple[str, str]) -> None:
    act = small_act("第一条 应当提交：", f"{labels[0]}身份证；", f"{labels[1]}照片。", "前款材料应当真实。")
    assert shape(article_of(act, "1")) == [2, 0]
    assert [item.label for item in article_of(act, "1").paragraphs[0].items] == list(labels)


def test_an_inserted_article_has_a_number_of_its_own() -> None:
    act = small_act("第一条 甲。", "第十二条 乙。", "第十二条之一 丙。", "第十二条之二 丁。", "第十三条 戊。")
    assert [article.number for article in act.articles] == ["1", "12", "12-1", "12-2", "13"]
    assert [warning for warning in act.warnings if "跳到" in warning] == ["第3行：条号从1跳到12，请核对原文"]


@pytest.mark.parametrize(
    "heading", [wide("第12条") + " ", "第12条 ", "第十 二 条　", "**第十二条** ", "第十二条：", "第十二条、"]
)
def test_a_heading_may_be_written_in_many_ways(heading: str) -> None:
    act = small_act("第一条 甲。", f"{heading}居住证免费。")
    assert article_of(act, "12").text == "居住证免费。"


def test_several_articles_on_one_line_are_separated() -> None:
    act = small_act("第一条 为了管理，制定本办法。第二条 本办法适用于本市。 第三条 居住证免费。")
    assert [article.text for article in act.articles] == [
        "为了管理，制定本办法。",
        "本办法适用于本市。",
        "居住证免费。",
    ]
    assert warnings_of_line(act, 2) == ["第2行：一行里不止一条，已分开"]


def test_a_whole_act_on_one_line_is_still_read() -> None:
    act = parse_act(
        "云州市居住证办法 第一章 总则 第一条 为了管理。第二条 适用本市。第二章 附则 第三条 自印发之日起施行。"
    )
    assert [(article.number, article.chapter) for article in act.articles] == [
        ("1", "第一章 总则"),
        ("2", "第一章 总则"),
        ("3", "第二章 附则"),
    ]
    assert act.title == "云州市居住证办法"


def test_headings_without_a_space_are_read() -> None:
    lines = ("第一条为了管理，制定本办法。", "第二条本办法适用于本市。", "违反第一条规定的，责令改正。")
    act = small_act(*lines)
    assert [shape(article) for article in act.articles] == [[0], [0, 0]]
    assert article_of(act, "2").paragraphs[0].text == "本办法适用于本市。"


def test_one_heading_without_a_space_among_others_is_read_and_told() -> None:
    act = small_act("第一条 甲。", "第二条居住证免费。", "第三条 丙。")
    assert [article.number for article in act.articles] == ["1", "2", "3"]
    assert warnings_of_line(act, 3) == ["第3行：「第二条」后面没有空格，按条文开头处理"]


@pytest.mark.parametrize(
    "second_line",
    [
        "第二条规定的期限办理。",
        "第二条 规定的期限办理。",
        "第二条第一款办理。",
        "第二条、第三条办理。",
        "第二条的要求。",
    ],
)
def test_a_reference_at_the_beginning_of_a_line_opens_no_article(second_line: str) -> None:
    act = small_act("第一条 逾期未办理签注手续的，应当在三十日内按照本办法", second_line)
    assert [article.number for article in act.articles] == ["1"]
    assert article_of(act, "1").text.endswith(f"按照本办法{second_line}")
    assert warnings_of_line(act, 3), "这样的接法应当提示核对"


def test_a_reference_to_an_item_at_the_beginning_of_a_line_opens_no_item() -> None:
    act = small_act("第一条 有下列情形之一的：", "（一）甲。", "（二）违反本办法第七条第一款第", "（三）项规定的。")
    assert shape(article_of(act, "1")) == [2]


def test_a_chapter_title_may_stand_on_the_next_line() -> None:
    act = small_act("第一章", "总则", "第一条 甲。", "第二章", "", "附　则", "第二条 乙。")
    assert [article.chapter for article in act.articles] == ["第一章 总则", "第二章 附　则"]


def test_parts_and_sections_are_told_with_the_chapter() -> None:
    act = small_act(
        "第一章 总则", "第一条 甲。", "第二章 申领", "第一节 条件", "第二条 乙。", "第二节 程序", "第三条 丙。"
    )
    chapters = ["第一章 总则", "第二章 申领 第一节 条件", "第二章 申领 第二节 程序"]
    assert [article.chapter for article in act.articles] == chapters


def test_a_table_of_contents_stays_in_the_title_block() -> None:
    act = small_act("目　录", "第一章 总则", "第二章 附则", "第一章 总则", "第一条 甲。", "第二章 附则", "第二条 乙。")
    assert act.preamble.splitlines() == ["云州市居住证办法", "目　录", "第一章 总则", "第二章 附则"]
    assert [article.chapter for article in act.articles] == ["第一章 总则", "第二章 附则"]


def test_a_sentence_about_a_chapter_is_no_heading() -> None:
    act = small_act("第一章 总则", "第一条 居住证持有人应当享受本市按照本办法", "第三章有关", "规定提供的服务。")
    assert article_of(act, "1").text == "居住证持有人应当享受本市按照本办法第三章有关规定提供的服务。"


def test_a_chapter_without_articles_is_told() -> None:
    act = small_act("第一章 总则", "第一条 甲。", "第二章 略", "第三章 附则", "第二条 乙。")
    assert [article.text for article in act.articles] == ["甲。", "乙。"]
    assert warnings_of_line(act, 4) == ["第4行：「第二章 略」下没有条文，未归入任何一条"]


@pytest.mark.parametrize("caption", ["（目的依据）", "【目的依据】", "(《居住证》持证人的待遇)"])
def test_an_articles_caption_is_no_paragraph(caption: str) -> None:
    act = small_act(f"第一条 {caption}", "为了管理，制定本办法。", "本办法适用于本市。", f"第二条{caption}居住证免费。")
    assert [article.caption for article in act.articles] == [caption, caption]
    assert [shape(article) for article in act.articles] == [[0, 0], [0]]
    assert article_of(act, "1").text.splitlines()[0] == caption


def test_an_article_that_only_says_deleted_is_no_caption() -> None:
    assert article_of(small_act("第一条 （删去）", "第二条 乙。"), "1").paragraphs[0].text == "（删去）"


def test_a_second_act_in_the_file_is_an_act_of_its_own() -> None:
    act = small_act(
        "第一条 甲。",
        "第二条 本办法自2017年1月1日起施行。",
        "主办：市公安局",
        "海州市居住证规定",
        "第一章 总则",
        "第一条 丙。",
    )
    (later,) = act.later_acts
    assert [article.number for article in act.articles] == ["1", "2"]
    assert act.tail == "主办：市公安局"
    assert (later.title, later.preamble) == ("海州市居住证规定", "海州市居住证规定")
    assert [(article.number, article.chapter, article.text) for article in later.articles] == [
        ("1", "第一章 总则", "丙。")
    ]


def test_the_letter_that_comes_with_a_second_act_goes_with_it() -> None:
    act = small_act(
        "第一条 甲。",
        "海政发〔2018〕5号",
        "海州市人民政府关于印发海州市居住证规定的通知",
        "各区：",
        "海州市居住证规定",
        "第一条 乙。",
    )
    assert article_of(act, "1").text == "甲。"
    assert (act.later_acts[0].number, act.later_acts[0].issuer) == ("海政发〔2018〕5号", "海州市人民政府")


def test_doubts_about_a_second_act_are_told_with_it() -> None:
    act = small_act("第一条 甲。", "海州市居住证规定", "第一条 乙：", "（一）丙。", "（三）丁。")
    assert "第6行：第1条的项从（1）跳到（3），请核对原文" in act.later_acts[0].warnings
