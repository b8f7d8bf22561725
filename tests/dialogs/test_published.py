"""What staff write is said to the questions it was written for, proven like every answer, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dialogs.advisor import Advisor
from dialogs.compose import verify
from dialogs.flows.all import FLOWS
from dialogs.published import (
    BY_STAFF,
    LONGEST_ASK,
    LONGEST_LINE,
    LONGEST_SENTENCE,
    MOST_ASKS,
    MOST_PLACES,
    OWN_DATA,
    FaqEntry,
    Published,
    Switch,
    problem_of,
    problem_with,
)
from dialogs.saying import Kind
from dialogs.session import Session
from knowledge.address import Address
from knowledge.library import Library
from rules.proof import ProofError
from tests.dialogs.publishing import (
    DOG,
    EMERGENCIES,
    FIRST,
    HERE,
    OFF,
    REISSUE,
    ROWS,
    THERE,
    TODAY,
    after,
    lines,
    said,
    with_entries,
)

# --- what may be published ---


def test_an_answer_that_rests_on_its_provisions_has_no_problem(library: Library) -> None:
    for entry in (DOG, REISSUE, FIRST):
        assert problem_of(library, entry) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"city": "nowhere"}, "没有“nowhere”这个城市"),
        ({"line": " "}, "请写答案"),
        ({"line": "长" * (LONGEST_LINE + 1)}, "请缩到 200 个以内"),
        ({"line": "第一行\n第二行"}, "看不见的符号"),
        ({"line": "好\u202e的"}, "看不见的符号"),
        ({"line": "<b>不收</b>"}, "代码符号"),
        ({"line": "看 https://example.org"}, "代码符号或网址"),
        ({"line": "[看这里](x)"}, "代码符号"),
        ({"line": "开封也一样。"}, "只给洛阳的人看"),
        ({"line": "要交50元。"}, "没有“50元”"),
        ({"line": "请打 12345。"}, "没有“12345”"),
        ({"asks": ()}, "至少写一种问法"),
        ({"asks": ("能刷地铁吗",) * (MOST_ASKS + 1)}, "20 种以内"),
        ({"asks": ("能吗",)}, "要有 4 到 100 个字"),
        ({"asks": ("问" * (LONGEST_ASK + 1),)}, "要有 4 到 100 个字"),
        ({"asks": ("能不能刷地铁", "在开封能刷地铁吗")}, "说到了“开封”"),
        ({"asks": ("我住北京，能刷地铁吗",)}, "说到了“北京”"),
        ({"asks": ("我电话13800138000能刷地铁吗",)}, "请去掉"),
        ({"asks": ("能刷<i>地铁</i>吗",)}, "代码符号"),
        ({"asks": ("能刷\x00地铁吗",)}, "看不见的符号"),
        ({"places": ()}, "至少选一条依据"),
        ({"places": (Address("16"),) * (MOST_PLACES + 1)}, "6 条以内"),
        ({"places": (Address("99"),)}, "没有“99”这个条款"),
        ({"places": (Address("16", 9),)}, "没有“16p9”这个条款"),
    ],
)
def test_what_is_wrong_with_an_answer_is_told_in_a_sentence(
    library: Library, change: dict[str, Any], told: str
) -> None:
    problem = problem_of(library, replace(DOG, **change))
    assert problem is not None
    assert told in problem
    assert problem.endswith("。")


@pytest.mark.parametrize(
    "change", [{"line": "要交50元。"}, {"places": ()}, {"places": (Address("99"),)}, {"city": "nowhere"}]
)
def test_what_does_not_verify_is_never_published(advisor: Advisor, change: dict[str, Any]) -> None:
    with pytest.raises((ProofError, KeyError)):
        with_entries(advisor, replace(DOG, **change))


def test_every_number_of_the_line_may_stand_that_stands_in_the_quotes(library: Library) -> None:
    city = library.cities[HERE]
    for address in city.addresses():
        provision = city.provision(city.normal_address(address))
        if "工作日" in provision.in_full:
            entry = replace(DOG, places=(address,), line="一个工作日、二百个工作日里办好。")
            assert "200工作日" in str(problem_of(library, entry))
            break
    else:
        pytest.fail("no provision tells working days")


@pytest.mark.parametrize(
    ("switch", "told"),
    [
        (Switch("nowhere", None, OFF), "没有“nowhere”这个城市"),
        (Switch(None, "no topic", OFF), "请从列表里选"),
        (Switch(HERE, None, " "), "请写停用时"),
        (Switch(HERE, None, "长" * (LONGEST_SENTENCE + 1)), "400 个以内"),
        (Switch(HERE, None, "<script>"), "代码符号"),
        (Switch(HERE, None, "停\n用"), "看不见的符号"),
        *((Switch(None, name, OFF), "不能停用") for name in sorted(OWN_DATA)),
    ],
)
def test_what_cannot_be_switched_off_is_told(library: Library, switch: Switch, told: str) -> None:
    assert told in str(problem_with(library, switch))


def test_every_topic_and_every_other_dialog_can_be_switched_off(library: Library) -> None:
    dialogs = {flow.name for flow in FLOWS}
    assert dialogs > OWN_DATA
    for name in (*library.topics, *(dialogs - OWN_DATA), None):
        for city in (HERE, None):
            assert problem_with(library, Switch(city, name, OFF)) is None


# --- who gets an answer written by staff ---

NEARLY = ("首次办证收不收钱哈我跟我老乡打了赌输了请吃烩面",)
"""So like an ask that it would be taken for it if it had no answer of its own."""


def test_a_question_without_an_answer_gets_the_one_of_staff_with_the_law_and_who_wrote_it(advisor: Advisor) -> None:
    published = with_entries(advisor, DOG)
    assert said(advisor, "刷地铁居住证能行吗").saying.kind is Kind.NOT_COVERED
    turn = said(published, "刷地铁居住证能行吗")
    (part,) = turn.saying.parts
    assert (turn.saying.kind, turn.saying.faq, part.first_line) == (Kind.ANSWER, "dog", DOG.line)
    assert part.notes == (BY_STAFF,)
    (quoted,) = turn.saying.quotations
    city = advisor.library.cities[HERE]
    assert (quoted.city, quoted.text) == (HERE, city.provision(Address("16")).text)
    assert turn.saying.caveats == said(advisor, "首次办证收不收钱").saying.caveats


def test_a_draft_regulation_says_so_beside_an_answer_of_staff_too(advisor: Advisor) -> None:
    drafts = [city for city in advisor.library.cities.values() if city.is_draft]
    assert drafts
    for city in drafts:
        turn = said(with_entries(advisor, replace(DOG, city=city.slug)), DOG.asks[0], city.slug)
        assert turn.saying.faq == "dog"
        assert city.caveat in turn.saying.caveats


def test_nobody_of_another_city_and_nobody_whose_city_is_not_known_gets_it(advisor: Advisor) -> None:
    published = with_entries(advisor, DOG, REISSUE, FIRST)
    for ask in (*DOG.asks, *REISSUE.asks, *FIRST.asks):
        for city in (THERE, None):
            assert said(published, ask, city) == said(advisor, ask, city)
        elsewhere = f"我住在北京，{ask}"
        assert said(published, elsewhere).saying == said(advisor, elsewhere).saying
        assert said(published, f"我在开封，{ask}").saying.faq is None
        assert said(published, f"我在洛阳，{ask}", THERE).saying.faq is not None
    assert said(published, FIRST.asks[0], None).saying.suggestions, "which city is asked as ever"


def test_where_the_text_has_a_sure_answer_only_the_very_words_bring_that_of_staff(advisor: Advisor) -> None:
    published = with_entries(advisor, FIRST)
    for ask in ("首次办证收不收钱", "请问首次办证收不收钱？", "洛阳首次办证收不收钱呢", "首次辦證收不收錢"):
        assert said(published, ask).saying.faq == "first", ask
    for ask in ("头一回办证要交钱吗", "首次办证要多久", "补办收不收钱", "首次办证收不收钱，要带什么", *NEARLY):
        assert said(published, ask) == said(advisor, ask), ask


def test_what_asks_another_thing_in_nearly_the_same_words_is_not_taken_for_it(advisor: Advisor) -> None:
    published = with_entries(advisor, DOG)
    for ask in ("居住证能不能刷公交", "居住证能不能抵押贷款", "身份证能不能刷地铁吃饭", "地铁几点开"):
        assert said(published, ask).saying.faq is None, ask


def test_emergencies_numbers_greetings_and_dialogs_come_first(advisor: Advisor) -> None:
    asks = (*EMERGENCIES, "我的身份证号是110105194912310022，能刷地铁吗", "帮我看看能不能办", "删除我的信息")
    greedy = tuple(FaqEntry(f"e{at}", HERE, (ask,), "看条文。", (Address("16"),)) for at, ask in enumerate(asks))
    published = with_entries(advisor, *greedy)
    for ask in asks:
        assert said(published, ask) == said(advisor, ask), ask


def test_in_a_dialog_a_question_beside_gets_it_and_the_dialog_goes_on(advisor: Advisor) -> None:
    published = with_entries(advisor, DOG)
    turn = after(published, Session(), "帮我看看能不能办", "洛阳", DOG.asks[0])
    assert turn.saying.faq == "dog"
    assert turn.session.flow is not None
    assert lines(turn)[-1] == lines(after(advisor, Session(), "帮我看看能不能办", "洛阳"))[-1]


def test_words_that_may_go_on_from_what_was_talked_of_are_not_taken_for_an_ask_they_only_resemble(
    advisor: Advisor,
) -> None:
    published = with_entries(advisor, replace(DOG, asks=("那要是养了乌龟怎么说",)))
    for session in (Session(city=HERE), after(advisor, Session(city=HERE), "首次办证收不收钱").session):
        for text in ("那乌龟呢", "怎么说", "那要是养了乌龟蜥蜴怎么说"):
            assert published.take_turn(session, text, today=TODAY) == advisor.take_turn(session, text, today=TODAY)
        assert published.take_turn(session, "那要是养了乌龟怎么说呀", today=TODAY).saying.faq == "dog"


def test_the_shipped_questions_are_answered_as_before_whatever_else_is_published(advisor: Advisor) -> None:
    asks = [row for row in ROWS if row["city"] == HERE and row["answerable"]]
    entries = tuple(
        FaqEntry(
            row["id"], HERE, (advisor.reader.without_city_names(row["question"])[:100],), "看条文。", (Address("16"),)
        )
        for row in asks[::2]
    )
    published = with_entries(advisor, *(one for one in entries if problem_of(advisor.library, one) is None))
    for row in asks[1::2]:
        assert said(published, row["question"]).saying.faq is None, row["question"]


def test_publishing_changes_no_advisor_there_was_and_can_be_undone(advisor: Advisor) -> None:
    before = said(advisor, DOG.asks[0])
    published = with_entries(advisor, DOG)
    assert said(published, DOG.asks[0]) != before
    assert said(advisor, DOG.asks[0]) == before
    assert said(published.with_published(Published()), DOG.asks[0]) == before
    assert published.reader is advisor.reader


def test_whatever_is_said_verifies(advisor: Advisor, library: Library) -> None:
    published = advisor.with_published(Published((Switch(THERE, None, OFF),), (DOG, REISSUE, FIRST)))
    for row in ROWS[::7]:
        for city in (HERE, THERE):
            verify(library, said(published, row["question"], city).saying)
