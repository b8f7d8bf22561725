"""What holds of every conversation, whatever is said in it and in whatever order."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.render import as_text
from dialogs.advisor import Advisor, Turn
from dialogs.flows.state import Doubt, FlowState
from dialogs.session import Session
from dialogs.words import CHECK_NOT_BINDING
from tests.endurance.conversations import KNOWN, LONGEST, TODAY, hold
from tests.endurance.dialog_laws import Happened, faults_of, values_in
from tests.endurance.dialog_messages import QUESTIONS, Message, Sort, Speaker, real_questions

LONG = os.environ.get("ENDURANCE") == "1"
QUICK = os.environ.get("NO_SHRINKING") == "1"
"""Whether a fault is enough as it is found: no shorter conversation is looked for."""

CHANCES = st.randoms(use_true_random=False)
"""A chance that hypothesis draws, so that it can find a short conversation for a fault."""


def examples(few: int, many: int) -> settings:
    """Return the settings of a law: a few examples every day, thousands with ENDURANCE=1."""
    phases = [phase for phase in Phase if phase is not Phase.explain and not (QUICK and phase is Phase.shrink)]
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(
        max_examples=many if LONG else few,
        deadline=None,
        suppress_health_check=slow,
        phases=phases,
        derandomize=not LONG,
    )


@cache
def questions() -> list[str]:
    """Return the real questions: the samples where SAMPLES_DIR points to them, else the repository's own."""
    print(f"SAMPLES_DIR={os.environ.get('SAMPLES_DIR', '没有设置：用 knowledge/questions')}")
    return real_questions()


def talk(advisor: Advisor, *messages: str, session: Session | None = None, today: date = TODAY) -> Turn:
    """Say the messages one after the other, the session stored in between; return the last turn."""
    session = session or Session()
    for message in messages:
        turn = advisor.take_turn(Session.from_json(session.to_json()), message, today=today)
        session = turn.session
    return turn


# --- whole conversations ---


@examples(40, 2000)
@given(chance=CHANCES)
def test_the_laws_hold_at_every_turn(advisor: Advisor, chance: random.Random) -> None:
    """No exception, words in every reply, nothing lost, nothing changed by a question, the same turn twice, …"""
    speaker = Speaker(chance, advisor.library, questions())
    conversation = hold(advisor, chance, speaker, LONGEST if LONG else 20)
    assert conversation.faults == [], conversation.said


@examples(20, 400)
@given(chance=CHANCES, data=st.data())
def test_a_cancelled_dialog_leaves_nothing_of_its_answers(
    advisor: Advisor, chance: random.Random, data: st.DataObject
) -> None:
    speaker = Speaker(chance, advisor.library, questions())
    conversation = hold(advisor, chance, speaker, data.draw(st.integers(1, 24), "length"))
    session = replace(conversation.session, parked=None)
    if session.flow is None or conversation.faults:
        return
    secret = {text for text in values_in({**session.flow.answers, **session.flow.hints}) if len(text) > 1}
    done = talk(advisor, "帮助", "取消", "不办了", session=session, today=conversation.today)
    if not session.flow.is_finished:
        assert done.session.flow is None
    stored = done.session.to_json()
    assert [text for text in secret if text in stored and text not in done.saying.suggestions] == []


# --- questions, numbers, commands ---

BEGINNINGS = (
    ("帮我看看能不能办",),
    ("帮我看看能不能办", "巴中"),
    ("帮我看看能不能办", "巴中", "甘肃天水", "市里的城区"),
    ("帮我看看能不能办", "开封", "陕西西安", "有住的地方"),
    ("预先填报居住信息", "巴中", "同意", "我自己", "同意"),
    ("预先填报居住信息", "巴中", "同意", "我自己", "同意", "王小明"),
    ("算签注的日子", "洛阳"),
    ("算签注的日子", "赤峰"),
    ("提醒我2027年3月1日去签注",),
    ("一步一步搬家", "赤峰"),
    ("一步一步落户", "安康"),
    ("帮我看看能不能办", "巴中", "取消"),
    ("帮我看看能不能办", "巴中", "甘肃天水", "重来"),
    ("帮我看看能不能办", "巴中", "甘肃天水", "改户口"),
    ("帮我看看能不能办", "开封", "甘肃天水", "住了七个月"),
)
"""Dialogs at many different places: at an ask, at a yes or no of the engine's, in a change."""


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_clear_question_changes_no_answer_and_is_no_answer(advisor: Advisor, question: str) -> None:
    for beginning in BEGINNINGS:
        before = talk(advisor, *beginning).session
        after = talk(advisor, question, session=before).session
        assert before.flow is not None
        assert after.flow is not None, beginning
        assert (after.flow.answers, after.flow.hints) == (before.flow.answers, before.flow.hints), beginning


@pytest.mark.parametrize("beginning", [one for one in BEGINNINGS if one[-1] not in ("取消", "重来")])
def test_a_question_in_between_is_answered_and_then_the_ask_is_put_again(
    advisor: Advisor, beginning: tuple[str, ...]
) -> None:
    asked = talk(advisor, *beginning)
    digressed = talk(advisor, "孩子能上学吗", session=asked.session).saying
    assert digressed.parts[-1].first_line == asked.saying.parts[-1].first_line
    assert digressed.suggestions == asked.saying.suggestions
    assert len(digressed.parts) > 1


@pytest.mark.parametrize("command", ["取消", "重来"])
def test_a_yes_after_a_question_in_between_gives_nothing_up(advisor: Advisor, command: str) -> None:
    asked = talk(advisor, "帮我看看能不能办", "巴中", "甘肃天水", command)
    answered = talk(advisor, "孩子能上学吗", session=asked.session)
    kept = talk(advisor, "对", session=answered.session).session.flow
    assert kept is not None
    assert "hukou" in kept.answers


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_the_number_of_a_choice_is_the_choice(advisor: Advisor, beginning: tuple[str, ...]) -> None:
    asked = talk(advisor, *beginning)
    for number, label in enumerate(asked.saying.suggestions, start=1):
        by_number, by_label = (talk(advisor, said, session=asked.session) for said in (str(number), label))
        assert (by_number.session, by_number.saying) == (by_label.session, by_label.saying), label


# --- the order of what is told ---

FACTS = (
    "我户口在甘肃天水",
    "我今年3月8号登记的",
    "我在超市上班，签了劳动合同",
    "我租房住，没合同",
)
ANSWERS = {
    "hukou": "甘肃天水", "hukou_city": "甘肃天水", "hukou_county": "巴州区", "residence_county": "巴州区",
    "residence_area": "市里的城区", "hukou_township": "在乡镇", "basis": "1和2", "employment": "签了劳动合同",
    "housing": "租房，没合同也没证明", "study": "上培训班", "more": "有工作或做生意", "registered": "登记过",
    "registered_on": "2026年3月8日", "registered_day": "8号", "moved_on": "2026年2月1日", "moved_day": "1号",
    "change_reported_on": "不知道",
}  # fmt: skip


MEANT = {
    "registered": True,
    "registered_on": ["2026-03-08", "2026-03-08"],
    "moved_on": ["2026-02-01", "2026-02-01"],
    "employment": "labor_contract",
}
"""The answers that these facts are, whatever was asked when they were told."""


def judged(advisor: Advisor, city: str, facts: list[str]) -> Turn:
    """Tell the facts in this order, answer what is still asked, and return the turn of the verdict."""
    turn, left = talk(advisor, "帮我看看能不能办", city), list(facts)
    for _ in range(len(ANSWERS) + len(facts)):
        flow = turn.session.flow
        if flow is None or flow.is_finished or flow.asked is None:
            return turn
        turn = talk(advisor, left.pop(0) if left else ANSWERS[flow.asked], session=turn.session)
    raise AssertionError(f"no end: {turn.saying}")


def verdict_of(turn: Turn) -> tuple[str, tuple[str, ...]]:
    """Return the sentence of the verdict, and what is offered after it."""
    (part,) = [part for part in turn.saying.parts if CHECK_NOT_BINDING in (part.first_line, *part.notes)]
    return part.first_line, turn.saying.suggestions


@pytest.mark.parametrize("city", ["巴中", "安康", "赤峰", "开封", "洛阳"])
def test_the_order_of_the_facts_does_not_change_the_verdict(advisor: Advisor, city: str) -> None:
    """Told beforehand in any order, or only when asked: each goes to its own ask, and the verdict is the same."""
    expected = verdict_of(judged(advisor, city, []))
    for order in list(permutations(FACTS))[::2]:
        found = judged(advisor, city, list(order))
        assert found.session.flow is not None
        answers = found.session.flow.answers
        wrong = {name: answers[name] for name in MEANT if name in answers and answers[name] != MEANT[name]}
        assert wrong == {}, order
        assert verdict_of(found) == expected, order


# --- sessions of another release, and damaged ones ---

STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 3.5, "", "没有这个", "2026-13-45", [], ["x"], [None, None], ["2026-03-08"], [[1]], {}, {"a": 1},
    {"kind": "gone", "value": 3}, {"kind": "another_city", "value": "gone"}, {"kind": "as_answer", "value": None},
    {"kind": "cancel"}, "bazhong", "kaifeng", "hukou", ["2026-03-08", "2026-03-08"], {"province": 5}, 10**20,
)  # fmt: skip


def places_in(stored: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside a stored session."""
    inner = stored.items() if isinstance(stored, dict) else enumerate(stored) if isinstance(stored, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places_in(value, (*path, key))


def spoiled(stored: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a stored session with one to three places changed, left out or named otherwise."""
    stored = json.loads(json.dumps(stored))
    for _ in range(chance.randint(1, 3)):
        places = list(places_in(stored))
        *path, key = places[chance.randint(0, len(places) - 1)]
        holder: Any = stored
        for step in path:
            holder = holder[step]
        change = chance.randint(0, 4)
        if change == 0:
            del holder[key]
        elif change == 1 and isinstance(holder, dict):
            holder[f"{key}_of_old"] = holder.pop(key)
        else:
            holder[key] = deepcopy(STRANGE[chance.randint(0, len(STRANGE) - 1)])
    return stored


@examples(200, 20_000)
@given(
    chance=CHANCES, beginning=st.sampled_from(BEGINNINGS), again=st.sampled_from(["进度", "2", "甘肃天水", "改第1项"])
)
def test_a_damaged_or_older_session_still_gets_a_reply(
    advisor: Advisor, chance: random.Random, beginning: tuple[str, ...], again: str
) -> None:
    stored = spoiled(json.loads(talk(advisor, *beginning).session.to_json()), chance)
    session = Session.from_json(json.dumps(stored))
    assert Session.from_json(session.to_json()) == session
    speaker = Speaker(chance, advisor.library, questions())
    first = talk(advisor, again, session=session)
    second = talk(advisor, speaker.next(first.session, first.saying).text, session=first.session)
    assert as_text(first.saying).strip()
    assert as_text(second.saying).strip()


OLDER = {
    "a dialog that is no more": FlowState("gone", {"city": "bazhong"}),
    "a city that is no more": FlowState("precheck", {"city": "gone", "hukou": {"province": "甘肃省"}}),
    "an ask that is no more": FlowState("precheck", {"city": "bazhong", "gone": 1}, asked="gone", changing="gone"),
    "a doubt that is no more": FlowState("precheck", {"city": "bazhong"}, doubt=Doubt("gone", 5)),
    "another city that is no more": FlowState("precheck", {"city": "bazhong"}, doubt=Doubt("another_city", "gone")),
    "a place as one text": FlowState("precheck", {"city": "bazhong", "hukou": "甘肃"}),
    "a day as one text": FlowState("precheck", {"city": "bazhong", "registered": True, "registered_on": "2026-03-08"}),
    "a day as a number": FlowState("endorsement", {"city": "luoyang", "issued_on": 5}),
    "a last day that is none": FlowState("precheck", {"city": "bazhong"}, touched="vorgestern"),
}


@pytest.mark.parametrize("name", OLDER)
def test_a_session_of_an_older_release_goes_on(advisor: Advisor, name: str) -> None:
    state = OLDER[name]
    for session in (Session(flow=state), Session(flow=FlowState("proxy", {"city": "bazhong"}), parked=state)):
        for message in ("进度", "甘肃天水", "代为登记", "登记要带身份证吗", "改第1项", "取消"):
            assert as_text(talk(advisor, message, session=session).saying).strip()


# --- days ---


@examples(25, 500)
@given(beginning=st.sampled_from(BEGINNINGS), days=st.integers(1, 5000))
def test_who_comes_back_later_is_told_where_they_were(advisor: Advisor, beginning: tuple[str, ...], days: int) -> None:
    before = talk(advisor, *beginning).session
    later = TODAY + timedelta(days=days)
    message = Message(Sort.HARMLESS, "帮助")
    turn = talk(advisor, message.text, session=before, today=later)
    assert turn.saying.parts[0].first_line.startswith(f"接着上次（{TODAY.month}月{TODAY.day}日）")
    assert list(faults_of(advisor.library, Happened(before, message, turn, later, KNOWN[0].keeps))) == []
    again = talk(advisor, "帮助", session=turn.session, today=later).saying
    assert not again.parts[0].first_line.startswith("接着上次")
