"""The pre-check and the facts of a city as a script meets them."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.library import Library
from knowledge.text import squeeze
from tests.bot.test_batch import jsonl, run

FACTS: dict[str, Any] = {
    "hukou_place": {"province": "河南省", "city": "驻马店市"},
    "residence_place": {"city": "开封市", "county": "兰考县", "area": "县城"},
    "registered": True,
    "registered_on": "2026-05-22",
    "basis": [{"type": "housing", "code": "rent_contract", "detail": "租房合同"}],
}


def test_a_verdict_comes_with_its_day_its_provisions_and_plain_words(library: Library) -> None:
    row = {"id": "1", "city": "kaifeng", "facts": FACTS, "as_of": "2026-11-21"}
    (found,) = run("check", "--jsonl", lines=jsonl(row))
    assert set(found) == {"id", "verdict", "earliest_date", "missing", "reasons", "text"}
    assert (found["verdict"], found["earliest_date"], found["missing"]) == ("not_yet", "2026-11-22", [])
    assert "最早2026年11月22日可以申领" in found["text"]
    assert "《开封市居住证实施办法》（汴政办〔2017〕162号）" in found["text"]
    clock = [reason for reason in found["reasons"] if reason["met"] is False]
    assert [reason["article"] for reason in clock] == ["8"]
    texts = squeeze("".join(article.text for article in library.cities["kaifeng"].act.articles))
    assert all(squeeze(reason["quote"]) in texts for reason in found["reasons"])


def test_bad_facts_are_told_in_their_place_and_the_run_goes_on() -> None:
    good = {"id": "good", "city": "kaifeng", "facts": FACTS}
    bad = [
        {"id": "a", "city": "xian", "facts": FACTS},
        {"id": "b", "city": "kaifeng", "facts": []},
        {"id": "c", "city": "kaifeng", "facts": {"luck": True}},
        {"id": "d", "city": "kaifeng", "facts": {"registered_on": "yesterday"}},
        {"id": "e", "city": "kaifeng", "facts": FACTS, "as_of": "someday"},
    ]
    rows = run("check", "--jsonl", lines=jsonl(*bad, good), expect=1)
    assert [row["id"] for row in rows if "error" in row] == ["a", "b", "c", "d", "e"]
    assert rows[-1]["verdict"]


def test_a_draft_says_so_in_every_verdict() -> None:
    (found,) = run("check", "--jsonl", lines=jsonl({"id": "1", "city": "ankang"}))
    assert found["verdict"] == "need_more_info"
    assert "审查修改稿" in found["text"]
    assert "哪天搬来的" in found["text"]


@pytest.mark.parametrize("city", ["bazhong", "ankang", "chifeng", "kaifeng", "luoyang"])
def test_every_fact_has_verbatim_evidence_or_is_silent(library: Library, city: str) -> None:
    from bot.facts import facts_of

    rows = facts_of(library.cities[city])
    act = library.cities[city].act
    text = squeeze(act.preamble + act.tail + "".join(article.text for article in act.articles))
    assert len({row["parameter"] for row in rows}) == len(rows)
    assert {f"topic.{slug}" for slug in library.topics} <= {row["parameter"] for row in rows}
    for row in rows:
        assert (row["value"] is None) == (row["evidence"] == []), row["parameter"]
        assert all(squeeze(one["quote"]) in text for one in row["evidence"]), row["parameter"]


def test_the_grid_of_facts_is_the_same_for_every_city(library: Library) -> None:
    from bot.facts import facts_of

    grids = [
        {row["parameter"] for row in facts_of(city) if not row["parameter"].startswith("eligibility.exception.")}
        for city in library.cities.values()
    ]
    assert all(grid == grids[0] for grid in grids)
