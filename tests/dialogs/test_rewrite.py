"""The transcripts are rewritten when words change, and never by themselves when the law does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialogs.rewrite import changes_of_law, main
from tests.dialogs.staging import Answer
from tests.dialogs.transcripts import FOLDER, Beat

NAME = "预审_赤峰_还差几天_记下提醒.txt"


def beat(reply: str, *effects: str) -> Beat:
    return Beat(1, "群众：1", reply, effects)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / NAME).write_text((FOLDER / NAME).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def changed(folder: Path, old: str, new: str) -> str:
    """Change what is written, as if the product had said something else then; returns the text."""
    text = (folder / NAME).read_text(encoding="utf-8")
    assert old in text
    (folder / NAME).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text


def test_other_words_are_taken_over(folder: Path) -> None:
    text = changed(folder, "是哪天登记的？", "您哪天去登记的呢？")
    assert main(["--folder", str(folder)]) == 0
    assert (folder / NAME).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("now", "then", "what"),
    [
        ("（第十五条第三款）", "（第十五条第四款）", "条款"),
        ("2027年1月1日", "2027年1月2日", "日期"),
        ("30日（第十七条", "15日（第十七条", "数"),
        ("不符合（", "符合（", "结论"),
        ("已满半年", "已满一年", "原文"),
        ("〔记下提醒", "〔取消提醒", "办的事"),
    ],
)
def test_law_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], now: str, then: str, what: str) -> None:
    changed(folder, now, then)
    written = (folder / NAME).read_text(encoding="utf-8")
    assert main(["--folder", str(folder)]) == 1
    assert (folder / NAME).read_text(encoding="utf-8") == written
    told = capsys.readouterr().out
    assert NAME in told
    assert f"{what}：" in told


def test_law_is_taken_over_when_it_is_accepted(folder: Path) -> None:
    text = changed(folder, "2027年1月1日", "2027年1月2日")
    assert main(["--folder", str(folder), "--accept-law"]) == 0
    assert (folder / NAME).read_text(encoding="utf-8") == text


def test_a_new_file_is_filled_in_only_when_that_is_asked(folder: Path) -> None:
    file = folder / "新的_一问.txt"
    file.write_text("# 新的\n群众：你好\n", encoding="utf-8")
    assert main(["--folder", str(folder)]) == 1
    assert "助手" not in file.read_text(encoding="utf-8")
    assert main(["--folder", str(folder), "--new"]) == 0
    assert "助手：您好！" in file.read_text(encoding="utf-8")


def test_what_is_written_stays_when_only_new_ones_are_filled_in(folder: Path) -> None:
    changed(folder, "2027年1月1日", "2027年1月2日")
    written = (folder / NAME).read_text(encoding="utf-8")
    assert main(["--folder", str(folder), "--new"]) == 0
    assert (folder / NAME).read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("差3天。", "差4天。"),
        ("照第八条。", "照第九条。"),
        ("「半年」", "「一年」"),
        ("照您说的，条件都够，可以去申领。", "照您说的，条件都差不多。"),
        ("等一年。", "等两年。"),
        ("1. 安康\n2. 巴中", "1. 安康"),
    ],
)
def test_each_kind_of_law_is_seen(old: str, new: str) -> None:
    assert list(changes_of_law(beat(old), Answer(new)))
    assert list(changes_of_law(beat(old), Answer(old))) == []


def test_words_alone_are_no_law() -> None:
    assert list(changes_of_law(beat("您住哪？", "〔转人工〕"), Answer("您住在哪里？", ("〔转人工〕",)))) == []
    assert list(changes_of_law(beat("您住哪？", "〔转人工〕"), Answer("您住在哪里？")))
