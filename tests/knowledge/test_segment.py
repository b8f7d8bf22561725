"""Words are cut by rjieba exactly as by jieba, which guesses none here: texts, questions, any heap of signs."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from itertools import accumulate

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.segment import MAX_CHARACTERS, boundaries, is_word, words
from tests.knowledge.reading import CITIES
from tests.labels import OWN, every_file


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()
    own.tmp_dir = str(tmp_path_factory.mktemp("jieba"))
    own.initialize()
    return own


def cut_by(original: jieba.Tokenizer, text: str) -> list[str]:
    return list(original.cut(text[:MAX_CHARACTERS], HMM=False))


def texts_of(value: object) -> Iterator[str]:
    """Yield every text of a row of JSON, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_of(part)


def questions() -> set[str]:
    lines = (line for file in every_file() for line in file.read_text(encoding="utf-8").splitlines())
    trained = (line for file in OWN.rglob("*.tsv") for line in file.read_text(encoding="utf-8").splitlines())
    found = {text for line in lines if line for text in texts_of(json.loads(line))}
    return found | {line.partition("\t")[2] for line in trained}


def test_the_regulations_are_cut_as_jieba_cuts_them(original: jieba.Tokenizer) -> None:
    lines = [line for file in CITIES.glob("*/source.txt") for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 300
    for line in lines:
        cut = cut_by(original, line)
        assert words(line) == [word for word in cut if word.strip()]
        assert boundaries(line) == set(accumulate(map(len, cut), initial=0))


def test_every_labelled_and_every_learned_question_is_cut_as_jieba_cuts_it(original: jieba.Tokenizer) -> None:
    asked = questions()
    assert len(asked) > 20_000
    assert [text for text in asked if words(text) != [word for word in cut_by(original, text) if word.strip()]] == []


@given(text=st.text(st.sampled_from("居住证户口开封市第十二条一不了年 \n,，。1aB.%-_+#&é😀𠀀\u200b"), max_size=40))
def test_any_heap_of_signs_is_cut_as_jieba_cuts_it(original: jieba.Tokenizer, text: str) -> None:
    cut = cut_by(original, text)
    assert words(text) == [word for word in cut if word.strip()]
    assert boundaries(text) == set(accumulate(map(len, cut), initial=0))


def test_the_dictionary_holds_the_words_of_jiebas_and_no_others(original: jieba.Tokenizer) -> None:
    assert len(original.FREQ) > 400_000
    assert [word for word, frequency in original.FREQ.items() if is_word(word) != (frequency > 0)] == []
    assert not is_word("居住证明天")


def test_what_is_past_the_bound_is_not_cut() -> None:
    assert words("证" * (MAX_CHARACTERS + 5)) == words("证" * MAX_CHARACTERS)
