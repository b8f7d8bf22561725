"""Each topic asked in each city gets that city's rule with its proof, or its silence; never another city's words."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.advisor import Advisor
from dialogs.saying import Kind, Saying
from dialogs.session import Session
from knowledge.city import Stance
from knowledge.text import squeeze

TODAY = date(2026, 11, 21)
KINDS = {Stance.STATED: Kind.ANSWER, Stance.SILENT: Kind.NOT_COVERED, Stance.NATIONAL: Kind.REFER_NATIONAL}
CITIES = ("bazhong", "ankang", "chifeng", "kaifeng", "luoyang")


def ask(advisor: Advisor, text: str, city: str | None = None) -> Saying:
    return advisor.take_turn(Session(), text, today=TODAY, city=city).saying


def _says_what_is_unsaid(says: str) -> bool:
    """Tell whether our own line says that the very thing its topic asks for is not written: 要带什么没有列."""
    return "没有列" in says or "没写" in says or "没有写" in says


@pytest.mark.parametrize("slug", CITIES)
def test_each_topic_is_found_by_its_own_title(advisor: Advisor, slug: str) -> None:
    city = advisor.library.cities[slug]
    for topic in advisor.library.topics.values():
        saying = ask(advisor, topic.title, slug)
        part = next((part for part in saying.parts if part.topic == topic.slug), None)
        assert part is not None, topic.title
        ruling = city.rulings[topic.slug]
        assert part.kind is KINDS[ruling.stance] or _says_what_is_unsaid(ruling.says or ""), topic.title


@pytest.mark.parametrize("slug", CITIES)
def test_every_quote_of_an_answer_is_in_that_citys_source_file(advisor: Advisor, slug: str) -> None:
    city = advisor.library.cities[slug]
    source = squeeze("\n".join([city.act.preamble, *(article.text for article in city.act.articles), city.act.tail]))
    for topic in advisor.library.topics.values():
        for quotation in ask(advisor, topic.title, slug).quotations:
            assert quotation.city == slug
            for line in quotation.text.splitlines():
                assert squeeze(line) in source
            assert squeeze(quotation.lead_in or "") in source


def test_every_answer_from_the_draft_says_that_it_is_a_draft(advisor: Advisor) -> None:
    for topic in advisor.library.topics.values():
        saying = ask(advisor, topic.title, "ankang")
        assert any("草案" in caveat for caveat in saying.caveats), topic.title


def test_no_other_city_is_called_a_draft(advisor: Advisor) -> None:
    for slug in set(CITIES) - {"ankang"}:
        assert ask(advisor, "办居住证要带什么", slug).caveats == ()


def test_a_silent_city_says_so_and_where_to_ask(advisor: Advisor) -> None:
    saying = ask(advisor, "居住证丢了补办要不要钱", "luoyang")
    assert saying.kind is Kind.NOT_COVERED
    assert saying.parts[0].first_line == "洛阳的办法没有写：丢了补领收不收钱。"
    assert any("12345" in note for note in saying.parts[0].notes)
    assert "免收" not in "".join(quotation.text for quotation in saying.quotations)


def test_without_a_city_every_topic_asks_for_it_once_and_remembers_the_question(advisor: Advisor) -> None:
    for topic in advisor.library.topics.values():
        asked = advisor.take_turn(Session(), topic.title, today=TODAY)
        assert asked.saying.kind is Kind.CLARIFY, topic.title
        answered = advisor.take_turn(asked.session, "赤峰", today=TODAY)
        assert topic.slug in [part.topic for part in answered.saying.parts], topic.title
        assert answered.saying.city == "chifeng"
