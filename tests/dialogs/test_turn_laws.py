"""What holds for every message: an answer, no exception, no memory of the words, the same result twice."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.advisor import Advisor
from dialogs.compose import verify
from dialogs.saying import Kind
from dialogs.session import Session

TODAY = date(2026, 11, 21)

FRAGMENTS = st.sampled_from(
    (
        "赤峰 开封 洛阳 安康 巴中 西安 签注 过期 半年 补办 要钱不 能办不 孩子 上学 租房 登记 几天 那 呢 ， 2"
        " 户口 的 在 罚多少 公积金 身份证 丢了 咋办 什么 不 落户 搬家 13912345678 你好 谢谢 救命 😀 居住证"
    ).split()
)
MESSAGES = st.one_of(
    st.lists(FRAGMENTS, max_size=9).map("".join),
    st.text(max_size=60),
    st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=40),
)
SESSIONS = st.builds(
    Session,
    city=st.sampled_from([None, "bazhong", "ankang", "chifeng", "kaifeng", "luoyang"]),
    topics=st.lists(st.sampled_from(["overdue", "materials", "lost"]), max_size=2).map(tuple),
    waiting=st.lists(st.sampled_from(["fee_reissue", "settle"]), max_size=1).map(tuple),
    offered=st.lists(st.sampled_from(["赤峰", "去哪里签注"]), max_size=2).map(tuple),
)


@settings(max_examples=300, deadline=None)
@given(message=MESSAGES, session=SESSIONS)
def test_any_message_gets_a_verified_reply_with_words(advisor: Advisor, message: str, session: Session) -> None:
    turn = advisor.take_turn(session, message, today=TODAY)
    verify(advisor.library, turn.saying)
    assert all(part.first_line.strip() for part in turn.saying.parts)
    assert turn.saying.parts
    assert 0 <= turn.saying.confidence <= 1


@settings(max_examples=150, deadline=None)
@given(message=MESSAGES, session=SESSIONS)
def test_a_turn_is_pure_and_its_session_survives_json(advisor: Advisor, message: str, session: Session) -> None:
    first = advisor.take_turn(session, message, today=TODAY)
    again = advisor.take_turn(Session.from_json(session.to_json()), message, today=TODAY)
    assert first == again
    assert Session.from_json(first.session.to_json()) == first.session


@settings(max_examples=150, deadline=None)
@given(message=MESSAGES, session=SESSIONS)
def test_an_answer_comes_from_one_city_only(advisor: Advisor, message: str, session: Session) -> None:
    saying = advisor.take_turn(session, message, today=TODAY).saying
    assert {quotation.city for quotation in saying.quotations} <= {saying.city}


@pytest.mark.parametrize(
    "message", ["我叫张三丰，签注过期了", "身份证110101199003078515，能办吗", "电话13912345678 丢了咋办"]
)
def test_the_session_never_holds_the_persons_words(advisor: Advisor, message: str) -> None:
    kept = advisor.take_turn(Session(city="kaifeng"), message, today=TODAY).session.to_json()
    assert not any(piece in kept for piece in ("张三丰", "110101199003078515", "13912345678"))


BAD_INPUT = {
    "empty": "",
    "spaces": " \n\t　",
    "emoji": "😀😀🎉",
    "punctuation": "？？？！！",
    "binary": "\x00\x01\xff\xfe\x1b[31m",
    "lone surrogate": "\ud800居住证",
    "arabic": "كيف أحصل على تصريح الإقامة",
    "russian": "как получить вид на жительство",
    "ten thousand characters": "居住证" * 3334,
    "ten thousand digits": "1" * 10_000,
    "one character": "啊",
    "markup": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_gets_a_calm_sentence(advisor: Advisor, name: str) -> None:
    saying = advisor.take_turn(Session(), BAD_INPUT[name], today=TODAY).saying
    assert saying.kind in (Kind.CLARIFY, Kind.NOT_COVERED)
    assert saying.parts[0].first_line.endswith(("。", "？"))
    assert "Traceback" not in saying.parts[0].first_line


def test_a_session_of_another_release_still_loads() -> None:
    stored = json.dumps({"schema": 0, "city": "luoyang", "something_new": [1, 2]})
    assert Session.from_json(stored) == Session(city="luoyang")


@pytest.mark.parametrize("message", ["那西安呢", "深圳的居住证签注要钱吗", "北京的怎么办"])
def test_a_place_outside_is_named_back_even_when_a_city_was_chosen(advisor: Advisor, message: str) -> None:
    session = Session(city="luoyang", topics=("fee_endorsement",))
    saying = advisor.take_turn(session, message, today=TODAY, city="luoyang").saying
    assert saying.kind is Kind.UNSUPPORTED_CITY
    assert saying.quotations == ()


def test_abuse_that_asks_nothing_gets_no_law(advisor: Advisor) -> None:
    saying = advisor.take_turn(Session(city="luoyang"), "你们都是骗子 一群狗东西", today=TODAY).saying
    assert saying.kind is Kind.REFUSE
    asked = advisor.take_turn(Session(city="luoyang"), "狗东西，签注过期了咋办", today=TODAY).saying
    assert asked.kind is Kind.ANSWER


def test_a_session_of_a_city_and_topic_that_are_no_more_goes_on(advisor: Advisor) -> None:
    stored = Session.from_json('{"schema": 1, "city": "gone", "topics": ["gone"], "waiting": ["gone"], "offered": []}')
    saying = advisor.take_turn(stored, "那开封呢", today=TODAY).saying
    assert saying.city == "kaifeng"


@pytest.mark.parametrize("typed", ["2", "\uff12", "二", "第二个", "2、", "我选2", "选第二项", "2."])
def test_a_choice_is_read_however_it_is_numbered(advisor: Advisor, typed: str) -> None:
    first = advisor.take_turn(Session(), "签注过期了还能补吗", today=TODAY)
    city = advisor.library.cities[advisor.take_turn(first.session, typed, today=TODAY).saying.city or ""]
    assert city.short == first.session.offered[1]


def test_a_number_means_nothing_after_a_reply_without_choices(advisor: Advisor) -> None:
    offered = advisor.take_turn(Session(city="luoyang"), "材料", today=TODAY).session
    after = advisor.take_turn(offered, "那西安呢", today=TODAY).session
    assert after.offered == ()
