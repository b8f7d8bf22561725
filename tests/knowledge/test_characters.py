"""How characters sound and are written simply: the packaged tables say what pypinyin and OpenCC say."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc_purepy import OpenCC
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from knowledge.characters import PACKAGED_SIMPLE, PACKAGED_SOUNDS, UNHEARD, simplified, syllables
from tests.character_tables import simple_table, sounds_table
from tests.knowledge.test_segment import questions

EVERY_CHARACTER = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
LIKE_OTHERS = "一不了长得着重行乐还没的地 ，a1$"


@cache
def to_simple() -> OpenCC:
    return OpenCC("t2s")


def sounds_by_pypinyin(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text, style=Style.NORMAL, errors=list))


def parts(table: str) -> list[list[str]]:
    """Return the keys of each part of a table."""
    written = "\n".join(line for line in table.splitlines() if not line.startswith("#"))
    return [[line.partition("\t")[0] for line in part.splitlines()] for part in written.split("\n\n")]


def pieces(texts: list[str]) -> st.SearchStrategy[str]:
    """Any texts of phrases, cut phrases and signs: where phrases overlap, the cut decides the sound."""
    whole = st.sampled_from(sorted(texts))
    cut = st.tuples(whole, st.integers(0, 8), st.integers(0, 8)).map(lambda one: one[0][one[1] : one[2]])
    return st.lists(st.one_of(whole, cut, st.sampled_from(LIKE_OTHERS)), max_size=6).map("".join)


def test_the_packaged_tables_are_those_that_the_script_makes() -> None:
    assert PACKAGED_SOUNDS.read_text(encoding="utf-8") == sounds_table()
    assert PACKAGED_SIMPLE.read_text(encoding="utf-8") == simple_table()


def test_every_character_sounds_as_in_pypinyin_and_is_simplified_as_by_opencc() -> None:
    assert [one for one in EVERY_CHARACTER if syllables(one) != sounds_by_pypinyin(one)] == []
    assert [one for one in EVERY_CHARACTER if simplified(one) != to_simple().convert(one)] == []


def test_every_question_sounds_as_in_pypinyin_and_is_simplified_as_by_opencc() -> None:
    assert [text for text in questions() if syllables(text) != sounds_by_pypinyin(text)] == []
    assert [text for text in questions() if simplified(text) != to_simple().convert(text)] == []


def test_every_phrase_sounds_as_in_pypinyin() -> None:
    assert [phrase for phrase in PHRASES_DICT if syllables(phrase) != sounds_by_pypinyin(phrase)] == []


@settings(max_examples=1000)
@given(text=pieces([*parts(sounds_table())[1], *sorted(PHRASES_DICT)[::40]]))
def test_phrases_run_together_sound_as_in_pypinyin(text: str) -> None:
    assert syllables(text) == sounds_by_pypinyin(text)


@settings(max_examples=1000)
@given(text=pieces([key for part in parts(simple_table()) for key in part]))
def test_traditional_phrases_run_together_are_simplified_as_by_opencc(text: str) -> None:
    assert simplified(text) == to_simple().convert(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("银行行长", "yin hang hang zhang"),
        ("行人", "xing ren"),
        ("重新补办", "chong xin bu ban"),
        ("说长话", "shuo zhang hua"),
        ("说长话短", "shuo chang hua duan"),
        ("说长话，", "shuo zhang hua ，"),
        ("ab 证1", "a b   zheng 1"),
        ("", ""),
    ],
)
def test_a_character_sounds_as_the_phrase_it_stands_in(text: str, expected: str) -> None:
    assert " ".join(syllables(text)) == expected


def test_a_typed_sign_is_not_taken_for_the_end_of_a_phrase() -> None:
    assert syllables(f"不了{UNHEARD}台") == sounds_by_pypinyin(f"不了{UNHEARD}台")


@pytest.mark.parametrize(
    ("written", "simple"),
    [("開封辦居住證", "开封办居住证"), ("乾隆乾淨", "乾隆干净"), ("办证 ok", "办证 ok"), ("", "")],
)
def test_a_traditional_phrase_is_simplified_as_a_whole(written: str, simple: str) -> None:
    assert simplified(written) == simple
