"""Labelled questions and look-ups: asking the batch commands, and judging what was found (answers: `bot.judging`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.judging import Judgement, Verdict
from knowledge.labelled import LABELLED_ON, QUESTIONS
from knowledge.text import squeeze

OWN = Path(__file__).parent / "questions"
"""What is for training, tuning and measuring alone; the other labelled questions are shipped."""
TODAY = LABELLED_ON.isoformat()


def every_file() -> list[Path]:
    """Return every file of labelled rows, those that are shipped first."""
    return [*sorted(QUESTIONS.glob("*.jsonl")), *sorted(OWN.rglob("*.jsonl"))]


_LOOKUP_KINDS = {"direct_cite": "cite", "topic_search": "search"}


def is_for_tuning(row: dict[str, Any]) -> bool:
    """Tell whether a row is for choosing limits (even numbers) and not for choosing words (odd ones)."""
    return int(re.sub(r"\D", "", row["id"])) % 2 == 0


def question_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the input lines of `ask --jsonl`: the city is given where the question does not name it."""
    for row in rows:
        city = None if row["city_in_text"] else row["city"]
        yield json.dumps({"id": row["id"], "text": row["question"], "city": city, "as_of": TODAY}, ensure_ascii=False)


def lookup_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the input lines of `cite --jsonl`."""
    for row in rows:
        yield json.dumps({"id": row["id"], "query": row["query"]}, ensure_ascii=False)


def judge_lookup(row: dict[str, Any], found: dict[str, Any]) -> Judgement:
    """Judge one look-up of `cite`: kind, primary hit first, all expected articles and fragments, silent cities."""
    if row["kind"] == "not_found":
        right = found["kind"] == "not_found" and not found["hits"] and bool(found["message"])
        return Judgement(row, Verdict.RIGHT if right else Verdict.WRONG, "" if right else found["kind"])
    silent = set(row.get("answer", {}).get("silent", []))
    hits = [(hit["city"], hit["article"]) for hit in found["hits"]]
    expected = [(city, article) for city, article, _ in row["expect_articles"] if city not in silent]
    primary = [(city, article) for city, article, _ in row.get("primary", [])] or (
        expected[:1] if row["kind"] == "direct_cite" else []
    )
    said = squeeze("".join(hit["text"] or "" for hit in found["hits"]))
    problems = [
        (found["kind"] != _LOOKUP_KINDS.get(row["kind"], row["kind"]), f"种类是 {found['kind']}"),
        (bool(primary) and hits[:1] != primary[:1], f"第一条是 {hits[:1]}"),
        (not set(expected) <= set(hits), f"缺 {sorted(set(expected) - set(hits))}"),
        (any(squeeze(fragment) not in said for fragment in row.get("must_show", [])), "少了要显示的文字"),
        (silent != {hit["city"] for hit in found["hits"] if hit["article"] is None}, "没写的城市不对"),
    ]
    wrong = [reason for is_wrong, reason in problems if is_wrong]
    return Judgement(row, Verdict.WRONG if wrong else Verdict.RIGHT, "；".join(wrong))
