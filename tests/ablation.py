"""`make ablation`: what each signal of understanding brings, on questions nothing was fitted on.

The table goes into docs/understanding.md. Each line leaves one thing out: features out of the fit, stages out of the
program; the rest stays as it is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from sklearn.preprocessing import MultiLabelBinarizer

from bot.batch import Asking
from bot.judging import Verdict, judge_question
from dialogs.advisor import Advisor
from dialogs.understanding.normalise import Normalised
from knowledge.labelled import read_rows
from knowledge.library import Library
from knowledge.loading import open_library
from tests.fit_topics import Fitted, Material, Message, packed
from tests.labels import question_lines
from tests.labels_conversations import conversation_lines, judged_turns
from tests.score import UNSEEN, unseen_questions
from tests.variants import variants_of

PAGE = Path(__file__).parent.parent / "docs" / "understanding.md"
BEGIN, END = "<!-- ablation -->\n", "<!-- end of ablation -->"
TODAY = date(2026, 11, 21)
_VARIANTS = ("near_sound", "doubled", "dictated")
"""Kinds that no training message was marred with."""

Kept = Callable[[str], bool]


def _is_run(feature: str) -> bool:
    return feature[0] != "#"


def _is_pair(feature: str) -> bool:
    return feature.count("#") == 2


WITHOUT_FEATURES: dict[str, Kept] = {
    "runs of characters": lambda feature: not _is_run(feature),
    "runs of three characters": lambda feature: not (_is_run(feature) and len(feature) == 3),
    "concepts and their pairs": lambda feature: feature[0] != "#",
    "pairs of concepts": lambda feature: not _is_pair(feature),
}
WITHOUT_MESSAGES: dict[str, Callable[[Library, Message], bool]] = {
    "messages written for training (only the topics' own `asks`)": lambda library, one: any(
        one.text in (topic.title, *topic.examples) for slug in one.labels if (topic := library.topics.get(slug))
    ),
    "messages that are no question to us": lambda _, one: ":" not in one.labels[0],
    "messages with two questions": lambda _, one: len(one.labels) == 1,
}
WITHOUT_STAGES: dict[str, tuple[str, Any]] = {
    "repair of homophones": ("dialogs.understanding.normalise._repair", lambda text, *_: Normalised(text)),
    "questions of single clauses": (
        "dialogs.understanding.reading.Reader._with_questions_of_clauses",
        lambda _self, _asked, topics: topics,
    ),
    "the topic before": ("dialogs.understanding.following.FollowUps.following", lambda *_: None),
    "details left open by the text": (
        "dialogs.answerer.with_unsaid_details",
        lambda _details, _city, _text, parts: parts,
    ),
    "the sounder second topic beside silence": (
        "dialogs.answerer._asked_beside",
        lambda _city, topics, _understood: topics,
    ),
}


def fitted_library(
    library: Library, material: Material, keep: Kept = lambda _: True, learn: Callable[[Message], bool] = lambda _: True
) -> Library:
    """Return the library with a model fitted on the features and messages that are kept; the limits stay."""
    learned = [at for at, one in enumerate(material.found) if learn(one)]
    rows = [frozenset(filter(keep, rows[at])) for rows in (material.plain, material.slipped) for at in learned]
    binarizer = MultiLabelBinarizer()
    wanted = binarizer.fit_transform([material.found[at].labels for at in learned])
    fitted = Fitted(rows, np.vstack([wanted, wanted]))
    model = packed(fitted, list(binarizer.classes_), library.topic_model.calibration, "")
    return replace(library, topic_model=model)


def measured(library: Library) -> str:
    """Return the cells of a line: right and wrong on each set."""
    about = unseen_questions()
    sets = {
        "answerable": [row for row in about if row["answerable"]],
        "silent": [row for row in about if not row["answerable"]],
        "kinds": read_rows(UNSEEN / "kinds.jsonl"),
        "variants": list(variants_of([row for row in about if row["answerable"]], _VARIANTS)),
    }
    cells = [_cell([judge_question(*pair) for pair in _asked(library, part)]) for part in sets.values()]
    talks = read_rows(UNSEEN / "conversations.jsonl")
    ask = Asking(Advisor(library), TODAY)
    cells.append(_cell(judged_turns(talks, [ask(json.loads(line)) for line in conversation_lines(talks)])))
    return " | ".join(cells)


def _asked(library: Library, rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    ask = Asking(Advisor(library), TODAY)
    for row, line in zip(rows, question_lines(rows), strict=True):
        yield row, ask(json.loads(line))


def _cell(judgements: list[Any]) -> str:
    counts = Counter(one.verdict for one in judgements)
    return f"{100 * counts[Verdict.RIGHT] / len(judgements):.1f} / {100 * counts[Verdict.WRONG] / len(judgements):.1f}"


@contextmanager
def left_out(name: str) -> Iterator[None]:
    """Replace one stage by one that does nothing."""
    place, nothing = WITHOUT_STAGES[name]
    with patch(place, nothing):
        yield


def lines(library: Library) -> Iterator[str]:
    """Yield the table line by line."""
    yield "| left out | answerable | not answered by the text | not a question to us | variants | conversations |"
    yield "|---|---|---|---|---|---|"
    yield f"| nothing | {measured(library)} |"
    material = Material.of(library)
    for name, keep in WITHOUT_FEATURES.items():
        yield f"| {name} | {measured(fitted_library(library, material, keep))} |"
    for name, learn in WITHOUT_MESSAGES.items():
        kept = fitted_library(library, material, learn=lambda one, learn=learn: learn(library, one))  # type: ignore[misc]
        yield f"| {name} | {measured(kept)} |"
    for name in WITHOUT_STAGES:
        with left_out(name):
            yield f"| {name} | {measured(library)} |"


def main() -> None:
    """Measure, print, write."""
    table: list[str] = []
    for line in lines(open_library()):
        print(line, flush=True)
        table.append(line)
    page = PAGE.read_text(encoding="utf-8")
    inside = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    PAGE.write_text(inside.sub(lambda _: BEGIN + "\n".join(table) + "\n" + END, page), encoding="utf-8")


if __name__ == "__main__":
    main()
