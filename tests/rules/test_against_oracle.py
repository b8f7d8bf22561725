"""A second, naive implementation written straight from the five texts: both must say the same."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from knowledge.eligibility import CODES
from knowledge.library import Library
from rules.calendar import add_months
from rules.eligibility import assess
from rules.endorsement import Anchor, Outcome, State, anchor_of, cycle_on, first_cycle, last_cycle_before, lateness
from rules.person import read_person
from rules.reckoning import Reckoner
from tests.oracle.counting import Value
from tests.oracle.dates import expected
from tests.oracle.eligibility import verdict

TODAY = date(2026, 11, 21)
HOMES = {
    "bazhong": ("四川省", "巴中市", ("巴州区", "恩阳区", "平昌县", "通江县")),
    "ankang": ("陕西省", "安康市", ("汉滨区", "平利县", "紫阳县")),
    "chifeng": ("内蒙古自治区", "赤峰市", ("红山区", "松山区", "翁牛特旗", "宁城县")),
    "kaifeng": ("河南省", "开封市", ("龙亭区", "祥符区", "兰考县", "杞县")),
    "luoyang": ("河南省", "洛阳市", ("涧西区", "洛龙区", "嵩县", "栾川县")),
}
CITIES = sorted(HOMES)
ELSEWHERE = {"province": "甘肃省", "city": "天水市", "county": "秦安县"}
READ_IN_TWO_WAYS = {
    "kaifeng": {"training_dorm", "gig_no_contract"},
    "ankang": {"rent_no_contract_landlord_cert"},
    "luoyang": {"rent_no_contract_landlord_cert"},
}
"""第八条（二） of 开封 names 就读学校, 第八条（一） a contract or a licence, but 第九条（一） other proofs too: we ask
the office whether a training school is one and what a job without contract needs; the oracle reads no. 安康 and 洛阳 do
not say what proves a home: of a landlord's note without contract we ask the office; the oracle reads yes."""


def day_back(chance: random.Random, most: int) -> str:
    return (TODAY - timedelta(days=chance.randint(0, most))).isoformat()


def hukou(chance: random.Random, city: str) -> dict[str, Any] | None:
    province, name, counties = HOMES[city]
    own = {"province": province, "city": name, "county": chance.choice(counties)}
    return chance.choice(
        [ELSEWHERE, ELSEWHERE, ELSEWHERE, own, own, {**own, "township": "某镇"}, {"province": province}, None]
    )


def times(chance: random.Random) -> dict[str, Any]:
    """Return when the person came and registered, each known, unknown or known by its length alone."""
    facts: dict[str, Any] = {}
    kind = chance.random()
    if kind < 0.6:
        facts |= {"registered": True, "registered_on": day_back(chance, 400)}
    elif kind < 0.75:
        facts["registered"] = False
    elif kind < 0.85:
        facts["registered"] = True
    if chance.random() < 0.5:
        facts["moved_on"] = day_back(chance, 400)
    return facts


def person(chance: random.Random, city: str) -> dict[str, Any]:
    """Return facts as a person might know them: some said, some not."""
    _, name, counties = HOMES[city]
    home: dict[str, Any] = {"city": name, "county": chance.choice(counties)}
    home |= {"area": chance.choice(["城区", "县城", "乡镇"])} if chance.random() < 0.8 else {}
    doubtful = READ_IN_TWO_WAYS.get(city, set())
    codes = {kind: [code for code in CODES[kind] if code not in doubtful] for kind in CODES}
    bases = [{"type": kind, "code": chance.choice(codes[kind])} for kind in CODES if chance.random() < 0.45]
    bases = [{"type": "none"}] if chance.random() < 0.08 else bases
    facts: dict[str, Any] = {"residence_place": home, "hukou_place": hukou(chance, city), "basis": bases}
    facts |= times(chance)
    rare = {"nationality": "香港居民", "should_hold_local_urban_hukou": True, "interrupted": True, "has_id_card": False}
    return facts | {key: value for key, value in rare.items() if chance.random() < 0.06}


@pytest.mark.parametrize("city", CITIES)
def test_two_thousand_people_of_a_city_are_judged_as_by_a_second_reading_of_its_text(
    library: Library, city: str
) -> None:
    chance = random.Random(20261121)
    differing = []
    for _ in range(2000):
        facts = person(chance, city)
        found = assess(library.cities[city], read_person(facts), TODAY)
        if (found.verdict.value, found.earliest) != verdict(city, facts, TODAY):
            differing.append((facts, found.verdict.value, found.earliest, verdict(city, facts, TODAY)))
    assert differing == []


STARTS = [date(2024, 1, 1) + timedelta(days=number) for number in range(1096)]


@pytest.mark.parametrize("city", CITIES)
def test_the_window_of_every_day_of_three_years(library: Library, city: str) -> None:
    place = library.cities[city]
    key = {Anchor.RESIDENCE: "residence_counts_from", Anchor.ISSUE: "issued_on", Anchor.EXPIRY: "expires_on"}
    anchor = anchor_of(place)
    assert anchor is not None
    for start in STARTS:
        cycle = first_cycle(place, start)
        told = expected(city, "endorse_window", {key[anchor]: start})
        assert cycle is not None
        assert (cycle.opens, cycle.last) == (told["window_open"], told["window_last_day"])
        assert cycle.full == told["expires_on" if anchor is Anchor.EXPIRY else "anniversary"]


@pytest.mark.parametrize("city", CITIES)
def test_the_cycle_before_a_day_and_the_one_after_it_are_a_year_apart(library: Library, city: str) -> None:
    place, start = library.cities[city], date(2020, 2, 29)
    before, after = last_cycle_before(place, start, TODAY), cycle_on(place, start, TODAY)
    assert before is not None
    assert after is not None
    assert before.last < TODAY <= after.last
    assert add_months(before.full, 12) == after.full


CARD_AFTER = {
    Outcome.RESTORED: ("restored", "counts_from_makeup_date"),
    Outcome.KEPT: ("restored", "continuous"),
    Outcome.RESTARTED: ("restored", "restart_from_restoration"),
    Outcome.REGISTER_ANEW: ("must_reregister", None),
    Outcome.VOID: ("must_reapply", None),
}


@pytest.mark.parametrize("city", CITIES)
def test_every_day_of_lateness_up_to_a_year_and_past_each_cliff(library: Library, city: str) -> None:
    place = library.cities[city]
    key = {Anchor.RESIDENCE: "residence_counts_from", Anchor.ISSUE: "issued_on", Anchor.EXPIRY: "expires_on"}
    for start in (date(2024, 2, 29), date(2025, 3, 31), date(2025, 8, 31), date(2025, 11, 30), date(2026, 1, 8)):
        anchor, cycle = anchor_of(place), first_cycle(place, start)
        assert anchor is not None
        assert cycle is not None
        for days in range(-40, 400):
            acts = cycle.full + timedelta(days=days)
            told = expected(city, "endorse_overdue", {key[anchor]: start, "endorsed_on": acts})
            late = lateness(place, cycle, acts)
            assert (cycle.state(acts) is State.LATE) == (told["card_before"] != "valid")
            if late is None:
                continue
            assert (told.get("card_after"), told.get("residence_count")) == CARD_AFTER[late.outcome]
            assert late.counts_from in (None, told.get("residence_count_from"))
            limit = told.get("last_day_to_keep_continuity", told.get("last_day_to_restore"))
            assert late.limit == limit


LIMITS = [
    ("register_deadline", "registration_within", "arrived_on", {}),
    ("issue_deadline", "issue_within", "accepted_on", {}),
    ("issue_deadline", "replacement_within", "accepted_on", {"reissue": True}),
    ("address_change", "change_within", "changed_on", {}),
    ("report_deadline", "employer_reports_within", "event_on", {"who": "employer"}),
    ("report_deadline", "landlord_reports_within", "event_on", {"who": "landlord"}),
    ("report_deadline", "agency_reports_within", "event_on", {"who": "agency"}),
    ("report_deadline", "property_reports_within", "event_on", {"who": "property"}),
]


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize(("kind", "parameter", "key", "more"), LIMITS)
def test_every_limit_from_every_day_of_three_years(
    library: Library, city: str, kind: str, parameter: str, key: str, more: dict[str, Any]
) -> None:
    reckoner, place = Reckoner(), library.cities[city]
    for start in STARTS:
        told: dict[str, Value] = expected(city, kind, {key: start, **more})
        found = reckoner.deadline(place, parameter, start)
        wanted = told.get("deadline_normal", told.get("deadline"))
        assert (found.day if found else None) == wanted, start
        if found is not None and found.strict is not None and "deadline_if_start_day_counted" in told:
            assert found.strict == told["deadline_if_start_day_counted"], start
        if parameter == "issue_within" and "deadline_max" in told:
            most = reckoner.deadline(place, "issue_at_most", start)
            assert most is not None
            assert most.day == told["deadline_max"]


def test_an_unreported_change_costs_the_time_after_a_month(library: Library) -> None:
    late = Reckoner().deadline(library.cities["chifeng"], "change_unreported_after", date(2026, 1, 31))
    assert late is not None
    assert late.day == add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    told = expected("chifeng", "address_change", {"changed_on": date(2026, 1, 31)})
    assert late.day == told["last_day_to_keep_continuity"]
