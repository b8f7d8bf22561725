"""What stands between the composer and every channel: a saying with one wrong thing in it is never sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dialogs.advisor import Advisor
from dialogs.compose import caveats, topic_part, verify
from dialogs.saying import Kind, Part, Saying
from knowledge.address import Address
from rules.proof import ProofError


def said(advisor: Advisor, slug: str, topic: str) -> Saying:
    city = advisor.library.cities[slug]
    part = topic_part(advisor.library, city, topic)
    return Saying(part.kind, slug, topic, (part,), caveats(city, date(2026, 11, 21)))


def with_part(saying: Saying, **changes: object) -> Saying:
    return replace(saying, parts=(replace(saying.parts[0], **changes),))  # type: ignore[arg-type]


def with_quote(saying: Saying, **changes: object) -> Saying:
    first, *others = saying.parts[0].quotations
    return with_part(saying, quotations=(replace(first, **changes), *others))  # type: ignore[arg-type]


def test_what_was_composed_verifies(advisor: Advisor) -> None:
    for slug in advisor.library.cities:
        for topic in advisor.library.topics:
            verify(advisor.library, said(advisor, slug, topic))


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "第二十一条"},
        {"source": "《洛阳市居住证管理暂行办法》"},
        {"text": "逾期也不要紧。"},
        {"address": Address("21", 1)},
        {"address": Address("99")},
        {"city": "kaifeng"},
        {"lead_in": "下列情形："},
        {"text": ""},
    ],
)
def test_a_quote_with_one_wrong_thing_is_not_sent(advisor: Advisor, changes: dict[str, object]) -> None:
    with pytest.raises(ProofError):
        verify(advisor.library, with_quote(said(advisor, "chifeng", "overdue"), **changes))


@pytest.mark.parametrize("line", ["90日内补签就行。", "三年内都能补。", "要交20元。", "三十个工作日内补。"])
def test_a_number_that_no_quote_shows_is_not_sent(advisor: Advisor, line: str) -> None:
    with pytest.raises(ProofError):
        verify(advisor.library, with_part(said(advisor, "chifeng", "overdue"), first_line=line))


def test_an_answer_without_evidence_is_not_sent(advisor: Advisor) -> None:
    with pytest.raises(ProofError):
        verify(advisor.library, with_part(said(advisor, "chifeng", "overdue"), quotations=()))


def test_an_item_without_the_opening_of_its_paragraph_is_not_sent(advisor: Advisor) -> None:
    with pytest.raises(ProofError):
        verify(advisor.library, with_quote(said(advisor, "kaifeng", "bus"), lead_in=None))


def test_a_draft_without_its_warning_is_not_sent(advisor: Advisor) -> None:
    with pytest.raises(ProofError):
        verify(advisor.library, replace(said(advisor, "ankang", "overdue"), caveats=()))


def test_one_bad_part_among_good_ones_is_enough(advisor: Advisor) -> None:
    good = said(advisor, "luoyang", "overdue")
    bad = Part(Kind.ANSWER, "罚9999元。", "penalty_amount", good.parts[0].quotations)
    with pytest.raises(ProofError):
        verify(advisor.library, replace(good, parts=(*good.parts, bad)))
