"""Several processes use the same records at once, and each promise holds as if they had come one after the other."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from bot.store import declaring
from bot.store.records import DUPLICATE, Records
from dialogs.effects import RECEIPT, STATUS, CancelReminders, Erase, Export, LookUp, Remind
from dialogs.receipts import new_receipt
from tests.bot.keeping import DAY, DECLARATION, NOW, NUMBER, TODAY, Place, carry_out, submit

AT_ONCE = 8

DECLARES = """
import sys
from pathlib import Path
from tests.bot.keeping import DECLARATION, carry_out, keeping
from dialogs.effects import Export
with keeping(Path(sys.argv[1]), *sys.argv[2:]) as (records, _):
    print("ready", flush=True)
    sys.stdin.read()
    print(sorted(carry_out(records, "anna", DECLARATION, Export(), key="message").items()))
"""


@pytest.fixture
def both(place: Place) -> Iterator[tuple[Records, Records]]:
    """The same records opened twice, as two processes do it."""
    with ExitStack() as stack:
        yield stack.enter_context(place.opened())[0], stack.enter_context(place.opened())[0]


def at_once(both: tuple[Records, Records], act: Callable[[Records, int], Any]) -> list[Any]:
    """Let as many as AT_ONCE act at the same moment, by turns on either; return what they got."""
    gate, results = threading.Barrier(AT_ONCE), []

    def run(number: int) -> None:
        gate.wait()
        results.append(act(both[number % 2], number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == AT_ONCE, "one of them failed"
    return results


def test_two_processes_carry_a_turn_out_once_and_both_get_its_results(place: Place) -> None:
    with place.opened() as (records, _):
        command = [sys.executable, "-W", "error", "-c", DECLARES, *place.arguments()]
        processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        told = set()
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in processes:
            assert process.stdout is not None
            with process.stdout as output:
                told.add(output.read())
            assert process.wait(timeout=60) == 0
        receipts = [declared.receipt for declared in records.declarations_of("anna")]
    assert (len(told), len(receipts)) == (1, 1)
    assert receipts[0] in told.pop()


def test_the_same_number_declared_at_once_is_one_declaration(both: tuple[Records, Records]) -> None:
    results = at_once(both, lambda records, _: carry_out(records, "anna", DECLARATION))
    assert len({result[RECEIPT] for result in results}) == 1
    assert Counter(DUPLICATE in result for result in results) == {True: AT_ONCE - 1, False: 1}
    assert len(both[0].declarations_of("anna")) == 1


def test_five_wrong_tries_at_once_are_five(both: tuple[Records, Records]) -> None:
    receipt = submit(both[0])
    results = at_once(both, lambda records, number: carry_out(records, "phone", LookUp("没有", str(number)))[STATUS])
    assert Counter(results) == {"none": 5, "locked": AT_ONCE - 5}
    results = at_once(
        both, lambda records, number: carry_out(records, f"guesser {number}", LookUp(receipt, "x"))[STATUS]
    )
    assert Counter(results) == {"none": 5, "locked": AT_ONCE - 5}
    assert carry_out(both[0], "somebody", LookUp(receipt, NUMBER)) == {STATUS: "locked"}


def test_a_link_used_at_once_is_used_once(both: tuple[Records, Records]) -> None:
    token = both[0].open_page("anna", "declare", "photo", NOW)
    assert sum(at_once(both, lambda records, _: records.use_page(token, NOW))) == 1


def test_photos_kept_at_once_for_one_draft_leave_one(place: Place, both: tuple[Records, Records]) -> None:
    photos = at_once(both, lambda records, number: records.keep_photo("anna", "declare", str(number).encode()))
    assert place.count("photo") == 1
    assert sum(both[0].photo_of("anna", photo) is not None for photo in photos) == 1


def test_reminders_at_once_are_kept_once(both: tuple[Records, Records]) -> None:
    at_once(both, lambda records, _: carry_out(records, "anna", Remind("kuajing", TODAY, "endorsement")))
    assert len(both[0].reminders_of("anna")) == 1
    at_once(both, lambda records, _: carry_out(records, "anna", CancelReminders()))
    assert both[0].reminders_of("anna") == ()


def test_declaring_and_erasing_at_once_leave_no_key_behind(place: Place, both: tuple[Records, Records]) -> None:
    def act(records: Records, number: int) -> None:
        for turn in range(4):
            if number % 2:
                records.keep_photo("anna", "declare", b"face")
                submit(records, declaration=replace(DECLARATION, identity=f"{number} {turn}"))
            else:
                carry_out(records, "anna", Erase())

    at_once(both, act)
    assert place.count("doomed_key") == 0
    carry_out(both[0], "anna", Erase(), key="last")
    assert [owner for owner in place.wrapped_keys() if not owner.startswith("digest:")] == []


def test_purging_while_others_declare_takes_nothing_of_theirs(both: tuple[Records, Records]) -> None:
    old = submit(both[0])
    later = NOW + 90 * DAY

    def act(records: Records, number: int) -> str:
        if number < 2:
            records.purge(later)
            return ""
        declaration = replace(DECLARATION, identity=str(number))
        return carry_out(records, "anna", declaration, Export(), now=later)[RECEIPT]

    receipts = {receipt for receipt in at_once(both, act) if receipt}
    assert {declared.receipt for declared in both[0].declarations_of("anna")} == receipts
    assert old not in receipts
    for receipt in receipts:
        assert both[1].read_declaration(receipt, "clerk", "核对").items == DECLARATION.items


def test_a_receipt_number_that_is_taken_is_not_given_again(
    both: tuple[Records, Records], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = submit(both[0])
    drawn = [taken, taken, new_receipt(secrets.token_bytes(8))]
    monkeypatch.setattr(declaring, "new_receipt", lambda _: drawn.pop(0))
    assert submit(both[1], "boris", replace(DECLARATION, identity="2")) != taken
    assert drawn == []
