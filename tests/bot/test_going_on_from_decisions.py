"""From what the office decided a person goes on: at the item that it came back for, with the day that counts."""

from __future__ import annotations

from datetime import date

import pytest

from bot.store.records import Records
from dialogs.effects import Status
from dialogs.returning import OTHER
from knowledge.library import Library
from tests.bot.blocking import Blocking
from tests.bot.declaring import KEPT_PHOTO, Person, Say, Write, declared
from tests.bot.keeping import ADDRESS

NEW_DOOR = "梧桐里九号院二单元401"


def records_of(assistant: Blocking) -> Records:
    assert assistant.records is not None
    return assistant.records


def test_for_a_photo_that_is_not_clear_the_correction_asks_for_a_photo(anna: Person, library: Library) -> None:
    receipt = declared(anna, library)
    records = records_of(anna.assistant)
    records.return_to_person(receipt, "photo_unclear", "clerk")
    (before,) = records.read_declaration(receipt, "clerk", "核对").photos
    asked = anna.say("更正")
    assert "退回的原因：照片看不清" in asked
    assert "请交一张新的照片" in asked
    assert anna.link
    anna.do(Write(KEPT_PHOTO))
    assert "改好了：近期相片" in anna.heard
    read = records.read_declaration(receipt, "clerk", "核对")
    (after,) = read.photos
    assert (after[0] != before[0], after[1], read.declared.status) == (True, KEPT_PHOTO, Status.WAITING)
    assert dict(read.items)["近期相片"] == after[0]


def test_for_an_address_the_two_addresses_come_first_and_the_rest_is_there_too(anna: Person, library: Library) -> None:
    receipt = declared(anna, library)
    records_of(anna.assistant).return_to_person(receipt, "address_incomplete", "clerk")
    asked = anna.say("更正")
    assert "1. 常住户口所在地地址\n2. 居住地住址\n3. 姓名" in asked
    anna.do(Say("2"), Write(NEW_DOOR))
    items = dict(records_of(anna.assistant).read_declaration(receipt, "clerk", "核对").items)
    assert items["居住地住址"] == NEW_DOOR != ADDRESS


def test_for_a_number_that_does_not_fit_the_name_it_is_said_that_the_number_cannot_be_changed(
    anna: Person, library: Library
) -> None:
    receipt = declared(anna, library)
    records_of(anna.assistant).return_to_person(receipt, "number_mismatch", "clerk")
    asked = anna.say("更正")
    assert "证件号码不能改，填错了请撤回再填一份" in asked
    assert "1. 姓名" in asked


@pytest.mark.parametrize("reason", ["not_our_area", "in_person", OTHER])
def test_for_any_other_reason_every_item_is_open(anna: Person, library: Library, reason: str) -> None:
    receipt = declared(anna, library)
    records_of(anna.assistant).return_to_person(receipt, reason, "clerk", note="请看一下")
    asked = anna.say("更正")
    assert "退回的原因：" in asked
    assert "1. 姓名" in asked


def test_a_duplicate_is_finished_for_the_person(anna: Person, boris: Person, library: Library) -> None:
    first, second = declared(anna, library), declared(boris, library)
    records_of(anna.assistant).mark_duplicate(second, first, "clerk")
    assert f"重复了，以回执号{first}的那份为准" in boris.say("我的申报")
    assert "更正申报" not in boris.heard
    assert "没有可以改的申报" in boris.say("更正")
    assert "没有可以撤回的申报" in boris.say("撤回申报")


@pytest.fixture
def boris(assistant: Blocking) -> Person:
    return Person(assistant, "boris")


@pytest.mark.parametrize(
    ("registered_on", "verdict"), [(date(2026, 4, 20), "符合"), (date(2026, 10, 20), "2027年4月20日")]
)
def test_the_day_that_the_office_recorded_counts_in_the_pre_check(
    anna: Person, library: Library, registered_on: date, verdict: str
) -> None:
    questions = ("看看能不能办", "甘肃天水", "县城", "有工作", "机关、事业单位")
    receipt = declared(anna, library)
    assert "登记过" in anna.do(*map(Say, questions)), "a declaration alone is no registration: that is asked"
    anna.do(Say("取消"), Say("不办了"))
    records_of(anna.assistant).record_registration(receipt, registered_on, "clerk")
    reply = anna.do(*map(Say, questions))
    assert "在这里办过居住登记" not in reply
    assert verdict in reply
    assert "这是预审" in reply
