"""What tired people have said, and what must never be made of it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.render import as_text
from dialogs.advisor import Advisor
from dialogs.session import Session

TODAY = date(2026, 11, 22)


def said(advisor: Advisor, *messages: str, city: str = "bazhong") -> str:
    """Hold a conversation; return the last reply."""
    session, reply = Session(city=city), ""
    for message in messages:
        turn = advisor.take_turn(session, message, today=TODAY)
        session, reply = turn.session, as_text(turn.saying)
    return reply


@pytest.mark.parametrize(
    "told",
    [
        "我从甘肃来巴中打工三年，老板不签合同，帮我看看能不能办",
        "我从甘肃来巴中打工，厂里不给我签合同，帮我看看能不能办",
        "我从甘肃来巴中打工，公司没跟我签劳动合同，帮我看看能不能办",
    ],
)
def test_a_contract_that_was_refused_is_none(advisor: Advisor, told: str) -> None:
    reply = said(advisor, told)
    assert "工作：上班，没签合同" in reply
    assert "签了" not in reply


def test_what_a_landlord_does_not_sign_says_nothing_of_the_job(advisor: Advisor) -> None:
    reply = said(advisor, "我从甘肃来巴中打工，房东不给签合同，帮我看看能不能办")
    assert "签了" not in reply
    assert "没签合同" not in reply


def test_a_job_with_and_a_flat_without_contract_are_kept_apart(advisor: Advisor) -> None:
    reply = said(advisor, "我从甘肃来巴中打工，厂里签了劳动合同，租的房子没签合同，帮我看看能不能办")
    assert "工作：签了劳动合同" in reply


def test_who_wants_everything_erased_need_not_finish_anything(advisor: Advisor) -> None:
    reply = said(advisor, "帮我看看能不能办", "设提醒", "删除我的信息")
    assert "确定" in reply
    assert "两件" not in reply
