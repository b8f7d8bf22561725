"""What comes in between: a scanned code, a place, following anew, 有用, many questions, the wish for a human."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.render import as_text
from dialogs import words
from dialogs.advisor import Advisor, Turn
from dialogs.effects import Declared, Known, Rate, Status
from dialogs.flows.all import FLOWS
from dialogs.flows.declaration import takes_picture
from dialogs.greeting import heard_as, is_running, placed, welcome
from dialogs.session import Session
from knowledge.library import Library
from tests.dialogs.staging import Stage
from tests.dialogs.transcripts import FOLDER, read_transcript

TODAY = date(2026, 11, 22)
AGAIN = "刚才的还没答完："
DECLARED = Declared("1231-8447-1098", "bazhong", Status.WAITING, date(2026, 11, 1))
KNOWN = Known(declarations=(DECLARED,), can_open_page=True)
CITIES = ("ankang", "bazhong", "chifeng", "kaifeng", "luoyang")
FIRST_WORDS = ("帮我看看能不能办", "自主申报", "算签注的日子", "设提醒", "换证", "查回执")


def talked(advisor: Advisor, session: Session, *messages: str) -> Session:
    """Return the session after these messages."""
    for message in messages:
        session = advisor.take_turn(session, message, today=TODAY, known=KNOWN).session
    return session


def after(advisor: Advisor, turn: Turn) -> Turn:
    """Return what the person is told: as the door between channels and dialogs puts it."""
    return advisor.resumed(turn, today=TODAY, known=KNOWN)


# --- a code, a place, following anew ---

EVENTS: dict[str, Callable[[Library, Session, str], Turn]] = {
    "a code": welcome,
    "a code of an office": lambda library, session, city: welcome(library, session, f"{city}/西工区办证中心"),
    "a place": placed,
    "a place that is none of ours": lambda library, session, city: placed(library, session, None),
    "following": lambda library, session, city: welcome(library, session),
    "following an account of one city": lambda library, session, city: welcome(library, session, "", (city,)),
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FIRST_WORDS), st.sampled_from(CITIES), st.sampled_from(CITIES), st.sampled_from(sorted(EVENTS)))
def test_what_comes_in_between_leaves_the_dialog_its_city_and_its_question(
    advisor: Advisor, first: str, city: str, there: str, event: str
) -> None:
    session = talked(advisor, Session(city=city), first)
    assume(is_running(session))  # where a city names no items, a declaration ends at once
    question = advisor.take_turn(session, "重复", today=TODAY, known=KNOWN)
    told = after(advisor, EVENTS[event](advisor.library, session, there))
    assert told.session.flow == session.flow
    assert (told.session.city, told.session.offered) == (city, question.saying.suggestions)
    assert told.saying.suggestions == question.saying.suggestions
    assert told.saying.parts[-1] == question.saying.parts[-1]
    assert AGAIN in as_text(told.saying)


def test_the_next_number_answers_the_question_that_was_put_again(advisor: Advisor) -> None:
    session = talked(advisor, Session(city="bazhong"), "帮我看看能不能办", "甘肃天水")
    told = after(advisor, placed(advisor.library, session, "kaifeng"))
    assert talked(advisor, told.session, "2") == talked(advisor, session, "2") != session


@pytest.mark.parametrize("city", CITIES)
def test_a_dialog_that_asks_for_the_city_takes_that_of_the_place(advisor: Advisor, city: str) -> None:
    session = talked(advisor, Session(), "帮我看看能不能办")
    told = after(advisor, placed(advisor.library, session, city))
    short = advisor.library.cities[city].short
    said = advisor.take_turn(session, short, today=TODAY, known=KNOWN)
    assert told.session.flow is not None
    assert told.session.flow.answers["city"] == city
    assert told.saying.parts[1:] == said.saying.parts


def test_numbers_after_a_place_are_not_a_yes_to_what_was_heard_before_it(advisor: Advisor) -> None:
    session = talked(advisor, Session(city="bazhong"), "帮我看看能不能办", "甘肃天水")
    session = heard_as(session, "我要办居住证").session
    told = after(advisor, placed(advisor.library, session, "bazhong"))
    answered = talked(advisor, told.session, "1")
    assert answered.flow is not None
    assert "residence_area" in answered.flow.answers


def test_a_dialog_that_waits_for_the_records_keeps_its_city_too(advisor: Advisor) -> None:
    session = talked(advisor, Session(city="bazhong"), "设提醒")
    turn = placed(advisor.library, session, "kaifeng")
    told = advisor.resumed(turn, today=TODAY, known=Known(keeps=False))
    assert (told.session.city, told.session.flow) == ("bazhong", session.flow)
    assert "先停一停" in as_text(told.saying) or "打不开" in as_text(told.saying)


def test_what_was_heard_is_asked_alone(advisor: Advisor) -> None:
    session = talked(advisor, Session(city="bazhong"), "帮我看看能不能办", "甘肃天水")
    turn = heard_as(session, "我住在县城里头")
    assert after(advisor, turn) == turn


# --- the wish for a human ---


@pytest.mark.parametrize("running", [(), ("帮我看看能不能办",)])
@pytest.mark.parametrize("message", ["转人工", "有没有真人"])
def test_who_wants_a_human_reads_what_fits_behind_the_hours_of_the_clerks_too(
    advisor: Advisor, running: tuple[str, ...], message: str
) -> None:
    session = talked(advisor, Session(city="bazhong"), *running)
    turn = advisor.take_turn(session, message, today=TODAY, known=KNOWN)
    assert turn.saying.asks_for_clerk
    first = turn.saying.parts[0].first_line
    assert first.startswith("现在回答您的是程序。")  # "人工现在不在，时间是工作日9:00到12:00。" may stand before it
    assert "12345" in first
    assert "转不了" not in first


# --- many questions at once ---

SIX = {
    "办居住证要带什么？要多少钱？多久能拿到？在哪里办？丢了怎么办？签注要带什么？": ("丢了", "签注要带什么"),
    "居住证谁能办，带啥，多少钱，几天拿，去哪办，过期了咋办": ("收不收钱", "去哪里办", "过期"),
    "1.办证要什么材料 2.多少钱 3.多久 4.哪里办 5.丢了怎么补 6.小孩能上学不": ("收不收钱", "丢了", "孩子"),
}


@pytest.mark.parametrize("message", SIX)
def test_of_six_questions_three_are_answered_and_the_others_named(advisor: Advisor, message: str) -> None:
    turn = advisor.take_turn(Session(city="bazhong"), message, today=TODAY)
    *answers, last = turn.saying.parts
    assert 2 <= len(answers) <= 3
    assert last.first_line.startswith(words.ASKED_TOO.partition("，比如")[0])
    assert all(named in last.first_line for named in SIX[message])
    assert all(title in last.first_line for title in turn.saying.suggestions)
    assert "上面的条文没有写" not in as_text(turn.saying)  # what they cost is written, where that is asked
    second = advisor.take_turn(turn.session, "1", today=TODAY)
    assert second.saying.topic not in {part.topic for part in answers}


@pytest.mark.parametrize(
    "message",
    [
        "要带什么？多少钱？多久？",
        "丢了怎么补？补办要钱吗？要几天？",
        "能不能办？可以办吗？到底行不行？怎么办？",
        "证不晓得搞到哪去了 去哪补 带啥子 要不要钱",
    ],
)
def test_nothing_is_called_left_out_that_was_not(advisor: Advisor, message: str) -> None:
    turn = advisor.take_turn(Session(city="bazhong"), message, today=TODAY)
    assert "没答到" not in as_text(turn.saying)


def test_what_was_left_out_is_named_by_our_names_and_no_number_is_repeated(advisor: Advisor) -> None:
    message = "我叫李明天，电话13800138000，办证带什么？多久能拿到？在哪里办？收费多少？签注要带什么？"
    turn = advisor.take_turn(Session(city="bazhong"), message, today=TODAY)
    said = turn.saying.parts[-1].first_line
    assert said.startswith("一次先答这几件。")
    assert "1380" not in as_text(turn.saying)
    assert "李明天" not in as_text(turn.saying)


def test_six_questions_in_a_dialog_are_answered_so_too_and_its_question_comes_again(advisor: Advisor) -> None:
    session = talked(advisor, Session(city="bazhong"), "帮我看看能不能办")
    message = next(iter(SIX))
    turn = advisor.take_turn(session, message, today=TODAY)
    said = as_text(turn.saying)
    assert said.index("没答到的请再问一次") < said.index(AGAIN)
    assert turn.saying.suggestions == ()


# --- useful or not ---


def test_a_rating_counts_for_the_answer_after_it_again(advisor: Advisor) -> None:
    session, counted = Session(city="luoyang"), []
    for message in ("要带什么", "有用", "没用", "多久能拿到证", "谢谢", "没用", "👎"):
        turn = advisor.take_turn(Session.from_json(session.to_json()), message, today=TODAY)
        session = turn.session
        counted += [(effect.is_useful, effect.topic) for effect in turn.effects if isinstance(effect, Rate)]
    assert counted == [(True, "materials"), (False, "issue_time")]


@pytest.mark.parametrize("flow", [flow.name for flow in FLOWS if flow.asks])
@pytest.mark.parametrize("word", ["有用", "没用", "👍"])
def test_no_question_of_a_dialog_takes_a_rating_for_an_answer(advisor: Advisor, flow: str, word: str) -> None:
    title = advisor.library.wordings[flow].say("title")
    session = talked(advisor, Session(city="bazhong"), "要带什么", title)
    assert is_running(session)
    turn = advisor.take_turn(session, word, today=TODAY, known=KNOWN)
    assert turn.session.flow == session.flow
    assert turn.saying.parts[0].first_line == words.RATED_BESIDE
    assert not any(isinstance(effect, Rate) for effect in turn.effects)


def test_a_rating_after_a_dialog_is_not_counted_for_the_answer_before_it(advisor: Advisor) -> None:
    session = talked(advisor, Session(city="bazhong"), "要带什么", "换证", "丢了")
    assert advisor.take_turn(session, "没用", today=TODAY).effects == ()


# --- a picture ---


def test_a_picture_is_taken_at_its_question_and_at_the_last_look_alone(library: Library, advisor: Advisor) -> None:
    stage, taken = Stage(library, advisor), []
    for beat in read_transcript(FOLDER / "填报_照片_直接发在这里.txt").beats:
        before = takes_picture(stage.session)
        stage.play(beat)
        taken += [beat.cue] if before else []
    assert taken == ["（打开网页填：photo:1）", "（打开网页填：photo:2）", "群众：确认"]
