"""Make knowledge/sounds.tsv (how characters sound, from pypinyin) and simple.tsv (traditional ones, from OpenCC).

Run `python -m tests.character_tables` after a new release of either library. Serving needs neither: both take long to
load and hold much memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from opencc_purepy import OpenCC
from opencc_purepy.union_cache import UnionKey
from pypinyin import Style
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.style import convert

from knowledge.characters import PACKAGED_SIMPLE, PACKAGED_SOUNDS, UNHEARD

SOUNDS_HEADING = """\
# How characters sound, from pypinyin (MIT licence). Made by `python -m tests.character_tables`.
# 1: syllable, its characters. 2: phrases read unlike their characters. 3: first character, what follows it in phrases;
# $ marks the beginning of a phrase which, where nothing follows, is read character by character.
"""
SIMPLE_HEADING = """\
# Traditional characters and phrases with their simplified forms, from OpenCC (Apache License 2.0).
# Made by `python -m tests.character_tables`.
"""


def sounds_table() -> str:
    """Return the text of sounds.tsv."""
    alone = {chr(code): _toneless(sounds.split(",")[0]) for code, sounds in PINYIN_DICT.items()}
    phrases = {phrase: tuple(_toneless(sounds[0]) for sounds in read) for phrase, read in PHRASES_DICT.items()}
    readings = {phrase: read for phrase, read in phrases.items() if read != tuple(alone[one] for one in phrase)}
    characters: dict[str, str] = defaultdict(str)
    for character, syllable in sorted(alone.items()):
        characters[syllable] += character
    followers: dict[str, list[str]] = defaultdict(list)
    for phrase in sorted([*phrases, *(f"{phrase}{UNHEARD}" for phrase in _left_open(phrases, readings))]):
        followers[phrase[0]].append(phrase[1:])
    parts = (
        sorted(characters.items()),
        sorted((phrase, " ".join(read)) for phrase, read in readings.items()),
        [(first, " ".join(rest)) for first, rest in followers.items()],
    )
    return SOUNDS_HEADING + _written(parts)


def _left_open(phrases: Mapping[str, object], readings: Mapping[str, object]) -> set[str]:
    """Return the beginnings of phrases that begin with no phrase and hold one that is read in its own way.

    pypinyin reads such a beginning character by character where the text ends: 说长话, of 说长话短.
    """
    begun = {phrase[:end] for phrase in phrases for end in range(2, len(phrase))}
    return {
        beginning
        for beginning in begun
        if not any(beginning[:end] in phrases for end in range(2, len(beginning) + 1))
        and any(reading in beginning for reading in readings)
    }


def simple_table() -> str:
    """Return the text of simple.tsv."""
    simple = OpenCC("t2s").union_cache.ensure_indexed(UnionKey.T2S).merged_map
    changed = sorted((written, plain) for written, plain in simple.items() if len(written) > 1 or written != plain)
    parts = ([pair for pair in changed if len(pair[0]) == 1], [pair for pair in changed if len(pair[0]) > 1])
    return SIMPLE_HEADING + _written(parts)


def _toneless(syllable: str) -> str:
    return str(convert(syllable, Style.NORMAL, strict=True, default=syllable))


def _written(parts: Iterable[Iterable[tuple[str, str]]]) -> str:
    return "\n".join("".join(f"{key}\t{value}\n" for key, value in part) for part in parts)


def main() -> None:
    """Write both tables."""
    for file, table in ((PACKAGED_SOUNDS, sounds_table()), (PACKAGED_SIMPLE, simple_table())):
        file.write_text(table, encoding="utf-8", newline="\n")
        print(f"{file.name}: {len(table.encode()) // 1024} KiB")


if __name__ == "__main__":
    main()
