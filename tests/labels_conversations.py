"""Labelled conversations: several lines of one `user`, judged at the lines that say what is right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.labels import TODAY, Judgement, judge_question

_NOT_ANSWERED = {"not_covered": "say_not_covered", "refuse": "refuse_politely", "privacy": "protect_privacy"}
_KINDS = {"clarify": "ask_city", "refer_national": "refer_to_national"}


def conversation_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the input lines of `ask --jsonl`, all of one conversation with the same user."""
    for row in rows:
        for number, turn in enumerate(row["turns"]):
            line = {"id": f"{row['id']}.{number}", "text": turn["text"], "user": row["id"], "as_of": TODAY}
            yield json.dumps({**line, "city": row["city"] if number == 0 else None}, ensure_ascii=False)


def judged_turns(rows: Iterable[dict[str, Any]], replies: list[dict[str, Any]]) -> list[Judgement]:
    """Judge the turns that have a label."""
    turns = [(row, turn) for row in rows for turn in row["turns"]]
    return [
        judge_question(_as_question(row, turn), reply)
        for (row, turn), reply in zip(turns, replies, strict=True)
        if turn["expect"]
    ]


def _as_question(row: dict[str, Any], turn: dict[str, Any]) -> dict[str, Any]:
    """Return a turn in the form of a labelled question: its story is the conversation up to it."""
    expect = turn["expect"]
    kind = expect["kind"]
    story = " / ".join(one["text"] for one in row["turns"][: row["turns"].index(turn) + 1])
    return {
        "id": row["id"],
        "question": story,
        "city": expect.get("city", row["city"]),
        "answerable": kind == "answer",
        "expect": _NOT_ANSWERED.get(kind, _KINDS.get(kind, kind)),
        "gold": expect.get("gold", []),
        "must_say": expect.get("must_say", []),
        "must_not_say": [],
    }
