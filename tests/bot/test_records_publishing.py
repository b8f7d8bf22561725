"""What staff write passes through two persons' hands before it is in force, can be taken back, and leaves a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.store.publishing import NoSuchRevision, NotAccepted, PublishingError, SecondPersonNeeded, State, WrongState
from bot.store.records import Records
from dialogs.published import FaqEntry, Published
from tests.bot.keeping import NOW, Place
from tests.bot.publishing import ASKS, BAD, GOOD, LINE, PLACES, draft, in_state, lines_in_force, publish, trace


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


# --- from the draft to the answer ---


def test_an_answer_is_in_force_once_a_second_person_approved_it_and_reads_as_it_was_written(place: Place) -> None:
    with place.opened() as (records, _):
        before = records.published()
        assert before[1] == Published()
        revision = draft(records)
        records.hand_in(revision, "anna", NOW)
        records.keep_report(revision, GOOD, "boris", NOW)
        assert records.published() == before, "nothing is in force yet"
        records.approve(revision, "boris", NOW + 60)
    with place.opened() as (records, _):
        version, published = records.published()
        assert version == records.published_version() != before[0]
        (entry,) = published.entries
        assert entry == FaqEntry(entry.id, "kuajing", ASKS, LINE, PLACES)
        found = records.revision(revision)
        assert (found.faq, found.state, found.author, found.at) == (entry, State.LIVE, "anna", NOW)
        assert (found.reviewer, found.decided_at, found.is_accepted) == ("boris", NOW + 60, True)
        assert trace(place) == [
            ("anna", "faq_draft", entry.id, f"#{revision}"),
            ("anna", "faq_hand_in", entry.id, f"#{revision}"),
            ("boris", "faq_report", entry.id, f"#{revision}"),
            ("boris", "faq_approve", entry.id, f"#{revision}"),
        ]


def test_nobody_approves_what_they_wrote_themselves(records: Records) -> None:
    revision = draft(records)
    records.hand_in(revision, "boris", NOW)
    records.keep_report(revision, GOOD, "anna", NOW)
    with pytest.raises(SecondPersonNeeded, match="请让另一位"):
        records.approve(revision, "anna", NOW)
    assert lines_in_force(records) == []
    records.approve(revision, "boris", NOW)
    assert lines_in_force(records) == [LINE]


@pytest.mark.parametrize("report", ["", BAD, "{", "[]", '{"is_accepted": "yes"}'])
def test_without_a_report_of_this_very_text_that_is_accepted_nothing_is_approved(records: Records, report: str) -> None:
    revision = draft(records)
    records.keep_report(revision, GOOD, "anna", NOW)
    assert draft(records, records.revision(revision).faq.id, "改过了。") == revision
    assert records.revision(revision).report == "", "it was that of another text"
    records.hand_in(revision, "anna", NOW)
    if report:
        records.keep_report(revision, report, "anna", NOW)
    with pytest.raises(NotAccepted, match="请先试答"):
        records.approve(revision, "boris", NOW)
    assert lines_in_force(records) == []


def test_the_report_of_another_revision_does_not_count(records: Records) -> None:
    first = publish(records)
    second = draft(records, first.faq.id, "改过了。")
    records.hand_in(second, "anna", NOW)
    with pytest.raises(NotAccepted):
        records.approve(second, "boris", NOW)
    assert lines_in_force(records) == [LINE]


def test_whoever_wrote_over_a_draft_is_its_author(records: Records) -> None:
    revision = draft(records)
    assert draft(records, records.revision(revision).faq.id, by="boris") == revision
    records.hand_in(revision, "boris", NOW)
    records.keep_report(revision, GOOD, "boris", NOW)
    with pytest.raises(SecondPersonNeeded):
        records.approve(revision, "boris", NOW)
    records.approve(revision, "anna", NOW)


def test_what_is_refused_is_told_why_and_can_be_written_anew(records: Records, place: Place) -> None:
    revision = draft(records)
    records.hand_in(revision, "anna", NOW)
    records.refuse(revision, "boris", "第几条写错了\0" + "，" * 500, NOW)
    found = records.revision(revision)
    assert (found.state, found.reviewer, len(found.reason)) == (State.REFUSED, "boris", 400)
    assert found.reason.startswith("第几条写错了，")
    again = draft(records, found.faq.id)
    assert again != revision
    assert [one.id for one in records.revisions_of(found.faq.id)] == [again, revision]
    assert trace(place)[2][:3] == ("boris", "faq_refuse", found.faq.id)
    assert lines_in_force(records) == []


MOVES: dict[str, Callable[[Records, int], object]] = {
    "hand_in": lambda records, revision: records.hand_in(revision, "anna", NOW),
    "report": lambda records, revision: records.keep_report(revision, GOOD, "anna", NOW),
    "approve": lambda records, revision: records.approve(revision, "carla", NOW),
    "refuse": lambda records, revision: records.refuse(revision, "carla", "不对", NOW),
}
ALLOWED = {
    State.DRAFT: {"hand_in", "report"},
    State.WAITING: {"report", "approve", "refuse"},
    State.LIVE: set[str](),
    State.REFUSED: set[str](),
    State.REPLACED: set[str](),
    State.WITHDRAWN: set[str](),
}


@pytest.mark.parametrize("state", State)
def test_in_every_state_only_what_leads_on_from_it_can_be_done_and_the_rest_leaves_no_trace(
    records: Records, place: Place, state: State
) -> None:
    for name, move in MOVES.items():
        revision = in_state(records, state)
        assert records.revision(revision).state is state
        before = (records.revision(revision), records.published(), place.count("audit"))
        if name in ALLOWED[state]:
            move(records, revision)
            assert place.count("audit") == before[2] + 1
        else:
            with pytest.raises(WrongState, match="请刷新"):
                move(records, revision)
            assert (records.revision(revision), records.published(), place.count("audit")) == before


def test_what_is_not_there_is_told_apart(records: Records) -> None:
    for move in MOVES.values():
        with pytest.raises(NoSuchRevision, match="请从列表"):
            move(records, 12345)
    with pytest.raises(NoSuchRevision):
        draft(records, "no such entry")
    with pytest.raises(NoSuchRevision):
        records.roll_back("no such entry", "boris", NOW)
    assert issubclass(NoSuchRevision, PublishingError)


# --- and back ---


def test_a_later_revision_replaces_the_one_before_and_rolling_back_brings_it_again_one_by_one(records: Records) -> None:
    entry = publish(records, line="第一稿。").faq.id
    for at, line in ((1, "第二稿。"), (2, "第三稿。")):
        publish(records, entry, line, NOW + at)
        assert lines_in_force(records) == [line]
    states = {one.faq.line: one.state for one in records.revisions_of(entry)}
    assert states == {"第三稿。": State.LIVE, "第二稿。": State.REPLACED, "第一稿。": State.REPLACED}
    second = records.roll_back(entry, "boris", NOW + 3)
    assert second is not None
    assert records.revision(second).faq.line == "第二稿。"
    publish(records, entry, "第四稿。", NOW + 4)
    for left in (["第二稿。"], ["第一稿。"], []):
        records.roll_back(entry, "boris", NOW + 5)
        assert lines_in_force(records) == left
    with pytest.raises(WrongState, match="没有在用"):
        records.roll_back(entry, "boris", NOW + 6)
    assert {one.state for one in records.revisions_of(entry)} == {State.WITHDRAWN}


def test_the_lists_show_the_latest_first_and_by_state(records: Records) -> None:
    old = publish(records)
    new = records.draft(None, "kuajing", ASKS, LINE, PLACES, "anna", NOW + 5)
    assert [one.id for one in records.entries()] == [new, old.id]
    assert [one.id for one in records.entries(State.LIVE)] == [old.id]
    assert [one.id for one in records.entries(limit=1)] == [new]
    assert records.entries(State.REFUSED) == ()


def test_what_cannot_be_read_any_more_is_an_entry_that_never_verifies(records: Records, place: Place) -> None:
    publish(records)
    place.run("""UPDATE faq SET places = '["12", "第九条"]', asks = '{'""")
    (entry,) = records.published()[1].entries
    assert (entry.asks, entry.places) == ((), ())
