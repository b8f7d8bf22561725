"""Code that names a topic names one that exists: a renamed topic is found here, not by a resident."""

from __future__ import annotations

from bot.channels.law import GROUPS
from bot.channels.web import _FIRST_QUESTIONS
from dialogs import answerer as turn
from dialogs import completing, dates
from dialogs.advisor import Advisor
from dialogs.dates import lateness
from dialogs.dates.deadlines import DEADLINES
from dialogs.dates.endorsement import WINDOW_TOPICS
from dialogs.dates.lateness import LATE_TOPICS, WINDOW_RULES
from dialogs.dates.others import OTHERS
from dialogs.flows.all import FLOWS
from dialogs.office_lines import WHERE_TOPICS
from dialogs.suggestions import _NEXT
from dialogs.understanding.following import ASPECTS, SHARED_CONCEPTS
from knowledge.library import Library
from rules import next_steps
from rules.eligibility import verdict


def test_every_topic_that_code_names_exists(advisor: Advisor) -> None:
    named = {slug for slugs in _NEXT.values() for slug in slugs}
    named |= {flow.topic for flow in FLOWS} | {ask.why for flow in FLOWS for ask in flow.asks if ask.why}
    named |= {completing._PENALTY_AMOUNT, completing._FEE_AMOUNT, completing._NEAR_TOPIC, completing._ACROSS_TOPIC}
    named |= {completing._REGISTER_BY, completing._EXEMPT_STAY, *WHERE_TOPICS, *dates._AFTER_A_MOVE}
    named |= {*DEADLINES, *OTHERS, *WINDOW_TOPICS, *LATE_TOPICS}
    named |= set(verdict._HOW_TO) | {topic for topics in verdict._PROOFS.values() for topic in topics}
    named |= set(turn._AFTER_CITY) | set(_FIRST_QUESTIONS)
    assert named - set(advisor.library.topics) == set()


def test_every_parameter_that_code_names_exists(library: Library) -> None:
    named = {rule.parameter for rule in DEADLINES.values()} | {*WINDOW_RULES, *lateness._LATE_RULES}
    named |= set(next_steps.PROOFS.values())
    assert all(named <= set(city.parameters) for city in library.cities.values())


def test_every_group_of_topics_has_a_title_and_next_questions(advisor: Advisor) -> None:
    groups = {topic.group for topic in advisor.library.topics.values()}
    assert groups == set(GROUPS) == set(_NEXT)


def test_every_concept_that_code_names_exists(advisor: Advisor) -> None:
    assert (ASPECTS | SHARED_CONCEPTS) - set(advisor.library.concepts) == set()
