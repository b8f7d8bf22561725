"""Plays every transcript of a dialog and compares it word for word; what none of them shows is listed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.dialogs.showing import Shown, to_show, watching
from tests.dialogs.staging import Answer, replayed, with_answer
from tests.dialogs.transcripts import (
    FOLDER,
    Transcript,
    TranscriptError,
    read_transcript,
    transcripts,
    write_transcript,
)

FILES = sorted(FOLDER.glob("*.txt"))
FEWEST = 100

UNREACHABLE: Mapping[tuple[str, ...], str] = {
    ("reasons", "look_up", "number", "number_old"): "查回执也收护照号：15位数字先当作外国护照号去查",
    ("sentences", "common", "nothing_changes"): "没办完的对话总有一项在问，办完的不听“跳过”；只防万一",
    ("sentences", "correct", "left_alone"): "选的那份不在了，stop 先说；只防万一",
    ("asks", "correct", "value", "改了"): "新的内容和照片只问一样，答了就办完",
}
"""What no conversation can come to, with the reason why."""


@dataclass
class Played:
    """Every transcript, played once: what is answered now, what went wrong, and what they show together."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    faults: dict[str, Exception] = field(default_factory=dict)
    shown: Shown = field(default_factory=Shown)


@pytest.fixture(scope="module")
def played(library: Library, advisor: Advisor) -> Played:
    found = Played()
    with watching(found.shown):
        for transcript in transcripts():
            try:
                found.answers[transcript.file.name] = replayed(library, advisor, transcript)
            except Exception as fault:  # each file fails by itself
                found.faults[transcript.file.name] = fault
    return found


@pytest.fixture
def shown(played: Played) -> Shown:
    return played.shown


def as_written(transcript: Transcript, answers: list[Answer]) -> str:
    """Return the transcript with what is answered now."""
    told = iter(answers)
    beats = tuple(with_answer(beat, next(told)) if beat.is_turn else beat for beat in transcript.beats)
    return write_transcript(Transcript(transcript.file, beats))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_said_is_what_is_written(played: Played, file: Path) -> None:
    if file.name in played.faults:
        raise played.faults[file.name]
    now = as_written(read_transcript(file), played.answers[file.name])
    assert now.splitlines() == file.read_text(encoding="utf-8").splitlines()
    assert now == file.read_text(encoding="utf-8")


def test_there_are_transcripts_of_dialogs() -> None:
    assert len(FILES) >= FEWEST


def test_everything_a_dialog_can_come_to_is_shown(library: Library, shown: Shown) -> None:
    missing = to_show(library) - shown.everything() - set(UNREACHABLE)
    assert sorted(map("·".join, missing)) == []


def test_what_cannot_be_reached_is_not_shown_and_still_there(library: Library, shown: Shown) -> None:
    assert set(UNREACHABLE) & shown.everything() == set()
    assert set(UNREACHABLE) <= to_show(library)


def test_what_is_not_shown_is_found(library: Library, advisor: Advisor) -> None:
    one = Shown()
    with watching(one):
        replayed(library, advisor, read_transcript(FOLDER / "落户_租房.txt"))
    missing = to_show(library) - one.everything()
    assert ("options", "settle", "way", "renting") not in missing
    assert ("asks", "settle", "way", "答了") not in missing
    assert {("options", "settle", "way", "family"), ("commands", "back"), ("ends", "erase")} <= missing


def test_another_answer_than_the_written_one_is_found(library: Library, advisor: Advisor, tmp_path: Path) -> None:
    file = tmp_path / "落户_租房.txt"
    file.write_text((FOLDER / file.name).read_text(encoding="utf-8").replace("想在", "要在"), encoding="utf-8")
    transcript = read_transcript(file)
    assert as_written(transcript, replayed(library, advisor, transcript)) != file.read_text(encoding="utf-8")


@pytest.mark.parametrize("line", ["助手：没有人问", "（下雨了）", "　　没有开头", "随便写的", "（同一条消息重发）"])
def test_a_line_that_is_none_is_refused(library: Library, advisor: Advisor, tmp_path: Path, line: str) -> None:
    file = tmp_path / "坏的.txt"
    file.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(TranscriptError):
        replayed(library, advisor, read_transcript(file))


def test_a_file_says_in_chinese_what_it_shows() -> None:
    assert [file.stem for file in FILES if "_" not in file.stem or re.search("[A-Za-z]", file.stem)] == []
