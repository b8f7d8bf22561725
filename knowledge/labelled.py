"""The labelled questions that are shipped: how people ask, and what a right answer says.

What staff publish is tried on them before it is in force.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

QUESTIONS = Path(__file__).parent / "questions"
LABELLED_ON = date(2026, 11, 21)
"""The day the labels hold for: what an answer says may depend on the day."""

_LOOKUPS = "staff"

Row = dict[str, Any]


def read_rows(file: Path) -> list[Row]:
    """Read one file of labelled rows."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def labelled_questions() -> list[Row]:
    """Return the labelled questions of residents, in the order of their files."""
    return [row for file in sorted(QUESTIONS.glob("*.jsonl")) if file.stem != _LOOKUPS for row in read_rows(file)]


def labelled_lookups() -> list[Row]:
    """Return the labelled look-ups of staff."""
    return read_rows(QUESTIONS / f"{_LOOKUPS}.jsonl")
