"""A declaration from the first message to the receipt: kept through crashes and restarts, readable in no file."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.store.sqlite import SqliteConversations
from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.declaring import (
    BEFORE_THE_PAGES,
    NUMBER,
    SECRETS,
    WITH_OFFICE,
    Clock,
    Person,
    Say,
    declared,
    label,
    opened,
    readable_in,
    receipt_in,
    until_submission,
    whole_declaration,
)
from tests.bot.keeping import NAME, found_in
from tests.bot.servers import RedisServer


class Crash(RuntimeError):
    """The process ends here."""


def crash(*_: object, **__: object) -> None:
    raise Crash


# ------------------------------------------------------------------------------------------------ nothing is readable


def test_after_every_step_no_file_and_no_log_holds_what_was_told(
    anna: Person, tmp_path: Path, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for number, step in enumerate(whole_declaration(library)):
        anna.do(step)
        assert readable_in(tmp_path) == {}, f"after step {number}"
    receipt = receipt_in(anna.heard)
    for text in ("我的申报", "导出我的信息"):
        anna.say(text)
        assert readable_in(tmp_path) == {}, text
    assert NUMBER in anna.heard
    assert anna.receipts() == [receipt]
    logged = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records).encode()
    assert [secret for secret in SECRETS if secret in logged] == []


def test_nor_does_redis_whichever_of_two_processes_takes_the_step(
    advisor: Advisor, tmp_path: Path, library: Library, redis_server_running: RedisServer
) -> None:
    redis_server_running.empty()
    url = redis_server_running.url
    with (
        opened(advisor, tmp_path, Clock(), WITH_OFFICE, url) as one,
        opened(advisor, tmp_path, Clock(), WITH_OFFICE, url) as other,
    ):
        anna = Person(one)
        for number, step in enumerate(whole_declaration(library)):
            anna.assistant = (one, other)[number % 2]
            anna.do(step)
        assert anna.receipts() == [receipt_in(anna.heard)]
        assert readable_in(tmp_path) == {}
        assert readable_in(redis_server_running.folder) == {}
        assert found_in(redis_server_running.folder, b"juzhuzheng:{anna}:session"), "this is where it would stand"


def test_a_number_typed_into_the_talk_all_the_same_is_neither_taken_nor_kept_nor_said_again(
    anna: Person, tmp_path: Path, library: Library
) -> None:
    anna.do(*until_submission(library)[:BEFORE_THE_PAGES])
    for text in (NUMBER, f"我的号码是{NUMBER}", f"改证件号码，应该是{NUMBER}"):
        assert NUMBER not in anna.say(text)
        assert readable_in(tmp_path) == {}
    assert anna.say("继续").count("/page/") == 1


def test_why_the_office_gave_it_back_is_told_to_the_person_and_readable_in_no_file(
    anna: Person, tmp_path: Path, library: Library
) -> None:
    receipt = declared(anna, library)
    assert anna.assistant.records is not None
    anna.assistant.records.return_to_person(receipt, "other", "clerk", note=f"{NAME}的门牌号不清楚")
    assert f"{NAME}的门牌号不清楚" in anna.say("我的申报")
    assert readable_in(tmp_path) == {}


# ------------------------------------------------------------------------------------- once, however often it arrives


def test_every_message_that_arrives_twice_gets_the_identical_reply_and_is_one_declaration(
    anna: Person, library: Library
) -> None:
    for number, step in enumerate(whole_declaration(library)):
        if isinstance(step, Say):
            first = anna.say(step.text, key=f"step {number}")
            assert anna.say(step.text, key=f"step {number}") == first
        else:
            anna.do(step)
    assert len(anna.receipts()) == 1


def test_a_crash_after_the_declaration_was_handed_in_leads_to_the_same_receipt(
    advisor: Advisor, tmp_path: Path, clock: Clock, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = label(library, "truthful", "yes")
    with opened(advisor, tmp_path, clock, WITH_OFFICE) as before:
        anna = Person(before)
        anna.do(*until_submission(library))
        with monkeypatch.context() as broken:
            broken.setattr(SqliteConversations, "save", crash)
            with pytest.raises(Crash):
                anna.say(submission, key="yes")
        handed_in = anna.receipts()
    with opened(advisor, tmp_path, clock, WITH_OFFICE) as after:
        anna = Person(after)
        reply = anna.say(submission, key="yes")
        assert receipt_in(reply) == handed_in[0]
        assert "没有重复收" not in reply
        assert anna.receipts() == handed_in
        assert anna.say(submission, key="yes") == reply
        assert "没有在办" in anna.say("继续")


def test_a_consent_whose_turn_crashed_is_noted_once(
    anna: Person, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = whole_declaration(library)
    anna.do(*steps[:2])
    with monkeypatch.context() as broken:
        broken.setattr(SqliteConversations, "save", crash)
        with pytest.raises(Crash):
            anna.say(label(library, "consent", "yes"), key="yes")
    anna.say(label(library, "consent", "yes"), key="yes")
    anna.do(*steps[3:])
    assert anna.say("导出我的信息").count("保存基本信息") == 1


@pytest.mark.parametrize("broken_at", ["bot.store.records.Records.carry_out", "bot.store.declaring.take_in"])
def test_a_crash_before_the_declaration_is_on_disk_leaves_nothing_of_it(
    advisor: Advisor, tmp_path: Path, clock: Clock, library: Library, monkeypatch: pytest.MonkeyPatch, broken_at: str
) -> None:
    submission = label(library, "truthful", "yes")
    with opened(advisor, tmp_path, clock, WITH_OFFICE) as before:
        anna = Person(before)
        anna.do(*until_submission(library))
        with monkeypatch.context() as broken:
            broken.setattr(broken_at, crash)
            with pytest.raises(Crash):
                anna.say(submission, key="yes")
        assert anna.receipts() == []
    with opened(advisor, tmp_path, clock, WITH_OFFICE) as after:
        anna = Person(after)
        assert [receipt_in(anna.say(submission, key="yes"))] == anna.receipts()


def test_the_service_may_be_started_anew_before_every_step(
    advisor: Advisor, tmp_path: Path, clock: Clock, library: Library
) -> None:
    link = ""
    for step in whole_declaration(library):
        with opened(advisor, tmp_path, clock, WITH_OFFICE) as started:
            anna = Person(started, link=link)
            anna.do(step)
            link = anna.link
            receipts = anna.receipts()
    assert len(receipts) == 1
