"""Marks, layout and doubtful places, each in a small invented act."""

from __future__ import annotations

import time
from datetime import date

import pytest

from knowledge.parsing import parse_act
from tests.knowledge.reading import article_of, shape, small_act, told_back, warnings_of_line, wide


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


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["云州市居住证", "管理办法（试行）", "第一条 甲。"], "云州市居住证管理办法（试行）"),
        (["《云州市居住证办法》", "第一条 甲。"], "云州市居住证办法"),
        (["云州市实施《居住证暂行条例》办法 来源：云州日报", "第一条 甲。"], "云州市实施《居住证暂行条例》办法"),
        (["《云州市实施〈居住证条例〉办法》已经会议通过。", "第一条 甲。"], "云州市实施《居住证条例》办法"),
        (["云 州 市 居 住 证 办 法", "第一条 甲。"], "云州市居住证办法"),
        (
            ["关于印发云州市居住证条例实施细则的通知", "云州市居住证条例实", "施细则", "第一条 甲。"],
            "云州市居住证条例实施细则",
        ),
        (["（2008年8月13日云州市人民代表大会通过）", "第一条 甲。"], None),
    ],
)
def test_the_title_is_found_where_it_stands(lines: list[str], title: str | None) -> None:
    assert parse_act("\n".join(lines)).title == title


@pytest.mark.parametrize(
    ("lines", "number", "issuer"),
    [
        (["云州市人民政府令", "（第12号）"], "云州市人民政府令第12号", "云州市人民政府"),
        (["云州市人大常委会公告第3号公布"], "云州市人大常委会公告第3号", "云州市人大常委会"),
        (
            ["云政办〔2017〕16号", "云州市人民政府办公室关于印发办法的通知"],
            "云政办〔2017〕16号",
            "云州市人民政府办公室",
        ),
        (["根据《居住证暂行条例》（国务院令第663号）制定"], None, None),
        ([wide("云政发[2017]8号")], "云政发〔2017〕8号", None),
        (["云州市公安局", "2017年5月1日"], None, "云州市公安局"),
    ],
)
def test_number_and_issuer_are_the_acts_own(lines: list[str], number: str | None, issuer: str | None) -> None:
    act = small_act(*lines, "第一条 甲。")
    assert (act.number, act.issuer) == (number, issuer)


@pytest.mark.parametrize(
    ("lines", "adopted", "effective"),
    [
        (["二〇一七年五月三日"], date(2017, 5, 3), None),
        ([wide("2017年5月3日")], date(2017, 5, 3), None),
        (["2014年1月1日", "网页发布", "2017年5月3日"], date(2017, 5, 3), None),
        (["（2017年5月3日云州市人民政府令第1号公布 自2018年1月1日起施行）"], date(2017, 5, 3), date(2018, 1, 1)),
        (
            ["已经2017年4月1日会议通过，现予公布，自2018年1月1日起施行。", "2017年5月3日"],
            date(2017, 5, 3),
            date(2018, 1, 1),
        ),
        (["根据2015年11月26日国务院公布的条例制定。"], None, None),
        (["2017年13月3日"], None, None),
    ],
)
def test_dates_are_read_from_the_title_block(lines: list[str], adopted: date | None, effective: date | None) -> None:
    act = small_act(*lines, "第一条 本办法自印发之日起施行。")
    assert (act.adopted, act.effective) == (adopted, effective)


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("云州市居住证办法（草 案）", "draft"),
        ("云州市居住证办法（征求意见稿）", "draft"),
        ("云州市居住证办法（已废止）", "repealed"),
    ],
)
def test_the_status_is_read_from_the_title(title: str, status: str) -> None:
    assert parse_act(f"{title}\n第一条 甲。").status == status
