"""Questions are kept for improvement without whose they were; and what an operator may know of the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.store.faults import StoreUnavailable
from bot.store.records import DatabaseStatus, KeptQuestion, Records
from tests.bot.keeping import DAY, NOW, Place

ASKED = KeptQuestion(NOW, "answer", "办居住证要多少钱", "luoyang", "fee")


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def test_the_latest_questions_are_read_as_they_were_kept_the_earliest_first(records: Records) -> None:
    later, unclear = KeptQuestion(NOW + 5, "not_covered", "彩票哪里买"), KeptQuestion(NOW, "clarify", "多久", "chifeng")
    records.keep_questions([later, ASKED])
    records.keep_questions([unclear])
    assert records.questions(NOW, 10) == (ASKED, unclear, later)
    assert records.questions(NOW, 2) == (unclear, later)
    assert records.questions(NOW, 1, {"answer", "clarify"}) == (unclear,)
    assert records.questions(NOW + 1, 10) == (later,)
    assert records.questions(NOW + 6, 10) == ()


def test_a_question_has_its_day_in_china_and_nobody_whose_it_was(records: Records, place: Place) -> None:
    midnight = NOW - 9.5 * 3600
    records.keep_questions([KeptQuestion(midnight - 1, "answer", "问"), KeptQuestion(midnight, "answer", "问")])
    days = [str(row[0]) for row in place.run("SELECT day FROM question ORDER BY at")]
    assert days == [date(2026, 6, 30).isoformat(), date(2026, 7, 1).isoformat()]
    assert set(KeptQuestion.__dataclass_fields__) == {"at", "kind", "text", "city", "topic"}


def test_questions_are_kept_180_days(records: Records, place: Place) -> None:
    records.keep_questions([ASKED])
    records.purge(NOW + 180 * DAY - 1)
    assert place.count("question") == 1
    records.purge(NOW + 180 * DAY)
    assert place.count("question") == 0


def test_of_questions_handed_in_together_all_are_kept_or_none(records: Records) -> None:
    broken = KeptQuestion(NOW, None, "没有种类")  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        records.keep_questions([ASKED, broken])
    assert records.questions(0, 10) == ()
    records.keep_questions([])
    assert records.questions(0, 10) == ()


@pytest.mark.parametrize("text", ["", "零\0字符", "半个\ud83d", "表情😀", "很" * 5000])
def test_whatever_was_asked_can_be_kept(records: Records, text: str) -> None:
    records.keep_questions([KeptQuestion(NOW, "answer", text)])
    kept = records.questions(NOW, 1)[0].text
    assert kept == text.replace("\0", "").replace("\ud83d", "?")


def test_a_question_shows_no_text_where_it_is_printed() -> None:
    assert ASKED.text not in repr(ASKED)


def test_an_operator_sees_what_the_database_is(records: Records, place: Place) -> None:
    records.ping()
    found = records.status()
    assert (found.dialect, found.revision) == ("postgresql" if place.database else "sqlite", "0004")
    assert int(found.server_version.split(".")[0]) >= (14 if place.database else 3)
    assert isinstance(found, DatabaseStatus)
