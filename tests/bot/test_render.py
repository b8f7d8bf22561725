"""A reply fits into a WeChat message; what is left out is whole and told."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.links import href_for
from bot.render import WECHAT_BYTES, as_text, as_wechat_pieces, as_wechat_text, numbered, tappable
from dialogs import words
from dialogs.advisor import Advisor
from dialogs.compose import caveats, topic_part
from dialogs.saying import Kind, Part, Quotation, Saying
from dialogs.session import Session
from knowledge.address import Address

TODAY = date(2026, 11, 21)
MORE, MORE_FOLLOWS = "后面还有", "回复“更多”接着看"


def saying_on(advisor: Advisor, city: str, *topics: str) -> Saying:
    place = advisor.library.cities[city]
    parts = tuple(topic_part(advisor.library, place, topic) for topic in topics)
    return Saying(
        parts[0].kind, city, topics[0], parts, caveats(place, date(2026, 11, 21)), ("要交什么材料", "去哪里办")
    )


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_every_reply_fits_and_every_answer_keeps_its_words(advisor: Advisor, data: st.DataObject) -> None:
    topics = st.lists(st.sampled_from(sorted(advisor.library.topics)), min_size=1, max_size=3, unique=True)
    saying = saying_on(advisor, data.draw(st.sampled_from(sorted(advisor.library.cities))), *data.draw(topics))
    text = as_wechat_text(saying, lambda city, address: href_for(city, address, "https://jzz.example.gov.cn"))
    assert len(text.encode()) <= 2047  # what the platform carries
    for part in saying.parts:
        if part.first_line in text and part.kind is Kind.ANSWER:
            assert any(shown.text in text for shown in part.quotations), part.topic
    assert all(caveat in text for caveat in saying.caveats)


def test_what_does_not_fit_is_left_out_whole_and_told(advisor: Advisor) -> None:
    saying = saying_on(advisor, "bazhong", "benefits_all", "conditions", "penalty_general")
    text = as_wechat_text(saying)
    assert MORE in text
    shown = [quote for quote in saying.quotations if quote.text[:12] in text]
    assert shown
    assert all(quote.text in text for quote in shown)


def test_what_fits_is_sent_as_it_is(advisor: Advisor) -> None:
    saying = saying_on(advisor, "luoyang", "overdue")
    assert as_wechat_text(saying) == as_text(saying)


def test_the_document_is_named_once_for_all_its_quotes(advisor: Advisor) -> None:
    text = as_text(saying_on(advisor, "kaifeng", "overdue"))
    assert text.count("《开封市居住证实施办法》") == 1
    assert "第十八条" in text
    assert "第十九条第（三）项" in text


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_number_chooses_only_what_the_first_message_shows(advisor: Advisor, data: st.DataObject) -> None:
    topics = st.lists(st.sampled_from(sorted(advisor.library.topics)), min_size=1, max_size=4, unique=True)
    saying = saying_on(advisor, data.draw(st.sampled_from(sorted(advisor.library.cities))), *data.draw(topics))
    option = data.draw(st.sampled_from([numbered, tappable]))
    first = as_wechat_pieces(saying, option=option)[0]
    assert all(option(number, text) in first for number, text in enumerate(saying.suggestions, start=1))


def test_the_second_of_a_long_answer_is_the_second_that_was_shown(advisor: Advisor) -> None:
    asked = advisor.take_turn(Session(city="bazhong"), "办证要满足哪些条件？办了有哪些好处？怎么处罚？", today=TODAY)
    assert MORE in as_wechat_text(asked.saying)
    lines = as_wechat_text(asked.saying).splitlines()
    (second,) = (line.removeprefix("2. ") for line in lines if line.startswith("2. "))
    chosen = advisor.take_turn(asked.session, "2", today=TODAY)
    assert chosen.saying == advisor.take_turn(asked.session, second, today=TODAY).saying
    assert chosen.saying.topic is not None


def test_one_quote_too_long_for_any_message_is_named_instead_of_cut() -> None:
    quote = Quotation("luoyang", Address("2", 1), "第二条", "《办法》", "很长" * 1000)
    saying = Saying(Kind.ANSWER, "luoyang", "overdue", (Part(Kind.ANSWER, "能补。", "overdue", (quote,)),))
    text = as_wechat_text(saying)
    assert len(text.encode()) <= WECHAT_BYTES
    assert "能补。" in text
    assert words.READ_THERE.format(place="《办法》第二条") in text
    assert "很长" not in text


def test_an_item_stands_after_the_opening_words_of_its_paragraph(advisor: Advisor) -> None:
    (shown,) = (quote for quote in saying_on(advisor, "kaifeng", "bus").quotations if quote.address.item)
    text = as_text(saying_on(advisor, "kaifeng", "bus"))
    assert f"「{shown.lead_in}…{shown.text}」" in text


def test_a_flaw_of_the_source_is_marked_below_its_quote(advisor: Advisor) -> None:
    text = as_text(saying_on(advisor, "chifeng", "fee_reissue"))
    assert "财政部门 and 价格主管部门" in text
    assert "（注：「财政部门 and 价格主管部门」" in text


def test_choices_are_numbered_and_a_link_stands_below_its_quote(advisor: Advisor) -> None:
    text = as_text(
        saying_on(advisor, "luoyang", "overdue"), lambda city, address: f"https://例/{city}/{address.article}"
    )
    lines = text.splitlines()
    assert lines[lines.index("https://例/luoyang/13") - 1].startswith("第十三条：「")
    assert lines[-2:] == ["1. 要交什么材料", "2. 去哪里办"]


def test_a_verdict_too_long_for_wechat_loses_words_of_the_law_before_what_to_do_next(advisor: Advisor) -> None:
    session = Session()
    for message in ("帮我看看能不能办", "赤峰", "辽宁大连", "租房，有合同", "没登记过"):
        turn = advisor.take_turn(session, message, today=date(2026, 11, 21))
        session = turn.session
    assert len(as_text(turn.saying).encode()) > WECHAT_BYTES
    short = as_wechat_text(turn.saying)
    assert len(short.encode()) <= WECHAT_BYTES
    assert "接下来：" in short
    assert "· 在哪里登记" in short
    told = "\n".join(as_wechat_pieces(turn.saying)).splitlines()
    assert all(line in told for line in as_text(turn.saying).splitlines())
    assert "第二条第一款" in short


def test_the_choices_of_a_question_are_not_offered_as_further_questions(advisor: Advisor) -> None:
    asked = advisor.take_turn(Session(), "帮我看看能不能办", today=date(2026, 11, 21))
    assert words.CHOOSE in as_text(asked.saying)
    answered = advisor.take_turn(Session(city="luoyang"), "补办居住证要钱吗", today=date(2026, 11, 21))
    assert words.ASK_NEXT in as_text(answered.saying)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_was_left_out_follows_piece_by_piece_and_nothing_is_lost(advisor: Advisor, data: st.DataObject) -> None:
    topics = st.lists(st.sampled_from(sorted(advisor.library.topics)), min_size=1, max_size=4, unique=True)
    saying = saying_on(advisor, data.draw(st.sampled_from(sorted(advisor.library.cities))), *data.draw(topics))
    limit = data.draw(st.sampled_from([WECHAT_BYTES, 1500]))
    pieces = as_wechat_pieces(saying, limit=limit)
    assert all(0 < len(piece.encode()) <= limit for piece in pieces)
    assert [MORE_FOLLOWS in piece for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    told = "".join(pieces).replace("\n", "")
    assert all(line in told for line in as_text(saying).splitlines())


def test_a_choice_to_tap_sends_its_own_words_and_nothing_that_breaks_the_address() -> None:
    line = tappable(2, "办'居住证'要 <带>&什么?")
    assert line == (
        "<a href=\"weixin://bizmsgmenu?msgmenucontent=办居住证要带什么&msgmenuid=2\">2. 办'居住证'要 〈带〉&什么?</a>"
    )
