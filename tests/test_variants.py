"""The hostile variants change how a question is written and leave what it asks."""

from __future__ import annotations

import re
from random import Random

import pytest
from pypinyin import Style, lazy_pinyin

from knowledge.labelled import QUESTIONS, read_rows
from knowledge.library import Library
from tests.variants import VARIANTS, variants_of

ROWS = [*read_rows(QUESTIONS / "luoyang.jsonl"), *read_rows(QUESTIONS / "chifeng.jsonl")]
KEPT = re.compile(r"[不没别未非无一二两三四五六七八九十百千半]|\d+")


@pytest.mark.parametrize("kind", sorted(set(VARIANTS) - {"traditional", "reordered", "with_fillers"}))
def test_negations_and_numbers_stay_as_they_are(kind: str) -> None:
    for row in ROWS:
        changed = VARIANTS[kind](row["question"], Random(row["id"]))
        assert KEPT.findall(changed) == KEPT.findall(row["question"]), row["id"]


@pytest.mark.parametrize("kind", sorted(set(VARIANTS) - {"traditional"}))
def test_the_city_stays_named(kind: str, library: Library) -> None:
    names = [city.short for city in library.cities.values()]
    for row in ROWS:
        changed = VARIANTS[kind](row["question"], Random(row["id"]))
        assert [name for name in names if name in row["question"] and name not in changed] == [], row["id"]


def test_a_row_and_a_kind_always_give_the_same_variant() -> None:
    first, second = ([row["question"] for row in variants_of(ROWS[:20])] for _ in range(2))
    assert first == second
    assert len(first) == 20 * len(VARIANTS)


def sounds(text: str) -> list[str]:
    return [lazy_pinyin(character, style=Style.NORMAL)[0] for character in text]


def test_a_homophone_sounds_the_same_and_a_near_sound_does_not() -> None:
    for row in ROWS:
        question = re.sub(r"[^\u4e00-\u9fff]", "", row["question"])
        near = VARIANTS["near_sound"](question, Random(row["id"]))
        assert near == question or sounds(near) != sounds(question), row["id"]
    same = VARIANTS["homophone"]("签注", Random(1))
    assert same != "签注"
    assert sounds(same) == sounds("签注")
