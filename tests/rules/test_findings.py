"""The cities differ, and silence is an answer. Each row was read in the five texts."""

from __future__ import annotations

import pytest

from knowledge.city import Stance
from knowledge.library import Library
from rules.findings import find

CITIES = ("bazhong", "ankang", "chifeng", "kaifeng", "luoyang")
STATED, SILENT, NATIONAL = Stance.STATED, Stance.SILENT, Stance.NATIONAL

PEERS = {
    # topic: what 巴中, 安康, 赤峰, 开封, 洛阳 say, and the article that carries it (or stands nearest)
    "overdue": ((STATED, "9"), (STATED, "13"), (STATED, "20"), (STATED, "18"), (STATED, "13")),
    "overdue_years": ((STATED, "9"), (STATED, "13"), (STATED, "20"), (STATED, "18"), (SILENT, "13")),
    "fee_reissue": ((STATED, "11"), (STATED, "16"), (STATED, "21"), (STATED, "20"), (SILENT, "15")),
    "fee_exchange": ((STATED, "11"), (SILENT, "16"), (STATED, "21"), (STATED, "20"), (SILENT, "15")),
    "fee_endorsement": ((SILENT, "11"), (STATED, "16"), (STATED, "21"), (STATED, "20"), (STATED, "15")),
    "issue_time": ((STATED, "8"), (STATED, "12"), (STATED, "17"), (STATED, "12"), (STATED, "11")),
    "intracity": ((STATED, "3"), (STATED, "2"), (STATED, "2"), (STATED, "7"), (SILENT, "2")),
    "registration_deadline": ((SILENT, "4"), (STATED, "9"), (STATED, "10"), (SILENT, "7"), (SILENT, "8")),
    "old_permit": ((SILENT, None), (SILENT, None), (STATED, "32"), (STATED, "29"), (SILENT, None)),
    "appeal": ((SILENT, "19"), (SILENT, "27"), (SILENT, "30"), (SILENT, "30"), (STATED, "23")),
    "exam_college": ((SILENT, "13"), (SILENT, "20"), (STATED, "26"), (SILENT, "21"), (SILENT, "18")),
    "bus": ((SILENT, None), (SILENT, None), (SILENT, None), (STATED, "22"), (STATED, "18")),
    "penalty_amount": ((STATED, "17"), (SILENT, "28"), (NATIONAL, "29"), (NATIONAL, "30"), (STATED, "20")),
    "hk_macao_taiwan": ((SILENT, None), (NATIONAL, "2"), (NATIONAL, "31"), (NATIONAL, "28"), (SILENT, None)),
    "foreigner": ((SILENT, None), (NATIONAL, "2"), (NATIONAL, "31"), (SILENT, "28"), (SILENT, None)),
    "proxy": ((STATED, "7"), (SILENT, "11"), (SILENT, "10"), (STATED, "10"), (SILENT, "10")),
    "settle": ((STATED, "16"), (STATED, "22"), (STATED, "22"), (STATED, "26"), (SILENT, "2")),
    "online": ((STATED, "4"), (SILENT, "9"), (SILENT, "10"), (SILENT, "7"), (SILENT, "8")),
    "stable_job": ((STATED, "3"), (SILENT, "10"), (STATED, "15"), (STATED, "8"), (SILENT, "2")),
    "landlord_duty": ((SILENT, None), (STATED, "18"), (STATED, "9"), (STATED, "6"), (SILENT, "6")),
}


@pytest.mark.parametrize("topic", PEERS)
def test_each_city_says_its_own_rule_or_is_silent(library: Library, topic: str) -> None:
    for slug, (stance, article) in zip(CITIES, PEERS[topic], strict=True):
        finding = find(library.cities[slug], topic)
        assert finding.stance is stance, slug
        assert (finding.evidence[0].address.article if finding.evidence else None) == article, slug


def test_overdue_has_five_different_consequences(library: Library) -> None:
    said = {slug: find(library.cities[slug], "overdue").statement or "" for slug in CITIES}
    assert "30日" in said["chifeng"]
    assert "半年" in said["kaifeng"]
    assert "自动失效" in said["luoyang"]
    assert "恢复" in said["bazhong"]
    assert "恢复" in said["ankang"]
    assert not any(word in said["luoyang"] for word in ("恢复", "30日", "半年"))


def test_gradual_benefits_of_one_city_are_never_told_as_rights(library: Library) -> None:
    chifeng = library.cities["chifeng"]
    gradual = [ruling for ruling in chifeng.rulings.values() if ruling.cites and str(ruling.cites[0]) == "26p1"]
    assert len(gradual) >= 10
    for ruling in gradual:
        if ruling.says is not None and ruling.topic != "benefits_expand":
            assert "逐步" in ruling.says, ruling.topic


def test_a_topic_that_does_not_exist_is_an_error(library: Library) -> None:
    with pytest.raises(KeyError):
        find(library.cities["luoyang"], "no_such_topic")
