"""`make score`: run the batch commands over the labelled rows and write docs/score.md.

`python -m tests.score --failures` prints the rows that are not right; `--development` leaves out the held-back ones.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.judging import Judgement, Verdict, judge_question
from dialogs.advisor import Advisor
from dialogs.session import Session
from knowledge.labelled import labelled_lookups, labelled_questions, read_rows
from knowledge.loading import open_library
from tests.labels import OWN, TODAY, is_for_tuning, judge_lookup, lookup_lines, question_lines
from tests.labels_computed import check_lines, date_lines, judge_check, judge_date
from tests.labels_conversations import conversation_lines, judged_turns
from tests.variants import variants_of

REPORT = Path(__file__).parent.parent / "docs" / "score.md"
TUNING, UNSEEN = OWN / "tuning", OWN / "unseen"
_OTHER_FORMS = ("kinds", "conversations")
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


def judge_conversations(rows: list[dict[str, Any]]) -> list[Judgement]:
    """Hold every conversation and judge the turns that have a label."""
    return judged_turns(rows, run_batch("ask", conversation_lines(rows)))


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
    own = labelled_questions()
    found: list[LabelledSet] = [
        *_unseen(),
        ("自备问题，开发用", judge_questions, [row for row in own if not is_for_tuning(row)]),
        ("自备问题，定门槛用", judge_questions, [row for row in own if is_for_tuning(row)]),
        ("自备问题，细节没写的，定门槛用", judge_questions, _silences()),
        ("自备，连着问，定门槛用", judge_conversations, read_rows(TUNING / "conversations.jsonl")),
        ("自备查条文", judge_lookups, labelled_lookups()),
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


def _silences() -> list[dict[str, Any]]:
    """Return the questions for details that the texts leave open, with their twins that are told."""
    return [row for file in sorted(TUNING.glob("silence*.jsonl")) for row in read_rows(file)]


def unseen_questions() -> list[dict[str, Any]]:
    """Return the new questions about a regulation, those it answers and those it does not."""
    files = [file for file in sorted(UNSEEN.glob("*.jsonl")) if file.stem not in _OTHER_FORMS]
    return [row for file in files for row in read_rows(file)]


def _unseen() -> list[LabelledSet]:
    """Return the sets written by people who had read the regulations alone."""
    questions = unseen_questions()
    return [
        ("新题，条文里有答案", judge_questions, [row for row in questions if row["answerable"]]),
        ("新题，条文没写或指向国家", judge_questions, [row for row in questions if not row["answerable"]]),
        ("新题的变体（错字、口头、繁体……）", judge_questions, list(variants_of(questions))),
        ("新题，不是问条文", judge_questions, read_rows(UNSEEN / "kinds.jsonl")),
        ("新题，连着问", judge_conversations, read_rows(UNSEEN / "conversations.jsonl")),
    ]


def _computed(whose: str, dates: Path, checks: Path, use: str) -> list[LabelledSet]:
    """Return the sets of what is computed: dates, verdicts by facts, verdicts by stories."""
    found: list[LabelledSet] = [(f"{whose}日期题{use}", judge_dates, read_rows(dates))]
    rows = read_rows(checks) if checks.exists() else []
    by = [(f"{whose}预审，给情况{use}", judge_facts, rows), (f"{whose}预审，只给自述{use}", judge_stories, rows)]
    return found + (by if rows else [])


def report_line(name: str, judgements: list[Judgement]) -> str:
    """Return one row of the table."""
    counts = Counter(judgement.verdict for judgement in judgements)
    cells = [f"{counts[verdict]} ({100 * counts[verdict] / len(judgements):.1f}%)" for verdict in Verdict]
    cells[0] += f" {_interval(counts[Verdict.RIGHT], len(judgements))}"
    return f"| {name} | {len(judgements)} | {' | '.join(cells)} |"


def _interval(count: int, of: int) -> str:
    """Return the 95 % interval of a share (Wilson's)."""
    share, z = count / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"[{100 * (middle - half):.0f}–{100 * (middle + half):.0f}]"


def speed() -> str:
    """Return how long a question takes, understood and answered with verified quotes: one core, warm."""
    advisor, took = Advisor(open_library()), []
    rows = [row for row in read_rows(UNSEEN / "luoyang.jsonl") for _ in range(5)]
    for row in rows:
        started = time.process_time()
        advisor.take_turn(Session(), row["question"], today=date.fromisoformat(TODAY), city=row["city"])
        took.append(1000 * (time.process_time() - started))
    median, late = statistics.median(took), sorted(took)[int(0.95 * len(took))]
    return f"看懂并回答一句话：中位数 {median:.1f} 毫秒，95% 在 {late:.1f} 毫秒以内（一个核，{len(took)} 次，热）。"


def main() -> None:
    """Measure, print, write the report."""
    lines, failures = [], []
    for name, judge, rows in sets():
        judgements = judge(rows)
        lines.append(report_line(name, judgements))
        if not ("--development" in sys.argv and "新题" in name):
            failures += [judgement for judgement in judgements if judgement.verdict is not Verdict.RIGHT]
    lines.append(f"\n{speed()}")
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
- “新题”由只读过条文的人写，不用来选词、选例句、定门槛；方括号里是“对”的 95% 区间。
- 训练用的话在 `tests/questions/training/`，题目在 `knowledge/questions/` 和 `tests/questions/`；
  样例题在仓库外，由 `SAMPLES_DIR` 指出。

| 题目 | 条数 | 对 | 半对 | 没答 | 错 |
|---|---|---|---|---|---|
"""


if __name__ == "__main__":
    main()
