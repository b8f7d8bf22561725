"""What the office sees before it opens anything: the queue, its counts, and a declaration under covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.operators import asks_by_item
from bot.store.faults import NoSuchDeclaration
from bot.store.masking import HIDDEN, masked_address, masked_items, masked_number, masked_phone
from bot.store.queueing import WaitingCount
from bot.store.records import Labels, Records
from dialogs.effects import RECEIPT, Correct, Status, Submit, Withdraw
from knowledge.library import Library
from tests.bot.keeping import ADDRESS, DAY, DECLARATION, NAME, NOW, NUMBER, PHONE, TODAY, Place, carry_out, submit

BOTH = ("kuajing", "other")
ASKS = {"姓名": "full_name", "证件号码": "number", "手机": "phone", "住址": "residence_detail"}


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def hand_in(records: Records, number: int, days_ago: float = 0, **changed: object) -> str:
    """Hand in the declaration of the person with that number, so many days ago; return its receipt."""
    wanted: Submit = replace(DECLARATION, identity=str(number), **changed)  # type: ignore[arg-type]
    at = NOW - days_ago * DAY
    day = date.fromordinal(TODAY.toordinal() - int(days_ago))
    return records.carry_out(f"handed in {number}", f"person {number}", [wanted], day, at)[RECEIPT]


def receipts(records: Records, **asked: object) -> list[str]:
    return [one.receipt for one in records.queue(BOTH, now=NOW, **asked)]  # type: ignore[arg-type]


def test_the_oldest_comes_first_with_its_age_and_station_and_nothing_of_its_content(records: Records) -> None:
    new, old = hand_in(records, 1), hand_in(records, 2, days_ago=9, station="涧西区")
    first, second = records.queue(BOTH, now=NOW)
    assert (first.receipt, first.days, first.station, first.status) == (old, 9, "涧西区", Status.WAITING)
    assert (second.receipt, second.days, second.station, second.submitted_on) == (new, 0, "", TODAY)
    assert not any(value in repr(first) for _, value in DECLARATION.items)
    assert records.find_waiting(new, NOW) == second


def test_each_filter_leaves_out_what_it_names(records: Records) -> None:
    here = hand_in(records, 1, days_ago=4, station="涧西区")
    nowhere = hand_in(records, 2, days_ago=3)
    elsewhere = hand_in(records, 3, city="other")
    hand_in(records, 4, is_demonstration=True)
    assert receipts(records) == [here, nowhere, elsewhere]
    assert [one.receipt for one in records.queue(["other"], now=NOW)] == [elsewhere]
    assert records.queue([], now=NOW) == ()
    assert (receipts(records, station="涧西区"), receipts(records, station="")) == ([here], [nowhere, elsewhere])
    assert receipts(records, before=date(2026, 6, 28)) == [here], "more than three days"
    records.return_to_person(nowhere, "in_person", "clerk", NOW)
    assert (receipts(records), receipts(records, status=Status.RETURNED)) == ([here, elsewhere], [nowhere])
    assert records.stations(BOTH) == (("kuajing", "涧西区"),)


def test_what_a_person_took_back_is_in_no_queue_and_no_count(records: Records) -> None:
    receipt = hand_in(records, 1)
    carry_out(records, "person 1", Withdraw(receipt))
    assert receipts(records, status=Status.WITHDRAWN) == []
    assert records.waiting_counts(now=NOW) == ()
    with pytest.raises(NoSuchDeclaration, match="核对回执号"):
        records.find_waiting(receipt, NOW)
    with pytest.raises(NoSuchDeclaration):
        records.masked(receipt, "clerk", NOW)


def test_page_after_page_shows_each_once_whatever_is_decided_in_between(records: Records) -> None:
    wanted = [hand_in(records, number, days_ago=9 - number // 2) for number in range(8)]
    at_once = {one.submitted_at for one in records.queue(BOTH, now=NOW)}
    assert len(at_once) == 4, "two of each moment"
    seen, mark = [], ""
    while page := records.queue(BOTH, after=mark, limit=3, now=NOW):
        seen += [one.receipt for one in page]
        mark = page[-1].mark
        records.record_registration(page[0].receipt, TODAY, "clerk", NOW)
    assert len(seen) == 8
    assert set(seen) == set(wanted)


@pytest.mark.parametrize("mark", ["x", "nan_1", "1e999_1", "_", "1_甲", "1_\0"])
def test_a_mark_that_is_none_begins_at_the_start(records: Records, mark: str) -> None:
    receipt = hand_in(records, 1)
    assert receipts(records, after=mark) == [receipt]


def test_the_counts_tell_city_state_and_age(records: Records) -> None:
    for number, days in enumerate((0, 2, 3, 6, 7, 14, 15, 30, 80)):
        hand_in(records, number, days_ago=days)
    back = hand_in(records, 20, city="other")
    records.return_to_person(back, "in_person", "clerk", NOW)
    hand_in(records, 21, is_demonstration=True)
    found = records.waiting_counts(now=NOW)
    assert [(one.from_days, one.count) for one in found if one.city == "kuajing"] == [
        (0, 2), (3, 2), (7, 2), (15, 1), (30, 2),
    ]  # fmt: skip
    assert found[-1] == WaitingCount("other", Status.RETURNED, 0, 1)
    assert records.waiting_counts(["other"], NOW) == (found[-1],)


def test_under_covers_nothing_tells_who_it_is(place: Place) -> None:
    with place.opened() as (opened, vault):
        photo = opened.keep_photo("anna", "declare", b"a face", NOW)
        items = (*DECLARATION.items, ("照片", photo), ("血型", "AB"))
        receipt = submit(opened, declaration=replace(DECLARATION, items=items, station="涧西区"))
        opened.return_to_person(receipt, "other", "clerk", NOW, note=f"{NAME}的门牌不清楚")
        records = Records(opened._engine, vault, labels=Labels(items=ASKS))
        seen = records.masked(receipt, "clerk", NOW)
    assert seen.items == (
        ("姓名", "欧**"),
        ("证件号码", "**************4518"),
        ("手机", "138****8000"),
        ("住址", HIDDEN),
        ("照片", HIDDEN),
        ("血型", HIDDEN),
    )
    assert (seen.station, seen.photos, seen.declared.status) == ("涧西区", 1, Status.RETURNED)
    assert not any(secret in str(vars(seen)) for secret in (NAME, NUMBER, PHONE, ADDRESS, photo))


def test_of_every_item_of_the_form_only_what_tells_of_nobody_is_shown(library: Library) -> None:
    asks = asks_by_item(library.wordings["declaration"])
    shown = {
        ask for name, ask in asks.items() if masked_items(((name, "甲乙丙丁戊己庚辛"),), asks)[0][1][-3:] == "己庚辛"
    }
    assert shown == {"document", "nation", "sex", "reason", "residence_county"}
    assert masked_items((("出生日期", "1990年3月8日"),), asks) == (("出生日期", "1990年……"),)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("41031119900307451X", "**************451X"), ("E12345678", "*****5678"), ("1234", "****"), ("", "")],
)
def test_of_a_number_the_last_four_are_shown_and_never_most_of_it(value: str, shown: str) -> None:
    assert masked_number(value) == shown


def test_of_a_landline_too_only_the_last_four_are_shown() -> None:
    assert masked_phone("0827-5555678") == "********5678"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("四川省渠县天星镇红旗村2组15号", "四川省渠县……"),
        ("河南省洛阳市涧西区某某路1号", "河南省洛阳市涧西区……"),
        ("梧桐里七号院三单元", HIDDEN),
        ("朝阳小区3号楼", HIDDEN),
        ("洛阳市", HIDDEN),
    ],
)
def test_of_an_address_the_district_is_shown_where_it_begins_with_one(value: str, shown: str) -> None:
    assert masked_address(value) == shown


def test_a_look_under_covers_is_noted_once_a_day_and_clerk(records: Records) -> None:
    receipt = submit(records)
    long = "甲" * 70
    for reader, at in (("first", NOW), ("first", NOW + 60), ("second", NOW), (long, NOW), (long, NOW + 1)):
        records.masked(receipt, reader, at)
    midnight = NOW + 14.5 * 3600
    records.masked(receipt, "first", midnight - 1)
    records.masked(receipt, "first", midnight)
    noted = [(one.what, one.reader, one.at) for one in records.accesses_of(receipt)]
    looks = [("masked", "first", NOW), ("masked", "second", NOW), ("masked", long[:64], NOW)]
    assert noted == [*looks, ("masked", "first", midnight)]
    records.masked(receipt, "third", midnight - 0.5)
    records.masked(receipt, "third", midnight)
    assert [one.at for one in records.accesses_of(receipt) if one.reader == "third"] == [midnight - 0.5, midnight]


def test_a_correction_keeps_the_station(records: Records) -> None:
    receipt = submit(records, declaration=replace(DECLARATION, station="涧西区"))
    carry_out(records, "anna", Correct(receipt, (("手机", "13900139000"),)))
    assert records.find_waiting(receipt, NOW).station == "涧西区"
