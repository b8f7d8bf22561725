"""Plays every transcript: what a person says (群众), what must be in the reply (助手); JSON between all turns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.render import as_text
from dialogs.advisor import Advisor
from dialogs.session import Session
from knowledge.text import squeeze

FOLDER = Path(__file__).parent.parent / "transcripts"
TODAY = date(2026, 11, 21)
SAYS, MUST, MUST_NOT = "群众：", "助手：", "不说："


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_transcript(advisor: Advisor, file: Path) -> None:
    session, reply = Session(), ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        place = f"{file.name}:{number}"
        if line.startswith(SAYS):
            turn = advisor.take_turn(Session.from_json(session.to_json()), line.removeprefix(SAYS), today=TODAY)
            session, reply = turn.session, as_text(turn.saying)
        elif line.startswith(MUST):
            assert squeeze(line.removeprefix(MUST)) in squeeze(reply), f"{place}\n{reply}"
        elif line.startswith(MUST_NOT):
            assert squeeze(line.removeprefix(MUST_NOT)) not in squeeze(reply), f"{place}\n{reply}"
        else:
            assert not line or line.startswith(("#", "（")), f"{place}：看不懂这一行"


def test_there_are_transcripts() -> None:
    assert len(list(FOLDER.glob("*.txt"))) >= 10
