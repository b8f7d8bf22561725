"""Code that names a topic names one that exists: a renamed topic is found here, not by a resident."""

from __future__ import annotations

from bot.channels.law import GROUPS
from bot.channels.web import _FIRST_QUESTIONS
from dialogs import advisor as turn
from dialogs.advisor import Advisor
from dialogs.suggestions import _NEXT
from dialogs.understanding.reading import _ASPECTS, _SHARED_CONCEPTS


def test_every_topic_that_code_names_exists(advisor: Advisor) -> None:
    named = {slug for slugs in _NEXT.values() for slug in slugs}
    named |= {topic for _, topic in turn._FLOW_WORDS.values()}
    named |= set(turn._AMOUNT_OF.values()) | set(turn._AMOUNT_OF) - {"penalty"}
    named |= set(turn._AFTER_CITY) | set(_FIRST_QUESTIONS)
    assert named - set(advisor.library.topics) == set()


def test_every_group_of_topics_has_a_title_and_next_questions(advisor: Advisor) -> None:
    groups = {topic.group for topic in advisor.library.topics.values()}
    assert groups == set(GROUPS) == set(_NEXT)


def test_every_concept_that_code_names_exists(advisor: Advisor) -> None:
    assert (_ASPECTS | _SHARED_CONCEPTS) - set(advisor.library.concepts) == set()
