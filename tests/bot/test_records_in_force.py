"""What is in force is read as one, counted as it is served, and what is done to it is noted or not done at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.faults import StoreUnavailable
from bot.store.publishing import State
from bot.store.records import Records
from dialogs.published import LONGEST_SENTENCE, Published, Switch
from tests.bot.keeping import DAY, NOW, TODAY, Place
from tests.bot.publishing import PLACES, draft, in_state, publish, trace


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


# --- what is off ---


def test_a_switch_holds_until_it_is_taken_back_and_the_last_sentence_counts(records: Records, place: Place) -> None:
    records.switch_off("kuajing", None, "在改，先打 12345。", "anna", NOW)
    records.switch_off(None, "precheck", " 预审停一天。 ", "anna", NOW)
    records.switch_off("kuajing", None, "还在改。", "boris", NOW + 1)
    assert [(one.switch, one.by, one.at) for one in records.switches()] == [
        (Switch(None, "precheck", "预审停一天。"), "anna", NOW),
        (Switch("kuajing", None, "还在改。"), "boris", NOW + 1),
    ]
    assert records.published()[1].switches == tuple(one.switch for one in records.switches())
    assert records.switch_on("kuajing", None, "anna", NOW + 2)
    assert not records.switch_on("kuajing", None, "anna", NOW + 2)
    assert not records.switch_on("kuajing", "precheck", "anna", NOW + 2), "that was for all cities"
    assert len(records.switches()) == 1
    assert trace(place) == [
        ("anna", "switch_off", "kuajing/*", "在改，先打 12345。"),
        ("anna", "switch_off", "*/precheck", " 预审停一天。 "),
        ("boris", "switch_off", "kuajing/*", "还在改。"),
        ("anna", "switch_on", "kuajing/*", ""),
    ]


@pytest.mark.parametrize("sentence", ["", " \n", "长" * (LONGEST_SENTENCE + 1)])
def test_a_switch_without_a_sentence_or_with_a_novel_is_refused(records: Records, place: Place, sentence: str) -> None:
    with pytest.raises(ValueError, match="1 到 400 个字"):
        records.switch_off("kuajing", None, sentence, "anna", NOW)
    assert (records.switches(), place.count("audit")) == ((), 0)
    records.switch_off("kuajing", None, "长" * LONGEST_SENTENCE, "anna", NOW)


acts = st.lists(st.tuples(st.sampled_from(("off", "on", "publish", "back")), st.integers(0, 2)), max_size=7)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_the_version_is_another_one_whenever_something_else_is_in_force(
    records: Records, acts: list[tuple[str, int]]
) -> None:
    seen: dict[str, Published] = {}
    cities, entries = ("kuajing", "heshi", None), list[str]()
    for number, (act, which) in enumerate(acts):
        if act == "off":
            records.switch_off(cities[which], None, f"停用{number}", "anna", NOW)
        elif act == "on":
            records.switch_on(cities[which], None, "anna", NOW)
        elif act == "publish":
            entries.append(publish(records, entries[which] if which < len(entries) else None).faq.id)
        elif which < len(entries) and any(one.state is State.LIVE for one in records.revisions_of(entries[which])):
            records.roll_back(entries[which], "boris", NOW)
        version, published = records.published()
        assert version == records.published_version()
        assert seen.setdefault(version, published) == published
    for entry in set(entries):
        while any(one.state is State.LIVE for one in records.revisions_of(entry)):
            records.roll_back(entry, "boris", NOW)


# --- how often ---


def test_how_often_an_answer_was_served_adds_up_over_days_and_processes(place: Place) -> None:
    yesterday = TODAY - timedelta(days=1)
    with place.opened() as (records, _), place.opened() as (other, _):
        threads = [
            Thread(target=one.count_served, args=({("a", TODAY): 5, ("b", yesterday): 1},)) for one in (records, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        records.count_served({("a", yesterday): 2})
        records.count_served({})
        assert records.served_by_entry(TODAY) == {"a": 10}
        assert records.served_by_entry(yesterday) == {"a": 12, "b": 2}
        assert (records.served("a", TODAY), records.served("b", TODAY), records.served("c", date.min)) == (10, 0, 0)


def test_counts_are_added_all_or_none(records: Records, place: Place) -> None:
    place.run("ALTER TABLE faq_served RENAME TO faq_serving")
    with pytest.raises(StoreUnavailable):
        records.count_served({("a", TODAY): 5})
    place.run("ALTER TABLE faq_serving RENAME TO faq_served")
    assert records.served_by_entry(TODAY) == {}


# --- what is not to be answered ---


def test_a_question_set_aside_stays_so_until_it_is_brought_back(records: Records, place: Place) -> None:
    records.set_aside("a" * 64, "anna", NOW)
    records.set_aside("a" * 64, "boris", NOW)
    records.set_aside("b", "anna", NOW)
    assert records.aside() == {"a" * 64, "b"}
    records.bring_back("b", "boris", NOW)
    assert records.aside() == {"a" * 64}
    assert [row[:3] for row in trace(place)] == [
        ("anna", "set_aside", "a" * 64),
        ("boris", "set_aside", "a" * 64),
        ("anna", "set_aside", "b"),
        ("boris", "bring_back", "b"),
    ]


# --- the trace ---


def test_what_cannot_be_noted_is_not_done(records: Records, place: Place) -> None:
    waiting = in_state(records, State.WAITING)
    place.run("ALTER TABLE audit RENAME TO audits")
    for act in (
        lambda: draft(records),
        lambda: records.approve(waiting, "boris", NOW),
        lambda: records.switch_off("kuajing", None, "停用。", "anna", NOW),
        lambda: records.set_aside("a", "anna", NOW),
    ):
        with pytest.raises(StoreUnavailable):
            act()
    place.run("ALTER TABLE audits RENAME TO audit")
    assert (records.published()[1], records.aside(), len(records.entries())) == (Published(), frozenset(), 1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_characters="\0"), max_size=90), st.text(st.characters(), max_size=500))
def test_any_text_is_kept_or_cut_and_never_breaks_the_trace(records: Records, name: str, text: str) -> None:
    revision = records.draft(None, "kuajing", (text,), text, PLACES, name[:60], NOW)
    records.hand_in(revision, name, NOW)
    records.refuse(revision, name[:60], text, NOW)
    kept = records.revision(revision).faq.line
    assert kept == text.replace("\0", "").encode("utf-8", "replace").decode()


def test_what_is_past_its_time_is_forgotten_and_nothing_before(records: Records) -> None:
    records.set_aside("a" * 64, "anna", NOW - 180 * DAY)
    records.set_aside("b" * 64, "anna", NOW - 180 * DAY + 1)
    old, young = TODAY - timedelta(days=730), TODAY - timedelta(days=729)
    records.count_served({("one", old): 1, ("one", young): 2})
    records.purge(NOW)
    assert records.aside() == {"b" * 64}
    assert records.served("one", old) == 2
