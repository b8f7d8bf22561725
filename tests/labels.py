"""Labelled questions and look-ups: reading them, and judging what the batch commands said.

A question's label: `gold` provisions, `must_say` fragments of them (at least one; all = complete), `must_not_say`
fragments of other rules; or, when it is not answerable, the kinds that are right (`expect`, `expect_also_ok`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from knowledge.text import squeeze

OWN = Path(__file__).parent / "questions"
TODAY = "2026-11-21"

_KINDS = {
    "say_not_covered": "not_covered",
    "ask_city": "clarify",
    "refuse_politely": "refuse",
    "protect_privacy": "privacy",
    "refer_to_national": "refer_national",
}
_LOOKUP_KINDS = {"direct_cite": "cite", "topic_search": "search"}


class Verdict(StrEnum):
    """RIGHT: the kind, the provision and all fragments. PARTIAL: one of the fragments. MISS: asked back or declined.

    WRONG: another city's rule, a provision that does not answer, or an answer where there is none.
    """

    RIGHT = "right"
    PARTIAL = "partial"
    MISS = "miss"
    WRONG = "wrong"


@dataclass(frozen=True)
class Judgement:
    """One judged row; `reason` is empty when it is right."""

    row: dict[str, Any]
    verdict: Verdict
    reason: str = ""


def read_rows(file: Path) -> list[dict[str, Any]]:
    """Read one file of labelled rows."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def is_for_tuning(row: dict[str, Any]) -> bool:
    """Tell whether a row is for choosing limits (even numbers) and not for choosing words (odd ones)."""
    return int(re.sub(r"\D", "", row["id"])) % 2 == 0


def question_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the input lines of `ask --jsonl`: the city is given where the question does not name it."""
    for row in rows:
        city = None if row["city_in_text"] else row["city"]
        yield json.dumps({"id": row["id"], "text": row["question"], "city": city, "as_of": TODAY}, ensure_ascii=False)


def judge_question(row: dict[str, Any], reply: dict[str, Any]) -> Judgement:
    """Judge one answer of `ask`."""
    said = squeeze(reply["text"] + "".join(citation["quote"] for citation in reply["citations"]))
    forbidden = [fragment for fragment in row["must_not_say"] if squeeze(fragment) in said]
    mention = row.get("must_mention_any")
    if mention and not any(number in reply["text"] for number in mention):
        return Judgement(row, Verdict.WRONG, f"没有说 {'/'.join(mention)}")
    if forbidden:
        return Judgement(row, Verdict.WRONG, f"说了「{forbidden[0]}」")
    if not row["answerable"]:
        return _judge_kind(row, reply)
    if reply["kind"] != "answer":
        return Judgement(row, Verdict.MISS, reply["kind"])
    if reply["city"] != row["city"]:
        return Judgement(row, Verdict.WRONG, f"答成了 {reply['city']}")
    return _judge_provision(row, reply, said)


def _judge_kind(row: dict[str, Any], reply: dict[str, Any]) -> Judgement:
    labels = [row["expect"], *row.get("expect_also_ok", [])]
    if reply["kind"] in {_KINDS.get(label, label) for label in labels}:
        return Judgement(row, Verdict.RIGHT)
    claims = reply["kind"] in ("answer", "refer_national")
    return Judgement(row, Verdict.WRONG if claims else Verdict.MISS, reply["kind"])


def _judge_provision(row: dict[str, Any], reply: dict[str, Any], said: str) -> Judgement:
    cited = {citation["article"] for citation in reply["citations"]}
    if not cited & {article for article, _ in row["gold"]}:
        return Judgement(row, Verdict.WRONG, f"引了第{'、'.join(sorted(cited))}条")
    found = [squeeze(fragment) in said for fragment in row["must_say"]]
    if found and not any(found):
        return Judgement(row, Verdict.WRONG, "要说的一句都没有")
    return Judgement(row, Verdict.RIGHT if all(found) else Verdict.PARTIAL, "" if all(found) else "少说了一半")


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
