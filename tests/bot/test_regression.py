"""Before an answer is in force every labelled question is asked with it and without: one answered worse stops it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.judging import Verdict
from bot.regression import Change, Report, run
from dialogs.advisor import Advisor
from dialogs.published import FaqEntry, Published, Switch
from knowledge.address import Address
from knowledge.labelled import labelled_lookups, labelled_questions

ROWS = labelled_questions()


def entry(city: str, ask: str, place: str, line: str = "看下面的条文。") -> Published:
    return Published((), (FaqEntry("e1", city, (ask,), line, (Address.parse(place),)),))


def right_before(advisor: Advisor) -> dict[str, Any]:
    """Return a labelled question of some city that is answered right, and has one provision to its label."""
    report = run(advisor, advisor.with_published(Published((Switch(None, None, "停用。"),))), ROWS)
    right = {change.id for change in report.changes if change.before is Verdict.RIGHT}
    return next(row for row in ROWS if row["id"] in right and row["answerable"] and not row["city_in_text"])


def test_every_shipped_question_is_asked_and_nothing_published_changes_nothing(advisor: Advisor) -> None:
    started = time.process_time()
    report = run(advisor, advisor.with_published(Published()))
    assert time.process_time() - started < 10
    assert report.asked == len(ROWS) > 600
    assert report.right_before == report.right_after > 0.9 * len(ROWS)
    assert (report.changes, report.is_accepted) == ((), True)
    assert len(labelled_lookups()) == 100, "shipped beside them"


def test_an_answer_that_takes_the_place_of_a_right_one_with_another_provision_is_not_accepted(
    advisor: Advisor,
) -> None:
    row = right_before(advisor)
    others = {"24", "1"} - {article for article, _ in row["gold"]}
    report = run(advisor, advisor.with_published(entry(row["city"], row["question"], max(others))), ROWS)
    (change,) = report.worse
    assert (change.id, change.question, change.before, change.after) == (
        row["id"],
        row["question"],
        Verdict.RIGHT,
        Verdict.WRONG,
    )
    assert change.said_after == "看下面的条文。" != change.said_before
    assert (report.is_accepted, report.right_after) == (False, report.right_before - 1)


def test_an_answer_that_rests_on_the_right_provision_is_accepted_and_shown_as_a_change(advisor: Advisor) -> None:
    row = right_before(advisor)
    article = row["gold"][0][0]
    report = run(advisor, advisor.with_published(entry(row["city"], row["question"], article)), ROWS)
    (change,) = report.changes
    assert (change.before, change.after, change.is_worse) == (Verdict.RIGHT, Verdict.RIGHT, False)
    assert report.is_accepted


def test_an_answer_to_what_nobody_asked_before_changes_nothing(advisor: Advisor) -> None:
    report = run(advisor, advisor.with_published(entry("luoyang", "养狗要不要办狗证啊", "24")), ROWS)
    assert (report.changes, report.is_accepted) == ((), True)


def test_what_is_switched_off_is_seen_as_not_answered_any_more(advisor: Advisor) -> None:
    rows = [row for row in ROWS if row["city"] == "luoyang"]
    report = run(advisor, advisor.with_published(Published((Switch("luoyang", None, "停用。"),))), rows)
    assert not report.is_accepted
    assert {change.after for change in report.worse} == {Verdict.MISS}


@pytest.mark.parametrize(
    ("before", "after", "is_worse"),
    [
        (Verdict.RIGHT, Verdict.RIGHT, False),
        (Verdict.RIGHT, Verdict.PARTIAL, True),
        (Verdict.RIGHT, Verdict.MISS, True),
        (Verdict.MISS, Verdict.WRONG, True),
        (Verdict.PARTIAL, Verdict.WRONG, True),
        (Verdict.WRONG, Verdict.WRONG, False),
        (Verdict.WRONG, Verdict.MISS, False),
        (Verdict.MISS, Verdict.RIGHT, False),
    ],
)
def test_worse_is_a_right_one_lost_or_a_wrong_one_more(before: Verdict, after: Verdict, is_worse: bool) -> None:
    change = Change("x", None, "补办", before, after, "", "")
    assert change.is_worse is is_worse
    assert Report(1, 1, 1, (change,)).is_accepted is not is_worse


def test_a_report_on_no_question_is_not_accepted() -> None:
    assert not Report(0, 0, 0).is_accepted


changes = st.builds(
    Change,
    id=st.text(max_size=8),
    city=st.none() | st.text(max_size=8),
    question=st.text(max_size=40),
    before=st.sampled_from(Verdict),
    after=st.sampled_from(Verdict),
    said_before=st.text(max_size=40),
    said_after=st.text(max_size=40),
)


@given(st.builds(Report, st.integers(0, 999), st.integers(0, 999), st.integers(0, 999), st.lists(changes).map(tuple)))
def test_a_report_reads_back_as_it_was_written(report: Report) -> None:
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"asked": 1}', '{"asked":1,"changes":[{"id":1}]}'])
def test_what_is_no_report_reads_as_none(text: str) -> None:
    assert Report.from_json(text) is None


async def test_while_the_questions_are_asked_in_a_thread_others_are_still_answered(advisor: Advisor) -> None:
    trial = asyncio.create_task(asyncio.to_thread(run, advisor, advisor.with_published(Published()), ROWS))
    turns = 0
    while not trial.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert (await trial).is_accepted
    assert turns > 10
