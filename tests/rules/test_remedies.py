"""What would be enough, and what comes next: for each unmet condition one change, for this person the papers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.verdicts import verdict_text
from knowledge.eligibility import CODES
from knowledge.library import Library
from rules.calendar import add_months
from rules.eligibility import Verdict, assess
from rules.eligibility.remedies import Remedy, remedies
from rules.next_steps import next_steps
from rules.person import read_person
from tests.rules.test_eligibility import CITIES, TODAY, outsider


def remedies_of(library: Library, city: str, facts: dict[str, Any]) -> dict[str, Remedy]:
    person, place = read_person(facts), library.cities[city]
    return {one.change: one for one in remedies(place, person, assess(place, person, TODAY), TODAY)}


@pytest.mark.parametrize("city", CITIES)
def test_who_may_apply_needs_no_change(library: Library, city: str) -> None:
    assert remedies_of(library, city, outsider(city)) == {}


def test_time_alone_is_waited_for_until_its_day(library: Library) -> None:
    facts = outsider("kaifeng", registered_on="2026-08-31", moved_on="2026-08-31")
    found = remedies_of(library, "kaifeng", facts)
    assert set(found) == {"wait"}
    assert found["wait"].day == date(2027, 2, 28)


@pytest.mark.parametrize("city", ["bazhong", "chifeng", "kaifeng", "luoyang"])
def test_who_never_registered_registers_first_and_the_half_year_runs_from_today(library: Library, city: str) -> None:
    facts = outsider(city, registered=False) | {"registered_on": None}
    assert remedies_of(library, city, facts)["register"].day == add_months(TODAY, 6)


@pytest.mark.parametrize(
    ("city", "code", "kind", "change"),
    [
        ("bazhong", "relative_home", "housing", "rent_contract"),
        ("kaifeng", "gig_no_contract", "employment", "labor_contract"),
        ("kaifeng", "rent_no_contract_no_cert", "housing", "rent_no_contract_landlord_cert"),
        ("luoyang", "rent_no_contract_no_cert", "housing", "rent_contract"),
        ("chifeng", "study_no_local_xueji", "study", "fulltime_enrolled"),
    ],
)
def test_the_nearest_basis_is_one_step_from_what_the_person_has(
    library: Library, city: str, code: str, kind: str, change: str
) -> None:
    assert change in remedies_of(library, city, outsider(city, basis=[{"type": kind, "code": code}]))


def test_the_home_is_nearest_to_who_has_nothing(library: Library) -> None:
    assert "rent_contract" in remedies_of(library, "luoyang", outsider("luoyang", basis=[{"type": "none"}]))


@pytest.mark.parametrize(
    ("home", "change"), [("红山区", "live_in_another_county"), ("松山区", "live_outside_the_districts")]
)
def test_a_move_that_does_not_count_says_which_would(library: Library, home: str, change: str) -> None:
    facts = outsider("chifeng", hukou_place={"city": "赤峰市", "county": "红山区"})
    facts["residence_place"] = {"city": "赤峰市", "county": home}
    assert change in remedies_of(library, "chifeng", facts)


def test_who_lives_in_the_countryside_where_the_text_asks_for_a_town_is_told_so(library: Library) -> None:
    facts = outsider("bazhong", residence_place={"city": "巴中市", "county": "通江县", "area": "乡镇"})
    assert "live_in_town" in remedies_of(library, "bazhong", facts)


def test_a_person_of_whom_the_text_does_not_speak_is_told_no_change(library: Library) -> None:
    assert remedies_of(library, "kaifeng", outsider("kaifeng", nationality="香港居民")) == {}


KINDS = st.sampled_from([(kind, code) for kind, codes in CODES.items() for code in codes])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CITIES), KINDS)
def test_a_change_that_is_offered_is_enough(library: Library, city: str, basis: tuple[str, str]) -> None:
    """Whoever does what the remedy says gets past that condition."""
    facts = outsider(city, basis=[{"type": basis[0], "code": basis[1]}])
    for change, remedy in remedies_of(library, city, facts).items():
        assert remedy.condition.startswith("basis.")
        changed = facts | {
            "basis": [*facts["basis"], {"type": remedy.condition.removeprefix("basis."), "code": change}]
        }
        assert assess(library.cities[city], read_person(changed), TODAY).verdict is Verdict.ELIGIBLE


# --- what comes next ---


@pytest.mark.parametrize("city", CITIES)
def test_everybody_is_told_where_with_what_how_long_and_what_it_costs(library: Library, city: str) -> None:
    assert {"apply_at", "materials", "issue_within", "fee_first"} <= set(steps_of(library, city, outsider(city)))


def test_who_studies_where_the_school_applies_goes_through_the_school(library: Library) -> None:
    learns = outsider("bazhong", basis=[{"type": "study", "code": "fulltime_enrolled"}])
    assert steps_of(library, "bazhong", learns)[0] == "apply_by_school"


def steps_of(library: Library, city: str, facts: dict[str, Any]) -> list[str]:
    return [step.name for step in next_steps(library.cities[city], read_person(facts))]


def test_only_the_proof_of_what_the_person_has_is_named(library: Library) -> None:
    steps = steps_of(library, "kaifeng", outsider("kaifeng"))
    assert "materials_housing" in steps
    assert "materials_study" not in steps
    assert "apply_by_others" not in steps


def test_who_goes_for_a_child_is_named_and_what_they_bring(library: Library) -> None:
    steps = steps_of(library, "kaifeng", outsider("kaifeng", age=7))
    assert {"apply_by_others", "apply_by_others_bring"} <= set(steps)
    assert "apply_by_others" in steps_of(library, "luoyang", outsider("luoyang", proxy="母亲"))  # silent, and says so


@pytest.mark.parametrize("city", CITIES)
def test_a_verdict_ends_with_who_decides_and_names_no_address_that_is_not_on_file(library: Library, city: str) -> None:
    person = read_person(outsider(city))
    place = library.cities[city]
    text = verdict_text(library, place, person, assess(place, person, TODAY), TODAY)
    assert text.endswith("这是预审，最终以受理机构审核为准。")
    assert "地址、电话和办公时间我这里没有" in text
    assert text.startswith("照您说的，条件都够，可以去申领。")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CITIES), KINDS, st.sampled_from(["registered", "proxy", "has_id_card", "nationality", "basis"]))
def test_more_facts_never_turn_a_decided_no_into_a_yes(
    library: Library, city: str, basis: tuple[str, str], dropped: str
) -> None:
    """What is decided by some facts stays decided when more become known."""
    facts = outsider(city, basis=[{"type": basis[0], "code": basis[1]}])
    fewer = {key: value for key, value in facts.items() if key != dropped}
    before = assess(library.cities[city], read_person(fewer), TODAY).verdict
    after = assess(library.cities[city], read_person(facts), TODAY).verdict
    assert before in (after, Verdict.NEED_MORE_INFO)
