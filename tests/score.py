"""`make score`: run the batch commands over the labelled rows and write docs/score.md.

`python -m tests.score --failures` prints the rows that are not right; `--development` leaves out the held-back ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.labels import (
    OWN,
    Judgement,
    Verdict,
    is_held_back,
    judge_lookup,
    judge_question,
    lookup_lines,
    question_lines,
    read_rows,
)
from tests.labels_computed import check_lines, date_lines, judge_check, judge_date

REPORT = Path(__file__).parent.parent / "docs" / "score.md"
COMMAND = Path(sys.executable).parent / "juzhuzheng"
SAMPLES = "SAMPLES_DIR"

LabelledSet = tuple[str, Callable[[list[dict[str, Any]]], list[Judgement]], list[dict[str, Any]]]
"""A set of labelled rows: its name, what judges them, the rows."""


def run_batch(command: str, lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return what `juzhuzheng COMMAND --jsonl` prints for `lines`."""
    done = subprocess.run(
        [COMMAND, command, "--jsonl"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def judge_questions(rows: list[dict[str, Any]]) -> list[Judgement]:
    """Ask every question and judge the answers."""
    replies = run_batch("ask", question_lines(rows))
    return [judge_question(row, reply) for row, reply in zip(rows, replies, strict=True)]


def judge_lookups(rows: list[dict[str, Any]]) -> list[Judgement]:
    """Look every query up and judge what was found."""
    found = run_batch("cite", lookup_lines(rows))
    return [judge_lookup(row, result) for row, result in zip(rows, found, strict=True)]


def judge_dates(rows: list[dict[str, Any]]) -> list[Judgement]:
    """Ask every date question and judge the dates."""
    replies = run_batch("ask", date_lines(rows))
    return [judge_date(row, reply) for row, reply in zip(rows, replies, strict=True)]


def judge_facts(rows: list[dict[str, Any]]) -> list[Judgement]:
    """Check every person by the facts and judge the verdicts."""
    return [judge_check(*pair) for pair in zip(rows, run_batch("check", check_lines(rows, "facts")), strict=True)]


def judge_stories(rows: list[dict[str, Any]]) -> list[Judgement]:
    """Check every person by the story alone and judge the verdicts."""
    return [judge_check(*pair) for pair in zip(rows, run_batch("check", check_lines(rows, "story")), strict=True)]


def samples_folder() -> Path | None:
    """Return the folder of the labelled samples that live outside the repository, if it was named and exists."""
    named = os.environ.get(SAMPLES)
    folder = Path(named) / "dev" if named else None
    return folder if folder and folder.is_dir() else None


def sets() -> list[LabelledSet]:
    """Return the labelled sets."""
    own = [row for file in sorted(OWN.glob("*.jsonl")) if file.stem != "staff" for row in read_rows(file)]
    found: list[LabelledSet] = [
        ("自备问题，开发用", judge_questions, [row for row in own if not is_held_back(row)]),
        ("自备问题，只测不看", judge_questions, [row for row in own if is_held_back(row)]),
        ("自备查条文", judge_lookups, read_rows(OWN / "staff.jsonl")),
        *_computed("自备", OWN / "dates" / "development.jsonl", OWN / "stories" / "development.jsonl", "，开发用"),
    ]
    samples = samples_folder()
    if samples:
        found = [
            ("样例问题", judge_questions, read_rows(samples / "questions.jsonl")),
            ("样例查条文", judge_lookups, read_rows(samples / "staff.jsonl")),
            *_computed("样例", samples / "deadlines.jsonl", samples / "eligibility.jsonl", ""),
            *found,
        ]
    else:
        print(f"没有设 {SAMPLES}，或那里没有样例：只量自备的题。", file=sys.stderr)
    return found


def _computed(whose: str, dates: Path, checks: Path, use: str) -> list[LabelledSet]:
    """Return the sets of what is computed: dates, verdicts by facts, verdicts by stories."""
    found: list[LabelledSet] = [(f"{whose}日期题{use}", judge_dates, read_rows(dates))]
    rows = read_rows(checks) if checks.exists() else []
    by = [(f"{whose}预审，给情况{use}", judge_facts, rows), (f"{whose}预审，只给自述{use}", judge_stories, rows)]
    return found + (by if rows else [])


def report_line(name: str, judgements: list[Judgement]) -> str:
    """Return one row of the table."""
    counts = Counter(judgement.verdict for judgement in judgements)
    cells = (f"{counts[verdict]} ({100 * counts[verdict] / len(judgements):.1f}%)" for verdict in Verdict)
    return f"| {name} | {len(judgements)} | {' | '.join(cells)} |"


def main() -> None:
    """Measure, print, write the report."""
    lines, failures = [], []
    for name, judge, rows in sets():
        judgements = judge(rows)
        lines.append(report_line(name, judgements))
        if not ("--development" in sys.argv and "只测不看" in name):
            failures += [judgement for judgement in judgements if judgement.verdict is not Verdict.RIGHT]
    REPORT.write_text(
        _HEAD.format(date=datetime.now(UTC).date(), commit=_commit()) + "\n".join(lines) + "\n", encoding="utf-8"
    )
    print("\n".join(lines))
    if "--failures" in sys.argv:
        for failed in failures:
            text = next(failed.row[key] for key in ("question", "query", "story") if key in failed.row)
            print(failed.verdict, failed.row["id"], failed.row.get("city"), text, failed.row.get("gold"), failed.reason)


def _commit() -> str:
    """Return the commit that was measured."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, cwd=REPORT.parent, capture_output=True, text=True, check=True).stdout.strip()


_HEAD = """# 答得怎么样

`make score` 通过批量命令逐条问带标注的问题，写下这张表。测量日期 {date}，提交 {commit}。

- **对**：种类、城市、条款都对，该说的原文片段都在。**半对**：两问只答了一问。**没答**：反问或说没找到。
- **错**：说了别市的规定、引的条款答非所问、没有规定却给了答案。错比没答更坏。
- 日期题：要的日期都在是“对”，一个也没算是“没答”，算出别的是“错”。预审：反问是“没答”，结论不同是“错”，只差日期是“半对”。
- “只测不看”的题不用来选词、选例句、定权重。
- 题目在 `tests/questions/`；样例题在仓库外，由 `SAMPLES_DIR` 指出。

| 题目 | 条数 | 对 | 半对 | 没答 | 错 |
|---|---|---|---|---|---|
"""


if __name__ == "__main__":
    main()
