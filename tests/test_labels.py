"""The labelled questions: no answer may come from another city, and the measure itself must be able to fail."""

from __future__ import annotations

from typing import Any

import pytest

from bot.judging import Verdict, judge_question
from knowledge.labelled import QUESTIONS, read_rows
from knowledge.library import Library
from knowledge.text import squeeze
from tests.score import judge_questions, samples_folder

ROW: dict[str, Any] = {
    "id": "x1",
    "city": "luoyang",
    "gold": [["13", None]],
    "must_say": ["自动失效"],
    "must_not_say": ["重新申报暂住登记"],
    "answerable": True,
}
REPLY: dict[str, Any] = {
    "kind": "answer",
    "city": "luoyang",
    "text": "居住证自动失效。",
    "citations": [{"article": "13", "quote": "居住证自动失效"}],
}


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, Verdict.RIGHT),
        ({"city": "kaifeng"}, Verdict.WRONG),
        ({"kind": "clarify"}, Verdict.MISS),
        ({"citations": [{"article": "9", "quote": "自动失效"}]}, Verdict.WRONG),
        ({"text": "需重新申报暂住登记。自动失效"}, Verdict.WRONG),
        ({"text": "好", "citations": [{"article": "13", "quote": "每年签注一次"}]}, Verdict.WRONG),
    ],
)
def test_the_judge_tells_right_from_wrong(change: dict[str, Any], verdict: Verdict) -> None:
    assert judge_question(ROW, {**REPLY, **change}).verdict is verdict


def test_every_label_quotes_its_city(library: Library) -> None:
    for file in QUESTIONS.glob("*.jsonl"):
        for row in read_rows(file) if file.stem in library.cities else []:
            act = library.cities[row["city"]].act
            text = squeeze("\n".join([act.preamble, *(article.text for article in act.articles), act.tail]))
            for fragment in row["must_say"]:
                assert squeeze(fragment) in text, row["id"]


@pytest.mark.parametrize("city", ["bazhong", "ankang", "chifeng", "kaifeng", "luoyang"])
def test_no_question_is_answered_for_another_city(city: str) -> None:
    judged = judge_questions(read_rows(QUESTIONS / f"{city}.jsonl"))
    for one in judged:
        assert not one.reason.startswith("答成了"), (one.row["id"], one.reason)
    right = sum(one.verdict in (Verdict.RIGHT, Verdict.PARTIAL) for one in judged)
    wrong = sum(one.verdict is Verdict.WRONG for one in judged)
    assert right > 0.6 * len(judged)
    assert wrong < 0.12 * len(judged)


def test_the_samples_outside_the_repository() -> None:
    folder = samples_folder()
    if folder is None:
        pytest.skip("没有设 SAMPLES_DIR，样例题不在这台机器上")
    judged = judge_questions(read_rows(folder / "questions.jsonl"))
    assert not [(one.row["id"], one.reason) for one in judged if one.verdict is Verdict.WRONG]
