"""What a person tells is kept as it was told: denied is not so, a hukou is no home, an office alone registers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dialogs.advisor import Advisor, Turn
from dialogs.effects import NOTHING_KNOWN, Consent, Declared, Known
from dialogs.flows.engine import Engine
from dialogs.flows.replies import Step
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from knowledge.written_place import read_written_place
from rules.proof import ProofError

TODAY = date(2026, 11, 21)


def after(advisor: Advisor, *messages: str, known: Known = NOTHING_KNOWN) -> Turn:
    """Hold a conversation; return its last turn."""
    session = Session()
    turns = []
    for message in messages:
        turns.append(advisor.take_turn(Session.from_json(session.to_json()), message, today=TODAY, known=known))
        session = turns[-1].session
    return turns[-1]


def told(turn: Turn) -> dict[str, Any]:
    """Return the answers of the dialog after a turn."""
    assert turn.session.flow is not None
    return dict(turn.session.flow.answers)


@pytest.mark.parametrize(
    ("said", "wrongly"),
    [
        ("没有工作，也没上学，租的房子有合同", {"employment", "study"}),
        ("不上班了，租房有合同", {"employment"}),
        ("我不租房，我上学", {"housing"}),
        ("还没找到工作，租房有合同", {"employment"}),
    ],
)
def test_what_is_denied_is_not_told(advisor: Advisor, said: str, wrongly: set[str]) -> None:
    answers = told(after(advisor, "帮我看看能不能办", "开封", "郑州", said))
    assert not wrongly & set(answers.get("basis") or [])
    assert not wrongly & set(answers)


@pytest.mark.parametrize(
    "said",
    [
        "不登记",
        "不去登记",
        "没去派出所登记过",
        "房东说帮我登记了",
        "在你们这预先填报过",
        "应该登记过",
        "登记过吗我忘了",
    ],
)
def test_only_a_registration_at_the_office_counts(advisor: Advisor, said: str) -> None:
    start = ("帮我看看能不能办", "赤峰", "辽宁大连", "有住的地方", "租房，有合同")
    assert told(after(advisor, *start, said)).get("registered") is not True


def test_but_is_no_denial(advisor: Advisor) -> None:
    answers = told(after(advisor, "帮我看看能不能办", "开封", "郑州", "摆摊没有执照，不过租房有合同"))
    assert answers["housing"] == "rent_contract"


def test_a_lease_without_a_contract_is_none(advisor: Advisor) -> None:
    answers = told(after(advisor, "帮我看看能不能办", "开封", "郑州", "打零工，租房没合同"))
    assert answers.get("housing") != "rent_contract"


@pytest.mark.parametrize("said", ["签了劳务合同", "执照是老公的", "读小学"])
def test_what_does_not_prove_it_is_not_taken_for_proof(advisor: Advisor, said: str) -> None:
    answers = told(after(advisor, "帮我看看能不能办", "开封", "郑州", said))
    assert not {"labor_contract", "biz_licence_23", "fulltime_enrolled"} & {str(value) for value in answers.values()}


@pytest.mark.parametrize("said", ["汉阴县", "安康市汉阴县", "陕西省安康市汉阴县", "我是汉阴的"])
def test_where_the_household_is_registered_is_not_where_one_lives(advisor: Advisor, said: str) -> None:
    answers = told(after(advisor, "帮我看看能不能办", "安康", said))
    assert answers["hukou"]["county"] == "汉阴县"
    assert "residence_county" not in answers


def test_no_is_no_to_the_second_consent(advisor: Advisor) -> None:
    turn = after(advisor, "预先填报居住信息", "巴中", "同意", "我自己", "不同意")
    assert turn.session.flow is None
    assert not any(isinstance(effect, Consent) for effect in turn.effects)


def test_consent_is_asked_anew_for_another_city(advisor: Advisor) -> None:
    turn = after(advisor, "预先填报居住信息", "巴中", "同意", "改城市", "赤峰")
    assert "consent" not in told(turn)


def test_a_registration_the_office_recorded_counts_from_its_day_and_a_declaration_never(advisor: Advisor) -> None:
    registered = Declared("1231-8447-1098", "bazhong", "registered", date(2026, 4, 1), registered_on=date(2026, 4, 3))
    waiting = Declared("1231-8447-1098", "bazhong", "waiting", date(2026, 4, 1))
    start = ("帮我看看能不能办", "巴中")
    known = told(after(advisor, *start, known=Known(declarations=(registered,))))
    assert (known["registered"], known["registered_on"]) == (True, ["2026-04-03", "2026-04-03"])
    assert "registered" not in told(after(advisor, *start, known=Known(declarations=(waiting,))))


def test_thanks_after_a_verdict_changes_nothing(advisor: Advisor) -> None:
    end = ("帮我看看能不能办", "开封", "郑州", "租房有合同", "没登记过")
    for said in ("谢谢", "那我老婆呢", "听不懂", "再见"):
        assert "好，记下了。" not in [part.first_line for part in after(advisor, *end, said).saying.parts]


def test_a_private_number_told_before_the_city_is_not_kept(advisor: Advisor) -> None:
    turn = after(advisor, "帮我看看能不能办", "我身份证11010519491231002X，户口甘肃天水，租房住")
    assert "11010519491231002" not in turn.session.to_json()


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("四川达州渠县", ("四川省", "达州市", "渠县")),
        ("辽宁朝阳", ("辽宁省", "朝阳市", None)),
        ("河北承德", ("河北省", "承德市", None)),
        ("重庆万州的", ("重庆市", "重庆市", "万州区")),
        ("老家在开封市兰考县", ("河南省", "开封市", "兰考县")),
        ("北京朝阳区", ("北京市", "北京市", "朝阳区")),
        ("我是甘肃的", ("甘肃省", None, None)),
    ],
)
def test_a_place_is_read_as_it_is_written(written: str, parts: tuple[str | None, ...]) -> None:
    place = read_written_place(written)
    assert place is not None
    assert (place.province, place.city, place.county) == parts


@pytest.mark.parametrize("written", ["鼓楼区", "没有", "在乡下", ""])
def test_what_names_no_one_place_is_none(written: str) -> None:
    assert read_written_place(written) is None


def test_a_second_question_in_the_message_that_starts_a_dialog_is_answered(advisor: Advisor) -> None:
    waiting = after(advisor, "看看能不能办，还有签注要带啥")
    assert waiting.session.waiting == ("endorsement_bring",)
    answered = after(advisor, "看看能不能办，还有签注要带啥", "巴中")
    assert answered.saying.topic == "endorsement_bring"
    assert told(answered)["city"] == "bazhong"


def test_an_answer_given_on_a_page_leads_to_nothing_unproven(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = after(advisor, "预先填报居住信息", "巴中", "同意", "我自己", "同意", "张小明", "居民身份证")
    unproven = Part(Kind.ANSWER, "9999元。")
    step = Step(turn.session, Saying(Kind.FLOW, "bazhong", None, (unproven,)))
    monkeypatch.setattr(Engine, "answer_on_page", lambda *given: step)
    with pytest.raises(ProofError):
        advisor.take_answer(turn.session, "number", "11010519491231002X", today=TODAY, known=NOTHING_KNOWN)
