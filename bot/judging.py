"""Judging an answer by its label, as the labelled questions are judged everywhere.

A question's label: `gold` provisions, `must_say` fragments of them (at least one; all = complete), `must_not_say`
fragments of other rules; or, when it is not answerable, the kinds that are right (`expect`, `expect_also_ok`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from knowledge.text import squeeze

_KINDS = {
    "say_not_covered": "not_covered",
    "ask_city": "clarify",
    "refuse_politely": "refuse",
    "protect_privacy": "privacy",
    "refer_to_national": "refer_national",
}


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

    row: Mapping[str, Any]
    verdict: Verdict
    reason: str = ""


def judge_question(row: Mapping[str, Any], reply: Mapping[str, Any]) -> Judgement:
    """Judge one answer as `bot.batch.saying_to_json` writes it."""
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


def _judge_kind(row: Mapping[str, Any], reply: Mapping[str, Any]) -> Judgement:
    labels = [row["expect"], *row.get("expect_also_ok", [])]
    if reply["kind"] in {_KINDS.get(label, label) for label in labels}:
        return Judgement(row, Verdict.RIGHT)
    claims = reply["kind"] in ("answer", "refer_national")
    return Judgement(row, Verdict.WRONG if claims else Verdict.MISS, reply["kind"])


def _judge_provision(row: Mapping[str, Any], reply: Mapping[str, Any], said: str) -> Judgement:
    cited = {citation["article"] for citation in reply["citations"]}
    if not cited & {article for article, _ in row["gold"]}:
        return Judgement(row, Verdict.WRONG, f"引了第{'、'.join(sorted(cited))}条")
    found = [squeeze(fragment) in said for fragment in row["must_say"]]
    if found and not any(found):
        return Judgement(row, Verdict.WRONG, "要说的一句都没有")
    return Judgement(row, Verdict.RIGHT if all(found) else Verdict.PARTIAL, "" if all(found) else "少说了一半")
