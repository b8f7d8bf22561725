"""A server that is stopped, killed or paused is noticed in time, loses nothing, and is used again when it is back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.store.faults import StoreUnavailable
from bot.store.records import Feedback, KeptQuestion, Records
from bot.store.vault import Vault
from dialogs.effects import RECEIPT
from tests.bot.keeping import CANARIES, DECLARATION, NOW, TODAY, Place, carry_out, found_in, submit
from tests.bot.servers import PostgresServer, postgres_server
from tests.bot.taking_away import ended, paused
from tests.bot.test_records_shut import live_through_everything

LONGEST_WAIT = 6.0
Act = Callable[[], object]


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A server that nobody minds being stopped."""
    with postgres_server(tmp_path_factory.mktemp("outage")) as server:
        yield server


@pytest.fixture
def at(own_server: PostgresServer, tmp_path: Path) -> Place:
    return Place(tmp_path, own_server.database(), own_server)


stopped, killed = partial(ended, gently=True), partial(ended, gently=False)


def of_reaching(records: Records) -> dict[str, Act]:
    """Return the methods for whom to reach, reminders that are due, 有用 and 没用."""
    return {
        "keep_reach": lambda: records.keep_reach("anna", "main", "openid", NOW),
        "reach_of": lambda: records.reach_of("anna"),
        "forget_reach": lambda: records.forget_reach("boris"),
        "claim_due": lambda: records.claim_due(TODAY, NOW, 10),
        "begin_delivery": lambda: records.begin_delivery("none", NOW),
        "end_delivery": lambda: records.end_delivery("none", "kept", NOW),
        "reminders_to_show": lambda: records.reminders_to_show("anna"),
        "due_at_visit": lambda: records.due_at_visit("anna", TODAY, NOW),
        "note_shown": lambda: records.note_shown("anna", ["none"]),
        "keep_feedback": lambda: records.keep_feedback([Feedback(NOW, True, None, None, "answer")]),
        "feedback_counts": lambda: records.feedback_counts(0),
    }


def everything(records: Records, vault: Vault, receipt: str, box: str) -> dict[str, Act]:
    """Return every method that asks the database, as something to do."""
    return {
        "carry_out": lambda: carry_out(records, "anna", DECLARATION),
        "known": lambda: records.known("anna"),
        "keep_photo": lambda: records.keep_photo("anna", "declare", b"face"),
        "photo_of": lambda: records.photo_of("anna", f"photo:{0:032}"),
        "forget_draft": lambda: records.forget_draft("anna"),
        "read_declaration": lambda: records.read_declaration(receipt, "clerk", "核对"),
        "record_registration": lambda: records.record_registration(receipt, TODAY, "clerk"),
        "declared_in": lambda: records.declared_in("kuajing"),
        "queue": lambda: records.queue(["kuajing"]),
        "waiting_counts": records.waiting_counts,
        "masked": lambda: records.masked(receipt, "clerk"),
        "export": lambda: records.export(["kuajing"], "registered", "clerk", "核对", 1),
        "open_page": lambda: records.open_page("anna", "declare", "photo", NOW),
        "use_page": lambda: records.use_page("token", NOW),
        **of_reaching(records),
        "keep_questions": lambda: records.keep_questions([KeptQuestion(NOW, "answer", "怎么办")]),
        "questions": lambda: records.questions(NOW, 1),
        "purge": lambda: records.purge(NOW),
        "ping": records.ping,
        "status": records.status,
        "seal": lambda: vault.seal("draft:anna", b"x"),
        "unseal": lambda: vault.unseal("draft:anna", box),
        "destroy": lambda: vault.destroy("draft:nobody"),
    }


def outcome(act: Act) -> tuple[str, float]:
    """Return what came of it, and in how many seconds."""
    begun = time.monotonic()
    try:
        act()
    except StoreUnavailable:
        return "unavailable", time.monotonic() - begun
    return "done", time.monotonic() - begun


def outcomes(acts: dict[str, Act]) -> dict[str, tuple[str, float]]:
    """Do everything at once, as threads of a service do, and return what came of each."""
    results: dict[str, tuple[str, float]] = {}
    threads = [
        threading.Thread(target=lambda name=name, act=act: results.update({name: outcome(act)}))
        for name, act in acts.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("out", [stopped, killed, paused], ids=["stopped", "killed", "paused"])
def test_an_outage_is_told_in_time_by_every_method_and_over_when_the_server_is_back(at: Place, out: Callable) -> None:  # type: ignore[type-arg]
    with at.opened() as (records, vault):
        receipt, box = submit(records), vault.seal("draft:anna", b"answers")
        acts = everything(records, vault, receipt, box)
        with out(at.server):
            for results in (outcomes(acts), {"ping again": outcome(records.ping)}):
                assert {name: told for name, (told, _) in results.items() if told != "unavailable"} == {}
                assert {name: took for name, (_, took) in results.items() if took > LONGEST_WAIT} == {}
        assert records.read_declaration(receipt, "clerk", "核对").items == DECLARATION.items
        assert vault.unseal("draft:anna", box) == b"answers"
        again = {name: act for name, act in acts.items() if name not in ("forget_draft", "unseal")}
        assert {name: told for name, (told, _) in outcomes(again).items() if told != "done"} == {}


def test_a_server_paused_within_a_turn_is_given_up_and_the_turn_repeated_is_carried_out_once(at: Place) -> None:
    def pause(_: object) -> None:
        assert at.server is not None
        at.server.pause()

    with at.opened() as (records, _):
        submit(records, "boris")
        event.listen(records._engine, "commit", pause, once=True)
        try:
            told, took = outcome(lambda: carry_out(records, "anna", DECLARATION, key="message"))
        finally:
            assert at.server is not None
            at.server.resume()
        assert told == "unavailable"
        assert took <= LONGEST_WAIT
        receipt = carry_out(records, "anna", DECLARATION, key="message")[RECEIPT]
        assert [declared.receipt for declared in records.declarations_of("anna")] == [receipt]


@contextmanager
def declaring_on(records: Records) -> Iterator[list[str]]:
    """Let three threads declare one thing after the other; yields the receipts they are given, growing."""
    receipts: list[str] = []
    is_over = threading.Event()

    def declare(thread: int) -> None:
        for number in count():
            if is_over.is_set():
                return
            try:
                receipts.append(submit(records, "anna", replace(DECLARATION, identity=f"{thread} {number}")))
            except StoreUnavailable:
                time.sleep(0.05)

    threads = [threading.Thread(target=declare, args=(thread,)) for thread in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield receipts
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_what_was_told_to_be_done_is_there_after_the_server_was_killed(at: Place) -> None:
    assert at.server is not None
    with at.opened() as (records, _):
        with declaring_on(records) as receipts:
            for times in range(1, 4):
                deadline = time.monotonic() + 30
                while len(receipts) < 4 * times and time.monotonic() < deadline:
                    time.sleep(0.02)
                at.server.stop(gently=False)
                at.server.start()
        assert len(receipts) >= 12
        assert set(receipts) - {declared.receipt for declared in records.declarations_of("anna")} == set()
        for receipt in receipts[-5:]:
            assert records.read_declaration(receipt, "clerk", "核对").items == DECLARATION.items


def test_a_service_starts_without_its_server_says_so_and_goes_on_when_it_is_there(
    at: Place, caplog: pytest.LogCaptureFixture
) -> None:
    with at.opened() as (records, _):
        receipt = submit(records)
    assert at.server is not None
    with stopped(at.server):
        opening = at.opened()
        records, _ = opening.__enter__()
        assert "请检查数据库服务是否在运行" in caplog.text
        assert outcome(lambda: records.known("anna"))[0] == "unavailable"
    try:
        assert [one.receipt for one in records.declarations_of("anna")] == [receipt]
    finally:
        opening.__exit__(None, None, None)


def test_a_new_database_that_comes_later_gets_its_tables(at: Place) -> None:
    assert at.server is not None
    with stopped(at.server):
        opening = at.opened()
        records, _ = opening.__enter__()
    try:
        submit(records)
    finally:
        opening.__exit__(None, None, None)


def test_a_writer_that_stands_still_is_not_waited_for_without_end(at: Place) -> None:
    with at.opened() as (records, _), at.opened() as (other, _):
        with other._engine.begin():
            told, took = outcome(lambda: carry_out(records, "anna", DECLARATION))
            assert (told, took <= LONGEST_WAIT) == ("unavailable", True)
            assert records.known("anna") == ((), ()), "who only reads waits for nobody"
        submit(records)


def test_what_was_entered_is_in_no_file_of_the_server_and_in_no_backup(at: Place) -> None:
    assert at.server is not None
    with at.opened() as (records, _):
        receipt = live_through_everything(records)
        assert found_in_all(at, receipt.encode()), "the search sees what is not sealed"
        assert [found_in_all(at, canary) for canary in CANARIES] == [[]] * len(CANARIES)
        row = "SELECT '', '', '', 'a canary', 0 FROM generate_series(1, 9)"  # one may stand across two pages
        at.run(f"INSERT INTO access (receipt, what, reader, reason, at) {row}")
        found = found_in_all(at, b"a canary")
        assert "backup" in found
        assert len(found) >= 3, "and in the table and the log"


def found_in_all(at: Place, wanted: bytes) -> list[str]:
    """Return where on the server these bytes stand, its write-ahead log included: in which files, in a backup."""
    assert at.server is not None
    assert at.database is not None
    at.run("CHECKPOINT")
    backup = at.server.run("pg_dump", at.database)
    return found_in(at.server.data, wanted) + ["backup"] * (wanted in backup)


def test_records_and_keys_are_saved_apart(at: Place) -> None:
    assert at.server is not None
    assert at.database is not None
    with at.opened() as (records, _):
        submit(records)
        records_alone = at.server.run("pg_dump", "-N", "juzhuzheng_keys", at.database)
        keys_alone = at.server.run("pg_dump", "-n", "juzhuzheng_keys", at.database)
    assert b"COPY public.declaration" in records_alone
    assert b"juzhuzheng_keys" not in records_alone
    assert b"COPY juzhuzheng_keys.data_key" in keys_alone
    assert b"public." not in keys_alone
    assert not any(key.hex().encode() in records_alone for key in at.wrapped_keys().values())
