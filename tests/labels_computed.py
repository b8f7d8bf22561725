"""Labelled date questions, facts and stories: what is asked of the batch commands, and judging what they computed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from bot.judging import Judgement, Verdict
from tests.labels import TODAY

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_OTHER_READINGS = re.compile(
    "conservative|if_start_day_counted|mon_fri|_alt|alt_|if_day_after|counts_from|reregistered_on|residence_count"
    "|suspended_from|printed_on|dated_on|about|published_on|if_registered_today"
)
"""Keys of a label that give another reading, or a date the question itself names: welcome, but not asked for."""


def date_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the input lines of `ask --jsonl` for date questions."""
    for row in rows:
        as_of = row.get("as_of") or row["inputs"].get("as_of") or TODAY
        line = {"id": row["id"], "text": row["question"], "city": row["city"], "as_of": as_of}
        yield json.dumps(line, ensure_ascii=False)


def judge_date(row: dict[str, Any], reply: dict[str, Any]) -> Judgement:
    """Judge the dates of one answer: all that are asked for must be there, and none where the text gives none."""
    dates = {key: value for key, value in row["expected"].items() if isinstance(value, str) and _DATE.fullmatch(value)}
    wanted = {value for key, value in dates.items() if not _OTHER_READINGS.search(key)}
    found = {named["date"] for named in reply["dates"]}
    if wanted <= found and (wanted or not found or found <= set(dates.values())):
        return Judgement(row, Verdict.RIGHT)
    told = f"{sorted(found)}，要 {sorted(wanted)}，{reply['kind']}/{reply['topic']}"
    return Judgement(row, Verdict.WRONG if found else Verdict.MISS, told)


def check_lines(rows: Iterable[dict[str, Any]], told: str) -> Iterator[str]:
    """Yield the input lines of `check --jsonl`; `told` is "facts" or "story", the only thing that is given."""
    for row in rows:
        line = {"id": row["id"], "city": row["city"], told: row[told], "as_of": row["as_of"]}
        yield json.dumps(line, ensure_ascii=False)


def judge_check(row: dict[str, Any], found: dict[str, Any]) -> Judgement:
    """Judge one verdict and its day. Asking back is a miss; any other verdict than the label's is wrong."""
    accepted = {row["verdict"], *row.get("accept_also", [])}
    if found["verdict"] not in accepted:
        asks = found["verdict"] == "need_more_info"
        return Judgement(row, Verdict.MISS if asks else Verdict.WRONG, f"{found['verdict']} {found['missing']}")
    if found["verdict"] == row["verdict"] and found["earliest_date"] != row.get("earliest_date"):
        return Judgement(row, Verdict.PARTIAL, f"日期是 {found['earliest_date']}")
    return Judgement(row, Verdict.RIGHT)
