"""A detail that no provision of the answer tells is never passed over, and one that is told is never denied."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.advisor import Advisor
from dialogs.saying import Kind, Saying
from dialogs.session import Session
from dialogs.understanding.normalise import normalise
from knowledge.library import Library

TODAY = date(2026, 11, 21)


def said(advisor: Advisor, city: str, text: str) -> Saying:
    return advisor.take_turn(Session(), text, today=TODAY, city=city).saying


def test_every_detail_is_heard_in_its_own_messages_and_not_in_look_alikes(library: Library) -> None:
    for name, detail in library.details.items():
        assert [text for text in detail.heard if not detail.asked.search(normalise(text).text)] == [], name
        assert [text for text in detail.not_heard if detail.asked.search(normalise(text).text)] == [], name


@pytest.mark.parametrize(
    ("city", "text", "first_line"),
    [
        ("luoyang", "殡葬补贴一回给多少钱啊", "洛阳的办法里，说这件事的条文没有写：多少钱。"),
        ("luoyang", "乘车优待老人得多大岁数才给办", "洛阳的办法里，说这件事的条文没有写：多大年纪。"),
        ("bazhong", "公租房要轮候多久", "巴中的办法里，说这件事的条文没有写：期限。"),
        ("chifeng", "物业忘了报租户信息，要挨罚不", "赤峰的办法里，说这件事的条文没有写：怎么罚。"),
        ("chifeng", "签注的证明材料具体指哪几样", "赤峰的办法里，说这件事的条文没有写：具体是哪些。"),
        ("kaifeng", "坐公交能打几折", "开封的办法里，说这件事的条文没有写：打几折、占几成。"),
    ],
)
def test_what_is_asked_and_not_written_is_said_first_and_what_is_written_after(
    advisor: Advisor, city: str, text: str, first_line: str
) -> None:
    saying = said(advisor, city, text)
    assert saying.kind is Kind.NOT_COVERED
    assert saying.parts[0].first_line == first_line
    assert saying.parts[0].notes[0].startswith("写了的是：")
    assert saying.parts[0].quotations


def test_what_the_text_hands_to_the_national_rules_is_referred_there(advisor: Advisor) -> None:
    saying = said(advisor, "luoyang", "凭居住证办护照都要带啥材料")
    assert saying.kind is Kind.REFER_NATIONAL
    assert "要看国家的规定" in saying.parts[0].first_line


@pytest.mark.parametrize(
    ("city", "text"),
    [
        ("kaifeng", "老人坐公交多大岁数免费"),
        ("bazhong", "首次办证多少钱"),
        ("chifeng", "单位招了人几天内要报"),
        ("luoyang", "几天能拿到居住证"),
        ("bazhong", "办居住证要带什么材料"),
        ("chifeng", "农村户口住几年能落户"),
        ("ankang", "多久签注一次"),
        ("bazhong", "居住证借给别人罚多少"),
    ],
)
def test_what_is_asked_and_written_is_answered(advisor: Advisor, city: str, text: str) -> None:
    assert said(advisor, city, text).kind is Kind.ANSWER


def test_of_two_questions_the_one_that_is_told_is_answered_and_the_other_named(advisor: Advisor) -> None:
    saying = said(advisor, "kaifeng", "居住证丢了补一个收不收钱，收的话几块")
    assert saying.kind is Kind.ANSWER
    assert saying.parts[0].first_line == "要收：补领要交工本费。"
    assert "上面的条文没有写：多少钱。" in saying.parts[0].notes


def test_one_service_s_number_tells_nothing_of_another_in_the_same_item(advisor: Advisor) -> None:
    assert said(advisor, "bazhong", "免费叶酸可以领几个月的量").kind is Kind.NOT_COVERED
