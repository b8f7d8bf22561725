"""A turn's effects are carried out once and together; what belongs to one person no other can touch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.store import telling
from bot.store.faults import NoSuchDeclaration, StoreUnavailable
from bot.store.records import DUPLICATE, REFUSED, Records
from dialogs.effects import (
    EXPORTED,
    RECEIPT,
    CancelReminders,
    Consent,
    Correct,
    Declared,
    Erase,
    Export,
    HandOff,
    LookUp,
    OpenPage,
    Remind,
    Reminder,
    Status,
    Withdraw,
)
from dialogs.receipts import read_receipt
from tests.bot.keeping import (
    ADDRESS,
    DAY,
    DECLARATION,
    DEMONSTRATION,
    NAME,
    NOW,
    NUMBER,
    PHONE,
    TODAY,
    Place,
    carry_out,
    rotate,
    submit,
)

CONSENT = Consent("basic", "2026-1", "kuajing")
REMIND = Remind("kuajing", date(2027, 6, 1), "endorsement")
MOVED = Correct("", (("住址", "新住址"),))


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def items_of(records: Records, receipt: str) -> dict[str, str]:
    return dict(records.read_declaration(receipt, "clerk", "test").items)


def test_a_declaration_is_known_and_read_again_after_a_restart(place: Place) -> None:
    with place.opened() as (records, _):
        receipt = submit(records)
        assert read_receipt(receipt) == receipt
    with place.opened() as (records, _):
        assert records.known("anna") == ((Declared(receipt, "kuajing", Status.WAITING, TODAY),), ())
        assert records.read_declaration(receipt, "clerk", "test").items == DECLARATION.items


def test_a_turn_carried_out_twice_is_carried_out_once(records: Records) -> None:
    effects = (CONSENT, DECLARATION, REMIND, Export())
    first = carry_out(records, "anna", *effects, key="message")
    again = carry_out(records, "anna", *effects, key="message", now=NOW + 5)
    assert first == again
    assert set(first) == {RECEIPT, EXPORTED}
    export = carry_out(records, "anna", Export())[EXPORTED]
    assert (export.count("保存基本信息"), export.count("签注到期")) == (1, 1)
    assert len(records.declarations_of("anna")) == 1
    assert carry_out(records, "anna", key="message") == first


@pytest.mark.parametrize(
    "effect", [CONSENT, DECLARATION, MOVED, Withdraw(""), Export(), LookUp("", "1"), REMIND, CancelReminders(), Erase()]
)
def test_each_effect_gives_the_same_results_the_second_time(records: Records, effect: object) -> None:
    receipt = submit(records, declaration=replace(DECLARATION, identity="another"))
    effect = replace(effect, receipt=receipt) if hasattr(effect, "receipt") else effect  # type: ignore[type-var]
    first = carry_out(records, "anna", effect, key="message")  # type: ignore[arg-type]
    state = records.known("anna")
    assert carry_out(records, "anna", effect, key="message", now=NOW + 60) == first  # type: ignore[arg-type]
    assert records.known("anna") == state


def test_the_same_key_of_another_person_is_another_turn(records: Records) -> None:
    one = carry_out(records, "anna", DECLARATION, key="message")
    other = carry_out(records, "boris", replace(DECLARATION, identity="2"), key="message")
    assert one != other
    assert [len(records.declarations_of(person)) for person in ("anna", "boris")] == [1, 1]


def test_a_withdrawal_repeated_does_not_touch_a_declaration_made_since(records: Records) -> None:
    receipt = submit(records)
    carry_out(records, "anna", Withdraw(receipt), key="message")
    later = carry_out(records, "anna", DECLARATION, now=NOW + 1)[RECEIPT]
    carry_out(records, "anna", Withdraw(receipt), key="message")
    assert [declared.status for declared in records.declarations_of("anna")] == [Status.WITHDRAWN, Status.WAITING]
    assert later != receipt


def test_what_is_not_for_the_records_leaves_nothing_to_fill(records: Records) -> None:
    assert carry_out(records, "anna", OpenPage("photo"), HandOff()) == {}
    assert carry_out(records, "anna") == {}


def test_threads_and_connections_at_once_make_one_declaration(place: Place) -> None:
    with place.opened() as (one, _), place.opened() as (other, _):
        results: list[dict[str, str]] = []
        threads = [
            threading.Thread(target=lambda by=by: results.append(carry_out(by, "anna", DECLARATION, key="message")))
            for by in (one, other) * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 8
        assert len({tuple(result.items()) for result in results}) == 1
        assert len(one.declarations_of("anna")) == 1


def test_a_second_declaration_of_the_same_number_is_a_duplicate(records: Records) -> None:
    receipt = submit(records)
    lower = replace(DECLARATION, identity=f" {NUMBER} ")
    assert carry_out(records, "anna", lower) == {RECEIPT: receipt, DUPLICATE: "yes"}
    assert len(records.declarations_of("anna")) == 1


def test_who_only_knows_anothers_number_learns_nothing_and_bars_nothing(records: Records) -> None:
    receipt = submit(records)
    theirs = carry_out(records, "boris", DECLARATION)
    assert DUPLICATE not in theirs
    assert theirs[RECEIPT] != receipt


def test_the_letter_of_a_number_may_be_small_or_wide(records: Records) -> None:
    receipt = submit(records, declaration=replace(DECLARATION, identity="41031119900307451X"))
    for typed in ("41031119900307451x", "41031119900307451\uff38"):
        assert carry_out(records, "anna", replace(DECLARATION, identity=typed))[RECEIPT] == receipt


def test_another_city_another_number_and_a_demonstration_are_no_duplicates(records: Records) -> None:
    others = (replace(DECLARATION, city="other"), replace(DECLARATION, identity="2"), DEMONSTRATION)
    results = [carry_out(records, "anna", declaration) for declaration in (DECLARATION, *others)]
    assert len({result[RECEIPT] for result in results}) == 4
    assert not any(DUPLICATE in result for result in results)
    assert carry_out(records, "anna", DEMONSTRATION)[DUPLICATE] == "yes"


def test_after_withdrawal_or_registration_the_number_may_be_declared_again(records: Records) -> None:
    first = submit(records)
    records.return_to_person(first, "other", "clerk", note="门牌号不清楚")
    assert carry_out(records, "anna", DECLARATION)[DUPLICATE] == "yes"
    carry_out(records, "anna", Withdraw(first))
    second = submit(records)
    records.record_registration(second, TODAY, "clerk", NOW)
    assert len({first, second, submit(records)}) == 3


def test_the_duplicate_is_found_after_a_rotation(place: Place) -> None:
    with place.opened() as (records, vault):
        receipt = submit(records)
        rotate(vault)
        assert carry_out(records, "anna", DECLARATION) == {RECEIPT: receipt, DUPLICATE: "yes"}
        assert items_of(records, receipt)["姓名"] == NAME


def test_a_correction_changes_what_it_names_and_the_declaration_waits_again(records: Records) -> None:
    receipt = submit(records)
    records.return_to_person(receipt, "other", "clerk", note="门牌号不清楚")
    assert records.declarations_of("anna")[0].reason == "门牌号不清楚"
    assert carry_out(records, "anna", Correct(receipt, (("住址", "新住址"), ("备注", "二楼")))) == {}
    assert records.declarations_of("anna") == (Declared(receipt, "kuajing", Status.WAITING, TODAY),)
    expected = (*DECLARATION.items[:3], ("住址", "新住址"), ("备注", "二楼"))
    assert records.read_declaration(receipt, "clerk", "test").items == expected


def test_a_corrected_number_is_the_one_that_counts(records: Records) -> None:
    receipt = submit(records)
    taken = submit(records, "anna", replace(DECLARATION, identity="taken"))
    assert carry_out(records, "anna", Correct(receipt, (("证件号码", "taken"),))) == {REFUSED: "yes"}
    assert carry_out(records, "anna", Correct(receipt, (("证件号码", "new"),))) == {}
    assert carry_out(records, "anna", replace(DECLARATION, identity="new"))[RECEIPT] == receipt
    assert submit(records) not in {receipt, taken}


def test_another_person_can_neither_correct_nor_withdraw_nor_read(records: Records) -> None:
    receipt = submit(records)
    photo = records.keep_photo("anna", receipt, b"face")
    for effect in (Correct(receipt, (("姓名", "别人"),)), Withdraw(receipt)):
        assert carry_out(records, "boris", effect) == {REFUSED: "yes"}
    assert records.known("boris") == ((), ())
    assert NAME not in carry_out(records, "boris", Export())[EXPORTED]
    assert records.photo_of("boris", photo) is None
    with pytest.raises(NoSuchDeclaration):
        records.keep_photo("boris", receipt, b"another face")
    carry_out(records, "boris", Erase(), CancelReminders())
    assert items_of(records, receipt)["姓名"] == NAME
    assert records.photo_of("anna", photo) == b"face"


def test_what_is_finished_cannot_be_corrected_or_withdrawn(records: Records) -> None:
    receipt = submit(records)
    records.record_registration(receipt, date(2026, 7, 3), "clerk", NOW + 3 * DAY)
    for effect in (Correct(receipt, (("姓名", "别人"),)), Withdraw(receipt), Withdraw("没有")):
        assert carry_out(records, "anna", effect) == {REFUSED: "yes"}
    assert items_of(records, receipt)["姓名"] == NAME
    known = records.declarations_of("anna")[0]
    assert (known.status, known.registered_on) == (Status.REGISTERED, date(2026, 7, 3))


def test_reminders_are_kept_once_and_cancelled_together(records: Records) -> None:
    sooner = Remind("kuajing", date(2027, 5, 1), "endorsement")
    carry_out(records, "anna", REMIND, REMIND, sooner)
    carry_out(records, "anna", REMIND)
    carry_out(records, "boris", REMIND)
    kept = [Reminder("kuajing", date(2027, month, 1), "endorsement") for month in (5, 6)]
    assert records.reminders_of("anna") == tuple(kept)
    carry_out(records, "anna", CancelReminders())
    assert (records.reminders_of("anna"), len(records.reminders_of("boris"))) == ((), 1)


def test_a_failing_turn_leaves_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> list[str]:
        raise StoreUnavailable("磁盘满了")

    with place.opened() as (records, vault):
        monkeypatch.setattr(telling, "_consents", fail)
        with pytest.raises(StoreUnavailable):
            carry_out(records, "anna", CONSENT, DECLARATION, REMIND, Export(), key="message")
        assert records.known("anna") == ((), ())
        assert vault.owners("declaration:", older_than=-1) == frozenset()
        monkeypatch.undo()
        results = carry_out(records, "anna", DECLARATION, Export(), key="message")
        assert DUPLICATE not in results
        assert "保存基本信息" not in results[EXPORTED]


def test_the_export_tells_everything_and_nothing_of_others(records: Records) -> None:
    submit(records, "boris", replace(DECLARATION, items=(("姓名", "别人"),), identity="2"))
    photo = records.keep_photo("anna", "declare", b"face")
    receipt = submit(records, declaration=replace(DECLARATION, items=(*DECLARATION.items, ("照片", photo))))
    records.read_declaration(receipt, "clerk", "核对", NOW + 60)
    carry_out(records, "anna", CONSENT, REMIND)
    export = carry_out(records, "anna", Export())[EXPORTED]
    for told in (receipt, "跨境市", NAME, NUMBER, PHONE, ADDRESS, "照片：1 张", "2027年6月1日", "签注到期"):
        assert told in export, told
    assert "2026-07-01 09:30，跨境市：保存基本信息（告知书 2026-1）" in export
    assert "工作人员查看：2026-07-01 09:31" in export
    assert "别人" not in export
    assert photo not in export


def test_a_time_without_a_zone_is_refused(records: Records) -> None:
    with pytest.raises(ValueError, match="zone"):
        records.purge(datetime(2026, 7, 1))  # noqa: DTZ001
