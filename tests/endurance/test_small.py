"""Every part of the endurance run at small size, so that the long one is never started in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endurance import data_mutations, dialog_mutations, mutations, pushes, report
from tests.endurance.parts import PARTS
from tests.endurance.report import Part

SEED = 7


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("questions", 0.01),
        ("conversations", 0.005),
        ("pushes", 0.01),
        ("kill", 0.02),
        ("soak", 0.002),
        ("wechat", 0.01),
    ],
)
def test_a_part_runs_and_finds_nothing(name: str, scale: float) -> None:
    assert PARTS[name].run(SEED, scale).failures == []


def test_a_fault_in_the_log_of_the_service_is_seen() -> None:
    calm = '{"event":"stopping","level":"info","logger":"bot.serving"}'
    faults = ['{"event":"turn failed: KeyError","level":"error"}', "Traceback (most recent call last):"]
    assert pushes.faults_in("\n".join([calm, *faults, calm])) == faults


def test_every_file_that_faults_are_put_into_is_there_and_so_are_its_tests() -> None:
    files = [*mutations.TESTS, *(test for tests in mutations.TESTS.values() for test in tests)]
    assert [file for file in files if not (report.ROOT / file).exists()] == []


def test_a_fault_that_tests_notice_is_noticed_and_a_harmless_one_is_not(tmp_path: Path) -> None:
    workplace = mutations.copy_to(tmp_path)
    found = list(mutations.mutations_of("rules/findings.py")) + list(mutations.mutations_of("rules/proof.py"))
    fatal = next(mutation for mutation in found if "永远不" in mutation.change)
    source = (workplace / fatal.file).read_text(encoding="utf-8")
    harmless = mutations.Mutation(fatal.file, 1, "没有改动", source)
    assert mutations.is_noticed(fatal, workplace)
    assert not mutations.is_noticed(harmless, workplace)
    assert (workplace / fatal.file).read_text(encoding="utf-8") == source


def test_the_faults_of_the_dialogs_are_told_once_each_and_their_tests_are_there() -> None:
    faults = dialog_mutations.all_faults()
    assert len({fault.told for fault in faults}) == len(faults) >= 30
    assert [fault.told for fault in faults if fault.old == fault.new] == []
    assert all((report.ROOT / test).exists() for test in dialog_mutations.TESTS if "transcripts" not in test)


def test_every_wrong_number_and_value_of_the_data_is_noticed() -> None:
    assert data_mutations.run(SEED, 1).notes == []


def test_the_document_names_date_seed_commit_figures_and_failures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "endurance.md"
    monkeypatch.setattr(report, "TARGET", target)
    report.write([Part("断电", {"次数": "3"}, ["会话库坏了"], ["一句说明"])], SEED, 0.5, 90)
    text = target.read_text(encoding="utf-8")
    assert "种子 7，规模 0.5" in text
    assert "| 次数 | 3 |" in text
    assert "- **失败**：会话库坏了" in text
    assert "- 一句说明" in text
