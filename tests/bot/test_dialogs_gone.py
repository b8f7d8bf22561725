"""What is given up, erased or past its time is lost: gone from the files, and from every copy of them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.declaring import (
    DAY,
    HOUR,
    NUMBER,
    WITH_OFFICE,
    Clock,
    Operators,
    Person,
    Say,
    declared,
    label,
    opened,
    until_submission,
    with_todays_keys,
)
from tests.bot.keeping import NAME


def test_what_was_cancelled_opens_with_no_key_that_is_left(anna: Person, tmp_path: Path, library: Library) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    anna.do(*until_submission(library))
    shutil.copytree(data, copy)
    assert with_todays_keys(data, copy)["flow"].answers["number"] == NUMBER
    anna.do(Say("取消"), Say("不办了"))
    assert with_todays_keys(data, copy)["flow"] is None
    assert anna.assistant.session_of("anna").flow is None
    assert NAME not in with_todays_keys(data, copy)["replies"]


@pytest.mark.parametrize("way", ["cancelled", "ended"])
def test_no_photo_is_left_of_a_draft_that_was_given_up(
    anna: Person, tmp_path: Path, library: Library, way: str
) -> None:
    anna.do(*until_submission(library))
    with closing(sqlite3.connect(tmp_path / "data" / "records.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM photo").fetchone() == (1,)
        if way == "cancelled":
            anna.do(Say("取消"), Say("不办了"))
        else:
            anna.assistant.forget("anna")
        assert database.execute("SELECT count(*) FROM photo").fetchone() == (0,)


def test_what_was_erased_opens_with_no_key_that_is_left(anna: Person, tmp_path: Path, library: Library) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    declared(anna, library)
    anna.do(*until_submission(library))
    shutil.copytree(data, copy)
    anna.do(Say("删除我的信息"), Say(label(library, "sure", "yes", "erase")))
    assert anna.receipts() == []
    told = with_todays_keys(data, copy)
    assert told["flow"] is None
    assert NAME not in told["replies"]
    assert "没有您的申报" in anna.say("我的申报")


def test_a_draft_is_kept_seven_days_and_not_a_second_longer(anna: Person, clock: Clock, library: Library) -> None:
    anna.do(*until_submission(library))
    clock.at += 7 * DAY - 1
    assert anna.assistant.session_of("anna").flow is not None
    clock.at += 1
    assert anna.assistant.session_of("anna").flow is None
    assert "没有在办" in anna.say("继续")


def test_a_demonstration_is_kept_for_a_day_and_not_a_second_longer(
    advisor: Advisor, tmp_path: Path, clock: Clock, library: Library
) -> None:
    with opened(advisor, tmp_path, clock) as started:
        anna = Person(started)
        anna.do(*until_submission(library))
        clock.at += 24 * HOUR - 1
        assert started.session_of("anna").flow is not None
        clock.at += 1
        assert started.session_of("anna").flow is None


def test_a_demonstration_put_aside_for_another_dialog_is_kept_for_a_day_too(
    advisor: Advisor, tmp_path: Path, clock: Clock, library: Library
) -> None:
    with opened(advisor, tmp_path, clock) as started:
        anna = Person(started)
        anna.do(*until_submission(library), Say("看看能不能办"))
        assert started.session_of("anna").parked is not None
        clock.at += 24 * HOUR
        assert started.session_of("anna").parked is None


def test_on_a_quiet_day_too_what_is_past_its_time_is_lost(
    advisor: Advisor, tmp_path: Path, clock: Clock, library: Library
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with opened(advisor, data, clock) as started:
        Person(started).do(*until_submission(library))
        shutil.copytree(data, copy)
        assert with_todays_keys(data, copy)["flow"] is not None
        clock.at += 25 * HOUR
        started.purge()
        assert with_todays_keys(data, copy)["flow"] is None


@pytest.mark.parametrize(("operators", "days"), [(WITH_OFFICE, 30), ((), 1)])
def test_a_declaration_is_kept_as_long_as_was_promised(
    advisor: Advisor, tmp_path: Path, clock: Clock, library: Library, operators: Operators, days: int
) -> None:
    with opened(advisor, tmp_path, clock, operators) as started:
        anna = Person(started)
        receipt = declared(anna, library)
        clock.at += days * DAY - 1
        started.purge()
        assert anna.receipts() == [receipt]
        assert receipt in anna.say("我的申报")
        clock.at += 1
        started.purge()
        assert anna.receipts() == []
        assert "没有您的申报" in anna.say("我的申报")
