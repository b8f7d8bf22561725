"""Who may apply: each city's own conditions, unknown facts asked for, and laws that hold for every person."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs import words
from knowledge.eligibility import CODES, Effect
from knowledge.library import Library
from rules.eligibility import Verdict, assess
from rules.person import BadFacts, read_person

TODAY = date(2026, 11, 21)
BARRED = Verdict.NOT_ELIGIBLE
SAMPLES = Path(os.environ.get("SAMPLES_DIR", "没有设置")) / "dev" / "eligibility.jsonl"
HOMES = {
    "bazhong": ("巴中市", "巴州区"),
    "ankang": ("安康市", "汉滨区"),
    "chifeng": ("赤峰市", "红山区"),
    "kaifeng": ("开封市", "龙亭区"),
    "luoyang": ("洛阳市", "涧西区"),
}
CITIES = sorted(HOMES)


def outsider(city: str, **more: Any) -> dict[str, Any]:
    """Return the facts of a person from 西安 who has lived here and been registered long enough, and rents."""
    name, county = HOMES[city]
    return {
        "hukou_place": {"province": "陕西省", "city": "西安市", "county": "雁塔区"},
        "residence_place": {"city": name, "county": county, "area": "城区"},
        "moved_on": "2026-01-05",
        "registered": True,
        "registered_on": "2026-01-10",
        "basis": [{"type": "housing", "code": "rent_contract"}],
    } | more


def verdict(library: Library, city: str, facts: dict[str, Any], today: date = TODAY) -> Verdict:
    return assess(library.cities[city], read_person(facts), today).verdict


@pytest.mark.parametrize("city", CITIES)
def test_who_has_lived_and_registered_long_enough_with_a_home_may_apply(library: Library, city: str) -> None:
    found = assess(library.cities[city], read_person(outsider(city)), TODAY)
    assert found.verdict is Verdict.ELIGIBLE
    assert found.missing == ()
    assert found.earliest is None


@pytest.mark.parametrize(
    ("city", "starts"),
    [
        ("bazhong", "both"),
        ("ankang", "moved_on"),
        ("chifeng", "both"),
        ("kaifeng", "registered_on"),
        ("luoyang", "both"),
    ],
)
def test_the_half_year_starts_where_the_text_says(library: Library, city: str, starts: str) -> None:
    recent = {"registered_on": "2026-08-01"}, {"moved_on": "2026-08-01"}
    by_registration = verdict(library, city, outsider(city, **recent[0])) is Verdict.NOT_YET
    by_moving = verdict(library, city, outsider(city, **recent[1])) is Verdict.NOT_YET
    assert (by_registration, by_moving) == {
        "registered_on": (True, False),
        "moved_on": (False, True),
        "both": (True, True),
    }[starts]


@pytest.mark.parametrize("city", CITIES)
def test_the_last_day_before_and_the_first_day_of_the_half_year(library: Library, city: str) -> None:
    facts = outsider(city, moved_on="2026-05-22", registered_on="2026-05-22")
    before = assess(library.cities[city], read_person(facts), date(2026, 11, 21))
    assert (before.verdict, before.earliest) == (Verdict.NOT_YET, date(2026, 11, 22))
    assert verdict(library, city, facts, date(2026, 11, 22)) is Verdict.ELIGIBLE


@pytest.mark.parametrize(
    ("city", "hukou", "home", "expected"),
    [
        (
            "bazhong",
            {"county": "通江县", "township": "民胜镇"},
            {"county": "巴州区", "area": "城区"},
            Verdict.NOT_ELIGIBLE,
        ),
        ("bazhong", {"county": "平昌县", "township": "驷马镇"}, {"county": "平昌县", "area": "县城"}, Verdict.ELIGIBLE),
        ("bazhong", {"county": "平昌县"}, {"county": "平昌县", "area": "县城"}, Verdict.NEED_MORE_INFO),
        ("ankang", {"county": "汉滨区"}, {"county": "汉滨区", "area": "城区"}, Verdict.NOT_ELIGIBLE),
        ("ankang", {"county": "紫阳县"}, {"county": "汉滨区", "area": "城区"}, Verdict.ELIGIBLE),
        ("chifeng", {"county": "红山区"}, {"county": "松山区", "area": "城区"}, Verdict.NOT_ELIGIBLE),
        ("chifeng", {"county": "宁城县"}, {"county": "松山区", "area": "城区"}, Verdict.ELIGIBLE),
        ("chifeng", {}, {"county": "松山区", "area": "城区"}, Verdict.NEED_MORE_INFO),
        ("kaifeng", {"county": "鼓楼区"}, {"county": "龙亭区", "area": "城区"}, Verdict.NOT_ELIGIBLE),
        ("luoyang", {"county": "西工区"}, {"county": "涧西区", "area": "城区"}, Verdict.NEED_MORE_INFO),
    ],
)
def test_moving_inside_the_home_city_is_judged_by_each_text(
    library: Library, city: str, hukou: dict[str, str], home: dict[str, str], expected: Verdict
) -> None:
    name = HOMES[city][0]
    facts = outsider(city, hukou_place={"city": name, **hukou}, residence_place={"city": name, **home})
    assert verdict(library, city, facts) is expected


def test_living_outside_the_county_town_is_not_enough_in_bazhong_alone(library: Library) -> None:
    for city in CITIES:
        name, county = HOMES[city]
        facts = outsider(city, residence_place={"city": name, "county": county, "area": "乡镇"})
        expected = Verdict.NOT_ELIGIBLE if city == "bazhong" else Verdict.ELIGIBLE
        assert verdict(library, city, facts) is expected, city


@pytest.mark.parametrize("city", CITIES)
def test_who_is_no_mainland_resident_is_referred_at_once(library: Library, city: str) -> None:
    found = assess(library.cities[city], read_person({"nationality": "香港居民"}), TODAY)
    assert found.verdict is Verdict.NOT_ELIGIBLE
    assert found.reasons


@pytest.mark.parametrize("city", CITIES)
def test_nothing_known_asks_and_concludes_nothing(library: Library, city: str) -> None:
    found = assess(library.cities[city], read_person({}), TODAY)
    assert found.verdict is Verdict.NEED_MORE_INFO
    assert {"hukou_place", "basis"} <= set(found.missing)


@pytest.mark.parametrize("city", CITIES)
def test_a_finding_without_a_provision_cannot_be_made(library: Library, city: str) -> None:
    place = library.cities[city]
    for facts in ({}, outsider(city), outsider(city, basis=[{"type": "none"}]), {"nationality": "美国"}):
        reasons = assess(place, read_person(facts), TODAY).reasons
        assert reasons
        assert all(place.provision(reason.address).text for reason in reasons)


def test_what_is_presumed_is_told_and_decides_when_it_applies(library: Library) -> None:
    presumed = assess(library.cities["bazhong"], read_person(outsider("bazhong")), TODAY)
    assert presumed.presumed == ("has_id_card", "should_hold_local_urban_hukou")
    barred = outsider("bazhong", should_hold_local_urban_hukou=True)
    assert verdict(library, "bazhong", barred) is Verdict.NOT_ELIGIBLE
    assert verdict(library, "luoyang", outsider("luoyang", interrupted=True)) is Verdict.NEED_MORE_INFO


@pytest.mark.parametrize("city", CITIES)
def test_each_condition_that_was_judged_is_among_the_reasons(library: Library, city: str) -> None:
    reasons = assess(library.cities[city], read_person(outsider(city)), TODAY).reasons
    judged = {reason.condition for reason in reasons if reason.met}
    assert {"inside_city", "conditions", "basis.housing"} <= judged
    assert any(condition.startswith("clock.") for condition in judged)


def test_a_day_is_given_only_when_every_start_is_known_to_the_day(library: Library) -> None:
    facts = outsider("bazhong", moved_on="2026-07-01", registered_month="2026-09") | {"registered_on": None}
    found = assess(library.cities["bazhong"], read_person(facts), TODAY)
    assert (found.verdict, found.earliest) == (Verdict.NOT_YET, None)


@pytest.mark.parametrize(
    ("reported", "verdict_is", "day"),
    [
        (None, Verdict.NEED_MORE_INFO, None),
        ("2026-06-30", Verdict.ELIGIBLE, None),
        ("2026-07-01", Verdict.ELIGIBLE, None),
        ("2026-07-02", Verdict.NOT_YET, date(2027, 1, 2)),
    ],
)
def test_a_change_of_address_reported_after_a_month_begins_the_time_anew(
    library: Library, reported: str | None, verdict_is: Verdict, day: date | None
) -> None:
    facts = outsider("chifeng", address_changed_on="2026-06-01", change_reported_on=reported)
    found = assess(library.cities["chifeng"], read_person(facts), TODAY)
    assert (found.verdict, found.earliest) == (verdict_is, day)


def test_every_kind_condition_and_question_has_plain_words(library: Library) -> None:
    asked = {"hukou_place", "hukou_city", "hukou_county", "hukou_township", "residence_county", "residence_area"}
    asked |= {"registered", "registered_on", "moved_on", "basis", "change_reported_on"}
    asked |= {f"basis_{kind}" for kind in CODES}
    for city in library.cities.values():
        rules = city.eligibility
        assert rules is not None
        asked |= {basis.clause.ask for basis in rules.bases.values() if None in basis.counts.values()}
        asked |= {one.clause.ask for one in rules.exceptions.values() if one.effect is not Effect.BARRED}
        assert set(rules.exceptions) <= set(words.CHECK_CONDITIONS)
    assert asked - {""} <= set(words.CHECK_KEYS)
    assert {code for codes in CODES.values() for code in codes} == set(words.CHECK_CODES)


KINDS = st.sampled_from([(kind, code) for kind, codes in CODES.items() for code in codes])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CITIES), st.lists(KINDS, min_size=1, max_size=3), KINDS)
def test_one_more_basis_never_takes_the_permit_away(
    library: Library, city: str, bases: list[tuple[str, str]], more: tuple[str, str]
) -> None:
    def with_bases(*given_bases: tuple[str, str]) -> Verdict:
        return verdict(library, city, outsider(city, basis=[{"type": k, "code": c} for k, c in given_bases]))

    before, after = with_bases(*bases), with_bases(*bases, more)
    # One more thing that does not count can settle what was open, and nothing else.
    assert (
        after
        in {
            Verdict.ELIGIBLE: {Verdict.ELIGIBLE},
            Verdict.NEED_MORE_INFO: set(Verdict),
            Verdict.NOT_ELIGIBLE: {Verdict.NOT_ELIGIBLE, Verdict.NEED_MORE_INFO, Verdict.ELIGIBLE},
        }[before]
    )


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CITIES), st.integers(0, 800), st.integers(0, 300))
def test_a_later_registration_is_never_better(library: Library, city: str, days: int, later: int) -> None:
    early = date(2024, 10, 1) + timedelta(days=days)
    late = early + timedelta(days=later)
    person = read_person(outsider(city, moved_on="2024-01-01", registered_on=early.isoformat()))
    first = assess(library.cities[city], person, TODAY)
    second = assess(
        library.cities[city],
        replace(person, registration=read_person({"registered_on": late.isoformat()}).registration),
        TODAY,
    )
    assert not (first.verdict is Verdict.NOT_YET and second.verdict is Verdict.ELIGIBLE)
    if first.earliest and second.earliest:
        assert first.earliest <= second.earliest


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"colour": "red"}, "colour"),
        ({"registered": "yes"}, "true 或 false"),
        ({"registered_on": "2026-02-30"}, "registered_on"),
        ({"registered_month": "2026-13"}, "2026-03"),
        ({"age": "five"}, "数字"),
        ({"basis": "rent"}, "列表"),
        ({"basis": [{"type": "housing", "code": "rent_contractt"}]}, "rent_contract"),
        ({"basis": [{"type": "housing", "code": ["rent_contract"]}]}, "rent_contract"),
        ({"employer_internal_registration_on": "garbage"}, "employer_internal_registration_on"),
        ({"basis": [{"type": "luck"}]}, "employment、housing、study"),
        ({"hukou_place": {"town": "x"}}, "hukou_place"),
        ({"residence_place": {"area": "山上"}}, "area"),
        ({"registered_range": ["2026-01-01"]}, "两个日期"),
        ({"nationality": 5}, "文字"),
    ],
)
def test_facts_that_cannot_be_read_are_named(facts: dict[str, Any], told: str) -> None:
    with pytest.raises(BadFacts) as caught:
        read_person(facts)
    assert told in str(caught.value)


def test_the_samples_outside_the_repository(library: Library) -> None:
    if not SAMPLES.exists():
        pytest.skip("没有设 SAMPLES_DIR，样例不在这台机器上")
    wrong = []
    for line in SAMPLES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = assess(library.cities[row["city"]], read_person(row["facts"]), date.fromisoformat(row["as_of"]))
        earliest = found.earliest.isoformat() if found.earliest else None
        if (found.verdict.value, earliest) != (row["verdict"], row.get("earliest_date")):
            wrong.append((row["id"], found.verdict.value, earliest))
    assert wrong == []
