"""Photos, what the office does, and links to a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.store.faults import NoSuchDeclaration
from bot.store.records import Access, Page, Records
from bot.store.vault import Forgotten
from dialogs.effects import Correct, Status, Withdraw
from dialogs.receipts import new_receipt
from tests.bot.keeping import DAY, DECLARATION, DEMONSTRATION, NOW, TODAY, Place, carry_out, submit

ABSENT = new_receipt(b"12345678")
MINUTE = 60.0


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def test_a_draft_photo_goes_with_the_declaration_that_names_it(place: Place) -> None:
    with place.opened() as (records, vault):
        named, other = (records.keep_photo("anna", draft, draft.encode()) for draft in ("declare", "later"))
        receipt = submit(records, declaration=replace(DECLARATION, items=(("照片", named),)))
        assert records.read_declaration(receipt, "clerk", "核对").photos == ((named, b"declare"),)
        vault.destroy("draft:anna")
        assert records.photo_of("anna", named) == b"declare"
        with pytest.raises(Forgotten):
            records.photo_of("anna", other)


def test_a_later_photo_of_the_same_draft_takes_the_place_of_the_earlier(records: Records) -> None:
    first, second = (records.keep_photo("anna", "declare", image) for image in (b"one", b"two"))
    others = records.keep_photo("boris", "declare", b"boris")
    assert [records.photo_of("anna", photo) for photo in (first, second)] == [None, b"two"]
    assert records.photo_of("boris", others) == b"boris"


def test_nobody_can_take_in_the_photo_of_another(records: Records) -> None:
    photo = records.keep_photo("anna", "declare", b"anna")
    receipt = submit(records, "boris", replace(DECLARATION, items=(("照片", photo),)))
    assert records.read_declaration(receipt, "clerk", "核对").photos == ()
    assert records.photo_of("anna", photo) == b"anna"


def test_a_corrected_photo_replaces_the_one_before(records: Records) -> None:
    first = records.keep_photo("anna", "declare", b"one")
    receipt = submit(records, declaration=replace(DECLARATION, items=(("照片", first), ("姓名", "甲"))))
    second = records.keep_photo("anna", "declare", b"two")
    assert records.photo_of("anna", first) == b"one", "of a declaration, not of the draft"
    carry_out(records, "anna", Correct(receipt, (("姓名", "乙"),)))
    assert records.photo_of("anna", first) == b"one"
    carry_out(records, "anna", Correct(receipt, (("照片", second),)))
    assert records.read_declaration(receipt, "clerk", "核对").photos == ((second, b"two"),)
    assert records.photo_of("anna", first) is None


def test_a_photo_may_be_added_to_an_open_declaration_of_ones_own(records: Records) -> None:
    receipt = submit(records)
    photo = records.keep_photo("anna", receipt, b"face")
    assert records.read_declaration(receipt, "clerk", "核对").photos == ((photo, b"face"),)
    carry_out(records, "anna", Withdraw(receipt))
    for where in (receipt, ABSENT):
        with pytest.raises(NoSuchDeclaration):
            records.keep_photo("anna", where, b"face")


def test_a_forgotten_draft_has_no_photo_and_no_key(place: Place) -> None:
    with place.opened() as (records, vault):
        photo, box = records.keep_photo("anna", "declare", b"face"), vault.seal("draft:anna", b"answers")
        receipt = submit(records)
        records.forget_draft("anna")
        assert records.photo_of("anna", photo) is None
        with pytest.raises(Forgotten):
            vault.unseal("draft:anna", box)
        assert records.read_declaration(receipt, "clerk", "核对").items == DECLARATION.items


def test_everything_done_to_a_declaration_is_noted(records: Records) -> None:
    receipt = submit(records)
    read = records.read_declaration(receipt, "clerk 1", "核对", NOW + 1)
    assert (read.declared, read.items) == (records.declarations_of("anna")[0], DECLARATION.items)
    records.return_to_person(receipt, "other", "clerk 2", NOW + 2, note="门牌号不清楚")
    records.record_registration(receipt, TODAY, "clerk 3", NOW + 3)
    assert records.accesses_of(receipt) == (
        Access(receipt, "read", "clerk 1", "核对", NOW + 1),
        Access(receipt, "returned", "clerk 2", "", NOW + 2),
        Access(receipt, "registered", "clerk 3", "", NOW + 3),
    )


def test_whatever_a_clerk_types_is_noted_as_far_as_there_is_room(records: Records) -> None:
    receipt = submit(records)
    records.read_declaration(receipt, "甲" * 70, "核\0对" * 100)
    noted = records.accesses_of(receipt)[0]
    assert (noted.reader, noted.reason) == ("甲" * 64, "核对" * 100)


def test_what_only_looks_like_a_photo_is_an_item_like_any_other(records: Records) -> None:
    typed = (("备注", "photo:\0"), ("姓名", "photo:1"))
    receipt = submit(records, declaration=replace(DECLARATION, items=typed))
    carry_out(records, "anna", Correct(receipt, (("备注", "photo:2\0"),)))
    assert records.read_declaration(receipt, "clerk", "核对").items == (("备注", "photo:2\0"), typed[1])
    assert records.photo_of("anna", "photo:\0") is None


def test_a_declaration_shows_no_content_where_it_is_printed(records: Records) -> None:
    read = records.read_declaration(submit(records), "clerk", "核对")
    assert not any(value in repr(read) for _, value in DECLARATION.items)


def test_what_is_withdrawn_or_never_was_the_office_cannot_touch(records: Records) -> None:
    receipt = submit(records)
    carry_out(records, "anna", Withdraw(receipt))
    for number in (receipt, ABSENT, "没有"):
        with pytest.raises(NoSuchDeclaration, match="核对回执号"):
            records.read_declaration(number, "clerk", "核对")
        with pytest.raises(NoSuchDeclaration):
            records.record_registration(number, TODAY, "clerk", NOW)
        with pytest.raises(NoSuchDeclaration):
            records.return_to_person(number, "other", "clerk", note="不清楚")
    assert records.accesses_of(receipt) == ()


def test_a_registration_is_final_but_its_day_may_be_corrected(records: Records) -> None:
    receipt = submit(records)
    records.record_registration(receipt, date(2026, 7, 2), "clerk", NOW + 3 * DAY)
    with pytest.raises(NoSuchDeclaration):
        records.return_to_person(receipt, "other", "clerk", note="不清楚")
    records.record_registration(receipt, date(2026, 7, 3), "clerk", NOW + 3 * DAY)
    assert records.declarations_of("anna")[0].registered_on == date(2026, 7, 3)


def test_the_office_sees_what_waits_in_its_city_and_no_demonstration(records: Records) -> None:
    first = submit(records)
    carry_out(records, "boris", replace(DECLARATION, identity="2"), now=NOW + 1)
    submit(records, "anna", DEMONSTRATION)
    submit(records, "anna", replace(DECLARATION, city="other"))
    waiting = [declared.receipt for declared in records.declared_in("kuajing")]
    assert (waiting[0], len(waiting)) == (first, 2)
    records.return_to_person(first, "other", "clerk", note="不清楚")
    assert [declared.reason for declared in records.declared_in("kuajing", Status.RETURNED)] == ["不清楚"]
    assert len(records.declared_in("kuajing")) == 1


def test_a_link_names_its_person_draft_and_ask_until_it_is_used(records: Records) -> None:
    token = records.open_page("anna", "declare", "photo", NOW)
    assert len(token) == 32
    assert records.page(token, NOW + 14 * MINUTE) == Page("anna", "declare", "photo")
    assert [records.use_page(token, NOW + MINUTE) for _ in range(2)] == [True, False]
    assert records.page(token, NOW + MINUTE) is None


def test_a_link_ends_after_fifteen_minutes(records: Records) -> None:
    token = records.open_page("anna", "declare", "photo", NOW)
    assert records.page(token, NOW + 15 * MINUTE - 1) is not None
    assert records.page(token, NOW + 15 * MINUTE) is None
    assert not records.use_page(token, NOW + 15 * MINUTE)


def test_a_token_nobody_was_given_opens_nothing_and_none_is_kept(place: Place) -> None:
    with place.opened() as (records, _):
        tokens = {records.open_page("anna", "declare", "photo", NOW) for _ in range(20)}
        assert len(tokens) == 20
        assert (records.page("x", NOW), records.use_page("", NOW)) == (None, False)
        kept = place.text()
        assert not any(token in kept for token in tokens)
        assert kept.count("declare") == 20
