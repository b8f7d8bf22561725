"""Labelled conversations: several lines of one `user`, judged at the lines that say what is right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.judging import Judgement, judge_question
from tests.labels import TODAY


def conversation_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the input lines of `ask --jsonl`, all of one conversation with the same user."""
    for row in rows:
        for number, turn in enumerate(row["turns"]):
            line = {"id": f"{row['id']}.{number}", "text": turn["text"], "user": row["id"], "as_of": TODAY}
            yield json.dumps({**line, "city": row["city"] if number == 0 else None}, ensure_ascii=False)


def judged_turns(rows: Iterable[dict[str, Any]], replies: list[dict[str, Any]]) -> list[Judgement]:
    """Judge the turns that have a label."""
    turns = [(row, number) for row in rows for number in range(len(row["turns"]))]
    return [
        judge_question(_as_question(row, number), reply)
        for (row, number), reply in zip(turns, replies, strict=True)
        if row["turns"][number]["expect"]
    ]


def _as_question(row: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a turn in the form of a labelled question: its text is the conversation up to it."""
    expect = row["turns"][number]["expect"]
    return {
        "id": row["id"],
        "question": " / ".join(one["text"] for one in row["turns"][: number + 1]),
        "city": expect.get("city", row["city"]),
        "answerable": expect["kind"] == "answer",
        "expect": expect["kind"],
        "gold": expect.get("gold", []),
        "must_say": expect.get("must_say", []),
        "must_not_say": expect.get("must_not_say", []),
    }
