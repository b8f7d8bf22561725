"""What a person may do with what they handed in, from their own telephone and from another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assistant import NOWHERE, Assistant
from bot.store.office import ReadDeclaration
from dialogs.advisor import Advisor
from dialogs.effects import Status
from knowledge.library import Library
from tests.bot.blocking import Blocking
from tests.bot.declaring import (
    ADDRESS,
    EMPLOYER,
    HUKOU,
    KEPT_PHOTO,
    NUMBER,
    WITH_OFFICE,
    Clock,
    Operators,
    Person,
    Say,
    Write,
    declared,
    label,
    opened,
    readable_in,
)
from tests.bot.keeping import NAME, PHONE

NEW_PHONE = "13912345678"


@pytest.fixture
def assistant(advisor: Advisor, tmp_path: Path) -> Iterator[Blocking]:
    with opened(advisor, tmp_path, Clock(), WITH_OFFICE) as started:
        yield started


@pytest.fixture
def boris(assistant: Assistant) -> Person:
    return Person(assistant, "boris")


def at_the_office(person: Person, receipt: str) -> ReadDeclaration:
    assert person.assistant.records is not None
    return person.assistant.records.read_declaration(receipt, "clerk", "核对")


def test_the_office_reads_what_the_person_said_and_wrote(anna: Person, library: Library) -> None:
    read = at_the_office(anna, declared(anna, library))
    items = dict(read.items)
    told = {
        "姓名": NAME,
        "公民身份号码": NUMBER,
        "联系电话": PHONE,
        "常住户口所在地地址": HUKOU,
        "居住地住址": ADDRESS,
        "入职（学）单位": EMPLOYER,
        "民族": "汉族",
        "性别": "女",
        "入职（学）日期": "2025年3月1日",
    }
    assert {name: items[name] for name in told} == told
    assert read.photos == ((items["近期相片"], KEPT_PHOTO),)
    assert (read.declared.status, read.declared.is_demonstration) == (Status.WAITING, False)


def test_handed_in_a_second_time_it_is_still_the_first_one(anna: Person, library: Library) -> None:
    receipt = declared(anna, library)
    assert declared(anna, library) == receipt
    assert "没有重复收" in anna.heard
    assert anna.receipts() == [receipt]


@pytest.mark.parametrize("operators", [WITH_OFFICE, ()], ids=["office", "demonstration"])
def test_the_number_declared_by_another_is_declared_all_the_same(
    advisor: Advisor, tmp_path: Path, library: Library, operators: Operators
) -> None:
    with opened(advisor, tmp_path / "both", Clock(), operators) as started:
        anna, boris = Person(started), Person(started, "boris")
        first = declared(anna, library)
        second = declared(boris, library)
        assert first != second
        assert (anna.receipts(), boris.receipts()) == ([first], [second])
        for text in ("我的申报", "导出我的信息"):
            assert first not in boris.say(text)
        boris.do(Say("撤回申报"), Say(label(library, "sure", "yes", "withdraw")))
        assert dict(at_the_office(anna, first).items)["公民身份号码"] == NUMBER


def test_a_correction_reaches_the_office_and_is_confirmed(anna: Person, library: Library, tmp_path: Path) -> None:
    receipt = declared(anna, library)
    anna.do(Say("更正申报"), Say("联系电话"), Write(NEW_PHONE))
    assert "改好了" in anna.heard
    items = dict(at_the_office(anna, receipt).items)
    assert items["联系电话"] == NEW_PHONE
    assert items["居住地住址"] == ADDRESS
    assert readable_in(tmp_path, [NEW_PHONE.encode()]) == {}


def test_what_the_office_has_registered_is_not_corrected_and_says_so(anna: Person, library: Library) -> None:
    receipt = declared(anna, library)
    anna.do(Say("更正申报"), Say("联系电话"))
    assert anna.assistant.records is not None
    anna.assistant.records.record_registration(receipt, Clock().today(), "clerk")
    answered = anna.assistant.answer_page(anna.link, NEW_PHONE, anna.place)
    assert dict(at_the_office(anna, receipt).items)["联系电话"] == PHONE
    assert answered is None or answered.saying is None or "改好了" not in str(answered.saying)
    assert "已经登记，登记日期是2026年11月2日" in anna.say("我的申报")


def test_what_was_withdrawn_is_lost_and_the_number_may_be_handed_in_again(anna: Person, library: Library) -> None:
    receipt = declared(anna, library)
    assert "撤回了" in anna.do(Say("撤回申报"), Say(label(library, "sure", "yes", "withdraw")))
    export = anna.say("导出我的信息")
    assert "已撤回" in export
    assert NUMBER not in export
    assert declared(anna, library) != receipt


def test_the_export_holds_everything_and_leaves_out_nothing_of_ones_own(anna: Person, library: Library) -> None:
    receipt = declared(anna, library)
    anna.say("提醒我明年3月1号去签注")
    export = anna.say("导出我的信息")
    for told in (receipt, NAME, NUMBER, PHONE, HUKOU, ADDRESS, EMPLOYER, "照片：1 张", "2027年3月1日"):
        assert told in export, told
    assert (export.count("保存基本信息"), export.count("保存证件号码、照片和住址")) == (1, 1)
    assert "photo:" not in export


def test_a_reminder_asked_for_twice_is_kept_once_and_cancelled_with_one_word(anna: Person) -> None:
    anna.say("巴中")
    for _ in range(2):
        assert "记下了：2027年3月1日" in anna.say("提醒我明年3月1号去签注")
    assert anna.say("我的申报").count("提醒：2027年3月1日") == 1
    anna.say("取消提醒")
    assert "2027年3月1日" not in anna.say("我的申报")


# ------------------------------------------------------------------------------------------ from another telephone


def test_with_receipt_and_number_another_telephone_learns_how_it_stands(
    anna: Person, boris: Person, library: Library
) -> None:
    receipt = declared(anna, library)
    assert "还没受理" in boris.do(Say("查回执"), Say(receipt), Write(NUMBER))
    assert anna.assistant.records is not None
    anna.assistant.records.return_to_person(receipt, "other", "clerk", note="门牌号不清楚")
    assert "退回来了，原因：门牌号不清楚" in boris.do(Say("查回执"), Say(receipt), Write(NUMBER))


def test_the_receipt_with_another_number_tells_nothing(anna: Person, boris: Person, library: Library) -> None:
    receipt = declared(anna, library)
    assert "没有查到" in boris.do(Say("查回执"), Say(receipt), Write("11010519491231002X"))


def test_after_five_wrong_tries_the_right_number_tells_nothing_either_until_tomorrow(
    anna: Person, library: Library
) -> None:
    receipt = declared(anna, library)
    guessing = Person(anna.assistant, "boris", NOWHERE)
    for _ in range(5):
        assert "没有查到" in guessing.do(Say("查回执"), Say(receipt), Say("11010519491231002X"))
    assert "明天再查" in guessing.do(Say("查回执"), Say(receipt), Say(NUMBER))
    assert "明天再查" in Person(anna.assistant, "carol", NOWHERE).do(Say("查回执"), Say(receipt), Say(NUMBER))
    assert "还没受理" in anna.say("我的申报")


def test_a_wrong_try_delivered_again_and_again_is_one_try(anna: Person, library: Library) -> None:
    receipt = declared(anna, library)
    boris = Person(anna.assistant, "boris", NOWHERE)
    boris.do(Say("查回执"), Say(receipt))
    for _ in range(9):
        assert "没有查到" in boris.say("11010519491231002X", key="the same message")
    assert "还没受理" in boris.do(Say("查回执"), Say(receipt), Say(NUMBER))


def test_another_person_finds_nothing_to_correct_or_to_withdraw(anna: Person, boris: Person, library: Library) -> None:
    receipt = declared(anna, library)
    assert "没有可以改的申报" in boris.say("更正申报")
    assert "没有可以撤回的申报" in boris.say("撤回申报")
    boris.do(Say("删除我的信息"), Say(label(library, "sure", "yes", "erase")))
    assert anna.receipts() == [receipt]
