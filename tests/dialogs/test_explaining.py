"""What staff are shown of how a message was understood."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.advisor import Advisor
from dialogs.explaining import _EVENTS, _MANNERS, stages_of
from dialogs.understanding.happenings import Event
from dialogs.understanding.kinds import Manner

TODAY = date(2026, 11, 21)


def explained(advisor: Advisor, message: str, city: str | None = None) -> dict[str, tuple[str, ...]]:
    stages = stages_of(advisor.library, advisor.reader.read(message, city, (), TODAY))
    return {stage.name: stage.found for stage in stages}


def test_every_stage_says_what_it_found(advisor: Advisor) -> None:
    told = explained(advisor, "我是达州的，在巴中上班，去年腊月来的，居主证签住过期二十天了还能补不")
    assert told["改正"] == ("“居主证”当作“居住证”", "“签住”当作“签注”")
    assert told["地方"] == ("达州：老家（五市以外）", "巴中：在这里（巴中）", "按巴中回答")
    assert told["时间"] == ("来这里：2026年1月19日到2026年2月16日", "到期：到现在0个月20天")
    assert {"endorse", "late"} <= set(told["词义"])
    assert told["像问"][0].startswith("签注过期了怎么办（overdue）")
    assert "因为" in told["像问"][0]
    assert told["结论"][0].startswith("回答：签注过期了怎么办")


@pytest.mark.parametrize(
    ("message", "stage", "line"),
    [
        ("你好", "结论", "不是问条文：见“另外”"),
        ("我一个开封一个洛阳都住，签注去哪", "地方", "说了几个城市：开封、洛阳，要反问"),
        ("在成都打工咋办居住证", "地方", "住在成都，没有那里的规定"),
        ("在成都打工咋办居住证", "结论", "住在成都：没有那里的规定"),
        ("我要跳楼了，居住证补办要钱不", "结论", "轻生：先说打哪个电话"),
        ("我身份证号510321199001011234", "另外", "带着号码（有这样的词）"),
        ("帮我算下今年该哪天签注", "结论", "要办的事：算签注的日子"),
    ],
)
def test_what_is_no_plain_question_is_explained_too(advisor: Advisor, message: str, stage: str, line: str) -> None:
    assert line in explained(advisor, message)[stage]


def test_every_manner_and_event_has_its_word() -> None:
    assert set(_MANNERS) == set(Manner)
    assert set(_EVENTS) == set(Event)
